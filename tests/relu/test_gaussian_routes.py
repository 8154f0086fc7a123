"""Gaussian weights: the methods "gaussian", "exponential" and "cosine".

Closed forms are held against quadrature over the weights and biases, which shares nothing with
their derivation. The size of what is added up in f(x) = E M a σ is S(x) = √E (M a σ)²: tolerances
are relative to it.
"""

import math

import numpy as np
import pytest
import sympy as sp
from gaussian_routes import (
    EXAMPLES,
    FIFTH,
    HALF,
    KINDS_AND_DIMENSIONS,
    ROUTES,
    X,
    cases,
    exact,
    point,
    size,
    target,
)
from hypothesis import given, settings
from reference import assert_reference, entries, label

import theorycalc as tc
from theorycalc.core.arithmetic.ball_context import working_precision
from theorycalc.distributions import Gaussian, Moments, UniformBall, UniformSphere
from theorycalc.relu.means.rules import Balls, Doubles, line, normal_average, sphere_rule
from theorycalc.relu.routes._route import Infinite
from theorycalc.relu.routes.cosine import CosineRoute
from theorycalc.relu.routes.exponential import ExponentialRoute
from theorycalc.relu.routes.gaussian import GaussianRoute
from theorycalc.relu.target import Target

# reference numbers


def referred(entry):
    """(target, law, kind of route) of a reference entry."""
    params = entry["params"]
    variables = X[: params["d"]]
    found = Target.of(sp.sympify(params["f"], dict(zip(map(str, X), X, strict=True))), variables)
    laws = {"N(0,I)": Gaussian, "unit_sphere": UniformSphere, "unit_ball": UniformBall}
    law = laws[params["law"]](params["d"]) if "law" in params else None
    if entry["quantity"].startswith("gaussian"):
        return GaussianRoute(found, sp.Rational(params.get("tau", 1))), law
    if entry["quantity"].endswith("sech"):
        c, b0 = (sp.Rational(params[name]) for name in ("c", "b0"))
        return ExponentialRoute(found, "relu", c, b0), law
    return ExponentialRoute(found, "exp"), law


def compare(expr, entry):
    assert_reference(tc.certify(expr, digits=45), entry)


@pytest.mark.parametrize(
    "entry",
    entries(
        "relu",
        "gaussian_route_second_moment",
        "exp_route_second_moment_exp_neuron",
        "exp_route_second_moment_sech",
    ),
    ids=label,
)
def test_second_moments_of_reference(entry):
    route, _ = referred(entry)
    x = dict(zip(route.target.variables, map(sp.Rational, entry["params"]["x"]), strict=True))
    compare(route.second_moment().subs(x), entry)


@pytest.mark.parametrize(
    "entry",
    entries("relu", "gaussian_route_V", "exp_route_V_exp_neuron", "exp_route_V_sech"),
    ids=label,
)
def test_variances_of_reference(entry):
    route, law = referred(entry)
    square = route.target.polynomial * route.target.polynomial
    compare(route.mean_second_moment(law) - route.target.mean(square, law), entry)


@pytest.mark.parametrize(
    "entry", entries("relu", "gaussian_route_homogenised_fischer_norm_squared"), ids=label
)
def test_fischer_norms_of_reference(entry):
    route, _ = referred(entry)
    compare(route.fischer, entry)


@pytest.mark.parametrize(
    "entry",
    [e for e in entries("relu", "window_spectral_barron") if e["params"]["s"] == 0],
    ids=label,
)
def test_total_variation_of_the_window(entry):
    route, _ = referred(entry)
    compare(CosineRoute(route.target).norm("TV"), entry)


# the identity


@given(case=cases())
@settings(max_examples=60)
def test_identity_in_doubles(case):
    route, x = case
    numbers = Doubles()
    value = route.quadrature(numbers, np.array([float(t) for t in x]), 24)
    assert abs(value - float(exact(route, x))) <= 1e-12 * size(route, x)


