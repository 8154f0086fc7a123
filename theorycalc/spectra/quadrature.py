"""Integrals against the density of a law in doubles, from edge to edge."""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from theorycalc.spectra import in_balls_edges, in_doubles
from theorycalc.spectra.nodes import Affine, Node

# The double exponential map of an interval: beyond this its ends are within rounding.
_REACH = 4.4
# Panels at the beginning, nodes in each, and how often a panel may be halved.
_PANELS, _NODES, _HALVINGS = 28, 12, 24
_LEVELS = 5
_CUTS = 13
# Powers of the distance from 0 below this one are not told from powers that diverge.
_SLOWEST = 1e-9
_EPS = np.finfo(float).eps
_X, _W = np.polynomial.legendre.leggauss(_NODES)


def mean(node: Node, function: Callable) -> tuple[float, float]:
    """(value, error) of ∫ f(x) ρ(x) dx: two resolutions, and the errors of the density.

    What is scaled and shifted is left to f: next to 0 numbers have more digits than elsewhere.
    """
    if isinstance(node, Affine):
        a, b = float(node.a), float(node.b)
        return mean(node.bases[0], lambda x: function(a * x + b))
    places = intervals(node)
    found = [_on_interval(node, low, high, function) for low, high in places]
    left = sum(_left_out(node, low, high, function) for low, high in places)
    return sum(x for x, _ in found), sum(e for _, e in found) + left


def mean_at(node: Node, function: Callable, *parameters) -> tuple:
    """The same for every element of arrays of parameters of f."""
    found = np.vectorize(lambda *at: mean(node, lambda x: function(x, *at)), otypes=[float, float])
    return found(*parameters) if parameters else mean(node, function)


def _on_interval(node: Node, low: float, high: float, function: Callable) -> tuple[float, float]:
    before = None
    for level in range(_LEVELS):
        x, weights, errors = rule(node, low, high, level)
        values = np.broadcast_to(function(x), x.shape)
        counted = weights > 0
        terms = (values * weights)[counted]
        now = float(terms.sum())
        rounding = float((np.abs(values) * errors)[counted].sum())
        rounding += 4 * _EPS * float(np.abs(terms).sum())
        if before is not None and abs(now - before) <= max(rounding, 1e-15 * abs(now)):
            break
        gap, before = np.inf if before is None else abs(now - before), now
    else:
        return now, gap + rounding
    return now, abs(now - before) + rounding


def _left_out(node: Node, low: float, high: float, function: Callable) -> float:
    """What is closer to an end at 0 than all nodes: infinite where the integral diverges.

    Elsewhere a double next to the end is further from it than what is left out. There x f ρ is a
    power x^e by its last two values, and the rest is x f ρ/e.
    """
    if low != 0 and high != 0:
        return 0.0
    t = np.array([_REACH, _REACH - 0.5]) * (-1 if low == 0 else 1)
    x, _ = _mapped(low, high, t)
    with np.errstate(all="ignore"):
        size = np.abs(np.broadcast_to(function(x), 2) * in_doubles.density(node, x)[0] * x)
        exponent = np.log(size[1] / size[0]) / np.log(x[1] / x[0])
        return 0.0 if size[0] == 0 else float(size[0] / exponent) if exponent > _SLOWEST else np.inf


def intervals(node: Node) -> list[tuple[float, float]]:
    """Where there is a density."""
    ends = in_balls_edges.in_doubles(node)
    return list(zip(ends[::2], ends[1::2], strict=True))


@lru_cache(maxsize=256)
def rule(node: Node, low: float, high: float, level: int) -> tuple:
    """Nodes, weights (density included) and their errors on an interval.

    Gauss panels in the variable of a double exponential map, halved where the density asks for it,
    and all of them once more at every level.
    """
    panels = _panels(node, low, high)
    for _ in range(level):
        panels = _halved(panels)
    return _weighted(node, low, high, panels)


