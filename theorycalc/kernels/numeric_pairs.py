"""Kernels of one pair of inputs to all digits, also where the inputs are nearly parallel.

A pair is known by its variances q₁₁, q₂₂ and by √(q₁₁q₂₂) ∓ q₁₂ ("minus" and "plus"), each carried
from layer to layer as a sum of terms that do not cancel: nearly equal and nearly opposite inputs
keep all their digits.
"""

import numpy as np

from theorycalc.core.compiled import compiled

# The loss of angle integrates a trigonometric polynomial of degree 2p, or nearly so, over (0, θ):
# 20 nodes reach double precision up to this p, and on panels that are so many times shorter.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(20)
_DEGREE_OF_A_PANEL = 12
# Pairs with 1 ∓ cos θ below this are compared by the differences of their inputs.
NEAR = 1e-2
# Angles π − θ below this use the series of J_p there: its closed form cancels.
_OPPOSITE = 1.5


@compiled
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


@compiled
def _horner(coefficients, c):
    total = 0.0
    for coefficient in coefficients:
        total = total * c + coefficient
    return total


@compiled
def _angular(p, a, b, opposite, c, sine, turn):
    """J_p at the angle π − turn with this cosine and sine."""
    if turn < _OPPOSITE:
        return _horner(opposite, turn * turn) * turn ** (2 * p + 1)
    return _horner(a, c) * sine + _horner(b, c) * turn


@compiled
def angular_nodes(p):
    """How many nodes the loss of angle is integrated with."""
    return _NODES.size * (1 + p // _DEGREE_OF_A_PANEL)


@compiled
def _angular_loss(p, odd_factorial, below_a, below_b, theta):
    """1 − J_p(θ)/J_p(0), J_p(0) = π(2p−1)!!."""
    if p == 0:
        return theta / np.pi
    if p == 1:
        return 2.0 * np.sin(theta / 2.0) ** 2 - sine_loss(theta) / np.pi
    total, count = 0.0, angular_nodes(p)
    panels = count // _NODES.size
    for i in range(count):
        left, node = divmod(i, _NODES.size)
        t = theta * (left + (1.0 + _NODES[node]) / 2.0) / panels
        c = np.cos(t)
        below = _horner(below_a, c) * np.sin(t) + _horner(below_b, c) * (np.pi - t)
        total += _WEIGHTS[node] * below * np.sin(t)
    return p * p * total * theta / (2.0 * panels) / (np.pi * odd_factorial)


@compiled
def angular_losses(p, odd_factorial, below_a, below_b, thetas):
    """1 − J_p(θ)/J_p(0) for a flat array of angles."""
    losses = np.empty_like(thetas)
    for i in range(thetas.size):
        losses[i] = _angular_loss(p, odd_factorial, below_a, below_b, thetas[i])
    return losses


@compiled
def _homogeneous_dual(f, minus, plus):
    """(K, K', V − K, V + K) at unit variances, K' the dual of the derivative, V = K(0).

    ``minus`` and ``plus`` are 1 − cos θ and 1 + cos θ.
    """
    c, sine = (plus - minus) / 2.0, np.sqrt(minus * plus)
    theta = 2.0 * np.arctan2(np.sqrt(minus), np.sqrt(plus))
    turn = 2.0 * np.arctan2(np.sqrt(plus), np.sqrt(minus))
    angular = _angular(f.degree, f.a, f.b, f.opposite, c, sine, turn)
    dual = f.kink * angular / (2.0 * np.pi) + f.smooth * _horner(f.b, c)
    slope = 0.0
    if f.degree > 0:
        p = f.degree - 1
        below = _angular(p, f.below_a, f.below_b, f.below_opposite, c, sine, turn)
        slope = f.kink * below / (2.0 * np.pi) + f.smooth * _horner(f.below_b, c)
        slope *= f.degree * f.degree
    if f.degree % 2 and f.kink == -4.0 * f.smooth and c < 0.0:  # |z|^p: K(π − θ) = K(θ)
        theta, c, minus, plus = turn, -c, plus, minus
    kink_variance = f.kink * f.odd_factorial / 2.0
    lost = _angular_loss(f.degree, f.odd_factorial, f.below_a, f.below_b, theta)
    below = kink_variance * lost + f.smooth * minus * _horner(f.loss, c)
    above = kink_variance * (2.0 - lost)
    if f.degree % 2:
        above += f.smooth * plus * _horner(f.gain, c)
    else:
        above += f.smooth * (f.odd_factorial + _horner(f.b, c))
    return dual, slope, below, above


@compiled
def homogeneous_pair(f, layers, q1, i, q2, j, minus, plus, tangent):
    """(Σ, Θ) of inputs i, j after the last layer; q1, q2 are the variances after every layer."""
    p = f.degree
    variance = f.odd_factorial * (f.kink / 2.0 + f.smooth)
    q12 = (plus - minus) / 2.0
    for layer in range(1, layers.weight.size):
        weight, bias = layers.weight[layer], layers.bias[layer]
        total = minus + plus
        half = total / 2.0 if total > 0.0 else 1.0  # a zero vector: every kernel of it vanishes
        dual, slope, below, above = _homogeneous_dual(f, minus / half, plus / half)
        a, b = q1[layer - 1, i], q2[layer - 1, j]
        scale = np.sqrt(a) * np.sqrt(b)
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
            difference = a ** (p / 2.0) - b ** (p / 2.0)
            mean = np.sqrt(q1[layer, i]) * np.sqrt(q2[layer, j])
            norms = bias * weight * variance * difference**2
            norms /= mean + weight * variance * power + bias
        minus = weight * power * below + norms
        plus = weight * power * above + norms + 2.0 * bias
    return q12, tangent


@compiled
def _first_gap(x1, x2, weight, bias, q1, q2, sign):
    """(|u||u'| − |⟨u, u'⟩|, |u|² − |u'|²), u = (σ_w x/√d, σ_b), from differences of the inputs.

    ``sign`` is that of ⟨u, u'⟩, and u the longer of the two: rounding of the factor |u|/|u'|, with
    which u' is compared, would count more by that factor.
    """
    scale = weight / x1.size
    excess = 0.0
    for i in range(x1.size):
        excess += (x1[i] - x2[i]) * (x1[i] + x2[i])
    excess *= scale
    stretch = excess / (np.sqrt(q1) + np.sqrt(q2)) / np.sqrt(q2)  # |u|/|u'| − 1
    # |u ∓ (|u|/|u'|) u'|² = 2|u|²(1 ∓ cos θ), coordinate by coordinate; the bias is the last
    total = 0.0
    for i in range(x1.size):
        total += ((x1[i] - sign * x2[i]) - sign * stretch * x2[i]) ** 2
    total = scale * total + bias * (1.0 - sign - sign * stretch) ** 2
    return total * np.sqrt(q2 / q1) / 2.0, excess


@compiled
def near_pair(left, right, i, j, layers, minus, plus):
    """The pair's (minus, plus, excess) after the first layer, from differences."""
    weight, bias = layers.weight[0], layers.bias[0]
    sign = 1.0 if minus < plus else -1.0
    q1, q2 = left.q[0, i], right.q[0, j]
    if q1 < q2:
        gap, excess = _first_gap(right.x[j], left.x[i], weight, bias, q2, q1, sign)
        excess = -excess
    else:
        gap, excess = _first_gap(left.x[i], right.x[j], weight, bias, q1, q2, sign)
    return (gap, plus, excess) if sign > 0.0 else (minus, gap, excess)
