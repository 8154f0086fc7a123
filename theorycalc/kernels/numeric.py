"""Kernel matrices in double precision: a recursion over layers for every pair of inputs.

A pair is known by its variances q₁₁, q₂₂, its covariance q₁₂ and its angle θ. The angle has its own
recursion, from √(q₁₁q₂₂) − q₁₂ and √(q₁₁q₂₂) + q₁₂ as sums of terms that do not cancel, so that
nearly equal and nearly opposite inputs keep all their digits.
"""

import os
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numba
import numpy as np

# The loss of angle integrates an entire function over (0, θ): 20 nodes reach double precision.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
# Pairs with 1 ∓ cos θ below this get their angle from differences of the inputs.
_NEAR = 1e-2
_BLOCK_ROWS = 64


class Homogeneous(NamedTuple):
    """φ of degree p on both half-lines; polynomials are coefficient arrays, highest power first.

    K(θ) = kink·J_p(θ)/(2π) + smooth·b(cos θ), with J_p(θ) = a(cos θ) sin θ + b(cos θ)(π − θ).
    """

    degree: int
    kink: float
    smooth: float
    a: np.ndarray
    b: np.ndarray
    below_a: np.ndarray  # the polynomials of J_{p−1}
    below_b: np.ndarray
    loss: np.ndarray  # (b(1) − b(c))/(1 − c)
    gain: np.ndarray  # (b(1) + b(c))/(1 + c) for odd p
    odd_factorial: float  # (2p − 1)!!


class Erf(NamedTuple):
    """φ(z) = offset + scale·erf(slope·z)."""

    offset: float
    scale: float
    slope: float


class Layers(NamedTuple):
    """Per affine layer: weight variance, bias variance, and what the layer adds to the NTK.

    The NTK of layer l+1 is ``forward·K + constant + weight·K'·Θ``; the first layer's own is
    ``forward·⟨x, x'⟩/d + constant``.
    """

    weight: np.ndarray
    bias: np.ndarray
    forward: np.ndarray
    constant: np.ndarray


@numba.njit(cache=True, nogil=True)
def sine_loss(theta):
    """Sin θ − θ cos θ to full relative accuracy: by its series where the difference cancels."""
    if theta > 0.5:
        return np.sin(theta) - theta * np.cos(theta)
    square = theta * theta
    term = theta * square / 3.0
    total = term
    for n in range(2, 9):
        term *= -square / ((n - 1.0) * 2.0 * (2.0 * n + 1.0))
        total += term
    return total


@numba.njit(cache=True, nogil=True)
def _horner(coefficients, c):
    total = 0.0
    for coefficient in coefficients:
        total = total * c + coefficient
    return total


@numba.njit(cache=True, nogil=True)
def _angular(a, b, theta):
    c = np.cos(theta)
    return _horner(a, c) * np.sin(theta) + _horner(b, c) * (np.pi - theta)


@numba.njit(cache=True, nogil=True)
def _angular_loss(p, odd_factorial, below_a, below_b, theta):
    """1 − J_p(θ)/J_p(0), J_p(0) = π(2p−1)!!."""
    if p == 0:
        return theta / np.pi
    if p == 1:
        return 2.0 * np.sin(theta / 2.0) ** 2 - sine_loss(theta) / np.pi
    total = 0.0
    for i in range(_NODES.size):
        t = theta * (1.0 + _NODES[i]) / 2.0
        total += _WEIGHTS[i] * _angular(below_a, below_b, t) * np.sin(t)
    return p * p * total * theta / 2.0 / (np.pi * odd_factorial)


@numba.njit(cache=True, nogil=True)
def angular_losses(p, odd_factorial, below_a, below_b, thetas):
    """1 − J_p(θ)/J_p(0) for a flat array of angles."""
    losses = np.empty_like(thetas)
    for i in range(thetas.size):
        losses[i] = _angular_loss(p, odd_factorial, below_a, below_b, thetas[i])
    return losses


