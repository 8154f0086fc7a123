"""Nearly parallel inputs of networks with erf and GELU, to all digits.

Where such a network is chaotic it multiplies the distance of two inputs layer by layer: the "gap"
q₁₁ + q₂₂ − 2|q₁₂| and the "excess" q₁₁ − q₂₂ are carried as sums of terms that do not cancel.
Variances are in units of the activation's slope here: a = t·q₁₁, b = t·q₂₂, c = t·|q₁₂| with
t = 2·slope², and A = asin(c/√((1 + a)(1 + b))).
"""

from typing import NamedTuple

import numpy as np

from theorycalc.kernels.matrices.pairs_homogeneous import near_pairs


class _Pairs(NamedTuple):
    """What both activations need of pairs of inputs; the loss is A(a, a) + A(b, b) − 2A(a, b)."""

    a: np.ndarray
    b: np.ndarray
    c: np.ndarray
    excess: np.ndarray
    gap: np.ndarray
    area: np.ndarray  # ab − c²
    root: np.ndarray  # √((1 + a)(1 + b) − c²)
    arc: np.ndarray  # A
    loss: np.ndarray
    arc_a: np.ndarray  # A(a, a) − A
    arc_b: np.ndarray
    arc_excess: np.ndarray  # A(a, a) − A(b, b)


def _pairs(a, b, c, gap, excess) -> _Pairs:
    """Of near inputs, differences of arcsines are arcsines of what the area and the excess make."""
    far = gap >= (a + b) / 2.0
    c = np.where(far, c, (a + b - gap) / 2.0)
    area = (gap * (a + b) - (gap**2 + excess**2) / 2.0) / 2.0
    area = np.maximum(np.where(far, a * b - c * c, area), 0.0)
    root, wide_a, wide_b = np.sqrt(1.0 + a + b + area), 1.0 + a, 1.0 + b
    root_a, root_b = np.sqrt(1.0 + 2.0 * a), np.sqrt(1.0 + 2.0 * b)
    arc, own_a, own_b = np.arctan2(c, root), np.arctan2(a, root_a), np.arctan2(b, root_b)
    mixed, bent = a * root_b + b * root_a, a + b + 2.0 * a * b
    from_a, from_b = a * root + c * root_a, b * root + c * root_b
    unit = 1.0 / np.sqrt(wide_a * wide_b)
    sine_a = unit * (a * excess + area * wide_a) / from_a
    sine_b = unit * (area * wide_b - b * excess) / from_b
    loss = area * (wide_a / from_a + wide_b / from_b)
    loss = unit * (loss + excess**2 * c * bent / (from_a * from_b * mixed))
    cosine_a, cosine_b = np.sqrt(1.0 - sine_a**2), np.sqrt(1.0 - sine_b**2)
    loss *= cosine_b + sine_b * (sine_b - sine_a) / (cosine_a + cosine_b)
    return _Pairs(
        a, b, c, excess, gap, area, root, arc,
        loss=np.where(far, own_a + own_b - 2.0 * arc, np.arcsin(loss)),
        arc_a=np.where(far, own_a - arc, np.arcsin(sine_a)),
        arc_b=np.where(far, own_b - arc, np.arcsin(sine_b)),
        arc_excess=np.where(
            far, own_a - own_b, np.arcsin(excess * bent / (mixed * wide_a * wide_b))
        ),
    )  # fmt: skip


def _erf_step(f, pair, sign):
    """(t·K, K', t·(K₁₁ + K₂₂ − 2·sign·K₁₂), t·(K₁₁ − K₂₂)); ``sign`` is that of q₁₂."""
    t = 2.0 * f.slope**2
    unit, offset = t * f.scale**2 * 2.0 / np.pi, t * f.offset**2
    loss = unit * pair.loss + np.where(sign < 0.0, 4.0 * offset, 0.0)
    return offset + sign * unit * pair.arc, unit / pair.root, loss, unit * pair.arc_excess


