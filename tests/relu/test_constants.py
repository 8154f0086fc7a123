"""The constants of ReLU representations: reference numbers, quadratures, orthogonality, zeros."""

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import EPS, assert_reference, entries, label

import theorycalc as tc
from theorycalc.core.binary import fraction
from theorycalc.relu.constants import (
    GaussianBiasConstant,
    admissible_bias_near,
    coordinate_tail,
    half_power_eigenvalue,
)
from theorycalc.relu.means import bias_integral
from theorycalc.sphere.functions import FunkHecke, ZonalFunction
from theorycalc.sphere.zonal_kernel import as_kernel

D, K, B, T = sp.Symbol("d"), sp.Symbol("k"), sp.Symbol("b"), sp.Symbol("t", real=True)
ARITHMETICS = (tc.Float(), tc.MP(30), tc.Ball(30))
BIASES = st.integers(-19, 19).map(lambda n: sp.Rational(n, 20))


def formula_of(entry):
    """The quantity of an entry with numbers, and with symbols and its parameters."""
    params = dict(entry["params"])
    match entry["quantity"]:
        case "gaussian_bias_constant_I":
            return (
                tc.relu.gaussian_bias_constant(params["k"]),
                tc.relu.gaussian_bias_constant(K),
                params,
            )
        case "dimension_free_coefficient":
            scale = sp.factorial(K - 2)
            general = tc.Formula("c", 2 * GaussianBiasConstant(K) / scale)
            return general.subs(**params), general, params
        case "funk_hecke_relu":
            given = tc.relu.funk_hecke(params["d"], params["k"], bias=params["b"])
            return given, tc.relu.funk_hecke(D, K, bias=B), params
        case "power_eigenvalue":
            general = tc.relu.power_eigenvalue(K, sp.Symbol("l"), D)
            return tc.relu.power_eigenvalue(**params), general, params


@pytest.mark.parametrize("using", ARITHMETICS, ids=repr)
@pytest.mark.parametrize(
    "entry",
    entries(
        "relu",
        "gaussian_bias_constant_I",
        "dimension_free_coefficient",
        "funk_hecke_relu",
        "power_eigenvalue",
    ),
    ids=label,
)
def test_reference(entry, using):
    given, general, params = formula_of(entry)
    assert_reference(given.at(using=using), entry)
    assert_reference(general.at(using=using, **params), entry)


@settings(max_examples=3)
@given(st.integers(2, 14))
def test_bias_constant_against_its_definition(k):
    """Gauss–Legendre rules with a bound, against tanh–sinh quadrature of the definition."""
    value = tc.relu.gaussian_bias_constant(k)
    certified = value.at(using=tc.Ball(25))
    assert certified.rigor is tc.Rigor.CERTIFIED
    assert value.at(using=tc.MP(25)).overlaps(certified)
    assert value.at(using=tc.Ball(70)).overlaps(certified)
    assert value.at().overlaps(certified)
    numbers = tc.relu.gaussian_bias_constant(K).lambdify()(np.array([2, k]))
    assert abs(numbers[1] - float(certified)) <= EPS * float(certified)


@pytest.mark.parametrize("s", ["1/7", 1, 3, 9])
def test_root_mean_square_of_a_neuron(s):
    """ν² against its integral, and against Tricomi's function."""
    s = sp.Rational(s)
    square = tc.certify(bias_integral.relu_root_mean_square(s) ** 2, digits=25)
    density = sp.exp(-(s**2) / 2) / sp.sqrt(2 * sp.pi)
    tricomi = density * tc.hyperu(sp.Rational(3, 2), sp.S.Half, s**2 / 2) / sp.sqrt(2)
    assert tc.certify(tricomi, digits=25).overlaps(square)
    with mpmath.workdps(30):
        integral = mpmath.quad(
            lambda u: u**2 * mpmath.npdf(u + mpmath.mpf(s.p) / s.q), [0, 1, 3, 8, 20]
        )
    assert abs(float(integral) - float(square)) <= 4 * EPS * float(square)


