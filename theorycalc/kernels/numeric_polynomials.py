"""Polynomials that stand for a function on an interval, and their values on whole buffers."""

import numpy as np

from theorycalc.core.compiled import compiled


def chebyshev_nodes(count: int) -> np.ndarray:
    """The zeros of T_count on [−1, 1]."""
    return np.cos(np.pi * (np.arange(count) + 0.5) / count)


def interpolate(values: np.ndarray) -> np.ndarray:
    """Coefficients of powers of x, the highest first, from values at the nodes (first axis)."""
    count = len(values)
    orders = np.arange(count)
    # the arguments kπ(2i + 1)/(2·count) are reduced as integers: large ones would lose digits
    quarters = np.outer(orders, 2 * orders + 1) % (4 * count)
    chebyshev = np.cos(quarters * (np.pi / (2 * count))) * 2 / count
    chebyshev[0] /= 2
    powers = np.zeros((count, count))
    for k in orders:
        powers[: k + 1, k] = np.polynomial.chebyshev.cheb2poly([0.0] * k + [1.0])
    # not as one matrix, whose large entries would cancel
    return np.tensordot(powers[::-1], np.tensordot(chebyshev, values, 1), 1)


@compiled
def polynomial(coefficients, x, values):
    """The polynomial at every x, one coefficient at a time: a loop that runs on vectors."""
    for j in range(x.size):
        values[j] = coefficients[0]
    for k in range(1, coefficients.size):
        coefficient = coefficients[k]
        for j in range(x.size):
            values[j] = values[j] * x[j] + coefficient
