"""Bivariate normal probabilities by Owen's function, against other integrals by mpmath."""

import functools

import mpmath
import pytest
import sympy as sp
from flint import arb
from hypothesis import given
from hypothesis import strategies as st
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


@functools.cache
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

    size = max(map(integrand, points))  # the rule stops at an absolute error
    return size * mpmath.quad(lambda x: integrand(x) / size, points, maxdegree=9)


@pytest.mark.parametrize("point", POINTS)
@pytest.mark.parametrize("using", [tc.Ball(25), tc.MP(25)], ids=["Ball", "MP"])
def test_relative_digits(point, using):
    value = tc.Formula("p", tc.bivariate_normal(*point)).at(using=using)
    with mpmath.workdps(45):
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


@given(
    st.floats(-4, 4),
    st.floats(-4, 4),
    st.floats(-0.999, 0.999),
    st.sampled_from([2.0**-21, 2.0**-30, 2.0**-70]),
    st.tuples(*[st.integers(-4, 4)] * 3),
)
def test_narrow_balls_hold_the_values_of_their_points(h, k, rho, radius, steps):
    """By the slopes in all three arguments, beside the values at exact points."""
    with working_precision(120):
        balls = [arb(x, radius) for x in (h, k, rho)]
        corner = [x + arb(radius) * step / 4 for x, step in zip((h, k, rho), steps, strict=True)]
        found, exact = owen.bivariate_normal(*balls), owen.bivariate_normal(*corner)
        if found is not None and exact is not None:
            assert found.overlaps(exact)
            # the slopes are at most 1/√(2π) and 1/(2π √(1 − ρ²))
            assert float(found.rad()) < radius * (1 + 0.2 / (1 - rho**2) ** 0.5)


def test_values_come_again(monkeypatch):
    """A pair and its slopes, and the pair in the other order, share Owen's function."""
    counts, original = [], owen._terms

    def counting(size):
        counts.append(size)
        return original(size)

    monkeypatch.setattr(owen, "_terms", counting)
    with working_precision(101):
        for _ in range(3):
            for h, k in (("1.3", "-0.7"), ("-0.7", "1.3")):
                owen.bivariate_normal(arb(h), arb(k), arb("0.4"))
    assert len(counts) <= 2


@pytest.mark.parametrize("point", [("0.25", "0.5", "0.3"), ("-1.5", "0.5", "-0.75")])
@pytest.mark.parametrize("moved", [0, 1, 2])
def test_one_ball_moves_the_value_by_its_slope(moved, point):
    """The bound of ∂Φ₂/∂ρ is that slope."""
    with working_precision(120):
        exact = [arb(x).mid() for x in point]
        balls = [x + arb(0, 2.0**-30) * (i == moved) for i, x in enumerate(exact)]
        found = owen.bivariate_normal(*balls)
        for sign in (-1, 1):
            corner = [x + arb(sign * 2.0**-30) * (i == moved) for i, x in enumerate(exact)]
            value = owen.bivariate_normal(*corner)
            assert found.overlaps(value)
            if moved == 2:
                assert float(found.rad()) < 1.001 * float(abs(value - found.mid()))
