"""Outliers in doubles: the top eigenvalue of any law with a spike."""

import numpy as np

from theorycalc.spectra import in_balls_edges, in_doubles_roots
from theorycalc.spectra.nodes import Node

_GRID, _NEWTON = 200, 60
_EPS = np.finfo(float).eps


def top(node: Node) -> float:
    """The upper end of the support."""
    atoms = [float(x) for x in node.masses()]
    return max([*atoms, *in_balls_edges.in_doubles(node)])


def unknowns(node: Node, theta: float) -> np.ndarray:
    """Unknowns where G = 1/θ above the support: between points of a grid, then Newton's method."""
    low = top(node)
    # a spike moves no eigenvalue by more than itself
    x = low + 1.01 * theta * np.linspace(0, 1, _GRID + 1)[1:] ** 3
    at = in_doubles_roots.solve(node, x)
    g = np.where(at.g.imag == 0, at.g.real, np.inf)
    i = min(int(np.searchsorted(-g, -1 / theta)), _GRID - 1)
    s = at.unknowns[:, i : i + 1]
    for _ in range(_NEWTON):
        values, slopes = equations(node, s, theta)
        step = in_doubles_roots.divided(slopes, values).real
        s = s - step
        if np.abs(step).max() <= 4 * _EPS * np.abs(s).max():
            break
    return s[:, 0]


def equations(node: Node, s: np.ndarray, theta: float) -> tuple[np.ndarray, np.ndarray]:
    """What vanishes where G = 1/θ, and its derivatives."""
    point = in_doubles_roots.jets(node, s)
    rows = [point.g - 1 / theta, *point.gaps()]
    slopes = np.stack([np.stack(x.slopes) for x in rows])
    return np.stack([x.value for x in rows]), np.moveaxis(slopes, 2, 0)


def threshold(node: Node) -> tuple[float, float]:
    """(value, error) of 1/G at the top of the support."""
    low = top(node)
    if low in map(float, node.masses()):
        return 0.0, 0.0
    size = abs(low) + in_doubles_roots.radius_of(node)
    x = low + size * np.array([1e-9, 4e-9])
    g = in_doubles_roots.solve(node, x).g.real
    # G(b + ε) = G(b) − a√ε
    value = 1 / (2 * g[0] - g[1])
    return float(value), float(abs(value - 1 / g[0]) + 1e-6 * abs(value))


def eigenvalue(node: Node, theta: float) -> tuple[float, float]:
    """(value, error) of G^{−1}(1/θ), or of the top of the support."""
    if theta <= threshold(node)[0]:
        return top(node), 1e-9 * in_doubles_roots.radius_of(node)
    point = in_doubles_roots.evaluated(node, unknowns(node, theta)[:, None])
    return float(point.z.real[0]), 64 * _EPS * in_doubles_roots.radius_of(node)


def overlap(node: Node, theta: float) -> tuple[float, float]:
    """(value, error) of −1/(θ² G'), or 0."""
    if theta <= threshold(node)[0]:
        return 0.0, 1e-6
    s = unknowns(node, theta)[:, None]
    point = in_doubles_roots.jets(node, s)
    unit = np.zeros_like(s)
    unit[0] = 1
    rate = in_doubles_roots.divided(equations(node, s, theta)[1], unit)  # of the unknowns in G
    slope = sum(a * b for a, b in zip(point.z.slopes, rate, strict=True)).real[0]
    return float(-slope / theta**2), float(1e-11 * abs(slope) / theta**2)
