"""Kernels of one input with many, layer by layer over rows that stay in the first-level cache.

Every loop is free of branches and library calls, so that it runs on vectors; arcsines are
polynomials. Pairs that are nearly parallel get their digits from `pairs_homogeneous`.
"""

from typing import NamedTuple

import numpy as np

from theorycalc.core.compiled import inner
from theorycalc.kernels.matrices.pairs_homogeneous import NEAR
from theorycalc.kernels.matrices.polynomials import arcsine, bend

# Of what rules work with; the first is not theirs.
BUFFERS = 3
_TINY = 1e-300


class PiecewiseLinear(NamedTuple):
    """φ(z) = β z_+ + α (−z)_+, by the numbers of its `Homogeneous` family of degree 1."""

    kink: float
    smooth: float


@inner
def _first_layer(layers, left, i, right, start, nngp, ntk):
    """(Σ, Θ) of the first layer from ⟨x, x'⟩, Θ = NaN for near pairs: the number of these."""
    refused, d = 0, right.x.shape[1]
    weight, bias = layers.weight[0], layers.bias[0]
    forward, constant = layers.forward[0], layers.constant[0]
    largest, root = (1.0 - NEAR) * left.root[0, i], right.root[0, start : start + nngp.size]
    for j in range(nngp.size):
        inner = nngp[j] / d
        nngp[j] = weight * inner + bias
        near = abs(nngp[j]) > largest * root[j]
        ntk[j] = np.nan if near else forward * inner + constant
        refused += near
    return refused


def piecewise_linear_row(rule, layers, left, i, right, start, nngp, ntk, work):
    """(Σ, Θ) of an input with right[start : start + nngp.size]; ``nngp`` comes with ⟨x, x'⟩.

    Of nearly parallel inputs Θ is NaN: the number of these.
    """
    n, end = nngp.size, start + nngp.size
    minus, plus, root2 = work[1, :n], work[2, :n], right.root[0, start:end]
    even = rule.kink == -4.0 * rule.smooth  # |z|: K(π − θ) = K(θ)
    half_kink, smooth = rule.kink / 2.0, rule.smooth
    variance = half_kink + smooth
    refused = _first_layer(layers, left, i, right, start, nngp, ntk)
    for j in range(n):
        mean = left.root[0, i] * root2[j]
        minus[j], plus[j] = mean - nngp[j], mean + nngp[j]
    for layer in range(1, layers.weight.size):
        weight, bias = layers.weight[layer], layers.bias[layer]
        forward, constant = layers.forward[layer], layers.constant[layer]
        root1, next1 = left.root[layer - 1, i], left.root[layer, i]
        root2, next2 = right.root[layer - 1, start:end], right.root[layer, start:end]
        for j in range(n):
            obtuse, total = minus[j] > plus[j], minus[j] + plus[j]
            t = (plus[j] if obtuse else minus[j]) / (total if total > _TINY else _TINY)
            sine = np.sqrt(t)
            angle = 2.0 * sine * arcsine(t)  # θ or π − θ, whichever is acute
            bent = t * sine * bend(t) / np.pi
            near, far = 2.0 * t, 2.0 - 2.0 * t
            kept = bent if obtuse else 1.0 - near + bent  # J₁/π
            lost = 1.0 - bent if obtuse else near - bent
            turn = angle if obtuse else np.pi - angle
            dual = half_kink * kept + smooth * (near - 1.0 if obtuse else 1.0 - near)
            below = half_kink * lost + smooth * (far if obtuse else near)
            below = half_kink * (near - bent) + smooth * near if even else below
            above = half_kink * (1.0 + kept) + smooth * (near if obtuse else far)
            scale = root1 * root2[j]
            slope = half_kink / np.pi * turn + smooth
            ntk[j] = forward * scale * dual + constant + weight * slope * ntk[j]
            nngp[j] = weight * scale * dual + bias
            # what unequal norms add to √(q₁₁q₂₂) ∓ q₁₂
            mean = next1 * next2[j] + weight * variance * scale + bias
            norms = bias * weight * variance * (root1 - root2[j]) ** 2
            norms /= mean if mean > _TINY else _TINY
            minus[j] = weight * scale * below + norms
            plus[j] = weight * scale * above + norms + 2.0 * bias
    return refused


@inner
def _arcsine_law(t, q1, q2, norm, q12):
    """The sine t·q₁₂·norm, its cosine, whose square is the determinant·norm², and its angle."""
    determinant = 1.0 + t * (q1 + q2) + t * t * (q1 * q2 - q12 * q12)
    cosine = np.sqrt(determinant if determinant > 1.0 else 1.0) * norm
    sine = t * q12 * norm
    size = abs(sine)
    smaller = cosine if size > cosine else size
    angle = smaller * arcsine(smaller * smaller)
    angle = np.pi / 2.0 - angle if size > cosine else angle
    return sine, cosine, -angle if sine < 0.0 else angle


def _smooth_row(pair):
    """The row of an activation whose ``pair`` makes (K, K') of what `_arcsine_law` finds."""
    pair = inner(pair)

    def row(rule, layers, left, i, right, start, nngp, ntk, work):
        n, end, t = nngp.size, start + nngp.size, 2.0 * rule.slope**2
        refused = _first_layer(layers, left, i, right, start, nngp, ntk)
        for layer in range(1, layers.weight.size):
            weight, bias = layers.weight[layer], layers.bias[layer]
            forward, constant = layers.forward[layer], layers.constant[layer]
            q1, inverse1 = left.q[layer - 1, i], left.inverse[layer - 1, i]
            q2, inverse2 = right.q[layer - 1, start:end], right.inverse[layer - 1, start:end]
            for j in range(n):
                norm = inverse1 * inverse2[j]  # 1/√D
                law = _arcsine_law(t, q1, q2[j], norm, nngp[j])
                dual, slope = pair(rule, t, q1, q2[j], norm, nngp[j], law)
                ntk[j] = forward * dual + constant + weight * slope * ntk[j]
                nngp[j] = weight * dual + bias
        return refused

    return row


@_smooth_row
def erf_row(rule, t, q1, q2, norm, q12, law):
    """As `piecewise_linear_row`, for an error function."""
    _, cosine, arc = law
    unit = rule.scale**2 * 2.0 / np.pi
    return rule.offset**2 + unit * arc, unit * t * norm / cosine


@_smooth_row
def gelu_row(rule, t, q1, q2, norm, q12, law):
    """As `piecewise_linear_row`, for z·(linear + scale·erf)."""
    sine, cosine, arc = law
    even, linear, secant = rule.scale**2 * 2.0 / np.pi, rule.linear**2, 1.0 / cosine
    # in units of the slope: E = D cos² is the determinant
    variances, moments = t * (q1 + q2), t * t * q1 * q2
    bent = (sine * sine + moments * cosine * cosine) * norm * secant
    dual = linear * q12 + even / t * (bent + t * q12 * arc)
    slant = (2.0 + variances + secant * secant) * norm * norm
    return dual, linear + even * (arc + sine * secant * slant)
