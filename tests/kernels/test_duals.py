"""Dual activations: reference numbers, definitions, Price's theorem, Hermite series."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds, assert_reference, entries, label

import theorycalc as tc
from theorycalc.kernels.duals.angles import CorrelationAngle
from theorycalc.kernels.duals.arc_cosine import AngularLoss, angular_polynomials
from theorycalc.kernels.duals.pair import ClosedGaussianPair, GaussianPair

RHO, Z, K = sp.Symbol("rho", real=True), sp.Symbol("z", real=True), sp.Symbol("k")
ARITHMETICS = (tc.Float(), tc.MP(36), tc.Ball(36))
HOMOGENEOUS = [
    "relu", "abs", "step", "sign", "identity", tc.activations.leaky_relu("0.1"),
    tc.activations.leaky_relu("-0.3"), tc.activations.relu_power(2), tc.activations.relu_power(3),
    tc.activations.relu_power(5), tc.activations.monomial(3), tc.activations.monomial(4),
    2 * sp.Max(Z, 0) ** 2 - 3 * sp.Max(-Z, 0) ** 2,
]  # fmt: skip
SMOOTH = [tc.activations.erf("1.3"), "probit", 2 - 3 * sp.erf(Z / 2)]
CONTINUOUS = [a for a in [*HOMOGENEOUS, *SMOOTH] if a not in ("step", "sign")]
correlations = st.fractions(-1, 1, max_denominator=1000)


def formula_of(entry):
    """The dual that an entry is about, and its parameters."""
    params = dict(entry["params"])
    text, bias = params.pop("phi"), params.pop("b", None)
    phi = tc.activations.selu if text == "SELU" else sp.sympify(text, locals={"z": Z})
    if bias is not None:
        phi = phi.subs("b", sp.Rational(bias))
    functions = {
        "dual_activation": tc.kernels.dual,
        "dual_general": tc.kernels.dual_general,
        "dual_general_derivative": tc.kernels.dual_derivative_general,
    }
    if entry["quantity"] not in functions:
        return (tc.kernels.dual if "rho" in params else tc.kernels.dual_general)(phi), params
    return functions[entry["quantity"]](phi), params


@pytest.mark.parametrize("entry", entries("duals"), ids=label)
def test_reference(entry):
    formula, params = formula_of(entry)
    closed = not formula.expr.has(GaussianPair)
    for using in ARITHMETICS if closed else (tc.Float(), tc.MP(12), tc.Ball(25)):
        if closed or "MP" in arithmetics_of(formula) or not isinstance(using, tc.MP):
            assert_reference(formula.at(using=using, **params), entry)


def arithmetics_of(formula):
    (pair,) = formula.expr.atoms(GaussianPair)
    return pair.arithmetics


@pytest.mark.parametrize("activation", HOMOGENEOUS, ids=str)
@pytest.mark.parametrize("rho", ["0.3", "-0.8"])
def test_homogeneous_duals_are_their_definition(activation, rho):
    """E φ(U)φ(V) in polar coordinates: a radial moment times an integral over the angle."""
    phi = tc.activations.as_activation(activation).expr
    alpha, theta = sp.Symbol("alpha", real=True), sp.acos(sp.Rational(rho))
    # (U, V) = r (cos α, cos(α − θ)) with E r^{2p} = 2^p p!; p from one of the two half-lines
    side = 1 if phi.subs(Z, 1) else -1
    p = int(sp.log(phi.subs(Z, 2 * side) / phi.subs(Z, side), 2))
    u, v = sp.cos(alpha), sp.cos(alpha - theta)
    half = sp.pi / 2
    integral = tc.Integral(
        (phi.subs(Z, u) * phi.subs(Z, v) + 1) / (2 * sp.pi),
        alpha,
        0,
        2 * sp.pi,
        kinks=(half, 3 * half, theta + half, theta - half + 2 * sp.pi, theta - half),
    )
    moment = 2**p * sp.factorial(p)
    shifted = tc.Formula("d", tc.kernels.dual(activation).expr / moment + 1, args=(RHO,))
    direct = tc.integrate(integral, using=tc.Ball(20))
    assert shifted.at(rho=rho, using=tc.Ball(20)).overlaps(direct)


@settings(max_examples=15)
@given(correlations)
@pytest.mark.parametrize("activation", SMOOTH, ids=str)
def test_smooth_duals_are_their_definition(activation, rho):
    """E φ(U) E[φ(V) | U]: erf of a Gaussian averages to erf with another slope."""
    activation = tc.activations.as_activation(activation)
    rho = sp.Rational(rho) * sp.Rational(99, 100)
    s = sp.Wild("s", exclude=[Z])
    inner = activation.expr.replace(
        sp.erf(s * Z), lambda s: sp.erf(s * rho * Z / sp.sqrt(1 + 2 * s**2 * (1 - rho**2)))
    )
    weight = sp.exp(-(Z**2) / 2) / sp.sqrt(2 * sp.pi)
    definition = tc.Integral((activation.expr * inner + 1) * weight, Z, -20, 20)
    dual = tc.kernels.dual(activation)
    shifted = tc.Formula("d", dual.expr + 1, args=(RHO,)).at(rho=rho, using=tc.Ball(20))
    # mass 5e-89 is left outside
    assert shifted.overlaps(tc.integrate(definition, using=tc.Ball(20)))


@pytest.mark.parametrize("activation", [*HOMOGENEOUS, *SMOOTH], ids=str)
def test_general_dual_at_unit_variances(activation):
    one = tc.kernels.dual_general(activation).subs(q11=1, q22=1)
    for rho in ("0.3", "-0.9", "1", "-1", "0"):
        plain = tc.kernels.dual(activation).at(rho=rho, using=tc.MP(20))
        assert one.at(q12=rho, using=tc.MP(20)).overlaps(plain)


@pytest.mark.parametrize("activation", CONTINUOUS, ids=str)
def test_price(activation):
    """∂K/∂q12 is the dual of the derivative."""
    slope = tc.kernels.dual_general(activation).diff("q12")
    direct = tc.kernels.dual_derivative_general(activation)
    point = {"q11": "1.3", "q12": "-0.4", "q22": "0.7"}
    assert slope.at(using=tc.Ball(25), **point).overlaps(direct.at(using=tc.Ball(25), **point))
    unit = tc.kernels.dual(activation).diff("rho").at(rho="0.3", using=tc.Ball(25))
    assert unit.overlaps(tc.kernels.dual_derivative(activation).at(rho="0.3", using=tc.Ball(25)))


@pytest.mark.parametrize(
    "activation",
    ["relu", "abs", tc.activations.relu_power(2), tc.activations.leaky_relu("0.2")],
    ids=str,
)
def test_dual_is_the_hermite_series(activation):
    """φ̂(ρ) = Σ c_k² ρ^k: two rooms that know nothing of each other."""
    c = tc.hermite.coefficient(activation, K)
    series = sum(float(c.at(k=k)) ** 2 * 0.5**k for k in range(60))
    assert float(tc.kernels.dual(activation).at(rho="1/2")) == pytest.approx(series, rel=1e-13)


CLOSED = [
    "gelu", "sin", "cos", tc.activations.cos("1.5", "0.3"), tc.activations.exp("0.4"),
    tc.activations.gaussian("1/3"), tc.activations.hermite(4), Z**2 + Z * sp.exp(-(Z**2)),
    sp.exp(Z / 2) * sp.cos(Z), Z * sp.erf(2 * Z) / 3 - Z,
]  # fmt: skip
POINT = {"q11": "1.3", "q12": "-0.4", "q22": "0.7"}


@pytest.mark.parametrize("activation", CLOSED, ids=str)
def test_closed_forms_against_the_plane(activation):
    """The formulas against a Gauss–Legendre rule in the plane and against the enclosed series."""
    activation = tc.activations.as_activation(activation)
    closed = tc.kernels.dual_general(activation)
    assert not closed.expr.has(GaussianPair)
    phi = sp.Lambda(activation.symbol, activation.expr)
    general = tc.Formula("K", GaussianPair(phi, phi, *map(sp.Rational, POINT.values())))
    exact = closed.at(using=tc.Ball(20), **POINT)
    assert exact.overlaps(general.at())
    assert exact.overlaps(general.at(using=tc.Ball(12)))
    slope = closed.diff("q12").at(using=tc.Ball(15), **POINT)
    direct = tc.kernels.dual_derivative_general(activation).at(using=tc.Ball(15), **POINT)
    assert slope.overlaps(direct)


BROKEN = [
    "elu", "selu", tc.activations.biased_relu("-1/2"), sp.Max(-1, sp.Min(1, Z)),
    Z * sp.Min(sp.Max(Z + 3, 0), 6) / 6, sp.Heaviside(Z - 1), sp.Max(Z, 0) * sp.exp(-(Z**2)),
    sp.Piecewise((Z**2, Z < 0), (sp.exp(-Z), Z < 2), (1 - Z, True)),
]  # fmt: skip


@pytest.mark.parametrize("activation", BROKEN, ids=str)
@pytest.mark.parametrize(
    "point",
    [
        POINT,
        {"q11": "1e-3", "q12": "9e-4", "q22": "1e-3"},
        {"q11": 900, "q12": -15, "q22": "1/2"},
        {"q11": ".1", "q12": ".2", "q22": ".4"},
        {"q11": 2, "q12": -2, "q22": 2},
    ],
)
def test_closed_forms_between_thresholds(activation, point):
    """Truncated moments against the rule in the plane, in all arithmetics."""
    formula = tc.kernels.dual_general(activation)
    values = [formula.at(using=using, **point) for using in (tc.Float(), tc.MP(20), tc.Ball(20))]
    assert values[0].overlaps(values[2])
    assert values[1].overlaps(values[2])
    rule = formula.lambdify()(*(float(sp.Rational(x)) for x in point.values()))
    # the rule does not see what lies beyond ten standard deviations
    assert float(rule) == pytest.approx(float(values[0]), rel=1e-13, abs=1e-60)


@pytest.mark.parametrize("activation", BROKEN[:4], ids=str)
def test_closed_forms_between_thresholds_are_hermite_series(activation):
    """Against the enclosed series, and Price's theorem."""
    closed = tc.kernels.dual_general(activation)
    (pair,) = closed.expr.atoms(GaussianPair)
    series = tc.Formula("K", GaussianPair(*pair.args[:2], *map(sp.Rational, POINT.values())))
    assert closed.at(using=tc.Ball(20), **POINT).overlaps(series.at(using=tc.Ball(12)))
    written = tc.Formula("K", sp.expand_func(closed.expr), args=closed.args)
    assert written.at(using=tc.Ball(20), **POINT).overlaps(closed.at(using=tc.Ball(20), **POINT))
    slope = written.diff("q12").at(using=tc.Ball(15), **POINT)
    assert slope.overlaps(closed.diff("q12").at(using=tc.Ball(15), **POINT))


