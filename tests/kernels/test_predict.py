"""Kernel gradient flow: reference numbers, one training point, limits, bad input."""

import functools

import numpy as np
import pytest
import sympy as sp
from reference import entries, label
from scipy import linalg

import theorycalc as tc
from theorycalc.kernels import predict as law
from theorycalc.kernels.predict import gradient_flow, max_learning_rate
from theorycalc.validation import sphere_points

DATA = sphere_points()
N = len(DATA.y_train)
X = np.vstack([DATA.x_train, DATA.x_test])


def kernels(params):
    return _kernels(params["hidden_layers"], params["activation"])


@functools.cache
def _kernels(depth, activation):
    return tc.kernels.mlp(depth, activation, sp.sqrt(2)).matrices(X)


def predict(params, t, learning_rate=None):
    nngp, ntk = kernels(params)
    return gradient_flow(
        ntk[:N, :N], ntk[N:, :N], nngp[N:, N:], DATA.y_train, t,
        nngp_train=nngp[:N, :N], nngp_test_train=nngp[N:, :N], learning_rate=learning_rate,
    )  # fmt: skip


@pytest.mark.parametrize("entry", entries("trained", "ntk.limit", "nngp.limit"), ids=label)
def test_kernels_of_the_data(entry):
    params = entry["params"]
    kernel = kernels(params)[1 if entry["quantity"] == "ntk.limit" else 0]
    value = kernel[params["i"] - 1, params["j"] - 1]
    assert value == pytest.approx(float(entry["value"]), rel=1e-14)


@pytest.mark.parametrize("entry", entries("trained", "ntk.lambda_min", "ntk.lambda_max"), ids=label)
def test_eigenvalues_of_the_data(entry):
    eigenvalues = predict(entry["params"], 0).eigenvalues
    computed = eigenvalues[0 if "min" in entry["quantity"] else -1]
    # backward error of the eigensolver: eps times the largest eigenvalue
    assert abs(computed - float(entry["value"])) < 1e-14 * eigenvalues[-1]


@pytest.mark.parametrize(
    "entry", entries("trained", "ntk.mean", "ntk.variance", "ntk.covariance"), ids=label
)
def test_predictions(entry):
    params = entry["params"]
    if params["scheme"] == "gd":
        found = predict(params, params["steps"], float(sp.Rational(params["eta"])))
    else:
        found = predict(params, params["t"])
    i = params["test_index"] - 25
    j = params.get("test_index2", params["test_index"]) - 25
    value = found.mean[i] if entry["quantity"] == "ntk.mean" else found.covariance[i, j]
    # conditioning of the Gram matrix: λ_max/λ_min < 100
    assert value == pytest.approx(float(entry["value"]), rel=1e-12, abs=1e-14)


def test_one_training_point():
    """μ_t(x₁) = (1 − e^{−tΘ}) y and C_t(x₁, x₁) = Σ e^{−2tΘ}."""
    theta, sigma, y, t = 3.0, 2.0, 1.5, 0.4
    found = gradient_flow(
        [[theta]], [[theta]], [[sigma]], [y], t, nngp_train=[[sigma]], nngp_test_train=[[sigma]]
    )
    assert found.mean[0] == pytest.approx((1 - np.exp(-t * theta)) * y)
    assert found.covariance[0, 0] == pytest.approx(sigma * np.exp(-2 * t * theta))


def test_limits_in_time():
    params = {"activation": "relu", "hidden_layers": 1}
    nngp, ntk = kernels(params)
    start, end = predict(params, 0), predict(params, np.inf)
    assert np.array_equal(start.mean, np.zeros(12))
    assert np.allclose(start.covariance, nngp[N:, N:], rtol=1e-14)
    assert np.allclose(end.mean, ntk[N:, :N] @ linalg.solve(ntk[:N, :N], DATA.y_train), rtol=1e-11)
    # small steps of gradient descent are the flow
    rate = 1e-4 * max_learning_rate(ntk[:N, :N])
    small = predict(params, 20_000, learning_rate=rate)
    assert np.allclose(small.mean, predict(params, 20_000 * rate).mean, atol=1e-3)


