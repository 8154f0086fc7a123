"""Losses in doubles: whether one is convex, what it does far out, and what it can interpolate."""

import numpy as np
from scipy.special import ndtr

from theorycalc.inference.solving.arrays import on_arrays

# Where the convexity of a loss is looked at: numbers close to 0 have to be in its domain.
_NEAR = np.linspace(-10, 10, 1601)
_FAR = np.concatenate([sign * np.geomspace(10, 1e3, 200) for sign in (-1, 1)])
# A second derivative in doubles that is this much below 0, beside its size, is negative.
_ROUNDED = 1e-9
_END = np.geomspace(1e1, 1e15, 15)
# |w − w*|²/d at which linear students are looked at, times the variance of the noise.
_DISTANCES = np.geomspace(1e-6, 1e12, 2000)


def is_convex(height, bend, low: float, high: float) -> bool:
    """Whether a program has finite values next to 0, and that of its second derivative is ≥ 0."""
    near, far = (x[(x > low) & (x < high)] for x in (_NEAR, _FAR))
    with np.errstate(all="ignore"):
        heights, values, beyond = (
            on_arrays(height, near),
            on_arrays(bend, near),
            on_arrays(bend, far),
        )
    rounded = _ROUNDED * (1 + abs(values))
    finite = bool(np.isfinite(heights).all() and (values >= -rounded).all())
    return finite and not (beyond < -_ROUNDED).any()


def at_infinity(slope, sign: int) -> float:
    """The last finite value of a program far out on one side."""
    with np.errstate(all="ignore"):
        values = on_arrays(slope, sign * _END)
    return float(values[np.isfinite(values)][-1])


def interpolation(low: float, high: float, noise: list) -> float:
    """α up to which some linear student has all residuals in an interval.

    By Gordon's comparison it has where α E dist(r, interval)² < |w − w*|²/d for some distance, the
    residuals being N(0, |w − w*|²/d) and the noise, given by its (weight, mean, variance).
    """
    apart = (sum(p * (m**2 + v) for p, m, v in noise) or 1.0) * _DISTANCES
    missed = np.zeros_like(apart)
    for weight, middle, variance in noise:
        spread = np.sqrt(apart + variance)
        for u in ((low - middle) / spread, (middle - high) / spread):
            square = (1 + u**2) * ndtr(u) + u * np.exp(-(u**2) / 2) / np.sqrt(2 * np.pi)
            missed += weight * spread**2 * np.where(np.isfinite(u), square, 0.0)
    with np.errstate(divide="ignore"):
        return max(1.0, float((apart / missed).max()))
