"""Enclosures of distortions: certified Gauss–Legendre rules over the angle and over the norm.

With w = |log(R/r)|, the X of the angular rule is tanh(w/2). The mean over the angle is holomorphic
in w for Re w > 0, |Im w| ≤ π/2 and at most 1 there, so that one rule over w takes its values at
real nodes. What is left out at w = 0 and at both ends of the law of R is bounded.
"""

import itertools
import math
import operator

import sympy
from sympy import Rational, S

from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.effort import remembered
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.integration.certified_panels import panel_integral
from theorycalc.core.integration.cut_off import cut_off
from theorycalc.core.integration.kinks import branch_at
from theorycalc.core.lowering import lower
from theorycalc.quantization.arguments import Points, R
from theorycalc.quantization.sphere import in_doubles
from theorycalc.quantization.sphere.in_balls_angle import (
    LONGEST,
    AngularRule,
    OnLine,
    tolerance,
)
from theorycalc.quantization.sphere.norm_law import RadialLaw

_GUARD_BITS = 40
# Parts of the requested error for the rules and for what is left out.
_SPARE_BITS = 12
_CONTEXT = BallContext()
# Powers of two that are tried in Markov's inequality for a tail.
_POWERS = range(-6, 13)
# Quarterings of the lowest norm.
_MOST_QUARTERINGS = 2000


def distortion(law: RadialLaw, d: int, n: Points, s: Rational, r, bits: int):
    """D at r > 0 with a relative error of about 2^−bits."""
    context = _CONTEXT
    size = _size(law, d, n, s, context.as_float(r))
    with working_precision(bits + _GUARD_BITS + max(0, -size)):
        if law.point is not None:
            rule = _angular_rule(d, n, s, bits + _SPARE_BITS - size)
            x = abs(1 - r) / (1 + r)
            return context.power(1 + r, context.number(s)) * rule(x)
        return _mean(law, d, n, s, r, bits + _SPARE_BITS - size)


def _size(law, d, n, s, r: float) -> int:
    """The binary exponent of the distortion, from doubles."""
    value = float(in_doubles.distortion(law, float(d), n, float(s), r)[0][0])
    return math.frexp(max(value, 1e-300))[1]


@remembered(maxsize=16)
def _angular_rule(d, n, s, bits):
    return OnLine(n, s) if d == 1 else AngularRule(d, n, s, bits)


def _mean(law, d, n, s, r, bits: int):
    """The mean over R, cut off on both sides, in pieces of w between the kinks of the density."""
    context, rule = _CONTEXT, _angular_rule(d, n, s, bits)
    (low, below), (high, above) = _lowest(law, s, r, bits), _highest(law, s, r, bits)
    begin = context.number(Rational(2.0 ** math.floor(-bits / (1 + float(min(s, 1))))))
    total = context.widen(_around(law, s, r, begin, (low, high), rule), below + above)
    places = [low, *map(context.number, law.breaks), high]
    ends = [abs(context.apply("log", place / r)) for place in places]
    ends = [end for end in ends if context.compare(">", end, begin)]
    for start, end in itertools.pairwise([begin, *sorted(ends, key=context.as_float)]):
        middle = math.exp((context.as_float(start) + context.as_float(end)) / 2)
        inside = {side: context.as_float(r) * middle**side for side in (-1, 1)}
        limits = context.as_float(low), context.as_float(high)
        sides = {side: x for side, x in inside.items() if limits[0] < x < limits[1]}
        if sides:
            total += _piece(law, s, r, sides, start, end, bits, rule)
    return total


def _piece(law, s, r, sides: dict, start, end, bits: int, rule):
    """The part of w in [start, end], R = r e^{±w} on some sides; ``sides`` has a point of each."""
    context, power = _CONTEXT, _CONTEXT.number(s)
    densities = {
        side: lower(branch_at(law.density, R, Rational(x)), (R,)) for side, x in sides.items()
    }

    def function(context, log_w):
        w = context.apply("exp", log_w)
        if not _inside(context, w):
            return context.select([])
        total = context.number(S.Zero)
        for side, density in densities.items():
            place = r * context.apply("exp", side * w)
            height = density.run(context, [place])
            total = total + height * place * context.power(place + r, power)
        return total * w

    first, last = (context.apply("log", x) for x in (start, end))

    def mean(log_w):
        return rule(context.apply("tanh", context.apply("exp", log_w) / 2))

    return panel_integral(function, mean, [first, last], lambda *_: 0.0, tolerance(bits), LONGEST)


def _inside(context, w) -> bool:
    """Whether Re w > 0 and |Im w| < π/2."""
    inside = context.compare(">", w, context.number(S.Zero))
    if context.is_real(w):
        return bool(inside)
    turned, quarter = w * context.number(S.ImaginaryUnit), context.number(sympy.pi) / 2
    return bool(inside and all(context.compare("<", x, quarter) for x in (turned, -turned)))


def _around(law, s, r, begin, support: tuple, rule):
    """The part of w < begin: the mean over the angles grows with X."""
    context, density = _CONTEXT, lower(law.density, (R,))
    near, far = rule(context.number(S.Zero)), rule(context.apply("tanh", begin / 2))
    left, right = (r * context.apply("exp", side * begin) for side in (-1, 1))
    left, right = (
        context.apply(f, x, y)
        for f, x, y in zip(("max", "min"), (left, right), support, strict=True)
    )
    if context.compare("<", right, left):
        return context.number(S.Zero)
    place = context.hull(left, right)
    mass = density.run(context, [place]) * (right - left)
    return mass * context.power(place + r, context.number(s)) * context.hull(near, far)


def _lowest(law, s, r, bits: int) -> tuple:
    """(R_1, a bound of the part of R < R_1), by the largest density there."""
    context = _CONTEXT
    if law.lower > 0:
        return context.number(law.lower), context.number(S.Zero)
    density = lower(law.density, (R,))

    def bound(place):
        largest = abs(density.run(context, [context.hull(context.number(S.Zero), place)]))
        return largest * place * context.power(r + place, context.number(s))

    quarterings = itertools.repeat(4, _MOST_QUARTERINGS)
    places = itertools.accumulate(quarterings, operator.truediv, initial=context.number(S.One))
    if (found := cut_off(context, bound, places, tolerance(bits))) is None:
        raise _unbounded(law, "a density that is bounded near 0")
    return found


def _highest(law, s, r, bits: int) -> tuple:
    """(R_0, a bound of the part of R > R_0 ≥ r): 2^s E R^{s+p}/R_0^p, with a good power p."""
    context = _CONTEXT
    if law.upper.is_finite:
        return context.number(law.upper), context.number(S.Zero)
    place, size = None, None
    for power in (Rational(2) ** i for i in _POWERS):
        moment = lower(law.moment(s + power)).run(context, [])
        bound = context.power(context.number(S(2)), context.number(s)) * moment
        root = context.power(bound / tolerance(bits), context.number(1 / power))
        if not context.is_finite(root) or (place is not None and context.compare(">", root, place)):
            break
        place, size, order = root, bound, power
    if place is None:
        raise _unbounded(law, "a bounded support, or Radial(…, moments=…)")
    place = context.apply("max", place, r)
    return place, size / context.power(place, context.number(order))


def _unbounded(law, allowed: str) -> NotSupportedError:
    return NotSupportedError(
        explain(
            "the law of the norm has no known bound",
            got=law.density,
            allowed=f"{allowed}; any law for even s",
            hint="using=MP()",
        )
    )
