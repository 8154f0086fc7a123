"""E g(‖W‖) |A(W) + iB(W)| for W ~ N(0, I_n), in doubles: along rays, and over their directions.

A is even and B odd, or the other way round. Along a ray the integrand is a polynomial, or nearly
so, between the real parts of the zeros of A + iB. The integral over a ray depends smoothly on its
direction, but where zeros meet, and where a factor vanishes on a whole ray: that is seen to for
factors that are powers of one variable, by a rule on each orthant.
"""

import itertools
from collections.abc import Callable

import numpy as np
import scipy
from sympy import Poly

from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.integration.gauss import on_panels, panel_ends
from theorycalc.relu.means.rules import Doubles, evaluate
from theorycalc.relu.target import homogeneous_parts

# Nodes for each angle in an orthant, of the two rules that are compared, by the dimension.
_ANGLES = {2: (160, 240), 3: (24, 36), 4: (12, 16), 5: (7, 9)}
# Nodes on a panel, and its longest length.
_NODES = 24
_PANEL = 2.0
# What a cut-off may lose; a power of ‖W‖ that g may grow like.
_NEGLIGIBLE = 1e-20
_GROWTH = 8
# How many rays are followed at once, and coefficients of g on all of them.
_RAYS = 1000
_COEFFICIENTS = 96
_EPS = np.finfo(float).eps
# Roundings of a weight, a power and an exponential, of the series and of sums.
_ROUNDINGS = 24


def modulus_mean(a: Poly, b: Poly, growth: Callable) -> tuple[float, float]:
    """(mean, error estimate); ``growth`` is g on arrays."""
    n = len(a.gens)
    if n not in _ANGLES:
        raise NotSupportedError(
            explain(
                "no rule for Gaussian means of a modulus with so many variables",
                got=n,
                allowed=f"{max(_ANGLES)} at most, or polynomials with a closed form",
            )
        )
    degree = max(a.total_degree(), b.total_degree()) + _GROWTH
    reach = np.sqrt(2 * scipy.special.gammainccinv((n + degree) / 2, _NEGLIGIBLE))
    series, error = _series(growth, reach)
    (coarse, _), (fine, rounding) = (_over_directions(a, b, series, size) for size in _ANGLES[n])
    return fine, abs(fine - coarse) + error * fine + rounding


def _series(growth: Callable, reach: float) -> tuple[np.polynomial.Chebyshev, float]:
    """g on [0, reach] as a series, and its relative error."""
    series = np.polynomial.Chebyshev.interpolate(growth, _COEFFICIENTS, [0, reach])
    between = reach * (np.arange(_COEFFICIENTS) + 0.5) / _COEFFICIENTS
    values = growth(between)
    return series, float(np.max(abs(series(between) - values) / values))


def _over_directions(a: Poly, b: Poly, growth, size: int) -> tuple[float, float]:
    """(mean, bound on its rounding)."""
    n = len(a.gens)
    points, weights = _orthant(n, size)
    total = np.zeros(2)
    # the modulus is even: half of the orthants tell all
    for signs in itertools.product((1, -1), repeat=n - 1):
        turned = points * (1, *signs)
        blocks = range(0, len(turned), _RAYS)
        values = [_over_rays(a, b, growth, turned[i : i + _RAYS]) for i in blocks]
        total += weights @ np.concatenate(values)
    mean, rounding = total / (weights.sum() * 2 ** (n - 1))
    return float(mean), float(rounding)


def _orthant(d: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Directions with positive coordinates, and weights: Gauss–Legendre in the spherical angles."""
    angles, w = on_panels(np.array([0.0, np.pi / 2]), size)
    points, weights = np.ones((1, 1)), np.ones(1)
    for j in range(1, d):
        inner = np.sin(angles)[:, None, None] * points
        last = np.broadcast_to(np.cos(angles)[:, None, None], (size, len(points), 1))
        points = np.concatenate([inner, last], axis=2).reshape(-1, j + 1)
        weights = np.multiply.outer(w * np.sin(angles) ** (j - 1), weights).ravel()
    return points, weights


def _over_rays(a: Poly, b: Poly, growth, points: np.ndarray) -> np.ndarray:
    """The mean over ‖W‖ and a bound on its rounding, for every direction: (directions, 2).

    A term of A or B is rounded in its coefficient, which is a sum, and in Horner's rule.
    """
    n = len(a.gens)
    along = _along(points, a, b)
    r, weights = on_panels(_panels(along, growth.domain[1]), _NODES)
    value, terms = np.zeros(r.shape, dtype=complex), np.zeros(r.shape)
    for column, size in zip(along.T[::-1], _sizes(points, a, b).T[::-1], strict=True):
        value = value * r + column[:, None]
        terms = terms * r + size[:, None]
    mass = 2 ** (n / 2 - 1) * scipy.special.gamma(n / 2)
    density = r ** (n - 1) * np.exp(-(r**2) / 2) * growth(r) / mass
    steps = _ROUNDINGS + 2 * along.shape[1] + len(a.as_dict()) + len(b.as_dict()) + r**2 / 2
    parts = np.abs(value), _EPS * steps * terms
    return np.stack([(weights * part * density).sum(axis=1) for part in parts], axis=1)


def _along(points: np.ndarray, a: Poly, b: Poly) -> np.ndarray:
    """Coefficients in r of a + ib at r u, (directions, degree + 1)."""
    columns = np.zeros((len(points), 1 + max(a.total_degree(), b.total_degree())), dtype=complex)
    for polynomial, unit in ((a, 1), (b, 1j)):
        for k, part in homogeneous_parts(polynomial).items():
            columns[:, k] += unit * evaluate(part, Doubles(), points)
    return columns


def _sizes(points: np.ndarray, a: Poly, b: Poly) -> np.ndarray:
    """The same without the signs of any term."""
    unsigned = (Poly.from_dict({m: abs(c) for m, c in x.terms()}, *x.gens) for x in (a, b))
    return np.abs(_along(np.abs(points), *unsigned))


def _panels(along: np.ndarray, reach: float) -> np.ndarray:
    """Ends of panels on every ray: short ones, cut at the real parts of the zeros."""
    grid = np.linspace(0, reach, int(np.ceil(reach / _PANEL)) + 1)
    return panel_ends(grid, _zeros(along).real)


def _zeros(along: np.ndarray) -> np.ndarray:
    """The zeros of polynomials with these coefficients, those at infinity as very large numbers."""
    count = along.shape[1] - 1
    size = np.abs(along).max(axis=1, keepdims=True)
    scaled = along / np.where(size > 0, size, 1)
    lead = scaled[:, -1]
    lead = np.where(np.abs(lead) > np.finfo(float).eps, lead, np.finfo(float).eps)
    companion = np.zeros((len(along), count, count), dtype=complex)
    companion[:, np.arange(1, count), np.arange(count - 1)] = 1
    companion[:, :, -1] = -scaled[:, :-1] / lead[:, None]
    return np.linalg.eigvals(companion)
