"""Numbers of `MP` from algorithms whose errors are proved."""

from collections.abc import Callable

from theorycalc.core.arithmetic.ball import arb_mpf
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision

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
