"""The proximal operator of a convex loss in doubles, for arrays."""

import numpy as np

from theorycalc.core.arithmetic.array_context import ArrayContext

_STEPS = 200
_EPS = np.finfo(float).eps


def prox(slope, second, omega, v) -> tuple[np.ndarray, np.ndarray]:
    """(h, errors) with h + V l'(h) = ω: Newton's method, kept inside a bracket by bisection.

    l' rises, so that h lies between ω and ω − V l'(ω).
    """
    omega, v = np.broadcast_arrays(np.asarray(omega, dtype=float), np.asarray(v, dtype=float))
    with np.errstate(all="ignore"):
        other = omega - v * _at(slope, omega)
        low, high = np.minimum(omega, other), np.maximum(omega, other)
        h = np.clip(0.0, low, high)
        for _ in range(_STEPS):
            left = h + v * _at(slope, h) - omega
            steep = 1 + v * _at(second, h)
            low, high = np.where(left < 0, h, low), np.where(left > 0, h, high)
            new = h - left / steep
            new = np.where((new >= low) & (new <= high), new, (low + high) / 2)
            done = abs(new - h) <= 2 * _EPS * (abs(h) + abs(omega))
            h = new
            if done.all():
                break
        # what is rounded in the equation, by its slope
        return h, 4 * _EPS * (abs(h) + abs(omega) + v * abs(_at(slope, h))) / steep


def _at(body, x: np.ndarray) -> np.ndarray:
    return np.broadcast_to(body.run(ArrayContext(), [x]), x.shape)
