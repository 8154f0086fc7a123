"""Integrals for `Float`: enclosures where the mass may be, estimates of what lies beyond.

A rule that only sees nodes cannot tell a mass that no node meets from none. Here the integrand is
enclosed over whole intervals, which Arb bisects where the enclosure is not negligible: a peak is
found however narrow it is. Ends where that fails, and infinite ones, are mapped by x = end ± e^u,
under which powers decay and Gaussians too. What remains beyond the last u is estimated from the
rate of decay; a rate that is not positive is a divergence.
"""

import itertools
from collections.abc import Callable

from flint import acb, arb, ctx

from theorycalc.core.arithmetic.any_ball import NAN, NotHolomorphic
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.ball_integral import arb_integral
from theorycalc.core.arithmetic.effort import spend
from theorycalc.core.errors import NotSupportedError, PrecisionError, explain
from theorycalc.core.program import given

# Function values after which Arb returns what it has.
_MOST_VALUES = 6000
# A panel that misses its accuracy by more bits may be a sum of parts that cancel.
_SCALE_BITS = 10
# An interval over which an enclosure overflows is halved so often.
_HALVINGS = 5
# Logarithms of the distance to an end that are tried in turn; e^720 is the range of doubles. What
# lies beyond has an error of its own, and a reach is enough where that does not matter.
_REACHES = (45, 90, 180, 360, 720)
# With a larger part of an integral in doubt it is refused: by a smaller one its error grows.
_DOUBTFUL = 2.0**-20
# Bits per unit of u that a distance e^−u to an end takes, for what cancels there.
_BITS_PER_UNIT = 4


class _Enclosing(BallContext):
    """Enclosures over intervals: no estimate may pass for one."""

    def special(self, call, *args):
        if call.prefers_double or not call.has_enclosure:
            raise NotSupportedError(explain("a double-precision routine over intervals"))
        return super().special(call, *args)


def enclosed_integral(
    integrand, parameters: list, points: list, bits: int, negligible: arb
) -> tuple[arb, arb]:
    """(∫, scale) of a program of (x, *parameters), to about so many bits or a negligible error.

    The value is not finite where nothing is known; the scale is the sum of the sizes of its parts,
    by which a zero is known.

    Raises
    ------
    NotSupportedError
        If the integrand cannot be enclosed over intervals.
    PrecisionError
        If the integrand does not decay at an end.
    """
    found = _Parts(integrand, parameters, bits, negligible)
    panels = list(itertools.pairwise(points))
    for left, right in sorted(panels, key=found.size, reverse=True):
        found.panel(left, right)
    return found.total, found.scale


class _Parts:
    """The parts of one integral, added up."""

    def __init__(self, integrand, parameters: list, bits: int, negligible: arb):
        self.integrand, self.parameters, self.bits = integrand, parameters, bits
        self.least = negligible
        self.contexts = (_Enclosing(integrand=True), _Enclosing(analytic=True))
        self.functions: dict[tuple[bool, int], Callable] = {}
        self.total, self.scale = arb(0), arb(0)

    def value(self, x, analytic: bool = False) -> acb:
        """The integrand on a ball."""
        spend()
        if not analytic and isinstance(x, acb) and x.imag.is_zero():
            x = x.real
        try:
            key = analytic, ctx.prec
            if key not in self.functions:
                context = self.contexts[analytic]
                self.functions[key] = given(self.integrand, context, self.parameters)
            return acb(self.functions[key](x))
        except (ZeroDivisionError, NotHolomorphic):
            return acb(NAN)

    def size(self, panel: tuple) -> float:
        """log|f| where it is largest on a few points: the panel to begin with, for speed only."""
        left, right = panel
        if not left.is_finite():
            places = [right + (1 if left > 0 else -1) * arb(2) ** k for k in range(-8, 12, 2)]
        elif not right.is_finite():
            places = [left + (1 if right > 0 else -1) * arb(2) ** k for k in range(-8, 12, 2)]
        else:
            places = [left + (right - left) * k / 8 for k in range(1, 8)]
        logs = (float(self.value(x).abs_upper().log()) for x in places)
        return max((x for x in logs if x == x), default=0.0)

    @property
    def _negligible(self) -> arb:
        """What does not matter beside the parts so far, or at all."""
        return max(arb(self.scale.abs_lower()) / 2**self.bits, self.least)

    def panel(self, left: arb, right: arb) -> None:
        """Add ∫ from left to right, of which one at most is infinite."""
        if not left.is_finite():
            side = 1 if left > 0 else -1
            self._outwards(right, side, -side)
        elif not right.is_finite():
            side = 1 if right > 0 else -1
            self._outwards(left, side, side)
        else:
            whole = self._between(left, right)
            # a whole that cancels is cut: its parts tell its scale
            known = whole.rel_accuracy_bits() > self.bits - _SCALE_BITS
            if whole.is_finite() and (known or whole.rad() < self.least):
                self._add(whole)
                return
            # not the middle: the halves of an odd integrand would have one place in common
            inside = left + (right - left) * 29 / 64
            self._from_end(left, inside)
            self._from_end(right, inside, -1)

    def _between(self, left: arb, right: arb) -> arb:
        """∫ between finite limits, not finite where the integrand is not bounded at one of them."""
        if all(self.value(end).is_finite() for end in (left, right)):
            return self._integral(self.value, left, right)
        return arb.nan()

    def _integral(self, value: Callable, low: arb, high: arb) -> arb:
        return _halved_integral(value, low, high, self._negligible, arb(2) ** -self.bits)

    def _from_end(self, end: arb, inside: arb, sign: int = 1) -> None:
        part = self._between(end, inside)
        if not part.is_finite():
            distance = abs(inside - end)
            if distance.is_zero():
                return
            side = 1 if inside > end else -1
            part = self._mapped(end, side, -1, distance.log()) * side
        self._add(part * sign)

    def _outwards(self, end: arb, side: int, orientation: int) -> None:
        self._from_end(end, end + side, side * orientation)
        self._add(self._mapped(end, side, 1, arb(0)) * orientation)

    def _add(self, part: arb) -> None:
        self.total += part
        self.scale += abs(part)

    def _mapped(self, end: arb, side: int, direction: int, start: arb) -> arb:
        """∫ f(end + side·e^u) e^u du from ``start`` to direction·∞, counted as positive length."""
        for reach in _REACHES:
            bits = ctx.prec + (_BITS_PER_UNIT * reach if direction < 0 else 0)
            with working_precision(bits):

                def value(u, analytic=False):
                    distance = acb(u).exp() if isinstance(u, acb) else arb(u).exp()
                    return self.value(end + side * distance, analytic) * distance

                last = start + direction * reach
                low, high = (last, start) if direction < 0 else (start, last)
                part = self._integral(value, low, high)
                rest, doubt = _remainder(value, last, direction, reach)
            if not part.is_finite():
                return part
            if doubt is not None and not doubt > max(
                max(abs(part), abs(self.total)) / 2**self.bits, self.least
            ):
                return part + rest + arb(0, doubt.abs_upper())
        if doubt is None or doubt > max(abs(part) * _DOUBTFUL, self.least):
            raise PrecisionError(
                explain(
                    "the integral diverges or converges too slowly",
                    got=f"an integrand that does not decay towards {'∞' if direction > 0 else end}",
                )
            )
        return part + rest + arb(0, doubt.abs_upper())


