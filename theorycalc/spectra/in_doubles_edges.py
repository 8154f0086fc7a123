"""Edges of laws of several unknowns in doubles: where the solution stops being real."""

from functools import lru_cache

import numpy as np

from theorycalc.spectra import in_doubles_roots
from theorycalc.spectra.nodes import FreeProduct, FreeSum, Node, TimesPoisson

_GRID, _NEWTON = 4001, 30
# Every one of so many rounds cuts the interval of an edge into so many.
_ROUNDS, _PARTS = 8, 32
# Next to an edge real solutions are not told from others: this share of the radius.
_UNSEEN = 1e-9
# How far Newton's method may go from there, as a share of the radius.
_NEAR = 1e-7
# A derivative along a direction, without cancellation.
_STEP = 1e-30
_EPS = np.finfo(float).eps


@lru_cache(maxsize=256)
def edges(node: Node) -> tuple[tuple[float, float], ...]:
    """(edge, error) for every end of the support, ascending."""
    reach = 1.0001 * in_doubles_roots.radius_of(node)
    # closer to 0, where laws on the half line begin
    t = np.linspace(0 if _is_positive(node) else -1, 1, _GRID)
    x = reach * np.sign(t) * t**2
    inside = _is_inside(node, x)
    # 0 of a product has no density, and an atom none of its own
    inside[np.isin(x, [0.0] * _is_positive(node) + [float(t) for t in node.masses()])] = False
    jumps = np.flatnonzero(inside[1:] != inside[:-1])
    left, right = x[jumps], x[jumps + 1]
    rising = inside[jumps + 1]
    for _ in range(_ROUNDS):
        left, right = _narrowed(node, left, right, rising)
    outer = np.where(rising, left, right)
    poles = _poles(node)
    return tuple(_polished(node, float(x), reach, poles) for x in outer)


def _narrowed(node: Node, left, right, rising) -> tuple[np.ndarray, np.ndarray]:
    """Parts of the intervals in which the density begins, or ends."""
    cuts = np.linspace(left, right, _PARTS + 1)
    into = _is_inside(node, cuts[1:-1].ravel()).reshape(-1, len(left)) == rising
    first = np.vstack([into, np.ones(len(left), bool)]).argmax(axis=0)
    columns = np.arange(len(left))
    return cuts[first, columns], cuts[first + 1, columns]


def _is_positive(node: Node) -> bool:
    """Whether it is a product on [0, ∞)."""
    if isinstance(node, TimesPoisson):
        return _is_positive(node.bases[0])
    return isinstance(node, FreeProduct)


def _poles(node: Node) -> list[float]:
    """Where the density of two laws may be infinite: at atoms whose masses sum to 1, and at 0."""
    if not isinstance(node, FreeSum | FreeProduct):
        return [0.0]
    one, two = (base.masses().items() for base in node.bases)
    together = isinstance(node, FreeSum)
    places = ((x + y if together else x * y, v + w) for (x, v) in one for (y, w) in two)
    return [0.0, *(float(x) for x, mass in places if mass == 1)]


def _is_inside(node: Node, x: np.ndarray) -> np.ndarray:
    return in_doubles_roots.solve(node, x).g.imag != 0 if len(x) else np.zeros(0, bool)


def _polished(node: Node, x: float, reach: float, poles: list) -> tuple[float, float]:
    """The zero of the determinant that makes an edge, by Newton's method on all unknowns.

    At an edge where the density is infinite there is none.
    """
    for pole in poles:
        if abs(x - pole) <= _NEAR * reach:
            return pole, 2 * _EPS * abs(pole)
    s = in_doubles_roots.solve(node, np.array([x])).unknowns.real.astype(complex)
    for _ in range(_NEWTON):
        with np.errstate(all="ignore"):
            values, slopes = _branching(node, s)
        if not np.isfinite(slopes).all() or np.linalg.det(slopes) == 0:
            return x, _UNSEEN * reach
        step = np.linalg.solve(slopes, values[:, None])
        s = s - step
        if np.abs(step).max() <= 4 * _EPS * np.abs(s).max():
            break
    z = float(in_doubles_roots.evaluated(node, s).z.real[0])
    if not abs(z - x) <= _NEAR * reach:
        return x, _UNSEEN * reach
    return z, 16 * _EPS * float(abs(z) + np.abs(s).sum())


def _branching(node: Node, s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What vanishes at an edge, and its derivatives."""
    n = len(s)
    whole = np.concatenate([s, s + 1j * _STEP * np.eye(n)], axis=1)
    values, slopes = in_doubles_roots.system(in_doubles_roots.jets(node, whole), 0)
    determinant = np.linalg.det(slopes)
    equations = np.concatenate([values[1:, 0].real, determinant[:1].real])
    rows = np.concatenate([slopes[0, 1:].real, determinant[None, 1:].imag / _STEP])
    return equations, rows
