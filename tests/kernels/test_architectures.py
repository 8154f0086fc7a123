"""Architectures from layers: formulas, matrices, spectra and fixed points."""

import itertools
import sys
import threading
import warnings
from pathlib import Path

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_reference, entries, label

import theorycalc as tc
from theorycalc import kernels as k
from theorycalc.kernels.matrices.any_network import Blocks

RHO, S, B = sp.Symbol("rho", real=True), sp.Symbol("s"), sp.Symbol("b")
ARITHMETICS = (tc.Float(), tc.Ball(36))


def root(x):
    return sp.sqrt(sp.Rational(x))


def network_of(entry):
    """The architecture that a reference number is about."""
    params = entry["params"]
    affine = k.dense(root(params["sigma_w2"]), root(params["sigma_b2"]))
    phi = k.activation(sp.sympify(params["phi"]))
    kind = entry["quantity"].split("_")[-1]
    if kind == "residual":
        branch = k.residual(phi, affine, scale=root(params["branch_scale2"]))
        return k.serial(affine, *[branch] * params["blocks"], phi, affine)
    if kind == "layernorm":
        parts = (k.layer_norm(), phi) if params["placement"] == "pre" else (phi, k.layer_norm())
        return k.serial(*(affine, *parts) * params["depth"], affine)
    conv = k.conv1d(params["filter"], affine.sigma_w, affine.sigma_b, params["padding"])
    readout = k.flatten() if params["readout"] == "flatten" else k.global_average_pool()
    return k.serial(*(conv, phi) * params["depth"], readout, affine)


@pytest.mark.parametrize("using", ARITHMETICS, ids=repr)
@pytest.mark.parametrize(
    "entry", entries("kernels", "nngp_residual", "ntk_residual", "ntk_layernorm"), ids=label
)
def test_reference_formulas(entry, using):
    formula = getattr(network_of(entry), entry["quantity"][:4].rstrip("_"))
    assert_reference(formula.at(rho=entry["params"]["rho"], using=using), entry)


@pytest.mark.parametrize("entry", entries("kernels", "ntk_layer"), ids=label)
def test_reference_layers(entry):
    params = entry["params"]
    sigmas = root(params["sigma_w2"]), root(params["sigma_b2"])
    network = k.mlp(params["depth"], sp.sympify(params["phi"]), *sigmas)
    value = network.layer_ntk(params["layer"]).at(rho=params["rho"], using=tc.Ball(36))
    assert_reference(value, entry)


@pytest.mark.parametrize("entry", entries("sphere", "relu_ntk_layer_eigenvalue"), ids=label)
def test_reference_layer_eigenvalues(entry):
    params = entry["params"]
    formula = k.mlp(params["depth"]).layer_ntk(params["layer"])
    eigenvalue = tc.sphere.funk_hecke(formula, params["d"], params["k"])
    assert_reference(eigenvalue.at(using=tc.Ball(25)), entry)


@pytest.mark.parametrize("entry", entries("kernels", "nngp_conv1d", "ntk_conv1d"), ids=label)
def test_reference_convolutions(entry):
    inputs = np.array([entry["params"]["x"], entry["params"]["y"]], dtype=float)
    pair = network_of(entry).matrices(inputs)
    computed = pair[entry["quantity"].startswith("ntk")][0, 1]
    assert computed == pytest.approx(float(entry["value"]), rel=1e-14)


@pytest.mark.parametrize("entry", entries("kernels", "log_ntk"), ids=label)
def test_deep_networks_beyond_criticality(entry):
    params = entry["params"]
    network = k.mlp(params["depth"], sigma_w=root(params["sigma_w2"]))
    value = network.ntk.at(rho=params["rho"], using=tc.Ball(40))
    logarithm = tc.Formula("log", sp.log(sp.Rational(str(sp.Float(value.mid, 40)))), args=())
    assert float(logarithm.at()) == pytest.approx(float(entry["value"]), rel=1e-14)