def test_biased_relu_as_published():
    """The closed form of the dual with its bivariate normal."""
    b = sp.Rational(-3, 4)
    orthant = tc.bivariate_normal(b, b, RHO)
    density, inside = sp.exp(-(b**2) / 2) / sp.sqrt(2 * sp.pi), b * sp.sqrt((1 - RHO) / (1 + RHO))
    joint = sp.exp(-(b**2) / (1 + RHO)) / (2 * sp.pi * sp.sqrt(1 - RHO**2))
    published = (
        (b**2 + RHO) * orthant
        + 2 * b * density * (1 + sp.erf(inside / sp.sqrt(2))) / 2
        + (1 - RHO**2) * joint
    )
    dual = tc.kernels.dual(tc.activations.biased_relu(b))
    for rho in ("-9/10", "0", "1/3", "999/1000"):
        value = tc.Formula("K", published, args=(RHO,)).at(rho=rho, using=tc.Ball(25))
        assert value.overlaps(dual.at(rho=rho, using=tc.Ball(25)))
    slope = tc.kernels.dual_derivative(tc.activations.biased_relu(b))
    assert sp.expand_func(slope.expr) == orthant


@pytest.mark.parametrize("name", ["tanh", "softplus", "elu", "mish"])
def test_without_a_closed_form(name):
    """Limits in ρ, the Hermite series, Price's theorem in both kinds of covariance."""
    dual, general = tc.kernels.dual(name), tc.kernels.dual_general(name)
    c = [float(value) for value in tc.hermite.coefficients(name, 200)]
    norm = float(tc.hermite.series(name, 2).norm_squared)
    assert float(dual.at(rho=1)) == pytest.approx(norm, rel=1e-14)
    assert float(dual.at(rho=0)) == pytest.approx(c[0] ** 2, rel=1e-13, abs=1e-15)
    series = sum(x * x * 0.4**k for k, x in enumerate(c))
    assert float(dual.at(rho="2/5")) == pytest.approx(series, rel=1e-13)
    step = 1e-4
    for argument in ("q11", "q12", "q22"):
        if name == "elu" and argument != "q12":
            continue  # the second derivative has a jump of the first
        slope = float(general.diff(argument).at(**POINT))
        ends = [
            float(general.at(**POINT | {argument: float(POINT[argument]) + s}))
            for s in (-step, step)
        ]
        assert slope == pytest.approx((ends[1] - ends[0]) / (2 * step), rel=1e-6)


