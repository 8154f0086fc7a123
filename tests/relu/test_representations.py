"""Representations: the identity, the error law and what is refused."""

import itertools
import random

import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_reference, entries, label
from scipy.integrate import quad
from sympy import Rational

import theorycalc as tc
from theorycalc.relu.means.rules import Doubles, panel, sphere_average
from theorycalc.relu.routes.polar import angular_density
from theorycalc.relu.target import Target, spherical_mean

D = tc.distributions
X = sympy.symbols("x1:7")
LAWS = {"N(0,I)": D.Gaussian, "unit_sphere": D.UniformSphere, "unit_ball": D.UniformBall}
PLAIN = ("ball", "space", "atomic", "sphere_bias")
WEIGHTED = ("gaussian", "exponential", "cosine")


def homogeneous(entry):
    """The part of an entry's polynomial that it asks for, its variables, and its law."""
    d = entry["params"]["d"]
    variables = X[:d]
    f = sympy.Poly(sympy.sympify(entry["params"]["f"]), *sympy.symbols(f"x1:{d + 1}"))
    degree = entry["params"].get("degree")
    terms = f.as_dict().items()
    kept = {a: c for a, c in terms if degree is None or sum(a) == degree}
    law = LAWS.get(entry["params"].get("law"), D.Gaussian)(d)
    return sympy.Poly.from_dict(kept, *variables).as_expr(), variables, law


def polynomial(rng, d, degree, terms):
    """A random polynomial with small integer coefficients, of this degree or less."""
    total = sympy.S.Zero
    for _ in range(terms):
        factors = (rng.choice((1, *X[:d])) for _ in range(rng.randint(1, degree)))
        total += rng.randint(-5, 5) * sympy.Mul(*factors)
    return total + X[0] ** 2


@pytest.mark.parametrize("using", [tc.Float(), tc.MP(30), tc.Ball(30)], ids=str)
@pytest.mark.parametrize("entry", entries("relu", "ball_route_V"), ids=label)
def test_reference_ball(entry, using):
    f, variables, law = homogeneous(entry)
    r = tc.relu.represent(f, *variables, method="ball", radius=entry["params"]["R"])
    assert_reference(r.variance(law).at(using=using), entry)


SPACE = {
    "density_g_L1": lambda r, law: r.norm("L1"),
    "space_route_C_optimal": lambda r, law: r.constant(law),
    "space_route_V_optimal": lambda r, law: r.variance(law),
}


@pytest.mark.parametrize("using", [tc.Float(), tc.Ball(30)], ids=str)
@pytest.mark.parametrize("entry", entries("relu", *SPACE), ids=label)
def test_reference_space(entry, using):
    f, variables, law = homogeneous(entry)
    r = tc.relu.represent(f, *variables, method="space")
    assert_reference(SPACE[entry["quantity"]](r, law).at(using=using), entry)


@pytest.mark.parametrize("entry", entries("relu", "density_g", "density_g_L2_squared"), ids=label)
def test_reference_densities(entry):
    f, variables, _ = homogeneous(entry)
    r = tc.relu.represent(f, *variables, method="space")
    if entry["quantity"] == "density_g":
        names = (f"w{i}" for i in range(1, len(variables) + 1))
        point = dict(zip(names, entry["params"]["w"], strict=True))
        return assert_reference(r.density.at(using=tc.MP(45), b=1, **point), entry)
    norm = r.norm("L2")
    return assert_reference(tc.Formula("", norm.expr**2).at(using=tc.MP(45)), entry)


@pytest.mark.parametrize(
    "entry", entries("relu", "sphere_C_optimal", "sphere_C_optimal_limit"), ids=label
)
def test_reference_spheres(entry):
    d = entry["params"].get("d")
    if d is None:
        limit = 4 * tc.relu.gaussian_bias_constant(2).expr / sympy.pi
        return assert_reference(tc.Formula("C", limit).at(using=tc.MP(30)), entry)
    law = D.UniformSphere(d, entry["params"]["R"])
    variables = sympy.symbols(f"x1:{d + 1}")
    r = tc.relu.represent(X[0] * X[1], *variables, method="space", source=law)
    return assert_reference(r.constant(law).at(), entry)


