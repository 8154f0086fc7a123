"""Covariances of inputs, the start of the recursion on arrays."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from theorycalc.kernels.recursion.recursion import Gap, State

# Pairs with √(q₁₁q₂₂) ∓ q₁₂ below this part of √(q₁₁q₂₂) take it from differences of the inputs.
_NEAR = 1e-2
_CHUNK = 2**20


@dataclass(frozen=True)
class Images:
    """How positions are laid out: the number of axes, and whether all pairs of them are kept.

    A covariance q₁₂ has the axes (x, x', positions of x, positions of x'), or (x, x', positions).
    """

    axes: int
    pairs: bool

    @property
    def spread(self) -> bool:
        """Whether q₁₂ has axes of its own for the positions of x'."""
        return self.pairs and self.axes > 0

    @property
    def first(self) -> tuple[int, ...]:
        """Axes of the positions of x."""
        return tuple(range(2, 2 + self.axes))

    @property
    def second(self) -> tuple[int, ...]:
        """Axes of the positions of x'."""
        return tuple(i + self.axes for i in self.first) if self.pairs else self.first

    @property
    def both(self) -> tuple[int, ...]:
        """All axes of positions of q₁₂."""
        return self.first + self.second if self.pairs else self.first


def pairs(x1: np.ndarray, x2: np.ndarray, images: Images) -> State:
    """All pairs of two arrays of inputs (n, positions…, channels)."""
    shape1, shape2 = x1.shape[1:-1], x2.shape[1:-1]
    rows1, rows2 = (x.reshape(len(x), -1, x.shape[-1]) for x in (x1, x2))
    if not images.axes:
        q12 = (rows1[:, 0] @ rows2[:, 0].T)[..., None]
    else:
        subscripts = "iac,jbc->ijab" if images.spread else "iac,jac->ija"
        q12 = np.einsum(subscripts, rows1, rows2, optimize=True)
    q11, q22 = (np.einsum("iac,iac->ia", x, x) for x in (rows1, rows2))
    q11 = q11[:, None, :, None] if images.spread else q11[:, None]
    q22 = q22[None, :, None, :] if images.spread else q22[None, :]

    def parallel(i, j, a, *b) -> tuple:
        return rows1[i, a], rows2[j, b[0] if images.spread else a]

    gap = _gap(q11, q12, q22, x1.shape[-1], parallel)
    # equal inputs have q₁₂ = q₁₁ to the last bit, here and after every layer
    q12 = np.where((gap[0] == 0) & (q11 == q22), q11, q12)
    return _state(q11, q12, q22, gap, x1.shape[-1], shape1, shape2, images)


def with_themselves(x: np.ndarray, images: Images) -> State:
    """Every input with itself, at all pairs of positions: the axis of x' has length 1."""
    shape = x.shape[1:-1]
    rows = x.reshape(len(x), -1, x.shape[-1])
    q12 = np.einsum("iac,ibc->iab", rows, rows)[:, None]
    own = np.einsum("iac,iac->ia", rows, rows)
    q11, q22 = own[:, None, :, None], own[:, None, None, :]
    gap = _gap(q11, q12, q22, x.shape[-1], lambda i, _, a, b: (rows[i, a], rows[i, b]))
    if not images.axes:  # one position, dropped
        q11, q12, q22, *gap = (y[..., 0] for y in (q11, q12, q22, *gap))
    return _state(q11, q12, q22, gap, x.shape[-1], shape, shape, images)


def _state(q11, q12, q22, gap, channels, shape1, shape2, images: Images) -> State:
    """Positions on axes of their own, per channel."""
    ones = (1,) * images.axes
    lead = {name: x.shape[:2] for name, x in (("q11", q11), ("q12", q12), ("q22", q22))}
    positions = {
        "q11": shape1 + ones if images.spread else shape1,
        "q12": shape1 + shape2 if images.spread else shape1,
        "q22": ones + shape2 if images.spread else shape2,
    }
    q11, q22 = (
        (x / channels).reshape(*lead[name], *positions[name])
        for name, x in (("q11", q11), ("q22", q22))
    )
    q12, minus, plus = (
        (x / channels).reshape(*lead["q12"], *positions["q12"]) for x in (q12, *gap)
    )
    return State(q11, q12, q22, 0.0, Gap(1.0, minus, plus))


def gap_by_subtraction(q11, q12, q22) -> Gap:
    """√(q₁₁q₂₂) ∓ q₁₂: exact where that is 0 or twice the root, otherwise to rounding."""
    mean = np.sqrt(q11) * np.sqrt(q22)
    return Gap(1.0, np.maximum(mean - q12, 0), np.maximum(mean + q12, 0))


def _gap(q11, q12, q22, channels: int, rows: Callable) -> tuple[np.ndarray, np.ndarray]:
    """√(q₁₁q₂₂) ∓ q₁₂, from differences where inputs are nearly parallel.

    ``rows`` gives the vectors that belong to indices of q₁₂.
    """
    _, minus, plus = gap_by_subtraction(q11, q12, q22)
    if channels == 1:
        return minus, plus  # numbers are parallel or opposite, exactly
    mean = np.sqrt(q11) * np.sqrt(q22)
    for sign, part in ((1.0, minus), (-1.0, plus)):
        near = np.nonzero((part < _NEAR * mean) & (mean > 0))
        for start in range(0, len(near[0]), _CHUNK):
            some = tuple(index[start : start + _CHUNK] for index in near)
            part[some] = _near(*rows(*some), sign)
    return minus, plus


def _near(x, y, sign: float) -> np.ndarray:
    """|x||y| − sign·⟨x, y⟩ of rows that are nearly parallel (sign 1) or opposite (−1).

    It is |x ∓ (|x|/|y|) y|² |y|/(2|x|), and |x|/|y| − 1 comes from ⟨x − y, x + y⟩.
    """
    a, b = np.sqrt(np.einsum("ic,ic->i", x, x)), np.sqrt(np.einsum("ic,ic->i", y, y))
    stretch = np.einsum("ic,ic->i", x - y, x + y) / (a + b) / b
    rest = (x - sign * y) - sign * stretch[:, None] * y
    return np.einsum("ic,ic->i", rest, rest) * b / (2 * a)
