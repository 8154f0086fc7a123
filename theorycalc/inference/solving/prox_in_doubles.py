"""The proximal operator of a convex loss in doubles, for arrays."""

import numpy as np

from theorycalc.inference.solving.arrays import on_arrays

_STEPS = 200
_EPS = np.finfo(float).eps


def prox(slope, second, low, high, omega, v) -> tuple[np.ndarray, np.ndarray]:
    """(h, errors) with h + V l'(h) = ω, or the end of [low, high] that is nearer to it.

    Newton's method, kept inside a bracket by bisection.
    """
    omega, v = np.broadcast_arrays(np.asarray(omega, dtype=float), np.asarray(v, dtype=float))
    shape, omega, v = omega.shape, omega.ravel(), v.ravel()
    with np.errstate(all="ignore"):
        low, high = _bracket(slope, low, high, omega, v)
        h = np.clip(0.0, low, high)
        h = np.where(np.isfinite(on_arrays(second, h)), h, (low + high) / 2)
        left = np.flatnonzero(low < high)
        for _ in range(_STEPS):
            x = h[left]
            rest = x + v[left] * on_arrays(slope, x) - omega[left]
            low[left] = np.where(rest < 0, x, low[left])
            high[left] = np.where(rest > 0, x, high[left])
            new = x - rest / (1 + v[left] * on_arrays(second, x))
            inside = (new >= low[left]) & (new <= high[left])
            h[left] = np.where(inside, new, (low[left] + high[left]) / 2)
            left = left[~(abs(h[left] - x) <= 2 * _EPS * (abs(h[left]) + abs(omega[left])))]
            if not left.size:
                break
        # what is rounded in the equation, by its slope
        rounded = 4 * _EPS * (abs(h) + abs(omega) + v * abs(on_arrays(slope, h)))
        return h.reshape(shape), (rounded / (1 + v * on_arrays(second, h))).reshape(shape)


def _bracket(slope, low: float, high: float, omega: np.ndarray, v: np.ndarray) -> tuple:
    """Ends between which h is: l' rises, so that ω − V l' does not beyond an end."""
    if np.isinf(low) and np.isinf(high):
        other = omega - v * on_arrays(slope, omega)
        return np.minimum(omega, other), np.maximum(omega, other)
    ends = np.full_like(omega, low), np.full_like(omega, high)
    least, most = (omega - v * on_arrays(slope, end) for end in reversed(ends))
    least = ends[0] if np.isinf(high) else np.maximum(ends[0], least)
    most = ends[1] if np.isinf(low) else np.minimum(ends[1], most)
    # beyond the ends both are the nearer one
    return np.minimum(least, ends[1]), np.maximum(most, ends[0])
