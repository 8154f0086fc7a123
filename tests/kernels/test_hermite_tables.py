"""Tables of Hermite coefficients that serve all correlations, and how long series may err."""

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
from theorycalc.core.arithmetic.ball_context import BallContext, parts_of, working_precision
from theorycalc.core.integration import hermite_functions
from theorycalc.core.integration.hermite_functions import lattice_sums
from theorycalc.hermite import trapezoid
from theorycalc.kernels.duals import hermite_tables, strip_bounds, strip_pairs
from theorycalc.kernels.duals.pair import pair_expectation

CLOSED = {"erf": tc.activations.erf(), "gelu": tc.activations.gelu, "sin": as_activation(sp.sin(z))}
SMOOTH = ("tanh", "sigmoid", "silu", "softplus", "mish")


def enclosed(one, two, bits, *covariances):
    """E φ(u)ψ(v) by series."""
    with working_precision(bits):
        numbers = [fmpq(x.numerator, x.denominator) for x in map(sp.Rational, covariances)]
        return hermite_tables.expectation(as_activation(one), as_activation(two), *numbers)


@pytest.fixture
def points(monkeypatch):
    """How often functions are evaluated, in the order of calls."""
    found, original = [], strip_bounds.Scaled.at

    def counting(self, context, numbers):
        found.append(len(numbers))
        return original(self, context, numbers)

    monkeypatch.setattr(strip_bounds.Scaled, "at", counting)
    return found


@pytest.mark.parametrize("using", [tc.Ball(30), tc.MP(30)])
@pytest.mark.parametrize("name", SMOOTH)
def test_all_correlations_share_one_table(name, using, points):
    formula = tc.kernels.dual_general(name)
    for i, q in enumerate(("1/1007", "1007/1000")):
        q = Fraction(q) + Fraction(using.digits, 10**5)
        formula.at(q11=q, q12=q / 2, q22=q, using=using)
        first = sum(points)
        assert first > 100 * i
        for rho in ("-1", "-99/100", "-1/5", "1/9", "7/8", "999/1000", "1"):
            formula.at(q11=q, q12=q * Fraction(rho), q22=q, using=using)
        assert sum(points) == first


@pytest.mark.parametrize("rho", ["0", "0.3", "-0.97", "0.999999", "1", "-1"])
@pytest.mark.parametrize("q", ["1e-3", "1"])
@pytest.mark.parametrize("name", CLOSED)
def test_against_closed_forms(name, q, rho):
    point = sp.Rational(q), sp.Rational(rho) * sp.Rational(q), sp.Rational(q)
    formula = tc.kernels.dual_general(CLOSED[name])
    exact = formula.at(q11=point[0], q12=point[1], q22=point[2], using=tc.Ball(50))
    found = enclosed(CLOSED[name], CLOSED[name], 120, *point)
    assert value_of(found).overlaps(exact)
    assert float(found.rad()) < 1e-28


@given(
    st.fractions("1/50", 3, max_denominator=50),
    st.fractions("1/50", 3, max_denominator=50),
    st.fractions(-1, 1, max_denominator=1000),
    st.sampled_from(SMOOTH),
    st.sampled_from(SMOOTH),
)
def test_beside_lattices(one, two, rho, name, other):
    point = one**2, rho * one * two, two**2
    found = enclosed(name, other, 60, *point)
    with working_precision(60):
        numbers = [fmpq(x.numerator, x.denominator) for x in point]
        lattice = strip_pairs.expectation(as_activation(name), as_activation(other), *numbers)
    assert found is None or found.overlaps(lattice)


@pytest.mark.parametrize("name", ["tanh", "softplus"])
def test_small_correlations_keep_their_digits(name):
    """An odd function is Σ c_k² ρ^k without a constant term."""
    formula = tc.kernels.dual_general(name)
    slope = tc.kernels.dual_derivative_general(name).at(q11=1, q12=0, q22=1, using=tc.Ball(20))
    origin = formula.at(q11=1, q12=0, q22=1, using=tc.Ball(60))
    value = formula.at(q11=1, q12="1e-20", q22=1, using=tc.Ball(50))
    difference = (value.mid - origin.mid) * mpmath.mpf(10) ** 20
    assert abs(difference - slope.mid) < 1e-9


def test_series_that_are_too_long_are_left_to_lattices():
    assert enclosed("tanh", "tanh", 120, 1000, 500, 1000) is None
    assert enclosed("tanh", "tanh", 1200, 1, "1/2", 1) is None


def test_low_targets():
    def enclosures(bits):
        points = [("1/4", "1/8", "1/4"), ("1/9", "1/10", "1/4"), ("1/4", "-1/4", "1/4")]
        return tuple(enclosed("tanh", "silu", bits, *point) for point in points)

    assert_low_targets_hold(enclosures)


# Coarse rules, where every part of the bound binds.


def coarse(one, two, rho, order, plan, monkeypatch):
    """The enclosure that tables of one plan give at unit variances, and the exact number."""
    monkeypatch.setattr(hermite_tables, "_plan", lambda *_: plan)
    rho = sp.Rational(rho)
    with working_precision(80):
        context, unit = BallContext(), parts_of(arb(1))
        tables = [hermite_tables._table.__wrapped__(f, unit, 80, order) for f in (one, two)]
        total, error, _ = hermite_tables._sum(context, *tables, arb(fmpq(int(rho.p), int(rho.q))))
        found = context.widen(total, error)
    pair = pair_expectation(one, two, sp.S.One, rho, sp.S.One)
    return value_of(found), tc.certify(pair, digits=30)


