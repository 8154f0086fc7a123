"""The effective ridge of random features in doubles, for arrays of parameters."""

import numpy as np

_EPS = np.finfo(float).eps
_DOUBLINGS, _BISECTIONS, _NEWTON = 2000, 70, 4


@np.errstate(all="ignore")
def effective_ridge(samples, features, ridge, linear, rest) -> tuple[np.ndarray, np.ndarray]:
    """(Γ, its error): bisection in log Γ between the least Γ and one that is too large."""
    given = np.broadcast_arrays(*(np.asarray(x, float) for x in (samples, features, linear, rest)))
    ridge = np.asarray(ridge, float)
    least = np.minimum(given[0], given[1])
    excess = given[2] + given[3] - least * given[2]
    bent = np.sqrt(excess**2 + 4 * least * given[2] * given[3])
    # the cancelling root is the product of both over the other
    low = np.where(excess > 0, excess + bent, 4 * least * given[2] * given[3] / (bent - excess))
    low = low / (2 * least)
    low = np.where(np.isfinite(low) & (low > 0), low, np.finfo(float).tiny)
    low, high = np.broadcast_arrays(low, low + ridge)
    low, high = low.copy(), 2 * high
    for _ in range(_DOUBLINGS):
        short = _equation(high, *given)[0] < ridge
        if not short.any():
            break
        high = np.where(short, 2 * high, high)
    for _ in range(_BISECTIONS):
        middle = np.sqrt(low) * np.sqrt(high)
        below = _equation(middle, *given)[0] < ridge
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    root = np.sqrt(low) * np.sqrt(high)
    for _ in range(_NEWTON):
        value, slope, _ = _equation(root, *given)
        moved = root - (value - ridge) / slope
        root = np.where((moved > low / 2) & (moved < 2 * high), moved, root)
    value, slope, size = _equation(root, *given)
    error = (abs(value - ridge) + 8 * _EPS * (size + ridge)) / slope + 2 * _EPS * root
    return root, error


def _equation(x, samples, features, linear, rest) -> tuple:
    """Γ(ψ_n − T)(1 − T/ψ_p), its slope, and the size of its terms."""
    seen = linear / (linear + x) + rest / x
    falls = linear / (linear + x) ** 2 + rest / x**2
    left, free = samples - seen, 1 - seen / features
    # below the least Γ both factors may be negative
    value = np.where((left > 0) & (free > 0), x * left * free, -1.0)
    slope = left * free + x * falls * (free + left / features)
    return value, slope, x * (samples + seen) * (1 + seen / features)