@pytest.mark.parametrize(("q", "rho"), [(1, "0.999"), (16, "0.999"), (1000, "0.5"), ("1e-3", "-1")])
def test_tanh_in_hard_corners(q, rho):
    """Large and small variances, correlations near one: Gauss–Legendre and trapezoidal rules."""
    q, rho = sp.Rational(q), sp.Rational(rho)
    point = {"q11": q, "q12": rho * q, "q22": q}
    value = tc.kernels.dual_general("tanh").at(**point)
    assert value.rad < 1e-13 * abs(float(value))
    if q <= 16:
        assert value.overlaps(tc.kernels.dual_general("tanh").at(using=tc.MP(12), **point))


@given(correlations, st.integers(0, 6))
def test_arc_cosine_kernels(rho, p):
    kernel = tc.kernels.arc_cosine(p)
    value = kernel.at(rho=rho, using=tc.Ball(20))
    dual = tc.kernels.dual(tc.activations.relu_power(p)).at(rho=rho, using=tc.Ball(20))
    norm = sp.factorial2(2 * p - 1) / 2
    assert float(value) == pytest.approx(float(dual) / float(norm), rel=1e-14, abs=1e-15)
    assert kernel.at(rho=1).contains(1)
    if p:
        # dJ_p/dcos θ = p² J_{p−1}
        slope = kernel.diff("rho").at(rho=rho / 2, using=tc.Ball(20))
        below = tc.kernels.arc_cosine(p - 1).at(rho=rho / 2, using=tc.Ball(20))
        assert float(slope) == pytest.approx(float(below) * p**2 / (2 * p - 1), rel=1e-14)


