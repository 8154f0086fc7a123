"""Samples against exact means and laws, at stated levels."""

import math

import numpy as np
import pytest
import sympy as sp
from laws import families, share_below

import theorycalc as tc
from theorycalc.distributions import Gaussian, Radial, StudentT, UniformBall, UniformSphere

X = sp.Symbol("x", positive=True)
# of about 60 normal numbers one is larger with probability 4e-4
Z_SCORE = 4.5


def exactly(expr):
    return float(tc.Formula("v", expr).at())


def laws_to_sample():
    bump = sp.Piecewise((X, X < 1), (2 - X, True))
    return (
        *families(1),
        *families(3),
        Radial(3, density=X * sp.exp(-X), moments=lambda p: sp.gamma(p + 2)),
        Radial(2, density=bump, support=(0, 2)),
        Radial(2, density=1 / (2 * sp.sqrt(X)), support=(0, 1)),
        Radial(4, density=8 / X**9, support=(1, sp.oo), quantile=lambda u: (1 - u) ** -sp.S("1/8")),
    )


@pytest.mark.parametrize("law", laws_to_sample(), ids=str)
def test_samples(law):
    """Means of R, R², x_1² and a share against the exact ones, in standard errors."""
    n = 40_000
    points, radii = law.sample(n, seed=1), law.radius_sample(n, seed=1)
    assert points.shape == (n, law.dimension)
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), radii, rtol=1e-13)
    exact = {p: exactly(law.mean_power(p)) for p in (1, 2, 4)}
    square = points[:, 0] ** 2
    spread = exactly(law.moment((4,))) - (exact[2] / law.dimension) ** 2
    for found, mean, variance in (
        (radii, exact[1], exact[2] - exact[1] ** 2),
        (radii**2, exact[2], exact[4] - exact[2] ** 2),
        (square, exact[2] / law.dimension, spread),
        (points[:, -1] > 0, 0.5, 0.25),
    ):
        # a constant has no spread, but rounding errors of the exact numbers
        assert abs(found.mean() - mean) <= Z_SCORE * math.sqrt(max(variance, 1e-12) / n)
    assert (law.sample(5, seed=2) == law.sample(5, seed=2)).all()
    assert (law.sample(5, seed=2) != law.sample(5, seed=3)).any()


def test_samples_follow_the_density():
    """Kolmogorov's distance of the radii, at level 1e-6."""
    n = 20_000
    bound = math.sqrt(math.log(2 / 1e-6) / (2 * n))
    levels = (np.arange(n) + 0.5) / n
    for law in (Gaussian(3), UniformBall(3), StudentT(3, "19/2")):
        own = np.sort(law.radius_sample(n, seed=3))
        other = np.sort(
            Radial(3, law.radial_density.expr, support=law.support).radius_sample(n, seed=4)
        )
        below = tc.Formula("F", share_below(law, 0, X)).lambdify()
        for radii in (own, other):
            assert np.abs(below(radii) - levels).max() < bound


def test_samples_of_a_coordinate():
    """The mean of max(⟨x, u⟩ − s, 0)² for an oblique u, in standard errors."""
    n, u = 100_000, np.array([2.0, -1.0, 2.0]) / 3
    for law in (Gaussian(3), UniformSphere(3), UniformBall(3), StudentT(3, 12)):
        for s in ("-1/2", "1/4"):
            squares = np.maximum(law.sample(n, seed=5) @ u - float(sp.Rational(s)), 0) ** 2
            exact = exactly(law.coordinate_tail_square(s))
            assert abs(squares.mean() - exact) < Z_SCORE * squares.std() / np.sqrt(n)


def test_a_density_that_cannot_be_inverted():
    """Mass lies beyond what a double in (0, 1) can tell from 1."""
    law = Radial(2, density=X ** -sp.Rational(21, 20) / 20, support=(1, sp.oo))
    with pytest.raises(tc.PrecisionError, match="quantile="):
        law.sample(10)