DENSE = {
    "relu with bias": k.mlp(3, sigma_w="1.4", sigma_b="0.1"),
    "erf": k.mlp(2, "erf", "1.5", "0.1"),
    "gelu": k.mlp(2, "gelu", "1.5", "0.1"),
    "tanh": k.mlp(2, "tanh", "1.5", "0.1"),
    "sine": k.mlp(2, sp.sin(2 * sp.Symbol("z")) + 1),
    "residual": k.resnet(2, "relu", "1.2", "0.1", scale="1/2"),
    "residual tanh": k.resnet(1, "tanh", "1.2", "0.1"),
    "long branch": k.serial(
        k.dense(2),
        k.residual(k.activation("erf"), k.dense(1, 1), k.activation("relu"), k.dense()),
        k.activation("leaky_relu"),
        k.dense(),
    ),
    "parallel": k.serial(
        k.dense(2),
        k.parallel((k.activation("relu"), k.dense(2)), (k.activation("erf"), k.dense(1, 1)), ()),
        k.activation("relu"),
        k.dense(),
    ),
    "features that stay": k.serial(
        k.dense(2, 1),
        k.parallel(k.activation("relu"), k.dense()),
        *(k.layer_norm(), k.dense()),
    ),
    "branch of features": k.serial(
        k.dense(2),
        k.residual(k.dense(1, 1), k.activation("relu"), scale="1/2"),
        *(k.layer_norm(), k.dense(), k.activation("relu"), k.dense()),
    ),
    "norm before": k.serial(k.dense(2, 1), k.layer_norm(), k.activation("relu"), k.dense(2, 1)),
    "norm after": k.serial(
        *(k.dense(2, 1), k.activation("relu"), k.layer_norm()) * 2, k.dense("0.5")
    ),
    "norm after tanh": k.serial(k.dense(), k.activation("tanh"), k.layer_norm(), k.dense()),
    "two activations": k.serial(
        k.dense(), k.activation("relu"), k.dense(2), k.activation("abs"), k.dense(1, "0.3")
    ),
}  # fmt: skip
INPUTS = np.random.default_rng(0).standard_normal((6, 5))
INPUTS[1] = INPUTS[0]
INPUTS[2] = -INPUTS[0]
INPUTS[3] = 3 * INPUTS[0]


@pytest.mark.parametrize("network", DENSE.values(), ids=DENSE)
def test_formulas_and_arrays_agree(network):
    """The formula of three variances, the recursion on arrays, and on unit inputs that in rho."""
    nngp, ntk = network.matrices(INPUTS)
    general = network.nngp_general.lambdify(), network.ntk_general.lambdify()
    for i, j in itertools.combinations([0, 4, 5], 2):
        x, y = INPUTS[i], INPUTS[j]
        pair = [a @ b / 5 for a, b in ((x, x), (x, y), (y, y))]
        assert nngp[i, j] == pytest.approx(general[0](*pair), rel=1e-12)
        assert ntk[i, j] == pytest.approx(general[1](*pair), rel=1e-12)
    unit = np.array([[1.0, 1.0], [1.4, 0.2]])
    rho = sp.Rational(8, 10)
    computed = network.ntk_matrix(unit)[0, 1]
    assert computed == pytest.approx(float(network.ntk.at(rho=rho)), rel=1e-12)


@pytest.mark.parametrize("network", DENSE.values(), ids=DENSE)
def test_matrices_are_consistent(network):
    """Duplicates give the diagonal, blocks give the whole, the recursion on arrays gives both."""
    nngp, ntk = network.matrices(INPUTS)
    for kernel, diagonal in zip((nngp, ntk), network.diagonal(INPUTS), strict=True):
        np.testing.assert_array_equal(kernel, kernel.T)
        np.testing.assert_allclose(kernel[0, 1], kernel[0, 0], rtol=2e-14)
        np.testing.assert_allclose(diagonal, np.diag(kernel), rtol=2e-14)
    rectangle = network.matrices(INPUTS[:2], INPUTS[2:])
    by_arrays = Blocks(network, INPUTS, None, True).fill(np.float64)
    for whole, part, array in zip((nngp, ntk), rectangle, by_arrays, strict=True):
        np.testing.assert_allclose(part, whole[:2, 2:], rtol=1e-13)
        np.testing.assert_allclose(array, whole, rtol=1e-12)


