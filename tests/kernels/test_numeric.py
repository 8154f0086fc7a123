"""Kernel matrices against the recursion in 70 digits, where doubles have the hardest time."""

from functools import cache

import mpmath
import numpy as np
import pytest
import sympy as sp

import theorycalc as tc
from theorycalc.kernels import mlp
from theorycalc.kernels.matrices import angle_table

DIGITS = 70  # near inputs start with half of them, chaotic networks lose some
TOLERANCE = 1e-13
ACTIVATIONS = {
    "relu": ("relu", (0, 1), 2),
    "leaky": (tc.activations.leaky_relu("0.25"), (-0.25, 1), 1.875),
    "abs": ("abs", (1, 1), 1),
    "erf": ("erf", "erf", 2.25),
    "gelu": ("gelu", "gelu", 2.25),
}


def piecewise_linear_dual(slopes, a, b, c):
    """(K, K') of β z_+ + α (−z)_+."""
    alpha, beta = map(mpmath.mpf, slopes)
    kink, smooth, scale = (alpha + beta) ** 2, -alpha * beta, mpmath.sqrt(a * b)
    if scale == 0:
        return mpmath.mpf(0), mpmath.mpf(0)
    theta = mpmath.acos(max(min(c / scale, 1), -1))
    turn, cosine = mpmath.pi - theta, mpmath.cos(theta)
    dual = kink * (mpmath.sin(theta) + turn * cosine) / (2 * mpmath.pi) + smooth * cosine
    return scale * dual, kink * turn / (2 * mpmath.pi) + smooth


def erf_dual(a, b, c):
    d, unit = (1 + 2 * a) * (1 + 2 * b), 2 / mpmath.pi
    return unit * mpmath.asin(2 * c / mpmath.sqrt(d)), 2 * unit / mpmath.sqrt(d - 4 * c * c)


def gelu_dual(a, b, c):
    d = (1 + a) * (1 + b)
    e, arc = d - c * c, mpmath.asin(c / mpmath.sqrt(d))
    root = mpmath.sqrt(e)
    dual = c / 4 + ((c * c + a * b * e) / (d * root) + c * arc) / (2 * mpmath.pi)
    bent = arc + c / root * (1 + (1 - a * b) / d + 1 / e)
    return dual, mpmath.mpf(1) / 4 + bent / (2 * mpmath.pi)


DUALS = {"erf": erf_dual, "gelu": gelu_dual}


def recursion(name, depth, bias, q11, q22, q12):
    """(Σ, Θ), as in the textbook."""
    _, kind, weight = ACTIVATIONS[name]
    weight, bias = mpmath.mpf(weight), mpmath.mpf(bias) ** 2

    def dual(*q):
        return DUALS[kind](*q) if kind in DUALS else piecewise_linear_dual(kind, *q)

    a, b, c = (weight * q + bias for q in (q11, q22, q12))
    tangent = c
    for _ in range(depth):
        covariance, slope = dual(a, b, c)
        a, b = (weight * dual(q, q, q)[0] + bias for q in (a, b))
        c = weight * covariance + bias
        tangent = c + weight * slope * tangent
    return c, tangent


def inner_products(x):
    rows = [[mpmath.mpf(float(v)) for v in row] for row in x]
    d = len(rows[0])
    return [[mpmath.fsum(p * q for p, q in zip(a, b, strict=True)) / d for b in rows] for a in rows]


@cache
def hard_inputs():
    """One input, and what is nearly equal, nearly opposite or parallel to it."""
    x, other = np.random.default_rng(0).standard_normal((2, 7))
    near = [x + 1e-8 * other, -x + 1e-8 * other, -x + 1e-3 * other, x + 0.1 * other]
    multiples = [factor * x for factor in (0.1, 1.1, 2, 10, -0.1)]
    return np.array([x, x, *near, *multiples, 0 * x, other])


@cache
def exact_kernels(name, depth, bias):
    """Both kernels of these doubles, and of each entry what Cauchy and Schwarz allow."""
    gram = inner_products(hard_inputs())
    n = len(gram)
    kernels, scales = np.zeros((2, n, n), dtype=object), np.zeros((2, n, n), dtype=object)
    for i in range(n):
        for j in range(i + 1):
            entry = recursion(name, depth, bias, gram[i][i], gram[j][j], gram[i][j])
            kernels[:, i, j] = kernels[:, j, i] = entry
    for kernel, scale in zip(kernels, scales, strict=True):
        roots = [mpmath.sqrt(v) for v in np.diag(kernel)]
        scale[:] = np.outer(roots, roots)
    return kernels, scales


def network(name, depth, bias="0"):
    activation, _, weight = ACTIVATIONS[name]
    return mlp(depth, activation, sigma_w=sp.sqrt(sp.Rational(weight)), sigma_b=bias)


def with_tables(monkeypatch, use):
    """Make tables for any number of inputs, or for none."""
    monkeypatch.setattr(angle_table, "table_size", lambda layers: -1 if use else 10**9)


