"""Kinks are read exactly, and branches between them are chosen exactly."""

import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import theorycalc as tc
from theorycalc.core.integration.kinks import between, branch_at, kinks

Z, B = sp.Symbol("z", real=True), sp.Symbol("b", real=True)


@pytest.mark.parametrize(
    ("expr", "points"),
    [
        (sp.Max(Z, 0), (0,)),
        (sp.Abs(2 * Z - 1) + sp.sign(Z), (0, sp.Rational(1, 2))),
        (sp.Max(-1, sp.Min(1, Z)), (-1, 1)),
        (sp.Abs(sp.Abs(Z) - 1), (-1, 0, 1)),
        (sp.Heaviside(Z**2 - 2), (-sp.sqrt(2), sp.sqrt(2))),
        (sp.Abs(Z**2 + 1), ()),
        (sp.Piecewise((Z, Z > 3), (0, sp.And(Z > 1, Z < 2)), (1, True)), (1, 2, 3)),
        (sp.exp(-sp.Max(Z, 0)) * sp.Abs(Z - sp.pi), (0, sp.pi)),
        (sp.tanh(Z), ()),
        (sp.Max(Z - B, 0), (B,)),
    ],
)
def test_kinks(expr, points):
    assert kinks(expr, Z) == points


def test_a_switch_that_is_not_polynomial():
    with pytest.raises(tc.NotSupportedError, match="exp"):
        kinks(sp.Max(sp.exp(Z) - 2, 0), Z)


@given(st.lists(st.integers(-5, 5), min_size=3, max_size=3), st.fractions(-7, 7, max_denominator=9))
def test_branches_agree_with_the_expression(numbers, x):
    a, b, c = numbers
    expr = sp.Abs(sp.Max(Z - a, b) - c) + sp.sign(Z - b) * sp.Heaviside(Z - c) + sp.Min(Z, a)
    x = sp.Rational(x)
    for left, inside, right in between(kinks(expr, Z)):
        if left < x < right:
            assert branch_at(expr, Z, inside).subs(Z, x) == expr.subs(Z, x)
