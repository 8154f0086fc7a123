"""Linear self-attention: what it computes, its gradient, and where training on prompts ends."""

import numpy as np
import pytest

import theorycalc as tc
from theorycalc.networks import linear_attention, tangent_kernel, train

GENERATOR = np.random.default_rng(9)


def test_what_a_head_computes():
    """The sum over tokens, written out; its derivatives by finite differences."""
    network = linear_attention(3, 6)
    start, direction = network.init(range(2)), network.init(range(2, 4))
    tokens, _ = network.prompts(noise=0.5)(GENERATOR, 5)
    attention, value = start.weights
    for seed, prompt in ((0, 2), (1, 4)):
        z, a, v = tokens[prompt], attention[seed], value[seed, :, 0]
        expected = sum((v @ token) * (z[-1] @ a @ token) for token in z) / 6
        assert network(start, tokens)[seed, prompt, 0] == pytest.approx(expected, rel=1e-12)
    one = np.zeros((2, 5, 1))
    one[:, 3] = 1
    gradient = network.gradient(start, network.forward(start, tokens), one)
    ends, step = [], 1e-5
    for signed in (step, -step):
        moved = start.map(lambda p, d, s=signed: p + s * d, direction)
        ends.append(network(moved, tokens)[:, 3, 0])
    slope = (ends[0] - ends[1]) / (2 * step)
    along = [np.sum(product, axis=(1, 2)) for product in gradient.map(np.multiply, direction)[0]]
    assert np.allclose(sum(along), slope, rtol=1e-8)
    square = sum(np.sum(g * g, axis=(1, 2)) for g in gradient.weights)
    assert np.allclose(tangent_kernel(network, start, tokens)[:, 3, 3], square, rtol=1e-12)


def test_prompts_have_their_law():
    network = linear_attention(2, 3)
    covariance, prior = np.array([[2.0, 0.5], [0.5, 1.0]]), np.diag([1.0, 3.0])
    tokens, answers = network.prompts(0.5, covariance, prior)(np.random.default_rng(0), 100_000)
    assert not tokens[:, -1, 2].any()
    x, query = tokens[:, :-1, :2].reshape(-1, 2), tokens[:, -1, :2]
    power = np.trace(covariance @ prior)
    # five errors of second and of fourth moments
    assert np.allclose(x.T @ x / len(x), covariance, atol=0.03)
    assert np.mean(tokens[:, :-1, 2] ** 2) == pytest.approx(power + 0.25, rel=0.03)
    assert np.mean(answers**2) == pytest.approx(power, rel=0.03)
    assert abs(np.mean(query[:, 0] * answers)) < 0.05


def test_training_ends_at_one_step_of_gradient_descent():
    """Γ = ηI with η = 1/(n + d + 1 + s²), and nothing between two coordinates."""
    d, n, noise = 3, 8, 0.5
    network = linear_attention(d, n, sigma_w=0.5)
    start = network.init(range(4))
    options = {"one_pass": network.prompts(noise), "optimizer": "adam"}
    end, _ = train(network, start, batch_size=64, steps=400, learning_rate=0.03, **options)
    end, _ = train(network, end, batch_size=512, steps=150, learning_rate=0.003, seed=1, **options)
    eta = 1 / (n + d + 1 + noise**2)
    found = network.step_matrix(end)
    assert np.allclose(np.trace(found, axis1=1, axis2=2) / d, eta, rtol=0.05)
    assert np.abs(found * (1 - np.eye(d))).max() < 0.1 * eta


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: linear_attention(0, 3), "d is too small"),
        (lambda: linear_attention(2, 3, sigma_w=0), "sigma_w"),
        (lambda: linear_attention(2, 3).prompts(-1), "noise"),
        (lambda: linear_attention(2, 3).prompts(0, np.eye(3)), "not a covariance"),
        (lambda: linear_attention(2, 3).prompts(0, None, -np.eye(2)), "prior is not positive"),
        (lambda: linear_attention(2, 3)(None, np.ones((4, 3, 3))), "X does not fit"),
        (lambda: linear_attention(2, 3).step_matrix(3), "not parameters"),
    ],
)
def test_bad_input(make, message):
    with pytest.raises(tc.DomainError, match=message):
        make()