def assert_digits(computed, exact, scales):
    """Relative to the entry, but where it is small because its sign changes nearby."""
    for value, e, scale in zip(computed.ravel(), exact.ravel(), scales.ravel(), strict=True):
        assert abs(mpmath.mpf(float(value)) - e) <= TOLERANCE * max(abs(e), scale / 100)


@pytest.mark.parametrize("bias", ["0", "0.1"])
@pytest.mark.parametrize("depth", [1, 3, 10, 50])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_hard_inputs(name, depth, bias, monkeypatch):
    net = network(name, depth, bias)
    with mpmath.workdps(DIGITS):
        exact, scales = exact_kernels(name, depth, bias)
        for use in (False, True):
            with_tables(monkeypatch, use)
            for computed, e, scale in zip(net.matrices(hard_inputs()), exact, scales, strict=True):
                assert np.array_equal(computed, computed.T)
                assert_digits(computed, e, scale)


def test_hundred_layers():
    with mpmath.workdps(DIGITS):
        exact, scales = exact_kernels("relu", 100, "0.1")
        for computed, e, scale in zip(
            network("relu", 100, "0.1").matrices(hard_inputs()), exact, scales, strict=True
        ):
            assert_digits(computed, e, scale)


@pytest.mark.parametrize("name", ["relu", "leaky", "abs", "erf"])
def test_the_recursion_is_that_of_the_formulas(name):
    """The yardstick of this file against the balls of the library."""
    net, q = network(name, 3, "0.1"), {"q11": "1.2", "q22": "0.7", "q12": "-0.3"}
    with mpmath.workdps(DIGITS):
        numbers = (mpmath.mpf(q[k]) for k in ("q11", "q22", "q12"))
        values = recursion(name, 3, "0.1", *numbers)
    for value, formula in zip(values, (net.nngp_general, net.ntk_general), strict=True):
        assert formula.at(using=tc.Ball(30), **q).contains(mpmath.nstr(value, 60))


def exact_gram(x):
    rows = [[sp.Rational(float(v)) for v in row] for row in x]
    return [[sum(p * q for p, q in zip(a, b, strict=True)) / len(a) for b in rows] for a in rows]


@pytest.mark.parametrize("power", [1, 2, 3])
def test_opposite_inputs_keep_their_digits(power, monkeypatch):
    """The NNGP of one layer vanishes like (π − θ)^{2p+1}: that is relative accuracy."""
    x, step = np.random.default_rng(2).standard_normal((2, 5))
    x = np.array([x, -x + 1e-3 * step, -x + 0.3 * step])
    net = mlp(1, tc.activations.relu_power(power), sigma_w=1)
    gram = exact_gram(x)
    for use in (False, True):
        with_tables(monkeypatch, use)
        nngp = net.nngp_matrix(x)
        for j in (1, 2):
            q = {"q11": gram[0][0], "q12": gram[0][j], "q22": gram[j][j]}
            exact = net.nngp_general.at(using=tc.MP(50), **q)
            assert abs(nngp[0, j] / float(exact) - 1) < TOLERANCE


@pytest.mark.parametrize("bias", ["0", "0.1"])
@pytest.mark.parametrize("name", ACTIVATIONS)
def test_symmetric_matrices_are_rectangular_ones(name, bias):
    """Over several chunks, blocks and slabs, and from the table where there is one."""
    x = np.random.default_rng(3).standard_normal((700, 5))
    net = network(name, 2, bias)
    for square, whole in zip(net.matrices(x), net.matrices(x, x.copy()), strict=True):
        assert np.array_equal(square, square.T)
        assert np.allclose(square, whole, rtol=TOLERANCE, atol=1e-15 * whole.max())


@pytest.mark.parametrize("depth", [2, 30, 400])
def test_tables_are_the_recursion(depth, monkeypatch):
    """A network that is too deep for its table does without."""
    x = np.random.default_rng(4).standard_normal((120, 3))
    kernels = []
    for use in (False, True):
        with_tables(monkeypatch, use)
        kernels.append(mlp(depth, "relu").matrices(x))
    for one, other in zip(*kernels, strict=True):
        assert np.allclose(one, other, rtol=TOLERANCE, atol=0)


@pytest.mark.parametrize("name", ["relu", "erf"])
def test_single_precision_is_rounded_once(name):
    from theorycalc.kernels.matrices.dense import kernel_matrices
    from theorycalc.kernels.matrices.plan import Plan

    net, x = network(name, 3, "0.1"), np.random.default_rng(5).standard_normal((600, 4))
    loops = Plan(net, x, None).loops
    *singles, _ = kernel_matrices(loops, x, None, dtype=np.float32)
    *doubles, _ = kernel_matrices(loops, x, None)
    for single, double in zip(singles, doubles, strict=True):
        assert single.dtype == np.float32
        assert np.array_equal(single, double.astype(np.float32))
