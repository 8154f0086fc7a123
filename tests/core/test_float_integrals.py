"""Error statements of integrals in doubles, against closed forms."""

from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from flint import acb, arb
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reference import assert_error_holds, value_of

import theorycalc as tc
from theorycalc.core.arithmetic.enclosed_integral import _remainder

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
    "slow tail with a logarithm": (sp.log(X) * X ** R(-11, 10), 1, sp.oo, sp.Integer(100)),
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


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([10, 45, 90]),
    st.floats(0.02, 3),
    st.one_of(st.floats(-2, 2).map(lambda k: (1, k)), st.floats(0.2, 1).map(lambda a: (a, 0))),
)
@example(10, 0.21875, (0.5, 0))
def test_what_lies_beyond_a_reach(reach, rate, shape):
    """∫ u^k e^{−λu^a} du: the rate drifts, and by how much is the error."""
    a, k = shape
    rest, doubt = _remainder(lambda u: acb(u**k * (-rate * u**a).exp()), arb(reach), 1, reach)
    with mpmath.workdps(60):
        power = mpmath.mpf(k + 1) / a
        exact = mpmath.gammainc(power, mpmath.mpf(rate) * mpmath.mpf(reach) ** a)
        exact /= a * mpmath.mpf(rate) ** power
    if doubt is not None:
        assert_error_holds(value_of(rest + arb(0, doubt.abs_upper())), exact)
    else:
        # a rate that falls, or a power that still grows
        assert k < 0 or a < 1 or rate * reach < k + 1


def test_a_tail_without_a_rate_has_no_remainder():
    """1/(x log^{11/10} x): the rate falls like 1/u, and goes on to 0."""
    for reach in (45, 720):
        assert _remainder(lambda u: acb(u ** arb(-1.1)), arb(reach), 1, reach)[1] is None


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