def ways_through_files(call):
    """The files of this room on the stack, at every call; the innermost is the first."""
    room, ways = str(Path(k.__file__).parent), set()

    def note(frame, event, _):
        way = []
        while event == "call" and frame is not None:
            name = frame.f_code.co_filename
            if name.startswith(room) and name not in way[-1:]:
                way.append(name)
            frame = frame.f_back
        ways.add(tuple(way))

    for profile in (threading.setprofile, sys.setprofile):
        profile(note)
    try:
        call()
    finally:
        for profile in (threading.setprofile, sys.setprofile):
            profile(None)
    return ways


@pytest.mark.parametrize(
    "activation", ["relu", "erf", "elu", pytest.param("softplus", marks=pytest.mark.long)]
)
@pytest.mark.parametrize("make", [k.mlp, k.cnn])
def test_the_way_of_an_input(make, activation):
    """At most eight files, none of which it leaves and enters again."""
    network = make(2, activation=activation)
    x = np.random.default_rng(0).standard_normal((3, 4) if make is k.mlp else (3, 4, 4, 2))
    network.ntk_matrix(x)
    ways = [way for way in ways_through_files(lambda: network.ntk_matrix(x)) if way]
    assert {"architecture.py", "plan.py"} < {Path(name).name for way in ways for name in way}
    for *inner, outermost in ways:
        # a thread begins behind the architecture and the plan
        before = 0 if outermost.endswith("architecture.py") else 2
        assert before + len(inner) + 1 <= 8
        assert outermost not in inner
        assert len(set(inner)) == len(inner)


@pytest.mark.parametrize("network", DENSE.values(), ids=DENSE)
def test_layers_sum_to_the_ntk(network):
    count = network.ntk.name.split("_")[1]
    parts = [network.layer_ntk(i) for i in range(1, int(count) + 1)]
    total = sum(float(part.at(rho="0.3")) for part in parts)
    assert total == pytest.approx(float(network.ntk.at(rho="0.3")), rel=1e-12)


def test_symbolic_parameters_stay_symbolic():
    network = k.serial(k.dense(S, B), k.activation("relu"), k.dense(S, B))
    assert [str(x) for x in network.ntk.args] == ["rho", "b", "s"]
    numeric = k.mlp(1, sigma_w="1.3", sigma_b="0.2").ntk.at(rho="0.4", using=tc.Ball(20))
    assert network.ntk.at(rho="0.4", s="1.3", b="0.2", using=tc.Ball(20)).overlaps(numeric)
    assert network.ntk.positive_definite


def test_serial_is_mlp():
    layers = k.mlp(2, "erf", "1.5", "0.1").layers
    assert k.serial(*layers).ntk.expr == k.mlp(2, "erf", "1.5", "0.1").ntk.expr
    zero = k.resnet(0, "erf", "1.5", "0.1")
    assert zero.nngp.expr == k.mlp(1, "erf", "1.5", "0.1").nngp.expr


IMAGES = np.random.default_rng(1).standard_normal((3, 4, 5, 2))
CONVOLUTIONS = {
    "circular": k.cnn(2, sigma_b="0.1"),
    "same, gap": k.cnn(2, sigma_w=2, padding="same", readout="gap"),
    "valid": k.cnn(1, activation="tanh", padding="valid"),
    "pool": k.serial(
        *(k.conv2d(3, 2, 1, "same", 2), k.activation("relu"), k.average_pool((2, 2), 1)),
        *(k.flatten(), k.dense()),
    ),
    "residual": k.serial(
        *(k.conv2d(1), k.residual(k.activation("relu"), k.conv2d(3, 1, "0.2"))),
        *(k.activation("relu"), k.global_average_pool(), k.dense()),
    ),
    "norm": k.serial(
        k.conv2d(3), k.layer_norm(), k.activation("erf"), k.flatten(), k.dense(1, 1)
    ),
}  # fmt: skip


