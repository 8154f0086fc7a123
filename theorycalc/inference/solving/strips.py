"""What the trapezoidal rule over ω misses of a mean over outcomes, for any likelihood whatever.

P ≤ 1 is a probability, V the variance of z around ω, and ℓ = −log Z. The law of z given y has a
relative entropy of at most ℓ to N(ω, V), so that by Donsker and Varadhan E (z − ω)² ≤ V A(ℓ) with

    A(ℓ) = (16/7)(ℓ + (3/2) log 2).

Up to ω ± ib with b² = κσ²V/A, κ = 3/2 and σ ≤ 1, the evidence has no zero: |Z| is e^{b²/2V} Z(ω)
times a characteristic function, and that is at least 1 − κ/2 = 1/4. A rule of step h misses what
stands on these two curves, divided by e^{2πb/h} − 1. There

    |Z′²/Z| ≤ 4 e^{b²/2V} e^{−ℓ} (√A + √(κ/A))²/V,   |Z log Z| ≤ e^{b²/2V} e^{−ℓ} (ℓ + 4.6)

with log 4 + 0.32 for the modulus and π/2 + √κ for the angle. A curve is at most 1.17 times as long
as its shadow, since |dℓ/dω|² ≤ A/V. What is left is a function of ℓ, of which the largest value
counts, times a Gaussian weight, which grows by e^{b²/2q}.
"""

import math

import numpy as np

_HALF_LOG = 1.5 * math.log(2) * (1 + 1e-15)
_KAPPA, _LENGTH, _LOGARITHM = 1.5, 1.17, 4.6
# ℓ in cells, in each of which what grows and what falls is bounded by its ends, and ℓ beyond which
# the function falls.
_CELL, _FALLING = 1 / 8, 8.0
# Added to logarithms: more than what rounding them to doubles can take away.
_ROUNDING = 1e-6
_SHORTER = 0.97


def spread(ell):
    """A(ℓ)."""
    return (ell + _HALF_LOG) * 16 / 7


def log_missed(v: float, q: float, order: int, step: float, last: float) -> float:
    """An upper bound of the logarithm of the error of one outcome, at variances V of z and q of ω.

    Of the mean of Z′²/Z for the order 1, of Z log Z for 0. Cells of ℓ go up to ``last``.
    """
    low = np.arange(0, max(last, _FALLING) + _CELL, _CELL)
    high = low + _CELL
    widest = np.sqrt(_KAPPA * v / spread(0.0))
    # the weight alone is best where b = 2πq/h
    sigma = min(1.0, 2 * np.pi * q / (step * widest))
    wide, narrow = (sigma * np.sqrt(_KAPPA * v / spread(x)) for x in (low, high))
    size = -low + (1 / v + 1 / q) * wide**2 / 2
    if order:
        root = np.sqrt(spread(high)) + np.sqrt(_KAPPA / spread(low))
        size += 2 * np.log(root) + np.log(4 / v)
    else:
        size += np.log(high + _LOGARITHM)
    x = 2 * np.pi * narrow / step
    # e^x − 1, which is at least x: in the last cell that is for all ℓ beyond
    size[:-1] -= x[:-1] + np.log(-np.expm1(-x[:-1]))
    size[-1] -= np.log(x[-1])
    return float(size.max()) + np.log(2 * _LENGTH) + _ROUNDING


def longest_step(v: float, q: float, order: int, log_tolerance: float) -> float:
    """A step at which the logarithm of the error of one outcome is at most this."""
    last = 30 - log_tolerance + abs(np.log(v)) + abs(np.log(q))
    step = min(np.sqrt(v), np.sqrt(q))
    while not log_missed(v, q, order, step, last) <= log_tolerance:
        step *= _SHORTER
    return step
