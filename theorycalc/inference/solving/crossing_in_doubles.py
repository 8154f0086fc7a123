"""Roots and extrema in doubles, for arrays of parameters."""

from collections.abc import Callable

import numpy as np

from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.errors import PrecisionError, explain

_EPS = np.finfo(float).eps
# Distance, relative to a root, over which a slope is taken.
_APART = 1e-6
# Relative width to which an extremum is located: its value is off by the square.
_FLAT = 1e-9
_WIDER = 1e-4


def crossing(body, error: Callable, *arguments) -> tuple[np.ndarray, np.ndarray]:
    """(roots, errors) for ends a, b and parameters, element by element."""
    return _elementwise(_crossing, body, error, *arguments)


def extremum(body, error: Callable, *arguments) -> tuple[np.ndarray, np.ndarray]:
    """(extreme values, errors) for a sign, ends a, b and parameters."""
    return _elementwise(_extremum, body, error, *arguments)


def _elementwise(routine: Callable, body, error: Callable, *arguments):
    arrays = np.broadcast_arrays(*map(np.asarray, arguments))
    pairs = [
        routine(body, error, *map(float, row)) for row in zip(*map(np.ravel, arrays), strict=True)
    ]
    values, errors = np.array(pairs).reshape(-1, 2).T
    return values.reshape(arrays[0].shape), errors.reshape(arrays[0].shape)


def function_of(body, *parameters: float) -> Callable[[float], float]:
    """x ↦ f(x, *parameters) in doubles."""
    context = ArrayContext()

    def at(x: float) -> float:
        with np.errstate(all="ignore"):
            return float(body.run(context, [x, *parameters]))

    return at


def _crossing(body, error: Callable, a: float, b: float, *parameters: float):
    from scipy.optimize import brentq

    at = function_of(body, *parameters)
    if not at(a) * at(b) <= 0:
        ends = f"f({a:g}) = {at(a):g}, f({b:g}) = {at(b):g}"
        raise PrecisionError(explain("no change of sign between two points", got=ends))
    x = brentq(at, a, b, xtol=4 * _EPS * max(abs(a), abs(b)) * 1e-3, rtol=4 * _EPS)
    h = _APART * abs(x)
    slope = (at(x + h) - at(x - h)) / (2 * h)
    doubt = abs(at(x)) + error(body, x, *parameters)
    return x, doubt / abs(slope) + 4 * _EPS * abs(x)


def place(body, sign: float, a: float, b: float, *parameters: float) -> float:
    """Where f is largest, or with sign −1 smallest."""
    from scipy.optimize import minimize_scalar

    at = function_of(body, *parameters)
    options = {"xatol": _FLAT * max(abs(a), abs(b))}
    found = minimize_scalar(
        lambda x: -sign * at(x), bounds=(a, b), method="bounded", options=options
    )
    return float(found.x)


def _extremum(body, error: Callable, sign: float, a: float, b: float, *parameters: float):
    at, x = function_of(body, *parameters), place(body, sign, a, b, *parameters)
    value, h = at(x), _WIDER * max(abs(x), (b - a) * _WIDER)
    left, right = at(x - h), at(x + h)
    # what the vertex of the parabola through three points adds
    bend = right - 2 * value + left
    missed = (right - left) ** 2 / abs(8 * bend) if bend else 0.0
    return value, missed + error(body, x, *parameters) + 4 * _EPS * abs(value)
