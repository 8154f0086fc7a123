"""Kernels of pairs of inputs to all digits, also where the inputs are nearly parallel.

A pair is known by its variances q₁₁, q₂₂ and by √(q₁₁q₂₂) ∓ q₁₂ ("minus" and "plus"), each carried
from layer to layer as a sum of terms that do not cancel: nearly equal and nearly opposite inputs
keep all their digits. Arrays have an element for every pair.
"""

import numpy as np

from theorycalc.kernels.duals.arc_cosine_in_doubles import angular_losses, angular_values

# Pairs with 1 ∓ cos θ below this are compared by the differences of their inputs.
NEAR = 1e-2
# Numbers of an array that are worked on at a time.
_CHUNK = 2**16


def _homogeneous_dual(f, minus, plus):
    """(K, K', V − K, V + K) at unit variances, K' the dual of the derivative, V = K(0).

    ``minus`` and ``plus`` are 1 − cos θ and 1 + cos θ.
    """
    c, sine = (plus - minus) / 2.0, np.sqrt(minus * plus)
    theta = 2.0 * np.arctan2(np.sqrt(minus), np.sqrt(plus))
    turn = 2.0 * np.arctan2(np.sqrt(plus), np.sqrt(minus))
    angular = angular_values(f.degree, f.a, f.b, f.opposite, c, sine, turn)
    dual = f.kink * angular / (2.0 * np.pi) + f.smooth * np.polyval(f.b, c)
    slope = 0.0
    if f.degree > 0:
        p = f.degree - 1
        below = angular_values(p, f.below_a, f.below_b, f.below_opposite, c, sine, turn)
        slope = f.kink * below / (2.0 * np.pi) + f.smooth * np.polyval(f.below_b, c)
        slope *= f.degree * f.degree
    if f.degree % 2 and f.kink == -4.0 * f.smooth:  # |z|^p: K(π − θ) = K(θ)
        theta, c = np.minimum(theta, turn), np.abs(c)
        minus, plus = np.minimum(minus, plus), np.maximum(minus, plus)
    kink_variance = f.kink * f.odd_factorial / 2.0
    lost = angular_losses(f.degree, f.odd_factorial, f.below_a, f.below_b, theta)
    below = kink_variance * lost + f.smooth * minus * np.polyval(f.loss, c)
    above = kink_variance * (2.0 - lost)
    if f.degree % 2:
        above += f.smooth * plus * np.polyval(f.gain, c)
    else:
        above += f.smooth * (f.odd_factorial + np.polyval(f.b, c))
    return dual, slope, below, above


def homogeneous_pairs(f, layers, q1, q2, minus, plus, tangent):
    """(Σ, Θ) after the last layer; q1, q2 are the variances after every layer, (layers, pairs)."""
    p, q12 = f.degree, (plus - minus) / 2.0
    for layer in range(1, layers.weight.size):
        weight, bias = layers.weight[layer], layers.bias[layer]
        total = minus + plus
        half = np.where(total > 0.0, total / 2.0, 1.0)  # every kernel of a zero vector vanishes
        dual, slope, below, above = _homogeneous_dual(f, minus / half, plus / half)
        scale = np.sqrt(q1[layer - 1]) * np.sqrt(q2[layer - 1])
        power = scale**p
        tangent = (
            layers.forward[layer] * power * dual
            + layers.constant[layer]
            + (weight * scale ** (p - 1) * slope * tangent if p > 0 else 0.0)
        )
        q12 = weight * power * dual + bias
        norms = _unequal_norms(f, weight, bias, q1, q2, layer) if bias > 0.0 else 0.0
        minus = weight * power * below + norms
        plus = weight * power * above + norms + 2.0 * bias
    return q12, tangent


def _unequal_norms(f, weight, bias, q1, q2, layer):
    """What unequal norms add to both differences: √(q₁₁q₂₂) − weight·V·scale^p − bias ≥ 0."""
    one, two = (q[layer - 1] ** (f.degree / 2.0) for q in (q1, q2))
    mean = np.sqrt(q1[layer]) * np.sqrt(q2[layer])
    spread = weight * f.variance
    return bias * spread * (one - two) ** 2 / (mean + spread * one * two + bias)


def near_pairs(left, right, i, j, layers, minus, plus):
    """(minus, plus, excess) of near pairs after the first layer, from differences of the inputs.

    The excess is q₁₁ − q₂₂; ``minus`` and ``plus`` come as inner products give them.
    """
    sign = np.where(minus < plus, 1.0, -1.0)
    q1, q2 = left.q[0, i], right.q[0, j]
    gap, excess = np.empty_like(minus), np.empty_like(minus)
    step = max(1, _CHUNK // right.x.shape[1])
    for start in range(0, minus.size, step):
        part = slice(start, start + step)
        pairs = left.x[i[part]], right.x[j[part]], q1[part], q2[part], sign[part]
        gap[part], excess[part] = _first_gaps(layers.weight[0], layers.bias[0], *pairs)
    return np.where(sign > 0.0, gap, minus), np.where(sign > 0.0, plus, gap), excess


def _first_gaps(weight, bias, x1, x2, q1, q2, sign):
    """(|u||u'| − |⟨u, u'⟩|, |u|² − |u'|²), u = (σ_w x/√d, σ_b), from differences of the inputs.

    ``sign`` is that of ⟨u, u'⟩. The shorter of the two is compared with the longer: rounding of the
    ratio of their norms would count more by that factor the other way round.
    """
    scale, longer = weight / x1.shape[1], q1 >= q2
    excess = scale * np.einsum("ij,ij->i", x1 - x2, x1 + x2)
    stretch = np.where(longer, excess, -excess) / (np.sqrt(q1) + np.sqrt(q2))
    stretch /= np.sqrt(np.minimum(q1, q2))
    # |u ∓ (|u|/|u'|) u'|² = 2|u|²(1 ∓ cos θ), coordinate by coordinate; the bias is the last
    long, short = (np.where(w[:, None], x1, x2) for w in (longer, ~longer))
    rest = (long - sign[:, None] * short) - (sign * stretch)[:, None] * short
    total = scale * np.einsum("ij,ij->i", rest, rest)
    total += bias * (1.0 - sign - sign * stretch) ** 2
    return total * np.sqrt(np.minimum(q1, q2) / np.maximum(q1, q2)) / 2.0, excess


def homogeneous_entries(f, layers, left, right, i, j, inner):
    """(Σ, Θ) of inputs i with inputs j; ``inner`` is ⟨x, x'⟩/d."""
    mean = left.root[0, i] * right.root[0, j]
    q12 = layers.weight[0] * inner + layers.bias[0]
    minus, plus = np.maximum(mean - q12, 0.0), np.maximum(mean + q12, 0.0)
    near = np.flatnonzero(np.minimum(minus, plus) < NEAR * mean)
    minus[near], plus[near], _ = near_pairs(
        left, right, i[near], j[near], layers, minus[near], plus[near]
    )
    tangent = layers.forward[0] * inner + layers.constant[0]
    return homogeneous_pairs(f, layers, left.q[:, i], right.q[:, j], minus, plus, tangent)
