"""Moments of the largest normal variable, and limits against reference numbers."""

import math

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from quantisers import source
from reference import assert_reference, entries, label
from scipy import integrate, stats

import theorycalc as tc
from theorycalc.quantization import (
    expected_maximum,
    extreme_value_radius,
    mean_max_cosine,
    optimal_distortion,
    optimal_radius,
)
from theorycalc.quantization.arguments import Points
from theorycalc.quantization.extremes import normal_enclosures
from theorycalc.quantization.extremes.normal_maximum import MaximumMoment

ARITHMETICS = [tc.Float(), tc.MP(20), tc.Ball(20)]


@pytest.mark.parametrize("using", ARITHMETICS, ids=repr)
@pytest.mark.parametrize(
    ("n", "exact"),
    [
        (4, 3 * (1 + 2 * sp.asin(sp.Rational(1, 3)) / sp.pi) / (2 * sp.sqrt(sp.pi))),
        (5, 5 * (1 + 6 * sp.asin(sp.Rational(1, 3)) / sp.pi) / (4 * sp.sqrt(sp.pi))),
    ],
)
def test_closed_means(n, exact, using):
    """Mean largest of four and five, by arcsines."""
    value = expected_maximum(n).at(using=using)
    assert value.overlaps(tc.certify(exact, digits=30))
    assert value.rad <= value.mid * (1e-12 if isinstance(using, tc.Float) else 1e-19)


@pytest.mark.parametrize(("k", "n"), [(1, 2), (1, 3), (2, 2), (4, 2), (2, 1), (3, 1)])
def test_closed_forms_are_the_integral(k, n):
    exact = expected_maximum(n, k).at(using=tc.Ball(25))
    enclosed = tc.Ball(20).to_value(normal_enclosures.moment(k, Points(n), 80), bits=120)
    assert enclosed.overlaps(exact)
    assert enclosed.rad < 1e-20
    double, error = MaximumMoment.double(np.array(k), np.array(float(n)))
    assert abs(double - float(exact)) <= error < 1e-12


@given(st.integers(1, 5), st.floats(0.01, 5000))
@settings(max_examples=6)
def test_enclosures_at_any_size(k, log_n):
    """Of two precisions, and of doubles, from n near 1 to e^5000."""
    formula = expected_maximum(power=k, log_n=log_n)
    values = [formula.at(using=using) for using in (*ARITHMETICS, tc.Ball(45))]
    assert all(value.overlaps(values[-1]) for value in values)


@given(st.integers(1, 6), st.integers(1, 25))
@settings(max_examples=6)
def test_sum_over_order_statistics(k, n):
    """Σ_j (−1)^j C(n, j) e_k(j) = (−1)^k e_k(n), by the least of n as inclusion–exclusion."""
    with mpmath.workdps(60):
        total = mpmath.mpf(0)
        for j in range(1, n + 1):
            value = expected_maximum(j, k).at(using=tc.Ball(50))
            total += (-1) ** (j + 1) * mpmath.binomial(n, j) * value.mid
        expected = (-1) ** k * expected_maximum(n, k).at(using=tc.Ball(50)).mid
        assert abs(total - expected) < mpmath.mpf(10) ** -30


@given(st.integers(1, 200), st.integers(1, 4))
@settings(max_examples=25)
def test_against_quadrature(n, k):
    def integrand(x):
        return x**k * n * stats.norm.pdf(x) * stats.norm.cdf(x) ** (n - 1)

    size = integrate.quad(lambda x: abs(integrand(x)), -12, 12, points=[0, 2], epsabs=1e-13)[0]
    expected = integrate.quad(integrand, -12, 12, points=[0, 2], epsabs=1e-13)[0]
    assert float(expected_maximum(n, k).at()) == pytest.approx(expected, abs=1e-11 * size)


