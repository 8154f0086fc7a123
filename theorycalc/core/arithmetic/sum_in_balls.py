"""Infinite sums for `MP`: their remainders are proved in ball arithmetic."""

import mpmath
import sympy
from flint import acb, arb

from theorycalc.core.arithmetic.ball import arb_mpf
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.errors import DomainError, explain


def sum_in_balls(
    series, first: int, parameters: list[list[sympy.Rational]], bits: int
) -> tuple[list[mpmath.mpf], mpmath.mpf]:
    """(the real part and the imaginary one, if there is any, of a sum; its error).

    The parameters are given by their parts too.
    """
    with working_precision(bits):
        context = BallContext()
        numbers = [
            context.number(x) if not y else acb(*map(arb, map(context.number, (x, *y))))
            for x, *y in parameters
        ]
        total = context.infinite_sum(series, first, numbers)
        if not context.is_finite(total):
            raise DomainError(
                explain("an infinite sum has no finite value that was found", got=total)
            )
        parts = [total.real, total.imag] if isinstance(total, acb) else [arb(total)]
        return [arb_mpf(x.mid()) for x in parts], arb_mpf(
            arb(acb(*(x.rad() for x in parts)).abs_upper())
        )