def test_a_singular_gram_matrix_is_no_obstacle():
    """A duplicated input: the flow learns the mean of its targets and never divides by zero."""
    theta = np.ones((2, 2))
    found = gradient_flow(theta, [[1.0, 1.0]], None, [1.0, 3.0], np.inf)
    assert found.mean[0] == pytest.approx(2)
    assert found.covariance is None
    several = gradient_flow(theta, [[1.0, 1.0]], None, [[1.0, 0.0], [3.0, 0.0]], 5.0)
    assert several.mean.shape == (1, 2)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"k_train": [[1.0, 2.0]]}, "k_train does not fit"),
        ({"k_test_train": [[1.0]]}, "k_test_train does not fit"),
        ({"y": [1.0]}, "y has the wrong shape"),
        ({"y": [1.0, np.nan]}, "y has an entry that is not finite"),
        ({"y": [1.0, "a"]}, "y is not an array of real numbers"),
        ({"k_train": [[1.0, 2.0], [0.0, 1.0]]}, "not symmetric"),
        ({"k_train": [[1.0, 0.0], [0.0, -1.0]]}, "not positive semidefinite"),
        ({"t": "a"}, "time is out of range"),
        ({"t": -1}, "time is out of range"),
        ({"t": np.nan}, "time is out of range"),
        ({"learning_rate": 1.0}, "does not converge"),
        ({"learning_rate": 0.0}, "does not converge"),
        ({"nngp_train": np.eye(2)}, "all three NNGP kernels"),
    ],
)
def test_bad_input(change, message):
    good = {
        "k_train": 2 * np.eye(2),
        "k_test_train": np.eye(2),
        "k_test": None,
        "y": [1, 2],
        "t": 1,
    }
    with pytest.raises(tc.DomainError, match=message):
        gradient_flow(**good | change)


def test_posterior_is_the_conditional_law():
    """Against the Schur complement of the joint covariance, and the flow with Θ = Σ at t = ∞."""
    inputs = np.random.default_rng(0).standard_normal((7, 4))
    kernel, y = tc.kernels.mlp(2).nngp_matrix(inputs), inputs[:5, 0]
    parts = kernel[:5, :5], kernel[5:, :5], kernel[5:, 5:]
    exact = law.posterior(*parts, y)
    inverse = np.linalg.inv(np.linalg.inv(kernel)[5:, 5:])
    np.testing.assert_allclose(exact.covariance, inverse, rtol=1e-9)
    flow = law.gradient_flow(*parts, y, t=np.inf, nngp_train=parts[0], nngp_test_train=parts[1])
    np.testing.assert_allclose(exact.mean, flow.mean, rtol=1e-10)
    np.testing.assert_allclose(exact.covariance, flow.covariance, rtol=1e-9)
    assert exact.condition == pytest.approx(np.linalg.cond(parts[0]), rel=1e-9)
    noisy = law.posterior(*parts, y, noise=0.5)
    expected = parts[1] @ np.linalg.solve(parts[0] + 0.5 * np.eye(5), y)
    np.testing.assert_allclose(noisy.mean, expected, rtol=1e-12)


def test_equal_inputs_are_named():
    inputs = np.array([[1.0, 2.0], [0.0, 1.0], [1.0, 2.0]])
    kernel = tc.kernels.mlp(1).nngp_matrix(inputs)
    with pytest.raises(tc.DomainError, match="inputs 0 and 2 have equal kernels"):
        law.posterior(kernel, kernel, kernel, np.ones(3))
    assert law.posterior(kernel, kernel, None, np.ones(3), noise=0.1).covariance is None
    with pytest.raises(tc.DomainError, match="noise is out of range"):
        law.posterior(kernel, kernel, kernel, np.ones(3), noise=-1)
