"""Errors that Gaussian expectations in doubles state: they hold, and they are not idle."""

from types import SimpleNamespace

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import EPS, assert_error_holds

import theorycalc as tc
from theorycalc.activations import Activation, z
from theorycalc.core.binary import fraction
from theorycalc.kernels.duals.mean import GaussianMean
from theorycalc.kernels.duals.pair import pair_expectation
from theorycalc.kernels.duals.plane_rule import Function, expectation
from theorycalc.kernels.duals.series import SeriesDual
from theorycalc.kernels.duals.series_tables import tabulate

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


# Their duals are known in closed form.
CLOSED = [
    sympy.sin(z) + z**3 / 10,
    sympy.Max(z, 0),
    sympy.Max(z - 1, 0),
    z * sympy.exp(-(z**2)),
]


def pairs(seed, count):
    """(q11, q22, q12): correlations from 1e-9 to one without 1e-9, of both signs."""
    rng = np.random.default_rng(seed)
    q1, q2 = 10 ** rng.uniform(-2, 1.3, (2, count))
    q2[::3] = q1[::3]
    near, far = 1 - 10 ** rng.uniform(-9, 0, count), 10 ** rng.uniform(-9, 0, count)
    rho = np.where(rng.random(count) < 0.5, near, far) * rng.choice([-1, 1], count)
    return q1, q2, rho * np.sqrt(q1 * q2)


def exact_dual(phi, q1, q2, q12):
    activation = Activation(phi, symbol=z)
    covariances = (sympy.Rational(float(x)) for x in (q1, q12, q2))
    formula = tc.Formula("dual", pair_expectation(activation, activation, *covariances))
    return formula.at(using=tc.Ball(24))


def stated(value, error):
    """What `assert_error_holds` asks of a Value; a subnormal has no relative accuracy."""
    tiny = np.finfo(float).smallest_subnormal
    return SimpleNamespace(mid=mpmath.mpf(float(value)), rad=mpmath.mpf(float(error + tiny)))


@pytest.mark.parametrize("phi", CLOSED, ids=str)
def test_duals_on_arrays(phi):
    """Every element of an array has an error of its own; a thousandth of it is not enough."""
    q1, q2, q12 = pairs(len(str(phi)), 12)
    values, errors = SeriesDual(Activation(phi, symbol=z)).dual_with_errors(q1, q2, q12)
    used = []
    for value, error, *pair in zip(values, errors, q1, q2, q12, strict=True):
        exact = exact_dual(phi, *pair)
        if abs(exact.mid) < 1e-300:
            assert abs(value) <= error + 1e-300
            continue
        ours = stated(value, error)
        assert_error_holds(ours, exact.mid)
        used.append(abs(fraction(ours.mid) - fraction(exact.mid)) / fraction(ours.rad))
    assert max(used) > 1 / 1024


@pytest.mark.parametrize("shift", range(-8, 9))
def test_rests_of_series(shift):
    """What Parseval's identity leaves beyond a table is as little off as the coefficients are."""
    activation = Activation(sympy.Max(z - sympy.Rational(shift, 8), 0) ** 2, symbol=z)
    table = tabulate(Function(activation, (shift / 8,)), np.ones(1), 64)
    exact = tc.hermite.series(activation, 64, using=tc.Ball(25)).tail
    # a root and its square
    assert float(exact) <= table.tails[0, -1] ** 2 * table.moment[0] * (1 + 4 * EPS)


@pytest.mark.parametrize("pair", [("0.3", "0.299", "0.3"), (1, "-0.999", 1), ("0.01", 0, 4)])
def test_a_mass_beyond_the_cut_off(pair):
    """Both functions vanish wherever the density is not tiny: 0 ± 0 is wrong."""
    q11, q12, q22 = map(sympy.Rational, pair)
    phi = sympy.Max(z - 2, 0)
    function = Function(Activation(phi, symbol=z), [2.0])
    value, error = expectation(function, function, float(q11), float(q12), float(q22))
    given = (sympy.Rational(float(q)) for q in (q11, q22, q12))
    assert_error_holds(stated(value, error), exact_dual(phi, *given).mid)
