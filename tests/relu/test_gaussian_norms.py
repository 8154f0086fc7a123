"""Constants, norms and random neurons of the methods with Gaussian weights."""

import itertools
import math

import numpy as np
import pytest
import sympy as sp
from gaussian_routes import EXAMPLES, HALF, ROUTES, X, point, size, target
from scipy import stats

import theorycalc as tc
from theorycalc.core.errors import NotSupportedError
from theorycalc.distributions import Gaussian, StudentT, UniformSphere
from theorycalc.relu.means.rules import Doubles, line, normal_rule
from theorycalc.relu.routes._route import BIAS, Infinite
from theorycalc.relu.routes.cosine import CosineRoute
from theorycalc.relu.routes.gaussian import GaussianRoute
from theorycalc.relu.target import Target, weight_symbols
from theorycalc.validation import threshold

LEVEL = 1e-3

# constants and norms


def test_missing_moments():
    """The method "gaussian" needs the moments of degree 2k: ν > 4 for k = 2."""
    route = GaussianRoute(target({(1, 1): 1}))
    heavy, light = StudentT(2, nu=4), StudentT(2, nu=5)
    for quantity in (route.mean_second_moment, route.constant):
        assert isinstance(quantity(heavy), Infinite)
    assert route.mean_second_moment(light) > 0
    assert isinstance(CosineRoute(route.target).constant(light), Infinite)


@pytest.mark.parametrize("kind", ROUTES)
def test_constants_and_names_that_are_refused(kind):
    route = ROUTES[kind](target({(1, 1): 1}))
    with pytest.raises(NotSupportedError, match='sampling="default"'):
        route.constant(UniformSphere(2))
    with pytest.raises(NotSupportedError, match="no such norm"):
        route.norm("L3")


@pytest.mark.parametrize("terms", [{(3,): "1", (1,): "-2"}, {(4,): "1/2", (2,): "-1"}])
@pytest.mark.parametrize("sigma", [HALF, sp.S.One])
def test_best_constant_of_exponentials(terms, sigma):
    """C = E |ρ(w)| ‖M e^{⟨w, ·⟩}‖ under N(0, σ²), by quadrature; for σ = 1 only C is finite."""
    route = ROUTES["exp"](target(terms), sp.Rational(3, 4))
    s, size = float(route.scale), float(sigma)
    x, weights = line(Doubles(), -18.0, 18.0, 30)
    weights = weights * np.exp(-x * x / 2) / np.sqrt(2 * np.pi)

    def integrand(z):
        neurons = np.exp(np.multiply.outer(s * z, size * x) - (s * size * x) ** 2 / 2)
        amplitudes = np.polyval([float(c) for c in route.wick.all_coeffs()], z)
        return abs(amplitudes) * np.sqrt(neurons**2 @ weights)

    expected = normal_mean(integrand, real_roots(route.wick), reach=16.0)
    found = tc.certify(route.constant(Gaussian(1, sigma)), digits=16)
    assert float(found) == pytest.approx(expected, rel=1e-12)
    assert isinstance(route.mean_second_moment(Gaussian(1, sigma)), Infinite) == (sigma == 1)


def test_best_constant_of_exponentials_in_the_plane():
    """γ² = 3 for σ = s = 1: C = γ · E |3 W₁W₂| = 6 √3/π."""
    found = tc.certify(ROUTES["exp"](target({(1, 1): 1})).constant(Gaussian(2)), digits=25)
    assert found.overlaps(tc.certify(6 * sp.sqrt(3) / sp.pi, digits=25))


def real_roots(polynomial):
    """Those of a polynomial in one variable, in doubles."""
    roots = np.roots([float(c) for c in polynomial.all_coeffs()])
    return roots.real[abs(roots.imag) < 1e-9]


def normal_mean(values, breaks, reach=12.0):
    """E values(Z) for a standard normal Z, in doubles; smooth between the breaks."""
    ends = [-reach, *sorted(breaks), reach]
    rules = [line(Doubles(), a, b, 30) for a, b in itertools.pairwise(ends)]
    z, weights = (np.concatenate(part) for part in zip(*rules, strict=True))
    return values(z) @ (weights * np.exp(-z * z / 2) / np.sqrt(2 * np.pi))


