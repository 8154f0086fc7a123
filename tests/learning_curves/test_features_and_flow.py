"""Random features and training times: against integrals over spectra, closed forms and samples."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.learning_curves import features_in_doubles, in_doubles
from theorycalc.learning_curves.feature_regression import FeatureRidge

L = tc.learning_curves
X = sp.Symbol("x")
RATIOS = st.fractions(min_value="1/4", max_value=6, max_denominator=10)


def nodes(c, count=4000):
    """Places and weights of the Marchenko–Pastur law, its atom included."""
    angle = (np.arange(count) + 0.5) * np.pi / count
    x = 1 + c + 2 * np.sqrt(c) * np.cos(angle)
    weights = 2 / count * np.sin(angle) ** 2 / x
    return np.append(x, 0.0), np.append(weights, max(0.0, 1 - 1 / c))


@settings(max_examples=6)
@given(RATIOS, RATIOS, st.sampled_from(["1/1000", "1/10", "2"]), st.sampled_from(["relu", "erf"]))
def test_features_are_ridge_regression_given_their_weights(samples, features, size, activation):
    """Σ = c_1² WW'/d + c_*², λ = δψ_P/ψ_n, and what is not linear in the features is noise."""
    fit = L.random_features(activation, samples, features, size, linear_signal=2, noise="1/4")
    linear, rest = (
        (0.25, 0.25 - 0.5 / np.pi)
        if activation == "relu"
        else (4 / 3 / np.pi, 2 / np.pi * np.arcsin(2 / 3) - 4 / 3 / np.pi)
    )
    n, p, delta = float(samples), float(features), float(sp.Rational(size))
    x, w = nodes(p)
    t = linear * x + rest
    kappa, _ = in_doubles.effective_ridge(1.0, delta * p / n, t, p / n * w)
    learned = t / (t + kappa)
    noise = 0.25 + 2 - 2 * p * linear * (w * x / t).sum()
    signal = 2 * p * linear * w * x / t**2
    missed = kappa**2 * (signal * t / (t + kappa) ** 2).sum() + noise
    test = missed / (1 - p / n * (w * learned**2).sum())
    assert float(fit.test.at()) == pytest.approx(test, rel=1e-9)
    train = (delta * p / n / kappa) ** 2 * test
    assert float(fit.train.at()) == pytest.approx(train, rel=1e-9)


@settings(max_examples=20)
@given(st.lists(st.floats(0.01, 20), min_size=5, max_size=5))
def test_doubles_lie_within_their_errors(numbers):
    value, error = features_in_doubles.effective_ridge(*numbers)
    truth = tc.certify(FeatureRidge(*map(sp.Rational, numbers)), 40)
    assert abs(float(value) - float(truth.mid)) <= float(error)


def test_many_features_of_a_linear_network_are_ridge_regression():
    """c_* = 0 and P → ∞: K = XX'/d, so that λ = δd/n."""
    fit = L.random_features("identity", 2, "1e12", "1/5", noise="1/4")
    other = L.ridge("1/2", "1/10", noise="1/4")
    assert float(fit.test.at()) == pytest.approx(float(other.test.at()), rel=1e-10)


@pytest.mark.parametrize("features", ["1/2", "3"])
def test_without_a_ridge_is_the_limit(features):
    limit = L.random_features("relu", 2, features, 0, noise="1/4")
    small = L.random_features("relu", 2, features, "1e-25", noise="1/4")
    for name in ("test", "train"):
        one, two = (float(getattr(x, name).at(using=tc.Ball(30))) for x in (limit, small))
        assert one == pytest.approx(two, abs=1e-15)
    assert L.random_features("relu", 2, 2, 0).test.expr == sp.oo


def test_measured_features():
    """12 draws at d = 100: five standard errors and 2/d."""
    rng, d, n, p, size, noise = np.random.default_rng(2), 100, 200, 100, 0.1, 0.25
    tests = []
    for _ in range(12):
        x, w = rng.standard_normal((n + 1000, d)), rng.standard_normal((p, d))
        beta = rng.standard_normal(d)
        y = x @ beta / np.linalg.norm(beta)
        f = (np.maximum(x @ w.T / np.sqrt(d), 0) - 1 / np.sqrt(2 * np.pi)) / np.sqrt(p)
        seen = y[:n] + np.sqrt(noise) * rng.standard_normal(n)
        a = np.linalg.solve(f[:n].T @ f[:n] + size * np.eye(p), f[:n].T @ seen)
        tests.append(np.mean((y[n:] - f[n:] @ a) ** 2) + noise)
    limit = float(L.random_features("relu", 2, 1, "1/10", noise="1/4").test.at())
    allowed = 5 * np.std(tests) / np.sqrt(len(tests)) + 2 * limit / d
    assert abs(np.mean(tests) - limit) < allowed


@settings(max_examples=6)
@given(st.sampled_from(["1/2", "1", "11/10", "3"]), st.floats(0.1, 20))
def test_errors_in_time_are_integrals_against_the_spectrum(alpha, time):
    """X'X is α times a Marchenko–Pastur matrix of ratio 1/α."""
    flow, ratio = L.gradient_flow(alpha, "3/2", "1/4"), float(sp.Rational(alpha))
    x, w = nodes(1 / ratio, 20000)
    rate = ratio * x[:-1]
    decay = np.exp(-rate * time)
    test = (w[:-1] * (1.5 * decay**2 + 0.25 * (1 - decay) ** 2 / rate)).sum() + 1.5 * w[-1] + 0.25
    train = (w[:-1] * (1.5 * rate + 0.25) * decay**2).sum() / ratio + max(0, 1 - 1 / ratio) / 4
    assert float(flow.test.at(t=time)) == pytest.approx(test, rel=1e-8)
    assert float(flow.train.at(t=time)) == pytest.approx(train, rel=1e-8)


def test_the_end_of_training_is_least_squares():
    for alpha in ("1/3", 3):
        flow = L.gradient_flow(alpha, 1, "1/4")
        fit = L.ridge(1 / sp.Rational(alpha), 0, 1, "1/4")
        assert float(flow.test.at(t=400)) == pytest.approx(float(fit.test.at()), rel=1e-12)
        assert_error_holds(flow.test.at(t=0), str(sp.Rational(5, 4)))


@pytest.mark.parametrize("alpha", ["1/4", "1", "2"])
def test_stopping_early_is_no_better_than_the_best_ridge(alpha):
    flow = L.gradient_flow(alpha, 1, "1/4")
    best = flow.stopping_time()
    stopped = float(flow.test.at(t=best))
    assert all(float(flow.test.at(t=float(best) * x)) > stopped for x in (0.9, 1.1))
    assert float(flow.best_ridge.at()) <= stopped <= 1.02 * float(flow.best_ridge.at())


def test_bad_input_is_told():
    with pytest.raises(tc.DomainError, match="no minimum"):
        L.gradient_flow(2).stopping_time()
    with pytest.raises(tc.DomainError, match="needs numbers"):
        L.gradient_flow(sp.Symbol("a", positive=True), 1, 1).stopping_time()
    with pytest.raises(tc.DomainError, match="not positive"):
        L.gradient_flow(0)
    for arguments in (("relu", 0, 1, 1), ("relu", 1, 1, -1), ("step function", 1, 1, 1)):
        with pytest.raises(tc.TheoryCalcError):
            L.random_features(*arguments)
    with pytest.raises(tc.DomainError, match="Gram matrix"):
        L.cross_validation(np.ones((2, 3)), [1, 2], 1)
