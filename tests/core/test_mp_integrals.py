"""Integrals in `MP` are held against what doubles know: no mass is missed, no infinities cancel."""

import pytest
import sympy
from mpmath import mp
from reference import assert_error_holds
from sympy import Rational, exp, oo, pi, sqrt

import theorycalc as tc

X, A = sympy.symbols("x a", real=True)


def normal(mean, deviation):
    """The density of a normal law."""
    return exp(-((X - mean) ** 2) / (2 * deviation**2)) / (deviation * sqrt(2 * pi))


@pytest.mark.parametrize(
    ("integrand", "limits", "truth"),
    [
        (X * normal(800, 1), (-oo, oo), 800),
        (X * normal(-12345, 1), (-oo, oo), -12345),
        (normal(Rational(1, 3), Rational(1, 10**6)), (0, 1), 1),
        (normal(0, Rational(1, 10**8)), (-1, 2), 1),
    ],
)
def test_mass_between_nodes(integrand, limits, truth):
    """Two precisions agree on 0 where no node of either meets the mass."""
    value = tc.Formula("f", sympy.Integral(integrand, (X, *limits))).at(using=tc.MP(20))
    assert_error_holds(value, truth)
    assert value.accuracy >= 20


def test_a_panel_that_is_long_for_the_poles_beside_it_is_halved():
    total = tc.Formula("f", sympy.Integral(1 / sympy.cosh(X), (X, -300, 300)))
    exact = tc.certify(2 * sympy.atan(sympy.sinh(300)), 40)
    assert_error_holds(total.at(using=tc.MP(20)), exact)


def test_mass_away_from_nodes_moves_with_a_parameter():
    """What doubles know is known for these parameters."""
    total = tc.Integral(1 / (1 + (X - A) ** 2 * 10**8), X, -oo, oo)
    for a in ("1000", "-77"):
        value = tc.integrate(total, tc.MP(20), a=a)
        with mp.workdps(30):
            assert_error_holds(value, mp.pi / 10**4)


@pytest.mark.parametrize("integrand", [X, X**3, sympy.tanh(X), X / (1 + X**2), sympy.sin(X)])
def test_halves_that_do_not_exist(integrand):
    """An odd integrand does not make a divergent integral 0."""
    with pytest.raises(tc.PrecisionError, match="diverges"):
        tc.integrate(tc.Integral(integrand, X, -oo, oo), tc.MP(20))


def test_almost_divergent_end():
    """The distance to what doubles know is in the error, and precision is not raised in vain."""
    with pytest.raises(tc.PrecisionError, match="digits asked for") as caught:
        tc.integrate(tc.Integral(X ** Rational(-999, 1000), X, 0, 1), tc.MP(20))
    assert_error_holds(caught.value.value, 1000)
    assert caught.value.value.stats["bits"] < 1000


@pytest.mark.parametrize("sign", [1, -1])
def test_a_law_of_extremes_over_the_line(sign):
    """exp(−e^x) at the far nodes has a size of more bits than there is memory."""
    x = sympy.Symbol("x", real=True)
    density = (exp(-exp(x)) * exp(x)).subs(x, sign * x)
    value = tc.Formula("mass", sympy.Integral(density, (x, -oo, oo))).at(using=tc.MP(20))
    assert_error_holds(value, 1)
    fair = tc.Formula("half", sympy.Integral(density / (1 + density), (x, -oo, oo)))
    assert fair.at(using=tc.MP(12)).overlaps(fair.at(using=tc.Float()))
