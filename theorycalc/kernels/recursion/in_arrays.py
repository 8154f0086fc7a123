"""Kernels of architectures on arrays of pairs of inputs: the other algebra of the recursion.

A covariance q₁₂ has the axes (pairs of inputs, positions of x, positions of x'); those of q₁₁ and
q₂₂ broadcast against it. Networks on images without pooling need the covariances at equal positions
only, and have one set of axes for positions.
"""

import functools
import itertools
from dataclasses import replace

import numpy as np

from theorycalc.activations import Activation
from theorycalc.core.errors import DomainError, explain
from theorycalc.kernels.duals import families
from theorycalc.kernels.recursion.array_duals import array_duals
from theorycalc.kernels.recursion.inputs import Images, gap_by_subtraction
from theorycalc.kernels.recursion.recursion import Gap, State
from theorycalc.layers import Window


def double(x) -> float:
    """A parameter of a network as a double.

    Raises
    ------
    DomainError
        If it is a symbol.
    """
    if getattr(x, "free_symbols", None):
        raise DomainError(
            explain("matrices need numbers for all parameters", got=x, hint="numbers for σ")
        )
    return float(x)


class Arrays:
    """Numbers are float64 arrays; parameters are doubles.

    Parameters
    ----------
    network : Architecture
    dimension : int
        Of the inputs, for the standard parameterisation.
    images : Images
    pooled : iterator of pairs of arrays, optional
        Variances (n, positions) of the inputs x and x' after every layer that averages over
        positions, which needs covariances of one input with itself; None if x' is x, pair by pair.
    """

    def __init__(self, network, dimension: int, images: Images, pooled=None):
        self.parameterization, self.width = network.parameterization, network.width
        self.dimension, self.images = dimension, images
        self.pooled_variances = pooled
        self.own_variances: list[np.ndarray] = []

    def number(self, x) -> float:
        """A parameter as a double."""
        return double(x)

    def sqrt(self, x):
        """The square root."""
        return np.sqrt(x)

    def quotient(self, x, y) -> np.ndarray:
        """x/y for y ≥ 0, and 0 for 0/0: what comes of inputs that are zeros is zeros."""
        return np.divide(x, y, out=np.zeros(np.broadcast_shapes(np.shape(x), y.shape)), where=y > 0)

    def name(self, name: str, index: int, x):
        """Arrays need no names."""
        return x

    def variances(self, index: int, state: State, weight, bias) -> tuple:
        """q₁₁ and q₂₂ after an affine layer."""
        return weight * state.q11 + bias, weight * state.q22 + bias

    def fan_in(self, index: int) -> int:
        """The number of inputs of an affine layer."""
        return self.width if index > 1 else self.dimension

    def with_angle(self, activation: Activation, state: State, index: int) -> State:
        """The state with the angle of the pair, where the dual of the activation uses it."""
        if not families.needs_angle(activation):
            return state
        _, minus, plus = state.gap
        return replace(state, theta=2 * np.arctan2(np.sqrt(minus), np.sqrt(plus)))

    def activated(self, activation: Activation, state: State, tangent: bool) -> tuple:
        """(the state with K of the pair and without its tangent kernel, K' if that is wanted)."""
        duals = array_duals(activation)
        q11, q22 = (duals.second_moment(q) for q in (state.q11, state.q22))
        q12, slope = duals.covariances(state, tangent)
        means = functools.partial(map, duals.mean, (state.q11, state.q22))
        # of an input with itself q₁₂ stays q₁₁, to the last bit: near it series are long
        same = (state.gap.minus == 0) & (state.q11 == state.q22)
        q12 = np.where(same, q11, q12)
        gap = duals.gap(state)
        if gap is None:
            gap = gap_by_subtraction(q11, q12, q22)
            gap = gap._replace(minus=np.where(same, 0.0, gap.minus))
        return State(q11, q12, q22, gap=gap, means=means), slope

    def convolved(self, state: State, window: Window) -> State:
        """Means over windows at the same offset for both inputs."""
        offsets = list(itertools.product(*map(range, window.filter)))
        ends = self.images.both
        q11, q12, q22, tangent, minus, plus = (
            self._mean(window, x, axes)
            for x, axes in (
                (state.q11, self.images.first),
                (state.q12, ends),
                (state.q22, self.images.second),
                (state.tangent, ends),
                (state.gap.unit * state.gap.minus, ends),
                (state.gap.unit * state.gap.plus, ends),
            )
        )
        a = [self._shifted(window, np.sqrt(state.q11), o, self.images.first) for o in offsets]
        b = [self._shifted(window, np.sqrt(state.q22), o, self.images.second) for o in offsets]
        # Lagrange's identity: (Σa²)(Σb²) − (Σab)² without cancellation
        pairs = itertools.combinations(range(len(a)), 2)
        square = sum(((a[s] * b[t] - a[t] * b[s]) ** 2 for s, t in pairs), start=np.zeros(1))
        together = sum(x * y for x, y in zip(a, b, strict=True)) / len(a)
        excess = self.quotient(square / len(a) ** 2, np.sqrt(q11) * np.sqrt(q22) + together)
        return State(q11, q12, q22, tangent, Gap(1.0, minus + excess, plus + excess))

    def pooled(self, state: State, window: Window) -> State:
        """Means over windows, at all pairs of offsets."""
        q12, tangent = (
            self._mean(window, self._mean(window, x, self.images.first), self.images.second)
            for x in (state.q12, state.tangent)
        )
        return self._averaged(q12, tangent)

    def globally_pooled(self, state: State) -> State:
        """The mean over all pairs of positions."""
        axes = self.images.first + self.images.second
        q12, tangent = (
            x if np.ndim(x) == 0 else x.mean(axis=axes) for x in (state.q12, state.tangent)
        )
        self.images = Images(0, pairs=False)
        return self._averaged(q12, tangent)

    def flattened(self, state: State) -> State:
        """The mean over positions."""
        images, self.images = self.images, Images(0, pairs=False)
        q12, tangent = (
            x if np.ndim(x) == 0 else _equal_positions(x, images).mean(axis=images.first)
            for x in (state.q12, state.tangent)
        )
        # the axes of positions that a variance does not have are of length 1
        q11, q22 = (x.mean(axis=tuple(range(2, x.ndim))) for x in (state.q11, state.q22))
        return State(q11, q12, q22, tangent, gap_by_subtraction(q11, q12, q22))

    def _averaged(self, q12, tangent) -> State:
        """The state after a mean over positions: variances need all their covariances."""
        if self.pooled_variances is None:
            first = _equal_positions(q12, self.images)[:, 0]
            self.own_variances.append(first)
            variances = first[:, None], first[:, None]
        else:
            first, second = next(self.pooled_variances)
            variances = first[:, None], second[None, :]
        dummies = (1,) * self.images.axes
        q11, q22 = variances
        q11 = q11.reshape(*q11.shape, *dummies)
        q22 = q22.reshape(*q22.shape[:2], *dummies, *q22.shape[2:])
        return State(q11, q12, q22, tangent, gap_by_subtraction(q11, q12, q22))

    def _mean(self, window: Window, x, axes: tuple):
        offsets = itertools.product(*map(range, window.filter))
        total = sum(self._shifted(window, x, offset, axes) for offset in offsets)
        return total / np.prod(window.filter)

    def _shifted(self, window: Window, x, offset: tuple, axes: tuple):
        """x at the given offset of every window."""
        if np.ndim(x) == 0:
            return x
        shape = tuple(x.shape[axis] for axis in axes[: len(offset)])
        results, pads = window.output(shape), window.pads(shape)
        for i, axis in enumerate(axes):
            j = i % len(offset)
            places = np.arange(results[j]) * window.stride[j] + offset[j] - pads[j][0]
            x = _taken(x, axis, places, zeros=window.padding != "circular")
        return x


def _taken(x, axis: int, places, *, zeros: bool):
    """x at places along an axis; those outside are zeros, or counted around the axis."""
    size = x.shape[axis]
    taken = np.take(x, places % size, axis=axis)
    outside = (places < 0) | (places >= size)
    if zeros and outside.any():
        mask = np.where(outside, 0.0, 1.0)
        taken = taken * mask.reshape([-1 if j == axis else 1 for j in range(x.ndim)])
    return taken


def _equal_positions(x, images: Images):
    """The entries with the same position of x and x'."""
    if not images.pairs:
        return x
    return np.einsum("ijaa->ija" if images.axes == 1 else "ijabab->ijab", x)
