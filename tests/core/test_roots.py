"""Bracketed roots and minimisers against closed forms."""

import flint
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
    "kink": (sp.Max(X - sp.Rational(1, 3), 0) - sp.Rational(1, 10), (0, 1), sp.Rational(13, 30)),
    "steep": (sp.exp(-(X**2)) * (X - 41), (40, 43), sp.Integer(41)),
    "off a jump": (X**2 * sp.sign(X) - 2, (0, 5), sp.sqrt(2)),
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
    proved = isinstance(using, tc.Ball)
    assert value.rigor is (tc.Rigor.CERTIFIED if proved else tc.Rigor.ESTIMATED)
    # bisection would take log2(10^40) = 133 steps and more
    assert value.stats["steps"] < (200 if name == "steep" else 60)


@pytest.mark.parametrize("using", ARITHMETICS, ids=repr)
@pytest.mark.parametrize(
    ("expr", "bracket"),
    [
        (sp.sign(X - sp.sqrt(2)), (0, 2)),
        (sp.Mod(X, 1) - sp.Rational(1, 2), ("0.9", "1.1")),
        (sp.ceiling(X) - sp.Rational(1, 2), ("-1.5", "0.7")),
        (sp.atan2(X, -1), (-1, 2)),
        (sp.tan(X), (1, 2)),
        (1 / (X - sp.sqrt(2)), (1, 2)),
        (sp.Piecewise((X - 1, sp.Rational(1, 3) > X), (X + 1, True)), (0, 1)),
        (sp.Integral(sp.sign(X - 1) + A, (A, 0, 1)) - sp.Rational(1, 2), (0, "2.3")),
    ],
    ids=str,
)
def test_jumps_and_poles_are_no_roots(expr, bracket, using):
    with pytest.raises(tc.TheoryCalcError):
        tc.find_root(tc.Formula("f", expr), "x", bracket, using=using)


@pytest.mark.parametrize("using", ARITHMETICS, ids=repr)
@pytest.mark.parametrize(
    ("expr", "bracket"),
    [
        (sp.cos(X), (0, 3)),
        (sp.sin(X), (1, 2)),
        (sp.Piecewise((5 * X - 1, sp.Rational(1, 5) > X), (0, True)), (0, 1)),
        (X**3, (-1, 1)),
        (sp.Integer(3) + 0 * X, (-1, 1)),
    ],
    ids=str,
)
def test_what_is_no_minimum_is_refused(expr, bracket, using):
    with pytest.raises(tc.TheoryCalcError):
        tc.minimize(tc.Formula("f", expr, args=(X,)), "x", bracket, using=using)


@pytest.mark.parametrize("using", ARITHMETICS, ids=repr)
def test_roots_over_enclosures(using):
    f = tc.Formula("f", X**2 - A)
    wide = tc.find_root(f, "x", (0, 3), using=using, a=flint.arb(2, 0.125))
    assert wide.lower**2 <= 1.875
    assert wide.upper**2 >= 2.125
    assert wide.rad < 0.06
    thin = tc.find_root(f, "x", (0, 3), using=using, a=tc.certify(sp.pi, digits=90))
    assert thin.contains(sp.sqrt(sp.pi))
    assert thin.accuracy >= using.digits - 1


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
