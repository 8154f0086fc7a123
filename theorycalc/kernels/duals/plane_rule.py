"""Gaussian expectations in the plane in double precision, for functions with kinks."""

import functools
import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.integration.gauss import Mesh, normal_on_panels, refined

_EPS = np.finfo(float).eps
# What underflows is less.
_TINY = np.finfo(float).tiny
# e^{−R²/2} is 1e-22 at the first; the density underflows beyond the last.
_CUT_OFFS = (10.0, 14.0, 19.0, 27.0, 38.0)
# Roundings of a term, and of sums, that do not depend on where it is.
_ROUNDINGS = 16
# How much farther out, and where, functions are looked at for what a cut-off leaves out.
_FARTHER, _LOOKS = 1.25, 401
_NODES = (10, 14)
# Panels are halved this often at most: then an integral has 10⁷ nodes.
_HALVINGS = 5
_CHUNK = 2_000_000


class Function(NamedTuple):
    """A vectorised function and the points where it or a derivative jumps."""

    values: Callable
    kinks: Sequence[float]


def expectation(f: Function, g: Function, q11: float, q12: float, q22: float):
    """(E[f(u) g(v)], error) for a centred Gaussian pair with these covariances.

    The outer integral runs over u/√q₁₁, the inner one over what is independent of it; panels end at
    the kinks and are halved until two rules agree. The cut-off is where what it leaves out is
    negligible, if functions allow.
    """
    s1, s2 = np.sqrt(q11), np.sqrt(q22)
    slope = q12 / s1 if s1 else 0.0
    spread = np.sqrt(max(determinant(q11, q22, q12), 0.0)) / s1 if s1 else s2
    rule = functools.partial(_integral, f, g, _Law(s1, slope, spread))
    for radius in _CUT_OFFS:
        cut = _left_out(f, s1, radius) * _left_out(g, s2, radius) * math.erfc(radius / 2**0.5)
        _, rounding = rule(Mesh(radius, 1.0, _NODES[0]))
        if cut <= rounding > 0:
            break
    (coarse, _), (fine, rounding) = refined(rule, radius, _NODES, _HALVINGS, _agree)
    return fine, abs(fine - coarse) + rounding + cut + _TINY


def _agree(coarse: tuple, fine: tuple) -> bool:
    return abs(fine[0] - coarse[0]) <= fine[1]


class _Law(NamedTuple):
    """u = s₁U and v = slope·U + spread·W."""

    s1: float
    slope: float
    spread: float


def _left_out(f: Function, scale: float, radius: float) -> float:
    """How large a function is around the cut-off, where the density vanishes."""
    z = scale * _FARTHER * radius * np.linspace(-1, 1, _LOOKS)
    with np.errstate(all="ignore"):
        return 2 * float(np.abs(f.values(z)).max())


@np.errstate(over="ignore", invalid="ignore")  # told at the end
def _integral(f: Function, g: Function, law: _Law, mesh: Mesh) -> tuple[float, float]:
    """(∬ f g with the density, its rounding error)."""
    s1, slope, spread = law
    # the mean of g bends on the scale of the spread around a kink, and where g itself does
    turned = np.sign(slope) * mesh.bends(g.kinks, abs(slope))
    sharp = np.sign(slope) * mesh.bends(g.kinks, abs(slope), min(1.0, spread or 1.0))
    outer = np.concatenate([mesh.bends(f.kinks, s1), turned, sharp])
    u, weight = normal_on_panels(mesh.ends(outer), mesh.nodes)
    weight = weight * f.values(s1 * u)
    total = rounding = 0.0
    rows = max(1, int(_CHUNK * mesh.length / (2 * mesh.radius * mesh.nodes)))
    for start in range(0, len(u), rows):
        part = slice(start, start + rows)
        mean, roundings = _inner(g, slope * u[part], spread, mesh)
        total += float(weight[part] @ mean)
        # the exponent of the density is rounded as well
        rounding += float(np.abs(weight[part] * (1 + u[part] ** 2 / _ROUNDINGS)) @ roundings)
    if not math.isfinite(rounding):
        hint = "functions without poles, smaller variances"
        raise DomainError(explain("a function leaves the range of doubles", hint=hint))
    return total, _EPS * rounding


def _inner(g: Function, centre: np.ndarray, spread: float, mesh: Mesh):
    """(E g(centre + spread·W), its rounding errors in units) for every centre."""
    if spread == 0:
        values = g.values(centre)
        return values, _ROUNDINGS * np.abs(values)
    points = mesh.bends(g.kinks, spread) - centre[:, None] / spread
    w, weight = normal_on_panels(mesh.ends(points), mesh.nodes)
    values = g.values(centre[:, None] + spread * w) * weight
    return values.sum(axis=1), (np.abs(values) * (_ROUNDINGS + w * w)).sum(axis=1)


def determinant(q1, q2, q12) -> np.ndarray:
    """q₁q₂ − q₁₂² with the errors of both products (Dekker): correct however close to zero."""
    (a, a_rest), (b, b_rest) = _product(q1, q2), _product(q12, q12)
    return (a - b) + (a_rest - b_rest)


def _product(x, y) -> tuple[np.ndarray, np.ndarray]:
    """Two doubles whose sum is the product."""
    (x1, x2), (y1, y2) = _halves(x), _halves(y)
    product = x * y
    return product, ((x1 * y1 - product) + x1 * y2 + x2 * y1) + x2 * y2


def _halves(x) -> tuple[np.ndarray, np.ndarray]:
    shifted = x * (2.0**27 + 1)
    high = shifted - (shifted - x)
    return high, x - high
