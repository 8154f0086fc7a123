"""Kernel matrices of any architecture in double precision, block by block."""

import itertools
import math

import numpy as np

from theorycalc.core.threads import in_threads
from theorycalc.kernels.recursion import inputs
from theorycalc.kernels.recursion.in_arrays import Arrays
from theorycalc.kernels.recursion.recursion import Recursion
from theorycalc.layers import AveragePool, GlobalAveragePool, flat, image_dimension

# Elements of the arrays of one block: some ten such arrays exist at a time in every thread.
_BLOCK = 2**18
# What is not finite is refused as a whole.
_unheard = np.errstate(over="ignore", invalid="ignore")


def diagonal(network, x) -> tuple[np.ndarray, np.ndarray]:
    """(Σ(x, x), Θ(x, x)) for an array of inputs."""
    step = max(1, _BLOCK // int(np.prod(x.shape[1:-1], initial=1)) ** 2)
    starts = range(0, len(x), step)
    parts = [_own(network, x[start : start + step], True)[0] for start in starts]
    return tuple(np.concatenate([part[i][:, 0] for part in parts]) for i in range(2))


class Blocks:
    """Both kernels, filled block by block by the recursion on arrays."""

    def __init__(self, network, x1, x2, tangent: bool):
        self.network, self.tangent, self.symmetric = network, tangent, x2 is None
        self.x1, self.x2 = x1, x1 if x2 is None else x2
        pools = any(isinstance(x, AveragePool | GlobalAveragePool) for x in flat(network.layers))
        self.images = inputs.Images(image_dimension(network.layers), pools)
        positions = int(np.prod(x1.shape[1:-1], initial=1)) ** (2 if pools else 1)
        elements = max(1, _BLOCK // positions)
        rows = min(len(self.x1), math.isqrt(elements))
        self.sizes = rows, min(len(self.x2), elements // rows)
        if self.symmetric:
            self.sizes = rows, rows
        self.pooled = [[], []]
        if pools:
            self.pooled[0] = self._pooled(self.x1)
            self.pooled[1] = self.pooled[0] if self.symmetric else self._pooled(self.x2)

    def fill(self, dtype) -> tuple[np.ndarray, ...]:
        """(NNGP, NTK), or the first alone."""
        shape = len(self.x1), len(self.x2)
        kernels = [np.empty(shape, dtype) for _ in range(1 + self.tangent)]

        def compute(corner: tuple[int, int]) -> None:
            rows, columns = (slice(i, i + n) for i, n in zip(corner, self.sizes, strict=True))
            for kernel, values in zip(kernels, self._block(rows, columns), strict=True):
                if self.symmetric and rows == columns:
                    values = np.tril(values) + np.tril(values, -1).T
                kernel[rows, columns] = values
                if self.symmetric:
                    kernel[columns, rows] = values.T

        starts = (range(0, n, step) for n, step in zip(shape, self.sizes, strict=True))
        corners = [x for x in itertools.product(*starts) if not self.symmetric or x[1] <= x[0]]
        in_threads(compute, corners)
        return tuple(kernels)

    @_unheard
    def _block(self, rows: slice, columns: slice) -> tuple:
        first, second = (
            [own[part] for own in pooled]
            for pooled, part in zip(self.pooled, (rows, columns), strict=True)
        )
        x1, x2 = self.x1[rows], self.x2[columns]
        state = inputs.pairs(x1, x2, self.images)
        algebra = Arrays(self.network, x1.shape[-1], self.images, zip(first, second, strict=True))
        state = Recursion(algebra, self.tangent).run(self.network.layers, state)
        return (state.q12, state.tangent) if self.tangent else (state.q12,)

    def _pooled(self, x) -> list[np.ndarray]:
        """The variances of all inputs after every layer that pools."""
        step = self.sizes[0]
        parts = [_own(self.network, x[i : i + step], False)[1] for i in range(0, len(x), step)]
        return [np.concatenate(layer) for layer in zip(*parts, strict=True)]


@_unheard
def _own(network, x, tangent: bool) -> tuple:
    """((Σ, Θ) of inputs with themselves, shape (n, 1), and their variances after pooling)."""
    images = inputs.Images(image_dimension(network.layers), True)
    algebra = Arrays(network, x.shape[-1], images)
    state = Recursion(algebra, tangent).run(network.layers, inputs.with_themselves(x, images))
    return (state.q12, np.broadcast_to(state.tangent, state.q12.shape)), algebra.own_variances
