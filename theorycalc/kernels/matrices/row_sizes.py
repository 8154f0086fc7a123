"""Inputs whose squares leave the range of doubles: where they matter, and where they are scaled."""

import numpy as np

from theorycalc.core.errors import DomainError, explain
from theorycalc.kernels.duals import families
from theorycalc.kernels.recursion.in_arrays import double
from theorycalc.layers import Conv, Dense, affine

# Squares of smaller entries lose digits to the end of the range of doubles, and products of larger
# ones may overflow.
_SMALLEST, _LARGEST = 1e-146, 1e146
# A bias above this part of the weights does not feel what a square of a smaller entry adds.
_SMALLEST_BIAS = 1e-120


class RowSizes:
    """Kernels between rows of any size: of a network that is homogeneous, K(sx, tx') = (st)^D K.

    ``degree`` is D, of bias-free dense networks with a homogeneous activation, or None.
    """

    def __init__(self, network, family):
        layers, first = affine(network.layers), network.layers[0]
        self.degree = None
        if all(layer.sigma_b == 0 for layer in layers):
            if isinstance(family, families.Homogeneous):
                self.degree = family.degree ** (len(layers) - 1)
            elif network.layers == tuple(layers) and isinstance(first, Dense):
                self.degree = 1
        self._has_bias = isinstance(first, Dense | Conv) and (
            double(first.sigma_b) > _SMALLEST_BIAS * double(first.sigma_w)
        )

    def scaled(self, x: np.ndarray, name: str) -> tuple[np.ndarray, np.ndarray]:
        """(rows, exponents of 2 that were taken out of them).

        Raises
        ------
        DomainError
            For rows that are too small for their squares, where these matter.
        """
        size = np.abs(x).max(axis=-1)
        small = (size > 0) & (size < _SMALLEST)
        if self.degree is not None and (small | (size > _LARGEST)).any():
            exponents = np.frexp(size)[1].astype(np.int64)
            return np.ldexp(x, -exponents[:, None]), exponents
        if small.any() and not self._has_bias:
            raise DomainError(
                explain(
                    f"{name} has a vector whose square leaves the range of doubles",
                    got=f"largest entry {size[small].min():.3g}",
                    allowed=f"0, or an entry of at least {_SMALLEST}",
                    hint="a multiple of the inputs, or 0",
                )
            )
        return x, np.zeros(len(x), dtype=np.int64)

    def restored(self, kernels: tuple, one: np.ndarray, two: np.ndarray) -> tuple:
        """Kernels of scaled rows at the rows themselves; the exponents broadcast to the pairs."""
        if self.degree is None or not (one.any() or two.any()):
            return kernels
        power = self.degree * (one + two)
        return tuple(np.ldexp(kernel, power) for kernel in kernels)
