"""Losses and their slopes, labels that fit them, and what comes of training on them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

import theorycalc as tc
from theorycalc.networks import mlp, train
from theorycalc.networks.losses import LOSSES

GENERATOR = np.random.default_rng(6)
X = GENERATOR.normal(size=(12, 3))
SIGNS = np.where(X[:, 0] > 0, 1.0, -1.0)
CLASSES = np.digitize(X[:, 0], [-0.5, 0.5])


def labels(loss, outputs, generator):
    """Random labels that fit: (the labels, the same as rows)."""
    if loss.labels == "classes":
        classes = generator.integers(outputs, size=4)
        return classes, np.eye(outputs)[classes]
    y = generator.normal(size=(4, outputs))
    y = np.sign(y) if loss.labels == "signs" else y
    return y, y


@given(name=st.sampled_from(list(LOSSES)), outputs=st.integers(2, 4), seed=st.integers(0, 99))
def test_slopes_against_differences(name, outputs, seed):
    loss, generator = LOSSES[name], np.random.default_rng(seed)
    y = loss.targets(labels(loss, outputs, generator)[0], 4, outputs)
    f, direction = generator.normal(size=(2, 3, 4, outputs))
    step = 1e-5
    ends = [np.sum(loss.value(f + s * direction, y)) for s in (step, -step)]
    slope = np.sum(loss.slope(f, y) * direction)
    assert (ends[0] - ends[1]) / (2 * step) == pytest.approx(slope, rel=1e-6, abs=1e-8)


def test_values_against_scipy():
    f, y = GENERATOR.normal(size=(1, 6, 3)) * 50, np.arange(6) % 3
    softmax = LOSSES["softmax"]
    found = softmax.value(f, softmax.targets(y, 6, 3))
    assert np.allclose(found[0, :, 0], -special.log_softmax(f[0], axis=1)[range(6), y])
    signs = np.where(y == 1, 1.0, -1.0)[:, None]
    found = LOSSES["logistic"].value(f, signs)
    assert np.allclose(found, -special.log_expit(signs * f))


@pytest.mark.parametrize("name", ["logistic", "softmax", "hinge"])
@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
def test_training_separates_the_classes(name, optimizer):
    outputs, y = (3, CLASSES) if name == "softmax" else (1, SIGNS)
    network = mlp(3, 64, activation="erf", sigma_w=1.4, sigma_b=1, outputs=outputs)
    rate = {"sgd": 0.05, "momentum": 0.005, "adam": 0.03}[optimizer]
    end, loss = train(
        network, network.init(range(2)), X, y,
        learning_rate=rate, steps=250, loss=name, optimizer=optimizer,
    )  # fmt: skip
    f = network(end, X)
    found = f.argmax(axis=-1) if name == "softmax" else np.sign(f[..., 0])
    assert (found == y).all()
    assert (loss[-1] < 0.2 * loss[0]).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"loss": "logistic", "y": (SIGNS + 1) / 2}, "logistic loss: got 0, 1; .*Try 2\\*y - 1"),
        ({"loss": "hinge", "y": X[:, 0]}, r"hinge loss: got .*\(12 values\); allowed: −1 and 1"),
        ({"loss": "softmax", "y": SIGNS, "outputs": 2}, r"Try \(y \+ 1\)/2"),
        ({"loss": "softmax", "y": CLASSES, "outputs": 2}, "the classes 0, …, 1"),
        ({"loss": "softmax", "y": CLASSES}, "two or more outputs"),
        ({"loss": "softmax", "y": SIGNS[:4], "outputs": 2}, "y does not fit"),
        ({"loss": "logstic"}, "Try 'logistic'"),
        ({"loss": None}, "not a loss"),
        ({"optimizer": "adams"}, "Try 'adam'"),
        ({"optimizer": None}, "not an optimizer"),
        ({"weight_decay": -1}, "weight_decay"),
    ],
)
def test_bad_input(change, message):
    options = {"y": SIGNS, "outputs": 1, "learning_rate": 0.1, "steps": 1} | change
    network = mlp(3, 4, sigma_w=1, outputs=options.pop("outputs"))
    with pytest.raises(tc.DomainError, match=message):
        train(network, network.init([0]), X, options.pop("y"), **options)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: tc.networks.Adam(beta_1=0.8), "argument of Adam.*Try 'beta1'"),
        (lambda: tc.networks.Adam(beta1=1), "beta1 is out of range"),
        (lambda: tc.networks.Adam(epsilon=0), "epsilon is out of range"),
        (lambda: tc.networks.Momentum(bta=0.8), "argument of Momentum.*Try 'beta'"),
        (lambda: tc.networks.Momentum(beta=-0.1), "beta is out of range"),
    ],
)
def test_bad_constants(make, message):
    with pytest.raises(tc.DomainError, match=message):
        make()
