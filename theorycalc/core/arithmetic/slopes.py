"""What an error of the argument does to a function of the array context, to first order."""

from collections.abc import Callable

import numpy as np

from theorycalc.core.errors import DomainError

_TINY = np.finfo(float).tiny


def _near_root(x, error):
    """error/√x, and √error where the argument may be zero."""
    return error / (np.sqrt(np.maximum(np.abs(x), error)) + _TINY)


def _steps(distance, error):
    """No error but where the argument may be on the other side of a step."""
    return np.where((distance <= error) & (np.asarray(error) > 0), np.inf, 0.0)


# name: (x, f(x), error of x) → error of f(x), for the functions of one variable.
SLOPES: dict[str, Callable] = {
    "sqrt": lambda x, f, e: _near_root(x, e),
    "exp": lambda x, f, e: f * e,
    "log": lambda x, f, e: e / np.abs(x),
    "expm1": lambda x, f, e: (np.abs(f) + 1) * e,
    "log1p": lambda x, f, e: e / np.abs(1 + x),
    "softplus": lambda x, f, e: np.minimum(f, 1) * e,
    "sin": lambda x, f, e: e,
    "cos": lambda x, f, e: e,
    "tan": lambda x, f, e: (1 + f * f) * e,
    "sinc": lambda x, f, e: e / 2,
    "asin": lambda x, f, e: _near_root((1 - x) * (1 + x), e),
    "acos": lambda x, f, e: _near_root((1 - x) * (1 + x), e),
    "atan": lambda x, f, e: e / (1 + x * x),
    "sinh": lambda x, f, e: (np.abs(f) + 1) * e,
    "cosh": lambda x, f, e: f * e,
    "tanh": lambda x, f, e: e,
    "asinh": lambda x, f, e: e / np.hypot(1, x),
    "acosh": lambda x, f, e: _near_root((x - 1) * (x + 1), e),
    "atanh": lambda x, f, e: e / np.abs((1 - x) * (1 + x)),
    "abs": lambda x, f, e: e,
    "sign": lambda x, f, e: _steps(np.abs(x), e),
    "floor": lambda x, f, e: _steps(np.abs(x - np.rint(x)), e),
    "ceil": lambda x, f, e: _steps(np.abs(x - np.rint(x)), e),
    "erf": lambda x, f, e: 2 / np.sqrt(np.pi) * np.exp(-x * x) * e,
    "erfc": lambda x, f, e: 2 / np.sqrt(np.pi) * np.exp(-x * x) * e,
    "erfi": lambda x, f, e: 2 / np.sqrt(np.pi) * np.exp(x * x) * e,
}

# Where there is no rule, the slope is a difference over this part of the argument.
_STEP = 2.0**-26


def differences(function, args: list, values, errors: list):
    """The errors of the arguments times difference quotients of a function of arrays.

    Where a function has values at whole numbers only, a whole argument with a smaller error than a
    half is exact: d + 1 is rounded like any sum, and is a dimension all the same.
    """
    total = 0.0
    for i, error in enumerate(errors):
        if np.any(error):
            try:
                total = total + _quotient(function, args, i, values) * error
            except DomainError:
                if np.any(args[i] != np.rint(args[i])) or np.any(np.asarray(error) >= 0.5):
                    raise
    return total


def sensitivity(function, args: list):
    """Σ |x ∂f/∂x|, by differences; an argument that cannot be moved is none.

    Arguments that are all whole, such as dimensions, are exact and stay where they are.
    """
    values = function(*args)
    moving = [(i, x) for i, x in enumerate(args) if np.any(x != np.rint(x))]
    quotients = (_quotient(function, args, i, values) * np.abs(x) for i, x in moving)
    return sum(np.where(np.isfinite(part), part, 0.0) for part in quotients)


def _quotient(function, args: list, i: int, values):
    x = args[i]
    step = _STEP * np.abs(x) + _TINY / _STEP
    change = np.abs(_moved(function, args, i, x + step) - values)
    if not np.all(np.isfinite(change)):  # the domain may end here
        back = np.abs(_moved(function, args, i, x - step) - values)
        if np.all(np.isnan(change) & np.isnan(back)):
            function(*args[:i], x + step, *args[i + 1 :])  # it says why
        change = np.where(np.isfinite(change), change, back)
    return change / step


def _moved(function, args: list, i: int, x):
    """The function with another argument, not-a-number where it refuses that.

    Arrays of which it refuses a part are halved until that part is left.
    """
    args = [*args[:i], x, *args[i + 1 :]]
    try:
        return function(*args)
    except DomainError:
        args = np.broadcast_arrays(*args)
        found = np.full(args[0].shape, np.nan)
        if found.size > 1:
            rows = [t.ravel() for t in args]
            cut = found.size // 2
            parts = ([row[part] for row in rows] for part in (slice(cut), slice(cut, None)))
            found.flat = np.concatenate([_moved(function, part, i, part[i]) for part in parts])
        return found