@pytest.mark.parametrize("seed", range(200))
def test_identities(seed):
    """f = A + M ∫ρσ at random points, for 200 random polynomials by several methods each."""
    rng = random.Random(seed)
    d = rng.choice((1, 2, 2, 3, 3, 4, 5))
    degree = rng.randint(2, 8 if d <= 3 else 5)
    f = polynomial(rng, d, degree, terms=6)
    methods = [*PLAIN[:3], rng.choice(WEIGHTED), "interval" if d == 1 else "sphere_bias"]
    for method in methods if d <= 3 else rng.sample(methods, 3):
        options = {"scale": Rational(rng.randint(2, 6), 4)} if method in WEIGHTED else {}
        r = tc.relu.represent(f, *X[:d], method=method, **options)
        using = tc.MP(30) if seed % 4 == 0 and d <= 3 else tc.Float()
        assert r.verify(using, points=1, seed=seed).verdict is tc.Verdict.HOLDS, (f, method)


def test_an_identity_that_is_wrong_fails():
    r = tc.relu.represent(X[0] * X[1], *X[:3], method="ball")
    wrong = tc.relu.represent(X[0] * X[1] + X[0] ** 2 / 10**9, *X[:3], method="ball")
    mixed = type(r)(route=type(r.route)(wrong.route.target, r.route.radius), request=r.request)
    mixed.route.__dict__["angular"] = r.route.angular
    assert mixed.verify().verdict is tc.Verdict.FAILS


@settings(max_examples=30, deadline=None)
@given(st.integers(2, 5), st.integers(2, 6), st.randoms(use_true_random=False))
def test_two_ways_to_the_angular_density(d, k, rng):
    """By Laplacians, and by harmonics over the eigenvalues of t^k: equal on the sphere."""
    powers = [a for a in itertools.product(range(k + 1), repeat=d) if sum(a) == k]
    chosen = rng.sample(powers, min(4, len(powers)))
    part = sympy.Poly.from_dict({a: rng.randint(1, 9) for a in chosen}, *X[:d])
    target = Target(part, X[:d])
    other = part.zero
    for degree, harmonic in target.harmonics(part):
        mu = tc.relu.power_eigenvalue(k, degree, d).expr
        other = other + harmonic * (2 * k * (k - 1) / mu)
    difference = angular_density(part, d) - other
    assert spherical_mean(difference * difference, d) == 0


@pytest.mark.parametrize(("d", "k"), [(2, 2), (2, 3), (3, 2), (3, 3), (4, 4), (5, 3)])
def test_second_moment_of_the_ball(d, k):
    rng = random.Random(d * k)
    f = sum(rng.randint(1, 5) * sympy.Mul(*(rng.choice(X[:d]) for _ in range(k))) for _ in range(3))
    f += X[0] ** k
    radius = Rational(3, 2)
    r = tc.relu.represent(f, *X[:d], method="ball", radius=radius)
    (g,) = r.route.angular.values()
    numbers = Doubles()

    def profile(t):
        """R^{k−1}/(k−1) ∫_0^R s^{k−2} σ(t − s)² ds."""
        u, weights = panel(numbers, 0.0, 1.0, k + 2)
        s = np.maximum(t, 0)[:, None] * u
        inner = (weights * np.maximum(t, 0)[:, None] * s ** (k - 2) * (t[:, None] - s) ** 2).sum(1)
        return float(radius) ** (k - 1) / (k - 1) * inner

    point = {x.name: Rational(n, 7) for x, n in zip(X[:d], (3, -2, 4, 1, -3), strict=False)}
    x = np.array([float(v) for v in point.values()])
    expected = sphere_average(numbers, r.route.target.lift(g * g), profile, x, [0.0], 40)
    value = r.second_moment(**point).at(using=tc.Ball(20))
    assert float(value) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(("lower", "upper"), [(-1, 2), (-2, 1), (0, 1)])
@pytest.mark.parametrize("x", ["-3/4", "1/3", "7/8"])
def test_second_moment_of_an_interval(lower, upper, x):
    (z,) = X[:1]
    f = z**4 - 2 * z**3 + z
    value = Rational(x)
    if not lower <= value <= upper:
        return
    r = tc.relu.represent(f, z, method="interval", domain=(lower, upper))
    second = sympy.lambdify(z, f.diff(z, 2))
    roots, end = (0.0, 1.0), float(value)
    size = quad(lambda s: abs(second(s)), lower, upper, points=roots)[0]
    inside = quad(lambda s: abs(second(s)) * (end - s) ** 2, *sorted((0.0, end)), points=roots)[0]
    assert float(r.second_moment(x1=x).at()) == pytest.approx(size * inside, rel=1e-9)
    assert float(r.norm("TV").at()) == pytest.approx(size, rel=1e-9)