@pytest.mark.parametrize("kind", ["gaussian", "exp", "cosine"])
@pytest.mark.parametrize("d", EXAMPLES)
def test_norm_in_mean_square(kind, d):
    """‖ρ‖² is E ρ(w, b)² for the law that neurons are drawn from."""
    route = ROUTES[kind](target(EXAMPLES[d]), sp.Rational(3, 4))
    polynomials = [route.wick] if kind != "cosine" else route.waves
    points, weights = normal_rule(Doubles(), len(polynomials[0].gens), 2 * 4)
    square = sum(sp.lambdify(p.gens, p.as_expr())(*points.T) ** 2 @ weights for p in polynomials)
    constant = float(route.relu_constant) if kind == "gaussian" else 1
    assert float(route.norm("L2")) == pytest.approx(np.sqrt(square) / abs(constant), rel=1e-12)


PEAK = sp.exp(-HALF) / sp.sqrt(2 * sp.pi)


@pytest.mark.parametrize(
    ("kind", "terms", "scale", "expected"),
    [
        # E|W₁W₂| = 2/π, C_2 = 1/√(2π); E|W² − 1| = 4 φ(1); E|B| = √(2/π), C_1 = 1/2
        ("gaussian", {(1, 1): 1}, 1, 2 * sp.sqrt(2 / sp.pi)),
        ("gaussian", {(2,): 1}, 1, 4 * PEAK * sp.sqrt(2 * sp.pi)),
        ("gaussian", {(0,): 3}, 2, 3 * sp.sqrt(2 / sp.pi)),
        ("exp", {(1, 1): 1}, 2, 1 / (2 * sp.pi)),
        ("exp", {(2,): 1}, HALF, 16 * PEAK),
        ("exp", {(0,): -3}, 1, sp.Integer(3)),
        ("cosine", {(1, 1): -2}, 1, 4 / sp.pi),
        ("cosine", {(2,): 1}, 2, PEAK),
    ],
)
def test_total_variation_in_closed_form(kind, terms, scale, expected):
    route = ROUTES[kind](target(terms), sp.S(scale))
    for name in ("L1", "TV"):
        found = tc.certify(route.norm(name), digits=25)
        assert found.overlaps(tc.certify(expected, digits=25))


@pytest.mark.parametrize("terms", [{(4,): "1", (2,): "-3"}, {(3,): "1", (1,): "2"}])
def test_total_variation_on_the_line(terms):
    """Several degrees: |:f:| for exponentials, |Σ (−i)^k :P_k:| for cosines."""
    for kind in ("exp", "cosine"):
        route = ROUTES[kind](target(terms), sp.Rational(3, 4))
        p = route.wick if kind == "exp" else sum(route.waves, start=route.waves[0].zero)
        coefficients = [float(c) for c in p.all_coeffs()]
        expected = normal_mean(lambda z, cs=coefficients: abs(np.polyval(cs, z)), real_roots(p))
        assert float(tc.certify(route.norm("TV"), digits=16)) == pytest.approx(expected, rel=1e-12)


def test_norms_that_do_not_exist():
    mixed = target(EXAMPLES[1])
    with pytest.raises(NotSupportedError, match="even and odd parts"):
        ROUTES["exp"](mixed).norm("L1")
    for name in ("L1", "L2", "TV"):
        assert isinstance(ROUTES["sech"](mixed).norm(name), Infinite)


# special polynomials


@pytest.mark.parametrize("kind", ROUTES)
def test_the_zero_polynomial(kind):
    route = ROUTES[kind](Target.of(sp.S.Zero, X[:2]))
    assert route.second_moment() == 0 == route.mean_second_moment(Gaussian(2))
    assert route.norm("L2") == 0 == route.constant(Gaussian(2))
    assert not route.draw(np.random.default_rng(0), 10).amplitudes.any()
    assert route.quadrature(Doubles(), np.array([0.5, 1.0]), 24) == 0


