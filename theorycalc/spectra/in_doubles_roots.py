"""The unknowns of laws in doubles: Newton's method down to the axis from far above it."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from theorycalc.spectra import series
from theorycalc.spectra.jets import Jet, value_of
from theorycalc.spectra.nodes import Affine, Atoms, FreeProduct, Node, Point, TimesPoisson

# The path begins so many radii above the axis; at each step the height falls by a factor, from
# point to point as Newton's method allows.
_TOP, _FIRST_FACTOR, _LAST_FACTOR = 4.0, 0.2, 0.95
# Below this share of |z|, or of the radius, the axis is next.
_LOWEST, _TINY = 1e-11, 1e-280
_NEWTON, _NEWTON_ON_AXIS = 8, 60
_CLOSE, _CLOSER = 1e-6, 1e-13
_MOST_STEPS = 400
# So many times what rounding may have changed of z, a point is clear of an edge.
_MARGIN = 16
# Points times atoms in one array.
_CHUNK = 1_000_000
_EPS = np.finfo(float).eps


class Doubles:
    """What nodes ask of an arithmetic, for arrays of complex doubles."""

    def number(self, x) -> float:
        """A parameter."""
        return _float(x)

    def cauchy(self, atoms: Atoms, s):
        """Σ w/(s − t) and Σ wt/(s − t)."""
        places, weights = _arrays(atoms)
        inverse = 1 / (value_of(s)[:, None] - places)
        both = np.stack([weights, weights * places], axis=1)
        g, t = (inverse @ both).T
        if not isinstance(s, Jet):
            return g, t
        slopes = (-(inverse * inverse) @ both).T
        return tuple(Jet(x, [y * u for u in s.slopes]) for x, y in zip((g, t), slopes, strict=True))

    def stretch(self, c: float, t, whole):
        """1 + ct, or 1 − c + c(1 + t) by 1 + t where that is the smaller one."""
        near, far = 1 + c * t, (1 - c) + c * whole
        small = np.abs(value_of(t)) < 0.5
        if not isinstance(near, Jet):
            return np.where(small, near, far)
        slopes = [np.where(small, x, y) for x, y in zip(near.slopes, far.slopes, strict=True)]
        return Jet(np.where(small, near.value, far.value), slopes)

    def logarithms(self, atoms: Atoms, s, side: int):
        """Σ w log(s − t)."""
        places, weights = _arrays(atoms)
        return self.log(s[:, None] - places, side) @ weights

    def log(self, x, side):
        """The logarithm, on a side of the negative axis."""
        x = np.asarray(x, complex)
        side = np.broadcast_to(side, x.shape)
        on_axis = (x.imag == 0) & (x.real < 0)
        return np.where(on_axis, np.log(np.abs(x)) + 1j * np.pi * side, np.log(x))

    def opposite(self, z, side: int):
        """The side of z/w on the axis, for z and w of opposite signs."""
        return np.where(z.real < 0, side, -side)

    def half_turn(self, side: int) -> complex:
        """The logarithm of −1."""
        return 1j * np.pi * side


@lru_cache(maxsize=4096)
def _float(x) -> float:
    return float(x)


@lru_cache(maxsize=256)
def _arrays(atoms: Atoms) -> tuple[np.ndarray, np.ndarray]:
    places, weights = atoms.places, atoms.weights
    return np.array([float(x) for x in places]), np.array([float(x) for x in weights])


@lru_cache(maxsize=256)
def radius_of(node: Node) -> float:
    """A number that no |x| in the support exceeds."""
    return float(node.support_bound())


@lru_cache(maxsize=256)
def _mean(node: Node) -> float:
    return series.mean(node)


@dataclass(frozen=True)
class Solution:
    """A law at points z: unknowns, what follows from them, and what rounding may have changed.

    Attributes
    ----------
    unknowns : ndarray, (n, points)
    g : ndarray
        The Cauchy transform; real where z is real and outside of the support.
    noise : ndarray
        What rounding may have changed, as an error of z.
    error : ndarray
        Of g.
    found : ndarray of bool
        Whether the branch is seen to be the one.
    outside : ndarray of bool
        Whether z is real and outside of the support, by more than what rounding may have changed.
    """

    point: Point
    unknowns: np.ndarray
    g: np.ndarray
    noise: np.ndarray
    error: np.ndarray
    found: np.ndarray
    outside: np.ndarray


def solve(node: Node, z: np.ndarray) -> Solution:
    """The law at points of the closed upper half plane, limits from above on the axis."""
    z = np.asarray(z, complex).ravel()
    size = max(_CHUNK // node.size, 1)
    if len(z) <= size:
        return _judged(node, z, _descended(node, z))
    pieces = [_descended(node, z[i : i + size]) for i in range(0, len(z), size)]
    return _judged(node, z, np.concatenate(pieces, axis=1))


def evaluated(node: Node, unknowns: np.ndarray) -> Point:
    """The law at its unknowns."""
    return node.at(Doubles(), iter(unknowns))


def jets(node: Node, unknowns: np.ndarray) -> Point:
    """The same with derivatives along the unknowns."""
    n = len(unknowns)
    one, zero = np.ones(unknowns.shape[1], complex), np.zeros(unknowns.shape[1], complex)
    variables = [
        Jet(x, [one if i == j else zero for j in range(n)]) for i, x in enumerate(unknowns)
    ]
    return node.at(Doubles(), iter(variables))


def system(point: Point, z) -> tuple[np.ndarray, np.ndarray]:
    """What vanishes at a solution, (n, points), and its derivatives, (points, n, n)."""
    equations = [point.z - z, *point.gaps()]
    slopes = np.stack([np.stack(x.slopes) for x in equations])
    return np.stack([x.value for x in equations]), np.moveaxis(slopes, 2, 0)


def divided(slopes: np.ndarray, values: np.ndarray) -> np.ndarray:
    """The solutions of linear systems, (n, points)."""
    if len(values) == 1:
        return values / slopes[:, 0, 0]
    if len(values) == 2:
        (a, b), (c, d) = np.moveaxis(slopes, 0, 2)
        x, y = values
        return np.stack([d * x - b * y, a * y - c * x]) / (a * d - b * c)
    return np.linalg.solve(slopes, values.T[..., None])[..., 0].T


def rates(values: np.ndarray, slopes: np.ndarray) -> np.ndarray:
    """The derivatives of the unknowns in z, of a `system`."""
    unit = np.zeros_like(values)
    unit[0] = 1
    return divided(slopes, unit)


def _newton(node: Node, unknowns: np.ndarray, z: np.ndarray, most: int, enough: float):
    """(unknowns, size of the last step) after Newton's method at every point."""
    size = np.full(len(z), np.inf)
    active = np.arange(len(z))
    unknowns = unknowns.copy()
    for _ in range(most):
        point = jets(node, unknowns[:, active])
        step = divided(*reversed(system(point, z[active])))
        moved = unknowns[:, active] - step
        scale = np.abs(moved).max(axis=0)
        now = np.abs(step).max(axis=0) / np.where(scale > 0, scale, 1)
        unknowns[:, active] = moved
        stalled = (now >= size[active]) & (now < _CLOSE)
        size[active] = now
        active = active[(now > enough) & ~stalled & np.isfinite(now)]
        if not len(active):
            break
    return unknowns, size


