r"""Many Hermite coefficients of functions analytic in a strip, by a trapezoidal rule.

Let g = f h_k n be analytic for |Re z| ≤ L = (N + ½)h, |Im z| ≤ b, with |f| ≤ F there. By Cramér
|h_k(x + iy)| ≤ e^{x²/4 + |y|√k}, so that |g(x + iy)| ≤ F e^{−x²/4} e^{y²/2 + |y|√k}/√(2π). Residues
of (π/h) cot(πz/h) write h Σ_{|j|≤N} g(jh) − ∫_{−L}^L g as integrals of g/(e^{∓2πiz/h} − 1) along
the upper and the lower three sides of the rectangle. On the long sides the denominator is at least
e^{2πb/h} − 1, and e^{−x²/4} has the integral 2√π; on the four short ones it is 1 + e^{2π|y|/h}, and
that is above e^{y²/2 + |y|√k} where b/2 + √k ≤ 2π/h. So the error is at most

.. math:: 2\sqrt 2\,F\,\frac{e^{b^2/2 + b\sqrt k}}{e^{2\pi b/h} - 1}
    + \frac{4\,F\,b}{\sqrt{2\pi}}\,e^{-L^2/4}.
"""

import math
from typing import NamedTuple

import sympy

from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.core.arithmetic.effort import work
from theorycalc.core.integration.strips import strip_bound

# Strips are tried from the widest that is of use down, so many of them.
_HEIGHTS, _LOWER = 24, 2.0**-0.25
# Steps have so few bits that products with nodes are short.
_STEP_BITS = 8
# The last node and half a step are within reach + 1, where the strip is bounded.
_LARGEST_STEP = 0.5
# In the exponent of the error: its factors beside F.
_SPARE = 4.0


class Rule(NamedTuple):
    """The step, the nodes on either side, and what the rule errs in every coefficient."""

    step: float
    count: int
    error: object


def best_rule(function, order: int, bits: int, radius: float) -> Rule | None:
    """A rule for c_0, …, c_order on [−radius, radius], or None if no strip is known.

    ``function(context, x)`` encloses f.
    """
    need, best = max(bits, 1) * math.log(2), None
    for i in range(_HEIGHTS):
        height = math.sqrt(2 * need) * _LOWER**i
        bound = strip_bound(function, radius + 1, height)
        if bound is None:
            continue
        # so far out that the short sides are negligible
        reach = max(radius, 2 * math.sqrt(need + _log(bound) + _SPARE))
        if reach > radius and (bound := strip_bound(function, reach + 1, height)) is None:
            continue
        rule = _rule(order, need, reach, height, bound)
        if best is not None and rule.count >= best.count:
            break
        best = rule
    return best


def _log(bound) -> float:
    """A double near the logarithm of 1 + F, for a plan."""
    context = BallContext()
    return context.as_float(context.apply("log", context.real(bound + 1)))


def _rule(order: int, need: float, reach: float, height: float, bound) -> Rule:
    context = BallContext()
    exponent = need + _log(bound) + height**2 / 2 + height * math.sqrt(order) + _SPARE
    mantissa, octave = math.frexp(min(_LARGEST_STEP, 2 * math.pi * height / exponent))
    step = math.ldexp(math.floor(mantissa * 2**_STEP_BITS), octave - _STEP_BITS)
    count = math.ceil(reach / step)
    h, b, end = (_number(context, x) for x in (step, height, (count + 0.5) * step))
    pi, growth = context.number(sympy.pi), b * context.apply("sqrt", _number(context, order))
    long = context.apply("exp", b * b / 2 + growth) / context.apply("expm1", 2 * pi * b / h)
    short = 4 * b * context.apply("exp", -end * end / 4) / context.apply("sqrt", 2 * pi)
    long = 2 * context.apply("sqrt", _number(context, 2)) * long
    return Rule(step, count, bound * (long + short))


def sums(function, rule: Rule, order: int) -> tuple[list, object]:
    """(h Σ f He_k n over the nodes for k = 0, …, order, an error of them over √k!)."""
    context = BallContext()
    h, zero = _number(context, rule.step), context.real(context.number(sympy.S.Zero))
    root = context.apply("sqrt", 2 * context.number(sympy.pi))
    totals, doubts = [zero] * (order + 1), zero
    for j in range(rule.count + 1):
        x = context.real(j * h)
        right, left = (function(context, y) for y in (x, -x))
        # He_k has the parity of k; the node 0 counts once
        parts = [(right + left) / (1 if j else 2), right - left if j else zero]
        middles = [context.real(context.midpoint(part)) for part in parts]
        bell = context.apply("exp", -x * x / 4)
        # the recurrence would magnify radii; |h_k(x)| e^{−x²/2} is at most e^{−x²/4}
        doubts = doubts + bell * sum(abs(a - b) for a, b in zip(parts, middles, strict=True))
        before, now = zero, h * bell * bell / root
        present = [middle != 0 for middle in middles]
        for k in range(order + 1):
            if present[k % 2]:
                totals[k] = totals[k] + now * middles[k % 2]
            before, now = now, x * now - k * before
    work(order * rule.count, 0, 0, context.bits)
    return totals, doubts * h / root


def _number(context, x):
    """A double, exactly."""
    return context.real(context.number(sympy.Rational(x)))