def test_affine_polynomials_without_a_multiplier():
    """f = a·x + c = 2 E (a·W + cB/τ) σ(⟨W, x⟩ + τB), and nothing is carried exactly."""
    a, c, tau = (2, -3), HALF, sp.Rational(2, 3)
    route = GaussianRoute(Target.of(a[0] * X[0] + a[1] * X[1] + c, X[:2]), tau)
    w = weight_symbols(2)
    assert route.multiplier == 1
    assert route.affine.is_zero
    # b = −τB
    assert sp.expand(route.density - 2 * (a[0] * w[0] + a[1] * w[1] - c * BIAS / tau**2)) == 0
    # E (g·V)² (X·V)² = ‖g‖² ‖X‖² + 2 (g·X)² for V ~ N(0, I_3), and half of it for σ
    square = 4 * HALF * (13 + (c / tau) ** 2) * (X[0] ** 2 + X[1] ** 2 + tau**2)
    expected = square + 4 * route.target.polynomial.as_expr() ** 2
    assert sp.expand(route.second_moment() - expected) == 0


@pytest.mark.parametrize("kind", ROUTES)
def test_all_of_f_is_in_the_neurons(kind):
    assert ROUTES[kind](target(EXAMPLES[3])).affine.is_zero


# random neurons

ACTIVATIONS = {"relu": lambda t: np.maximum(t, 0), "exp": np.exp, "cos": np.cos}
WIDTH = 200_000


@pytest.mark.parametrize("kind", ROUTES)
def test_amplitudes_are_the_density(kind):
    route = ROUTES[kind](target(EXAMPLES[3]), sp.Rational(3, 4))
    weights, biases, amplitudes = route.draw(np.random.default_rng(0), 100)
    assert (weights.shape, biases.shape, amplitudes.shape) == ((100, 3), (100,), (100,))
    density = sp.lambdify((*weight_symbols(3), BIAS), route.density)
    expected = density(*weights.T, biases)
    assert amplitudes == pytest.approx(expected, rel=1e-9, abs=1e-9 * abs(expected).max())


@pytest.mark.parametrize("terms", [{(1, 1): -1, (0, 0): 2}, {(3, 0): 1, (0, 1): -1}])
def test_cosines_of_one_parity_have_two_phases(terms):
    """Without an even or an odd part the sum is ±r cos or ±r sin."""
    route = CosineRoute(target(terms))
    _, biases, amplitudes = route.draw(np.random.default_rng(0), 100)
    shift = 0 if route.target.degree % 2 == 0 else np.pi / 2
    assert np.abs(np.sin(biases - shift)).max() < 1e-15
    assert (amplitudes > 0).all()


def test_laws_of_weights_and_biases():
    for kind in ROUTES:
        route = ROUTES[kind](target(EXAMPLES[2]), sp.Rational(3, 4))
        weights, biases, _ = route.draw(np.random.default_rng(1), 20_000)
        weight_size = 1 if kind == "gaussian" else 0.75
        laws = [(weights[:, i] / weight_size, stats.norm.cdf) for i in range(2)]
        if kind == "gaussian":
            laws.append((biases / 0.75, stats.norm.cdf))
        if kind == "sech":
            laws.append((0.5 * (biases - 0.2), lambda u: 2 / np.pi * np.arctan(np.exp(u))))
        for sample, law in laws:
            assert stats.kstest(sample, law).pvalue > LEVEL / 11
        if kind == "exp":
            assert not biases.any()


@pytest.mark.parametrize(("kind", "d"), [(kind, d) for kind in ROUTES for d in (1, 2, 3)])
def test_random_neurons_average_to_the_polynomial(kind, d):
    """The variance of M a σ is S² − f² exactly."""
    route, x = ROUTES[kind](target(EXAMPLES[d]), sp.Rational(3, 4)), point(d)
    weights, biases, amplitudes = route.draw(np.random.default_rng(d), WIDTH)
    inside = weights @ np.array([float(t) for t in x]) - biases
    found = (amplitudes * ACTIVATIONS[route.neuron](inside)).mean()
    found *= float(route.multiplier.subs(dict(zip(X, x, strict=False))))
    value = float(route.target.polynomial(*x))
    error = math.sqrt((size(route, x) ** 2 - value**2) / WIDTH)
    assert abs(found - value) < threshold(LEVEL, 12) * error
