"""Integrals at the edge of what can be enclosed: kinks that move with parameters, and poles."""

import mpmath
import pytest
import sympy as sp
from reference import assert_error_holds

import theorycalc as tc

X, Y, A = sp.symbols("x y a", real=True)
UNIT = (X, 0, 1), (Y, 0, 1)
LEVEL = "0.3"


# The integrand, and its integral over x below and above y = a.
PARAMETRIC = {
    "hyperbola": (
        sp.exp(Y) * sp.Abs(X * Y - A),
        lambda y, a: mpmath.exp(y) * (a - y / 2),
        lambda y, a: mpmath.exp(y) * (y / 2 - a + a * a / y),
    ),
    "quotient": (
        sp.Max(X / (Y + 1), A),
        *[lambda y, a: (1 / (y + 1) + a * a * (y + 1)) / 2] * 2,
    ),
    "line": (
        sp.Abs(X - A) * (1 + X * Y**2),
        *[lambda y, a: (1 - 2 * a) / 2 + a * a + y * y * (2 - 3 * a + 2 * a**3) / 6] * 2,
    ),
}


@pytest.mark.parametrize("name", PARAMETRIC)
def test_kinks_of_iterated_integrals_move_with_parameters(name):
    integrand, below, above = PARAMETRIC[name]
    formula = tc.Formula("f", sp.Integral(integrand, *UNIT))
    value = formula.at(a=LEVEL, using=tc.Ball(15))
    assert value.inputs == {"a": sp.Rational(LEVEL)}
    with mpmath.mp.workdps(40):
        a = mpmath.mpf(LEVEL)
        exact = mpmath.quad(lambda y: below(y, a), [0, a])
        exact += mpmath.quad(lambda y: above(y, a), [a, 1])
    assert_error_holds(value, exact)


def test_two_jumps_on_a_hyperbola():
    """sign(xy − a) over [−1, 1]²: the pole of its kink a/y is inside."""
    formula = tc.Formula("f", sp.Integral(sp.sign(X * Y - A), (X, -1, 1), (Y, -1, 1)))
    a = sp.Rational(LEVEL)
    exact = -4 + 4 * (1 - a + a * sp.log(a))
    assert_error_holds(formula.at(a=LEVEL, using=tc.Ball(15)), tc.certify(exact, digits=40))


def test_an_enclosure_as_the_parameter_of_a_kink():
    formula = tc.Formula("f", sp.Integral(sp.Abs(X - A) * sp.exp(X * Y), *UNIT))
    wide = tc.Value(mid=0.3, rad=1e-9, rigor=tc.Rigor.CERTIFIED)
    assert formula.at(a=wide, using=tc.Ball(15)).contains(formula.at(a=0.3).mid)


@pytest.mark.parametrize("integrand", [1 / (X * Y), 1 / (X + Y) ** 2, 1 / (X**2 + Y**2)], ids=str)
def test_poles_at_corners_end_with_little_work(integrand):
    with tc.core.arithmetic.effort.effort() as spent, pytest.raises(tc.TheoryCalcError):
        tc.certify(sp.Integral(integrand, *UNIT), digits=15)
    assert spent.work < 2e6


CORNERS = {
    "inverse root": ((X + Y) ** sp.Rational(-1, 2), UNIT, sp.Rational(8, 3) * (sp.sqrt(2) - 1)),
    "distance": (sp.sqrt(X**2 + Y**2), UNIT, (sp.sqrt(2) + sp.asinh(1)) / 3),
    "inverse distance": (1 / sp.sqrt(X**2 + Y**2), UNIT, 2 * sp.asinh(1)),
    "zeta(2)": (1 / (1 - X * Y), UNIT, sp.pi**2 / 6),
    "upper left": (1 / (X - Y + 1), ((X, 0, 1), (Y, 1, 0)), -2 * sp.log(2)),
    "a long rectangle": (
        (2 - X + Y) ** sp.Rational(-1, 2),
        ((X, 0, 2), (Y, 0, 3)),
        sp.Rational(4, 3) * (5 * sp.sqrt(5) - 3 * sp.sqrt(3) - 2 * sp.sqrt(2)),
    ),
}


@pytest.mark.parametrize("name", CORNERS)
def test_singular_corners(name):
    integrand, limits, exact = CORNERS[name]
    value = tc.certify(sp.Integral(integrand, *limits), digits=15)
    assert_error_holds(value, tc.certify(exact, digits=40))
