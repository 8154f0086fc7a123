"""Coefficients: exact rationals and numbers of SymPy as long as they can be, else enclosures."""

from functools import lru_cache

import sympy
from flint import arb, fmpq

from theorycalc.bounds.domain import fmpq_of, rational
from theorycalc.core.arithmetic.ball import enclose
from theorycalc.core.arithmetic.ball_context import working_bits
from theorycalc.core.errors import DomainError, NotSupportedError, PrecisionError
from theorycalc.core.evaluation import vanishes
from theorycalc.core.lowering import lower

Coefficient = fmpq | sympy.Expr | arb
# Sums of more numbers are not kept exactly.
_LONGEST = 8


def exactly(x: sympy.Expr) -> Coefficient:
    """A number of SymPy, a rational where it is one; long sums are enclosed."""
    if x.is_Rational:
        return fmpq_of(x)
    return ball(x) if x.is_Add and len(x.args) > _LONGEST else x


def plus(x: Coefficient, y: Coefficient) -> Coefficient:
    """x + y."""
    if type(x) is fmpq and type(y) is fmpq:
        return x + y
    if isinstance(x, arb) or isinstance(y, arb):
        return ball(x) + ball(y)
    return exactly(in_sympy(x) + in_sympy(y))


def times(x: Coefficient, y: Coefficient) -> Coefficient:
    """x y."""
    if type(x) is fmpq and type(y) is fmpq:
        return x * y
    if isinstance(x, arb) or isinstance(y, arb):
        return arb(0) if is_zero(x) or is_zero(y) else ball(x) * ball(y)
    return exactly(_product(in_sympy(x), in_sympy(y)))


@lru_cache(maxsize=4096)
def _product(x: sympy.Expr, y: sympy.Expr) -> sympy.Expr:
    return sympy.expand_mul(x * y)


def to_the(x: Coefficient, exponent: fmpq) -> Coefficient:
    """x^exponent for a number that has a sign, and is positive unless the exponent is whole."""
    if exponent == 1:
        return x
    if type(x) is fmpq and exponent.q == 1:
        return x ** int(exponent.p)
    if isinstance(x, arb):
        return x ** int(exponent.p) if exponent.q == 1 else x ** arb(exponent)
    return exactly(in_sympy(x) ** rational(exponent))


def ball(x: Coefficient) -> arb:
    """An enclosure; not finite for what is no real number."""
    if isinstance(x, arb):
        return x
    return arb(x) if type(x) is fmpq else _ball(x, working_bits())


@lru_cache(maxsize=4096)
def _ball(x: sympy.Expr, bits: int) -> arb:
    try:
        return arb(enclose(lower(x), [], bits))
    except (DomainError, NotSupportedError, PrecisionError, ZeroDivisionError):
        return arb.nan()


def is_zero(x: Coefficient) -> bool:
    """Whether a number is seen to be zero, exactly."""
    if not isinstance(x, sympy.Expr):
        return bool(x == 0)
    return _vanishes(x) if ball(x).contains(0) else False


@lru_cache(maxsize=4096)
def _vanishes(x: sympy.Expr) -> bool:
    return vanishes(x, (), {})


def sign(x: Coefficient) -> int:
    """The sign of a number; 0 where it is not known."""
    value = ball(x)
    return 1 if value > 0 else -1 if value < 0 else 0


def in_sympy(x: fmpq | sympy.Expr) -> sympy.Expr:
    """An exact number as one of SymPy."""
    return rational(x) if type(x) is fmpq else x
