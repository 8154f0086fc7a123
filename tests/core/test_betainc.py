"""Incomplete beta functions of huge parameters."""

import mpmath
import pytest
import sympy as sp
from reference import assert_error_holds, value_of

import theorycalc as tc
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision

A, B, X = sp.symbols("a b x", real=True)
RATIO = sp.betainc_regularized(A, B, 0, X)


def _binomial_tail(a, b, x):
    """(I_x(a, b), 1 − I) for an integer a: the terms 0 … a − 1 of a negative binomial law."""
    with mpmath.workdps(900):
        b, x = mpmath.mpf(b), mpmath.mpf(x)
        head = mpmath.fsum(mpmath.rf(b, k) * x**k / mpmath.factorial(k) for k in range(int(a)))
        rest = mpmath.exp(b * mpmath.log1p(-x)) * head
        return 1 - rest, rest


CASES = [
    (10, "1e20", "1e-22"),
    (2, "1e40", "1e-40"),
    (2, "1e160", "1e-160"),
    (3, "1e30", "1e-28"),
    (100, "1e100", "1e-98"),
    (5, "1e50", "1e-60"),
]


@pytest.mark.parametrize("using", [tc.Float(), tc.MP(20), tc.Ball(20)], ids=str)
@pytest.mark.parametrize(("a", "b", "x"), CASES)
def test_few_of_many(a, b, x, using):
    for expr, exact in zip((RATIO, 1 - RATIO), _binomial_tail(a, b, x), strict=True):
        assert_error_holds(tc.Formula("I", expr).at(using=using, a=a, b=b, x=x), exact)


@pytest.mark.parametrize("using", [tc.Float(), tc.Ball(20)], ids=str)
def test_nothing_is_left_beyond(using):
    value = tc.Formula("I", RATIO).at(using=using, a=2, b="1e40", x="1e-30")
    assert_error_holds(value, 1)
    assert value.rad > 0


def test_sides_change_places():
    other = tc.Formula("I", 1 - RATIO).at(
        using=tc.Ball(20), a="1e20", b=10, x=1 - sp.Rational("1e-22")
    )
    assert_error_holds(other, _binomial_tail(10, "1e20", "1e-22")[0])


@pytest.mark.parametrize("bits", [8, 12, 16])
@pytest.mark.parametrize("x", [3, 5, 8, 12, 20])
def test_bounds_hold_at_few_bits(bits, x):
    """Where what is cut off is not hidden by roundings."""
    size = sp.Integer(2) ** 100
    with working_precision(bits):
        context = BallContext()
        a, b, zero, end = map(context.number, (sp.Integer(2), size, sp.S.Zero, x / size))
        enclosure = context.apply("betainc", a, b, zero, end) * b * b
    with mpmath.workdps(60):
        b = mpmath.mpf(2) ** 100
        exact = _binomial_tail(2, b, x / b)[0] * b / (b + 1)
        assert_error_holds(value_of(enclosure), exact)