def test_angular_polynomials():
    """J_2 and J_3 of Cho and Saul."""
    c = sp.Symbol("c", real=True)
    expected = {2: (3 * c, 1 + 2 * c**2), 3: (4 + 11 * c**2, 9 * c + 6 * c**3)}
    for p, polynomials in expected.items():
        found = [polynomial.as_expr() for polynomial in angular_polynomials(p)]
        assert found == [sp.expand(e) for e in polynomials]


@pytest.mark.parametrize("p", [0, 1, 2, 3, 4])
def test_angular_loss_in_doubles(p):
    """Full relative accuracy down to θ = 1e-200, against balls."""
    theta = sp.Symbol("theta")
    loss = tc.Formula("loss", AngularLoss(p, theta))
    angles = np.concatenate([np.geomspace(1e-200, 1, 12), np.linspace(0.4, np.pi, 20)])
    for angle, computed in zip(angles, loss.lambdify()(angles), strict=True):
        exact = loss.at(theta=sp.Rational(float(angle)), using=tc.Ball(20))
        assert computed == pytest.approx(float(exact), rel=4e-15)
    assert loss.at(theta=0).mid == 0


def test_correlation_angle():
    a, b = sp.symbols("a b")
    f = tc.Formula("f", CorrelationAngle(a, b))
    assert f.at(a=1, b=1, using=tc.Ball(20)).overlaps(tc.certify(sp.pi / 2))
    assert CorrelationAngle(0, b) == 0
    assert CorrelationAngle(a, 0) == sp.pi
    assert sp.latex(CorrelationAngle(a, b)).count("acos") == 1
    third = f.at(a="1/2", b="3/2", using=tc.Ball(20))
    assert third.overlaps(tc.certify(sp.pi / 3))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: tc.kernels.dual(sp.Max(sp.sin(Z), 0)), tc.NotSupportedError, "sin"),
        (
            lambda: tc.kernels.dual(sp.Max(Z, 0) * sp.tanh(Z)).at(rho=0, using=tc.MP(20)),
            tc.NotSupportedError,
            "allowed: Float, Ball",
        ),
        (lambda: tc.kernels.dual_derivative(sp.sign(Z) * sp.exp(Z)), tc.NotSupportedError, "disc"),
        (lambda: tc.kernels.dual_derivative("step"), tc.NotSupportedError, "discontinuous"),
        (lambda: tc.kernels.arc_cosine(-1), tc.DomainError, "too small"),
        (lambda: tc.kernels.arc_cosine("1/2"), tc.DomainError, "not an integer"),
        (lambda: tc.kernels.dual("relu").at(rho="1.0001"), tc.DomainError, "ρ ≤ 1"),
        (lambda: tc.kernels.dual("relu").lambdify()([0.0, -1.1]), tc.DomainError, "-1.1"),
        (lambda: tc.kernels.dual_general("relu").at(q11=1, q12=2, q22=1), tc.DomainError, "domain"),
        (lambda: tc.kernels.dual_general("relu").at(q11=-1, q12=0, q22=1), tc.DomainError, "q11"),
    ],
)  # fmt: skip
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("q1", ["1e-8", "1", "24843800", "1e8"])
@pytest.mark.parametrize("q2", ["1e-8", "1/3", "1e8"])
@pytest.mark.parametrize("rho", ["0", "0.7", "-0.999", "0.999999999999"])
def test_the_error_in_the_plane_holds(q1, q2, rho):
    """For sharp functions as well, whose bends are nothing beside a panel."""
    q1, q2 = sp.Rational(q1), sp.Rational(q2)
    q12 = sp.Rational(float(sp.Rational(rho) * sp.sqrt(q1 * q2)))
    pair = GaussianPair(sp.Lambda(Z, sp.erf(Z)), sp.Lambda(Z, sp.erf(Z)), q1, q12, q2)
    exact = 2 / sp.pi * sp.asin(2 * q12 / sp.sqrt((1 + 2 * q1) * (1 + 2 * q2)))
    value = tc.Formula("K", pair, args=()).at()
    assert_error_holds(value, tc.certify(exact, digits=25))
    assert value.rad <= 1e-12


