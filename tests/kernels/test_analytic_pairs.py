"""Rules for smooth activations: closed forms, quadrature from the definition, and coarse rules."""

from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st
from reference import assert_error_holds, assert_low_targets_hold, value_of

import theorycalc as tc
from theorycalc.activations import Activation, as_activation, z
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.fixed_point import convolve
from theorycalc.core.binary import fraction
from theorycalc.core.integration.hermite_rule import hermite_rule
from theorycalc.kernels.duals import strip_bounds, strip_differences, strip_pairs
from theorycalc.kernels.duals.pair import pair_expectation
from theorycalc.kernels.duals.strip_rules import Law, Rule

SMOOTH = ("tanh", "sigmoid", "silu", "softplus", "mish")
CLOSED = {
    "erf": tc.activations.erf(),
    "gelu": tc.activations.gelu,
    "sin": Activation(sp.sin(z) + z),
    "cosh": Activation(sp.cosh(z / 2)),
    "bell": Activation(sp.exp(-(z**2)) + z),
    "cubic": Activation(z**3 - z),
}


def enclosed(activation, bits, *covariances):
    """E φ(u)φ(v) by the rules under test."""
    with working_precision(bits):
        numbers = [fmpq(x.numerator, x.denominator) for x in map(sp.Rational, covariances)]
        return strip_pairs.expectation(*(as_activation(activation),) * 2, *numbers)


def exactly(activation, digits, q11, q12, q22):
    """The closed form."""
    formula = tc.kernels.dual_general(activation)
    return formula.at(q11=q11, q12=q12, q22=q22, using=tc.Ball(digits))


@pytest.mark.parametrize("rho", ["0", "0.3", "-0.97", "0.999999", "-0.999999999999", "1", "-1"])
@pytest.mark.parametrize("scale", ["1e-3", "1", "40", "900"])
@pytest.mark.parametrize("name", CLOSED)
def test_against_closed_forms(name, scale, rho):
    if name in ("sin", "cosh") and scale == "900":
        scale = "90"
    point = sp.Rational(scale), sp.Rational(rho) * sp.Rational(scale), sp.Rational(scale)
    exact = exactly(CLOSED[name], 40, *point)
    found = enclosed(CLOSED[name], 130, *point)
    assert value_of(found).overlaps(exact)
    size = exactly(CLOSED[name], 5, *(point[0],) * 3)
    assert float(found.rad()) < 1e-25 * float(size.mid)


@given(
    st.fractions("1/50", 50, max_denominator=50),
    st.fractions("1/50", 50, max_denominator=50),
    st.fractions(-1, 1, max_denominator=1000),
    st.sampled_from(["erf", "gelu"]),
)
def test_two_variances(one, two, rho, name):
    point = one**2, rho * one * two, two**2
    exact = exactly(CLOSED[name], 40, *point)
    assert value_of(enclosed(CLOSED[name], 100, *point)).overlaps(exact)


@pytest.mark.parametrize(("name", "rho"), [("tanh", "0.3"), ("mish", "-0.8")])
def test_the_definition_by_quadrature(name, rho):
    q11, q12, q22 = map(mpmath.mpf, ("1.5", rho, "0.75"))
    program = sp.lambdify(z, getattr(tc.activations, name).expr, "mpmath")
    slope = q12 / q11
    spread = mpmath.sqrt(q22 - slope * q12)

    def density(x):
        return mpmath.exp(-x * x / 2) / mpmath.sqrt(2 * mpmath.pi)

    def inner(x):
        u = mpmath.sqrt(q11) * x
        mean = mpmath.quad(lambda y: program(slope * u + spread * y) * density(y), (-8, 0, 8))
        return program(u) * density(x) * mean

    exact = mpmath.quad(inner, (-8, 0, 8))
    value = tc.kernels.dual_general(name).at(q11="1.5", q12=rho, q22="0.75", using=tc.Ball(30))
    assert abs(value.mid - exact) < 1e-12


