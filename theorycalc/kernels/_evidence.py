"""The log marginal likelihood of Gaussian targets, and the noise that makes it largest."""

import math

import numpy as np
import scipy

from theorycalc.core.errors import DomainError, explain

# A singular prior needs so much noise, relative to its largest eigenvalue.
_LEAST_NOISE = 1e-12
# The search begins on a grid down to this part of its interval, and goes on until cells are smaller
# than this part of themselves; likelihoods closer than the last are equal in doubles.
_SMALLEST, _FINEST, _EQUAL = 1e-16, 1e-3, 1e-13
_CELLS = 64


def log_evidence(factor: tuple, targets: np.ndarray) -> float:
    """ln p(y) of centred Gaussian targets, from the Cholesky factor of their covariance."""
    half_log_det = np.log(np.diagonal(factor[0])).sum()
    outputs = targets.size // len(targets)
    misfit = (targets * scipy.linalg.cho_solve(factor, targets)).sum() / 2
    constant = len(targets) / 2 * math.log(2 * math.pi)
    return float(-misfit - outputs * (half_log_det + constant))


def likeliest_noise(prior: np.ndarray, targets: np.ndarray) -> float:
    """The variance s ≥ 0 of the noise with the largest ln p(y).

    In eigenvectors of the prior ln p = const − ½ Σ (z_i²/(λ_i + s) + ln(λ_i + s)), with z_i² the
    mean over outputs. A term grows until s = z_i² − λ_i and falls after it: no maximum is beyond
    the last of these places, and in a cell every term is at most its value at the point next to its
    own. What cannot hold the maximum is left out, the rest is halved: what is found is the largest.

    Raises
    ------
    DomainError
        If the likelihood grows without end as the noise of a singular prior vanishes.
    """
    eigenvalues, vectors = scipy.linalg.eigh(prior)
    squares = ((vectors.T @ targets) ** 2).reshape(len(prior), -1).mean(axis=1)
    low = max(0.0, _LEAST_NOISE * eigenvalues[-1] - eigenvalues[0])
    levels = eigenvalues + low
    length = float((squares - levels).max())
    best = _maximum(levels, squares, length) if length > 0 else 0.0
    if low and not best:
        what, hint = "the likelihood has no maximum over the noise", "noise=0.1"
        got = "a singular prior, and targets that it allows without noise"
        raise DomainError(explain(what, got=got, hint=hint))
    return low + best


def _maximum(levels: np.ndarray, squares: np.ndarray, length: float) -> float:
    """Where Σ −(z²/(λ + s) + ln(λ + s)) is largest on [0, length]."""

    def terms(s):
        there = levels[:, None] + s
        return -(squares[:, None] / there + np.log(there))

    def slope(s):
        return float(((squares - levels - s) / (levels + s) ** 2).sum())

    def bound(left, right):
        return terms(np.clip((squares - levels)[:, None], left, right)).sum(axis=0)

    edges = length * np.r_[0, np.geomspace(_SMALLEST, 1, _CELLS)]
    left, right = edges[:-1], edges[1:]
    while True:
        ends = np.union1d(left, right)
        heights = terms(ends).sum(axis=0)
        best, highest = ends[heights.argmax()], heights.max()
        kept = bound(left, right) >= highest - _EQUAL * abs(highest)
        left, right = left[kept], right[kept]
        if (right - left <= np.maximum(_FINEST * right, _SMALLEST * length)).all():
            return _refined(slope, best, left, right)
        middle = (left + right) / 2
        left, right = np.sort(np.r_[left, middle]), np.sort(np.r_[middle, right])


def _refined(slope, best: float, left: np.ndarray, right: np.ndarray) -> float:
    """The root of the slope in the cells next to the best end; the end, where there is none."""
    around = (left <= best) & (best <= right)
    low, high = left[around].min(), right[around].max()
    if slope(low) <= 0 or slope(high) >= 0:
        return float(best)
    return float(scipy.optimize.brentq(slope, low, high, xtol=1e-300, rtol=1e-14))
