"""Orthonormal Hermite polynomials and coefficients in double precision."""

import functools
from typing import NamedTuple

import numpy as np

from theorycalc.core.compiled import compiled
from theorycalc.core.integration.gauss import Mesh, normal_on_panels, refined

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
    rule = functools.partial(_panels, function, kinks, order, scale)
    for radius in _CUT_OFFS:
        rough = rule(Mesh(radius, 1.0, _NODES[0]))
        if np.all((rough.rim <= _EPS * rough.size) & (rough.size > 0)):
            break
    coarse, fine = refined(rule, radius, _NODES, _HALVINGS, _agree)
    error, settled = _differences(coarse, fine)
    error = np.where(settled, error + fine.rounding + fine.rim + _TINY, np.inf)
    return fine.value, np.where(np.isnan(error), np.inf, error)


@np.errstate(invalid="ignore")
def _differences(coarse: "_Sums", fine: "_Sums") -> tuple[np.ndarray, np.ndarray]:
    """How far two rules are from each other, and whether their integrals of the modulus agree."""
    settled = np.abs(fine.size - coarse.size) <= _SETTLED * fine.size
    return np.abs(fine.value - coarse.value), settled


def _agree(coarse: "_Sums", fine: "_Sums") -> bool:
    error, settled = _differences(coarse, fine)
    return bool(np.all((error <= fine.rounding) & settled))


class _Sums(NamedTuple):
    """For every k: ∫ φ h_k, ∫ |φ h_k| and its part next to the cut-off, and the rounding error."""

    value: np.ndarray
    size: np.ndarray
    rim: np.ndarray
    rounding: np.ndarray


def _panels(function, kinks, order: int, scale: float, mesh: Mesh) -> _Sums:
    z, weights = normal_on_panels(mesh.ends(mesh.bends(kinks, scale)), mesh.nodes)
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
