"""Hypergeometric series that end, also where lower parameters are negative integers."""

import math
from fractions import Fraction

import pytest
import sympy as sp
from reference import assert_error_holds

import theorycalc as tc

X = sp.Symbol("x")
A = sp.symbols("a:3")
B = sp.symbols("b:2")
ARITHMETICS = (tc.Float(), tc.MP(20), tc.Ball(20))


def _at(upper, lower, x, using):
    a, b = A[: len(upper)], B[: len(lower)]
    values = zip((*a, *b), (*upper, *lower), strict=True)
    formula = tc.Formula("f", sp.hyper(a, b, X))
    return formula.at(using=using, x=x, **{s.name: value for s, value in values})


def _sum(upper, lower, x, last):
    """The series as far as an upper parameter lets it go."""
    total = term = Fraction(1)
    for k in range(last):
        term *= math.prod(a + k for a in upper) * Fraction(x) / (k + 1)
        term /= math.prod(b + k for b in lower)
        total += term
    return total


@pytest.mark.parametrize("using", ARITHMETICS, ids=str)
@pytest.mark.parametrize(
    ("upper", "lower", "x", "last"),
    [
        ((-3,), (-5,), "1/2", 3),
        ((-3, 2), (-5,), "1/2", 3),
        ((-3,), (-4, 3), "-7", 3),
        # equal parameters cancel where another one ends the series in time
        ((-10, 11, -10), (1, -10), 1, 10),
        ((-10, 11, -10), (1, -10), "1/2", 10),
        ((-5, -5), (-5,), "1/2", 5),
        ((-2, 7, -5), (-5, -3), "5/2", 2),
    ],
)
def test_series_that_end(upper, lower, x, last, using):
    assert_error_holds(_at(upper, lower, x, using), _sum(upper, lower, x, last))


@pytest.mark.parametrize("using", ARITHMETICS, ids=str)
@pytest.mark.parametrize(
    ("upper", "lower"),
    [
        ((-5,), (-3,)),  # a pole
        ((-5, 2), (-5,)),  # (1 − x)^−2, or as far as the power 5
        ((-7, 2, -5), (-5, 1)),  # it would end after the pole
        ((-(10**9),), (-2 * 10**9,)),  # too long
    ],
)
def test_series_without_one_value_are_refused(upper, lower, using):
    with pytest.raises(tc.TheoryCalcError):
        _at(upper, lower, "1/2", using)
