"""Hermite series of Gaussian expectations for arrays of pairs, in double precision.

E f(u)f(v) = Σ c_k(q₁₁) c_k(q₂₂) ρ^k, c_k(q) = E f(√q Z) h_k(Z): a table with one row for every
variance, and for every pair as many terms as Parseval's identity says that it needs.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from theorycalc.core.compiled import compiled
from theorycalc.core.errors import PrecisionError, explain
from theorycalc.core.integration.gauss import on_panels, panel_ends
from theorycalc.core.threads import in_threads
from theorycalc.kernels.duals.plane_rule import Function

# Terms of a series are added so many at a time.
LANES = 8
# A series reaches a pair if the rest is below this part of √(E f(u)² · E f(v)²), and is cut where
# it is below this part of the first two terms.
TOLERANCE = 1e-14
# Coefficients of one parity below this part of √(E f²) are zeros: their squares enter.
_ABSENT = 1e-14
# Two rules agree; then the finer one, whose error is the square of that or less, is taken.
_AGREEMENT = 2e-14
_REFINEMENT, _REFINEMENTS = 1.5, 24
_PANEL_NODES = 16
# What integrals over the line leave out.
SMALL = 1e-17
# Farther out the Hermite functions underflow.
_FARTHEST, _RADIUS_STEP = 50.0, 1 / 32
_SMALLEST_SCALE = 2.0**-10
# A rest of so many times its own error is known; a smaller one is estimated.
_KNOWN = 100
# Roundings of a coefficient that two grids may share.
_ROUNDINGS = 4
_EPS = np.finfo(float).eps
_CHUNK = 1_000_000


class Grid(NamedTuple):
    """How finely and how far out functions of √q Z are sampled: points per unit, and a radius.

    ``error`` is how much coefficients differ from those of a coarser grid, relative to √(E f²).
    """

    density: float
    radius: float
    error: float = 0.0


class Table(NamedTuple):
    """Hermite coefficients, one row for every variance: c_0, c_1, and c_{start + stride·m}.

    ``tails[i, b]`` is √(1 − Σ c_k²/moment) over the head and the first b lanes of the body; a lane
    is `LANES` terms. ``errors`` are those of coefficients, relative to the root of the moment.
    """

    moment: np.ndarray
    errors: np.ndarray
    head: np.ndarray
    body: np.ndarray
    tails: np.ndarray
    start: int
    stride: int


def scale_level(scale):
    """The power of √2 above a standard deviation: what shares a grid."""
    return 2.0 ** (np.ceil(2 * np.log2(np.maximum(scale, _SMALLEST_SCALE))) / 2)


@lru_cache(maxsize=512)
def find_grid(function: Function, scale: float, order: int) -> Grid:
    """A grid that is fine enough for c_0 … c_order at every standard deviation up to ``scale``.

    Raises
    ------
    PrecisionError
        If the function grows too fast, or refinement does not converge.
    """
    radius = _radius(function, scale, order)
    # h_k oscillates with frequency √k; a panel has many nodes
    density = (2.0 + np.sqrt(order) / 5) / (8 if function.kinks else 1)
    before = _sample(function, scale, order, Grid(density, radius))
    for _ in range(_REFINEMENTS):
        density *= _REFINEMENT
        now = _sample(function, scale, order, Grid(density, radius))
        error = np.max(np.abs(now - before))
        if error <= _AGREEMENT:
            return Grid(density, radius, float(error))
        before = now
    raise PrecisionError(
        explain("the Hermite coefficients do not converge", got=f"standard deviation {scale:.3g}")
    )


def _sample(function: Function, scale: float, order: int, grid: Grid) -> np.ndarray:
    """c_0 … c_order and the second moment, relative to that."""
    moment, coefficients = project(function, np.array([scale]), order, grid)
    size = np.sqrt(moment[0]) if moment[0] > 0 else 1.0
    return np.append(coefficients[0] / size, np.log(size))


def _radius(function: Function, scale: float, order: int) -> float:
    """Beyond it the integrands of c_0 … c_order and of E f(u)f(v) are negligible, s ≤ scale."""
    z = np.arange(0.0, _FARTHEST + _RADIUS_STEP, _RADIUS_STEP)
    smallest = 0.0 if scale == _SMALLEST_SCALE else 0.5
    parts = (-1, -0.5, -smallest, smallest, 0.5, 1)
    sizes = np.abs([function.values(part * scale * z) for part in parts])
    # Hermite functions decay like e^{−z²/4}, and half of the density belongs to either f of a pair
    limits = [(1 / 4, SMALL)] if order else [(1 / 4, np.sqrt(SMALL)), (1 / 2, SMALL)]
    large = np.zeros(z.shape, dtype=bool)
    for exponent, limit in limits:
        weighted = sizes * np.exp(-exponent * z * z)
        large |= (weighted > limit * weighted.max(axis=1, keepdims=True)).any(axis=0)
    large = np.flatnonzero(large)
    if not np.isfinite(sizes).all() or large[-1:] == len(z) - 1:
        raise PrecisionError(
            explain(
                "the activation grows too fast for double precision",
                got=f"standard deviation {scale:.3g}",
            )
        )
    return z[large[-1] + 1] if large.size else z[-1]


def nodes(function: Function, scales: np.ndarray, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """(z, weights) for integrals over the line: one row, or one for every scale if f has kinks."""
    if not function.kinks:
        count = int(np.ceil(grid.radius * grid.density))
        z = np.arange(-count, count + 1) / grid.density
        return z[None, :], np.full((1, z.size), 1 / grid.density)
    with np.errstate(divide="ignore", invalid="ignore"):
        kinks = np.nan_to_num(np.array(function.kinks)[None, :] / scales[:, None])
    count = int(np.ceil(2 * grid.radius * grid.density))
    regular = np.linspace(-grid.radius, grid.radius, count + 1)
    return on_panels(panel_ends(regular, kinks), _PANEL_NODES)


def project(function: Function, scales: np.ndarray, order: int, grid: Grid):
    """(E f(sZ)², c_0 … c_order of f(s·)) for every scale s."""
    moment, coefficients = np.empty(len(scales)), np.empty((len(scales), order + 1))
    width = nodes(function, scales[:1], grid)[0].size
    rows = max(1, _CHUNK // width)

    def fill(start: int) -> None:
        part = slice(start, start + rows)
        z, weights = nodes(function, scales[part], grid)
        half = np.exp(-z * z / 4) / (2 * np.pi) ** 0.25
        values = function.values(scales[part, None] * z) * half
        moment[part] = (values * values * weights).sum(axis=1)
        _project(z, half, values * weights, coefficients[part])

    in_threads(fill, range(0, len(scales), rows))
    return moment, coefficients


@compiled
def _project(z, half, values, coefficients):
    """Σ values·h_k·half, k = 0, 1, …: the Hermite functions h_k·half neither grow nor overflow."""
    shared = z.shape[0] == 1
    for i in range(values.shape[0]):
        x = z[0 if shared else i]
        now = half[0 if shared else i].copy()
        before = np.zeros(x.size)
        for k in range(coefficients.shape[1]):
            coefficients[i, k] = np.dot(values[i], now)
            one, two = 1.0 / np.sqrt(k + 1.0), np.sqrt(k / (k + 1.0))
            for j in range(x.size):
                before[j] = x[j] * now[j] * one - before[j] * two
            before, now = now, before


def tabulate(function: Function, q: np.ndarray, order: int) -> Table:
    """The coefficients of f(√q·) for every variance, up to c_order > 1."""
    return _arranged(*moments(function, q, order))


def moments(function: Function, q: np.ndarray, order: int) -> tuple[np.ndarray, ...]:
    """(E f(√q Z)², errors relative to its root, c_0 … c_order of f(√q·)) for every variance."""
    scales = np.sqrt(q)
    levels = scale_level(scales)
    moment, errors = np.empty(len(q)), np.empty(len(q))
    coefficients = np.empty((len(q), order + 1))
    for level in np.unique(levels):
        part = levels == level
        grid = find_grid(function, float(level), order)
        moment[part], coefficients[part] = project(function, scales[part], order, grid)
        # two grids may round alike
        errors[part] = grid.error + _ROUNDINGS * _EPS
    return moment, errors, coefficients


def _arranged(moment: np.ndarray, errors: np.ndarray, coefficients: np.ndarray) -> Table:
    """Arrange coefficients for `fill`; a parity that is absent is left out."""
    size = np.sqrt(np.where(moment > 0, moment, 1.0))[:, None]
    odd, even = (np.abs(coefficients[:, k::2] / size).max(initial=0.0) <= _ABSENT for k in (3, 2))
    start, stride = (3 if even else 2), (2 if even or odd else 1)
    head, body = coefficients[:, :2], coefficients[:, start::stride]
    body = np.pad(body, ((0, 0), (0, -body.shape[1] % LANES)))
    squares = (body * body).reshape(len(body), -1, LANES).sum(axis=2) / size**2
    # what errors of coefficients, and of the moment, make of a sum of squares that is 1
    doubt = 2 * errors * (1 + (np.abs(coefficients) / size).sum(axis=1))
    beyond = _beyond(1 - (head * head).sum(axis=1) / size[:, 0] ** 2, squares, doubt)
    # from the end: small rests keep their digits
    sums = np.cumsum(np.hstack([squares, beyond[:, None]])[:, ::-1], axis=1)[:, ::-1]
    tails = np.sqrt(sums)
    tails[moment <= 0] = 0.0
    return Table(moment, errors, np.ascontiguousarray(head), np.ascontiguousarray(body), tails,
                 start, stride)  # fmt: skip


def _beyond(total: np.ndarray, squares: np.ndarray, doubt: np.ndarray) -> np.ndarray:
    """What all lanes leave of the total, which is off by no more than the doubt, by Parseval.

    A rest near the doubt is estimated instead: as if the squares decayed no faster than k^{−3/2},
    the rate of a jump, from where they are largest in the last quarter: they oscillate.
    """
    rest = np.maximum(total - squares.sum(axis=1), 0.0) + doubt
    lanes = squares.shape[1]
    slow = 2 * lanes * squares[:, -max(2, lanes // 4) :].max(axis=1)
    return np.where(rest > _KNOWN * doubt, rest, np.minimum(rest, slow))