def _halved_integral(
    value: Callable, low: arb, high: arb, negligible: arb, goal: arb, halvings: int = _HALVINGS
) -> arb:
    """∫ between finite limits by Arb, which bisects where the enclosure is not negligible."""
    total = arb_integral(
        value,
        low,
        high,
        rel_tol=goal,
        abs_tol=negligible,
        eval_limit=_MOST_VALUES,
        use_heap=True,
    )
    if total.is_finite():
        return total.real if total.imag.contains(0) else arb.nan()
    if not halvings:
        return arb.nan()
    middle = (low + high) / 2
    first = _halved_integral(value, low, middle, negligible, goal, halvings - 1)
    if not first.is_finite():
        return first
    return first + _halved_integral(value, middle, high, negligible, goal, halvings - 1)


def _remainder(value: Callable, last: arb, direction: int, reach: int) -> tuple:
    """(what lies beyond the last u, its error or None without a decay).

    The rate λ of a decay e^{−λu} is measured over three neighbouring steps. Powers have the same λ
    in all. Where it drifts, it is taken to go on, at this pace and half of what the pace changes by
    (it may vanish at one place), over a length of ``reach``, |u| or 1/λ, whichever is most. What
    lies beyond is then between what it is at the first rate and at the last. With powers of u the
    pace falls like 1/u², which sums up to that; with λ = cu^{a−1}, 0 < a < 1, where 1/λ > u: what
    lies beyond is at most what it is at the first rate, times 1 + x + x² + … with x = (1 − a)/(λu)
    (repeated integration by parts of the incomplete gamma function).
    """
    sizes = [value(last - direction * k).real for k in range(4)]
    if all(x.is_zero() for x in sizes):
        return arb(0), arb(0)
    if any(not x.is_finite() or x.contains(0) for x in sizes):
        # beyond all bits: known to be as small as its enclosure
        largest = max((x.abs_upper() for x in sizes), key=float)
        return (arb(0), largest) if largest < arb(2) ** -4096 else (arb(0), None)
    rate, before, first = (abs(sizes[k + 1] / sizes[k]).log() for k in range(3))
    if not rate > 0:
        return arb(0), None
    length = max(arb(reach), abs(last), 1 / rate, key=float)
    pace, earlier = before - rate, first - before
    drift = (abs(pace) + abs(pace - earlier) * length / 2) * length
    rest = sizes[0] / rate
    if pace < 0:
        # the rate rises, and less lies beyond than at the first
        return rest, abs(rest - sizes[0] / (rate + drift))
    if not drift < rate:
        return arb(0), None
    return rest, abs(sizes[0] / (rate - drift) - rest)