@pytest.mark.parametrize(
    ("name", "q"), [("tanh", "1000"), *((name, q) for name in SMOOTH for q in ("1/1000", "2"))]
)
def test_mpmath_and_balls_agree_at_every_correlation(name, q):
    q = sp.Rational(q)
    formula = tc.kernels.dual_general(name)
    for rho in ("0.5", "-0.9999", "0.9999999999999", "-1"):
        point = {"q11": q, "q12": q * sp.Rational(rho), "q22": q}
        ball = formula.at(using=tc.Ball(30), **point)
        assert ball.rigor is tc.Rigor.CERTIFIED
        assert formula.at(using=tc.MP(15), **point).overlaps(ball)


@pytest.mark.parametrize("name", SMOOTH)
def test_ends_are_integrals_over_the_line(name):
    program = sp.lambdify(z, getattr(tc.activations, name).expr, "mpmath")
    for rho in (1, -1):
        value = tc.kernels.dual_general(name).at(q11=9, q12=9 * rho, q22=9, using=tc.Ball(30))
        with mpmath.workdps(25):

            def integrand(x, rho=rho):
                return program(3 * x) * program(3 * rho * x) * mpmath.npdf(x)

            assert abs(value.mid - mpmath.quad(integrand, mpmath.linspace(-11, 11, 45))) < 1e-20


def test_slopes_are_duals_of_derivatives():
    """Price's theorem by differences."""
    step = sp.Rational(1, 10**12)
    formula = tc.kernels.dual_general("silu")
    point = {"q11": 3, "q22": 2}
    right, left = (
        formula.at(q12=sp.Rational(1, 2) + s, using=tc.Ball(40), **point) for s in (step, -step)
    )
    slope = tc.kernels.dual_derivative_general("silu").at(q12="1/2", using=tc.Ball(20), **point)
    quotient = (fraction(right.mid) - fraction(left.mid)) / Fraction(2, 10**12)
    assert abs(quotient - fraction(slope.mid)) < 1e-20


def test_symmetry_gives_exact_zeros():
    for using in (tc.Ball(20), tc.MP(20)):
        assert tc.kernels.dual("tanh").at(rho=0, using=using).mid == 0


def test_functions_that_are_not_analytic():
    assert enclosed(Activation(sp.tanh(z) / z), 60, 1, "1/2", 1) is None
    assert enclosed(Activation(sp.log(z**2 + 1)), 60, 1, "1/2", 1) is not None


def test_correlations_share_the_values_of_a_function(monkeypatch):
    points, original = [], strip_bounds.Scaled.at

    def counting(self, context, numbers):
        points.append(len(numbers))
        return original(self, context, numbers)

    monkeypatch.setattr(strip_bounds.Scaled, "at", counting)
    formula = tc.kernels.dual_general("mish").subs(q11=7, q22=7)
    formula.at(q12=1, using=tc.Ball(30))
    first = sum(points)
    for i in range(2, 6):
        formula.at(q12=i, using=tc.Ball(30))
    assert sum(points) < 2 * first


def test_low_targets():
    def enclosures(bits):
        tanh = as_activation("tanh")
        points = [(1, "1/2", 1), (30, 29, 40), (1, "999999/1000000", 1), (2, -2, 2)]
        return tuple(enclosed(tanh, bits, *point) for point in points)

    assert_low_targets_hold(enclosures)


# Coarse rules, where every part of the bound binds.

CONSTANT = Activation(sp.S.One, symbol=z)


def coarse(one, two, rho, rule):
    """The enclosure that one rule gives at unit variances, and the exact number."""
    with working_precision(80):
        context, rho = BallContext(), sp.Rational(rho)
        law = Law(*(arb(fmpq(int(x.p), int(x.q))) for x in (rho, 1 - rho**2)))
        sides = tuple(strip_bounds.Scaled(f, arb(1)) for f in (one, two))
        run = strip_pairs._parallel if rule.across else strip_pairs._on_a_lattice
        error, total = run(context, sides, law, rule)
        found = context.widen(total, error)
    pair = pair_expectation(one, two, sp.S.One, rho, sp.S.One)
    return value_of(found), tc.certify(pair, digits=30)