@pytest.mark.parametrize("k", [2, 5, 12])
@pytest.mark.parametrize("cut", [1, 2, 6])
def test_tail_of_the_bias_constant(k, cut):
    """What lies beyond a cut-off is below the declared bound, and not by far."""
    s = sp.Symbol("s", positive=True)
    body = s ** (k - 2) * bias_integral.relu_root_mean_square(s)
    whole = tc.relu.gaussian_bias_constant(k).at(using=tc.Ball(25))
    inside = tc.integrate(tc.Integral(body, s, 0, cut), using=tc.MP(25))
    beyond = float(fraction(whole.mid) - fraction(inside.mid))
    bound = float(tc.certify(bias_integral.tail_bound(sp.S(k), sp.S(cut)), digits=20))
    assert bound / 8 < beyond < bound


def test_disc_without_zeros():
    """h(−2/5) < 1 = 2 h(0), on which the enclosure of the bias constant rests."""
    s = sp.Symbol("s")
    h = sp.exp(s**2 / 2) * bias_integral.relu_root_mean_square(s) ** 2
    assert tc.certify(h.subs(s, 0)).contains("1/2")
    assert tc.certify(h.subs(s, sp.Rational(-2, 5))).upper < 1


@settings(max_examples=25)
@given(st.integers(2, 13), st.integers(0, 13), BIASES)
def test_eigenvalues_against_quadrature(d, k, b):
    """The closed form, the closed form with symbols, and Funk's integral in the angle."""
    exact = tc.relu.funk_hecke(d, k, bias=b)
    general = tc.relu.funk_hecke(D, K, bias=B).at(d=d, k=k, b=b, using=tc.Ball(20))
    half = tc.relu.funk_hecke(d, k, bias=B).at(b=b, using=tc.Ball(20))
    value = exact.at(using=tc.Ball(20))
    assert general.overlaps(value)
    assert half.overlaps(value)
    kernel = as_kernel(sp.Max(T - b, 0))
    assert tc.sphere.funk_hecke(kernel, d, k).at(using=tc.Ball(20)).overlaps(value)
    integral = tc.Formula("mu", FunkHecke(ZonalFunction.of(kernel), sp.S(d), sp.S(k)))
    if value.mid != 0:
        assert integral.at(using=tc.Ball(20)).overlaps(value)


@pytest.mark.parametrize("d", [3, 5, 9])
def test_eigenvalues_are_orthogonal_in_the_bias(d):
    """∫ λ_j λ_k (1 − b²)^{−(d+1)/2} db = 0 for j ≠ k ≥ 2, exactly where it is a polynomial."""
    for j in range(2, 8):
        for k in range(2, j + 1):
            product = sp.Mul(*(tc.relu.funk_hecke(d, i, bias=B).expr for i in (j, k)))
            body = sp.Poly(sp.cancel(product / (1 - B**2) ** sp.Rational(d + 1, 2)), B)
            whole = body.integrate(B)
            integral = whole.eval(1) - whole.eval(-1)
            assert integral > 0 if j == k else integral == 0


@pytest.mark.parametrize("d", [2, 3, 6, 10])
def test_invisible_degrees(d):
    """Exact zeros: odd degrees without a bias, and the zeros of P_{d+4,k−2}."""
    for k in range(2, 14):
        assert (tc.relu.funk_hecke(d, k).expr == 0) == (k % 2 == 1)
    quadratic, cubic = 1 / sp.sqrt(d + 4), sp.sqrt(sp.Rational(3, d + 6))
    for sign in (1, -1):
        assert tc.relu.funk_hecke(d, 4, bias=sign * quadratic).expr == 0
        assert tc.relu.funk_hecke(d, 5, bias=sign * cubic).expr == 0
        assert tc.relu.funk_hecke(d, 5, bias=sign * quadratic).expr != 0
    assert tc.relu.funk_hecke(d, 4, bias=sp.pi / 9).expr != 0


@settings(max_examples=20)
@given(st.integers(2, 10), st.lists(st.integers(0, 9), min_size=1, max_size=4), BIASES)
def test_admissible_bias(d, degrees, b):
    """A bias of two decimals that sees every degree; a nearer one sees some degree badly."""
    found = admissible_bias_near(d, degrees, b)
    assert -1 < found < 1
    assert (100 * found).is_Integer

    def visibility(bias):
        squares = [1]
        for k in degrees:
            if k >= 2:
                zonal = tc.sphere.legendre(d + 4, k - 2).expr.subs(T, bias)
                squares.append(4 * zonal**2 * tc.sphere.num_harmonics(d + 4, k - 2))
        return min(squares)

    assert visibility(found) >= 1
    assert all(tc.relu.funk_hecke(d, k, bias=found).expr != 0 for k in degrees)
    step = sp.sign(b - found) / 100
    nearer = found + step
    assert abs(nearer - b) >= abs(found - b) or visibility(nearer) < 1


