"""Effective ridges in doubles, for arrays of parameters."""

from collections.abc import Callable
from typing import cast

import numpy as np

from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.program import Program
from theorycalc.spectra import in_doubles as spectral
from theorycalc.spectra import series
from theorycalc.spectra.nodes import Node

_EPS = np.finfo(float).eps
# What rounding does to numbers so small that they have fewer digits.
_TINY = np.finfo(float).smallest_subnormal
_MOST_STEPS = 400
# An even number: the middle of a range, where ridgeless curves have no value, is no point.
_PLACES = 400
# Where the ridge of a least error is looked for: sizes beside the largest eigenvalue.
_SMALLEST, _LARGEST, _POINTS = 1e-10, 1e10, 4000


@np.errstate(divide="ignore", invalid="ignore")
def effective_ridge(level, ridge, eigenvalues, counts) -> tuple[np.ndarray, np.ndarray]:
    """(κ, its error) with κ (level − Σ m t/(t + κ)) = ridge, the largest solution.

    Parameters
    ----------
    level, ridge : array_like
    eigenvalues, counts : array_like, the eigenvalues along the first axis

    Notes
    -----
    The left-hand side is convex above −min t, and Newton's method is begun on the right of its
    root: it falls to it without a step too far.
    """
    level, ridge = np.broadcast_arrays(np.asarray(level, float), np.asarray(ridge, float))
    t, m = np.broadcast_arrays(np.asarray(eigenvalues, float), np.asarray(counts, float))
    kappa = (ridge + (m * t).sum(axis=0)) / level
    # without a ridge, as many samples as directions leave nothing
    zero = (ridge == 0) & (level >= m.sum(axis=0))
    for _ in range(_MOST_STEPS):
        value, slope, _ = _equation(kappa, level, t, m)
        step = np.where(zero, 0.0, (value - ridge) / slope)
        kappa = kappa - step
        if not (step > 4 * _EPS * abs(kappa)).any():
            break
    value, slope, size = _equation(kappa, level, t, m)
    left = abs(value - ridge) + 4 * (_EPS * (size + abs(ridge)) + _TINY)
    error = left / slope + 2 * (_EPS * abs(kappa) + _TINY)
    return np.where(zero, 0.0, kappa), np.where(zero, 0.0, error)


def _equation(kappa, level, t, m) -> tuple:
    """The left-hand side, its slope, and the size of its terms."""
    learned = t / (t + kappa)
    taken = (m * learned).sum(axis=0)
    slope = level - (m * learned**2).sum(axis=0)
    return kappa * (level - taken), slope, abs(kappa) * (level + taken)


def ridge_of_law(node: Node, gamma, ridge) -> tuple[np.ndarray, np.ndarray]:
    """(κ, its error) with κ(1 − γ ∫ t/(t + κ)) = ridge, the largest solution, as above."""
    gamma, ridge = np.broadcast_arrays(np.asarray(gamma, float), np.asarray(ridge, float))
    shape, gamma, ridge = gamma.shape, gamma.ravel(), ridge.ravel()
    kappa = ridge + gamma * series.mean(node)
    everything = spectral.learned_share(node, np.zeros(1))[0][0]
    zero = (ridge == 0) & (gamma * everything <= 1)
    for _ in range(_MOST_STEPS):
        (share, _), (rate, _) = spectral.learned(node, kappa)
        step = (kappa * (1 - gamma * share) - ridge) / (1 - gamma * (share - rate))
        step = np.where(zero, 0.0, step)
        kappa = kappa - step
        if not (step > 4 * _EPS * abs(kappa)).any():
            break
    (share, off), (rate, _) = spectral.learned(node, kappa)
    left = abs(kappa * (1 - gamma * share) - ridge) + gamma * abs(kappa) * off
    left = left + 4 * (_EPS * (abs(kappa) * (1 + gamma * share) + abs(ridge)) + _TINY)
    error = left / (1 - gamma * (share - rate)) + 2 * (_EPS * abs(kappa) + _TINY)
    kappa, error = np.where(zero, 0.0, kappa), np.where(zero, 0.0, error)
    return kappa.reshape(shape), error.reshape(shape)


def least(error: Program, slope: Program, first: float, size: float) -> float | None:
    """The κ ≥ first of the least error; None where that is the first.

    ``slope`` has the sign of the derivative of the error.
    """
    from scipy.optimize import brentq

    kappa = first + size * np.geomspace(_SMALLEST, _LARGEST, _POINTS)
    errors = at(error, kappa)
    i = int(np.nanargmin(errors))
    if i == 0 or i == _POINTS - 1:
        return None if i == 0 else float(kappa[-1])
    ends = kappa[i - 1], kappa[i + 1]
    root = brentq(lambda x: float(at(slope, x)), *ends, rtol=4 * _EPS, xtol=1e-300)
    return float(cast(float, root))


def highest(function: Callable, low: float, high: float) -> tuple[float, float] | None:
    """Points beside the largest local maximum; None where there is none in between."""
    x = np.geomspace(low, high, _PLACES)
    y = np.asarray(function(x))
    inside = np.flatnonzero((y[1:-1] > y[:-2]) & (y[1:-1] >= y[2:])) + 1
    if not len(inside):
        return None
    i = inside[np.argmax(y[inside])]
    return float(x[i - 1]), float(x[i + 1])


def at(program: Program, *inputs) -> np.ndarray:
    """A program on arrays."""
    with np.errstate(all="ignore"):
        return np.asarray(program.run(ArrayContext(), list(inputs)))


def of_arguments(*given) -> tuple[np.ndarray, np.ndarray]:
    """The same for arguments N, δ, t_1, m_1, t_2, m_2, …, which are broadcast."""
    level, ridge, *rest = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in given))
    return effective_ridge(level, ridge, np.stack(rest[::2]), np.stack(rest[1::2]))
