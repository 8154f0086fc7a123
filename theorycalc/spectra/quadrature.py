"""Integrals against the density of a law in doubles, from edge to edge."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from theorycalc.spectra import in_balls_edges, in_doubles
from theorycalc.spectra.nodes import Node

# The double exponential map of an interval: beyond this its ends are within rounding.
_REACH = 3.6
_FIRST, _MOST = 64, 4096
_EPS = np.finfo(float).eps


def mean(node: Node, function: Callable) -> tuple[float, float]:
    """(value, error) of ∫ f(x) ρ(x) dx: two resolutions, and the errors of the density."""
    value = error = 0.0
    for low, high in intervals(node):
        before = None
        size = _FIRST
        while True:
            x, weights, errors = rule(node, low, high, size)
            values = np.broadcast_to(function(x), x.shape)
            terms = np.where(weights > 0, values * weights, 0.0)
            now = float(terms.sum())
            rounding = float((np.abs(values) * errors)[weights > 0].sum())
            rounding += 8 * _EPS * float(np.abs(terms).sum())
            gap = np.inf if before is None else abs(now - before)
            if gap <= max(rounding, 1e-15 * abs(now)) or size >= _MOST:
                break
            before, size = now, 2 * size
        value += now
        error += gap + rounding
    return value, error


def intervals(node: Node) -> list[tuple[float, float]]:
    """Where there is a density."""
    ends = in_balls_edges.in_doubles(node)
    return list(zip(ends[::2], ends[1::2], strict=True))


@lru_cache(maxsize=256)
def rule(node: Node, low: float, high: float, size: int) -> tuple:
    """Nodes, weights (density included) and their errors on an interval.

    x = low + (high − low) u, where u and 1 − u are both known to full relative precision.
    """
    t = np.linspace(-_REACH, _REACH, 2 * size + 1)
    bend = np.pi / 2 * np.sinh(t)
    u, rest = 1 / (1 + np.exp(-2 * bend)), 1 / (1 + np.exp(2 * bend))
    x = np.where(u < 0.5, low + (high - low) * u, high - (high - low) * rest)
    slope = np.pi * np.cosh(t) * u * rest * (high - low) * (t[1] - t[0])
    density, errors = in_doubles.density(node, x)
    return x, density * slope, np.where(np.isfinite(errors), errors, 0) * slope


def mass(node: Node, low: float, high: float) -> float:
    """The mass of an interval of the support."""
    return float(rule(node, low, high, _FIRST * 4)[1].sum())


def quantile(node: Node, low: float, high: float, share: np.ndarray) -> np.ndarray:
    """Where these shares of the mass of an interval lie below, by interpolation of the rule."""
    x, weights, _ = rule(node, low, high, _MOST)
    below = np.cumsum(weights) - weights / 2
    return np.interp(share * weights.sum(), below, x)
