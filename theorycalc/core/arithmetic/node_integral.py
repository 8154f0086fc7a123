"""Integrals by rules of nodes, for integrands that have no enclosure over intervals."""

import itertools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from theorycalc.core.arithmetic.effort import spend
from theorycalc.core.errors import PrecisionError, explain

# A quadrature that complains and errs by more than this part has not converged.
_UNCONVERGED = 1e-3
# What SciPy says of an integral that is as good as doubles allow.
_ROUNDING = "roundoff error is detected, which prevents"
# Distances from the ends at which a mass is looked for, and steps towards where it is largest.
_PROBES = [0.0, *(s * 2.0**k for k in range(-12, 13, 2) for s in (-1, 1))]
_STEPS = 60
# Where a rule stops: when its estimate is this part of the mass around the largest value. The
# estimate is in the error, and so is what the second rule says differently.
_SMALL = 1e-10
# The range of doubles.
_LARGEST_LOG = 700.0
# The part of the mass that errors of values may make up: what inner integrals reach. They state
# what they have, which is integrated: a larger part makes a larger error, not a wrong one.
_NEGLIGIBLE = 2.0**-40
# Half the width of the cut around a peak, in its own widths.
_AROUND = 8.0
# Where a panel is cut for the second rule: no node of the first.
_CUT = 0.381966


@dataclass(frozen=True)
class _Peak:
    """The largest value that a search finds: its place, its width and their mass."""

    place: float = 0.0
    width: float = 1.0
    mass: float = 0.0

    def negligible(self, x: float) -> float:
        """An error of the value at x that does not matter: over all x, a part of the mass."""
        far = (x - self.place) / self.width
        return _NEGLIGIBLE * self.mass / self.width / (1 + far * far)


def node_integral(function: Callable, points: list) -> tuple[float, float]:
    """(∫, its error) of ``function(x, negligible) -> (value, error, log|value|)`` over the points.

    Errors of a value below ``negligible`` do not matter: it need not be known any better.

    Two rules are compared, with other panels around the largest value that a search finds, and
    the errors of the function are integrated.

    Raises
    ------
    PrecisionError
        If the integral diverges or no node meets any mass.
    """
    known: dict = {}
    peak = _Peak()

    def at(x: float) -> tuple:
        if x not in known:
            known[x] = function(x, peak.negligible(x))
        return known[x]

    panels, peaks = [], [peak]
    for left, right in itertools.pairwise(points):
        if left != right:
            cuts, found = around_peak(lambda x: at(x)[2], min(left, right), max(left, right))
            panels.append((left, cuts if left < right else cuts[::-1], right))
            peaks.append(found)
    peak = max(peaks, key=lambda found: found.mass)
    total = error = 0.0
    for left, cuts, right in panels:
        whole = [left, *cuts, right]
        value, estimate = quadrature(lambda x: at(x)[0], whole, _SMALL * peak.mass)
        other, _ = quadrature(lambda x: at(x)[0], _cut(left, cuts, right), _SMALL * peak.mass)
        total += value
        error += estimate + abs(value - other) + _size(lambda x: at(x)[1], whole)
    if not error and any(x[2] > -math.inf for x in known.values()):
        raise PrecisionError(
            explain("no node meets the mass of the integrand", got="0 ± 0", hint="kinks around it")
        )
    return total, error


def _cut(left: float, cuts: list, right: float) -> list:
    """The panels of the second rule."""
    inside = [left, *cuts, right]
    moved = [a + (b - a) * _CUT for a, b in itertools.pairwise(inside) if math.isfinite(a + b)]
    return [left, *moved, right] if moved else [left, *_finite_cut(left, right), right]


def _finite_cut(left: float, right: float) -> list:
    if math.isfinite(left):
        return [left + _CUT]
    return [right - _CUT if math.isfinite(right) else _CUT]


def around_peak(size: Callable, left: float, right: float) -> tuple[list, _Peak]:
    """Cuts inside around the place where a climb finds the largest value, and that peak."""
    anchors = [end for end in (left, right) if math.isfinite(end)]
    if len(anchors) == 2:
        candidates = list(np.linspace(left, right, 23)[1:-1])
    else:
        candidates = [a + probe for a in anchors or [0.0] for probe in _PROBES]
    candidates = [float(x) for x in candidates if left < x < right]
    best = max(candidates, key=size, default=None)
    if best is None or not math.isfinite(size(best)):
        return [], _Peak()
    step = min(max(abs(best), 2.0**-12), (right - left) / 16)
    for _ in range(_STEPS):
        sides = [x for x in (best - step, best + step) if left < x < right]
        better = max(sides, key=size, default=best)
        if size(better) > size(best):
            best = better
        elif max((size(best) - size(x) for x in sides), default=0.0) < 0.5:
            break
        else:
            step /= 2
    cuts = (best - _AROUND * step, best, best + _AROUND * step)
    mass = step * math.exp(min(size(best), _LARGEST_LOG))
    return [x for x in cuts if left < x < right], _Peak(best, step, mass)


def quadrature(function: Callable, points: list, negligible: float = 0.0) -> tuple[float, float]:
    """(∫, estimated error) of a function of a double, by SciPy's adaptive rule on every panel.

    It does not refine for errors that are ``negligible``.
    """
    from scipy import integrate

    total = error = 0.0
    for panel in itertools.pairwise(points):
        value, estimate, details, *message = integrate.quad(
            function,
            *panel,
            epsabs=negligible,
            epsrel=1e-13,
            limit=200,
            full_output=1,  # no warnings: the error estimate says it
        )
        spend(details["neval"])
        if message and _ROUNDING not in message[0] and _diverges(value, estimate, details):
            raise PrecisionError(
                explain(
                    "the integral diverges or converges too slowly", got=f"{value} ± {estimate}"
                )
            )
        total, error = total + value, error + estimate
    return total, error


def _size(function: Callable, points: list) -> float:
    """About ∫ of a modulus, such as errors, which no rule need resolve: with all that it may be."""
    from scipy import integrate

    rough = [
        integrate.quad(function, *panel, limit=1, full_output=1)[:2]
        for panel in itertools.pairwise(points)
    ]
    return sum(abs(value) + estimate for value, estimate in rough)


def _diverges(value: float, estimate: float, details: dict) -> bool:
    """Whether a quadrature that complains has no result.

    A result that is extrapolated far from the sum over its panels belongs to a divergent integral.
    """
    panels = details["rlist"][: details["last"]]
    tolerance = _UNCONVERGED * np.abs(panels).sum()
    return not (estimate <= tolerance and abs(value - panels.sum()) <= tolerance)