@pytest.mark.parametrize("network", CONVOLUTIONS.values(), ids=CONVOLUTIONS)
def test_convolutions_are_consistent(network):
    nngp, ntk = network.matrices(IMAGES)
    for kernel, diagonal in zip((nngp, ntk), network.diagonal(IMAGES), strict=True):
        np.testing.assert_allclose(diagonal, np.diag(kernel), rtol=1e-13)
        assert np.linalg.eigvalsh(kernel)[0] > 0
    rectangle = network.matrices(IMAGES[:1], IMAGES[1:])
    for whole, part in zip((nngp, ntk), rectangle, strict=True):
        np.testing.assert_allclose(part, whole[:1, 1:], rtol=1e-13)


@pytest.mark.parametrize("readout", ["flatten", "gap"])
@pytest.mark.parametrize("activation", ["relu", "erf", "tanh"])
def test_a_filter_of_the_size_of_the_image_is_a_dense_layer(activation, readout):
    network = k.cnn(1, 6, activation, "1.3", "0.2", "valid", readout, dimensions=1)
    dense = k.mlp(1, activation, "1.3", "0.2")
    images = np.random.default_rng(2).standard_normal((4, 6, 2))
    for one, two in zip(
        network.matrices(images), dense.matrices(images.reshape(4, 12)), strict=True
    ):
        np.testing.assert_allclose(one, two, rtol=1e-13)


def test_pixels_that_are_alone():
    """With filters of size 1, flattening averages the kernels of the pixels."""
    network = k.cnn(2, 1, sigma_w="1.3", sigma_b="0.2", dimensions=1)
    images = np.random.default_rng(3).standard_normal((3, 4, 2))
    kernels = [k.mlp(2, sigma_w="1.3", sigma_b="0.2").matrices(images[:, i]) for i in range(4)]
    for i, kernel in enumerate(network.matrices(images)):
        np.testing.assert_allclose(kernel, np.mean([pair[i] for pair in kernels], 0), rtol=1e-13)


@pytest.mark.parametrize(
    ("padding", "stride", "pooling"), [("circular", 1, 1), (1, 2, 2), ("valid", 1, 2)]
)
def test_random_convolutions(padding, stride, pooling):
    """The NNGP of one hidden layer is a mean over random filters, sampled here."""
    rng, channels = np.random.default_rng(4), 40_000
    x = IMAGES[:2]
    conv = k.conv2d(3, "1.5", "0.5", padding, stride)
    pool = k.average_pool((pooling, pooling), 1)
    network = k.serial(conv, k.activation("relu"), pool, k.flatten(), k.dense())
    weight = rng.standard_normal((channels, 3, 3, 2)) * 1.5 / np.sqrt(9 * 2)
    widths = ((0, 0), (1, 1), (1, 1), (0, 0))
    padded = {"circular": "wrap", 1: "constant"}
    x = np.pad(x, widths, mode=padded[padding]) if padding in padded else x
    windows = np.lib.stride_tricks.sliding_window_view(x, (3, 3), axis=(1, 2))
    windows = windows[:, ::stride, ::stride]
    z = np.einsum("nabcij,kijc->nabk", windows, weight) + 0.5 * rng.standard_normal(channels)
    features = np.maximum(z, 0)
    around = np.lib.stride_tricks.sliding_window_view(features, (pooling, pooling), axis=(1, 2))
    pooled = around.mean(axis=(-1, -2))
    samples = np.einsum("nabk,mabk->nmk", pooled, pooled) / np.prod(pooled.shape[1:3])
    error = samples.std(axis=-1) / np.sqrt(channels)
    assert (abs(samples.mean(axis=-1) - network.nngp_matrix(IMAGES[:2])) < 4 * error).all()


def test_spectrum_by_layers():
    network = k.mlp(3)
    total = network.spectrum(3, 6)
    parts = [network.spectrum(3, 6, layer=i) for i in range(1, 5)]
    for i, value in enumerate(total):
        assert sum(float(part[i]) for part in parts) == pytest.approx(float(value), rel=1e-14)
    nngp = network.spectrum(3, 6, kernel="nngp")
    assert [float(x) for x in nngp] == pytest.approx([float(x) for x in parts[-1]])


