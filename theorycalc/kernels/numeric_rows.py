"""Kernels of one input with many, layer by layer over buffers that stay in the first-level cache.

Every loop is over one buffer and free of branches and library calls, so that it runs on vectors;
arcsines are polynomials. Pairs that are nearly parallel get their digits from `numeric_pairs`.
"""

from typing import NamedTuple

import numpy as np

from theorycalc.core.compiled import compiled
from theorycalc.kernels.numeric_pairs import NEAR, near_pair, sine_loss
from theorycalc.kernels.numeric_polynomials import chebyshev_nodes, interpolate, polynomial
from theorycalc.kernels.numeric_smooth import smooth_pair

CHUNK = 256
BUFFERS = 6
# On [0, 1/2] the Chebyshev coefficients of both functions below fall by 5.8 a degree.
_NODES = 20
_TINY = 1e-300


def _coefficients(function) -> np.ndarray:
    """A function on [0, 1/2] as a polynomial in 4t − 1."""
    return interpolate(np.array([function((1.0 + x) / 4.0) for x in chebyshev_nodes(_NODES)]))


# asin(√t)/√t, and (sin θ − θ cos θ)/√t³ at t = sin²(θ/2)
_ARCSINE = _coefficients(lambda t: np.arcsin(np.sqrt(t)) / np.sqrt(t))
_SINE_LOSS = _coefficients(lambda t: sine_loss.py_func(2.0 * np.arcsin(np.sqrt(t))) / t**1.5)


class PiecewiseLinear(NamedTuple):
    """φ(z) = β z_+ + α (−z)_+, by the numbers of its `Homogeneous` family of degree 1."""

    kink: float
    smooth: float


@compiled
def _first_layer(layers, nngp, ntk):
    """⟨x, x'⟩/d in ``nngp`` becomes Σ; the Θ of it."""
    weight, bias = layers.weight[0], layers.bias[0]
    forward, constant = layers.forward[0], layers.constant[0]
    for j in range(nngp.size):
        ntk[j] = forward * nngp[j] + constant
        nngp[j] = weight * nngp[j] + bias


def piecewise_linear_row(plan, layers, left, i, right, start, nngp, ntk, work):
    """(Σ, Θ) of an input with right[start : start + nngp.size]; nngp comes with ⟨x, x'⟩/d."""
    n = nngp.size
    minus, plus = work[0, :n], work[1, :n]
    _first_layer(layers, nngp, ntk)
    for j in range(n):
        mean = left.root[0, i] * right.root[0, start + j]
        minus[j], plus[j] = mean - nngp[j], mean + nngp[j]
    for j in range(n):
        if min(minus[j], plus[j]) < NEAR * max(minus[j], plus[j]):
            minus[j], plus[j], _ = near_pair(left, right, i, start + j, layers, minus[j], plus[j])
    for layer in range(1, layers.weight.size):
        root1, next1 = left.root[layer - 1, i], left.root[layer, i]
        root2 = right.root[layer - 1, start : start + n]
        next2 = right.root[layer, start : start + n]
        _piecewise_linear_layer(plan, layers, layer, root1, next1, root2, next2, nngp, ntk, work)


@compiled
def _piecewise_linear_layer(f, layers, layer, root1, next1, root2, next2, nngp, ntk, work):
    n = nngp.size
    minus, plus, t, x, arc, bent = (
        work[0, :n], work[1, :n], work[2, :n], work[3, :n], work[4, :n], work[5, :n],
    )  # fmt: skip
    weight, bias = layers.weight[layer], layers.bias[layer]
    forward, constant = layers.forward[layer], layers.constant[layer]
    variance = f.kink / 2.0 + f.smooth
    even = f.kink == -4.0 * f.smooth  # |z|: K(π − θ) = K(θ)
    for j in range(n):
        t[j] = min(minus[j], plus[j]) / max(minus[j] + plus[j], _TINY)
        x[j] = 4.0 * t[j] - 1.0
    polynomial(_ARCSINE, x, arc)
    polynomial(_SINE_LOSS, x, bent)
    for j in range(n):
        obtuse = minus[j] > plus[j]
        sine = np.sqrt(t[j])
        angle = 2.0 * sine * arc[j]  # θ or π − θ, whichever is acute
        bend = t[j] * sine * bent[j] / np.pi
        near, far = 2.0 * t[j], 2.0 - 2.0 * t[j]
        lost = 1.0 - bend if obtuse else near - bend
        kept = bend if obtuse else 1.0 - near + bend  # J₁/π
        turn = angle if obtuse else np.pi - angle
        dual = f.kink / 2.0 * kept + f.smooth * (near - 1.0 if obtuse else 1.0 - near)
        below = f.kink / 2.0 * lost + f.smooth * (far if obtuse else near)
        below = f.kink / 2.0 * (near - bend) + f.smooth * near if even else below
        above = f.kink / 2.0 * (1.0 + kept) + f.smooth * (near if obtuse else far)
        scale = root1 * root2[j]
        ntk[j] = (
            forward * scale * dual
            + constant
            + weight * (f.kink / (2.0 * np.pi) * turn + f.smooth) * ntk[j]
        )
        nngp[j] = weight * scale * dual + bias
        # what unequal norms add to √(q₁₁q₂₂) ∓ q₁₂
        norms = bias * weight * variance * (root1 - root2[j]) ** 2
        norms /= max(next1 * next2[j] + weight * variance * scale + bias, _TINY)
        minus[j] = weight * scale * below + norms
        plus[j] = weight * scale * above + norms + 2.0 * bias


