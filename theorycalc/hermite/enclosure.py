"""Certified Hermite coefficients of any activation, all degrees at once, by ball quadrature."""

from functools import lru_cache

import sympy

from theorycalc.activations import Activation
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.ball_panels import panel_rule
from theorycalc.core.kinks import between, branch_at
from theorycalc.core.lowering import lower
from theorycalc.hermite.growth import Growth, growth

# Bits that the recurrence of the polynomials loses at degree k: the radii of the nodes grow by at
# most e^{|x|√k}, and the Gaussian weight leaves e^{k/2} of it.
_LOST_PER_DEGREE = 0.75
_GUARD_BITS = 32
_FIRST_CUT_OFF = 4


@lru_cache(maxsize=32)
def enclosures(activation: Activation, order: int, bits: int) -> tuple:
    """c_0, …, c_order with errors of about 2^−bits.

    Raises
    ------
    NotSupportedError
        If the tails cannot be bounded.
    """
    bound = growth(activation.expr, activation.symbol)
    with working_precision(bits + _GUARD_BITS + int(_LOST_PER_DEGREE * order)):
        context = BallContext()
        two, pi = context.number(sympy.Integer(2)), context.number(sympy.pi)
        root = context.apply("sqrt", 2 * pi)

        def weight_bound(nearest, height):
            # |h_k(x + iy)| ≤ e^{x²/4 + |y|√k}, from Cramér's |h_j(x)| ≤ e^{x²/4}
            exponent = -(nearest**2) / 4 + height**2 / 2 + height * order**0.5
            return context.apply("exp", context.number(sympy.Rational(exponent))) / root

        cut_off, error = _cut_off(bound, activation.kinks, bits, root, context)
        totals = [context.number(sympy.S.Zero)] * (order + 1)
        for branch, left, right in _branches(activation, cut_off, context):
            nodes, values, slack = panel_rule(
                branch, left, right, weight_bound, tolerance=two**-bits
            )
            error = error + slack
            for x, value in zip(nodes, values, strict=True):
                before, now = 0, value * context.apply("exp", -x * x / 2) / root
                for k in range(order + 1):
                    totals[k] = totals[k] + now
                    before, now = now, x * now - k * before
        return tuple(
            context.widen(total / norm, error)
            for total, norm in zip(totals, norms(order, context), strict=True)
        )


def norms(order: int, context) -> list:
    """√k! for k = 0, …, order."""
    factorial, norms = context.number(sympy.S.One), []
    for k in range(order + 1):
        factorial = factorial * max(k, 1)
        norms.append(context.apply("sqrt", factorial))
    return norms


def _branches(activation: Activation, cut_off, context):
    """(function, left, right) for every piece of [−R, R] between the kinks."""
    z = activation.symbol
    for left, inside, right in between(activation.kinks):
        program = lower(branch_at(activation.expr, z, inside), (z,))
        ends = (
            -cut_off if left == -sympy.oo else lower(left).run(context, []),
            cut_off if right == sympy.oo else lower(right).run(context, []),
        )
        yield (lambda context, x, p=program: p.run(context, [x])), *ends


def _cut_off(bound: Growth, kinks: tuple, bits: int, root, context):
    """R and a bound on ∫_{|z|>R} |φ h_k| n, for every k.

    With |h_k(z)| ≤ e^{z²/4} the integrand is at most C z^p e^{αz − z²/4}/√(2π), whose logarithm
    falls at least with the slope R/2 − α − p/R beyond R.
    """
    constant, power, rate = (
        lower(x).run(context, []) for x in (bound.constant, bound.power, bound.rate)
    )
    size = max([_FIRST_CUT_OFF, *(int(abs(kink)) + 2 for kink in kinks)])
    while True:
        size += 1
        R = context.number(sympy.Integer(size))  # noqa: N806
        slope = R / 2 - rate - power / R
        if context.compare(">", slope, context.number(sympy.S.Zero)):
            exponent = rate * R + power * context.apply("log", R) - R * R / 4
            tail = 2 * constant * context.apply("exp", exponent) / (root * slope)
            if context.compare("<", tail, context.number(sympy.Integer(2)) ** -bits):
                return R, tail
