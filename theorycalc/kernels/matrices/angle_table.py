"""Kernels of bias-free homogeneous networks: functions of the angle, tabulated once a network.

Σ and Θ over the square roots of the last variances are functions of θ alone, analytic in sin(θ/2)
at θ = 0 and in cos(θ/2) at θ = π: equal panels with a polynomial in each reach double precision,
and the depth of the network costs nothing a pair.
"""

from typing import NamedTuple

import numpy as np

from theorycalc.kernels.matrices.families import Homogeneous, Layers
from theorycalc.kernels.matrices.pairs_homogeneous import NEAR, homogeneous_pairs
from theorycalc.kernels.matrices.polynomials import chebyshev_nodes, interpolate

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
    unit = np.ones((len(layers.weight), minus.size))
    tangent = layers.forward[0] * (plus - minus) / 2.0
    values = homogeneous_pairs(family, layers, unit, unit, minus, plus, tangent)
    return np.stack(values, axis=-1).reshape(2 * panels, len(points), 2)


def table_row(rule, layers, left, i, right, start, nngp, ntk, work):
    """(Σ, Θ) of an input with right[start : start + nngp.size]; ``nngp`` comes with ⟨x, x'⟩.

    Θ is NaN where the table does not have all digits: the number of these.
    """
    n, last, refused = nngp.size, layers.weight.size - 1, 0
    coefficients, panels = rule.coefficients, rule.coefficients.shape[0] // 2
    floor1, floor2 = rule.floor[0], rule.floor[1]
    inverse1, root1 = left.inverse[0, i] / right.x.shape[1], left.root[last, i]
    inverse2, root2 = right.inverse[0, start : start + n], right.root[last, start : start + n]
    panel, places = work[1, :n], work[2, :n]
    for j in range(n):
        cosine = nngp[j] * inverse1 * inverse2[j]
        gap = 1.0 - abs(cosine)
        position = panels * np.sqrt(gap)
        # in this form within the table for NaN as well
        own = np.floor(position) if 0.0 <= position < panels else panels - 1.0
        panel[j] = own + (panels if cosine < 0.0 else 0)
        places[j] = 2.0 * (position - own) - 1.0 if gap > NEAR else np.nan
    for j in range(n):
        x, k = places[j], int(panel[j])
        square = x * x
        odd1, even1, odd2, even2 = 0.0, 0.0, 0.0, 0.0
        for m in range(_HALF):  # four sums at a time, on one vector
            odd1 = odd1 * square + coefficients[k, m, 0]
            even1 = even1 * square + coefficients[k, m, 1]
            odd2 = odd2 * square + coefficients[k, m, 2]
            even2 = even2 * square + coefficients[k, m, 3]
        sigma, theta = odd1 * x + even1, odd2 * x + even2
        scale = root1 * root2[j]
        small = not ((abs(sigma) > floor1) & (abs(theta) > floor2))  # true for NaN as well
        nngp[j], ntk[j] = scale * sigma, np.nan if small else scale * theta
        refused += small
    return refused
