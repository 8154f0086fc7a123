"""Training beside loops that are written out: forward passes of their own, derivatives by hand."""

import re

import numpy as np
import pytest
from scipy.special import erf, expit

import theorycalc as tc
from theorycalc.networks import from_kernel, mlp, train

K = tc.kernels
GENERATOR = np.random.default_rng(21)
D, WIDTH = 4, 6


def sample(generator, n):
    """Signs of a noisy coordinate; row by row, so that blocks of any size are the same."""
    x = generator.standard_normal((n, D))
    return x, np.where(x[:, 0] + 0.5 * x[:, 1] * x[:, 2] > 0, 1.0, -1.0)


def online(w, v, stream, *, rate, steps, size, loss, decay):
    """One network of one pass: f = v·erf(W'x/√d)/m, moved with ηm."""
    m, losses = len(v), []
    for _ in range(steps + 1):
        x, y = sample(stream, size)
        z = x @ w / D**0.5
        f = erf(z) @ v / m
        if loss == "squared":
            values, slopes = 0.5 * (f - y) ** 2, f - y
        else:
            values, slopes = np.logaddexp(0, -y * f), -y * expit(-y * f)
        losses.append(values.mean())
        delta = slopes[:, None] * v / m * 2 / np.pi**0.5 * np.exp(-z * z)
        of_w, of_v = x.T @ delta / (D**0.5 * size), erf(z).T @ slopes / (m * size)
        if len(losses) <= steps:
            w = w - rate * m * (of_w + decay * w)
            v = v - rate * m * (of_v + decay * v)
    return w, v, np.array(losses)


@pytest.mark.parametrize(
    ("dtype", "rtol", "size", "loss", "decay"),
    [
        (np.float64, 1e-11, 1, "squared", 0),
        (np.float64, 1e-11, 1, "logistic", 0.001),
        (np.float64, 1e-11, 3, "squared", 0),
        (np.float32, 1e-4, 1, "squared", 0),
    ],
)
def test_one_pass(dtype, rtol, size, loss, decay):
    """More steps than samples are drawn at once. Some roundings a step, of 300 steps."""
    network = mlp(D, WIDTH, 1, "erf", sigma_w=1, parameterization="mean_field")
    start = network.init(range(3), like=np.empty(0, dtype))
    options = {"steps": 300, "loss": loss, "batch_size": size, "weight_decay": decay}
    end, losses = train(network, start, one_pass=sample, learning_rate=0.1, seed=5, **options)
    for r, (w, v) in enumerate(zip(*start.weights, strict=True)):
        stream = np.random.default_rng(np.random.SeedSequence((5, r)))
        w, v, expected = online(
            w.astype(float), v[:, 0].astype(float), stream, rate=0.1, steps=300, size=size,
            loss=loss, decay=decay,
        )  # fmt: skip
        assert end.weights[0].dtype == dtype
        assert np.allclose(end.weights[0][r], w, rtol=rtol, atol=rtol)
        assert np.allclose(end.weights[1][r, :, 0], v, rtol=rtol, atol=rtol)
        assert np.allclose(losses[:, r], expected, rtol=rtol, atol=rtol)


def test_one_pass_diverges_where_it_does():
    network = mlp(D, WIDTH, 1, "erf", sigma_w=1, parameterization="mean_field")
    start = network.init(range(3))
    firsts = []
    for r, (w, v) in enumerate(zip(*start.weights, strict=True)):
        with np.errstate(all="ignore"):
            stream = np.random.default_rng(np.random.SeedSequence((0, r)))
            *_, losses = online(
                w, v[:, 0], stream, rate=1e4, steps=300, size=1, loss="squared", decay=0
            )
        firsts.append(int(np.argmin(np.isfinite(losses))))
    step = min(firsts)
    message = f"step {step} of network {firsts.index(step)}"
    with pytest.raises(tc.DomainError, match=re.escape(message)):
        train(network, start, one_pass=sample, learning_rate=1e4, steps=300)


def convolution(parameters, x):
    """Filters of three places on a circle, erf, and a readout of all places."""
    (w, v), _ = parameters
    n, places = x.shape
    z = np.zeros((n, places, w.shape[1]))
    for place in range(places):
        for offset in range(3):
            seen = x[:, (place + offset - 1) % places, None]
            z[:, place] += seen * w[offset] / 3**0.5
    return erf(z).reshape(n, -1) @ v[:, 0] / v.shape[0] ** 0.5


def residual(parameters, x):
    """z₁ = Wx, z₂ = z₁ + 0.7 (W erf(z₁) + b), f = W erf(z₂)."""
    weights, biases = parameters

    def affine(layer, h):
        return h @ weights[layer] / h.shape[1] ** 0.5 + 0.2 * biases[layer]

    z = affine(0, x)
    z = z + 0.7 * affine(1, erf(z))
    return affine(2, erf(z))[:, 0]


def differences(forward, parameters, x, y, step=1e-5):
    """∇ ½|f − y|², parameter by parameter; off by step² and ε/step."""
    found = []
    for array in [*parameters[0], *parameters[1]]:
        slope = np.zeros_like(array)
        for place in np.ndindex(array.shape):
            old, ends = array[place], []
            for signed in (step, -step):
                array[place] = old + signed
                ends.append(0.5 * np.sum((forward(parameters, x) - y) ** 2))
            array[place] = old
            slope[place] = (ends[0] - ends[1]) / (2 * step)
        found.append(slope)
    return found


@pytest.mark.parametrize(
    ("kernel", "forward", "places"),
    [
        (K.cnn(1, activation="erf", dimensions=1), convolution, 5),
        (K.resnet(1, "erf", sigma_b="0.2", scale="0.7"), residual, 3),
    ],
    ids=["convolution", "residual"],
)
@pytest.mark.parametrize("beta", [0, 0.5])
def test_layers(kernel, forward, places, beta):
    """Descent with momentum along finite differences of a forward pass of our own."""
    x = GENERATOR.normal(size=(4, places))
    y = x[:, 0] * x[:, 1]
    network = from_kernel(kernel, 3)
    start = network.init([1, 2], like=x)
    optimizer = tc.networks.Momentum(beta)
    end, loss = train(network, start, x, y, learning_rate=0.1, steps=3, optimizer=optimizer)
    for seed in range(2):
        mine = tuple([array[seed].copy() for array in half] for half in start)
        velocity = [0.0] * (len(mine[0]) + len(mine[1]))
        for step in range(4):
            assert loss[step, seed] == pytest.approx(
                0.5 * np.sum((forward(mine, x) - y) ** 2), rel=1e-7
            )
            slopes = differences(forward, mine, x, y) if step < 3 else []
            for i, (array, slope) in enumerate(zip([*mine[0], *mine[1]], slopes, strict=False)):
                velocity[i] = beta * velocity[i] + slope
                array -= 0.1 * velocity[i]
        for half, other in zip(mine, end, strict=True):
            for a, b in zip(half, other, strict=True):
                assert np.allclose(a, b[seed], rtol=1e-7, atol=1e-8)
