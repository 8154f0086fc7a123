"""Orthogonal polynomials in doubles by their recurrences, with bounds on the rounding errors.

p_{k+1} = a_k p_k − c_k p_{k−1} is run forwards, and its adjoint backwards: w_k = ∂p_n/∂p_k says
what the rounding of the k-th step does to the last value. A bound that runs forwards beside the
values would grow exponentially with the degree where they oscillate.
"""

import numpy as np

from theorycalc.core.compiled import compiled

_UNIT = np.finfo(float).eps / 2
# Roundings of a step, in the coefficients and in the sum.
_ROUNDINGS = 8.0
# Roundings of what is smaller are those of a number of this size.
_TINY = np.finfo(float).tiny
# Longer recurrences are left to other methods.
MAX_DEGREE = 100_000

FAMILIES = {
    "legendre": 0,
    "gegenbauer": 1,
    "jacobi": 2,
    "hermite": 3,
    "laguerre": 4,
    "chebyshevt": 5,
    "chebyshevu": 6,
    "hermite_orthonormal": 7,
    "spherical_legendre": 8,
}


@compiled
def _coefficients(family, k, a, b, x):
    """(a_k, a bound on the size of its terms, c_k)."""
    if family == 0:
        slope, c = (2 * k + 1) / (k + 1) * x, k / (k + 1)
    elif family == 1:
        slope, c = 2 * (k + a) / (k + 1) * x, (k + 2 * a - 1) / (k + 1)
    elif family == 2:
        s = 2 * k + a + b
        bottom = 2 * (k + 1) * (k + a + b + 1)
        slope, shift = (s + 1) * (s + 2) / bottom * x, (a - b) * (a + b) * (s + 1) / (bottom * s)
        c = 2 * (k + a) * (k + b) * (s + 2) / (bottom * s)
        return slope + shift, abs(slope) + abs(shift), c
    elif family == 3:
        slope, c = 2 * x, 2.0 * k
    elif family == 4:
        size = (abs(2 * k + 1 + a) + abs(x)) / (k + 1)
        return (2 * k + 1 + a - x) / (k + 1), size, (k + a) / (k + 1)
    elif family == 7:
        slope, c = x / np.sqrt(k + 1.0), np.sqrt(k / (k + 1.0))
    elif family == 8:
        slope, c = (2 * k + a - 2) / (k + a - 2) * x, k / (k + a - 2)
    else:
        slope, c = 2 * x, 1.0
    return slope, abs(slope), c


@compiled
def _first(family, a, b, x):
    """Those of the first step, where general rules may divide by 0."""
    if family == 2:
        return (a - b) / 2 + (a + b + 2) / 2 * x, abs(a - b) / 2 + abs((a + b + 2) / 2 * x), 0.0
    if family == 5 or family == 8:
        return x, abs(x), 0.0
    return _coefficients(family, 0, a, b, x)


@compiled
def _value(family, n, a, b, x, room):
    """(p_n, the bound on its error); the rows of ``room`` hold a_k, sizes, c_k and p_k."""
    slope, size, c, values = room[0], room[1], room[2], room[3]
    values[0], c[n] = 1.0, 0.0
    for k in range(n):
        step = _coefficients(family, k, a, b, x) if k else _first(family, a, b, x)
        slope[k], size[k], c[k] = step
        values[k + 1] = slope[k] * values[k] - (c[k] * values[k - 1] if k else 0.0)
    error, weight, following = 0.0, 1.0, 0.0  # of p_{k+1} and of p_{k+2}
    for k in range(n - 1, -1, -1):
        terms = size[k] * abs(values[k]) + (abs(c[k] * values[k - 1]) if k else 0.0)
        error += abs(weight) * (terms + _TINY)
        weight, following = slope[k] * weight - c[k + 1] * following, weight
    return values[n], _ROUNDINGS * _UNIT * error


@compiled
def _values(family, degree, a, b, x, results, errors):
    room = np.empty((4, int(degree.max()) + 1 if degree.size else 1))
    for i in range(x.size):
        results[i], errors[i] = _value(family, int(degree[i]), a[i], b[i], x[i], room)


def polynomial(name: str, degree, *args) -> tuple[np.ndarray, np.ndarray]:
    """(values, error bounds) for integer degrees; not-a-number for others.

    ``args`` are the parameters of the family, then the variable.
    """
    *parameters, x = args
    a, b = (*parameters, 0.0, 0.0)[:2]
    degree, a, b, x = np.broadcast_arrays(*(np.asarray(y, dtype=float) for y in (degree, a, b, x)))
    usable = (degree == np.rint(degree)) & (degree >= 0) & (degree <= MAX_DEGREE)
    results, errors = np.full(x.shape, np.nan), np.full(x.shape, np.nan)
    found = [np.empty(np.count_nonzero(usable)) for _ in range(2)]
    _values(FAMILIES[name], degree[usable], a[usable], b[usable], x[usable], *found)
    results[usable], errors[usable] = found
    return results, errors
