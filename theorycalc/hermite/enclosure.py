"""Certified Hermite coefficients of any activation, all degrees at once, by ball quadrature."""

import itertools
import math
from typing import NamedTuple

import sympy

from theorycalc.activations import Activation
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.effort import remembered
from theorycalc.core.integration.certified_panels import panel_rule
from theorycalc.core.integration.cut_off import cut_off
from theorycalc.core.integration.kinks import singular_bases
from theorycalc.core.integration.recurrences import hermite
from theorycalc.core.lowering import lower
from theorycalc.hermite import trapezoid
from theorycalc.hermite.growth import Growth, growth

# Bits that the recurrence of the polynomials loses at degree k: the radii of the nodes grow by at
# most e^{|x|√k}, and the Gaussian weight leaves e^{k/2} of it.
_LOST_PER_DEGREE = 0.75
_GUARD_BITS = 32
_MANY = 16
# So many coefficients of an analytic function are cheaper by trapezoids than on panels.
_LONG = 100
_FIRST_CUT_OFF = 4


@remembered(maxsize=32)
def enclosures(activation: Activation, order: int, bits: int) -> tuple:
    """c_0, …, c_order with errors of about 2^−bits.

    Raises
    ------
    NotSupportedError
        If the tails cannot be bounded.
    """
    return scaled_enclosures(activation, order, bits, None)


def scaled_enclosures(activation: Activation, order: int, bits: int, scale) -> tuple:
    """The same for φ(s·), with the enclosure of a positive number s, or 1 for None."""
    with working_precision(bits + _GUARD_BITS + int(_LOST_PER_DEGREE * order)):
        context = BallContext()
        if scale is None:
            scale = context.number(sympy.S.One)
        bound = _Bound.of(growth(activation.expr, activation.symbol), scale, context)
        root = context.apply("sqrt", 2 * context.number(sympy.pi))

        cut, error = _cut_off(bound, activation.kinks, bits, root, scale, context)
        if order >= _LONG and not activation.kinks:
            found = _by_trapezoids(activation, order, bits, scale, cut)
            if found is not None:
                return tuple(context.widen(c, error) for c in found)
        branches = _branches(activation, cut, scale, context)
        totals, slack = _by_panels(branches, order, bits, context)
        return tuple(
            context.widen(total / norm, error + slack)
            for total, norm in zip(totals, norms(order, context), strict=True)
        )


def _by_trapezoids(activation: Activation, order: int, bits: int, scale, cut) -> list | None:
    """c_0, …, c_order between the cut-offs, or None if the function has no strip."""
    program = lower(activation.expr, (activation.symbol,))

    def function(context, x):
        return program.run(context, [scale * x])

    rule = trapezoid.best_rule(function, order, bits, float(cut))
    if rule is None:
        return None
    with working_precision(bits + _GUARD_BITS):
        return trapezoid.coefficients(function, rule, order)


def _by_panels(branches, order: int, bits: int, context) -> tuple:
    """(√k! c_k for all k, an error of c_k)."""
    root = context.apply("sqrt", 2 * context.number(sympy.pi))

    def log_weight(centre, width, height):
        nearest = max(0.0, abs(centre) - width)
        # |h_k(x + iy)| ≤ e^{x²/4 + |y|√k}, from Cramér's |h_j(x)| ≤ e^{x²/4}
        size = -(nearest**2) / 4 + height**2 / 2 + height * order**0.5
        return size - math.log(2 * math.pi) / 2

    tolerance = context.number(sympy.Integer(2)) ** -bits
    totals, error = [context.number(sympy.S.Zero)] * (order + 1), context.number(sympy.S.Zero)
    for branch, left, right, share in branches:
        nodes, values, slack = panel_rule(branch, left, right, log_weight, tolerance / share)
        error = error + slack
        for x, value in zip(nodes, values, strict=True):
            # the recurrence would magnify the radius; |h_k(x)| e^{−x²/2} is at most e^{−x²/4}
            middle, bell = context.midpoint(value), context.apply("exp", -x * x / 4)
            error = error + abs(value - middle) * bell / root
            terms = hermite(x, middle * bell * bell / root)
            totals = [total + term for total, term in zip(totals, terms, strict=False)]
    return totals, error


def norms(order: int, context) -> list:
    """√k! for k = 0, …, order."""
    factorial, norms = context.number(sympy.S.One), []
    for k in range(order + 1):
        factorial = factorial * max(k, 1)
        norms.append(context.apply("sqrt", factorial))
    return norms


def _branches(activation: Activation, cut, scale, context):
    """(function, left end, right end, share) for the branches of φ(s·) on the pieces of [−R, R].

    A panel may have one of so many shares of the error: towards a root of 0 there are many panels.
    """
    for *ends, piece in activation.pieces:
        program = lower(piece, (activation.symbol,))
        left, right = (
            (cut if end > 0 else -cut) if end.is_infinite else lower(end).run(context, []) / scale
            for end in ends
        )
        bases = singular_bases(piece, activation.symbol)
        roots = [base for base in bases for end in ends if base.subs(activation.symbol, end) == 0]
        share = _MANY if roots else 1
        yield (lambda context, x, p=program: p.run(context, [scale * x])), left, right, share


class _Bound(NamedTuple):
    """|φ(s z)| ≤ constant·|z|^power·e^{rate·|z|} for |z| ≥ start, in enclosures."""

    constant: object
    power: object
    rate: object
    start: float

    @classmethod
    def of(cls, bound: Growth, scale, context) -> "_Bound":
        constant, power, rate = (
            lower(x).run(context, []) for x in (bound.constant, bound.power, bound.rate)
        )
        start = 1 / context.as_float(scale) + 1
        return cls(constant * context.power(scale, power), power, rate * scale, start)


def _cut_off(bound: _Bound, kinks: tuple, bits: int, root, scale, context):
    """R and a bound on ∫_{|z|>R} |φ h_k| n, for every k.

    With |h_k(z)| ≤ e^{z²/4} the integrand is at most C z^p e^{αz − z²/4}/√(2π), whose logarithm
    falls at least with the slope R/2 − α − p/R beyond R.
    """
    constant, power, rate, start = bound
    outer = [abs(float(kink)) / context.as_float(scale) + 2 for kink in kinks]
    first = int(max([_FIRST_CUT_OFF, start, *outer])) + 1

    def tail(r):
        slope = r / 2 - rate - power / r
        if not context.compare(">", slope, context.number(sympy.S.Zero)):
            return context.number(sympy.oo)
        exponent = rate * r + power * context.apply("log", r) - r * r / 4
        return 2 * constant * context.apply("exp", exponent) / (root * slope)

    places = (context.number(sympy.Integer(n)) for n in itertools.count(first))
    return cut_off(context, tail, places, context.number(sympy.Integer(2)) ** -bits)