@pytest.mark.parametrize("order", [0, 1, 2, 5, 12])
@pytest.mark.parametrize("rho", ["1", "-9/10", "1/2"])
@pytest.mark.parametrize("name", ["erf", "gelu"])
def test_rests_of_series(name, rho, order, monkeypatch):
    plan = hermite_tables._Plan(2.0, 0.25, 60)
    value, exact = coarse(*(CLOSED[name],) * 2, rho, order, plan, monkeypatch)
    assert_error_holds(value, exact)
    if rho == "1":
        # all terms of the rest are positive then
        assert float(value.rad) < 1.01 * abs(float(value.mid) - float(exact.mid)) + 1e-15


@pytest.mark.parametrize(("step", "count"), [(0.25, 8), (0.25, 12), (0.5, 10), (1.0, 9), (1.5, 9)])
@pytest.mark.parametrize("rho", ["1", "1/2"])
@pytest.mark.parametrize("name", CLOSED)
def test_coarse_lattices(name, rho, step, count, monkeypatch):
    for width in (0.5, 1.5, 3.0):
        plan = hermite_tables._Plan(width, step, count)
        assert_error_holds(*coarse(*(CLOSED[name],) * 2, rho, 6, plan, monkeypatch))


@pytest.mark.parametrize(("end", "rate"), [(5, 0), (6, 1), (12, 1)])
def test_what_is_cut_off(end, rate):
    """Beside the integrals that the bounds stand for."""
    side = strip_bounds.Scaled(Activation(sp.cosh(rate * z), symbol=z), arb(1))
    with working_precision(60):
        tail, square = hermite_tables._tails(BallContext(), side, float(end))
    with mpmath.workdps(20):

        def integral(power):
            points = mpmath.linspace(end, end + 30, 40)
            return 2 * mpmath.quad(
                lambda x: (
                    mpmath.cosh(rate * x) ** power
                    * mpmath.exp(-x * x / (4 if power == 1 else 2))
                    / mpmath.sqrt(2 * mpmath.pi)
                ),
                points,
            )

        assert float(tail) >= integral(1)
        assert float(square) >= integral(2)


@pytest.mark.parametrize("order", [0, 1, 7, 40])
def test_lattice_sums(order):
    step, count = 0.25, 30
    with working_precision(90):
        values = [[arb(1) / (j * j + s) for j in range(count + 1)] for s in (1, 3)]
        values[1][0] = values[0][0]
        found = lattice_sums(order, step, *values)
    with mpmath.workdps(40):
        nodes = [(j * step, mpmath.mpf(1) / (j * j + 1)) for j in range(count + 1)]
        nodes += [(-j * step, mpmath.mpf(1) / (j * j + 3)) for j in range(1, count + 1)]
        for k, total in enumerate(found):
            norm = mpmath.sqrt(2 * mpmath.pi * mpmath.factorial(k))
            exact = step * mpmath.fsum(
                y * _hermite(k, x) * mpmath.exp(-x * x / 2) / norm for x, y in nodes
            )
            assert_error_holds(value_of(total), exact)
            assert float(total.rad()) < 1e-24


def test_the_recurrence_in_integers_errs_by_what_it_says():
    """At few bits, far out and at high degrees, where rounding is magnified most."""
    step, count, order = 0.375, 30, 120
    found, errors = hermite_functions._functions(order, step, count, 1), []
    with mpmath.workdps(60):
        sizes = [mpmath.mpf(x.mid().str(40, radius=False)) for x in found.sizes]
        for j, extra in enumerate(found.extra):
            x = mpmath.mpf(step) * j
            before, now = 0, mpmath.exp(-x * x / 4)
            for k, size in enumerate(sizes):
                errors.append(abs(found.values[k, j] * size / 2 ** (found.bits + extra) - now))
                now, before = (x * now - mpmath.sqrt(k) * before) / mpmath.sqrt(k + 1), now
    assert max(errors) <= float(found.slack)


def test_the_dual_of_a_hidden_zero():
    """All coefficients contain 0, and none is known to be."""
    dual = tc.kernels.dual(sp.tanh(z) ** 2 - 1 + 1 / sp.cosh(z) ** 2)
    value = dual.at(rho="0.3", using=tc.Ball(15))
    assert value.contains(0)
    assert value.rad < 1e-15


def test_what_is_not_known_of_a_function_is_in_the_error():
    """What contains 0 is not taken for 0, as in a function that is almost odd."""
    right = [arb(j, 0.5) for j in range(31)]
    left = [arb(-j, 0.5) for j in range(31)]
    total = lattice_sums(0, 0.25, right, left)[0]
    # of j ± 1/2 the coefficient is ± 1/2
    assert total.contains(arb("0.4999"))
    assert total.contains(arb("-0.4999"))


def _hermite(k, x):
    before, now = 0, mpmath.mpf(1)
    for i in range(k):
        before, now = now, x * now - i * before
    return now


def test_steps_are_fine_enough_for_the_error_bound():
    """The short sides of the contour ask that b/2 + √K ≤ 2π/h."""
    for order in (0, 40, 900):
        for width in (0.3, 2.0, 9.0):
            step = trapezoid.widest_step(order, 10.0, width)
            assert width / 2 + order**0.5 <= 2 * float(sp.pi) / step
