"""Closed forms in k, recurrences, and quadrature against each other; rules; bad input."""

import itertools

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds
from scipy import special
from zoo import ZOO

import theorycalc as tc
from theorycalc.activations import as_activation
from theorycalc.hermite.enclosure import enclosures
from theorycalc.hermite.growth import growth
from theorycalc.hermite.terms import terms_of

Z, K = sp.Symbol("z", real=True), sp.Symbol("k")
RATIONAL = sp.Rational
ELEMENTARY = {
    "tilted step": sp.exp(Z / 2) * sp.Heaviside(Z - 1) * Z**2,
    "shifted erf": Z**2 * sp.erf(2 * Z - 1),
    "wave packet": Z * sp.exp(-(Z**2)) * sp.sin(Z) ** 2,
    "tilted bell": sp.exp(Z - Z**2 / 4),
    "growing bell": Z * sp.exp(Z**2 / 5),
    "spiral": sp.exp(Z / 2) * sp.cos(2 * Z + 1) * Z,
    "cut wave": sp.sin(2 * Z) * sp.Heaviside(1 - Z),
    "erf times bell": sp.erf(2 * Z - 1) * sp.exp(Z - Z**2 / 3),
    "cut erf": Z * sp.erf(Z) * sp.Heaviside(Z - 1),
    "between kinks": sp.Piecewise(
        (sp.cos(Z), Z < -1), (Z**3, sp.Lt(Z, sp.sqrt(2))), (sp.exp(-Z), True)
    ),
    "bases": 2**Z * sp.cosh(Z),
}
SMOOTH = ("tanh", "sigmoid", "silu", "softplus", "mish")


@pytest.mark.parametrize("name", ELEMENTARY)
@pytest.mark.parametrize("k", [0, 1, 2, 3, 8, 13])
def test_closed_form_recurrence_and_quadrature(name, k):
    """Three ways: the Formula in symbolic k, the recurrences of the terms, Gauss–Legendre balls."""
    activation = as_activation(ELEMENTARY[name])
    assert terms_of(activation) is not None
    closed = tc.hermite.coefficient(activation, K).at(k=k, using=tc.Ball(25))
    single = tc.hermite.coefficient(activation, k).at(using=tc.MP(25))
    swept = tc.hermite.coefficients(activation, 13, using=tc.Ball(25))[k]
    assert closed.overlaps(swept)
    assert single.overlaps(swept)
    if name != "growing bell":
        assert enclosures(activation, 13, 100)[k].overlaps(enclosures(activation, k, 80)[k])
        enclosed = enclosures(activation, 13, 100)[k]
        assert abs(float(enclosed.mid()) - float(swept)) < 1e-15 * (1 + abs(float(swept)))


@pytest.mark.parametrize("name", SMOOTH)
def test_smooth_activations_in_all_arithmetics(name):
    """Ball panels against mpmath's tanh–sinh rule and against doubles, up to k = 100."""
    balls = tc.hermite.coefficients(name, 100, using=tc.Ball(25))
    assert all(value.rigor >= tc.Rigor.CERTIFIED for value in balls)
    doubles = tc.hermite.coefficients(name, 100)
    for exact, value in zip(balls, doubles, strict=True):
        assert value.overlaps(exact)
        assert abs(float(value) - float(exact)) < 1e-15
    for k in (0, 1, 4, 15):
        single = tc.hermite.coefficient(name, k)
        for using in (tc.MP(20), tc.Ball(20), tc.Float()):
            assert single.at(using=using).overlaps(balls[k])


@pytest.mark.parametrize("name", ["relu", "gelu", "erf", "elu", "selu", "sin", "gaussian", "step"])
def test_full_relative_accuracy_of_doubles(name):
    for double, exact in zip(
        tc.hermite.coefficients(name, 200),
        tc.hermite.coefficients(name, 200, using=tc.Ball(30)),
        strict=True,
    ):
        assert double.overlaps(exact)
        assert abs(float(double) - float(exact)) <= 1e-15 * abs(float(exact))


GAUSS = {
    "gelu": (-sp.S.Half) ** (K / 2 - 1) * sp.factorial2(K - 3) * (K + 1) / (4 * sp.sqrt(sp.pi))
}


