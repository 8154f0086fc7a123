"""Parameters are read exactly, and no string is ever code."""

from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import theorycalc as tc
from theorycalc.core import decimals
from theorycalc.core.numbers import exact, exact_integer


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_float_means_its_shortest_repr(x):
    assert exact(x) == sp.Rational(Fraction(repr(x)))


@given(st.fractions())
def test_fractions_and_their_strings(x):
    assert exact(x) == exact(f"{x.numerator}/{x.denominator}") == sp.Rational(x)


def test_integers_of_mpmath_become_those_of_python():
    """With gmpy2 they are others, which neither fractions nor SymPy and flint take."""
    ratio = decimals.ratio((1, np.int64(3), -1, 2))
    assert ratio == (-3, 2)
    assert [type(x) for x in ratio] == [int, int]


@given(st.integers())
def test_integers_of_any_size(n):
    assert exact(n) == exact(sp.Integer(n)) == n


@pytest.mark.parametrize(
    ("given_", "meant"),
    [
        ("0.3", sp.Rational(3, 10)),
        ("-1.5e-3", sp.Rational(-3, 2000)),
        (" 2/6 ", sp.Rational(1, 3)),
        (".5", sp.Rational(1, 2)),
        (np.float32(0.1), sp.Rational(1, 10)),
        (np.int64(7), sp.Integer(7)),
        (sp.Float("0.25"), sp.Rational(1, 4)),
        (mpmath.mpf(0.75), sp.Rational(3, 4)),
        (sp.sqrt(2) / 2, sp.sqrt(2) / 2),
        (sp.pi, sp.pi),
    ],
)
def test_other_kinds(given_, meant):
    assert exact(given_) == meant


@pytest.mark.parametrize(
    "bad",
    [
        "pi", "sqrt(2)", "__import__('os')", "1+1", "", "1/0", "nan", "inf", "1e999999", "0x10",
        float("nan"), float("inf"), np.nan, True, None, 1j, sp.I, sp.oo, sp.nan, sp.Symbol("x"),
        mpmath.mpf("nan"), [1], np.array([1.0, 2.0]), "9" * 5000,
    ],
    ids=repr,
)  # fmt: skip
def test_everything_else_is_refused(bad):
    with pytest.raises(tc.DomainError, match="not a real number"):
        exact(bad)


def test_integers():
    assert exact_integer(Fraction(6, 2), "k") == exact_integer(3.0, "k") == 3
    for bad in (-1, "1/2", 2.5, "3", True):
        with pytest.raises(tc.DomainError, match="k"):
            exact_integer(bad, "k", minimum=0)
