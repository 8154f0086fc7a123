"""The arc-cosine functions J_p on arrays of doubles, and what they lose with the angle."""

import numpy as np

from theorycalc.core.integration.gauss import on_panels

# The loss of angle integrates a trigonometric polynomial of degree 2p, or nearly so, over (0, θ):
# 20 nodes reach double precision up to this p, and on panels that are so many times shorter.
_NODES = 20
_DEGREE_OF_A_PANEL = 12
# Angles π − θ below this use the series of J_p there: its closed form cancels.
_OPPOSITE = 1.5
# The angle up to which sin θ − θ cos θ cancels, and the terms of its series that are enough there.
_CANCELS, _TERMS = 0.5, 9
# Numbers of an array that are worked on at a time.
_CHUNK = 2**16


def sine_loss(theta: np.ndarray) -> np.ndarray:
    """Sin θ − θ cos θ to full relative accuracy: by its series where the difference cancels."""
    square = np.minimum(theta, _CANCELS) ** 2
    series = term = theta * square / 3.0
    for n in range(2, _TERMS):
        term = term * -square / ((n - 1.0) * 2.0 * (2.0 * n + 1.0))
        series = series + term
    return np.where(theta > _CANCELS, np.sin(theta) - theta * np.cos(theta), series)


def angular_values(p, a, b, opposite, c, sine, turn):
    """J_p at the angle π − turn with this cosine and sine."""
    series = np.polyval(opposite, turn * turn) * turn ** (2 * p + 1)
    return np.where(turn < _OPPOSITE, series, np.polyval(a, c) * sine + np.polyval(b, c) * turn)


def angular_nodes(p: int) -> int:
    """How many nodes the loss of angle is integrated with."""
    return _NODES * (1 + p // _DEGREE_OF_A_PANEL)


def angular_losses(p, odd_factorial, below_a, below_b, thetas) -> np.ndarray:
    """1 − J_p(θ)/J_p(0), J_p(0) = π(2p−1)!!, for a flat array of angles."""
    if p == 0:
        return thetas / np.pi
    if p == 1:
        return 2.0 * np.sin(thetas / 2.0) ** 2 - sine_loss(thetas) / np.pi
    nodes, weights = on_panels(np.linspace(0.0, 1.0, angular_nodes(p) // _NODES + 1), _NODES)
    losses, step = np.empty_like(thetas), max(1, _CHUNK // nodes.size)
    for start in range(0, thetas.size, step):
        theta = thetas[start : start + step]
        t = np.multiply.outer(theta, nodes)
        c, sine = np.cos(t), np.sin(t)
        below = np.polyval(below_a, c) * sine + np.polyval(below_b, c) * (np.pi - t)
        losses[start : start + step] = theta * ((below * sine) @ weights)
    return p * p * losses / (np.pi * odd_factorial)
