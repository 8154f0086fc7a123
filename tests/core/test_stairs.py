"""Integrals of floor, ceiling, frac and Mod: sums over their steps."""

from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds

import theorycalc as tc

X = sp.Symbol("x", real=True)
HALF = sp.Rational(1, 2)


def over(f, first, last):
    return sp.Integral(f, (X, first, last))


CASES = [
    (over(sp.floor(3 * X) * X, 0, 1), Fraction(13, 18)),
    (over(sp.Mod(X, 1) * X, 0, 3), Fraction(5, 2)),
    (over(sp.ceiling(HALF - 2 * X), 0, HALF), Fraction(1, 4)),
    (over(sp.frac(X) ** 2, HALF, -1), -Fraction(1, 3) - Fraction(1, 24)),
    (over(sp.Abs(sp.floor(X) + HALF), -2, 2), 4),
]


@pytest.mark.parametrize("using", [tc.Ball(15), tc.MP(15), tc.Float()], ids=str)
@pytest.mark.parametrize(("integral", "exact"), CASES, ids=[str(x) for x, _ in CASES])
def test_steps(integral, exact, using):
    assert_error_holds(tc.Formula("f", integral).at(using=using), exact)


@settings(max_examples=20)
@given(
    slope=st.fractions(-4, 4, max_denominator=5).filter(bool),
    offset=st.fractions(-2, 2, max_denominator=5),
    end=st.fractions(-3, 3, max_denominator=5),
)
def test_every_step(slope, offset, end):
    """By the antiderivative n(n − 1)/2 + n(u − n) of floor, n = floor(u)."""
    slope_, offset_, end_ = (sp.Rational(x.numerator, x.denominator) for x in (slope, offset, end))
    value = tc.certify(over(sp.floor(slope_ * X + offset_), 0, end_), digits=10)

    def below(u):
        n = u // 1
        return Fraction(n * (n - 1), 2) + n * (u - n)

    assert_error_holds(value, (below(slope * end + offset) - below(offset)) / slope)


def test_other_stairs_are_refused():
    for f in (sp.floor(1 / X), sp.floor(X**2), sp.floor(10**6 * X)):
        with pytest.raises(tc.NotSupportedError, match="staircase"):
            tc.certify(over(f, HALF, 1))