def test_fixed_points_of_tanh():
    """Against the recursion itself, far down."""
    network = k.mlp(2, "tanh", root("2.5"), root("0.05"))
    [point] = network.fixed_points()
    deep = k.mlp(2, "tanh", root("2.5"), root("0.05"))
    layer = deep.layers[1:3]
    q, c = float(point.q), float(point.c)
    assert float(point.chi) > 1
    variance = tc.Formula("V", k.dual_general("tanh").subs(q11=q, q12=q, q22=q).expr, args=())
    assert 2.5 * float(variance.at()) + 0.05 == pytest.approx(q, rel=1e-13)
    mixed = k.dual_general("tanh").at(q11=q, q12=c * q, q22=q)
    assert (2.5 * float(mixed) + 0.05) / q == pytest.approx(c, rel=1e-12)
    assert layer[0].activation.name == "tanh"
    scales = network.depth_scales()
    assert float(scales.xi_c) == pytest.approx(11.7955975, rel=1e-8)


def test_fixed_points_in_closed_form():
    [point] = k.mlp(2, "relu", root("1.5"), root("0.1")).fixed_points()
    assert float(point.q) == pytest.approx(0.4, rel=1e-14)
    assert float(point.chi) == pytest.approx(0.75, rel=1e-14)
    scales = k.mlp(2, "relu", root("1.5"), root("0.1")).depth_scales()
    assert float(scales.xi_c) == pytest.approx(-1 / np.log(0.75), rel=1e-13)
    [critical] = k.mlp(2).fixed_points()
    assert critical.q is None
    assert critical.c.mid == 1
    assert k.mlp(2).depth_scales() == (None, None)
    zero, odd = k.mlp(2, "tanh", root(2)).fixed_points()
    assert (zero.q.mid, zero.chi.mid, odd.c.mid) == (0, 2, 0)