def _weighted(node: Node, low: float, high: float, panels: np.ndarray) -> tuple:
    """Nodes, weights and errors, (panels × nodes,), in ascending order."""
    left, right = panels[:, :1], panels[:, 1:]
    half = (right - left) / 2
    x, slope = _mapped(low, high, (left + right) / 2 + half * _X)
    slope = slope * half * _W
    density, errors = in_doubles.density(node, x.ravel())
    errors = np.where(np.isfinite(errors), errors, 0)
    return x.ravel(), density * slope.ravel(), errors * slope.ravel()


def _mapped(low: float, high: float, t: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """x = low + (high − low) u(t) and dx/dt; u and 1 − u are both known to full precision."""
    bend = np.pi / 2 * np.sinh(t)
    u, rest = 1 / (1 + np.exp(-2 * bend)), 1 / (1 + np.exp(2 * bend))
    x = np.where(u < 0.5, low + (high - low) * u, high - (high - low) * rest)
    return x, np.pi * np.cosh(t) * u * rest * (high - low)


@lru_cache(maxsize=256)
def _panels(node: Node, low: float, high: float) -> np.ndarray:
    """Panels (n, 2) that resolve the density, ascending."""
    ends = np.linspace(-_REACH, _REACH, _PANELS + 1)
    open_, done = np.stack([ends[:-1], ends[1:]], axis=1), []
    masses = _masses(node, low, high, open_)[0]
    whole = masses.sum()
    for _ in range(_HALVINGS):
        halves = _halved(open_)
        finer, noise = _masses(node, low, high, halves)
        gap = np.abs(finer.reshape(-1, 2).sum(axis=1) - masses)
        settled = gap <= np.maximum(noise.reshape(-1, 2).sum(axis=1), 4 * _EPS * whole)
        done.append(open_[settled])
        open_, masses = halves[np.repeat(~settled, 2)], finer[np.repeat(~settled, 2)]
        if not len(open_):
            break
    panels = np.concatenate([*done, open_])
    return panels[np.argsort(panels[:, 0])]


def _masses(node: Node, low: float, high: float, panels: np.ndarray) -> tuple:
    """The mass of every panel, and its error."""
    _, weights, errors = _weighted(node, low, high, panels)
    return weights.reshape(-1, _NODES).sum(axis=1), errors.reshape(-1, _NODES).sum(axis=1)


def _halved(panels: np.ndarray) -> np.ndarray:
    middle = panels.mean(axis=1)
    left = np.stack([panels[:, 0], middle], axis=1)
    right = np.stack([middle, panels[:, 1]], axis=1)
    return np.stack([left, right], axis=1).reshape(-1, 2)


def mass(node: Node, low: float, high: float) -> float:
    """The mass of an interval of the support."""
    return float(rule(node, low, high, 1)[1].sum())


def interpolated(node: Node, low: float, high: float, share: np.ndarray) -> np.ndarray:
    """Where these shares of the mass of an interval lie below, by interpolation of the rule."""
    x, weights, _ = rule(node, low, high, 3)
    below = np.cumsum(weights) - weights / 2
    return np.interp(share * weights.sum(), below, x)


def quantile(node: Node, u: float) -> tuple[float, float]:
    """(x, error) with μ((−∞, x]) = u, where there is a density: every step cuts in sixteen."""
    ends = np.array(in_balls_edges.in_doubles(node))
    tops = in_doubles.mass_below(node, ends[1::2])[0]
    i = min(int(np.searchsorted(tops, u)), len(tops) - 1)
    low, high = ends[2 * i], ends[2 * i + 1]
    for _ in range(_CUTS):
        x = np.linspace(low, high, 17)
        below = in_doubles.mass_below(node, x[1:-1])[0]
        k = int((below < u).sum())
        low, high = x[k], x[k + 1]
    middle = (low + high) / 2
    density = in_doubles.density(node, np.array([middle]))[0][0]
    slack = 16 * _EPS / density if density > 0 else np.inf
    return float(middle), float(high - low + 2 * _EPS * abs(middle) + slack)
