"""Distortions and optimal radii in double precision, with what is set up once for all radii."""

import math
from functools import lru_cache

import numpy as np
import scipy

from theorycalc.core.arithmetic.effort import spend
from theorycalc.core.errors import PrecisionError, explain
from theorycalc.quantization.arguments import Points
from theorycalc.quantization.sphere import in_doubles_loops
from theorycalc.quantization.sphere.in_doubles_loops import LEVEL
from theorycalc.quantization.sphere.norm_law import RadialLaw, nodes, window

EPS = float(np.finfo(float).eps)
# Errors of a sum over rounded terms, in units of the last place.
_ROUNDING = 16 * EPS
# A radius this small, in units of R, is zero for the distortion.
_ZERO = 1e-25
_TINY = float(np.finfo(float).tiny)
# Radii are bracketed by factors of two.
_MOST_DOUBLINGS = 400


@lru_cache(maxsize=256)
def law_of_maximum(d: float, n: Points, power: float) -> tuple[np.ndarray, np.ndarray, float]:
    """(q, weights, doubt): the law of q = sin²(θ/2) for the smallest of n angles.

    It is good for moments of q up to the given one. The doubt is the relative error of its
    trapezoidal rule, from one of twice the step: for the mass, and for the mass of q^power. In one
    dimension q is 0 for a point on the right side and 1 if there is none.
    """
    if d == 1:
        wrong = math.exp(-math.exp(min(n.log, 700.0)) * math.log(2.0))
        return np.array([0.0, 1.0]), np.array([1.0 - wrong, wrong]), EPS
    mode, step = in_doubles_loops.mode_of_maximum(d, n.log), math.pi**2 / (max(d - 1, 1.5) * LEVEL)
    # q^power follows a Gamma law of this many standard deviations more in its logarithm
    step /= 1 + math.sqrt(2 * power / (d - 1)) / 2
    before, heights = in_doubles_loops.heights_of_maximum(d, n.log, mode, step, LEVEL, power)
    tau = mode + (np.arange(heights.size) - before) * step
    doubt = _doubt(tau, heights, power)
    while step < in_doubles_loops.STEP / 2:
        every_other = _doubt(tau[::2], heights[::2], power)
        if every_other > 1e-16:
            break
        tau, heights, step, doubt = tau[::2], heights[::2], 2 * step, every_other
    weight = np.exp(heights)
    with np.errstate(over="ignore"):  # q is 0 then
        return 1 / (1 + np.exp(2 * tau)), weight / weight.sum(), doubt


def _doubt(tau: np.ndarray, heights: np.ndarray, power: float) -> float:
    """The squares of what every other node says differently, without and with q^power."""
    tilted = heights - power * np.logaddexp(0, 2 * tau)
    plain = _coarse_error(tau, np.exp(heights))
    return plain**2 + _coarse_error(tau, np.exp(tilted - tilted.max())) ** 2


def _coarse_error(tau: np.ndarray, weight: np.ndarray) -> float:
    """What every other node of the law says differently about its mass and its mean."""
    total = weight.sum()
    away = tau - weight @ tau / total
    spread = math.sqrt(weight @ away**2 / total)
    mass = 2 * weight[::2].sum() / total - 1
    mean = 2 * (weight[::2] @ away[::2]) / (total * spread)
    return float(abs(mass) + abs(mean))


def deficit_moment(d: float, n: Points, k: float) -> tuple[float, float]:
    """(E (1 − M)^k, error)."""
    q, weights, _ = law_of_maximum(float(d), n, k)
    spend(q.size)
    value = float((weights * (2 * q) ** k).sum())
    return value, _law_error(d, n, k) * value + math.ulp(0.0)


def _law_error(d: float, n: Points, power: float) -> float:
    """Relative error of a moment of q: of its rule, of powers, and of the weights.

    A weight is e^h, h a difference of numbers of the size of log n and of the level where the law
    is cut, with a series of about √d terms. An error that all weights have in common is none: the
    others move a mean of q^power by as much as that varies.
    """
    q, weights, doubt = law_of_maximum(float(d), n, power)
    mean = weights @ q
    spread = math.sqrt(weights @ (q - mean) ** 2) / mean if mean else 1.0
    heights = n.log + LEVEL + math.sqrt(d)
    return (1 + power) * (_ROUNDING + 4 * EPS * spread * heights) + 2 * doubt


@lru_cache(maxsize=64)
def _table(d: float, n: Points, s: float) -> np.ndarray:
    return in_doubles_loops.table(*law_of_maximum(d, n, s / 2)[:2], s)


