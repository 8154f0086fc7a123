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
from theorycalc.core.integration.hermite_functions import lattice_sums
from theorycalc.core.integration.strips import strip_bound

# Strips are tried from the widest that is of use down, so many of them.
_HEIGHTS, _LOWER = 24, 2.0**-0.25
# Steps are powers of the fourth root of 2, of few bits, so that rules share exact nodes.
_STEPS_PER_OCTAVE = 4
_STEP_BITS = 8
# Counts are multiples, so that a function and its derivative share the polynomials.
_COUNTS = 32
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
    step = widest_step(order, need + _log(bound), height)
    count = _COUNTS * math.ceil(reach / (_COUNTS * step))
    return Rule(step, count, bound * error(order, step, count, height))


def widest_step(order: int, need: float, height: float) -> float:
    """The step for errors of about e^−need times the bound in a strip of this height.

    It is a power of the fourth root of 2 of few bits, so that rules share their nodes.
    """
    exponent = need + height**2 / 2 + height * math.sqrt(order) + _SPARE
    most = min(_LARGEST_STEP, 2 * math.pi * height / exponent)
    return rounded_step(most)


def rounded_step(most: float) -> float:
    """A step of few bits that is not much smaller: a power of the fourth root of 2."""
    octave, part = divmod(math.floor(_STEPS_PER_OCTAVE * math.log2(most)), _STEPS_PER_OCTAVE)
    mantissa = math.floor(2.0 ** (part / _STEPS_PER_OCTAVE + _STEP_BITS))
    return math.ldexp(mantissa, octave - _STEP_BITS)


def error(order: int, step: float, count: int, height: float):
    """The error of a coefficient up to this order for F = 1."""
    context = BallContext()
    h, b, end = (_number(context, x) for x in (step, height, (count + 0.5) * step))
    pi, growth = context.number(sympy.pi), b * context.apply("sqrt", _number(context, order))
    long = context.apply("exp", b * b / 2 + growth) / context.apply("expm1", 2 * pi * b / h)
    short = 4 * b * context.apply("exp", -end * end / 4) / context.apply("sqrt", 2 * pi)
    long = 2 * context.apply("sqrt", _number(context, 2)) * long
    return long + short


def coefficients(function, rule: Rule, order: int) -> list:
    """Enclosures of c_0, …, c_order on [−L, L]."""
    context = BallContext()
    h = _number(context, rule.step)
    right, left = (
        [context.real(function(context, sign * j * h)) for j in range(rule.count + 1)]
        for sign in (1, -1)
    )
    sums = lattice_sums(order, rule.step, right, left)
    return [context.widen(total, rule.error) for total in sums]


def _number(context, x):
    """A double, exactly."""
    return context.real(context.number(sympy.Rational(x)))
