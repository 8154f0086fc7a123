"""Multipliers near the best ones, in doubles: any of them prove a bound."""

from fractions import Fraction

import numpy as np
import scipy

# Values of the bound for each neuron, and how well its multiplier is written.
_VALUES = 400
_DENOMINATOR = 10**9


def good_multipliers(weights, readout) -> list[Fraction]:
    """T > 0 with q < 2 and a small bound, as rational numbers.

    The logarithms of T are searched, from T_i = |a_i| Σ|a|, for which q = 1.
    """
    rows, share = np.array(weights, dtype=float), np.array(readout, dtype=float)
    whole = rows.T @ share

    def bound(logs: np.ndarray) -> float:
        multipliers = np.exp(np.clip(logs, -300, 300))
        q = np.sum(share**2 / multipliers)
        if not q < 2:
            return np.inf
        matrix = (rows.T * multipliers) @ rows / 2 + np.outer(whole, whole) / (4 * (1 - q / 2))
        return float(np.linalg.eigvalsh(matrix)[-1])

    start = np.log(np.abs(share) * np.abs(share).sum())
    options = {"maxfev": _VALUES * len(start), "adaptive": True, "xatol": 1e-6, "fatol": 1e-12}
    found = scipy.optimize.minimize(bound, start, method="Nelder-Mead", options=options)
    return [_rounded_up(t) for t in np.exp(found.x)]


def _rounded_up(t: float) -> Fraction:
    """A simple number that is a little larger: q does not grow."""
    return Fraction(float(t) * (1 + 2e-9)).limit_denominator(_DENOMINATOR)
