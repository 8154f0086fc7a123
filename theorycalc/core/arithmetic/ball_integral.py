"""Integrals of programs by Arb's rigorous quadrature."""

import itertools
from collections.abc import Callable

from flint import acb, arb, ctx

from theorycalc.core.arithmetic.any_ball import NAN, NotHolomorphic
from theorycalc.core.arithmetic.effort import spend
from theorycalc.core.arithmetic.germs import LEAST_DEPTH, DivergenceError, integral_to_end
from theorycalc.core.errors import DomainError, NotSupportedError, explain
from theorycalc.core.program import given

# An integral inside an integrand's bound is given up after so many function values.
_BOUND_BITS = 8
_BOUND_EVALUATIONS = 1000
# An integrand without a bound at this precision has a pole; with less, rounding may look like one.
_POLE_BITS = 300
# A number of so many bits is a point to any integrand.
_POINT_BITS = 16
# Beside a singular end panels are so many times twice as long as the next; and the part that is
# bounded without them is not made shorter than this many times the precision in bits.
_PANEL_DEPTH = 8
_DEEPEST = 32
# An interval narrower than the precision by less than these bits may be wider by roundings.
_ROUNDED_BITS = 4


def piecewise_integral(integrand, parameters: list, points: list, values, bounds):
    """∫ of a piecewise holomorphic program of (x, *parameters) over the points.

    Arb asks for values at real x, in the context ``values``, and for bounds around them where the
    integrand must be holomorphic, in the context ``bounds``. Inside another integral whose variable
    moves, all must be holomorphic in that. The points between the first and the last are only a
    help.
    """
    if any(_is_infinity(point) for point in points):
        raise NotSupportedError(
            explain(
                "an infinite integral has no enclosure without a bound on its tail",
                hint="Integral(..., tails=...) with a declared Tail, or using=MP()",
            )
        )
    if not all(acb(point).is_finite() for point in points):
        return NAN

    at_parameters: dict[bool, Callable] = {}

    def function(x, holomorphic):
        spend(1, ctx.prec)
        if not holomorphic and x.imag.is_zero():
            x = x.real
        try:
            if holomorphic not in at_parameters:
                context = bounds if holomorphic else values
                at_parameters[holomorphic] = given(integrand, context, parameters)
            return acb(at_parameters[holomorphic](x))
        except NotHolomorphic:
            return NAN

    options = _bound_options() if values.analytic else {}
    begin, total = _from_zero(function, values, integrand, parameters, points)
    panels = itertools.pairwise([*begin, *points[1:]])
    total += sum((arb_integral(function, a, b, **options) for a, b in panels), acb(0))
    known = not values.analytic and all(map(_is_thin, (*parameters, *points)))
    if known and not total.is_finite() and ctx.prec >= _POLE_BITS:
        raise DomainError(
            explain(
                "no finite enclosure was found for an integral: a pole or a singular end",
                allowed="integrands that are bounded",
                hint="using=MP() for an integral with a singularity at an end",
            )
        )
    return total if values.analytic or not total.imag.contains(0) else total.real


def _is_thin(x) -> bool:
    """Whether a number is known to half of the working precision: no image of it is wide."""
    return acb(x).rel_accuracy_bits() > ctx.prec // 2


def _from_zero(function, values, integrand, parameters: list, points: list) -> tuple:
    """(points, ∫ from 0 to the last of them): where the integrand is singular at 0.

    The points are the first one as it is, and 0, elsewhere.
    """
    start, end = points[0], points[1]
    if not acb(start).is_zero() or acb(end).is_zero():
        return [start], acb(0)
    near = end * arb(0.5, 0.5) / 2**ctx.prec
    if function(acb(near), False).is_finite():
        return [start], acb(0)
    try:
        depth, total = _negligible_end(values, integrand, parameters, end)
    except DivergenceError:
        if not values.analytic:
            raise
        return [start], NAN
    if not total.is_finite():
        return [start], acb(0)
    return [end / 2**k for k in range(depth, 0, -_PANEL_DEPTH)], total


def _negligible_end(values, integrand, parameters: list, end) -> tuple:
    """(depth, ∫ over (0, end·2^-depth]) where the error of the integral is negligible."""
    depth, largest = LEAST_DEPTH, arb(0)
    bits = _BOUND_BITS if values.analytic else ctx.prec
    while True:
        total = acb(integral_to_end(values, integrand, parameters, end, depth))
        if total.is_finite():
            largest = largest.max(arb(total.abs_upper()))
            if acb(total.real.rad(), total.imag.rad()).abs_upper() < largest / 2**bits:
                return depth, total
        if depth > _DEEPEST * bits:
            return depth, total
        depth = 3 * depth // 2


def _is_infinity(x) -> bool:
    """Whether a limit is ±∞, and not a ball of which nothing is known."""
    return not isinstance(x, acb) and x in (arb.pos_inf(), arb.neg_inf())


def _bound_options() -> dict:
    """An integral that bounds another one: its size is enough, and failure is cheap."""
    return {"rel_tol": arb(2) ** -_BOUND_BITS, "eval_limit": _BOUND_EVALUATIONS}


def arb_integral(function: Callable, left, right, **options) -> acb:
    """∫ of ``function(x, holomorphic)`` between finite limits by Arb.

    It is not finite as soon as the function is not on an interval as narrow as the precision: a
    pole, which no halving removes.

    Raises
    ------
    Exception
        The first that the function raises.
    """
    left, right = acb(left), acb(right)
    narrow = (right - left).abs_upper() / 2 ** (ctx.prec - _ROUNDED_BITS)
    failures: list[BaseException] = []
    poles: list[acb] = []

    def kept(x, holomorphic):
        # Arb does not stop for an exception, which is kept: of zeros it is soon done, while it
        # would halve its intervals for hours where nothing is known
        if failures or poles:
            return acb(0)
        try:
            value = function(x, bool(holomorphic))
        except BaseException as error:
            failures.append(error)
            return acb(0)
        # beside 0 what is narrow may still be wide for its size
        points = x.rad() < narrow and (x.contains(0) or x.rel_accuracy_bits() > _POINT_BITS)
        if points and not holomorphic and not value.is_finite():
            poles.append(x)
        return value

    for end, step in ((left, right - left), (right, left - right)):
        kept(end + step * arb(0.25, 0.25) / 2 ** (ctx.prec - _ROUNDED_BITS), False)
    total = NAN if poles else acb.integral(kept, left, right, **options)
    if failures:
        raise failures[0]
    return NAN if poles else total
