"""The powers of the width: tables, the symmetry between them, what grows and what does not."""

import numpy as np
import pytest

import theorycalc as tc
from theorycalc.networks import mlp, train
from theorycalc.networks.parameterization import NAMED, exponents

X = np.random.default_rng(8).normal(size=(5, 3))
Y = X[:, 0] - X[:, 1] * X[:, 2]


@pytest.mark.parametrize("named", NAMED)
def test_two_layers_by_name(named):
    """f = n^−a₂ Σ a_i φ(n^−a₁ w_i·x), and the rate of the step, written out from the table."""
    n, d = 7, 3
    network = mlp(d, n, activation="tanh", sigma_w=[1.5, 2], parameterization=named)
    parameters = network.init([4])
    row = NAMED[named]
    w, v = (weights[0] for weights in parameters.weights)
    of_law = [np.std(weights) for weights in network.init(range(1500)).weights]
    sizes = 1.5 / d**0.5, 2.0
    in_law = sizes if named == "standard" else (1, 1)
    deviations = [s * n**-b for s, b in zip(in_law, row.b[::2], strict=True)]
    assert np.allclose(of_law, deviations, rtol=0.04)  # four errors of the readout's
    first, second = (s / t * n**-a for s, t, a in zip(sizes, in_law, row.a[::2], strict=True))
    expected = second * np.tanh(first * X @ w) @ v
    assert np.allclose(network(parameters, X)[0], expected, rtol=1e-13)
    assert network.rate_factor == n**-row.c


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("shift", [0.5, -0.25])
def test_the_symmetry_of_exponents(depth, shift):
    """(a + θ, b − θ, c − 2θ) trains the same functions, at all times; mean field and μP are one."""
    powers = exponents("mup", depth + 1)
    a, b = [x + shift for x in powers.a], [x - shift for x in powers.b]
    width = [6] * depth
    runs = []
    for choice in ("mup", (a, b, powers.c - 2 * shift), "mean_field"):
        network = mlp(3, width, depth, "tanh", sigma_w=1.3, sigma_b=0.4, parameterization=choice)
        end, loss = train(network, network.init(range(2)), X, Y, learning_rate=0.02, steps=12)
        runs.append((network(end, X), loss))
    for outputs, loss in runs[1:]:
        assert np.allclose(outputs, runs[0][0], rtol=1e-11)
        assert np.allclose(loss, runs[0][1], rtol=1e-11)


def test_what_feature_learning_is():
    """A step of order 1 moves hidden layers by n^−1/2 in the NTK and by n^0 in μP."""
    moved = {}
    for named in ("ntk", "mup"):
        for width in (64, 1024):
            network = mlp(3, width, activation="tanh", sigma_w=1, parameterization=named)
            start = network.init(range(20))
            end, _ = train(network, start, X, Y, learning_rate=0.1, steps=1)
            before, after = (network.forward(p, X).outputs[0] for p in (start, end))
            moved[named, width] = np.sqrt(np.mean((after - before) ** 2))
    growth = {named: moved[named, 1024] / moved[named, 64] for named in ("ntk", "mup")}
    slopes = {named: np.log(ratio) / np.log(16) for named, ratio in growth.items()}
    assert abs(slopes["ntk"] + 0.5) < 0.1
    assert abs(slopes["mup"]) < 0.1


@pytest.mark.parametrize("named", NAMED)
@pytest.mark.parametrize("depth", [0, 1, 2, 4])
def test_which_names_are_stable(named, depth):
    """All but the standard one, which takes c = 1 as soon as there is a hidden layer."""
    powers = exponents(named, depth + 1)
    assert (powers.blow_up() is None) == (named != "standard" or depth == 0)
    stable = exponents((list(powers.a), list(powers.b), max(powers.c, 1)), depth + 1)
    assert stable.blow_up() is None


def test_symmetric_initialisation():
    """Outputs are 0, and the kernel is that of half the width: pairs are one neuron twice."""
    network = mlp(3, 8, activation="erf", sigma_w=1.4, sigma_b=0.5)
    start = network.init(range(3), symmetric=True)
    assert np.abs(network(start, X)).max() < 1e-14
    half = mlp(3, 4, activation="erf", sigma_w=1.4, sigma_b=0.5)
    parts = start.map(lambda p: p)._replace(
        weights=(start.weights[0][..., :4], start.weights[1][:, :4]),
        biases=(start.biases[0][:, :4], start.biases[1]),
    )
    kernels = [tc.networks.tangent_kernel(n, p, X) for n, p in ((network, start), (half, parts))]
    assert np.allclose(*kernels, rtol=1e-13)
    for width, depth in ((7, 1), (8, 2)):
        with pytest.raises(tc.DomainError, match="two layers and an even width"):
            mlp(3, width, depth, sigma_w=1).init([0], symmetric=True)
