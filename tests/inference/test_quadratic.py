"""Quadratic networks of extensive width: free convolution, finite matrices, limits."""

import numpy as np
import pytest
import sympy as sp
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.inference import QuadraticNetwork


def test_the_cube_of_a_free_sum():
    """D (1 − (4π²/3) D ∫ ρ³) with the density of tc.spectra."""
    law = tc.spectra.marchenko_pastur(2) + tc.spectra.semicircle("3/10")
    x = np.linspace(*(float(edge) for edge in law.edges()), 4001)
    density = law.density.lambdify()(x[1:-1])
    cube = np.sum(density**3) * (x[1] - x[0])
    value = QuadraticNetwork("1/2").denoising_mmse("3/10").at()
    assert float(value) == pytest.approx(0.3 * (1 - 4 * np.pi**2 / 3 * 0.3 * cube), abs=1e-6)


@pytest.mark.parametrize(("kappa", "noise"), [("1/2", "3/10"), (2, 1), ("1/2", "1/50"), (1, 5)])
def test_errors_hold(kappa, noise):
    formula = QuadraticNetwork(kappa).denoising_mmse(noise)
    assert_error_holds(formula.at(), formula.at(using=tc.MP(20)))


def test_finite_matrices_are_denoised_as_well():
    """The oracle that keeps the eigenvectors of what is seen, for one matrix of size 300."""
    generator, d = np.random.default_rng(0), 300
    w = generator.standard_normal((d, d // 2))
    s, g = w @ w.T / (d // 2), generator.standard_normal((d, d))
    _, vectors = np.linalg.eigh(s + np.sqrt(0.3) * (g + g.T) / np.sqrt(2 * d))
    kept = np.einsum("ij,jk,ki->i", vectors.T, s, vectors)
    error = (np.sum(s**2) - np.sum(kept**2)) / d
    assert error == pytest.approx(
        float(QuadraticNetwork("1/2").denoising_mmse("0.3").at()), rel=0.02
    )


def test_limits():
    net = QuadraticNetwork("1/2", "1/10")
    errors = [float(net.mmse(alpha).at()) for alpha in (0, "1/5", "2/5", 10)]
    assert errors[0] == 2
    assert errors == sorted(errors, reverse=True)
    quiet = QuadraticNetwork("1/2")
    assert quiet.mmse("3/8").expr == 0
    assert 0 < float(quiet.mmse("374/1000").at()) < 5e-3
    assert QuadraticNetwork(3).recovery_threshold().expr == sp.Rational(1, 2)
    value = net.mmse("2/5").at()
    noise = (sp.Rational(1, 10) + 2 * sp.Rational(str(float(value)))) / (4 * sp.Rational(2, 5))
    assert abs(net.denoising_mmse(noise).at().mid - value.mid) < 1e-12


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: QuadraticNetwork(0),
        lambda: QuadraticNetwork(1, -1),
        lambda: QuadraticNetwork(1).mmse(-1),
        lambda: QuadraticNetwork(1).denoising_mmse(0),
    ],
)
def test_bad_input_is_refused(wrong):
    with pytest.raises(tc.DomainError):
        wrong()
