"""Numbers of `MP` from algorithms whose errors are proved."""

from collections.abc import Callable

import sympy

from theorycalc.core.arithmetic.ball import arb_mpf
from theorycalc.core.arithmetic.ball_context import GUARD_BITS, BallContext, working_precision
from theorycalc.core.binary import fraction

# Bits beyond those that are asked for: enclosures lose some, and are not worth more.
_SPARE_BITS = 40


def midpoint(compute: Callable, numbers: list, context, cheap: bool = False):
    """The midpoint of an enclosure as a number of an `MPContext`, or None if there is none.

    Parameters
    ----------
    compute : callable
        ``compute(*enclosures)`` gives a finite real enclosure, or None.
    numbers : list of sympy.Rational
        What the enclosures hold.
    context : MPContext
        Its precision is used, or less where fewer digits are asked for.
    cheap : bool
        Whether its precision is used in any case.
    """
    bits = context.bits
    if context.goal is not None and not cheap:
        bits = min(bits, context.goal + _SPARE_BITS)
    with working_precision(bits):
        found = compute(*map(BallContext().number, numbers))
        return None if found is None else context.mp.make_mpf(arb_mpf(found.mid())._mpf_)


def through_balls(context, function: Callable, *args):
    """An mpmath number, by ``function(balls, *args)`` of balls at the same working precision.

    It is nan where nothing is enclosed.
    """
    with working_precision(context.bits + GUARD_BITS):
        balls = BallContext()
        exactly = (balls.number(sympy.Rational(fraction(context.mp.mpf(x)))) for x in args)
        found = balls.real(function(balls, *exactly))
        if not found.is_finite():
            return context.mp.nan
        return context.mp.make_mpf(arb_mpf(found.mid())._mpf_)