def _is_above(node: Node, unknowns: np.ndarray) -> np.ndarray:
    """Whether all points inside lie in the half planes where they have to."""
    point = evaluated(node, unknowns)
    above = np.ones(unknowns.shape[1], bool)
    for z, orientation in point.levels():
        above &= orientation * z.imag > 0
    return above


def _descended(node: Node, z: np.ndarray) -> np.ndarray:
    """Unknowns at z, followed down from far above."""
    with np.errstate(all="ignore"):
        radius = radius_of(node) or 1.0
        lowest = _LOWEST * np.clip(np.abs(z), _TINY, radius)
        height = np.full(len(z), _TOP * radius)
        high = z + 1j * height
        unknowns = np.stack([x + 0 * high for x in node.start(high, lambda x: _mean(x))])
        unknowns, _ = _newton(node, unknowns, high, _NEWTON_ON_AXIS, _CLOSE)
        factor = np.full(len(z), _FIRST_FACTOR)
        open_ = np.arange(len(z))
        for _ in range(_MOST_STEPS):
            lower = np.where(height[open_] > lowest[open_], height[open_] * factor[open_], 0)
            last = lower == 0
            target = z[open_] + 1j * lower
            tried, size = _newton(node, unknowns[:, open_], target, _NEWTON, _CLOSE)
            good = (size < _CLOSE) & _is_above(node, tried) | last
            unknowns[:, open_[good]] = tried[:, good]
            height[open_[good]] = lower[good]
            factor[open_[good & (factor[open_] > _FIRST_FACTOR)]] **= 1.5
            factor[open_[~good]] = np.minimum(np.sqrt(factor[open_[~good]]), _LAST_FACTOR)
            open_ = open_[~(good & last)]
            if not len(open_):
                break
        unknowns, _ = _newton(node, unknowns, z, _NEWTON_ON_AXIS, _CLOSER)
    return unknowns


