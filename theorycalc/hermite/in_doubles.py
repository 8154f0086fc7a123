"""Orthonormal Hermite polynomials and coefficients in double precision."""

from typing import NamedTuple

import numpy as np

from theorycalc.core.compiled import compiled

_EPS = np.finfo(float).eps
# What underflows is less.
_TINY = np.finfo(float).tiny
# |c_k| beyond R is below e^{−R²/4}·φ(R): R = 14 leaves 1e-21, unless φ grows as fast. The density
# underflows beyond the last.
_CUT_OFFS = (14.0, 19.0, 27.0, 38.0)
_NODES = (16, 24)
# Panels are halved this often at most.
_HALVINGS = 8
# Kinks of a modulus, which no panel knows of, leave less than this part; a pole leaves more.
_SETTLED = 0.01
_LARGE, _SHIFT = 1e150, 500


@compiled
def _recurrence(order, z, values):
    """h_0, …, h_order at every z, with exponents of their own so that nothing overflows early."""
    for i in range(z.size):
        before, now, exponent = 0.0, 1.0, 0
        for k in range(order + 1):
            values[k, i] = now if exponent == 0 else np.ldexp(now, exponent)
            following = (z[i] * now - np.sqrt(k) * before) / np.sqrt(k + 1.0)
            before, now = now, following
            if abs(now) > _LARGE:
                before, now = np.ldexp(before, -_SHIFT), np.ldexp(now, -_SHIFT)
                exponent += _SHIFT


def polynomials(order: int, z: np.ndarray) -> np.ndarray:
    """h_0(z), …, h_order(z): shape (order + 1, *z.shape)."""
    flat = np.ascontiguousarray(z, dtype=np.float64).ravel()
    values = np.empty((order + 1, flat.size))
    _recurrence(order, flat, values)
    return values.reshape(order + 1, *np.shape(z))


def coefficients(function, kinks, order: int, scale: float = 1.0):
    """(c_0 … c_order, errors) of a vectorised function of scale·Z by Gauss–Legendre panels.

    Two rules are compared; panels are halved until they agree to rounding. What a cut-off leaves
    out decays from the last panels outwards, and is less than they have. The integral of the
    modulus must settle too: at a pole the values may cancel by symmetry, and there is no integral.
    """
    for radius in _CUT_OFFS:
        rough = _panels(function, kinks, order, scale, _Mesh(radius, 1.0, _NODES[0]))
        if np.all((rough.rim <= _EPS * rough.size) & (rough.size > 0)):
            break
    length = 1.0
    for _ in range(_HALVINGS):
        coarse, fine = (
            _panels(function, kinks, order, scale, _Mesh(radius, length, n)) for n in _NODES
        )
        with np.errstate(invalid="ignore"):
            error = np.abs(fine.value - coarse.value)
            settled = np.abs(fine.size - coarse.size) <= _SETTLED * fine.size
        if np.all((error <= fine.rounding) & settled):
            break
        length /= 2
    error = np.where(settled, error + fine.rounding + fine.rim + _TINY, np.inf)
    return fine.value, np.where(np.isnan(error), np.inf, error)


class _Mesh(NamedTuple):
    """How far out panels go, how long they are, and how many nodes each has."""

    radius: float
    length: float
    nodes: int


class _Sums(NamedTuple):
    """For every k: ∫ φ h_k, ∫ |φ h_k| and its part next to the cut-off, and the rounding error."""

    value: np.ndarray
    size: np.ndarray
    rim: np.ndarray
    rounding: np.ndarray


def _panels(function, kinks, order: int, scale: float, mesh: _Mesh) -> _Sums:
    edges = panel_edges(bends(kinks, scale, mesh.radius, mesh.length), mesh.radius, mesh.length)
    x, w = np.polynomial.legendre.leggauss(mesh.nodes)
    half = np.diff(edges)[:, None] / 2
    z = (edges[:-1, None] + half * (1 + x)).ravel()
    weights = (half * w).ravel() * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    h = polynomials(order, z)
    with np.errstate(all="ignore"):
        values = function(scale * z)
        # what the rounding of its argument and its own does to the function
        noise = np.abs(function(scale * z * (1 + 2 * _EPS)) - values)
        sizes = np.abs(values)
        # the exponent is rounded, and weights and products are
        noise += (4 + z**2 / 2) * _EPS * sizes
        size = np.abs(h) @ (weights * sizes)
        rim = np.abs(h) @ (weights * sizes * (np.abs(z) > mesh.radius - 1))
        # sums of n numbers, whose errors have either sign; the recurrence of h_k as measured
        steps = np.sqrt(np.count_nonzero(weights * sizes)) / 2 + 2 * np.sqrt(np.arange(order + 1))
        rounding = np.abs(h) @ (weights * noise) + _EPS * steps * size
        return _Sums(h @ (weights * values), size, rim, rounding)


def bends(kinks, scale: float, radius: float, length: float, width: float = 1.0) -> np.ndarray:
    """The t around which f(scale·t) bends: kinks of f and 0, and at growing distances from them.

    Functions change on a scale of 1, which may be nothing beside a panel; shorter panels grow less.
    """
    if scale == 0:
        return np.array([])
    growth = 4.0**length
    count = np.log(radius * scale / (width * length)) / np.log(growth)
    steps = width * length * growth ** np.arange(max(0, np.ceil(count)))
    around = np.concatenate([-steps[::-1], [0.0], steps])
    return np.add.outer([0.0, *kinks], around).ravel() / scale


def panel_edges(points: np.ndarray, radius: float, length: float) -> np.ndarray:
    """Sorted ends of panels on [−radius, radius]: regular ones and the points, in every row."""
    regular = np.linspace(-radius, radius, int(np.ceil(2 * radius / length)) + 1)
    rows = np.broadcast_to(regular, (*points.shape[:-1], len(regular)))
    return np.sort(np.concatenate([rows, np.clip(points, -radius, radius)], axis=-1), axis=-1)
