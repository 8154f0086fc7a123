"""Bivariate normal probabilities by Owen's function, against other integrals by mpmath."""

import mpmath
import pytest
import sympy as sp
from flint import arb
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.core.arithmetic import owen
from theorycalc.core.arithmetic.ball_context import working_precision

R = sp.Rational
POINTS = [
    (R(1, 3), R(-2, 5), R(3, 10)),
    (0, R(-7, 10), R(-9, 10)),
    (R(3, 2), R(3, 2), R(99, 100)),
    (R(3, 2), R(-3, 2), 1 - R(1, 10**9)),
    (R(3, 2), R(-3, 2), R(1, 10**9) - 1),
    (R(2), R(1), R(1, 2)),  # k = ρh
    (-3, -4, R(-1, 2)),
    (R(1, 10**9), R(-1, 10**12), R(1, 7)),
    (9, -8, R(3, 10)),
    (-6, 0, R(-4, 5)),
    (-1, -1, R(-999, 1000)),  # 1e-219
    (R(1, 2), -1, R(-9999, 10000)),
    (-1, R(1, 2), R(-99, 100)),
]


def exact(h, k, rho):
    """Φ₂ = ∫_{−∞}^h n(x) Φ((k − ρx)/√(1 − ρ²)) dx."""
    h, k, rho = (mpmath.mpf(x.p) / x.q for x in map(sp.Rational, (h, k, rho)))
    rest = mpmath.sqrt((1 - rho) * (1 + rho))
    bend = k / rho
    inside = {bend + j * step * rest for j in (-1, 0, 1) for step in (1, 5, 25)}
    ends = {h - rest**2 * 2**j for j in range(-3, 8)}
    points = sorted({x for x in {*ends, -40, -20, -10, -5, -2, 0, *inside} if -40 <= x < h} | {h})

    def integrand(x):
        return mpmath.npdf(x) * mpmath.ncdf((k - rho * x) / rest)

    size = integrand(h)  # the rule stops at an absolute error
    return size * mpmath.quad(lambda x: integrand(x) / size, points, maxdegree=9)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("using", [tc.Ball(25), tc.MP(25)], ids=["Ball", "MP"])
def test_relative_digits(point, using):
    value = tc.Formula("p", tc.bivariate_normal(*point)).at(using=using)
    with mpmath.workdps(60):
        assert_error_holds(value, exact(*point))
    assert value.rad < 1e-24 * abs(value.mid)


@pytest.mark.parametrize("point", POINTS)
def test_balls_hold_the_values_of_their_points(point):
    ends = [-1, 1]
    with working_precision(150):
        balls = [arb(x.p) / x.q + arb(0, 1e-25) for x in map(sp.Rational, point)]
        found = owen.bivariate_normal(*balls)
        if found is None:
            return
        for signs in [(a, b, c) for a in ends for b in ends for c in ends]:
            corner = [(x + s * arb("0.99e-25")).mid() for x, s in zip(balls, signs, strict=True)]
            if abs(corner[2]) < 1:
                assert found.contains(owen.bivariate_normal(*corner).mid())


@pytest.mark.parametrize("h", [R(1, 3), 2, 30])
def test_probabilities_at_zero_are_sums(h):
    """P(U ≤ h, V ≤ 0) + P(U ≤ h, V ≥ 0) = Φ(h)."""
    rho = R(-3, 7)
    parts = tc.bivariate_normal(h, 0, rho) + tc.bivariate_normal(h, 0, -rho)
    total = tc.Formula("p", parts).at(using=tc.Ball(30))
    with mpmath.workdps(60):
        assert_error_holds(total, mpmath.ncdf(mpmath.mpf(h.p) / h.q if h == R(1, 3) else h))