@numba.njit(cache=True, nogil=True)
def _homogeneous_dual(f, theta):
    """(K, K', V − K, V + K) at unit variances, K' the dual of the derivative, V = K(0)."""
    c = np.cos(theta)
    angular = _angular(f.a, f.b, theta)
    dual = f.kink * angular / (2.0 * np.pi) + f.smooth * _horner(f.b, c)
    slope = 0.0
    if f.degree > 0:
        below = _angular(f.below_a, f.below_b, theta)
        slope = f.kink * below / (2.0 * np.pi) + f.smooth * _horner(f.below_b, c)
        slope *= f.degree * f.degree
    if f.degree % 2 and f.kink == -4.0 * f.smooth:  # |z|^p: K(π − θ) = K(θ)
        theta = min(theta, np.pi - theta)
        c = np.cos(theta)
    kink_variance = f.kink * f.odd_factorial / 2.0
    lost = _angular_loss(f.degree, f.odd_factorial, f.below_a, f.below_b, theta)
    minus = kink_variance * lost
    minus += f.smooth * 2.0 * np.sin(theta / 2.0) ** 2 * _horner(f.loss, c)
    plus = kink_variance * (2.0 - lost)
    if f.degree % 2:
        plus += f.smooth * 2.0 * np.cos(theta / 2.0) ** 2 * _horner(f.gain, c)
    else:
        plus += f.smooth * (f.odd_factorial + _horner(f.b, c))
    return dual, slope, minus, plus


@numba.njit(cache=True, nogil=True)
def _homogeneous_pair(f, layers, q1, q2, q12, theta, tangent):
    """(Σ, Θ) after the last layer; q1, q2 are the variances of the two inputs at every layer."""
    p = f.degree
    variance = f.odd_factorial * (f.kink / 2.0 + f.smooth)
    for layer in range(1, layers.weight.size):
        weight, bias = layers.weight[layer], layers.bias[layer]
        dual, slope, minus, plus = _homogeneous_dual(f, theta)
        scale = np.sqrt(q1[layer - 1] * q2[layer - 1])
        power = scale**p
        tangent = (
            layers.forward[layer] * power * dual
            + layers.constant[layer]
            + (weight * scale ** (p - 1) * slope * tangent if p > 0 else 0.0)
        )
        q12 = weight * power * dual + bias
        norms = 0.0
        if bias > 0.0:
            # √(q₁₁q₂₂) − weight·V·scale^p − bias ≥ 0: what unequal norms add to both differences
            difference = q1[layer - 1] ** (p / 2.0) - q2[layer - 1] ** (p / 2.0)
            mean = np.sqrt(q1[layer] * q2[layer])
            norms = bias * weight * variance * difference**2
            norms /= mean + weight * variance * power + bias
        minus = weight * power * minus + norms
        plus = weight * power * plus + norms + 2.0 * bias
        theta = 2.0 * np.arctan2(np.sqrt(minus), np.sqrt(plus))
    return q12, tangent


@numba.njit(cache=True, nogil=True)
def _erf_pair(f, layers, q1, q2, q12, theta, tangent):
    """(Σ, Θ) after the last layer for an error-function activation; the angle is not needed."""
    t = 2.0 * f.slope**2
    for layer in range(1, layers.weight.size):
        weight, a, b = layers.weight[layer], q1[layer - 1], q2[layer - 1]
        root = np.sqrt(1.0 + t * (a + b) + t * t * (a * b - q12 * q12))
        dual = f.offset**2 + f.scale**2 * 2.0 / np.pi * np.arctan2(t * q12, root)
        slope = f.scale**2 * 2.0 * t / np.pi / root
        tangent = layers.forward[layer] * dual + layers.constant[layer] + weight * slope * tangent
        q12 = weight * dual + layers.bias[layer]
    return q12, tangent


