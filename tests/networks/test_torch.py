"""The same networks on torch tensors, on a GPU if there is one; run by ``make test-torch``."""

import numpy as np
import pytest
from zoo import ZOO

from theorycalc.networks import mlp, tangent_kernel, to_numpy, train

pytestmark = pytest.mark.torch
X = np.random.default_rng(2).normal(size=(5, 3))
Y = X[:, 0] * X[:, 1]


@pytest.fixture(scope="module")
def tensors():
    import torch

    device = "cuda" if torch.cuda.is_available() else "cpu"
    return torch.asarray(X, device=device), torch.asarray(Y, device=device)


@pytest.mark.parametrize("activation", ZOO.values(), ids=ZOO)
def test_outputs_kernels_and_training_are_the_same(activation, tensors):
    x, y = tensors
    network = mlp(3, 16, 2, activation, sigma_w=0.5, sigma_b=0.2)
    ours, theirs = network.init(range(3)), network.init(range(3), like=x)
    outputs, kernel = network(theirs, x), tangent_kernel(network, theirs, x)
    assert outputs.device == x.device
    assert np.allclose(to_numpy(outputs), network(ours, X), rtol=1e-12, atol=1e-12)
    assert np.allclose(to_numpy(kernel), tangent_kernel(network, ours, X), rtol=1e-12, atol=1e-12)
    end = train(network, ours, X, Y, learning_rate=1e-6, steps=10, batch_size=3)
    torch_end = train(network, theirs, x, y, learning_rate=1e-6, steps=10, batch_size=3)
    assert np.allclose(torch_end.loss, end.loss, rtol=1e-10)
