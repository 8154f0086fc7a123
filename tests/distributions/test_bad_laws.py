"""What is no law, and what a law does not have, is refused in words."""

import pytest
import sympy as sp

import theorycalc as tc
from theorycalc.distributions import (
    Gaussian,
    Moments,
    Radial,
    StudentT,
    UniformBall,
    UniformSphere,
)

D, X = sp.Symbol("d"), sp.Symbol("x", positive=True)
RADIUS = sp.Symbol("r", positive=True)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Gaussian(0), tc.DomainError, "d is too small"),
        (lambda: UniformBall("5/2"), tc.DomainError, "d is not an integer"),
        (lambda: Gaussian(sp.Symbol("d", negative=True)), tc.DomainError, "d is no dimension"),
        (lambda: Gaussian(3, 0), tc.DomainError, "sigma is not positive"),
        (lambda: Gaussian(3, sp.Symbol("a")), tc.DomainError, "positive=True"),
        (lambda: Gaussian(3, "a"), tc.DomainError, "sigma is not a real number"),
        (lambda: UniformSphere(3, radius=-1), tc.DomainError, "radius is not positive"),
        (lambda: StudentT(3, nu=0), tc.DomainError, "nu is not positive"),
        (lambda: Gaussian(3).moment((1, 2, 3, 4)), tc.DomainError, "more exponents"),
        (lambda: Gaussian(3).moment((-1,)), tc.DomainError, "an exponent is too small"),
        (lambda: Gaussian(3).radial_moment(-3), tc.DomainError, "allowed: -3 < p < oo"),
        (lambda: StudentT(3, 4).radial_moment(4), tc.DomainError, "allowed: -3 < p < 4"),
        (lambda: StudentT(3, 2).moment((3,)), tc.DomainError, "does not exist"),
        (lambda: Gaussian(3).exponential_moment(1, 3), tc.DomainError, "power is odd"),
        (lambda: Gaussian(3).coordinate_tail_square(sp.oo), tc.DomainError, "not a real number"),
        (lambda: Gaussian(D).sample(3), tc.DomainError, "d has no value"),
        (lambda: UniformBall(3, RADIUS).radius_sample(3), tc.DomainError, "radius has no value"),
        (lambda: Gaussian(3).sample(-1), tc.DomainError, "n is too small"),
        (lambda: Gaussian(3).sample(2, seed=None), tc.DomainError, "not a seed"),
        (lambda: UniformSphere(3).radial_density, tc.NotSupportedError, "the constant 1"),
        (lambda: Radial(3, sp.exp(-2 * X)), tc.DomainError, "not mass 1: got 0.5"),
        (lambda: Radial(3, 1 / X, support=(0, 1)), tc.DomainError, "cannot be integrated"),
        (lambda: Radial(3, 3 - 4 * X, support=(0, 1)), tc.DomainError, "negative"),
        (lambda: Radial(3, sp.sqrt(1 - X)), tc.DomainError, "not real"),
        (lambda: Radial(3, D * sp.exp(-X)), tc.DomainError, "one symbol"),
        (lambda: Radial(3, "exp(-x)"), tc.DomainError, "not an expression"),
        (lambda: Radial(3, 1, support=(1, 0)), tc.DomainError, "support is no interval"),
        (lambda: Radial(3, 1, support=3), tc.DomainError, "support is no pair"),
        (lambda: Radial(3, 1, support=(0, 1), quantile=3), tc.DomainError, "no function"),
        (lambda: Radial(3, 1, support=(0, 1), quantile=lambda u: u**2), tc.DomainError, "fit"),
        (lambda: Radial(3, 1, support=(0, 1), moments=lambda p: D), tc.DomainError, "further"),
        (
            lambda: Radial(3, sp.exp(-X)).coordinate_tail_square(1),
            tc.NotSupportedError,
            "no closed form",
        ),
        (lambda: Moments(2, 3), tc.DomainError, "not moments"),
        (lambda: Moments(2, {(1, 1, 1): 0}), tc.DomainError, "more exponents"),
        (lambda: Moments(2, {(2,): "x"}), tc.DomainError, "not a real number"),
        (lambda: Moments(2, {(2,): 1}).moment((4,)), tc.DomainError, "not known"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
