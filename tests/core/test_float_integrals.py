"""Error statements of integrals in doubles, against closed forms."""

from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds

import theorycalc as tc

X = sp.Symbol("x", real=True)
R = sp.Rational


def double(integrand, lower, upper, **options):
    return tc.integrate(tc.Integral(integrand, X, lower, upper, **options), tc.Float())


def holds(value, exact):
    """The error is true, and no larger than a double is worth a million times."""
    assert_error_holds(value, tc.certify(exact, digits=40))
    assert value.rad <= 1e-10 * abs(value.mid)


CASES = {
    "algebraic ends": (1 / sp.sqrt(1 - X**2), -1, 1, sp.pi),
    "cancellation": (
        (1 - sp.cos(X / 10**9)) * 10**18,
        0,
        1,
        10**18 * (1 - 10**9 * sp.sin(R(1, 10**9))),
    ),
    "heavy tail": (1 / (1 + X**2), -sp.oo, sp.oo, sp.pi),
    "slow tail": ((1 + X) ** R(-11, 10), 0, sp.oo, sp.Integer(10)),
    "logarithm": (sp.log(X), 0, 1, sp.Integer(-1)),
    "logarithm and root": (sp.log(X) / sp.sqrt(X), 0, 1, sp.Integer(-4)),
    "small scale": (sp.exp(-(X**2) * 10**20), 0, sp.oo, sp.sqrt(sp.pi) / 2 / 10**10),
    "backwards from infinity": (sp.exp(-X), sp.oo, 1, -sp.exp(-1)),
    "from minus infinity": (sp.exp(X), -sp.oo, 2, sp.exp(2)),
    "oscillation": (sp.cos(200 * X), 0, 1, sp.sin(200) / 200),
}


@pytest.mark.parametrize("name", CASES)
def test_integrals_in_closed_form(name):
    *integral, exact = CASES[name]
    holds(double(*integral), exact)


@settings(max_examples=15, deadline=None)
@given(st.fractions(-2000, 2000, max_denominator=9), st.integers(-4, 1))
def test_a_mass_is_found_wherever_it_is(centre, exponent):
    centre, width = R(centre), R(10) ** exponent
    density = sp.exp(-(((X - centre) / width) ** 2)) / width
    holds(double(density, -sp.oo, sp.oo), sp.sqrt(sp.pi))
    half = double(density, centre, centre + 1000)
    holds(half, sp.sqrt(sp.pi) * sp.erf(1000 / width) / 2)


@settings(max_examples=15, deadline=None)
@given(st.fractions(Fraction(1, 10), Fraction(9, 10), max_denominator=20))
def test_algebraic_ends(power):
    power = R(power)
    holds(double(X**-power, 0, 1), 1 / (1 - power))
    holds(double(X ** (-1 - power), 1, sp.oo), 1 / power)
    holds(double((2 - X) ** -power, 1, 2), 1 / (1 - power))


@pytest.mark.parametrize(
    "integral",
    [
        (X, -sp.oo, sp.oo),
        (X / (1 + X**2), -sp.oo, sp.oo),
        (1 / X, 0, 1),
        (1 / X, 1, sp.oo),
        (1 / (1 - X**2), 0, 3),
        (sp.S.One, 0, sp.oo),
    ],
    ids=str,
)
def test_divergent_integrals_are_refused(integral):
    with pytest.raises(tc.TheoryCalcError):
        double(*integral)


def test_a_zero_is_known_by_its_parts():
    value = double(X**3, -1, 1)
    assert_error_holds(value, 0)
    assert 0 < value.rad < 1e-15


def test_an_inner_integral_far_from_the_origin():
    y = sp.Symbol("y", real=True)
    density = sp.exp(-((X - 10 * y) ** 2) - (y - 25) ** 2 / 2)
    value = tc.Formula("f", sp.Integral(density, (X, -sp.oo, sp.oo), (y, -sp.oo, sp.oo))).at()
    assert_error_holds(value, tc.certify(sp.sqrt(2) * sp.pi, digits=40))
    assert value.rad < 1e-6


@settings(max_examples=4, deadline=None)
@given(st.fractions(-3, 3, max_denominator=7), st.integers(3, 20))
def test_the_rounding_of_limits_is_in_the_error(start, digits):
    y = sp.Symbol("y", real=True)
    start, length = R(start), R(1, 10**digits)
    density = sp.exp(-((X - y) ** 2))
    plane = sp.Integral(density, (X, -sp.oo, sp.oo), (y, start, start + length))
    assert_error_holds(tc.Formula("f", plane).at(), tc.certify(sp.sqrt(sp.pi) * length, digits=40))


def narrow_ridge():
    """A mass far from the origin, whose inner integrals differ by a thousand powers of ten."""
    y = sp.Symbol("y", real=True)
    density = sp.exp(-(((X - 10 * y) * 40) ** 2) - ((y - 25) * 40) ** 2)
    return tc.Formula("f", sp.Integral(density, (X, -sp.oo, sp.oo), (y, -sp.oo, sp.oo)))


def test_inner_integrals_that_do_not_matter_are_not_refined():
    value = narrow_ridge().at()
    assert_error_holds(value, tc.certify(sp.pi / 1600, digits=40))
    assert value.rad < 1e-9 * value.mid


def test_what_takes_too_much_work_is_refused(monkeypatch):
    monkeypatch.setattr("theorycalc.core.arithmetic.float._MOST_WORK", 1e5)
    with pytest.raises(tc.PrecisionError, match="operations"):
        narrow_ridge().at()


def test_a_whole_that_cancels_is_known_beside_its_parts():
    value = double(X**3, -1, 1 + R(1, 10**9))
    assert_error_holds(value, tc.certify((R(10**9 + 1, 10**9) ** 4 - 1) / 4, digits=40))
    assert value.rad < 1e-15