def wave_bound(self, reach, height, start=0.0):
    """The largest |cos| in a strip, without the slack of enclosures."""
    return arb(height).cosh() if self.activation.expr.has(sp.cos) else arb(1)


@pytest.mark.parametrize("step", [1.5, 2.0, 2.25])
@pytest.mark.parametrize("across", [0, 1])
def test_aliases_of_a_wave(step, across, monkeypatch):
    """The trapezoidal rule of a cosine errs by what the bound says, at the best height."""
    monkeypatch.setattr(strip_bounds.Scaled, "bound", wave_bound)
    best = 2 * sp.pi.evalf() / step - 1
    rule = Rule((float(best),) * 2, 20.0, step, 12, across, band=24)
    value, exact = coarse(as_activation("cos"), CONSTANT, "1" if across else "0", rule)
    assert_error_holds(value, exact)
    if across:
        assert float(value.rad) < 1.5 * abs(float(value.mid) - float(exact.mid)) + 1e-12


@pytest.mark.parametrize("count", [7, 9, 12, 16])
@pytest.mark.parametrize(("one", "two"), [("erf", "erf"), ("one", "one"), ("gelu", "one")])
@pytest.mark.parametrize("rho", ["0", "1/2", "9/10"])
def test_cut_offs_of_lattices(rho, one, two, count):
    one, two = (CONSTANT if name == "one" else as_activation(name) for name in (one, two))
    for band in (2, count, 2 * count):
        rule = Rule((1.0, 1.0), 8.0, 0.25, count, band=band)
        assert_error_holds(*coarse(one, two, rho, rule))


@pytest.mark.parametrize("count", [11, 16, 40])
@pytest.mark.parametrize(("across", "finer"), [(1, 1), (2, 1), (4, 1), (3, 2), (5, 2)])
@pytest.mark.parametrize("rho", ["1", "99999/100000", "999/1000", "997/1000"])
def test_few_nodes_across(rho, across, finer, count):
    for activation in (tc.activations.erf(), tc.activations.gelu, CLOSED["cubic"]):
        rule = Rule((1.5, 1.5), 8.0, 0.25, count, across, finer)
        assert_error_holds(*coarse(activation, activation, rho, rule))


@pytest.mark.parametrize("ratio", [0.0, 0.01, 0.25, 0.75])
@pytest.mark.parametrize("count", [1, 2, 4, 7])
@pytest.mark.parametrize("beta", [16.0, 24.0])
def test_means_of_polynomials_through_values(beta, count, ratio):
    """E cos(dY) is e^{−d²/2}, and the error what Hermite's formula says."""
    with working_precision(120):
        context, e = BallContext(), arb(0.25)
        weights = strip_differences.weights(context, arb(ratio), count)
        mean = sum(w * (k * e).cos() for k, w in enumerate(weights.values))
        bound = (beta * e).cosh() * strip_differences.error(context, arb(ratio), count, arb(beta))
        exact = (-((arb(ratio) * e) ** 2) / 2).exp()
        assert_error_holds(value_of(context.widen(mean, bound)), value_of(exact).mid)
        assert float(weights.size) >= sum(abs(float(w)) for w in weights.values)


@given(st.lists(st.floats(-1e3, 1e3), min_size=1), st.lists(st.floats(-1, 1), min_size=1))
def test_convolutions_in_integers(xs, ys):
    with working_precision(12):
        xs, ys = ([arb(x, abs(x) * 2.0**-9) for x in values] for values in (xs, ys))
        found = convolve(xs, ys)
    with working_precision(200):
        exact = BallContext().convolve([x.mid() for x in xs], [y.mid() for y in ys])
        assert all(x.contains(y.mid()) for x, y in zip(found, exact, strict=True))


@pytest.mark.parametrize("size", [1, 2, 7, 40])
def test_hermite_rules_integrate_polynomials(size):
    with working_precision(120):
        rule = hermite_rule(size)
        for power in range(0, 2 * size, max(1, size // 3)):
            moment = sum((w * x**power for x, w in rule), arb(0))
            assert moment.contains(int(sp.factorial2(power - 1)) if power % 2 == 0 else 0)
