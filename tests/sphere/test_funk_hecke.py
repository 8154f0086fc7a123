"""Funk–Hecke eigenvalues: reference numbers, closed forms against quadrature, sum rules, decay."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds, assert_reference, entries, label

import theorycalc as tc
from theorycalc.core.binary import fraction
from theorycalc.sphere import in_angle, in_doubles, taylor
from theorycalc.sphere.functions import FunkHecke, ZonalFunction
from theorycalc.sphere.zonal_kernel import as_kernel

D, K, T = sp.Symbol("d"), sp.Symbol("k"), sp.Symbol("t", real=True)
THIRD, FOURTH = sp.Rational(1, 3), sp.Rational(1, 4)
ARITHMETICS = (tc.Float(), tc.MP(20), tc.Ball(20))
RHO = sp.Symbol("rho", real=True)
# an arc-cosine kernel of order two times t, and an angle on its own
MIXED = RHO * tc.kernels.arc_cosine(2).expr + sp.acos(RHO)
ANALYTIC = [
    T**6 + 2 * T**3, sp.exp(T / 2), T**2 * sp.exp(-T), sp.cos(3 * T + 1), T * sp.sin(2 * T),
    "relu", "step", sp.Max(T, 0) ** 2, sp.Max(T - THIRD, 0), T * sp.Heaviside(T + THIRD),
    sp.Abs(T) + 1, tc.kernels.arc_cosine(0), tc.kernels.arc_cosine(2), tc.kernels.mlp(1),
MIXED,
    sp.sqrt(2 - 2 * T), T * (1 - T) ** sp.Rational(3, 2), T**2 * sp.sqrt(1 - T**2), sp.asin(T),
    sp.sqrt(1 - T) * sp.sqrt(1 + T) + sp.cosh(T),
    sp.exp(-sp.sqrt(2 - 2 * T) / 3), T * sp.exp(1 + 2 * sp.sqrt(1 + T)),
]  # fmt: skip
SINGULAR = [(1 + T) ** -THIRD, sp.log(2 - 2 * T), T * sp.log(1 + T), (1 - T**2) ** THIRD]


def kernel_and_point(entry):
    """The kernel that an entry is about, d and k."""
    params = {k: sp.Rational(v) if isinstance(v, str) and k != "kappa" else v
              for k, v in entry["params"].items()}  # fmt: skip
    text, d, k = (params.pop(name) for name in ("kappa", "d", "k"))
    if text == "relu_ntk":
        return tc.kernels.mlp(params["depth"]), d, k
    if text == "arc_cosine(p)":
        return tc.kernels.arc_cosine(params["p"]), d, k
    norm = sp.Function("Norm")
    expr = sp.sympify(text, locals={"t": T, "Norm": norm}).replace(
        norm, lambda _: sp.sqrt(2 - 2 * T)
    )
    return expr.subs(params), d, k


@pytest.mark.parametrize("using", [tc.Float(), tc.MP(36), tc.Ball(36)], ids=repr)
@pytest.mark.parametrize("entry", entries("sphere", "funk_hecke"), ids=label)
def test_reference(entry, using):
    kernel, d, k = kernel_and_point(entry)
    assert_reference(tc.sphere.funk_hecke(kernel, d, k).at(using=using), entry)
    assert_reference(tc.sphere.funk_hecke(kernel, D, K).at(d=d, k=k, using=using), entry)


@pytest.mark.parametrize("kernel", ANALYTIC, ids=str)
@pytest.mark.parametrize(
    ("d", "k"),
    [
        (2, 3),
        (4, 6),
        (11, 5),
        *(pytest.param(*dk, marks=pytest.mark.long) for dk in ((2, 0), (3, 1))),
    ],
)
def test_closed_forms_against_quadrature(kernel, d, k):
    """The table with symbols, the table at numbers, and three quadratures in the angle."""
    general = tc.sphere.funk_hecke(kernel, D, K)
    assert not general.expr.has(FunkHecke)
    exact = tc.sphere.funk_hecke(kernel, d, k).at(using=tc.Ball(20))
    integral = tc.Formula("mu", FunkHecke(ZonalFunction.of(as_kernel(kernel)), sp.S(d), sp.S(k)))
    for using in ARITHMETICS:
        if exact.mid != 0:
            assert general.at(d=d, k=k, using=using).overlaps(exact)
            assert integral.at(using=using).overlaps(exact)
    assert general.at(d=d, k=k, using=tc.Ball(20)).overlaps(exact)


@pytest.mark.parametrize("kernel", SINGULAR, ids=str)
@pytest.mark.parametrize(("d", "k"), [(2, 3), (5, 0), (4, 4)])
def test_closed_forms_of_singular_kernels(kernel, d, k):
    """Against tanh–sinh quadrature, which bears singularities at the ends."""
    exact = tc.sphere.funk_hecke(kernel, d, k).at(using=tc.Ball(20))
    integral = tc.Formula("mu", FunkHecke(ZonalFunction.of(as_kernel(kernel)), sp.S(d), sp.S(k)))
    if exact.mid != 0:
        assert integral.at(using=tc.MP(8)).overlaps(exact)


@settings(max_examples=20)
@given(st.integers(2, 9), st.integers(0, 6), st.integers(0, 6))
def test_structure(d, k, p):
    """Raising, multiplication by t, and the Gaussian link with the Hermite coefficients."""
    mu = lambda kernel, d, k: tc.sphere.funk_hecke(kernel, d, k).expr  # noqa: E731
    kernel = T**p * sp.exp(T)
    value = lambda kernel, d, k: tc.sphere.funk_hecke(kernel, d, k).at(using=tc.Ball(20))  # noqa: E731
    if k:
        raised = value(kernel.diff(T), d + 2, k - 1)
        plain = value(kernel, d, k)
        gap = fraction(raised.mid) / d - fraction(plain.mid)
        assert abs(gap) <= fraction(raised.rad) + fraction(plain.rad)
    if d > 2 or k:
        below = mu(T**p, d, k - 1) if k else 0
        right = ((k + d - 2) * mu(T**p, d, k + 1) + k * below) / sp.S(2 * k + d - 2)
        assert mu(T ** (p + 1), d, k) == right
    ramp = sp.Max(T, 0) ** p if p else sp.Heaviside(T)
    hermite = tc.hermite.coefficient(ramp, k).expr * sp.sqrt(sp.factorial(k))
    mean = (
        2 ** sp.Rational(k + p, 2)
        * sp.gamma(sp.Rational(d + k + p, 2))
        / sp.gamma(sp.Rational(d, 2))
    )
    assert sp.simplify(mu(ramp, d, k) - hermite / mean) == 0


@pytest.mark.parametrize("d", [2, 3, 10])
@pytest.mark.parametrize("kernel", [sp.exp(T), 1 / (3 - T), sp.exp(T - 1) * sp.cos(T)], ids=str)
def test_sum_rule(kernel, d):
    """Σ N μ_k = κ(1) to full precision for analytic kernels, and Σ N μ_k² = ∫κ² dτ."""
    values = tc.sphere.spectrum(kernel, d, 60, using=tc.Ball(20))
    exact = [fraction(value.mid) for value in values]
    multiplicities = [int(tc.sphere.num_harmonics(d, k)) for k in range(61)]
    total = sum(n * mu for n, mu in zip(multiplicities, exact, strict=True))
    assert abs(total - fraction(tc.certify(kernel.subs(T, 1), digits=25).mid)) < 1e-18
    squares = sum(n * mu**2 for n, mu in zip(multiplicities, exact, strict=True))
    norm = tc.sphere.funk_hecke(kernel**2, d, 0).at(using=tc.Ball(25))
    assert abs(squares - fraction(norm.mid)) < 1e-18


@pytest.mark.parametrize(("depth", "d"), [(3, 2), (3, 3), (3, 10), (10, 3), (3, 100)])
def test_spectrum_of_deep_kernels(depth, d):
    """Double precision against enclosures, relative to each eigenvalue."""
    kernel = tc.kernels.mlp(depth)
    values = tc.sphere.spectrum(kernel, d, 60)
    certified = tc.sphere.spectrum(kernel, d, 60, using=tc.Ball(15))
    for value, exact in zip(values, certified, strict=True):
        assert float(value) == pytest.approx(float(exact), rel=1e-14)
        assert value.rad <= 1e-12 * abs(float(value))
        assert exact.rigor is tc.Rigor.CERTIFIED
    method = "positive Taylor series" if d == 100 else "Gauss–Legendre in the angle"
    assert values[3].stats["method"] == method
    assert certified[3].stats["method"] == "certified Gauss–Legendre in the angle"


@pytest.mark.parametrize(("depth", "d", "k"), [(2, 300, 30), (5, 100, 12), (10, 1000, 50)])
def test_taylor_series_against_quadrature(depth, d, k):
    """Two enclosures of one eigenvalue: the positive series, and Gauss–Legendre in the angle."""
    kernel = as_kernel(tc.kernels.mlp(depth))
    assert taylor.applies(kernel, d, k, 80)
    series = taylor.enclosures(kernel, d, k, 80)[k]
    integral = in_angle.enclosures(kernel, d, k, 80 + in_angle.bits_below(d, k))[k]
    assert series.overlaps(integral)
    for enclosure in (series, integral):
        assert enclosure.rel_accuracy_bits() >= 70


def test_kernels_that_are_not_known_to_be_positive_have_no_taylor_series():
    """Nothing is said about the sign of the coefficients of an expression that a user wrote."""
    assert not taylor.applies(as_kernel(1 / (2 - T)), 1000, 5, 60)
    angle = tc.sphere.spectrum(1 / (2 - T), 1000, 5)
    assert angle[5].stats["method"] == "Gauss–Legendre in the angle"


def test_analytic_kernels_keep_their_relative_digits():
    """Geometric decay without a closed form, far below what a finite trace suggests."""
    kernel = 1 / (3 - T)
    values = tc.sphere.spectrum(kernel, 3, 60)
    certified = tc.sphere.spectrum(kernel, 3, 60, using=tc.Ball(18))
    assert float(values[60]) < 1e-40
    for value, exact in zip(values, certified, strict=True):
        assert float(value) == pytest.approx(float(exact), rel=1e-14)
        assert value.overlaps(exact)


def test_parity_zeros_are_exact():
    for kernel, d, zeros in (
        (tc.kernels.mlp(1), 5, (3, 5, 7)),
        ("relu", 4, (3, 5)),
        (sp.cos(T) ** 2, 3, (1, 3)),
        (tc.kernels.mlp(2, "erf"), 3, (0, 2, 4)),
        (tc.kernels.dual("gelu"), 3, (3, 5, 7)),  # the odd part is linear
    ):
        for using in (tc.Float(), tc.Ball(15)):
            values = tc.sphere.spectrum(kernel, d, 8, using=using)
            for k in zeros:
                assert values[k].mid == values[k].rad == 0
                assert values[k].stats["method"] == "parity"


def test_high_dimension():
    """N(d, k) μ_k → κ^{(k)}(0)/k! as d grows."""
    for k in range(4):
        value = tc.sphere.funk_hecke(sp.exp(T), 10**4, k).at(using=tc.Ball(15))
        limit = 1 / sp.factorial(k)
        found = float(value) * float(tc.sphere.num_harmonics(10**4, k))
        assert found == pytest.approx(float(limit), rel=2e-3)


DECAY = [
    (tc.kernels.mlp(1), D), (tc.kernels.mlp(3), D), (tc.kernels.mlp(2).nngp, D + 2),
    (sp.exp(-sp.sqrt(2 - 2 * T)), D), (tc.kernels.arc_cosine(2), D + 4), ("relu", D / 2 + 1),
    (sp.Max(T - THIRD, 0) ** 2, D / 2 + 2), (sp.exp(T), sp.oo), (tc.kernels.mlp(2, "erf"), sp.oo),
    ((1 - T) ** THIRD, D + 2 * THIRD - 1),
]  # fmt: skip


@pytest.mark.parametrize(("kernel", "exponent"), DECAY, ids=str)
def test_decay_exponent(kernel, exponent):
    assert sp.simplify(tc.sphere.decay_exponent(kernel, D).expr - exponent) in (0, sp.nan)
    assert tc.sphere.decay_exponent(kernel, 3).expr == exponent.subs(D, 3)


@pytest.mark.parametrize(("depth", "d", "accuracy"), [(3, 3, 1e-3), (2, 10, 1e-3), (10, 3, 1e-3)])
def test_asymptotics(depth, d, accuracy):
    """The prefactors of even and odd degrees, against the computed spectrum."""
    kernel = tc.kernels.mlp(depth)
    law = tc.sphere.asymptotics(kernel, d)
    values = tc.sphere.spectrum(kernel, d, 200)
    for k in (199, 200):
        assert float(values[k]) == pytest.approx(float(law.at(k=k)), rel=accuracy)
    if depth == 3:
        # the ratio of the prefactors, (L(L+1)/2 − c_L)/(L(L+1)/2 + c_L)
        power = tc.sphere.funk_hecke(sp.sqrt(1 - T), d, K)
        odd, even = (float(values[k]) / float(power.at(k=k)) for k in (199, 200))
        assert odd / even == pytest.approx((6 - 0.3015576) / (6 + 0.3015576), rel=2e-4)


def test_activations_formulas_and_expressions_are_kernels():
    half = tc.Formula("f", sp.Symbol("rho") ** 2)
    assert tc.sphere.funk_hecke(half, 3, 2).expr == sp.Rational(2, 15)
    assert tc.sphere.funk_hecke(5, 3, 0).expr == 5
    assert tc.sphere.spectrum(tc.activations.relu, 3, 1)[1].contains(sp.Rational(1, 6))
    k = sp.Symbol("n")
    assert tc.sphere.funk_hecke("relu", 3, k).args == (k,)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: tc.sphere.funk_hecke(T * K, 3, 2), tc.DomainError, "one variable"),
        (lambda: tc.sphere.funk_hecke(tc.kernels.mlp(1).ntk_general, 3, 2), tc.DomainError,
         "one argument"),
        (lambda: tc.sphere.funk_hecke("relu", 1, 2), tc.DomainError, "d is too small"),
        (lambda: tc.sphere.funk_hecke("relu", 3, -2), tc.DomainError, "k is too small"),
        (lambda: tc.sphere.funk_hecke("relu", D, K).at(d=3, k="1/2"), tc.DomainError, "domain"),
        (lambda: tc.sphere.funk_hecke(1 / (1 - T), 3, 2), tc.DomainError, "not integrable"),
        (lambda: tc.sphere.spectrum("relu", D, 3), tc.DomainError, "needs a number"),
        (lambda: tc.sphere.spectrum("relu", 3, 3, using="ball"), tc.DomainError, "using"),
        (lambda: tc.sphere.spectrum(sp.Max(sp.sin(T), 0), 3, 3), tc.NotSupportedError, "sin"),
        (lambda: tc.sphere.asymptotics(sp.exp(T), 3), tc.DomainError, "analytic"),
        (lambda: tc.sphere.asymptotics("relu", 3), tc.NotSupportedError, "oscillate"),
        (lambda: tc.sphere.decay_exponent(sp.log(1 - T), 3), tc.NotSupportedError, "logarithm"),
        (lambda: tc.sphere.spectrum(sp.cos((1 - T) ** THIRD) * sp.exp(T) * (1 - T) ** -FOURTH, 2, 1,
                                    using=tc.Ball(20)), tc.PrecisionError, "not analytic"),
    ],
)  # fmt: skip
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_arrays_of_dimensions_and_degrees():
    formula = tc.sphere.funk_hecke(tc.kernels.mlp(2), D, K)
    values = formula.lambdify()(np.array([3, 3, 10]), np.array([0, 7, 4]))
    for value, d, k in zip(values, (3, 3, 10), (0, 7, 4), strict=True):
        assert value == pytest.approx(float(formula.at(d=d, k=k)), rel=1e-14)


@pytest.mark.parametrize("activation", ["elu", "tanh", "softplus"])
def test_duals_without_a_closed_form(activation):
    """A dual is Σ c_j² t^j: against the eigenvalues of its powers, within what is left out."""
    values = tc.sphere.spectrum(tc.kernels.dual(activation), 7, 4)
    squares = [float(c) ** 2 for c in tc.hermite.coefficients(activation, 60)]
    rest = abs(float(tc.kernels.dual(activation).at(rho=1)) - sum(squares))
    for k, value in enumerate(values):
        powers = [float(tc.sphere.funk_hecke(T**j, 7, k).at()) for j in range(61)]
        expected = sum(c * mu for c, mu in zip(squares, powers, strict=True))
        assert abs(float(value) - expected) <= rest * powers[60 - k % 2] + 2 * value.rad + 1e-15


@pytest.mark.parametrize(("activation", "bias"), [("tanh", 0), ("tanh", "0.3"), ("silu", 0)])
def test_smooth_networks_keep_relative_digits(activation, bias):
    """Taylor series beside integrals of the same kernel in doubles, and beside more digits."""
    network = tc.kernels.mlp(2, activation, sigma_w="1.1", sigma_b=bias)
    values = network.spectrum(5, 30)
    integrals, errors = in_doubles.doubles(as_kernel(network), 5, 30)
    for k, (value, integral, error) in enumerate(zip(values, integrals, errors, strict=True)):
        assert value.stats["method"] in ("positive Taylor series", "parity")
        assert value.rad <= abs(value.mid) * 1e-14
        assert abs(float(value) - integral) <= error
        if k == 29:
            certified = tc.sphere.funk_hecke(network, 5, k).at(using=tc.Ball(20))
            assert_error_holds(value, certified.mid)


def test_odd_networks_have_odd_kernels():
    kernel = as_kernel(tc.kernels.mlp(2, "tanh"))
    assert kernel.parity == -1
    assert [kernel.vanishes(k) for k in (4, 5)] == [True, False]


def test_a_function_in_a_kernel_keeps_its_pieces():
    """The switches of an activation are no kinks of its dual."""
    kernel = as_kernel(tc.kernels.dual("elu"))
    assert kernel.kinks == ()
    assert kernel.pieces[0][2].body == kernel.body


@pytest.mark.parametrize("d", [2, 3, 20, 300])
@pytest.mark.parametrize("kernel", [sp.cos(3 * T + 1), "relu", MIXED, tc.kernels.mlp(1)], ids=str)
def test_errors_of_rounded_kernels(kernel, d):
    """The rule for kernels that are only known in doubles, at kernels that are known."""
    values, errors = in_doubles.doubles(as_kernel(kernel), d, 12)
    gaps = []
    for k, (value, error) in enumerate(zip(values, errors, strict=True)):
        exact = tc.sphere.funk_hecke(kernel, d, k).at(using=tc.Ball(20))
        double = tc.Value(mid=float(value), rad=float(error), rigor=tc.Rigor.ESTIMATED)
        assert_error_holds(double, exact.mid)
        gaps.append(abs(fraction(double.mid) - fraction(exact.mid)) / fraction(double.rad))
    assert max(gaps) > 1 / 1024
