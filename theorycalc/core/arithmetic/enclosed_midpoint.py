"""Numbers of `MP` from algorithms whose errors are proved."""

from collections.abc import Callable

import sympy

from theorycalc.core.arithmetic.ball import arb_mpf
from theorycalc.core.arithmetic.ball_context import GUARD_BITS, BallContext, working_precision
from theorycalc.core.binary import fraction

# Bits beyond those that are asked for: enclosures lose some, and are not worth more.
_SPARE_BITS = 40
# So many of them are left where an enclosure has lost no more than is usual.
_ENOUGH_BITS = 16


def midpoint(compute: Callable, numbers: list, context, to_goal: bool = False):
    """The midpoint of an enclosure as a number of an `MPContext`, or None if there is none.

    Where it is not found at once, or has too few digits, twice the precision is tried, and twice
    that. The context learns how wide the enclosure is: two precisions do not tell.

    Parameters
    ----------
    compute : callable
        ``compute(*enclosures)`` gives a finite real enclosure, or None.
    numbers : list of sympy.Rational
        What the enclosures hold.
    context : MPContext
        Its precision is used.
    to_goal : bool
        Whether it is enough to have the digits that are asked for of the result: for what is
        expensive.
    """
    bits = context.bits
    if context.goal is not None and to_goal:
        bits = min(bits, context.goal + _SPARE_BITS)
    mid = None
    for tried in (bits, 2 * bits, 4 * bits):
        with working_precision(tried):
            found = compute(*map(BallContext().number, numbers))
        if found is not None and found.is_finite():
            mid, rad = (context.mp.make_mpf(arb_mpf(x)._mpf_) for x in (found.mid(), found.rad()))
            if context.goal is None or found.rel_accuracy_bits() >= context.goal + _ENOUGH_BITS:
                context.is_off_by(rad, mid)
                break
    return mid


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
