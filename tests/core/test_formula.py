"""Formulas: arguments, domains, substitution, derivatives, print."""

import pickle

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import theorycalc as tc

X, Y, S = sp.symbols("x y s")


def layered(depth):
    """y ← sin(x)·y + x, with every layer named: as a formula and written out."""
    where, value = [], X
    for i in range(depth):
        symbol = sp.Symbol(f"y_{i}")
        where.append((symbol, sp.sin(value) * value + X))
        value = symbol
    return tc.Formula("f", value**2, args=(X,), where=where)


def test_intermediate_quantities_are_only_a_way_of_writing():
    named = layered(3)
    written = tc.Formula("f", named.expr, args=(X,))
    assert named.expr.free_symbols == {X}
    for using in (tc.Float(), tc.MP(25), tc.Ball(25)):
        assert named.at(x="1/3", using=using).overlaps(written.at(x="1/3", using=using))
    assert named.lambdify()([0.3]) == written.lambdify()([0.3])
    assert (
        named.diff("x")
        .at(x="1/3", using=tc.Ball(25))
        .overlaps(written.diff("x").at(x="1/3", using=tc.Ball(25)))
    )
    assert named.subs(x="1/3").at(using=tc.Ball(25)).overlaps(named.at(x="1/3", using=tc.Ball(25)))


def test_depth_costs_time_linear_in_the_depth():
    """Written out, the expression of 200 layers would have 2^200 nodes."""
    deep = layered(200)
    assert deep.at(x="1/100", using=tc.Ball(20)).rigor is tc.Rigor.CERTIFIED
    assert deep.diff("x").at(x="1/100").mid > 0
    assert deep.latex().count("&=") == 201


@given(st.fractions(-3, 3, max_denominator=50), st.fractions(-3, 3, max_denominator=50))
def test_substitution_commutes_with_evaluation(x, y):
    f = tc.Formula("f", sp.exp(X * Y) + sp.Max(X, Y))
    assert f.subs(x=x).at(y=y, using=tc.Ball(20)).overlaps(f.at(x=x, y=y, using=tc.Ball(20)))
    assert f.subs(x=Y).args == (Y,)
    assert (
        f.subs(x=S + 1)
        .at(y=y, s=x, using=tc.Ball(20))
        .overlaps(f.at(x=sp.Rational(x) + 1, y=y, using=tc.Ball(20)))
    )


def test_arguments():
    with pytest.raises(tc.DomainError, match="symbols that are not arguments: got y"):
        tc.Formula("f", X + Y, args=(X,))
    f = tc.Formula("f", X + Y)
    assert f.args == (X, Y)
    with pytest.raises(tc.DomainError, match="missing"):
        f.at(x=1)
    with pytest.raises(tc.DomainError, match=r"unknown parameter.*'z'"):
        f.at(x=1, y=2, z=3)
    with pytest.raises(tc.DomainError, match="Try 'alpha'"):
        tc.Formula("f", sp.Symbol("alpha")).at(alpa=1)
    with pytest.raises(tc.DomainError, match="x is not a real number"):
        f.at(x="sqrt(2)", y=1)
    for method in (f.diff, lambda name: f.subs(**{name: 1})):
        with pytest.raises(tc.DomainError, match="unknown"):
            method("z")
    with pytest.raises(tc.DomainError, match="not an expression"):
        tc.Formula("f", "x + 1")


def test_domains():
    k = sp.Symbol("k", integer=True, nonnegative=True)
    for formula, good, bad in (
        (tc.Formula("f", X, domain={X: sp.Interval.open(0, 1)}), "1/2", "0"),
        (tc.Formula("f", X, domain=(X > 0) & (X**2 < 2)), 1, "3/2"),
        (tc.Formula("f", X, domain={X: sp.S.Naturals0}), 0, "1/2"),
        (tc.Formula("f", X, domain={X: sp.S.Naturals}), 1, "0"),
        (tc.Formula("f", k), 0, "-1"),
        (tc.Formula("f", k), 3, "1/2"),
    ):
        name = str(formula.args[0])
        assert formula.at(**{name: good}).contains(good)
        with pytest.raises(tc.DomainError, match="domain"):
            formula.at(**{name: bad})
    joint = tc.Formula("f", X + Y, domain=X**2 <= Y)
    with pytest.raises(tc.DomainError, match=r"x = 2, y = 3"):
        joint.at(x=2, y=3)
    assert float(joint.at(x=sp.sqrt(2), y=2)) > 3
    with pytest.raises(tc.DomainError, match="domain"):
        tc.Formula("f", X, domain={X: sp.Interval(0, 1)}).subs(x=2)


def test_print():
    f = layered(2)
    assert f.latex().startswith(r"\begin{aligned}")
    assert f._repr_latex_().startswith("$$")
    assert repr(f) == "Formula(f(x) = y_1**2; y_1 = x + y_0*sin(y_0); y_0 = x*sin(x) + x)"
    assert tc.Formula("kappa_1", sp.acos(X)).latex() == (
        r"\kappa_{1}\left(x\right) = \arccos{\left(x \right)}"
    )


def test_formulas_enter_sympy():
    f = tc.Formula("f", sp.sqrt(X))
    assert sp.sympify(f) == sp.sqrt(X)
    assert sp.Le(f, 1) == (sp.sqrt(X) <= 1)
    assert pickle.loads(pickle.dumps(f)) == f


def test_certify_takes_formulas_and_expressions_only():
    assert tc.certify(tc.Formula("f", X**2), x=3).mid == 9
    with pytest.raises(tc.DomainError, match="not an expression"):
        tc.certify("pi")


def test_arrays_are_for_lambdify():
    with pytest.raises(tc.DomainError, match="not a real number"):
        tc.Formula("f", X).at(x=np.array([1.0, 2.0]))


def test_ratios_are_written_as_ratios():
    ratio = sp.Symbol("N_over_d", positive=True)
    formula = tc.Formula("f", ratio**2, (ratio,))
    assert formula.latex() == r"f\left(N/d\right) = \left(N/d\right)^{2}"
