"""Polynomials that stand for a function on an interval."""

import numpy as np

from theorycalc.core.compiled import inner
from theorycalc.kernels.duals.arc_cosine_in_doubles import sine_loss

# On [0, 1/2] the Chebyshev coefficients of both functions below fall by 5.8 a degree.
_NODES = 20


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


def _on_half(function) -> np.ndarray:
    """A function on [0, 1/2] as a polynomial in 4t − 1."""
    return interpolate(function((1.0 + chebyshev_nodes(_NODES)) / 4.0))


_ARCSINE = _on_half(lambda t: np.arcsin(np.sqrt(t)) / np.sqrt(t))
_SINE_LOSS = _on_half(lambda t: sine_loss(2.0 * np.arcsin(np.sqrt(t))) / t**1.5)


# Loops around these run on vectors: the coefficients are constants of the machine code.
@inner
def arcsine(t):
    """The function asin(√t)/√t on [0, 1/2]."""
    x, value = 4.0 * t - 1.0, _ARCSINE[0]
    for k in range(1, _NODES):
        value = value * x + _ARCSINE[k]
    return value


@inner
def bend(t):
    """The function (sin θ − θ cos θ)/√t³ of t = sin²(θ/2) on [0, 1/2]."""
    x, value = 4.0 * t - 1.0, _SINE_LOSS[0]
    for k in range(1, _NODES):
        value = value * x + _SINE_LOSS[k]
    return value
