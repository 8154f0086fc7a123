"""Enclosures at targets of a few bits, where what is left out and the rules' errors bind."""

import math

import pytest
import sympy as sp
from flint import arb
from reference import assert_low_targets_hold

import theorycalc as tc
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.quantization.arguments import Points
from theorycalc.quantization.extremes import normal_enclosures
from theorycalc.quantization.sphere import in_balls, in_balls_survival
from theorycalc.quantization.sphere.in_balls_angle import AngularRule
from theorycalc.quantization.sphere.norm_law import NormLaw


@pytest.mark.parametrize("k", [1, 2])
@pytest.mark.parametrize(("d", "n"), [(1, 4), (2, 3), (3, 10), (8, 100)])
def test_deficits(d, n, k):
    assert_low_targets_hold(lambda bits: in_balls_survival.deficit_moment(d, Points(n), k, bits))


@pytest.mark.parametrize("k", [1, 2, 3])
@pytest.mark.parametrize("n", [2, 5, 1000, 10**12])
def test_moments_of_the_normal_maximum(n, k):
    assert_low_targets_hold(lambda bits: normal_enclosures.moment(k, Points(n), bits))


@pytest.mark.parametrize(("d", "n", "s"), [(2, 3, 1), (3, 50, sp.S.Half), (8, 100, 3)])
@pytest.mark.parametrize("x", ["0", "0.3"])
def test_rules_over_the_angle(d, n, s, x):
    def mean(bits):
        with working_precision(bits + 60):
            return AngularRule(d, Points(n), sp.S(s), bits)(arb(x))

    assert_low_targets_hold(mean, high=100)


@pytest.mark.parametrize(
    ("law", "s"),
    [
        (tc.distributions.Gaussian(2), 3),
        (tc.distributions.UniformBall(2), 3),
        (tc.distributions.UniformSphere(2), 1),
    ],
    ids=str,
)
def test_distortions(law, s):
    radial, r = NormLaw.of(law).at_dimension(2), BallContext().number(sp.Rational(3, 4))
    assert_low_targets_hold(
        lambda bits: in_balls.distortion(radial, 2, Points(5), sp.S(s), r, bits),
        high=40,
        targets=(4, 12),
    )


@pytest.mark.parametrize("n", [1, 7])
@pytest.mark.parametrize("radius", [0.01, 0.2])
def test_probabilities_on_wide_balls(n, radius):
    """They hold the probabilities at all points inside."""
    context = BallContext()
    sphere = in_balls_survival.Survival(3, Points(n))
    with working_precision(80):
        normal = normal_enclosures._Survival.of(context, Points(n))
        for centre in (0.5, 1.0, 2.0):
            angles = sphere(context, arb(centre, radius))
            missed = normal.missed(context, arb(centre, radius))
            for part in (-0.99, -0.3, 0.6, 0.99):
                x = centre + part * radius
                assert angles.overlaps(arb(math.cos(x / 2), 1e-15) ** (2 * n))
                assert missed.overlaps(1 - (1 - arb(math.erfc(x / math.sqrt(2)) / 2, 1e-15)) ** n)
