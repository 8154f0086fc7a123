"""Integrals of waves that decay algebraically over half-lines, against closed forms."""

import mpmath
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.core.arithmetic.quadrants import falls
from theorycalc.core.lowering import lower

X = sp.Symbol("x", real=True)
M = mpmath.mp.clone()
M.dps = 60


def over(f, first=0, last=sp.oo):
    return sp.Integral(f, (X, first, last))


CLOSED = [
    (over((sp.sin(X) / X) ** 2), M.pi / 2),
    (over(sp.sin(X) / X), M.pi / 2),
    (over(sp.sinc(X), -sp.oo), +M.pi),
    (over(sp.cos(X) / (1 + X**2)), M.pi / (2 * M.e)),
    (over(sp.sin(X) ** 2 / (1 + X**2)), M.pi / 4 * (1 - M.exp(-2))),
    (over(sp.cos(X) / X, 1), -M.ci(1)),
    (over(sp.sin(3 * X) / sp.sqrt(X)), M.sqrt(M.pi / 6)),
    (over((1 - sp.cos(X)) / X**2), M.pi / 2),
    (over(sp.log(X) * sp.sin(X) / X), -M.pi / 2 * M.euler),
    (over(sp.sin(30 * X) / X), M.pi / 2),
    (over(X * sp.sin(X) / (1 + X**2), sp.oo, 0), -M.pi / (2 * M.e)),
    (over(sp.cos(sp.sqrt(2) * X) / (4 + X**2), -sp.oo, 0), M.pi / 4 * M.exp(-2 * M.sqrt(2))),
]


@pytest.mark.parametrize("using", [tc.Ball(20), tc.Ball(2), tc.MP(20), tc.Float()], ids=str)
@pytest.mark.parametrize(("integral", "exact"), CLOSED, ids=[str(x) for x, _ in CLOSED])
def test_closed_forms(integral, exact, using):
    assert_error_holds(tc.Formula("f", integral).at(using=using), exact)


@settings(max_examples=10)
@given(w=st.fractions("1/4", 8, max_denominator=6), a=st.fractions("1/2", 6, max_denominator=4))
def test_frequencies_and_poles(w, a):
    w, a = (sp.Rational(x.numerator, x.denominator) for x in (w, a))
    value = tc.certify(over(sp.cos(w * X) / (a**2 + X**2)), digits=12)
    w, a = (M.mpf(x.p) / x.q for x in (w, a))
    assert_error_holds(value, M.pi / (2 * a) * M.exp(-w * a))


@pytest.mark.parametrize("using", [tc.Ball(10), tc.MP(10), tc.Float()], ids=str)
@pytest.mark.parametrize("f", [sp.cos(X), sp.sin(X) ** 2 / (1 + X), X * sp.sin(X)], ids=str)
def test_what_has_no_limit_is_refused(f, using):
    with pytest.raises(tc.TheoryCalcError):
        tc.Formula("f", over(f)).at(using=using)


@pytest.mark.parametrize(
    ("f", "turn", "known"),
    [
        (1 / (X**2 + 1), 1, True),
        (1 / sp.sqrt(X), -1, True),
        (sp.S.One, 1, False),
        (1 / (X - 40 * sp.I), 1, False),
        (1 / (X - 40 * sp.I), -1, True),
        (sp.exp(-X) / X, 1, False),
        (1 / X, 0, False),
        (1 / (X * sp.sqrt(X + 1)), 0, True),
    ],
    ids=str,
)
def test_quadrants(f, turn, known):
    """Poles and what grows in other directions than the real one are seen."""
    assert falls(lower(f, (X,)), 4, turn) is known
