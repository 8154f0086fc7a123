"""Gaussian expectations of nearly parallel pairs by rules in the plane, on arrays of doubles."""

import numpy as np

from theorycalc.core.integration.gauss import normal_on_panels, panel_ends
from theorycalc.core.threads import in_threads
from theorycalc.kernels.duals import series_tables as series
from theorycalc.kernels.duals.plane_rule import Function, determinant, expectation

# The rule with every other node has the square root of the error.
_COARSE_AGREEMENT = 1e-7
_NODES = (12, 16)
_NODES_AGREEMENT = 1e-12
# Around a kink of f the conditional mean of f(v) bends within some standard deviations.
_BEND = np.array([-9.0, -4.5, -2.0, 0.0, 2.0, 4.5, 9.0])
# The density is 1e-18 there; f may decay earlier, but not E[f(v) | u].
_GAUSSIAN_RADIUS = 9.0
_CHUNK = 500_000
_EPS = np.finfo(float).eps
# Roundings of the argument of a function: those of nodes, scales and angles.
_ARGUMENT_ROUNDINGS = 4


def by_quadrature(function: Function, q1, q2, q12) -> tuple[np.ndarray, np.ndarray]:
    """(E f(u)f(v), errors) over the plane; where rules disagree, by the slow and adaptive one."""
    sigma = np.where(q12 < 0, -1.0, 1.0)
    root = np.sqrt(np.maximum(determinant(q1, q2, q12), 0.0))
    rule = _conditional if function.kinks else _rotated
    values, errors, trusted = rule(function, np.sqrt(q1), np.sqrt(q2), np.abs(q12), root, sigma)
    for i in np.flatnonzero(~trusted):
        values[i], errors[i] = expectation(function, function, q1[i], q12[i], q2[i])
    return values, errors


def _moved(function: Function) -> Function:
    """The function where arguments are off by their roundings."""
    factor = 1 + _ARGUMENT_ROUNDINGS * _EPS
    return Function(lambda z: function.values(factor * z), function.kinks)


def _rounding(nodes: int):
    """Of a sum over so many nodes, relative to that of the moduli; signs of errors are random."""
    return _EPS * (4 + np.sqrt(nodes) / 2)


