"""Divergent integrals, refused before a rule of nodes takes two infinite parts for a number."""

from flint import fmpq

from theorycalc.core.arithmetic.any_ball import NAN
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.germs import DivergenceError, integral_to_end
from theorycalc.core.errors import TheoryCalcError

_BITS = 64


class _Probe(BallContext):
    """Enclosures of what is quickly enclosed."""

    def integral(self, integrand, parameters: list, points: list):
        return NAN

    def special(self, call, *args):
        return NAN


def refuse_divergent(integrand, parameters: list[fmpq], end: fmpq) -> None:
    """Refuse ∫ from 0 to an end of a program of (x, *parameters) that surely diverges at 0.

    Raises
    ------
    DomainError
        If it does. Any other fault is left to the arithmetic that asks.
    """
    try:
        with working_precision(_BITS):
            integral_to_end(_Probe(integrand=True), integrand, parameters, end, _BITS)
    except DivergenceError:
        raise
    except (TheoryCalcError, ZeroDivisionError):
        return
