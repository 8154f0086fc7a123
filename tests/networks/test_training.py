"""Gradient descent: convergence, exact linear training, minibatches, bad input."""

import array_api_strict
import numpy as np
import pytest

import theorycalc as tc
from theorycalc.networks import mlp, to_numpy, train

GENERATOR = np.random.default_rng(11)
X, Y = GENERATOR.normal(size=(6, 3)), GENERATOR.normal(size=6)


def test_a_linear_network_follows_its_kernel_exactly():
    """Without hidden layers f is linear in θ: gradient descent is the kernel's, at every step."""
    network = mlp(3, 1, depth=0, sigma_w=1, sigma_b=0.5)
    start = network.init(range(4))
    theta = tc.networks.tangent_kernel(network, start, X)
    rate = 0.5 * tc.kernels.predict.max_learning_rate(theta[0])
    end, loss = train(network, start, X, Y, learning_rate=rate, steps=17)
    f0 = network(start, X)[..., 0]
    for seed in range(4):
        expected = (
            f0[seed]
            + tc.kernels.predict.gradient_flow(
                theta[seed], theta[seed], None, Y - f0[seed], 17, learning_rate=rate
            ).mean
        )
        assert np.allclose(network(end, X)[seed, :, 0], expected, rtol=1e-12)
    assert np.allclose(loss[0], 0.5 * np.sum((f0 - Y) ** 2, axis=1))
    assert (np.diff(loss, axis=0) < 0).all()


def test_every_step_is_seen():
    network = mlp(3, 16, sigma_w=1.4)
    seen = []
    train(
        network, network.init([0]), X, Y, learning_rate=0.05, steps=3,
        on_step=lambda step, parameters: seen.append((step, network(parameters, X)[0, 0, 0])),
    )  # fmt: skip
    assert [step for step, _ in seen] == [0, 1, 2, 3]
    assert len({output for _, output in seen}) == 4


def test_minibatches_visit_all_data_and_scale_the_gradient():
    """One epoch of a linear network with tiny steps is one full step per batch, on average."""
    network = mlp(3, 1, depth=0, sigma_w=1)
    start = network.init([1, 2])
    full, _ = train(network, start, X, Y, learning_rate=1e-6, steps=3)
    batched, loss = train(network, start, X, Y, learning_rate=1e-6, steps=3, batch_size=2, seed=4)
    moved, moved_batched = (end.weights[0] - start.weights[0] for end in (full, batched))
    assert np.allclose(moved, moved_batched, rtol=1e-4)
    assert loss.shape == (4, 2)
    whole, _ = train(network, start, X, Y, learning_rate=1e-2, steps=3, batch_size=6)
    same, _ = train(network, start, X, Y, learning_rate=1e-2, steps=3)
    assert np.allclose(whole.weights[0], same.weights[0], rtol=1e-13)


def test_minibatch_training_converges():
    network = mlp(3, 512, sigma_w=2**0.5, sigma_b=1)
    _, loss = train(
        network, network.init(range(3)), X, Y, learning_rate=0.05, steps=1500, batch_size=3
    )
    assert (loss[-1] < 1e-3 * loss[0]).all()


def test_several_outputs_and_another_namespace():
    network = mlp(3, 12, 2, "erf", sigma_w=1.2, sigma_b=0.1, outputs=2)
    targets = GENERATOR.normal(size=(6, 2))
    strict_x, strict_y = array_api_strict.asarray(X), array_api_strict.asarray(targets)
    ends = []
    for x, y in ((X, targets), (strict_x, strict_y)):
        start = network.init(range(3), like=x)
        end, loss = train(network, start, x, y, learning_rate=0.05, steps=20, batch_size=4)
        ends.append((to_numpy(network(end, x)), loss))
    assert np.allclose(ends[0][0], ends[1][0], rtol=1e-12)
    assert np.allclose(ends[0][1], ends[1][1], rtol=1e-12)


def test_single_precision_stays_single():
    network = mlp(3, 8, sigma_w=1)
    x = X.astype(np.float32)
    end, _ = train(network, network.init([0], like=x), x, x[:, 0], learning_rate=0.1, steps=2)
    assert network(end, x).dtype == np.float32


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"X": X[:, :2]}, "X does not fit"),
        ({"X": X[0]}, "X does not fit"),
        ({"X": X[:0], "y": Y[:0]}, "X does not fit"),
        ({"X": np.where(X > 0, X, np.nan)}, "not finite"),
        ({"y": Y[:3]}, "y does not fit"),
        ({"y": np.stack([Y, Y], axis=1)}, "y does not fit"),
        ({"y": np.full(6, np.inf)}, "not finite"),
        ({"learning_rate": 0}, "out of range"),
        ({"learning_rate": float("nan")}, "out of range"),
        ({"steps": -1}, "steps"),
        ({"batch_size": 7}, "too large"),
        ({"batch_size": 0}, "batch_size"),
        ({"learning_rate": 1e3, "steps": 200}, "diverged"),
    ],
)
def test_bad_input(change, message):
    network = mlp(3, 8, 1, "identity", sigma_w=1)
    good = {"X": X, "y": Y, "learning_rate": 0.1, "steps": 1}
    with pytest.raises(tc.DomainError, match=message):
        train(network, network.init([0]), **good | change)
