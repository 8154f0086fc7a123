"""Inputs of every size: kernels of homogeneous networks scale, and biases hide what is small."""

import numpy as np
import pytest

import theorycalc as tc

X = np.random.default_rng(3).standard_normal((5, 3))
SIZES = np.array([2.0**-560, 1.0, 2.0**120, 2.0**-30, 2.0**-1000])
SMALL = SIZES[:, None] * X


@pytest.mark.parametrize(
    ("activation", "depth", "degree"),
    [
        ("relu", 3, 1),
        (tc.activations.leaky_relu("0.2"), 1, 1),
        (tc.activations.relu_power(2), 1, 2),
        ("relu", 0, 1),
    ],
)
def test_kernels_of_homogeneous_networks_scale(activation, depth, degree):
    network = tc.kernels.mlp(depth, activation)
    scale = np.ldexp(1.0, np.add.outer(np.log2(SIZES), np.log2(SIZES)).astype(int))
    for found, unit in zip(network.matrices(SMALL), network.matrices(X), strict=True):
        inside = scale**degree > 1e-250
        np.testing.assert_allclose(found[inside], (scale**degree * unit)[inside], rtol=1e-13)
        assert np.isfinite(found).all()
    for found, unit in zip(network.diagonal(SMALL), network.diagonal(X), strict=True):
        np.testing.assert_allclose(found[1:4], (SIZES ** (2 * degree) * unit)[1:4], rtol=1e-13)
    across = network.ntk_matrix(SMALL[:1], X)
    expected = network.ntk_matrix(X[:1], X)
    np.testing.assert_allclose(across, SIZES[0] ** degree * expected, rtol=1e-13)
    far = network.ntk_matrix(2.0**900 * X[:1], 2.0**-900 * X)
    np.testing.assert_allclose(far, expected, rtol=1e-13)


def test_deep_networks_scale_with_logarithms():
    network = tc.kernels.mlp(1500, "relu", sigma_w=1)
    found, unit = (network.matrices(x, log_scale=True) for x in (SMALL[:2], X[:2]))
    assert found[2] == unit[2]
    np.testing.assert_allclose(found[1][0, 1], SIZES[0] * unit[1][0, 1], rtol=1e-12)
    assert unit[2] < -1000
    assert (unit[1] > 0).all()


@pytest.mark.parametrize("activation", ["relu", "erf", "tanh", "gelu"])
def test_a_bias_hides_what_is_small(activation):
    network = tc.kernels.mlp(2, activation, sigma_w=1, sigma_b="0.1")
    tiny = np.vstack([X[:1], 1e-170 * X[1:3]])
    zero = np.vstack([X[:1], 0 * X[1:3]])
    for found, expected in zip(network.matrices(tiny), network.matrices(zero), strict=True):
        np.testing.assert_allclose(found, expected, rtol=1e-15)


def test_sizes_that_matter_are_refused():
    for network in (tc.kernels.mlp(1, "erf"), tc.kernels.mlp(1, "relu", sigma_b="1e-170")):
        with pytest.raises(tc.DomainError, match="square leaves the range"):
            network.nngp_matrix(1e-170 * X)
    for log_scale in (False, True):
        with pytest.raises(tc.DomainError, match="range of doubles"):
            tc.kernels.mlp(1).matrices(1e160 * X, log_scale=log_scale)