def _gelu_step(f, pair, sign):
    """As `_erf_step`."""
    a, b, c, root, excess = pair.a, pair.b, pair.c, pair.root, pair.excess
    even, alpha, beta = f.scale**2 * 2.0 / np.pi, 1.0 / (1.0 + a), 1.0 / (1.0 + b)
    root_a, root_b = np.sqrt(1.0 + 2.0 * a), np.sqrt(1.0 + 2.0 * b)
    both, apart = root_a + root_b, 2.0 * excess / (root_a + root_b)
    # F = (c² + abE)αβ/√E + cA = 1/√E + √E(1 − α − β) + cA and its differences; √E = root
    value = (c * c / root + a * b * root) * alpha * beta + c * pair.arc
    spread = (4.0 * pair.area + apart**2) / (2.0 * root + both)  # 2√E − √E₁₁ − √E₂₂
    loss = (spread * both + apart**2) / (2.0 * root * root_a * root_b)
    loss += 2.0 * excess**2 * alpha * beta / both - spread * (1.0 - alpha - beta)
    loss += pair.gap * pair.arc + (a + b) / 2.0 * pair.loss
    loss += excess / 2.0 * (pair.arc_a - pair.arc_b)
    loss += np.where(sign < 0.0, 4.0 * value, 0.0)  # F is even in c
    roots = root_a * root_b
    differs = 2.0 * apart * (a + b + 2.0 * a * b) / (1.0 + roots) * (1.0 / roots + alpha * beta)
    differs += excess * (pair.arc + pair.arc_a) + b * pair.arc_excess
    slant = ((2.0 + a + b) * alpha * beta + 1.0 / root**2) * c / root
    slope = f.linear**2 + even * sign * (pair.arc + slant)
    linear = f.linear**2
    return (
        linear * sign * c + even * value,
        slope,
        linear * pair.gap + even * loss,
        linear * excess + even * differs,
    )


def erf_entries(*network_and_pairs):
    """(Σ, Θ) after the last layer of nearly parallel inputs i and j that are not 0.

    The arguments are those of `homogeneous_entries`.
    """
    return _entries(_erf_step, *network_and_pairs)


def gelu_entries(*network_and_pairs):
    """As `erf_entries`."""
    return _entries(_gelu_step, *network_and_pairs)


def _entries(step, f, layers, left, right, i, j, inner):
    t = 2.0 * f.slope**2
    mean, q12 = left.root[0, i] * right.root[0, j], layers.weight[0] * inner + layers.bias[0]
    minus, plus, excess = near_pairs(left, right, i, j, layers, mean - q12, mean + q12)
    q12 = (plus - minus) / 2.0
    tangent = layers.forward[0] * inner + layers.constant[0]
    gap = 2.0 * np.minimum(minus, plus) + (excess / (left.root[0, i] + right.root[0, j])) ** 2
    q12, gap, excess = t * q12, t * gap, t * excess
    for layer in range(1, layers.weight.size):
        weight, bias = layers.weight[layer], t * layers.bias[layer]
        a, b = t * left.q[layer - 1, i], t * right.q[layer - 1, j]
        sign = np.where(q12 > 0.0, 1.0, -1.0)
        value, slope, gap, excess = step(f, _pairs(a, b, np.abs(q12), gap, excess), sign)
        tangent = (
            layers.forward[layer] * value / t + layers.constant[layer] + weight * slope * tangent
        )
        q12, excess, gap = weight * value + bias, weight * excess, weight * gap
        # from below zero, the gap is that to the opposite input
        gap += np.where(sign < 0.0, 4.0 * bias, 0.0)
        turned = (sign < 0.0) & (q12 > 0.0)
        whole = 2.0 * t * (left.q[layer, i] + right.q[layer, j])
        gap = np.where(turned, whole - gap, gap)
    return q12 / t, tangent