def test_total_variation_of_powers():
    for entry in entries("relu", "interval_TV"):
        f = sympy.sympify(entry["params"]["f"], locals={"x1": X[0]})
        r = tc.relu.represent(f, X[0], method="interval", radius=entry["params"]["R"])
        assert_reference(r.norm("TV").at(using=tc.Ball(40)), entry)


@pytest.mark.parametrize("method", ["ball", "gaussian"])
def test_rotations_change_nothing(method):
    """x1² − x2² is 2 x1 x2, turned."""
    law = D.UniformBall(2)
    left, right = (
        tc.relu.represent(f, *X[:2], method=method).variance(law).expr
        for f in (X[0] ** 2 - X[1] ** 2, 2 * X[0] * X[1])
    )
    assert sympy.simplify(left - right) == 0


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 5), st.fractions("1/5", 5, max_denominator=9), st.integers(1, 4))
def test_scaling_of_the_ball(k, radius, d):
    f, radius = X[0] ** k, Rational(radius)
    scaled = tc.relu.represent(f, *X[:d], method="ball", radius=radius)
    unit = tc.relu.represent(f, *X[:d], method="ball", radius=1)
    ratio = scaled.variance(D.UniformBall(d, radius)).expr / unit.variance(D.UniformBall(d)).expr
    assert sympy.simplify(ratio - radius ** (2 * k)) == 0


@pytest.mark.parametrize("d", [2, 5, 30])
def test_the_atomic_route_does_not_see_the_dimension(d):
    r = tc.relu.represent(X[0] * X[1], *sympy.symbols(f"x1:{d + 1}"), method="atomic")
    expected = 4 * tc.relu.gaussian_bias_constant(2).expr
    assert sympy.simplify(r.constant(D.Gaussian(d)).expr - expected) == 0
    atomic = [e for e in entries("relu", "atomic_C_optimal") if e["params"]["k"] == 2]
    for entry in atomic:
        assert_reference(r.constant(D.Gaussian(d)).at(using=tc.Ball(30)), entry)


@pytest.mark.parametrize("entry", entries("relu", "atomic_C_optimal"), ids=label)
def test_reference_atoms(entry):
    k = entry["params"]["k"]
    f = X[0] ** k if entry["params"]["f"] == "power" else sympy.Mul(*X[:k])
    r = tc.relu.represent(f, *X[: max(k, 1)], method="atomic")
    assert_reference(r.constant(D.Gaussian(k)).at(using=tc.Ball(30)), entry)


F = X[0] ** 2 * X[1] - 3 * X[0] * X[1] + X[0] - 2


def test_auto_takes_the_least_variance():
    for law in (D.Gaussian(3), D.UniformSphere(3), D.UniformBall(3)):
        r = tc.relu.represent(X[0] * X[1] * X[2], *X[:3], source=law)
        table = r.compare()
        plain = table[(table.neuron == "relu") & (table.multiplier == "none")].V.dropna()
        assert plain.idxmin() == r.method
        assert "V = " in r.reason


def test_widths():
    r, law = tc.relu.represent(X[0] * X[1], *X[:3], method="ball"), D.UniformSphere(3)
    m = r.width_for("0.001", law)
    assert float(r.error_bound(m, law).at()) <= 0.001 < float(r.error_bound(m - 1, law).at())
    symbol = sympy.Symbol("m", positive=True)
    assert r.error_bound(symbol, law).expr == Rational(73, 30) / symbol


def test_optimal_neurons_are_better():
    for law in (D.UniformBall(3), D.UniformSphere(3)):
        r = tc.relu.represent(F, *X[:3], method="ball")
        default, optimal = (float(r.variance(law, s).at()) for s in ("default", "optimal"))
        assert optimal < default


def test_tuning_of_the_scale():
    law = D.UniformSphere(3)
    r = tc.relu.represent(X[0] * X[1] * X[2], *X[:3], method="gaussian").tune(law, "scale")
    # the least of a scan by hand
    scales = [Rational(n, 100) for n in range(50, 66)]
    values = [
        float(
            tc.relu.represent(X[0] * X[1] * X[2], *X[:3], method="gaussian", scale=scale)
            .variance(law)
            .at()
        )
        for scale in scales
    ]
    assert float(r.variance(law).at()) <= min(values) * (1 + 1e-6)
    assert abs(r.route.scale - scales[int(np.argmin(values))]) < Rational(1, 50)