@numba.njit(cache=True, nogil=True)
def _first_angle(x1, x2, weight, bias, q1, q2, q12):
    """The angle of u = (σ_w x/√d, σ_b) and u', from differences where they are nearly parallel."""
    mean = np.sqrt(q1 * q2)
    if mean == 0.0:
        return np.pi / 2.0  # a zero vector: every kernel of it vanishes by continuity
    minus, plus = mean - q12, mean + q12
    if min(minus, plus) < _NEAR * mean:
        sign = 1.0 if minus < plus else -1.0
        scale = weight / x1.size
        excess = 0.0  # |u|² − |u'|²
        for i in range(x1.size):
            excess += scale * (x1[i] - x2[i]) * (x1[i] + x2[i])
        stretch = excess / (np.sqrt(q1) + np.sqrt(q2)) / np.sqrt(q2)  # |u|/|u'| − 1
        # |u ∓ (|u|/|u'|) u'|² = 2|u|²(1 ∓ cos θ), coordinate by coordinate; the bias is the last
        total = bias * (1.0 - sign - sign * stretch) ** 2
        for i in range(x1.size):
            total += scale * ((x1[i] - sign * x2[i]) - sign * stretch * x2[i]) ** 2
        near = total * mean / (2.0 * q1)
        minus, plus = (near, plus) if sign > 0.0 else (minus, near)
    return 2.0 * np.arctan2(np.sqrt(max(minus, 0.0)), np.sqrt(max(plus, 0.0)))


@numba.njit(cache=True, nogil=True)
def _rows(f, layers, x1, x2, q1, q2, rows, symmetric, nngp, ntk):
    """Fill the rows [rows[0], rows[1]) of both kernels; q1, q2 are (layers, inputs)."""
    weight, bias = layers.weight[0], layers.bias[0]
    for i in range(rows[0], rows[1]):
        for j in range(i + 1 if symmetric else x2.shape[0]):
            inner = nngp[i, j]  # ⟨x, x'⟩/d
            q12 = weight * inner + bias
            theta = _first_angle(x1[i], x2[j], weight, bias, q1[0, i], q2[0, j], q12)
            tangent = layers.forward[0] * inner + layers.constant[0]
            nngp[i, j], ntk[i, j] = _pair(f, layers, q1[:, i], q2[:, j], q12, theta, tangent)


def _pair(f, layers, q1, q2, q12, theta, tangent):
    """The recursion of the activation's family; resolved when it is compiled."""


@numba.extending.overload(_pair, jit_options={"cache": True, "nogil": True})
def _overload_pair(f, layers, q1, q2, q12, theta, tangent):
    implementation = _erf_pair if f.instance_class is Erf else _homogeneous_pair

    def pair(f, layers, q1, q2, q12, theta, tangent):
        return implementation(f, layers, q1, q2, q12, theta, tangent)

    return pair


def variances(family, layers: Layers, first: np.ndarray) -> np.ndarray:
    """Σ(x, x) of every layer for inputs with |x|²/d = first: shape (layers, inputs)."""
    rows = [layers.weight[0] * first + layers.bias[0]]
    for weight, bias in zip(layers.weight[1:], layers.bias[1:], strict=True):
        rows.append(weight * second_moment(family, rows[-1]) + bias)
    return np.array(rows)


def second_moment(family, q: np.ndarray) -> np.ndarray:
    """E φ(√q Z)²."""
    if isinstance(family, Homogeneous):
        return family.odd_factorial * (family.kink / 2 + family.smooth) * q**family.degree
    t = 2 * family.slope**2 * q
    return family.offset**2 + family.scale**2 * 2 / np.pi * np.arctan2(t, np.sqrt(1 + 2 * t))


def kernel_matrices(family, layers: Layers, x1: np.ndarray, x2: np.ndarray | None) -> tuple:
    """(NNGP, NTK) of shape (n1, n2), rows in blocks on all cores; x2=None is the symmetric case."""
    symmetric = x2 is None
    x2 = x1 if symmetric else x2
    dimension = x1.shape[1]
    q1, q2 = (variances(family, layers, np.einsum("ij,ij->i", x, x) / dimension) for x in (x1, x2))
    with np.errstate(over="ignore", invalid="ignore"):  # the caller looks at the result
        nngp = x1 @ x2.T / dimension
    ntk = np.empty_like(nngp)

    def fill(start: int) -> None:
        rows = (start, min(start + _BLOCK_ROWS, len(x1)))
        _rows(family, layers, x1, x2, q1, q2, rows, symmetric, nngp, ntk)

    with ThreadPoolExecutor(os.cpu_count()) as pool:
        # list: an exception in a block must surface
        list(pool.map(fill, range(0, len(x1), _BLOCK_ROWS)))
    if symmetric:
        upper = np.triu_indices(len(x1), 1)
        for kernel in (nngp, ntk):
            kernel[upper] = kernel.T[upper]
    return nngp, ntk
