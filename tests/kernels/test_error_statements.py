"""Errors that Gaussian expectations in doubles state: they hold, and they are not idle."""

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.activations import z
from theorycalc.core.value import fraction
from theorycalc.kernels.moments import GaussianMean

BOUNDED = [sympy.exp(-(z**2)), sympy.tanh(z) ** 2, abs(z - 1) * sympy.exp(-(z**2)), 1 / (1 + z**2)]
GROWING = [z * sympy.tanh(z), sympy.Max(z, 0) * sympy.tanh(z - 2), sympy.tanh(z) * sympy.exp(z)]
variances = st.fractions(-4, 1).map(lambda x: sympy.Rational(round(10**6 * 10**x), 10**6))


def mean(phi, q, using=None):
    formula = tc.Formula("mean", GaussianMean(sympy.Lambda(z, phi), q))
    return formula.at() if using is None else formula.at(using=using)


@settings(max_examples=25)
@given(st.sampled_from(BOUNDED + GROWING), variances)
def test_means(phi, q):
    assert_error_holds(mean(phi, q), mean(phi, q, tc.Ball(22)))


@pytest.mark.parametrize("q", [10**4, 10**7, 10**12])
@pytest.mark.parametrize("phi", BOUNDED + GROWING[:2])
def test_means_at_large_variances_keep_their_digits(phi, q):
    """The function is narrow beside the normal law: panels follow it."""
    value = mean(phi, sympy.Integer(q))
    assert_error_holds(value, mean(phi, sympy.Integer(q), tc.Ball(22)))
    assert value.rad <= 1e-14 * value.mid


@pytest.mark.parametrize("q", [36, 49, 100, 200])
def test_means_of_functions_that_grow(q):
    """The mass is at √q, beyond the cut-off for functions that do not grow."""
    phi, q = GROWING[-1], sympy.Integer(q)
    assert_error_holds(mean(phi, q), mean(phi, q, tc.Ball(22)))


def test_the_error_of_means_is_not_idle():
    """A thousandth of it is too small for most."""
    gaps = []
    for q in range(1, 20):
        value = mean(BOUNDED[0], sympy.Integer(q))
        exact = mean(BOUNDED[0], sympy.Integer(q), tc.Ball(22))
        gaps.append(abs(fraction(value.mid) - fraction(exact.mid)) / fraction(value.rad))
    assert max(gaps) > 1 / 1024
