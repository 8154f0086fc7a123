"""Integrals for `MP`: mpmath's tanh–sinh rule, held against what doubles know of the integral.

Two precisions use nearly the same nodes: where these miss a mass, or meet two infinite parts that
cancel, both agree on a wrong number.
"""

import functools
import itertools
import math
from collections.abc import Callable

from flint import arb

from theorycalc.core.arithmetic.node_integral import around_peak

# A result that is further from an estimate than so many of their errors contradicts it.
_ERRORS = 8
# Panels are halved as long as that takes so much off the error: the singularities of an analytic
# integrand are then further away, for the size of a panel. A kink inside gains a factor of two.
_GAIN = 1000


def no_guide(integrand, parameters: list, points: list) -> None:
    """Nothing is known of an integral."""


def guided_integral(mp, function: Callable, points: list, guide: arb | None) -> tuple:
    """(∫, its error) of a function of mpmath's numbers.

    Where an estimate contradicts it, the nodes miss the mass, and panels are cut around the place
    of the largest value; what contradicts it even so has the distance for its error.
    """
    total, error = _over_panels(mp, function, points)
    if _missed(mp, total, error, guide):
        total, error = _over_panels(mp, function, _cut_at_peaks(mp, function, points))
    return total, error + _missed(mp, total, error, guide)


def _missed(mp, total, error, guide: arb | None):
    """The distance to an estimate, if it is no error of either; else 0."""
    if guide is None or not guide.is_finite():
        return mp.zero
    off = abs(arb(total.real) - guide.mid())
    return mp.mpf(off) if off > _ERRORS * (guide.rad() + arb(abs(error))) else mp.zero


def _over_panels(mp, function: Callable, points: list) -> tuple:
    return _sum(mp, [_halved(mp, function, panel) for panel in itertools.pairwise(points)])


def _sum(mp, parts: list) -> tuple:
    return tuple(mp.fsum(x) for x in zip(*parts, strict=True))


def _halved(mp, function: Callable, panel: tuple, whole: tuple | None = None) -> tuple:
    """(integral, error estimate), by halves where half of the digits fail and halves are better."""
    value, error = whole = whole or _quad(mp, function, panel)
    if not error > mp.sqrt(mp.eps) * abs(value) or not all(map(mp.isfinite, panel)):
        return whole
    middle = (panel[0] + panel[1]) / 2
    panels = [*itertools.pairwise((panel[0], middle, panel[1]))]
    halves = [_quad(mp, function, half) for half in panels]
    if not _sum(mp, halves)[1] * _GAIN < error:
        return whole
    return _sum(mp, [_halved(mp, function, *half) for half in zip(panels, halves, strict=True)])


def _quad(mp, function: Callable, panel: tuple) -> tuple:
    """(integral, error estimate), where mpmath stops at an absolute error of an integral of 1.

    A smaller one is scaled: the integrals inside of others may be of any size.
    """
    function = functools.cache(function)  # both start with the same nodes
    value, estimate = mp.quad(function, panel, error=True)
    shift = -mp.mag(value) if value else 0
    if shift <= 0 or estimate <= abs(value) * mp.eps:
        return value, estimate
    scaled = mp.quad(lambda x: mp.ldexp(1, shift) * function(x), panel, error=True)
    return tuple(mp.ldexp(1, -shift) * x for x in scaled)


def _cut_at_peaks(mp, function: Callable, points: list) -> list:
    """The points, and three around the largest value on every panel."""

    def size(x: float) -> float:
        y = abs(function(mp.mpf(x)))
        return float(mp.log(y)) if y and mp.isfinite(y) else -math.inf

    cut = points[:1]
    for panel in itertools.pairwise(points):
        low, high = sorted(map(float, panel))
        inside, _ = around_peak(size, low, high)
        cut += inside if panel[0] < panel[1] else inside[::-1]
        cut.append(panel[1])
    return cut