def test_hints_name_a_bias_that_works():
    """Where no bias sees all degrees well the best one is named."""
    assert admissible_bias_near(3, [4], 1 / sp.sqrt(7)) == sp.Rational(12, 25)
    assert admissible_bias_near(3, [0, 1], sp.Rational(1, 3)) == sp.Rational(33, 100)
    best = admissible_bias_near(3, range(60), 0)
    assert all(tc.relu.funk_hecke(3, k, bias=best).expr != 0 for k in range(60))


@pytest.mark.parametrize("d", [2, 3, 10, 11, 30])
def test_tail_of_a_coordinate(d):
    """Written out, by the beta function, and against its derivative."""
    for b in (sp.Rational(-3, 5), sp.Rational(1, 3), sp.Rational(19, 20)):
        half = sp.Rational(d - 1, 2)
        beta = sp.betainc_regularized(half, half, 0, (1 - b) / 2)
        value = tc.certify(coordinate_tail(sp.S(d), b), digits=20)
        assert tc.certify(beta, digits=20).overlaps(value)
        step = tc.sphere.funk_hecke(sp.Heaviside(T - b), d, 0).at(using=tc.Ball(20))
        assert step.overlaps(value)


@settings(max_examples=25)
@given(st.integers(2, 12), st.integers(0, 9), st.integers(0, 9))
def test_powers(d, q, l):  # noqa: E741
    """Of t and of its positive part: against the sphere's table and Hermite coefficients."""
    half = half_power_eigenvalue(q, l, d)
    activation = tc.activations.relu_power(q) if q else "step"
    assert half == tc.sphere.funk_hecke(activation, d, l).expr
    raw = tc.hermite.coefficient(sp.Max(T, 0) ** q if q else sp.Heaviside(T), l).expr
    radial = (
        2 ** sp.Rational(q + l, 2) * sp.gamma(sp.Rational(d + q + l, 2)) / sp.gamma(sp.S(d) / 2)
    )
    assert sp.simplify(half - raw * sp.sqrt(sp.factorial(l)) / radial) == 0
    power = tc.relu.power_eigenvalue(q, l, d).expr
    assert power == tc.sphere.funk_hecke(T**q, d, l).expr
    assert power.is_Rational
    assert tc.relu.power_eigenvalue(q, l, D).expr.subs(D, d) == power
    general = tc.relu.power_eigenvalue(K, sp.Symbol("l"), D)
    assert general.at(k=q, l=l, d=d, using=tc.Ball(15)).contains(power)


@pytest.mark.parametrize("q", range(6))
def test_powers_in_one_dimension(q):
    """The sphere is ±1: the mean of max(w, 0)^q w^l."""
    for l in (0, 1):  # noqa: E741
        assert half_power_eigenvalue(q, l, 1) == sp.S.Half
        mean = sp.Rational(1 + (-1) ** (q + l), 2)
        assert tc.relu.power_eigenvalue(q, l, 1).expr == mean


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tc.relu.gaussian_bias_constant(1), "k is too small"),
        (lambda: tc.relu.gaussian_bias_constant(K).at(k=1), "domain"),
        (lambda: tc.relu.gaussian_bias_constant(K).at(k="5/2"), "domain"),
        (lambda: tc.relu.funk_hecke(1, 2), "d is too small"),
        (lambda: tc.relu.funk_hecke(3, -1), "k is too small"),
        (lambda: tc.relu.funk_hecke(3, 2, bias=1), "bias is outside"),
        (lambda: tc.relu.funk_hecke(3, 2, bias="x"), "bias is not a real number"),
        (lambda: tc.relu.funk_hecke(3, 2, bias=B).at(b="3/2"), "domain"),
        (lambda: tc.relu.power_eigenvalue(2, 0, 0), "d is too small"),
        (lambda: tc.relu.power_eigenvalue(2, "1/2", 3), "not an integer"),
        (lambda: admissible_bias_near(1, [2], 0), "d is too small"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(tc.DomainError, match=message):
        call()
