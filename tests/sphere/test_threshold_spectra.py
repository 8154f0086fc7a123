"""Spectra of networks whose activations have thresholds, against the definition by mpmath."""

import mpmath
import pytest
import sympy as sp
from flint import acb, arb
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.continued_normal import bivariate_normal

START = mpmath.mpf(1) / 2


def kernel(rho):
    """E φ(U)φ(V) of φ(z) = max(0, z − 1/2), with the inner mean in closed form."""
    rest = mpmath.sqrt(1 - rho * rho)

    def integrand(u):
        mean = rho * u - START
        inner = mean * mpmath.ncdf(mean / rest) + rest * mpmath.npdf(mean / rest)
        return (u - START) * inner * mpmath.npdf(u)

    return mpmath.quad(integrand, [START, 1, 2, 4, 8, 14])


def test_biased_relu_against_the_definition():
    network = tc.kernels.mlp(1, tc.activations.biased_relu("-1/2"), 1, 0)
    found = network.spectrum(5, 2, kernel="nngp", using=tc.Ball(6))
    with mpmath.workdps(18):
        points = [-1, mpmath.mpf(-9) / 10, 0, mpmath.mpf(9) / 10, 1]
        exact = mpmath.quad(
            lambda t: kernel(t) * (5 * t * t - 1) / 4 * (1 - t * t) * 3 / 4, points, maxdegree=4
        )
    assert found[2].rigor is tc.Rigor.CERTIFIED
    assert_error_holds(found[2], exact)
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
