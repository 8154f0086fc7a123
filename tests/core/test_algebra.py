"""Formulas as expressions: algebra, calls, compositions, arguments of one name."""

import operator

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import theorycalc as tc

X, RHO = sp.Symbol("x"), sp.Symbol("rho")
SQUARE, SINE = tc.Formula("f", X**2), tc.Formula("g", sp.sin(X))
NTK, DUAL = tc.kernels.mlp(3).ntk, tc.kernels.dual("relu")
rationals = st.fractions(-1, 1, max_denominator=64)


@pytest.mark.parametrize("f", [operator.add, operator.sub, operator.mul, operator.truediv])
@settings(max_examples=8)
@given(x=rationals)
def test_the_algebra_of_values_is_that_of_formulas(f, x):
    for one, two in ((NTK, DUAL + 1), (SQUARE, 3), (2, SQUARE + 1), (SQUARE + 1, X + 3)):
        whole = f(one, two)
        parts = [
            p.at(using=tc.Ball(25), **{p.args[0].name: x})
            if isinstance(p, tc.Formula)
            else tc.certify(sp.sympify(p).subs(X, x))
            for p in (one, two)
        ]
        at = {whole.args[0].name: x}
        assert whole.at(using=tc.Ball(20), **at).overlaps(f(*parts))


@settings(max_examples=8)
@given(rationals)
def test_compositions(x):
    inner = DUAL.at(using=tc.Ball(40), rho=x)
    for composed in (DUAL(DUAL), DUAL(rho=DUAL), DUAL.subs(rho=DUAL)):
        assert composed.at(using=tc.Ball(20), rho=x).overlaps(DUAL.at(using=tc.Ball(20), rho=inner))
    assert (-NTK).at(rho=x).overlaps(-NTK.at(rho=x))
    assert abs(NTK).at(rho=x).overlaps(abs(NTK.at(rho=x)))


def test_calls():
    assert NTK("0.3") == NTK.at(rho="0.3")
    assert NTK(rho="0.3").overlaps(NTK("0.3"))
    assert SQUARE(SINE).expr == sp.sin(X) ** 2
    assert SQUARE(2 * X).expr == 4 * X**2
    two = tc.Formula("h", X + 10 * RHO, args=(X, RHO))
    assert two(1, 2).contains(21)
    assert two(1).args == (RHO,)
    assert two(RHO).expr == 11 * RHO
    for wrong in ((1, 2, 3), ("one",)):
        with pytest.raises(tc.DomainError):
            two(*wrong)
    with pytest.raises(tc.DomainError, match="twice"):
        two(1, x=1)
    with pytest.raises(tc.DomainError, match="unknown"):
        two(y=SINE)


def test_a_symbol_of_the_user_is_the_argument_of_its_name():
    product = NTK * RHO
    assert len(product.args) == 1
    assert product.at(rho="1/2").overlaps(NTK.at(rho="1/2") / 2)


def test_assumptions_of_one_name_come_together():
    n, m = sp.Symbol("n", integer=True), sp.Symbol("n", positive=True)
    both = tc.Formula("f", n) + tc.Formula("g", m)
    (argument,) = both.args
    assert argument.is_integer
    assert argument.is_positive
    with pytest.raises(tc.DomainError, match="contradicting"):
        tc.Formula("f", m) + tc.Formula("g", sp.Symbol("n", negative=True))


def test_intermediate_quantities_are_shared_or_told_apart():
    s = sp.Symbol("s")
    one, two = tc.Formula("f", s, where=[(s, X**2)]), tc.Formula("g", s, where=[(s, X**3)])
    assert (one + one).where == one.where
    both = one + 2 * two
    assert len(both.where) == 2
    assert sp.expand(both.expr - X**2 - 2 * X**3) == 0
    deep = tc.kernels.mlp(30).ntk
    assert len((deep * deep).where) == len(deep.where)
    assert len(deep(deep).where) <= 2 * len(deep.where) + 1


def test_domains_and_errors_come_along():
    root = tc.Formula("r", sp.sqrt(1 - X**2), domain=(X >= -1) & (X <= 1))
    with pytest.raises(tc.DomainError):
        (root + SQUARE).at(x=2)
    with pytest.raises(tc.DomainError):
        root(SQUARE + 1).at(x=1)
    near = tc.Formula("n", X, error=sp.Rational(1, 100))
    for whole, error in ((near + 1, 0.01), (3 * near, 0.03), (near**2, 0.04), (near(SQUARE), 0.01)):
        value = whole.at(x=2)
        assert error <= value.rad < 1.01 * error
        assert value.rigor is tc.Rigor.ESTIMATED
    assert 0.039 < SQUARE(near).at(x=2).rad < 0.041


def test_derivatives_several_times():
    assert SQUARE.diff("x", 2).expr == 2
    assert SQUARE.diff("x", 0) is SQUARE
    assert NTK.diff("rho", 2).at(rho="0.3").overlaps(NTK.diff("rho").diff("rho").at(rho="0.3"))
    for times in (-1, 0.5, 1000):
        with pytest.raises(tc.DomainError):
            SQUARE.diff("x", times)


@pytest.mark.parametrize("other", ["1", None, [1], True, sp.true])
def test_what_is_no_operand(other):
    with pytest.raises(TypeError):
        NTK + other
    with pytest.raises(TypeError):
        other * NTK
