"""Bracketed roots and minimisers against closed forms."""

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import theorycalc as tc

X, A = sp.Symbol("x", real=True), sp.Symbol("a", real=True)
ARITHMETICS = (tc.Float(), tc.MP(40), tc.Ball(40))
ROOTS = {
    "irrational": (X**2 - 2, (1, 2), sp.sqrt(2)),
    "transcendental": (sp.exp(X) - 5, (0, "3"), sp.log(5)),
    "rational": (X**3 - sp.Rational(1, 8), (0, 1), sp.Rational(1, 2)),
    "decimal": (X - sp.Rational(1, 10), (0, 1), sp.Rational(1, 10)),
    "at an end": (X * (X - 3), (0, 1), sp.Integer(0)),
    "flat": ((X - 1) ** 5, (0, sp.sqrt(3)), sp.Integer(1)),
    "far": (sp.log(X) - 50, (1, sp.exp(60)), sp.exp(50)),
    "falling": (sp.cos(X), (0, 3), sp.pi / 2),
    "jump": (sp.sign(X - sp.sqrt(2)), (0, 2), sp.sqrt(2)),
}
MINIMA = {
    "parabola": ((X - sp.sqrt(2)) ** 2, (0, 2), sp.sqrt(2)),
    "kink": (sp.Abs(X - sp.Rational(1, 3)) + X / 2, (0, 1), sp.Rational(1, 3)),
    "smooth": (sp.exp(X) - 3 * X, (0, 2), sp.log(3)),
}


@pytest.mark.parametrize("using", ARITHMETICS, ids=repr)
@pytest.mark.parametrize("name", ROOTS)
def test_roots(name, using):
    expr, bracket, root = ROOTS[name]
    value = tc.find_root(tc.Formula("f", expr), "x", bracket, using=using)
    assert value.contains(root)
    assert value.rad <= max(abs(value.mid), 1e-30) * 10.0**-using.digits
    smooth = name != "jump"
    proved = isinstance(using, tc.Ball) and smooth
    assert value.rigor is (tc.Rigor.CERTIFIED if proved else tc.Rigor.ESTIMATED)
    # bisection would take log2(10^40) = 133 steps and more
    assert value.stats["steps"] < (60 if smooth else 400)


@pytest.mark.parametrize("using", ARITHMETICS, ids=repr)
@pytest.mark.parametrize("name", MINIMA)
def test_minimisers(name, using):
    expr, bracket, argmin = MINIMA[name]
    assert tc.minimize(tc.Formula("f", expr), "x", bracket, using=using).contains(argmin)


@settings(max_examples=25)
@given(st.fractions("1/50", 50, max_denominator=1000))
def test_roots_with_a_parameter(a):
    f = tc.Formula("f", X**2 - A)
    value = tc.find_root(f, "x", (0, 100), using=tc.Ball(20), a=a)
    assert value.contains(sp.sqrt(sp.Rational(a)))
    assert value.inputs == {"a": sp.Rational(a)}


def test_bad_brackets():
    f = tc.Formula("f", X**2 + 1)
    for bracket, message in (
        ((0, 1), "no change of sign"),
        ((1, 0), "not a bracket"),
        ((1,), "not a bracket"),
    ):
        with pytest.raises(tc.DomainError, match=message):
            tc.find_root(f, "x", bracket)
    with pytest.raises(tc.DomainError, match="rise"):
        tc.minimize(tc.Formula("f", -(X**2)), "x", (-1, 1))
    with pytest.raises(tc.DomainError, match="not an argument"):
        tc.find_root(f, "y", (0, 1))
    with pytest.raises(tc.DomainError, match="outside the domain"):
        tc.find_root(tc.Formula("f", X, domain={X: sp.Interval(0, 1)}), "x", (-1, 1))