def _judged(node: Node, z: np.ndarray, unknowns: np.ndarray) -> Solution:
    """The solution, real where it is, with its error and whether its branch is right."""
    with np.errstate(all="ignore"):
        flat = unknowns.real.astype(complex)
        outside = (z.imag == 0) & _is_outside(node, flat, unknowns, z)
        unknowns = np.where(outside, flat, unknowns)
        if outside.any():
            polished = _newton(node, unknowns[:, outside], z[outside], 4, 0.0)[0]
            unknowns[:, outside] = polished.real
        point = jets(node, unknowns)
        values, slopes = system(point, z)
        rate = rates(values, slopes)
        noise = _EPS * _rounded(point) + np.abs(values).sum(axis=0)
        moved = np.abs(sum(s * r for s, r in zip(point.g.slopes, rate, strict=True)))
        error = moved * noise + 4 * _EPS * np.abs(point.g.value)
        found = outside | _is_above(node, unknowns)
        # where rounding may have moved z, the points inside still rise with it
        near = (unknowns + side * _MARGIN * noise * rate for side in (-1, 1))
        clear = outside & np.logical_and(*(_is_rising(node, s) for s in near))
        plain = evaluated(node, unknowns)
        return Solution(plain, unknowns, plain.g, noise, error, found, clear)


def _rounded(point: Point) -> np.ndarray:
    """What rounding may change of z, in units of the last place of 1.

    Products hand relative errors on, sums absolute ones.
    """
    size = np.abs(value_of(point.z))
    found = size
    for part in point.parts:
        own, before = np.abs(value_of(part.z)), _rounded(part)
        if isinstance(point.node, TimesPoisson | FreeProduct):
            found = found + before * size / np.where(own > 0, own, 1)
        else:
            scale = abs(_float(point.node.a)) if isinstance(point.node, Affine) else 1
            found = found + scale * before
    return found


def _is_outside(node: Node, flat: np.ndarray, unknowns: np.ndarray, z: np.ndarray) -> np.ndarray:
    """Whether real unknowns solve it where every point inside moves to the right with z."""
    scale = np.abs(flat).max(axis=0)
    near = np.abs(unknowns.imag).max(axis=0) <= 1e-5 * np.where(scale > 0, scale, 1)
    point = jets(node, flat)
    values, slopes = system(point, z)
    step = divided(slopes, values)
    rising = _is_rising(node, flat)
    close = np.abs(step).max(axis=0) <= 1e-7 * np.where(scale > 0, scale, 1)
    return near & rising & close & np.isfinite(step).all(axis=0)


def _is_rising(node: Node, unknowns: np.ndarray) -> np.ndarray:
    """Whether all points inside move to the right with z."""
    point = jets(node, unknowns)
    values, slopes = system(point, 0)
    rate = rates(values, slopes)
    rising = np.ones(unknowns.shape[1], bool)
    for level, orientation in point.levels():
        moves = sum(s * r for s, r in zip(level.slopes, rate, strict=True))
        rising &= orientation * moves.real > 0
    return rising
