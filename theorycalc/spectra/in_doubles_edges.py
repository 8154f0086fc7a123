"""Edges of laws of several unknowns in doubles: where the solution stops being real."""

from functools import lru_cache

import numpy as np

from theorycalc.spectra import in_doubles
from theorycalc.spectra.nodes import Node

_GRID, _BISECTIONS = 4001, 40
# Next to an edge real solutions are not told from others.
_UNSEEN = 1e-9


@lru_cache(maxsize=256)
def edges(node: Node) -> tuple[tuple[float, float], ...]:
    """(edge, error) for every end of the support, ascending."""
    reach = 1.0001 * in_doubles.radius_of(node)
    t = np.linspace(-1, 1, _GRID)
    # closer to 0, where laws on the half line begin
    x = reach * np.sign(t) * t**2
    inside = _is_inside(node, x)
    jumps = np.flatnonzero(inside[1:] != inside[:-1])
    left, right = x[jumps], x[jumps + 1]
    rising = inside[jumps + 1]
    for _ in range(_BISECTIONS):
        middle = (left + right) / 2
        into = _is_inside(node, middle) == rising
        left, right = np.where(into, left, middle), np.where(into, middle, right)
    outer = np.where(rising, left, right)
    errors = right - left + _UNSEEN * reach
    return tuple(zip(map(float, outer), map(float, errors), strict=True))


def _is_inside(node: Node, x: np.ndarray) -> np.ndarray:
    return in_doubles.solve(node, x).g.imag != 0 if len(x) else np.zeros(0, bool)