@compiled
def _cosines(t, q1, q2, inverse1, inverse2, nngp, work):
    """The sine y = t·q₁₂/√(…) of the arcsine law, its cosine and the arcsine, into the buffers."""
    n = nngp.size
    sine, cosine, x, arc = work[0, :n], work[1, :n], work[2, :n], work[3, :n]
    for j in range(n):
        norm = inverse1 * inverse2[j]
        area = q1 * q2[j] - nngp[j] * nngp[j]
        sine[j] = t * nngp[j] * norm
        cosine[j] = np.sqrt(max(1.0 + t * (q1 + q2[j]) + t * t * area, 1.0)) * norm
        smaller = min(abs(sine[j]), cosine[j])
        x[j] = 4.0 * smaller * smaller - 1.0
    polynomial(_ARCSINE, x, arc)
    for j in range(n):
        steep = abs(sine[j]) > cosine[j]
        angle = min(abs(sine[j]), cosine[j]) * arc[j]
        angle = np.pi / 2.0 - angle if steep else angle
        arc[j] = -angle if sine[j] < 0.0 else angle


@compiled
def _near_pairs(f, layers, left, i, right, start, first, nngp, ntk):
    """Once more, by differences, what is nearly parallel; ``first`` is Σ of the first layer."""
    for j in range(nngp.size):
        mean = left.root[0, i] * right.root[0, start + j]
        minus, plus = mean - first[j], mean + first[j]
        if min(minus, plus) < NEAR * mean:
            nngp[j], ntk[j] = smooth_pair(f, layers, left, i, right, start + j, minus, plus)


def erf_row(plan, layers, left, i, right, start, nngp, ntk, work):
    """As `piecewise_linear_row`, for an error function."""
    n = nngp.size
    cosine, arc, first = work[1, :n], work[3, :n], work[4, :n]
    _first_layer(layers, nngp, ntk)
    for j in range(n):
        first[j] = nngp[j]
    t, unit = 2.0 * plan.slope**2, plan.scale**2 * 2.0 / np.pi
    for layer in range(1, layers.weight.size):
        weight, bias = layers.weight[layer], layers.bias[layer]
        forward, constant = layers.forward[layer], layers.constant[layer]
        inverse1 = left.inverse[layer - 1, i]
        inverse2 = right.inverse[layer - 1, start : start + n]
        q2 = right.q[layer - 1, start : start + n]
        _cosines(t, left.q[layer - 1, i], q2, inverse1, inverse2, nngp, work)
        for j in range(n):
            dual = plan.offset**2 + unit * arc[j]
            slope = unit * t * inverse1 * inverse2[j] / cosine[j]
            ntk[j] = forward * dual + constant + weight * slope * ntk[j]
            nngp[j] = weight * dual + bias
    _near_pairs(plan, layers, left, i, right, start, first, nngp, ntk)


def gelu_row(plan, layers, left, i, right, start, nngp, ntk, work):
    """As `piecewise_linear_row`, for z·(linear + scale·erf)."""
    n = nngp.size
    sine, cosine, arc, first = work[0, :n], work[1, :n], work[3, :n], work[4, :n]
    _first_layer(layers, nngp, ntk)
    for j in range(n):
        first[j] = nngp[j]
    t, even = 2.0 * plan.slope**2, plan.scale**2 * 2.0 / np.pi
    for layer in range(1, layers.weight.size):
        weight, bias = layers.weight[layer], layers.bias[layer]
        forward, constant = layers.forward[layer], layers.constant[layer]
        q1, inverse1 = left.q[layer - 1, i], left.inverse[layer - 1, i]
        inverse2 = right.inverse[layer - 1, start : start + n]
        q2 = right.q[layer - 1, start : start + n]
        _cosines(t, q1, q2, inverse1, inverse2, nngp, work)
        for j in range(n):
            norm = inverse1 * inverse2[j]
            inner, secant = t * nngp[j], 1.0 / cosine[j]
            variances, product = t * (q1 + q2[j]), t * t * q1 * q2[j]
            # in units of the slope: E = D cos² is the determinant, norm² = 1/D
            bent = (sine[j] * sine[j] + product * cosine[j] * cosine[j]) * norm * secant
            dual = plan.linear**2 * nngp[j] + even / t * (bent + inner * arc[j])
            slant = (2.0 + variances + secant * secant) * norm * norm
            slope = plan.linear**2 + even * (arc[j] + sine[j] * secant * slant)
            ntk[j] = forward * dual + constant + weight * slope * ntk[j]
            nngp[j] = weight * dual + bias
    _near_pairs(plan, layers, left, i, right, start, first, nngp, ntk)
