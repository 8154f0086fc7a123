"""Spectra of networks whose activations have thresholds, against the definition."""

import itertools
from fractions import Fraction

import mpmath
import numpy as np
import pytest
import sympy as sp
from flint import acb, arb
from reference import assert_error_holds
from scipy.integrate import quad_vec
from scipy.stats import norm

import theorycalc as tc
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.continued_normal import bivariate_normal

START = 0.5


def kernel(rho):
    """E φ(U)φ(V) of φ(z) = max(0, z − 1/2), with the inner mean in closed form."""
    rest = np.sqrt(1 - rho * rho)

    def integrand(u):
        mean = rho * u - START
        inner = mean * norm.cdf(mean / rest) + rest * norm.pdf(mean / rest)
        return (u - START) * inner * norm.pdf(u)

    return quad_vec(integrand, START, 12, epsabs=1e-13, epsrel=1e-13)[0]


def test_biased_relu_against_the_definition():
    network = tc.kernels.mlp(1, tc.activations.biased_relu("-1/2"), 1, 0)
    found = network.spectrum(5, 2, kernel="nngp", using=tc.Ball(6))

    def harmonic(angle):  # ρ = cos of it, with the density 3/4 sin³ on the sphere in R⁵
        return kernel(np.cos(angle)) * (5 * np.cos(angle) ** 2 - 1) * 3 / 16 * np.sin(angle) ** 3

    exact, error = quad_vec(harmonic, 1e-6, np.pi - 1e-6, epsabs=1e-11, epsrel=1e-11)
    assert found[2].rigor is tc.Rigor.CERTIFIED
    assert error < 1e-11
    assert abs(found[2].mid - exact) <= found[2].rad + error
    assert found[2].rad < 1e-5 * found[2].mid


def test_singular_ends_of_bounded_kernels():
    t, third = sp.Symbol("t", real=True), sp.Rational(1, 3)
    found = tc.sphere.spectrum(sp.exp((1 - t) ** third), 2, 3, using=tc.Ball(20))[3]
    with mpmath.workdps(50):

        def smooth(s):  # θ = s³
            power = mpmath.cbrt(2 * mpmath.sin(s**3 / 2) ** 2)
            return 3 * s * s * mpmath.exp(power) * mpmath.cos(3 * s**3)

        points = [0, 0.2, 0.6, 1, 1.2, mpmath.cbrt(mpmath.pi)]
        assert_error_holds(found, mpmath.quad(smooth, points) / mpmath.pi)


@pytest.mark.parametrize(
    ("h", "k", "rho"),
    [(-0.5, -0.5, 0.3 + 0.1j), (1 + 0.25j, -0.5, -0.9 + 0.05j), (0.5j, 0.25, 0.96 - 0.02j)],
)
def test_bivariate_normal_continues(h, k, rho):
    def normal(x):
        return mpmath.erfc(-x / mpmath.sqrt(2)) / 2

    h, k, rho = map(mpmath.mpc, (h, k, rho))

    def density(s):
        r = s * rho
        rest = 1 - r * r
        square = (h * h - 2 * r * h * k + k * k) / (2 * rest)
        return rho * mpmath.exp(-square) / (2 * mpmath.pi * mpmath.sqrt(rest))

    exact = normal(h) * normal(k) + mpmath.quad(density, [0, 0.5, 0.8, 0.95, 1])
    with working_precision(80):
        for radius in (0, 1e-3):
            wide = acb(arb(rho.real, radius), arb(rho.imag, radius))
            found = bivariate_normal(acb(h), acb(k), wide)
            inside = acb(arb(exact.real, 1e-13), arb(exact.imag, 1e-13))
            assert found.overlaps(inside)
            assert abs(found - found.mid()).abs_upper() < 0.01


def test_bivariate_normal_ends_at_its_cuts():
    for rho in (acb(arb(1, 0.1), arb(0, 0.1)), acb(-1.5), acb(arb(-1, 0.01))):
        assert not bivariate_normal(acb(1), acb(1), rho).is_finite()


def test_waves_see_their_slope():
    """Narrow balls near an extremum keep 1 − cos z in proportion."""
    box = acb(arb(1e-4, 5e-7), arb(0, 5e-7))
    cosine = BallContext(analytic=True).apply("cos", box)
    assert abs(cosine - 1).abs_upper() < 1e-8
    assert cosine.contains(box.mid().cos())


def powers(d, k):
    """μ_k(t^k), μ_k(t^{k+2}), …"""
    value = mpmath.mpf(1)
    for j in range(1, k + 1):
        value *= mpmath.mpf(j) / (d + 2 * j - 2)
    m = k
    while True:
        yield m, value
        value *= mpmath.mpf((m + 2) * (m + 1)) / ((m - k + 2) * (m + k + d))
        m += 2


def hard_tanh_coefficients(count):
    """E φ(Z) h_k(Z) for odd k: −2 He_{k−2}(1) n(1)/√k!, and P(|Z| < 1) for k = 1."""
    before, now = mpmath.mpf(0), mpmath.npdf(1)  # h_k(1) n(1)
    found = {1: mpmath.erf(1 / mpmath.sqrt(2))}
    for k in range(count):
        found[k + 2] = -2 * now / mpmath.sqrt((k + 1) * (k + 2))
        before, now = now, (now - mpmath.sqrt(k) * before) / mpmath.sqrt(k + 1)
    return found


@pytest.mark.parametrize("using", [tc.Float(), tc.MP(15)], ids=["Float", "MP"])
def test_odd_thresholds_against_hermite_series(using):
    z, d, degree = sp.Symbol("z", real=True), 40, 5
    hard_tanh = tc.activations.Activation(sp.Max(-1, sp.Min(1, z)), symbol=z)
    found = tc.kernels.mlp(1, hard_tanh).spectrum(d, degree, kernel="nngp", using=using)
    with mpmath.workdps(40):
        size = 1 - mpmath.sqrt(2 / mpmath.pi) * mpmath.exp(mpmath.mpf(-1) / 2)
        c = hard_tanh_coefficients(4000)
        for k in (1, 3, 5):
            terms = itertools.takewhile(lambda term: term[0] < 4000, powers(d, k))
            exact = sum(c[m] ** 2 * x for m, x in terms)
            assert_error_holds(found[k], exact / size)
            assert found[k].rad < 1e-14 * found[k].mid
    assert [found[k].rigor for k in (0, 2, 4)] == [tc.Rigor.EXACT] * 3


def test_small_weights():
    """φ = z + z²/2 [z < 0] + …: the even part of its dual is (1 + 2ρ²) q²/16 for small q."""
    d, q = 10, Fraction(1, 10**80)
    found = tc.kernels.mlp(1, "elu", "1e-40", 0).spectrum(d, 2, kernel="nngp")
    squares = Fraction(1, d), Fraction(2, d * (d + 2))  # μ_0 and μ_2 of t²
    exact = [q**3 / 16 * (1 + 2 * squares[0]), q**2 / d, q**3 / 8 * squares[1]]
    for value, expected in zip(found, exact, strict=True):
        assert_error_holds(value, expected)
        assert value.rad < 1e-14 * value.mid


def test_numbers_below_normal_doubles_have_fewer_digits():
    found = tc.kernels.mlp(1, "elu", "1e-80", 0).spectrum(10, 1, kernel="nngp")
    assert_error_holds(found[1], Fraction(1, 10**321))