def test_known_closed_forms():
    """GELU: C_k = (k−3)!! (−1/2)^{k/2−1} (k+1)/(4√π), k even; erf: only odd degrees."""
    for k in (2, 4, 10, 30):
        raw = tc.hermite.coefficient("gelu", K).subs(k=k).expr * sp.sqrt(sp.factorial(k))
        assert sp.simplify(raw - GAUSS["gelu"].subs(K, k)) == 0
    assert tc.hermite.coefficient("gelu", 7).expr == 0
    assert tc.hermite.coefficient("erf", K).subs(k=6).expr == 0
    w = RATIONAL(3, 2)
    cosine = tc.hermite.coefficient(tc.activations.cos(w), K).subs(k=8).expr
    assert sp.simplify(cosine - w**8 * sp.exp(-(w**2) / 2) / sp.sqrt(sp.factorial(8))) == 0
    assert tc.hermite.coefficient(tc.activations.exp(2), 5).expr.equals(
        32 * sp.exp(2) / sp.sqrt(120)
    )


@pytest.mark.parametrize("name", ["tanh", "gelu", "softplus", "elu"])
@pytest.mark.parametrize("k", [0, 1, 2, 7])
def test_rules(name, k):
    """c_k of φ' is √(k+1) c_{k+1}, of zφ √(k+1) c_{k+1} + √k c_{k−1}, of φ(−z) (−1)^k c_k."""
    phi = ZOO[name]
    c = tc.hermite.coefficients(phi, k + 1, using=tc.Ball(20))

    def value(expr):
        return float(tc.hermite.coefficient(expr, k).at(using=tc.Ball(20)))

    z = phi.symbol
    up, down = (k + 1) ** 0.5 * float(c[k + 1]), k**0.5 * float(c[k - 1]) if k else 0.0
    assert value(phi.derivative) == pytest.approx(up, rel=1e-14, abs=1e-300)
    assert value(z * phi.expr) == pytest.approx(up + down, rel=1e-13, abs=1e-15)
    assert value(phi.expr.subs(z, -z)) == pytest.approx((-1) ** k * float(c[k]), rel=1e-14)


@pytest.mark.parametrize("name", ["relu", "gelu", "tanh", "sin", "gaussian"])
def test_parseval(name):
    """norm² = Σ c² + tail, and the tail is the sum of the next coefficients."""
    order, more = 12, 300 if name == "relu" else 120
    series = tc.hermite.series(name, order, using=tc.Ball(15))
    assert series.tail.rigor is tc.Rigor.CERTIFIED
    partial = sum(float(c) ** 2 for c in series.coefficients)
    assert partial + float(series.tail) == pytest.approx(float(series.norm_squared), rel=1e-14)
    rest = sum(float(c) ** 2 for c in tc.hermite.coefficients(name, more)[order + 1 :])
    slack = 0.02 if name == "relu" else 1e-8
    assert rest == pytest.approx(float(series.tail), rel=slack)


def test_a_series_approximates_its_function():
    z = np.linspace(-2, 2, 21)
    assert np.abs(tc.hermite.series("gelu", 60)(z) - ZOO["gelu"](z)).max() < 1e-6
    assert tc.hermite.series("relu", 3)(0.3).shape == ()
    assert tc.hermite.series("tanh", 5)(z.reshape(3, 7)).shape == (3, 7)


def test_polynomials():
    z = np.linspace(-8, 8, 33)
    values = tc.hermite.evaluate(40, z)
    for k in range(41):
        expected = special.eval_hermitenorm(k, z) / np.sqrt(special.factorial(k))
        scale = np.abs(values).max(axis=0)
        assert np.allclose(values[k], expected, rtol=1e-11, atol=1e-13 * scale.max())
    for k in (0, 1, 2, 5, 11):
        polynomial = tc.hermite.orthonormal(k)
        assert np.allclose(polynomial.lambdify()(z), values[k], rtol=1e-12, atol=1e-10)
        assert tc.hermite.prob(k).expr == sp.hermite_prob(k, polynomial.args[0])


