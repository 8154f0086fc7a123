"""Finite networks of the architectures that have kernels: their gradients, and their limits."""

import array_api_strict
import numpy as np
import pytest
import sympy

import theorycalc as tc
from theorycalc.networks import from_kernel, tangent_kernel, to_numpy, train
from theorycalc.validation import compare_means, judge

K = tc.kernels
GENERATOR = np.random.default_rng(12)
VECTORS, SIGNALS = GENERATOR.normal(size=(3, 5)), GENERATOR.normal(size=(3, 6))
IMAGES = GENERATOR.normal(size=(2, 4, 3, 2))
ERF = K.activation("erf")
SHORT = (ERF, K.dense(1, "0.3"))
CASES = {
    "mlp": (K.mlp(2, "tanh", "1.2", "0.3"), VECTORS),
    "standard": (K.mlp(1, "erf", 1, "0.4", parameterization="standard", width=40), VECTORS),
    "resnet": (K.resnet(2, "erf", sigma_b="0.2", scale="0.7"), VECTORS),
    "residual end": (K.serial(K.dense(), K.residual(*SHORT, scale="1/2")), VECTORS),
    "parallel": (K.serial(K.dense(), K.parallel(SHORT, (ERF, K.dense("1.3")))), VECTORS),
    "layer norm": (K.serial(K.dense("1.3"), K.layer_norm(), *SHORT), VECTORS),
    "cnn": (K.cnn(2, activation="erf", dimensions=1), SIGNALS),
    "strides": (
        K.serial(K.conv1d(3, 1, "0.2", "same", 2), ERF, K.global_average_pool(), K.dense()),
        SIGNALS,
    ),
    "pooling": (
        K.serial(K.conv2d((3, 2), 1, 0, 1), ERF, K.average_pool((2, 2)), K.flatten(), K.dense()),
        IMAGES,
    ),
    "patches": (K.hierarchical_cnn(1, activation="erf"), SIGNALS),
}


def inner(a, b):
    """⟨a, b⟩ over all parameters."""
    return sum(np.sum(product) for half in a.map(np.multiply, b) for product in half)


def slope(network, start, direction, x, step=1e-5):
    """The derivative of the outputs along a direction, by a difference."""
    ends = []
    for signed in (step, -step):
        moved = start.map(lambda p, d, s=signed: p + s * d, direction)
        ends.append(network(moved, x))
    return (ends[0] - ends[1]) / (2 * step)


@pytest.mark.parametrize("name", CASES)
def test_gradient_and_kernel_against_finite_differences(name):
    kernel, x = CASES[name]
    network = from_kernel(kernel, 4)
    start, direction = network.init([3], like=x), network.init([4], like=x)
    cotangent = GENERATOR.normal(size=(1, len(x), 1))
    rows = []
    for i in range(len(x)):
        one = np.zeros((1, len(x), 1))
        one[:, i] = 1
        rows.append(network.gradient(start, network.forward(start, x), one))
    slopes = slope(network, start, direction, x)[0, :, 0]
    assert np.allclose([inner(row, direction) for row in rows], slopes, rtol=1e-6, atol=1e-8)
    whole = network.gradient(start, network.forward(start, x), cotangent)
    assert inner(whole, direction) == pytest.approx(cotangent[0, :, 0] @ slopes, rel=1e-6)
    theta = [[inner(a, b) for b in rows] for a in rows]
    assert np.allclose(tangent_kernel(network, start, x)[0], theta, rtol=1e-10)
    assert np.allclose(tangent_kernel(network, start, x[:1], x)[0], theta[:1], rtol=1e-10)


@pytest.mark.parametrize("name", CASES)
def test_the_limit_is_the_kernel(name):
    """Means over 300 networks of width 40; the bias of the tangent kernel is far smaller."""
    kernel, x = CASES[name]
    network = from_kernel(kernel, 40)
    start = network.init(range(300), like=x)
    outputs, theta = network(start, x)[..., 0], tangent_kernel(network, start, x)
    pairs = np.triu_indices(len(x))
    products = (outputs[:, :, None] * outputs[:, None])[:, *pairs]
    nngp, ntk = (matrix[pairs] for matrix in kernel.matrices(x))
    verdicts = judge(
        [compare_means("NNGP", products, nngp), compare_means("NTK", theta[:, *pairs], ntk),
         compare_means("NTK, 10 % off", theta[:, *pairs], 1.1 * ntk, mutant=True)],
        level=1e-3,
    )  # fmt: skip
    assert [v.agreement.name for v in verdicts] == ["AGREES", "AGREES", "DEVIATES"], verdicts


def test_an_mlp_is_the_same_from_its_layers():
    kernel = K.mlp(2, "tanh", "1.2", "0.3")
    ours = tc.networks.mlp(5, 7, 2, "tanh", sigma_w=1.2, sigma_b=0.3)
    theirs = from_kernel(kernel, 7, inputs=5)
    start, again = ours.init(range(3)), theirs.init(range(3))
    y = VECTORS[:, 0]
    runs = [
        train(n, p, VECTORS, y, learning_rate=0.1, steps=5, batch_size=2, seed=1)
        for n, p in ((ours, start), (theirs, again))
    ]
    assert np.allclose(runs[0].loss, runs[1].loss, rtol=1e-12)
    assert np.allclose(ours(start, VECTORS), theirs(again, VECTORS), rtol=1e-12)


@pytest.mark.parametrize("name", ["pooling", "resnet", "layer norm"])
def test_another_namespace_and_one_pass(name):
    kernel, x = CASES[name]
    network = from_kernel(kernel, 4, inputs=x.shape[1:])

    def sample(generator, n):
        x_new = generator.normal(size=(n, *x.shape[1:]))
        return x_new, x_new.reshape(n, -1)[:, 0]

    options = {"batch_size": 3, "learning_rate": 0.05, "steps": 20}
    losses = [
        train(network, network.init(range(2), like=like), one_pass=sample, **options).loss
        for like in (np.empty(0), array_api_strict.asarray([0.0]))
    ]
    assert np.allclose(*losses, rtol=1e-10)
    strict = array_api_strict.asarray(x)
    start, theirs = network.init([0]), network.init([0], like=strict)
    assert np.allclose(to_numpy(network(theirs, strict)), network(start, x), rtol=1e-12)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: from_kernel(3, 4), "not an architecture"),
        (lambda: from_kernel(K.mlp(1), 0), "width"),
        (lambda: from_kernel(K.mlp(1), 4, inputs=(3, 3)), "inputs of another dimension"),
        (lambda: from_kernel(K.mlp(1, "relu", sympy.Symbol("s")), 4), "a number for sigma_w"),
        (lambda: from_kernel(K.serial(ERF), 4), "activation"),
        (lambda: from_kernel(K.mlp(1), 4).init([0]), "shape of an input is not known"),
        (lambda: from_kernel(K.cnn(1), 4).init([0], like=np.ones((2, 3))), "does not fit"),
        (
            lambda: from_kernel(K.serial(K.residual(K.dense())), 4, 3, outputs=5).init([0]),
            "fewer channels than outputs: got 3",
        ),
        (lambda: from_kernel(K.mlp(1), 4, inputs=3)(3, VECTORS), "does not fit"),
    ],
)
def test_bad_input(make, message):
    with pytest.raises(tc.TheoryCalcError, match=message):
        make()
