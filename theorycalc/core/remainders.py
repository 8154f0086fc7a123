"""Whether what an approximation leaves out is as small as it says."""

from collections.abc import Callable

import mpmath
import sympy

from theorycalc.core.arithmetic import Ball
from theorycalc.core.coefficients import constants

# A remainder is computed to so many digits, or, where it should vanish, compared to so many.
_SPARE_DIGITS, _EXACT_DIGITS = 10, 60
UNCHECKED = "its remainder is not checked: no values of the other arguments fit"


def approximation(formula, body: sympy.Expr, error: sympy.Expr, points: list[dict]):
    """The formula of an approximation, or None if it is wrong at one of the points.

    What is left out, measured in balls there, has to be ``error`` at most. Without points nothing
    is checked, which the formula's note says.
    """
    kept, left_out = (_like(formula, part, None) for part in (body, error))
    if not remainder_holds(formula.at, kept, left_out, points):
        return None
    return _like(formula, body, error or None, "" if points else UNCHECKED)


def remainder_holds(exactly: Callable, kept, left_out, points: list[dict]) -> bool:
    """Whether the values of one formula are at most those of another away from what is exact."""
    for at in points:
        stated, size = left_out.at(using=Ball(5), **at), kept.at(using=Ball(5), **at)
        using = Ball(_digits(size, stated))
        measured = exactly(using=using, **at) - kept.at(using=using, **at)
        if abs(measured).lower > stated.upper:
            return False
    return True


def _like(formula, body: sympy.Expr, error: sympy.Expr | None, note: str = ""):
    return formula._new(
        body,
        references={formula.reference},
        name=formula.name,
        args=formula.args,
        domain=formula.domain,
        where=constants(body, sympy.S.Zero if error is None else error),
        error=error,
        note=note,
    )


def _digits(size, remainder) -> int:
    """How many digits of a number tell its remainder."""
    if not (remainder.mid and size.mid):
        return _EXACT_DIGITS
    bits = mpmath.mag(size.mid) - mpmath.mag(remainder.mid)
    return _SPARE_DIGITS + max(0, bits * 3 // 10)