def test_polynomials_of_any_size():
    """Degree 10⁴ and |z| = 60: nothing is nan, and what a double holds is right."""
    values = tc.hermite.evaluate(10_000, np.array([-60.0, -3.0, 0.5, 60.0]))
    assert not np.isnan(values).any()
    for k, column, z in ((10_000, 1, -3), (9_999, 2, RATIONAL(1, 2)), (100, 3, 60), (40, 0, -60)):
        exact = tc.certify(
            sp.hermite(k, z / sp.sqrt(2), evaluate=False)
            / sp.sqrt(sp.Integer(2) ** k * sp.factorial(k)),
            digits=20,
        )
        assert values[k, column] == pytest.approx(float(exact), rel=1e-9)
    for order, z in itertools.product((-1, 2.5, "a"), (0.0,)):
        with pytest.raises(tc.DomainError, match="order"):
            tc.hermite.evaluate(order, z)
    with pytest.raises(tc.DomainError, match="not finite"):
        tc.hermite.evaluate(3, [np.nan])


@settings(max_examples=60)
@given(
    st.sampled_from([ZOO[n] for n in (*SMOOTH, "selu", "gelu")]), st.floats(1, 40), st.booleans()
)
def test_growth_bounds_hold(activation, z, negative):
    bound = growth(activation.expr, activation.symbol)
    limit = float(bound.constant) * z ** float(bound.power) * np.exp(float(bound.rate) * z)
    assert abs(float(activation(-z if negative else z))) <= limit * (1 + 1e-12)


@pytest.mark.parametrize(
    ("phi", "even", "odd"),
    [
        # log σ(z) = z/2 − log(2 cosh(z/2)), and its products
        (sp.log(1 / (1 + sp.exp(-Z))), -sp.log(2 * sp.cosh(Z / 2)), Z / 2),
        (
            sp.log(2 * sp.exp(Z) / (1 + sp.exp(Z)) ** 3),
            sp.log(2 / (2 * sp.cosh(Z / 2)) ** 3),
            -Z / 2,
        ),
        (sp.log(sp.sqrt(1 + Z**2)), sp.log(1 + Z**2) / 2, sp.S.Zero),
    ],
)
def test_logarithms_of_quotients_have_enclosures(phi, even, odd):
    for k, part in enumerate((even, odd)):
        weight = sp.exp(-(Z**2) / 2) / sp.sqrt(2 * sp.pi)
        with mpmath.workdps(40):
            integrand = sp.lambdify(Z, part * Z**k * weight, "mpmath")
            exact = mpmath.quad(integrand, range(-20, 21))
        value = tc.hermite.coefficient(phi, k).at(using=tc.Ball(20))
        assert_error_holds(value, exact)
        assert value.rigor >= tc.Rigor.CERTIFIED


def test_what_cannot_be_bounded_has_other_arithmetics():
    phi = sp.tanh(Z) / sp.log(2 + sp.sin(Z) ** 2)
    coefficient = tc.hermite.coefficient(phi, 1)
    with pytest.raises(tc.NotSupportedError, match="allowed: Float, MP"):
        coefficient.at(using=tc.Ball(10))
    assert coefficient.at().overlaps(coefficient.at(using=tc.MP(15)))
    with pytest.raises(tc.NotSupportedError, match="allowed: Float, MP"):
        tc.hermite.coefficients(phi, 3, using=tc.Ball(10))


def test_a_mean_that_vanishes_unseen():
    """The mean of SELU is zero by the choice of its constants."""
    for using in (tc.Float(), tc.Ball(20)):
        mean = tc.hermite.coefficients("selu", 2, using=using)[0]
        assert mean.contains(0)
        assert mean.rad < 1e-300


@settings(max_examples=25)
@given(
    st.sampled_from(["relu", "gelu", "tanh", "sin", "elu", tc.activations.gaussian("1/2")]),
    st.fractions(-RATIONAL(7, 10), RATIONAL(7, 10), max_denominator=50),
)
def test_mehler(activation, rho):
    """E φ(U)φ(V) = Σ c_k² ρ^k, in two rooms; and φ̂' is the dual of φ'."""
    c = [float(value) for value in tc.hermite.coefficients(activation, 160)]
    series = sum(x * x * float(rho) ** k for k, x in enumerate(c))
    dual = tc.kernels.dual(activation)
    assert float(dual.at(rho=rho)) == pytest.approx(series, rel=1e-12, abs=1e-14)
    slope = sum(k * x * x * float(rho) ** (k - 1) for k, x in enumerate(c) if k)
    derivative = tc.kernels.dual_derivative(activation)
    assert float(derivative.at(rho=rho)) == pytest.approx(slope, rel=1e-11, abs=1e-13)
    assert dual.diff("rho").at(rho=rho).overlaps(derivative.at(rho=rho))