def distortion(
    law: RadialLaw, d: float, n: Points, s: float, r: float
) -> tuple[np.ndarray, np.ndarray]:
    """((D, D'), (errors)) at one radius r ≥ 0."""
    if law.point is not None:
        return _on_sphere(d, n, s, r)
    r = max(r, _ZERO * math.exp(window(law, s).mode))
    w, inner, outer = nodes(law, s, r)
    spend(w.size)
    fine, coarse = in_doubles_loops.radial_sums(_table(float(d), n, s), s, r, w, inner, outer)
    values, half = fine[1:3] / fine[0], coarse[1:3] / coarse[0]
    sizes = fine[[1, 3]] / fine[0]
    part = np.abs(values - half) / sizes
    error = np.minimum(part, part**2) + _ROUNDING + _law_error(d, n, s / 2)
    # logarithms of densities are sums of terms of this size
    log_size = d * (1 + abs(window(law, s).mode))
    with np.errstate(over="ignore", invalid="ignore"):  # squares; then the sizes are the bound
        deviation = np.sqrt(np.maximum(fine[4:] / fine[0] - values**2, 0))
    spread = np.fmin(deviation, 2 * sizes)
    return values, error * sizes + EPS * log_size * spread


def _on_sphere(d: float, n: Points, s: float, r: float) -> tuple[np.ndarray, np.ndarray]:
    """The same for |source point| = 1."""
    q, weights, _ = law_of_maximum(float(d), n, s / 2)
    spend(q.size)
    x = abs(1 - r) / (1 + r)
    square = x * x + q * (1 - x * x)
    drift, size = (r - 1) + 2 * q, abs(r - 1) + 2 * q
    value = weights * square ** (s / 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        near = square ** (s / 2 - 1) if s != 2 else np.ones_like(square)
        slope = weights * s * near / (1 + r)
        values = np.array([value.sum(), (drift * slope).sum()])
        sizes = np.array([value.sum(), (size * slope).sum()])
    scale = np.array([(1 + r) ** s, (1 + r) ** (s - 1)])
    error = sizes * (_ROUNDING + _law_error(d, n, s / 2)) + _underflow(q, weights, s)
    return values * scale, error * scale + math.ulp(0.0)


def _underflow(q: np.ndarray, weights: np.ndarray, s: float) -> float:
    """What a q too small for a double may change in a mean of (x² + q (1 − x²))^{s/2}."""
    return 2 * max(1.0, s) * _TINY ** min(1.0, s / 2) * float(weights[q < _TINY].sum())


@lru_cache(maxsize=1024)
def optimal_radius(law: RadialLaw, d: float, n: Points, s: float) -> tuple[float, float]:
    """(r*, error): the zero of D', by Brent's method in a bracket found by doubling.

    For one point it is 0 in d ≥ 2, and for s ≥ 1.
    """
    if n.expr == 1 and (d > 1 or s >= 1):
        return 0.0, 0.0
    if d == 1 and law.point is not None:
        return _on_line(n.log, s)

    def slope(log_r: float) -> float:
        return float(distortion(law, d, n, s, math.exp(log_r))[0][1])

    left = right = _first_guess(law, d, n, s)
    step = math.log(2)
    rising = slope(left) > 0
    for _ in range(_MOST_DOUBLINGS):
        left, right = (left - step, left) if rising else (right, right + step)
        if (slope(left if rising else right) > 0) != rising:
            break
    else:
        raise PrecisionError(explain("the optimal radius was not bracketed", got=math.exp(left)))
    root = scipy.optimize.brentq(slope, left, right, xtol=4 * EPS, rtol=4 * EPS)
    return math.exp(root), _radius_error(law, d, n, s, math.exp(root))


def _on_line(log_n: float, s: float) -> tuple[float, float]:
    """r* for X = ±1 and points ±r: (1 − r)/(1 + r) is (2^n − 1)^{−1/(s−1)}, or 0 for s ≤ 1."""
    if s <= 1:
        return 1.0, 0.0
    bits = math.exp(min(log_n, 700.0)) * math.log(2.0)
    root = math.tanh((bits + math.log(-math.expm1(-bits))) / (s - 1) / 2)
    return root, _ROUNDING * root


def _first_guess(law, d, n, s) -> float:
    scale = 0.0 if law.point is not None else window(law, s).mode
    q, weights, _ = law_of_maximum(float(d), n, s / 2)
    return scale + math.log(max(float(weights @ (1 - 2 * q)), 1e-12))


def _radius_error(law, d, n, s, r: float) -> float:
    """The error of the slope over the steepness, and rounding."""
    error = distortion(law, d, n, s, r)[1][1]
    step = 1e-5 * r
    high, low = (distortion(law, d, n, s, r + sign * step)[0][1] for sign in (1, -1))
    steepness = max((high - low) / (2 * step), 1e-300)
    return float(min(error / steepness, r)) + _ROUNDING * r
