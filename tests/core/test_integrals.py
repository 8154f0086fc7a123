"""Integrals of formulas: against antiderivatives."""

import pytest
import sympy as sp
from reference import assert_error_holds

import theorycalc as tc

X, Y, A = sp.symbols("x y a", real=True)


def test_against_antiderivatives():
    f = tc.Formula("f", X**2 * Y, args=(X, Y))
    assert_error_holds(f.integrate("x", 0, 3).at(y=2, using=tc.Ball(20)), 18)
    moving = f.integrate("x", 0, A)
    assert {x.name for x in moving.args} == {"a", "y"}
    assert_error_holds(moving.at(a=3, y=2, using=tc.Ball(20)), 18)
    deep = tc.kernels.mlp(2).nngp
    once = deep.integrate("rho", 0, 1).at(using=tc.Ball(12))
    parts = [
        deep.integrate("rho", *ends).at(using=tc.Ball(15))
        for ends in ((0, sp.Rational(1, 3)), (sp.Rational(1, 3), 1))
    ]
    assert once.overlaps(parts[0] + parts[1])


@pytest.mark.parametrize(("name", "low"), [("z", 0), ("x", "a"), ("x", None)])
def test_bad_integrals(name, low):
    with pytest.raises(tc.DomainError):
        tc.Formula("f", X**2).integrate(name, low, 1)


def test_approximations_are_refused():
    near = tc.Formula("f", sp.exp(X)).series("x", 0)
    for refused in (
        lambda: near.integrate("x", 0, 1),
        lambda: near.series("x", 0),
        lambda: near.limit("x", 0),
        lambda: near.asymptotics("x"),
    ):
        with pytest.raises(tc.NotSupportedError, match="approximation"):
            refused()
