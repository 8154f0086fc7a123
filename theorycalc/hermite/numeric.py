"""Orthonormal Hermite polynomials and coefficients in double precision."""

import itertools

import numpy as np

from theorycalc.core.compiled import compiled

_EPS = np.finfo(float).eps
# |c_k| beyond R is below e^{−R²/4}·φ(R): R = 14 leaves 1e-21.
_CUT_OFF = 14.0
_NODES = (16, 24)
# Panels are halved this often at most.
_HALVINGS = 8
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


def coefficients(function, kinks, order: int) -> tuple[np.ndarray, np.ndarray]:
    """(c_0 … c_order, errors) of a vectorised function by Gauss–Legendre panels.

    Two rules are compared; panels are halved until they agree to rounding.
    """
    length = 1.0
    for _ in range(_HALVINGS):
        (coarse, _), (fine, size) = (_panels(function, kinks, order, length, n) for n in _NODES)
        error = np.abs(fine - coarse)
        if np.all(error <= 8 * _EPS * size):
            break
        length /= 2
    return fine, error + 4 * _EPS * size


def _panels(function, kinks, order: int, length: float, nodes: int):
    """(integrals, integrals of the modulus) by rules of so many nodes on panels of that length."""
    inner = [kink for kink in kinks if abs(kink) < _CUT_OFF]
    ends = [-_CUT_OFF, *inner, _CUT_OFF]
    edges = np.unique(
        np.concatenate(
            [
                np.linspace(a, b, max(1, int(np.ceil((b - a) / length))) + 1)
                for a, b in itertools.pairwise(ends)
            ]
        )
    )
    x, w = np.polynomial.legendre.leggauss(nodes)
    half = np.diff(edges)[:, None] / 2
    z = (edges[:-1, None] + half * (1 + x)).ravel()
    values = (half * w).ravel() * function(z) * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
    h = polynomials(order, z)
    return h @ values, np.abs(h) @ np.abs(values)