@pytest.mark.parametrize("p", [0, 1, 2, 5, 12, 20, 40])
def test_the_error_of_a_loss_of_angle_holds(p):
    gaps = []
    for theta in (1e-8, 1e-3, 0.7, 1.5707, 2.2, 3.0, np.pi - 1e-8):
        value, error = (float(x[0]) for x in AngularLoss.double(p, np.array([theta])))
        exact = tc.certify(AngularLoss(p, sp.Rational(theta)), digits=25)
        double = tc.Value(mid=value, rad=error, rigor=tc.Rigor.ESTIMATED)
        assert_error_holds(double, exact)
        gaps.append(abs(value - float(exact)) / error)
    assert max(gaps) > 1 / 1024


ATOMS = (
    sp.S.One,
    Z**2 - Z,
    sp.exp(Z / 2),
    sp.sin(2 * Z + 1),
    sp.exp(-(Z**2)),
    sp.erf(Z),
    Z * sp.erf(Z / 2),
    sp.Max(Z, 0),
    sp.Heaviside(Z),
    sp.Abs(Z) ** 3,
)
PAIRS = [(a, b) for i, a in enumerate(ATOMS) for b in ATOMS[i + 1 :]]


@pytest.mark.parametrize(("one", "two"), PAIRS, ids=str)
def test_sums_of_closed_forms_are_closed(one, two):
    """Against the quadrature in the plane, and at ends against integrals over the line."""
    activation = one + two
    pair = GaussianPair(*(sp.Lambda(Z, activation),) * 2, *map(sp.Rational, POINT.values()))
    closed = tc.kernels.dual_general(activation)
    assert not closed.expr.has(GaussianPair)
    exact = closed.at(using=tc.Ball(20), **POINT)
    assert exact.overlaps(tc.Formula("K", pair).at())
    assert closed.at(**POINT).overlaps(exact)
    dual = tc.kernels.dual(activation)
    assert not dual.expr.has(tc.SpecialFunction)
    function = tc.Activation(activation)
    for rho in (1, -1):
        line = tc.Activation(function.expr * function.expr.subs(Z, rho * Z), symbol=Z)
        assert dual.at(rho=rho, using=tc.Ball(12)).overlaps(tc.hermite.coefficient(line, 0).at())