@settings(max_examples=15)
@given(st.floats(-1, 1), st.floats(0.1, 3), st.floats(0, 2))
def test_residual_recursion(rho, sigma_w, scale):
    """One block against the recursion by hand."""
    weight = sigma_w**2
    block = k.residual(k.activation("relu"), k.dense(sigma_w), scale=sp.Rational(scale) or 1)
    network = k.serial(k.dense(sigma_w), block)
    square = float(scale) ** 2 if scale else 1.0
    angle = np.arccos(rho)
    dual = (np.sin(angle) + (np.pi - angle) * rho) / (2 * np.pi)
    expected = weight * rho + square * weight * weight * dual
    computed = network.nngp.lambdify()(rho)
    assert computed == pytest.approx(expected, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: k.serial(), tc.DomainError, "no layers"),
        (lambda: k.serial(k.activation("relu"), k.dense()), tc.NotSupportedError, "Gaussian"),
        (
            lambda: k.serial(k.dense(), *[k.activation("erf")] * 2, k.dense()),
            tc.NotSupportedError,
            "a dense or convolutional layer before it",
        ),
        (lambda: k.serial(k.dense(), "relu"), tc.DomainError, "not a layer"),
        (lambda: k.serial(k.conv1d(3), k.dense()), tc.DomainError, "flatten"),
        (lambda: k.serial(k.dense(), k.flatten()), tc.DomainError, "nothing to flatten"),
        (lambda: k.serial(k.conv1d(3), k.conv2d(3)), tc.DomainError, "another dimension"),
        (lambda: k.dense(-1), tc.DomainError, "sigma_w > 0"),
        (lambda: k.dense(1, -1), tc.DomainError, "sigma_b ≥ 0"),
        (lambda: k.conv1d(0), tc.DomainError, "filter"),
        (lambda: k.conv1d(3, padding="zero"), tc.DomainError, "circular, same, valid"),
        (lambda: k.conv2d(3, padding=((1, 1),)), tc.DomainError, "a pair .before, after. for each"),
        (lambda: k.conv2d(3, padding=(1, 1)), tc.DomainError, "a pair .before, after. for each"),
        (lambda: k.conv1d(3, padding=-1), tc.DomainError, "padding"),
        (lambda: k.conv1d(3, padding=None), tc.DomainError, "padding"),
        (lambda: k.residual(), tc.DomainError, "empty branch"),
        (lambda: k.parallel(k.dense()), tc.DomainError, "two or more"),
        (
            lambda: k.serial(k.dense(), k.parallel(k.activation("relu"), ())),
            tc.NotSupportedError,
            "correlated",
        ),
        (
            lambda: k.serial(k.parallel(*[(k.dense(), k.activation("relu"))] * 2)),
            tc.NotSupportedError,
            "correlated",
        ),
        (
            lambda: k.serial(k.conv1d(3), k.activation("erf"), k.flatten(), k.layer_norm()),
            tc.NotSupportedError,
            "layer norm of pooled",
        ),
        (lambda: k.cnn(1, readout="max"), tc.DomainError, "flatten, gap"),
        (lambda: k.cnn(1, 5).ntk_matrix(IMAGES), tc.DomainError, "larger than the image"),
        (lambda: k.cnn(1).ntk, tc.NotSupportedError, "no formula"),
        (lambda: k.cnn(1).ntk_matrix(INPUTS), tc.DomainError, "wrong shape"),
        (lambda: k.resnet(1).ntk_matrix(INPUTS[:0]), tc.DomainError, "wrong shape"),
        (lambda: k.resnet(1).ntk_matrix(INPUTS, INPUTS[:, :3]), tc.DomainError, "dimensions"),
        (lambda: k.resnet(1).ntk_matrix(INPUTS * np.nan), tc.DomainError, "finite"),
        (lambda: k.resnet(1, "step").ntk, tc.NotSupportedError, "no tangent kernel"),
        (lambda: k.serial(k.dense(S)).ntk_matrix(INPUTS), tc.DomainError, "need numbers"),
        (lambda: k.mlp(2).layer_ntk(4), tc.DomainError, "1, …, 3"),
        (lambda: k.mlp(2).spectrum(3, 4, kernel="gp"), tc.DomainError, "nngp, ntk"),
        (lambda: k.resnet(1).fixed_points(), tc.NotSupportedError, "hidden layers are equal"),
        (lambda: k.mlp(2, sigma_w=S).fixed_points(), tc.NotSupportedError, "need numbers"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize(("depth", "bias"), [(3, 0), (3, "0.5"), (2000, 0), (2000, "0.5")])
def test_logarithmic_scale(depth, bias):
    """Against the plain matrices, and against a recursion of logarithms where those overflow."""
    network = k.mlp(depth, sigma_w=2, sigma_b=bias)
    nngp, ntk, scale = network.matrices(INPUTS, log_scale=True)
    assert np.isfinite(ntk).all()
    if depth == 3:
        for scaled, kernel in zip((nngp, ntk), network.matrices(INPUTS), strict=True):
            np.testing.assert_allclose(scaled * np.exp(scale), kernel, rtol=1e-13)
        return
    with pytest.raises(tc.DomainError, match="log_scale=True"):
        network.matrices(INPUTS)
    # q ← 2q + b grows by 2 a layer, q₁ = 4|x|²/d + b
    square = float(bias) ** 2 if bias else 0.0
    first = 4 * np.einsum("ij,ij->i", INPUTS, INPUTS) / 5 + square
    logs = np.log(first + square * (1 - 0.5**depth)) + depth * np.log(2)
    np.testing.assert_allclose(np.log(np.diag(nngp)) + scale, logs, rtol=1e-13)


def test_logarithmic_scale_of_smooth_activations():
    with pytest.raises(tc.NotSupportedError, match="ReLU family"):
        k.mlp(2, "erf").matrices(INPUTS, log_scale=True)


def test_branches_see_the_same_image():
    conv = k.conv1d(3, 1, 0, "valid")
    images = np.random.default_rng(0).normal(size=(2, 5))
    twice = k.serial(k.parallel(conv, conv), k.activation("relu"), k.flatten(), k.dense())
    doubled = k.serial(k.conv1d(3, sp.sqrt(2), 0, "valid"), *twice.layers[1:])
    np.testing.assert_allclose(twice.ntk_matrix(images), doubled.ntk_matrix(images), rtol=1e-13)
    uneven = k.serial(k.conv1d(1), k.parallel(conv, ()), k.flatten(), k.dense())
    with pytest.raises(tc.DomainError, match="different shapes"):
        uneven.ntk_matrix(images)


def test_layer_norm_of_a_branch_with_features():
    """Means and variances of x + φ(Wx + b)/2 over the channels of a wide layer, sampled."""
    rng, channels = np.random.default_rng(5), 200_000
    x = np.array([[1.0, 2.0], [0.5, -1.0]])
    z = 2 * x @ rng.standard_normal((2, channels)) / np.sqrt(2)
    covariance = 4 * x @ x.T / 2 + 1  # of the dense layer in the branch
    own = rng.multivariate_normal(np.zeros(2), covariance, size=channels).T
    h = z + np.maximum(own, 0) / 2
    normalised = (h - h.mean(axis=1, keepdims=True)) / h.std(axis=1, keepdims=True)
    correlation = normalised[0] @ normalised[1] / channels
    branch = k.residual(k.dense(1, 1), k.activation("relu"), scale="1/2")
    network = k.serial(k.dense(2), branch, k.layer_norm(), k.dense())
    assert network.nngp_matrix(x)[0, 1] == pytest.approx(correlation, abs=4 / np.sqrt(channels))


def _wide(phi):
    def block(sigma_w):
        conv = k.conv2d((3, 3), sigma_w, padding="same")
        return k.activation(phi), conv, k.activation(phi), conv

    first = k.conv2d((3, 3), padding="same")
    mixed = k.parallel((first,), block("1.2"))
    return first, k.residual(*block("1.4")), mixed, k.activation(phi)


@pytest.mark.parametrize("last", [k.flatten(), k.global_average_pool()])
@pytest.mark.parametrize("phi", ["relu", "erf", "gelu", "tanh"])
def test_padded_images_are_the_limit_of_dark_ones(phi, last):
    network = k.serial(*_wide(phi), last, k.dense())
    images = np.random.default_rng(0).normal(size=(3, 6, 6, 2))
    images[0], images[:, :3], images[1, :, 4:] = 0, 0, 0
    padded, dark = network.matrices(images), network.matrices(images + 1e-30)
    for kernel, limit in zip(padded, dark, strict=True):
        assert np.all(kernel[0] == 0)
        np.testing.assert_allclose(kernel, limit, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "layers",
    [
        (k.layer_norm(), k.activation("relu"), k.dense()),
        (k.activation("relu"), k.layer_norm(), k.dense()),
        (k.activation("cos"), k.layer_norm(), k.dense()),
        (k.residual(k.layer_norm(), k.activation("erf"), k.dense()),),
    ],
)
def test_a_row_of_zeros_stays_zero_under_layer_norm(layers):
    network = k.serial(k.dense(), *layers)
    rows = np.random.default_rng(0).normal(size=(4, 5))
    rows[0] = 0
    for kernel, rest in zip(network.matrices(rows), network.matrices(rows[1:]), strict=True):
        assert np.all(kernel[0] == 0)
        assert np.array_equal(kernel[1:, 1:], rest)
    assert [x[0] for x in network.diagonal(rows)] == [0, 0]


@pytest.mark.parametrize("phi", ["erf", "gelu"])
def test_rows_of_very_different_sizes(phi):
    """Products of two variances overflow, the kernels do not."""
    network = k.mlp(2, phi)
    rows = np.array([[1e150], [1.0], [-0.3]])
    for i, j in itertools.combinations_with_replacement(range(3), 2):
        a, b = (sp.Rational(str(rows[m, 0])) for m in (i, j))
        point = {"q11": a**2, "q12": a * b, "q22": b**2}
        exact = [
            f.at(using=tc.Ball(15), **point) for f in (network.nngp_general, network.ntk_general)
        ]
        for kernel, expected in zip(network.matrices(rows), exact, strict=True):
            assert kernel[i, j] == pytest.approx(float(expected), rel=1e-12)


@pytest.mark.parametrize("network", [k.mlp(2, "erf"), k.resnet(2, "relu")])
def test_rows_beyond_doubles_are_refused_without_warnings(network):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(tc.DomainError, match="range of doubles"):
            network.matrices(np.array([[1e160], [1.0]]))
