"""Kernels of bias-free homogeneous networks: functions of the angle, tabulated once a network.

Σ and Θ over the square roots of the last variances are functions of θ alone, analytic in sin(θ/2)
at θ = 0 and in cos(θ/2) at θ = π: equal panels with a polynomial in each reach double precision,
and the depth of the network costs nothing a pair.
"""

from typing import NamedTuple

import numpy as np

from theorycalc.core.compiled import compiled
from theorycalc.kernels.numeric_families import Homogeneous, Layers
from theorycalc.kernels.numeric_pairs import NEAR, homogeneous_pair, near_pair
from theorycalc.kernels.numeric_polynomials import chebyshev_nodes, interpolate

_DEGREE = 9
_HALF = (_DEGREE + 1) // 2
# Panels on either side of θ = π/2; the larger number is for deep networks.
_PANELS = (64, 128)
_DEEP = 20
# Values below this part of the largest come from the recursion: a table's errors are absolute.
_SMALL = 5e-3
# What a table may be off at points between its nodes, relative to the largest value.
_TOLERANCE = 2e-14


class Table(NamedTuple):
    """Per panel, those of acute angles first: the polynomials of Σ and Θ.

    The coefficients of a panel stand in the order of their use: odd and even part of Σ, of Θ.
    """

    family: Homogeneous
    coefficients: np.ndarray  # (2·panels, half the number of powers, 4)
    floor: np.ndarray  # what is small for Σ and for Θ


def tabulate(family: Homogeneous, layers: Layers) -> Table | None:
    """The table of a network without biases, or None if it misses double precision."""
    if layers.bias.any():
        return None
    panels = _PANELS[len(layers.weight) > _DEEP]
    weight = np.append(1.0, np.full(len(layers.weight) - 1, 1.0 / family.variance))
    unit = Layers(weight, layers.bias, layers.forward / layers.weight * weight, layers.constant)
    nodes, middles = chebyshev_nodes(_DEGREE + 1), np.array([-0.99, 0.03])
    values = _on_panels(family, unit, panels, nodes)
    coefficients = interpolate(values.swapaxes(0, 1)).swapaxes(0, 1)
    largest = np.abs(values).max(axis=(0, 1))
    powers = np.vander(middles, _DEGREE + 1)
    between = np.einsum("mk,pkf->pmf", powers, coefficients)
    errors = np.abs(between - _on_panels(family, unit, panels, middles))
    # a NaN is a miss
    if not (errors <= _TOLERANCE * largest).all():
        return None
    parts = coefficients.reshape(2 * panels, _HALF, 2, 2).swapaxes(2, 3)
    return Table(family, parts.reshape(2 * panels, _HALF, 4), _SMALL * largest)


def table_size(layers: Layers) -> int:
    """The number of pairs that a table takes to make."""
    return 2 * _PANELS[len(layers.weight) > _DEEP] * (_DEGREE + 3)


def _on_panels(family, layers: Layers, panels: int, points: np.ndarray) -> np.ndarray:
    """(Σ, Θ) at these points of every panel: shape (2·panels, points, 2)."""
    squares = ((np.arange(panels)[:, None] + (1 + points) / 2) / panels) ** 2
    minus = np.concatenate([squares, 2.0 - squares]).ravel()
    plus = np.concatenate([2.0 - squares, squares]).ravel()
    return _on_circle(family, layers, minus, plus).reshape(2 * panels, len(points), 2)


@compiled
def _on_circle(family, layers, minus, plus):
    """(Σ, Θ) of pairs with unit variances in every layer, given 1 ∓ cos θ."""
    unit = np.ones((layers.weight.size, minus.size))
    values = np.empty((minus.size, 2))
    for k in range(minus.size):
        tangent = layers.forward[0] * (plus[k] - minus[k]) / 2.0
        sigma, theta = homogeneous_pair(
            family, layers, unit, k, unit, k, minus[k], plus[k], tangent
        )
        values[k, 0], values[k, 1] = sigma, theta
    return values


@compiled
def exact_entry(f, layers, left, i, right, j, inner):
    """(Σ, Θ) of a pair by the recursion; ``inner`` is ⟨x, x'⟩/d."""
    mean = left.root[0, i] * right.root[0, j]
    q12 = layers.weight[0] * inner + layers.bias[0]
    minus, plus = max(mean - q12, 0.0), max(mean + q12, 0.0)
    if min(minus, plus) < NEAR * mean:
        minus, plus, _ = near_pair(left, right, i, j, layers, minus, plus)
    tangent = layers.forward[0] * inner + layers.constant[0]
    return homogeneous_pair(f, layers, left.q, i, right.q, j, minus, plus, tangent)


def homogeneous_row(plan, layers, left, i, right, start, nngp, ntk, work):
    """(Σ, Θ) of an input with right[start : start + nngp.size]; nngp comes with ⟨x, x'⟩/d."""
    for j in range(nngp.size):
        nngp[j], ntk[j] = exact_entry(plan, layers, left, i, right, start + j, nngp[j])


def table_row(plan, layers, left, i, right, start, nngp, ntk, work):
    """As `homogeneous_row`, from the table where it has all digits."""
    n, last = nngp.size, layers.weight.size - 1
    inverse2, root2 = right.inverse[0, start : start + n], right.root[last, start : start + n]
    inner = work[0, :n]
    for j in range(n):
        inner[j] = nngp[j]
    refused = _look_up(
        plan.coefficients, plan.floor, left.inverse[0, i], inverse2, left.root[last, i], root2,
        inner, nngp, ntk,
    )  # fmt: skip
    if refused:
        for j in range(n):
            if np.isnan(ntk[j]):
                nngp[j], ntk[j] = exact_entry(
                    plan.family, layers, left, i, right, start + j, inner[j]
                )


@compiled
def _look_up(coefficients, floor, inverse1, inverse2, root1, root2, inner, nngp, ntk):
    """Both kernels from the table; NaN where it does not have all digits: the number of these."""
    panels, refused = coefficients.shape[0] // 2, 0
    for j in range(inner.size):
        cosine = inner[j] * inverse1 * inverse2[j]
        gap = 1.0 - abs(cosine)
        position = panels * np.sqrt(max(gap, 0.0))
        panel = max(min(int(position), panels - 1), 0)
        x = 2.0 * (position - panel) - 1.0
        panel += panels if cosine < 0.0 else 0
        square = x * x
        odd1, even1, odd2, even2 = 0.0, 0.0, 0.0, 0.0
        for k in range(_HALF):  # four sums at a time, on one vector
            odd1 = odd1 * square + coefficients[panel, k, 0]
            even1 = even1 * square + coefficients[panel, k, 1]
            odd2 = odd2 * square + coefficients[panel, k, 2]
            even2 = even2 * square + coefficients[panel, k, 3]
        sigma, theta = odd1 * x + even1, odd2 * x + even2
        scale = root1 * root2[j]
        nngp[j], ntk[j] = scale * sigma, scale * theta
        # in this form false for NaN as well
        if not (gap > NEAR and abs(sigma) > floor[0] and abs(theta) > floor[1]):
            ntk[j] = np.nan
            refused += 1
    return refused
