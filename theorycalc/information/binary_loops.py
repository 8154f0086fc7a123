"""The divergence between two coins and its inverses in double precision, without cancellation.

With g(u) = u − log(1 + u) and h(y) = y + e^{−y} − 1, both of which are ≥ 0,

    kl(q‖p) = q g((p − q)/q) + (1 − q) g((q − p)/(1 − q)),
    kl(q‖q e^{−y}) = q h(y) + (1 − q) g(q (1 − e^{−y})/(1 − q)).

As a function of y the second one is increasing and convex with a falling second derivative, so that
its square root is concave: Newton's method for it rises to the solution from any point below.
"""

import math

import numpy as np

from theorycalc.core.compiled import compiled, inner

_UNIT = float(np.finfo(float).eps) / 2
_TINY = float(np.finfo(float).tiny)
# Terms of the series of atanh and the |r| up to which it is used.
_TERMS = 18
_SERIES_UP_TO = 0.35
# Newton's steps: the convergence is quadratic, from a point whose square root is near.
_STEPS = 40
# Roundings that g, h and their sum commit, relative to a sum of terms ≥ 0: most where the series
# of g ends, at u = −0.52 and log(1 + u) = −0.73, of which g = 0.21 is left.
ROUNDINGS = 24.0


@inner
def _part(x: float, difference: float, y: float) -> float:
    """x g(difference/x) = x (y/x − 1 − log(y/x)), the difference being y − x; x may be zero."""
    if x <= 0.0:
        return difference
    u = difference / x
    r = u / (2.0 + u)
    if abs(r) > _SERIES_UP_TO:
        # 1 + u has lost the digits of a small y
        ratio = y / x
        if ratio <= 0.0:
            return math.inf
        return difference - x * math.log(ratio) if ratio < math.inf else difference
    # log(1 + u) = 2 atanh r and u = 2r/(1 − r)
    total = 0.0
    for k in range(_TERMS, 0, -1):
        total = total * r * r + 1.0 / (2 * k + 1)
    return x * (r * u - 2.0 * r * r * r * total)


@inner
def _excess_of_exponential(y: float) -> float:
    """y + e^{−y} − 1 for y ≥ 0."""
    if y > 0.5:
        return y + math.expm1(-y)
    term, total = 0.5 * y * y, 0.0
    for k in range(3, 3 + _TERMS):
        total += term
        term *= -y / k
    return total


@inner
def _logarithmic_step(a: float, b: float, c: float) -> float:
    """The y ≥ 0 with a h(y) + b g(a (1 − e^{−y})/b) = c, for a + b = 1."""
    y = max(c / a, math.sqrt(2.0 * b * c / a))
    for _ in range(_STEPS):
        gap = -a * math.expm1(-y)
        value = a * _excess_of_exponential(y) + _part(b, gap, b + gap)
        slope = gap / (b + gap)
        step = 2.0 * math.sqrt(value) * (math.sqrt(c) - math.sqrt(value)) / slope
        y += step
        if abs(step) <= 2.0 * _UNIT * y:
            break
    return y


@compiled
def divergences(q: np.ndarray, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(values, errors) of kl(q‖p) for arrays of one length."""
    found, errors = np.empty(q.size), np.empty(q.size)
    for i in range(q.size):
        difference = p[i] - q[i]
        found[i] = _part(q[i], difference, p[i]) + _part(1.0 - q[i], -difference, 1.0 - p[i])
        # the rounded difference counts twice
        errors[i] = (ROUNDINGS + 4.0) * _UNIT * found[i] + _TINY
    return found, errors


@compiled
def inverses(q: np.ndarray, c: np.ndarray, upper: bool) -> tuple[np.ndarray, np.ndarray]:
    """(values, errors) of the p on one side of q with kl(q‖p) = c."""
    found, errors = np.empty(q.size), np.empty(q.size)
    for i in range(q.size):
        a, b = (1.0 - q[i], q[i]) if upper else (q[i], 1.0 - q[i])
        if a <= 0.0 or c[i] <= 0.0:
            found[i], errors[i] = q[i] if c[i] >= 0.0 else math.nan, 0.0
            continue
        y = _logarithmic_step(a, b, c[i])
        gap, far = -a * math.expm1(-y), a * math.exp(-y)
        found[i] = b + gap if upper else far
        # what the equation is off moves y, and y moves the rest of the mass
        errors[i] = 2.0 * _UNIT * found[i] + (ROUNDINGS + 2.0) * _UNIT * y * far + _TINY
    return found, errors