@given(st.floats(0.7, 60), st.integers(1, 3))
@settings(max_examples=10)
def test_doubles_against_enclosures(log_n, k):
    value, enclosed = (
        expected_maximum(log_n=log_n, power=k).at(using=using)
        for using in (tc.Float(), tc.Ball(15))
    )
    assert value.overlaps(enclosed)
    assert value.rad <= 1e-11 * abs(value.mid) + 1e-13


def test_recurrence_of_sample_sizes():
    """n real: E M falls to 0 at n = 1 and grows with n."""
    values = expected_maximum(sp.Symbol("n", positive=True)).lambdify()(np.geomspace(1, 1e300, 60))
    assert abs(values[0]) < 1e-14
    assert np.all(np.diff(values) > 0)


def test_gumbel_limit():
    """√(2 log n) (M − b_n) has the mean γ, with b_n = Φ^{-1}(1 − 1/n), up to 1/log n."""
    gaps = []
    for exponent in (10, 100, 300):
        with mpmath.workdps(20):
            level = exponent * mpmath.log(10)
            quantile = mpmath.findroot(
                lambda x, level=level: mpmath.log(mpmath.erfc(x / mpmath.sqrt(2)) / 2) + level,
                mpmath.sqrt(2 * level),
            )
        mean = float(expected_maximum(f"1e{exponent}").at())
        gaps.append((mean - float(quantile)) * float(quantile) - float(np.euler_gamma))
    assert abs(gaps[0]) > abs(gaps[1]) > abs(gaps[2])
    assert abs(gaps[2]) < 1 / (300 * math.log(10))


@given(st.integers(2, 60))
@settings(max_examples=4)
def test_many_dimensions(n):
    """√d m_n → e_1 with an error of order 1/d."""
    mean = float(expected_maximum(n).at())
    gaps = [abs(float(mean_max_cosine(d, n).at()) * math.sqrt(d) / mean - 1) for d in (400, 4000)]
    assert 8 < gaps[0] / gaps[1] < 12


@pytest.mark.parametrize("entry", entries("quantisation", "optimal_radius_over_sqrt_d"), ids=label)
def test_radius_over_root_of_dimension(entry):
    """Exact, and by the extreme-value approximation to its known error of 5e-6."""
    params = entry["params"]
    d, s = params["d"], params["s"]
    log_n = sp.Rational(params["alpha"]) * d
    root = sp.sqrt(d)
    exact = optimal_radius(source(params), s=s, log_n=log_n)
    assert_reference(tc.Formula("r", exact.body / root, args=(), where=exact.where).at(), entry)
    near = float(extreme_value_radius(source(params), s=s, log_n=log_n).at()) / math.sqrt(d)
    assert near == pytest.approx(float(entry["value"]), abs=5e-6)


@pytest.mark.parametrize(("d", "error"), [(200, 3e-4), (1000, 2e-5), (10_000, 4e-7)])
def test_distortion_at_exponentially_many_points(d, error):
    """D*/d = e^{−2α}[1 + (log(2πdm²) − 2α − 2γ)/d] + m²/(2d) at α = 1/2, and its error."""
    alpha = 0.5
    square = -math.expm1(-2 * alpha)
    gap = math.log(2 * math.pi * d * square) - 2 * alpha - 2 * np.euler_gamma
    expected = math.exp(-2 * alpha) * (1 + gap / d) + square / (2 * d)
    reached = optimal_distortion(tc.distributions.Gaussian(d), log_n=sp.Rational(d, 2))
    relative = abs(expected / (float(reached.at()) / d) - 1)
    assert error / 2 < relative < 2 * error


@pytest.mark.parametrize(
    "call",
    [
        lambda: expected_maximum("0.5"),
        lambda: expected_maximum(3, power=0),
        lambda: expected_maximum(3, power="1.5"),
        lambda: expected_maximum(math.inf),
        lambda: expected_maximum(),
    ],
)
def test_bad_input(call):
    with pytest.raises(tc.DomainError):
        call()