def _rotated(function: Function, s1, s2, q12, root, sigma):
    """(values, errors, trusted) for smooth f: trapezoidal rules in (u/s₁ ± v/s₂) up to scale.

    One of the two directions is short, because the pairs that come here are nearly parallel.
    """
    half = np.arctan2(root, q12) / 2
    levels = [
        series.scale_level(scale * part)
        for part in (np.cos(half), np.sin(half))
        for scale in (np.maximum(s1, s2), np.minimum(s1, s2))
    ]
    values, errors, trusted = _results(len(s1))
    for column in np.unique(levels, axis=1).T:
        rules = [_gaussian_rule(function, pair) for pair in (column[:2], column[2:])]
        (found,) = np.nonzero((np.array(levels) == column[:, None]).all(axis=0))
        size = max(1, _CHUNK // (rules[0][0].size * rules[1][0].size))

        def fill(start: int, found=found, size=size, rules=rules) -> None:
            part = found[start : start + size]
            arguments = (x[part] for x in (s1, s2, half, sigma))
            values[part], errors[part], trusted[part] = _on_plane(function, *rules, *arguments)

        in_threads(fill, range(0, len(found), size))
    return values, errors, trusted


def _results(count: int) -> tuple[np.ndarray, ...]:
    """Space for (values, errors, trusted)."""
    return np.empty(count), np.empty(count), np.empty(count, dtype=bool)


def _grid(function: Function, levels) -> series.Grid:
    """A grid for functions of sZ at all of these scales: at small ones the mass may be far out."""
    grids = [series.find_grid(function, float(level), 0) for level in np.unique(levels)]
    return series.Grid(max(g.density for g in grids), max(g.radius for g in grids))


def _gaussian_rule(function: Function, levels) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights for E f(√q Z)², one row."""
    z, weights = series.nodes(function, np.array([max(levels)]), _grid(function, levels))
    return z[0], weights[0] * np.exp(-(z[0] ** 2) / 2) / np.sqrt(2 * np.pi)


def _on_plane(function: Function, along, across, s1, s2, half, sigma):
    """(sum, error, whether the sum over every other node agrees), one number for every pair."""
    (x, wx), (y, wy) = along, across
    long, short = (np.multiply.outer(part, z) for part, z in ((np.cos(half), x), (np.sin(half), y)))
    u = s1[:, None, None] * (long[:, :, None] + short[:, None, :])
    v = (sigma * s2)[:, None, None] * (long[:, :, None] - short[:, None, :])
    product = function.values(u) * function.values(v)
    fine = np.einsum("pxy,x,y->p", product, wx, wy, optimize=True)
    # every other node, the middle one included
    i, j = (z.size // 2 % 2 for z in (x, y))

    def every_other(product):
        return 4 * np.einsum("pxy,x,y->p", product, wx[i::2], wy[j::2], optimize=True)

    coarse = every_other(product[:, i::2, j::2])
    size = np.einsum("pxy,x,y->p", np.abs(product), wx, wy, optimize=True)
    moved = _moved(function)
    moved = every_other(moved.values(u[:, i::2, j::2]) * moved.values(v[:, i::2, j::2]))
    difference = np.abs(fine - coarse)
    with np.errstate(divide="ignore", invalid="ignore"):
        converged = np.nan_to_num(difference / size) ** 2 * size
    errors = converged + np.abs(moved - coarse) + _rounding(x.size + y.size) * size
    return fine, errors, difference <= _COARSE_AGREEMENT * size


def _conditional(function: Function, s1, s2, q12, root, sigma):
    """(values, errors, trusted) with kinks: E f(u) E[f(v) | u], panels between kinks in both."""
    slope, spread = sigma * q12 / s1, root / s1
    grid = _grid(function, series.scale_level(np.concatenate([s1, s2])))
    radius = max(grid.radius, _GAUSSIAN_RADIUS)
    count = int(np.ceil(2 * radius * grid.density))
    regular = np.linspace(-radius, radius, count + 1)
    outer, inner = len(function.kinks) * (1 + len(_BEND)) + count, len(function.kinks) + count
    size = max(1, _CHUNK // (outer * inner * _NODES[-1] ** 2))
    values, errors, trusted = _results(len(s1))
    moved, rounding = _moved(function), _rounding((outer + inner) * _NODES[-1])

    def fill(start: int) -> None:
        part = slice(start, start + size)
        arguments = s1[part], slope[part], spread[part]
        coarse, fine = (_on_panels(function, regular, n, *arguments) for n in _NODES)
        shift = _on_panels(moved, regular, _NODES[0], *arguments)
        values[part], difference = fine[0], np.abs(fine[0] - coarse[0])
        errors[part] = difference + np.abs(shift[0] - coarse[0]) + rounding * fine[1]
        trusted[part] = difference <= _NODES_AGREEMENT * fine[1]

    in_threads(fill, range(0, len(s1), size))
    return values, errors, trusted


def _on_panels(function: Function, regular, count: int, s1, slope, spread):
    """(∬ f(u)f(v), ∬ |f(u)| |E[f(v)|u]|) with the density, one number for every pair."""
    kinks = np.array(function.kinks)
    bends = np.add.outer(kinks, np.multiply.outer(_BEND, spread)) / slope
    ends = np.concatenate([kinks[:, None] / s1, bends.reshape(-1, len(s1))]).T
    x, weights = normal_on_panels(panel_ends(regular, ends), count)
    centre = slope[:, None] * x
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = np.nan_to_num((kinks - centre[:, :, None]) / spread[:, None, None])
    y, inner = normal_on_panels(panel_ends(regular, ends), count)
    mean = (function.values(centre[:, :, None] + spread[:, None, None] * y) * inner).sum(axis=2)
    product = function.values(s1[:, None] * x) * mean * weights
    return product.sum(axis=1), np.abs(product).sum(axis=1)
