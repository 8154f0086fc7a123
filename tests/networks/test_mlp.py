"""Networks of finite width: what they compute, their gradients, their law at initialisation."""

import array_api_strict
import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from zoo import ZOO

import theorycalc as tc
from theorycalc.networks import Parameters, mlp

GENERATOR = np.random.default_rng(5)
ACTIVATIONS = ("relu", "erf", "tanh", "gelu", "softplus", "leaky_relu", "selu", "sin", "mish")
# Second differences of step h leave an error of h² and of ε/h.
STEP = 1e-5


def perturbed(parameters, direction, step):
    return Parameters(
        *(
            tuple(p + step * d for p, d in zip(part, along, strict=True))
            for part, along in zip(parameters, direction, strict=True)
        )
    )


def inner(a, b):
    """⟨a, b⟩ over all parameters, per network."""
    return sum(
        np.sum((p * q).reshape(len(p), -1), axis=1)
        for part, other in zip(a, b, strict=True)
        for p, q in zip(part, other, strict=True)
    )


@settings(max_examples=40)
@given(
    activation=st.sampled_from(ACTIVATIONS),
    depth=st.integers(0, 3),
    inputs=st.integers(1, 4),
    outputs=st.integers(1, 3),
    parameterization=st.sampled_from(["ntk", "standard", "mean_field", "mup", (0.5, 0.25, 1)]),
    sigma_b=st.sampled_from([0, 0.5]),
)
def test_gradient_against_finite_differences(
    activation, depth, inputs, outputs, parameterization, sigma_b
):
    network = mlp(
        inputs, [5, 4, 6][:depth], depth, activation,
        sigma_w=1.3, sigma_b=sigma_b, outputs=outputs, parameterization=parameterization,
    )  # fmt: skip
    parameters, direction = network.init(range(3)), network.init(range(10, 13))
    if not sigma_b and parameterization == "standard":
        assert not any(bias.any() for bias in parameters.biases)
    x = GENERATOR.normal(size=(4, inputs))
    cotangent = GENERATOR.normal(size=(3, 4, outputs))
    gradient = network.gradient(parameters, network.forward(parameters, x), cotangent)

    def objective(step):
        return np.sum(cotangent * network(perturbed(parameters, direction, step), x), axis=(1, 2))

    left, right = objective(0) - objective(-STEP), objective(STEP) - objective(0)
    # a kink within the step is hit with probability of the order of the step
    assume(np.allclose(left, right, rtol=0, atol=1e-3 * STEP))
    slope = (left + right) / (2 * STEP)
    assert np.allclose(inner(gradient, direction), slope, rtol=1e-6, atol=1e-6)


def test_what_a_network_computes():
    """Two layers, written out; the first acts on x/√d."""
    network = mlp(2, 3, activation="relu", sigma_w=[2, 3], sigma_b=[1, 0.5])
    parameters = network.init([7])
    (w1, w2), (b1, b2) = ([part[0] for part in half] for half in parameters)
    x = np.array([0.3, -1.2])
    hidden = np.maximum(2 / np.sqrt(2) * x @ w1 + b1, 0)
    assert network(parameters, x[None])[0, 0, 0] == pytest.approx(
        (3 / np.sqrt(3) * hidden @ w2 + 0.5 * b2)[0], rel=1e-14
    )


def test_both_parameterizations_have_the_same_law():
    """Var f(x) is the NNGP kernel at width ∞ and, for one hidden layer, at every width."""
    x = np.array([[1.0, 1.0], [np.sqrt(2), 0.0]])
    limit = tc.kernels.mlp(1, "relu", sigma_w=sp.sqrt(2), sigma_b=1).nngp_matrix(x)
    for parameterization in ("ntk", "standard"):
        network = mlp(2, 20, sigma_w=2**0.5, sigma_b=1, parameterization=parameterization)
        outputs = network(network.init(range(4000)), x)[..., 0]
        for i, j in ((0, 0), (0, 1), (1, 1)):
            products = tc.validation.Measurement.of(outputs[:, i] * outputs[:, j])
            z = (products.mean - limit[i, j]) / products.standard_error
            assert abs(z) < tc.validation.threshold(1e-4, comparisons=6)


def test_seeds_are_independent_of_their_company():
    network = mlp(3, 8, 2, "tanh", sigma_w=1)
    alone, together = network.init([(4, 2)]), network.init([(4, 1), (4, 2)])
    for one, two in zip(alone.weights, together.weights, strict=True):
        assert np.array_equal(one[0], two[1])
    assert not np.array_equal(together.weights[0][0], together.weights[0][1])


@pytest.mark.parametrize("activation", ZOO.values(), ids=ZOO)
def test_another_array_namespace_gives_the_same_numbers(activation):
    network = mlp(3, 8, 2, activation, sigma_w=1.2, sigma_b=0.3)
    x = GENERATOR.normal(size=(4, 3))
    strict = array_api_strict.asarray(x)
    ours, theirs = network.init(range(2)), network.init(range(2), like=strict)
    found = network(theirs, strict)
    assert type(found).__module__.startswith("array_api_strict")
    assert np.allclose(tc.networks.to_numpy(found), network(ours, x), rtol=1e-13, atol=1e-13)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"inputs": 0}, "inputs"),
        ({"width": 0}, "width"),
        ({"width": -3}, "width"),
        ({"width": [4, 4]}, "width: wrong length"),
        ({"width": 2.5}, "width"),
        ({"depth": -1}, "depth"),
        ({"outputs": 0}, "outputs"),
        ({"activation": "rleu"}, "relu"),
        ({"sigma_w": 0}, "sigma_w > 0"),
        ({"sigma_w": -1}, "sigma_w > 0"),
        ({"sigma_w": [1, 1, 1]}, "sigma_w: wrong length"),
        ({"sigma_b": -1}, "sigma_b ≥ 0"),
        ({"parameterization": "meanfield"}, "Try 'mean_field'"),
        ({"parameterization": (0, 0.5)}, "not a parameterization"),
        ({"parameterization": ((0, 0.5, 0.5), 0, 0)}, "a: wrong length: got 3; allowed: one"),
        ({"parameterization": (0, 50, 0)}, "the exponent b"),
        # what grows, how fast, and what to do about it
        ({"parameterization": (0, 0, 0)}, "output of layer 2 at initialisation.*width\\^0.5"),
        ({"parameterization": (0, (0, 0.5), 0)}, "step of layer 2 .*width\\^1;.*c ≥ 1"),
        ({"parameterization": ((0, 1), 0, -3)}, "layer 1 grows like width\\^4;.*c ≥ -1"),
    ],
)
def test_bad_input(change, message):
    with pytest.raises(tc.DomainError, match=message):
        mlp(**{"inputs": 2, "width": 4, "sigma_w": 1} | change)
