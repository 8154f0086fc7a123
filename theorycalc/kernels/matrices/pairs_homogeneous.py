"""Kernels of pairs of inputs to all digits, also where the inputs are nearly parallel.

A pair is known by its variances q₁₁, q₂₂ and by √(q₁₁q₂₂) ∓ q₁₂ ("minus" and "plus"), each carried
from layer to layer as a sum of terms that do not cancel: nearly equal and nearly opposite inputs
keep all their digits. Arrays have an element for every pair.
"""

import numpy as np

from theorycalc.kernels.matrices.polynomials import sine_loss

# The loss of angle integrates a trigonometric polynomial of degree 2p, or nearly so, over (0, θ):
# 20 nodes reach double precision up to this p, and on panels that are so many times shorter.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
_DEGREE_OF_A_PANEL = 12
# Pairs with 1 ∓ cos θ below this are compared by the differences of their inputs.
NEAR = 1e-2
# Angles π − θ below this use the series of J_p there: its closed form cancels.
_OPPOSITE = 1.5
# Numbers of an array that are worked on at a time.
_CHUNK = 2**16


def _angular(p, a, b, opposite, c, sine, turn):
    """J_p at the angle π − turn with this cosine and sine."""
    series = np.polyval(opposite, turn * turn) * turn ** (2 * p + 1)
    return np.where(turn < _OPPOSITE, series, np.polyval(a, c) * sine + np.polyval(b, c) * turn)


def angular_nodes(p: int) -> int:
    """How many nodes the loss of angle is integrated with."""
    return _NODES.size * (1 + p // _DEGREE_OF_A_PANEL)


def angular_losses(p, odd_factorial, below_a, below_b, thetas) -> np.ndarray:
    """1 − J_p(θ)/J_p(0), J_p(0) = π(2p−1)!!, for a flat array of angles."""
    if p == 0:
        return thetas / np.pi
    if p == 1:
        return 2.0 * np.sin(thetas / 2.0) ** 2 - sine_loss(thetas) / np.pi
    panels = angular_nodes(p) // _NODES.size
    nodes = (np.arange(panels)[:, None] + (1.0 + _NODES) / 2.0).ravel() / panels
    weights = np.tile(_WEIGHTS, panels) / (2.0 * panels)
    losses, step = np.empty_like(thetas), max(1, _CHUNK // nodes.size)
    for start in range(0, thetas.size, step):
        theta = thetas[start : start + step]
        t = np.multiply.outer(theta, nodes)
        c, sine = np.cos(t), np.sin(t)
        below = np.polyval(below_a, c) * sine + np.polyval(below_b, c) * (np.pi - t)
        losses[start : start + step] = theta * ((below * sine) @ weights)
    return p * p * losses / (np.pi * odd_factorial)


def _homogeneous_dual(f, minus, plus):
    """(K, K', V − K, V + K) at unit variances, K' the dual of the derivative, V = K(0).

    ``minus`` and ``plus`` are 1 − cos θ and 1 + cos θ.
    """
    c, sine = (plus - minus) / 2.0, np.sqrt(minus * plus)
    theta = 2.0 * np.arctan2(np.sqrt(minus), np.sqrt(plus))
    turn = 2.0 * np.arctan2(np.sqrt(plus), np.sqrt(minus))
    angular = _angular(f.degree, f.a, f.b, f.opposite, c, sine, turn)
    dual = f.kink * angular / (2.0 * np.pi) + f.smooth * np.polyval(f.b, c)
    slope = 0.0
    if f.degree > 0:
        p = f.degree - 1
        below = _angular(p, f.below_a, f.below_b, f.below_opposite, c, sine, turn)
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