@pytest.mark.parametrize(("kind", "d"), KINDS_AND_DIMENSIONS)
@pytest.mark.parametrize("digits", [30, 50])
def test_identity_in_balls(kind, d, digits):
    route, x = ROUTES[kind](target(EXAMPLES[d]), sp.Rational(4, 3)), point(d)
    bits = math.ceil((digits + 10) / math.log10(2))
    with working_precision(bits):
        numbers = Balls()
        value = route.quadrature(numbers, np.array([numbers.number(t) for t in x]), bits // 4)
        gap = abs(value - numbers.number(exact(route, x)))
        bound = numbers.number(sp.Rational(10) ** -digits) * size(route, x)
        assert gap < bound


@pytest.mark.parametrize("kind", ROUTES)
def test_identity_at_the_origin_and_at_irrational_scales(kind):
    """No direction is distinguished at x = 0; a scale may be any number."""
    route = ROUTES[kind](target(EXAMPLES[2]), sp.sqrt(2))
    with working_precision(140):
        numbers = Balls()
        for x in ([0, 0], [0, sp.sqrt(3) / 2]):
            value = route.quadrature(numbers, np.array([numbers.number(sp.S(t)) for t in x]), 35)
            gap = abs(value - numbers.number(exact(route, x)))
            assert gap < numbers.number(sp.Rational(10) ** -30) * size(route, x)


def test_far_points():
    """Cosines and exponentials are fast there: panels shrink with ‖x‖."""
    for kind in ("exp", "sech", "cosine"):
        route = ROUTES[kind](target(EXAMPLES[2]), sp.S.One)
        x = [sp.Integer(5), sp.Integer(-4)]
        value = route.quadrature(Doubles(), np.array([5.0, -4.0]), 24)
        assert abs(value - float(exact(route, x))) <= 1e-12 * size(route, x)


# S²(x)


def squared_neurons(route, x):
    """M² E (a σ)² in doubles, by quadrature over weights and biases."""
    numbers = Doubles()

    def average(polynomial, profile, at, rate, breaks=()):
        lifted = route.target.lift(polynomial)
        return normal_average(numbers, lifted, profile, at, 30, breaks, rate)

    variables = dict(zip(route.target.variables, x, strict=True))
    multiplier = float(route.multiplier.subs(variables))
    at = float(route.scale) * np.array([float(t) for t in x])
    if isinstance(route, GaussianRoute):
        at = np.array([*map(float, x), float(route.scale)])
        square = route.wick * route.wick
        total = average(square, lambda t: np.maximum(t, 0) ** 2, at, 0, [0.0])
        return total * (multiplier / float(route.relu_constant)) ** 2
    if isinstance(route, CosineRoute):
        even, odd = route.waves
        products = [
            (even * even, lambda t: np.cos(t) ** 2),
            (even * odd, lambda t: np.sin(2 * t)),
            (odd * odd, lambda t: np.sin(t) ** 2),
        ]
        return multiplier**2 * sum(average(p, profile, at, 2) for p, profile in products)
    square = route.wick * route.wick
    if route.neuron == "exp":
        return multiplier**2 * average(square, lambda t: np.exp(2 * t), at, 2)
    c, b0 = float(route.c), float(route.b0)
    v, weights = line(numbers, 0.0, 45 / (2 - c), 30)

    def over_biases(t):
        b = t[:, None] - v
        inverse_law = np.pi / c * np.cosh(c * (b - b0))
        return (np.exp(2 * b) * inverse_law * v**2) @ weights

    return multiplier**2 * average(square, over_biases, at, 2 + c)


@pytest.mark.parametrize(("kind", "d"), KINDS_AND_DIMENSIONS)
@pytest.mark.parametrize("scale", [sp.S.One, sp.Rational(2, 3)])
def test_second_moment_by_quadrature(kind, d, scale):
    route, x = ROUTES[kind](target(EXAMPLES[d]), scale), point(d)
    assert squared_neurons(route, x) == pytest.approx(size(route, x) ** 2, rel=1e-12)


@given(case=cases())
@settings(max_examples=30)
def test_second_moment_by_quadrature_at_random(case):
    route, x = case
    assert squared_neurons(route, x) == pytest.approx(size(route, x) ** 2, rel=1e-12)


@given(case=cases())
@settings(max_examples=20)
def test_second_moment_bounds_the_square(case):
    """S² ≥ f²; for k = deg P also S² ≤ (2k + 1) ‖X‖^{2k} ‖P‖_F²/(2 C_k²)."""
    route, x = case
    square = size(route, x) ** 2
    assert float(exact(route, x)) ** 2 <= square * (1 + 1e-12)
    if isinstance(route, GaussianRoute):
        k, radius = route.degree, sum(t**2 for t in x) + route.scale**2
        bound = (2 * k + 1) * radius**k * route.fischer / (2 * route.relu_constant**2)
        assert square <= bound * (1 + 1e-12)


# means over laws


def mean_by_quadrature(route, radii, weights):
    """E S²(r u) for r of a rule and u uniform on the unit sphere, in doubles."""
    d = route.target.dimension
    points, masses = sphere_rule(Doubles(), d, 2 * route.target.degree + 6)
    square = sp.lambdify(route.target.variables, route.second_moment())
    values = [square(*(r * points).T) @ masses for r in radii]
    return np.array(values) @ weights


@pytest.mark.parametrize(("kind", "d"), KINDS_AND_DIMENSIONS)
def test_mean_over_the_sphere(kind, d):
    route = ROUTES[kind](target(EXAMPLES[d]), sp.Rational(3, 4))
    exact = float(route.mean_second_moment(UniformSphere(d, radius=HALF)))
    assert exact == pytest.approx(mean_by_quadrature(route, [0.5], [1.0]), rel=1e-12)


@pytest.mark.parametrize(("kind", "d"), KINDS_AND_DIMENSIONS)
def test_mean_over_a_narrow_gaussian(kind, d):
    """σ = 1/5: the quadratic exponential moments are finite up to the rate 25/2."""
    route = ROUTES[kind](target(EXAMPLES[d]), sp.Rational(3, 4))
    radii, weights = line(Doubles(), 0.0, 6.0, 40)
    density = 2 * radii ** (d - 1) * np.exp(-(radii**2) * 12.5)
    weights = weights * density / (0.08 ** (d / 2) * math.gamma(d / 2))
    exact = float(route.mean_second_moment(Gaussian(d, FIFTH)))
    assert exact == pytest.approx(mean_by_quadrature(route, radii, weights), rel=1e-12)


def test_any_law_with_moments_serves_the_gaussian_method():
    """Two points of R², no symmetry."""
    nodes = [(HALF, sp.S.One), (sp.Integer(-2), FIFTH)]
    law = Moments(2, lambda alpha: sum(sp.prod(map(sp.Pow, x, alpha)) for x in nodes) / 2)
    route = GaussianRoute(target(EXAMPLES[2]), HALF)
    values = [route.second_moment().subs(dict(zip(X, x, strict=False))) for x in nodes]
    assert sp.expand(route.mean_second_moment(law) - sum(values) / 2) == 0


@pytest.mark.parametrize("kind", ROUTES)
def test_rotation_invariance(kind):
    """x1² − x2² is 2 x1 x2 after an eighth of a turn."""
    first = ROUTES[kind](Target.of(X[0] ** 2 - X[1] ** 2, X[:2]), HALF)
    second = ROUTES[kind](Target.of(2 * X[0] * X[1], X[:2]), HALF)
    for law in (UniformBall(2), Gaussian(2, FIFTH)):
        assert first.mean_second_moment(law) == second.mean_second_moment(law)


@pytest.mark.parametrize("kind", ROUTES)
def test_symbolic_scale(kind):
    s, d = sp.Symbol("s", positive=True), 2
    symbolic, numeric = (ROUTES[kind](target(EXAMPLES[d]), scale) for scale in (s, FIFTH * 3))
    x = dict(zip(X, point(d), strict=False))
    pairs = [
        (symbolic.second_moment().subs(x), numeric.second_moment().subs(x)),
        (symbolic.density, numeric.density),
        (symbolic.multiplier, numeric.multiplier),
        *(
            (symbolic.mean_second_moment(law), numeric.mean_second_moment(law))
            for law in (UniformSphere(d), Gaussian(d, HALF))
        ),
    ]
    for left, right in pairs:
        assert sp.simplify(left.subs(s, FIFTH * 3) - right) == 0


@pytest.mark.parametrize(
    ("kind", "rate"), [("exp", sp.S.One), ("cosine", sp.S.One), ("sech", sp.Rational(17, 8))]
)
def test_scales_with_a_finite_mean(kind, rate):
    """E exp(rate s² ‖x‖²) under N(0, I) is finite for rate s² < 1/2."""
    quadratic, law = target({(1, 1): 1}), Gaussian(2)
    critical = 1 / sp.sqrt(2 * rate)
    for scale in (sp.S.One, critical):
        infinite = ROUTES[kind](quadratic, scale).mean_second_moment(law)
        assert isinstance(infinite, Infinite)
        assert "of the source is infinite" in infinite.reason
    finite = ROUTES[kind](quadratic, critical * sp.Rational(99, 100)).mean_second_moment(law)
    assert finite > 0