@pytest.mark.parametrize(
    "activation", [sp.erf(Z + 1) + Z, sp.Max(Z - 1, 0) + sp.erf(Z), sp.erf(Z) * sp.exp(Z) + Z]
)
def test_closed_forms_of_shifted_atoms(activation):
    pair = GaussianPair(*(sp.Lambda(Z, activation),) * 2, *map(sp.Rational, POINT.values()))
    closed = tc.kernels.dual_general(activation)
    assert not closed.expr.has(GaussianPair) or closed.expr.has(ClosedGaussianPair)
    assert closed.at(using=tc.Ball(20), **POINT).overlaps(tc.Formula("K", pair).at())


def test_second_moments_and_networks_of_sums():
    activation = tc.Activation(Z * sp.erf(Z) + sp.Max(Z, 0) + 1)
    network = tc.kernels.mlp(2, activation, sigma_w=1, sigma_b="1/2")
    x = np.array([[1.0, 2.0], [2.0, 4.0], [1.0, -0.5]])
    matrix = network.nngp_matrix(x)
    for i, j in ((0, 0), (0, 1), (0, 2), (1, 2)):
        gram = [float(x[a] @ x[b]) / 2 + 0.25 for a, b in ((i, i), (i, j), (j, j))]
        for _ in range(2):
            q11, q12, q22 = map(sp.Rational, map(str, gram))
            pairs = ((q11, q11, q11), (q11, q12, q22), (q22, q22, q22))
            gram = [
                float(tc.kernels.dual_general(activation).at(q11=a, q12=b, q22=c).mid) + 0.25
                for a, b, c in pairs
            ]
        assert matrix[i, j] == pytest.approx(gram[1], rel=1e-12)
