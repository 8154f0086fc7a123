"""Trained networks against recorded ensembles of another program, and the data they see."""

import numpy as np
import pytest
import sympy as sp
from reference import entries, label
from scipy import stats

import theorycalc as tc
from theorycalc.networks import mlp
from theorycalc.validation import (
    Agreement,
    Measurement,
    digits,
    sample_kernels,
    sphere_points,
    threshold,
    train_ensemble,
)
from theorycalc.validation.tangent import learning_rate, predict, training_report

DATA = sphere_points()
SIGMA = sp.sqrt(2)
DEVIATIONS = entries("trained", "ntk.rms_deviation_limit_kernel")
OWN_DEVIATIONS = entries("trained", "ntk.rms_deviation_own_kernel")
VARIANCES = entries("trained", "ntk.empirical_variance_times_width")
LIMIT = threshold(0.01, comparisons=len(DEVIATIONS) + len(OWN_DEVIATIONS) + len(VARIANCES))


def z_score(measured, entry):
    spread = np.hypot(measured.standard_error, float(entry["standard_error"]))
    return (measured.mean - float(entry["value"])) / spread


@pytest.mark.parametrize(
    ("limit", "own"), list(zip(DEVIATIONS, OWN_DEVIATIONS, strict=True)), ids=map(label, DEVIATIONS)
)
def test_deviations_of_trained_networks(limit, own):
    """Root of the mean over networks of the squared deviation, with both kernels."""
    params = limit["params"]
    assert params == own["params"]
    kernel = tc.kernels.mlp(params["hidden_layers"], params["activation"], SIGMA)
    network = mlp(6, params["width"], kernel.depth, kernel.activation, sigma_w=SIGMA)
    rate = learning_rate(kernel, DATA)
    replicas = 24 if params["width"] > 1000 else 100
    ensemble = train_ensemble(
        network, DATA, replicas, seed=3, learning_rate=rate, steps=params["steps"]
    )
    theory = predict(kernel, DATA, rate, params["steps"])
    linearised = ensemble.linearised(theory.hat, DATA.y_train)
    for entry, predicted in ((limit, linearised), (own, ensemble.own_kernel)):
        squares = Measurement.of(ensemble.deviation(predicted) ** 2)
        root = squares.mean**0.5
        measured = Measurement(root, squares.standard_error / (2 * root), replicas)
        assert abs(z_score(measured, entry)) < LIMIT


@pytest.mark.parametrize("entry", VARIANCES, ids=label)
def test_variance_of_the_tangent_kernel(entry):
    params = entry["params"]
    angle = float(sp.Rational(params["angle_over_pi"]) * sp.pi)
    x = np.sqrt(2) * np.array([[1.0, 0.0], [np.cos(angle), np.sin(angle)]])
    network = mlp(2, params["width"], params["hidden_layers"], params["activation"], sigma_w=SIGMA)
    kernels = sample_kernels(network, x, 500, seed=1)[:, 0, 1]
    measured = Measurement.of_variance(params["width"] ** 0.5 * kernels)
    assert abs(z_score(measured, entry)) < LIMIT


@pytest.mark.parametrize("entry", entries("trained", "ntk.neuron_variance"), ids=label)
def test_variance_of_one_neuron(entry):
    """With one hidden layer the variance times the width is the same at width 1."""
    params = entry["params"]
    angle = float(sp.Rational(params["angle_over_pi"]) * sp.pi)
    x = np.sqrt(2) * np.array([[1.0, 0.0], [np.cos(angle), np.sin(angle)]])
    network = mlp(2, 16, 1, params["activation"], sigma_w=SIGMA)
    kernels = sample_kernels(network, x, 20_000, seed=2)[:, 0, 1]
    measured = Measurement.of_variance(4 * kernels)
    assert abs(measured.mean - float(entry["value"])) < LIMIT * measured.standard_error
    if params["activation"] == "relu":
        from theorycalc.theories.neural_tangent_kernel import VARIANCE

        cosine = sp.cos(sp.pi * sp.Rational(params["angle_over_pi"]))
        value = VARIANCE.at(using=tc.Ball(15), rho=cosine)
        assert abs(float(value) - float(entry["value"])) < 1e-12


def test_an_ensemble_is_the_same_in_one_piece_and_in_many(monkeypatch):
    network = mlp(6, 12, 1, "erf", sigma_w=1)
    settings = {"seed": 5, "learning_rate": 0.05, "steps": 4}
    whole = train_ensemble(network, DATA, 7, **settings)
    monkeypatch.setattr("theorycalc.validation.ensembles._CHUNK_DOUBLES", 1)
    pieces = train_ensemble(network, DATA, 7, **settings)
    assert np.allclose(whole.trained_test, pieces.trained_test, rtol=1e-12)
    assert np.allclose(whole.own_kernel, pieces.own_kernel, rtol=1e-9)


def test_the_report_of_a_small_experiment():
    """A wrong kernel is rejected, and pictures can be drawn."""
    from matplotlib.figure import Figure

    kernel = tc.kernels.mlp(1, "erf", SIGMA, sigma_b="0.1")
    wrong = tc.kernels.mlp(1, "erf", sp.sqrt(3), sigma_b="0.1")
    report = training_report(
        kernel, {"σ_w² + 50 %": wrong}, digits(16, 8), {32: 100, 64: 100, 128: 100}
    )
    *_, exponent, own = (v.comparison.name for v in report.validations)
    assert exponent.startswith("deviation: exponent")
    assert own == "own kernel: exponent"
    mutants = [v for v in report.validations if v.comparison.mutant]
    assert [v.agreement for v in mutants] == [Agreement.DEVIATES]
    for figure in report.figures:
        axes = Figure().subplots()
        figure.draw(axes)
        assert axes.get_xlabel()
        assert axes.get_ylabel()
        assert axes.get_legend()


def test_too_few_networks_agree_with_no_kernel():
    """Not with the right one, whose test sees nothing, and not with a wrong one."""
    kernel, wrong = (tc.kernels.mlp(1, "relu", sp.sqrt(s)) for s in (2, sp.Rational(21, 10)))
    report = training_report(kernel, {"σ_w² + 5 %": wrong}, DATA, {64: 14})
    assert {v.agreement for v in report.validations} == {Agreement.INCONCLUSIVE}
    assert [v.passed for v in report.validations if v.comparison.mutant] == [False]


def test_points_on_the_sphere():
    assert np.allclose(np.sum(DATA.x_train**2, axis=1), 6, rtol=1e-14)
    assert np.allclose(DATA.y_test, DATA.x_test[:, 0] * DATA.x_test[:, 1])
    assert np.linalg.matrix_rank(DATA.x_train) == 6


def test_digits():
    data = digits(40, 20, classes=(0, 1))
    assert data.x_train.shape == (40, 64)
    assert data.x_test.shape == (20, 64)
    assert np.allclose(np.sum(data.x_train**2, axis=1), 64)
    assert set(data.y_test) == {-1.0, 1.0}
    # two classes that a linear rule tells apart
    direction = data.x_train.T @ data.y_train
    assert stats.binomtest(int(np.sum(data.x_test @ direction * data.y_test > 0)), 20).pvalue < 1e-3
    with pytest.raises(tc.DomainError, match="too large"):
        digits(1000, 1000)
