"""Gradient descent: convergence, exact linear training, minibatches, bad input."""

import array_api_strict
import numpy as np
import pytest

import theorycalc as tc
from theorycalc.networks import groups, mlp, to_numpy, train

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


def by_hand(optimizer, decay, gradients, theta, rate):
    """The textbook's recursions, one parameter at a time."""
    v, m, s = 0.0, 0.0, 0.0
    for t, gradient in enumerate(gradients, start=1):
        g = gradient(theta)
        if optimizer == "momentum":
            v = 0.9 * v + g
            g = v
        if optimizer == "adam":
            m, s = 0.9 * m + 0.1 * g, 0.999 * s + 0.001 * g**2
            g = (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
        theta = theta - rate * (g + decay * theta)
    return theta


@pytest.mark.parametrize("optimizer", ["sgd", "momentum", "adam"])
@pytest.mark.parametrize("decay", [0, 0.3])
def test_optimizers_against_their_recursions(optimizer, decay):
    network = mlp(3, 1, depth=0, sigma_w=3**0.5)  # f = θ·x
    start = network.init([5])
    end, _ = train(
        network, start, X, Y,
        learning_rate=0.03, steps=9, optimizer=optimizer, weight_decay=decay,
    )  # fmt: skip
    theta = by_hand(
        optimizer, decay, [lambda t: X.T @ (X @ t - Y)] * 9, start.weights[0][0, :, 0], 0.03
    )
    assert np.allclose(end.weights[0][0, :, 0], theta, rtol=1e-11)


def test_frozen_layers_stay():
    network = mlp(3, 8, 2, "tanh", sigma_w=1.2, sigma_b=0.3)
    start = network.init(range(2))
    end, _ = train(network, start, X, Y, learning_rate=0.05, steps=4, layers=[2])
    for layer in range(3):
        same = [np.array_equal(a[layer], b[layer]) for a, b in zip(start, end, strict=True)]
        assert same == [layer != 1] * 2
    readout, _ = train(network, start, X, Y, learning_rate=0.05, steps=4, layers=[3])
    features = network.forward(start, X).inputs[-1]
    last = mlp(8, 1, depth=0, sigma_w=1.2, sigma_b=0.3)
    for seed in range(2):
        alone = tc.networks.Parameters(
            *(tuple(p[seed : seed + 1] for p in half[-1:]) for half in start)
        )
        end, _ = train(last, alone, features[seed], Y, learning_rate=0.05, steps=4)
        assert np.allclose(last(end, features[seed])[0], network(readout, X)[seed], rtol=1e-12)


def one_index(generator, n):
    x = generator.standard_normal((n, 3))
    return x, x[:, 0] + 0.1 * generator.standard_normal(n)


def test_fresh_samples_reach_the_teacher():
    """One pass of a linear network: the mean converges to e₁, whatever its company."""
    network = mlp(3, 1, depth=0, sigma_w=3**0.5)
    start = network.init(range(8))
    options = {"one_pass": one_index, "learning_rate": 0.02, "steps": 1500, "batch_size": 2}
    end, loss = train(network, start, seed=3, **options)
    assert loss.shape == (1501, 8)
    assert np.allclose(end.weights[0][..., 0], np.eye(3)[0], atol=0.1)
    # ½σ² with σ = 0.1, and a little more
    assert 0.004 < loss[500:].mean() < 0.007
    first = start.map(lambda p: p[:2])
    alone, _ = train(network, first, seed=3, **options)
    assert np.allclose(alone.weights[0], end.weights[0][:2], rtol=1e-12)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"one_pass": lambda generator, n: 0}, "one_pass gives no samples"),
        ({"one_pass": lambda generator, n: (np.ones((n, 2)), np.ones(n))}, "X of one_pass"),
        ({"one_pass": lambda generator, n: (np.ones((n, 3)), np.ones(1))}, "y does not fit"),
        ({"one_pass": 3}, "not a function"),
        ({"one_pass": one_index, "X": X}, "data beside one_pass"),
        ({"one_pass": None}, "X does not fit the network: got NoneType"),
        ({"one_pass": one_index, "batch_size": 0}, "batch_size"),
        ({"one_pass": one_index, "layers": []}, "no layers"),
        ({"one_pass": one_index, "layers": [3]}, "layer is too large"),
        ({"one_pass": one_index, "loss": "hinge"}, "do not fit the hinge loss"),
    ],
)
def test_bad_samples(change, message):
    network = mlp(3, 4, sigma_w=1)
    with pytest.raises(tc.DomainError, match=message):
        train(network, network.init([0]), learning_rate=0.1, steps=3, **change)


def test_what_diverges_says_when_and_what_would_not():
    """The rate that is told is the edge: 5 % below it the loss falls, 5 % above it explodes."""
    network = mlp(3, 2, depth=0, sigma_w=1)
    start = network.init(range(2))
    for optimizer, factor in (("sgd", 2), ("momentum", 3.8)):
        with pytest.raises(tc.DomainError, match=r"diverged: got step .* of network 0") as raised:
            train(network, start, X, Y, learning_rate=1e3, steps=300, optimizer=optimizer)
        told = float(str(raised.value).split("less than ")[1].split(",")[0])
        top = np.linalg.eigvalsh(X @ X.T / 3)[-1]
        assert told == pytest.approx(factor / top, rel=1e-3)
        for share in (0.95, 1.05):
            _, loss = train(
                network, start, X, Y, learning_rate=share * told, steps=400, optimizer=optimizer
            )
            assert (loss[-1] < loss[0]).all() == (share < 1)
    with pytest.raises(tc.DomainError, match="a smaller learning rate"):
        train(network, start, one_pass=one_index, learning_rate=1e4, steps=300)


@pytest.mark.parametrize("batch_size", [None, 2])
def test_groups_that_fit_the_cache_are_all_networks(monkeypatch, batch_size):
    """However networks are grouped, they and their batches are the same, to the last bit."""
    network = mlp(3, 8, 1, "tanh", sigma_w=1.4, sigma_b=0.3)
    start = network.init(range(5))
    runs = []
    for cache in (1, 2000, 2**20):
        monkeypatch.setattr(groups, "_CACHE", cache)
        runs.append(train(network, start, X, Y, learning_rate=0.02, steps=7, batch_size=batch_size))
    for end, loss in runs[1:]:
        assert np.array_equal(loss, runs[0].loss)
        assert np.array_equal(end.weights[0], runs[0].parameters.weights[0])
    assert np.array_equal(start.weights[0], network.init(range(5)).weights[0])
    monkeypatch.setattr(groups, "_CACHE", 1)
    diverging = start._replace(weights=(start.weights[0], start.weights[1] * 1e160))
    mixed = start.map(lambda p, q: np.concatenate([p[:2], q[2:3], p[3:]]), diverging)
    with pytest.raises(tc.DomainError, match=r"diverged: got step 0 of network 2"):
        train(network, mixed, X, Y, learning_rate=0.02, steps=7)


def test_who_looks_may_keep_what_is_seen():
    network = mlp(3, 4, sigma_w=1)
    kept = []
    train(
        network, network.init([0]), X, Y, learning_rate=0.05, steps=2,
        on_step=lambda step, parameters: kept.append(parameters.weights[0]),
    )  # fmt: skip
    assert not np.array_equal(kept[0], kept[1])
    assert not np.array_equal(kept[1], kept[2])


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
