"""Draws from densities in doubles: distribution functions on a grid, and their inverses."""

import numpy as np

from theorycalc.inference.solving.arrays import on_arrays

# Points of the grid; how far t goes with no, one or two finite ends, in the scale of the middle.
_POINTS = 4001
_FARTHEST, _LINE = 60.0, 8.0
# What is this much less likely than the likeliest is left out, and rows that are drawn at once.
_NEGLIGIBLE = 1e-20
_ROWS = 256


def quantiles(parts, z, u) -> tuple[np.ndarray, np.ndarray]:
    """(values, errors): the y below which the density P(y | z) has the mass u, element by element.

    Between points of the grid the density is taken to be constant.
    """
    z, u = np.broadcast_arrays(np.asarray(z, dtype=float), np.asarray(u, dtype=float))
    low, high = _ends(parts, z)
    found = np.empty((2, z.size))
    for start in range(0, z.size, _ROWS):
        rows = slice(start, start + _ROWS)
        found[:, rows] = _inverse(parts, z.ravel()[rows], u.ravel()[rows], (low, high))
    return tuple(found.reshape(2, *z.shape))


def _placed(support: tuple, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """y and dy/dt: close to finite ends at all rates, and far out on the line."""
    low, high = (float(end) for end in support)
    if np.isfinite([low, high]).all():
        inner = (1 + np.tanh(t)) / 2
        return low + (high - low) * inner, (high - low) * 2 * inner * (1 - inner)
    if np.isfinite(low):
        return low + np.exp(t), np.exp(t)
    if np.isfinite(high):
        return high - np.exp(-t), np.exp(-t)
    return _LINE * np.sinh(t / _LINE), np.cosh(t / _LINE)


def _masses(parts, z: np.ndarray, t: np.ndarray) -> np.ndarray:
    """The density of t for every z (rows)."""
    y, slope = _placed(parts.support, t)
    law = on_arrays(parts.law, z[:, None], y[None, :]) * slope
    return np.where(np.isfinite(law), law, 0.0)


def _ends(parts, z: np.ndarray) -> tuple[float, float]:
    """The t between which no density is negligible."""
    t = np.linspace(-_FARTHEST, _FARTHEST, _POINTS)
    few = np.quantile(z, np.linspace(0, 1, 33)) if z.size else np.zeros(1)
    masses = _masses(parts, few, t)
    largest = masses.max(axis=1, keepdims=True)
    seen = np.flatnonzero((masses > _NEGLIGIBLE * largest).any(axis=0))
    return t[max(seen[0] - 1, 0)], t[min(seen[-1] + 1, t.size - 1)]


def _inverse(parts, z: np.ndarray, u: np.ndarray, ends: tuple) -> tuple[np.ndarray, np.ndarray]:
    t = np.linspace(*ends, _POINTS)
    places, which = np.unique(z, return_inverse=True)
    masses = _masses(parts, places, (t[1:] + t[:-1]) / 2)
    below = np.cumsum(masses, axis=1)[which]
    wanted = u * below[:, -1]
    cell = np.minimum((below < wanted[:, None]).sum(axis=1), t.size - 2)
    inside = 1 - (below[np.arange(z.size), cell] - wanted) / masses[which, cell]
    step = t[1] - t[0]
    values, slope = _placed(parts.support, t[cell] + np.clip(inside, 0, 1) * step)
    return values, slope * step
