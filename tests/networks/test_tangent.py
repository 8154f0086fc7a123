"""The empirical tangent kernel against the Jacobian, and against its limit."""

import sys

import numpy as np
import pytest

import theorycalc as tc
from theorycalc.networks import mlp, tangent_kernel

X = np.random.default_rng(3).normal(size=(5, 3))


def jacobian(network, parameters, x):
    """(seeds, n, outputs, parameters), one backward pass for each input and output."""
    rows = []
    for i in range(len(x)):
        passed = network.forward(parameters, x[i : i + 1])
        row = []
        for output in range(network.widths[-1]):
            one_hot = np.zeros_like(passed.outputs[-1])
            one_hot[:, :, output] = 1
            gradient = network.gradient(parameters, passed, one_hot)
            row.append(
                np.concatenate([g.reshape(len(g), -1) for part in gradient for g in part], axis=1)
            )
        rows.append(np.stack(row, axis=1))
    return np.stack(rows, axis=1)


@pytest.mark.parametrize("parameterization", ["ntk", "standard"])
@pytest.mark.parametrize(
    ("activation", "depth"), [("relu", 2), ("erf", 3), ("gelu", 1), ("abs", 0)]
)
@pytest.mark.parametrize("outputs", [1, 2])
def test_against_the_jacobian(parameterization, activation, depth, outputs):
    network = mlp(
        3, 6, depth, activation, sigma_w=1.4, sigma_b=0.2,
        outputs=outputs, parameterization=parameterization,
    )  # fmt: skip
    parameters = network.init(range(2))
    rows = jacobian(network, parameters, X)
    expected = np.einsum("siap,sjbp->sijab", rows, rows)
    found = tangent_kernel(network, parameters, X)
    if outputs == 1:
        found = found[..., None, None]
    assert np.allclose(found, expected, rtol=1e-12, atol=1e-12)
    block = tangent_kernel(network, parameters, X[:2], X[2:])
    assert np.allclose(block.reshape(found[:, :2, 2:].shape), found[:, :2, 2:], rtol=1e-14)


@pytest.mark.parametrize("outputs", [1, 2])
def test_the_part_of_one_layer(outputs):
    network = mlp(3, [5, 4], 2, "erf", sigma_w=1.4, sigma_b=0.2, outputs=outputs)
    parameters = network.init(range(2))
    rows = jacobian(network, parameters, X)
    sizes = [w[0].size for w in parameters.weights] + [b[0].size for b in parameters.biases]
    weights, biases = np.split(rows, [sum(sizes[:3])], axis=-1)
    weights = np.split(weights, np.cumsum(sizes[:2]), axis=-1)
    biases = np.split(biases, np.cumsum(sizes[3:5]), axis=-1)
    parts = []
    for layer, of_layer in enumerate(zip(weights, biases, strict=True), start=1):
        row = np.concatenate(of_layer, axis=-1)
        expected = np.einsum("siap,sjbp->sijab", row, row)[:, :2]
        parts.append(tangent_kernel(network, parameters, X[:2], X, layer=layer))
        assert np.allclose(parts[-1].reshape(expected.shape), expected, rtol=1e-12, atol=1e-12)
    assert np.allclose(sum(parts), tangent_kernel(network, parameters, X[:2], X), rtol=1e-12)


@pytest.mark.parametrize("layer", [0, 4, "1.5"])
def test_a_layer_that_does_not_exist(layer):
    network = mlp(3, 4, 2, sigma_w=1)
    with pytest.raises(tc.DomainError, match="layer"):
        tangent_kernel(network, network.init([0]), X, layer=layer)


@pytest.mark.parametrize(("activation", "sigma_b"), [("relu", 0), ("erf", 1), ("leaky_relu", 0.5)])
def test_its_mean_is_the_limit_with_one_hidden_layer(activation, sigma_b):
    """E Θ_m = Θ at every width: inputs of any norm, both diagonals and the off-diagonal."""
    kernel = tc.kernels.mlp(1, activation, sigma_w=1.3, sigma_b=sigma_b)
    network = mlp(3, 32, 1, activation, sigma_w=1.3, sigma_b=sigma_b)
    found = tangent_kernel(network, network.init(range(3000)), X[:2])
    samples = found[:, *np.triu_indices(2)]
    _, _, p = tc.validation.mean_test(samples, kernel.ntk_matrix(X[:2])[np.triu_indices(2)])
    assert p > 1e-3


@pytest.mark.parametrize("parameterization", ["ntk", "standard"])
def test_a_very_wide_deep_network(parameterization):
    kernel = tc.kernels.mlp(
        2, "relu", sigma_w=1.4, sigma_b=0.3, parameterization=parameterization, width=1024
    )
    network = mlp(3, 1024, 2, "relu", sigma_w=1.4, sigma_b=0.3, parameterization=parameterization)
    found = tangent_kernel(network, network.init(range(40)), X[:2])
    limit = kernel.ntk_matrix(X[:2])
    # 40 networks, relative standard deviation of one about √(240/1024)/3
    assert np.allclose(found.mean(axis=0), limit, rtol=4 * 0.16 / 40**0.5)


def test_a_function_without_torch(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(tc.MissingExtraError, match=r"tangent kernel of a function.*\[torch\]"):
        tangent_kernel(lambda p, x: x, {}, X)


def test_what_is_no_network():
    with pytest.raises(tc.DomainError, match="a finite network"):
        tangent_kernel(mlp, mlp(3, 4, sigma_w=1).init([0]), X)
