"""Evaluation on arrays of doubles with a running error bound.

Every number carries the first-order bound on what rounding has done to it so far. The values are
those of the `ArrayContext`; the bounds say where they have lost digits.
"""

import functools
from dataclasses import dataclass

import numpy as np
import sympy

from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.arithmetic.context import Numbers
from theorycalc.core.arithmetic.slopes import SLOPES, differences
from theorycalc.core.arithmetic.special_arrays import FUNCTION, special_with_errors

_UNIT = np.finfo(float).eps / 2
_SMALLEST = np.finfo(float).smallest_subnormal
# The reciprocal of what overflows is zero, and less than this.
_BELOW = np.finfo(float).tiny
# Multiplying by them commits no error; subnormals are below what has relative accuracy.
_EXACT_FACTORS = {0.5, 1.0, 2.0}
_ALIASES = {"ceiling": "ceil"}


@dataclass(frozen=True, slots=True)
class Tracked:
    """Values and bounds on their errors; a bound of the float 0.0 means exact."""

    value: np.ndarray | float
    error: np.ndarray | float


@dataclass(frozen=True, slots=True)
class Truth:
    """Truth values, and where rounding may have decided them."""

    value: np.ndarray | bool
    unsure: np.ndarray | bool

    def __bool__(self) -> bool:
        return bool(self.value)


def inexact(value, error=0.0, rounding: float = _UNIT) -> Tracked:
    """A rounded result whose arguments have moved it by an error."""
    return Tracked(value, error + (rounding * np.abs(value) + _SMALLEST))


class TrackedContext(Numbers):
    """The operations that a `Program` calls, on NumPy arrays with error bounds."""

    bits = 53

    def __init__(self):
        self.plain = ArrayContext()

    def number(self, x: sympy.Expr) -> Tracked:
        value = self.plain.number(x)
        known = x.is_Rational and np.isfinite(value) and value.as_integer_ratio() == (x.p, x.q)
        return Tracked(value, 0.0 if known else _UNIT * abs(value))

    def add(self, *terms):
        return functools.reduce(_sum, terms)

    def mul(self, *factors):
        return functools.reduce(_product, factors)

    def power(self, base, exponent):
        value = self.plain.power(base.value, exponent.value)
        return inexact(value, _power_error(base, exponent, value, self.plain), FUNCTION)

    def hyper(self, a: list, b: list, z):
        def function(*xs):
            return self.plain.hyper(list(xs[: len(a)]), list(xs[len(a) : -1]), xs[-1])

        return _called(function, *a, *b, z)

    def atan2(self, y, x):
        square = y.value * y.value + x.value * x.value
        moved = np.abs(x.value) * y.error + np.abs(y.value) * x.error
        return inexact(self.plain.atan2(y.value, x.value), moved / (square + _BELOW), FUNCTION)

    def apply(self, name: str, *args):
        """Any other function of the vocabulary, by name."""
        function = functools.partial(self.plain.apply, name)
        values = [x.value for x in args]
        if name in ("max", "min"):
            return Tracked(function(*values), functools.reduce(np.maximum, (x.error for x in args)))
        if name == "heaviside":
            error = SLOPES["sign"](values[0], None, args[0].error)
            return Tracked(function(*values), error + args[1].error)
        slope = SLOPES.get(_ALIASES.get(name, name))
        if slope is None:
            return _special(name, args)
        (x,), result = args, function(*values)
        return inexact(result, slope(x.value, result, x.error), FUNCTION)

    def compare(self, relation: str, x, y) -> Truth:
        slack = x.error + y.error
        unsure = (np.abs(x.value - y.value) <= slack) & (np.asarray(slack) > 0)
        return Truth(self.plain.compare(relation, x.value, y.value), unsure)

    def all(self, truths: list) -> Truth:
        return Truth(self.plain.all([t.value for t in truths]), _any_unsure(truths))

    def any(self, truths: list) -> Truth:
        return Truth(self.plain.any([t.value for t in truths]), _any_unsure(truths))

    def negate(self, truth) -> Truth:
        return Truth(self.plain.negate(truth.value), truth.unsure)

    def select(self, branches) -> Tracked:
        """Per element the first branch whose condition holds; all branches are computed."""
        value, error = np.nan, np.nan
        for condition, branch in reversed(branches):
            truth, chosen = _truth(condition()), branch()
            value = np.where(truth.value, chosen.value, value)
            error = np.where(truth.unsure, np.inf, np.where(truth.value, chosen.error, error))
        return Tracked(value, error)

    def integral(self, integrand, parameters: list, points: list) -> Tracked:
        """∫ of a program of (x, *parameters) over the points, taken at its word."""
        numbers = ([x.value for x in xs] for xs in (parameters, points))
        return inexact(self.plain.integral(integrand, *numbers))

    def infinite_sum(self, series, first: int, parameters: list) -> Tracked:
        """Σ of a series of (index, *parameters) from the first index on."""
        return _called(lambda *xs: self.plain.infinite_sum(series, first, list(xs)), *parameters)

    def negligible(self, x) -> bool:
        """Whether a cut-off error is below double precision."""
        return self.plain.negligible(x.value)

    def widen(self, x, radius):
        return x

    def may_hold(self, condition, inputs: list) -> bool:
        return self.plain.may_hold(condition, [x.value for x in inputs])

    def fixed(self, x):
        return x

    def scalarwise(self, function, *args):
        """Call ``function`` once per element of the broadcast arguments."""
        parts = np.broadcast_arrays(*(part for x in args for part in (x.value, x.error)))
        shape = parts[0].shape if parts else ()
        flat = [part.ravel().tolist() for part in parts]
        results = [
            function(*map(Tracked, row[::2], row[1::2]))
            for row in (zip(*flat, strict=True) if flat else [()])
        ]
        value, error = (
            np.array([float(part) for part in column]).reshape(shape)
            for column in zip(*((x.value, x.error) for x in results), strict=True)
        )
        return Tracked(value, error)

    def integer(self, x) -> int:
        return self.plain.integer(x.value)

    def special(self, call, *args):
        function = call.function
        if function.double is None and function.definition is not None:
            return call.on_arrays(self, *args)
        if function.double is None:
            return _called(lambda *xs: call.on_arrays(self.plain, *xs), *args)
        return _with_own_error(call.in_double, args)


def _truth(truth) -> Truth:
    return truth if isinstance(truth, Truth) else Truth(truth, False)


def _any_unsure(truths: list):
    return functools.reduce(np.logical_or, (_truth(t).unsure for t in truths))


def _sum(x: Tracked, y: Tracked) -> Tracked:
    value = x.value + y.value
    return Tracked(value, x.error + y.error + _UNIT * np.abs(value))


def _product(x: Tracked, y: Tracked) -> Tracked:
    value = x.value * y.value
    for scale, other in ((x, y), (y, x)):
        if _exact(scale) and isinstance(scale.value, float) and abs(scale.value) in _EXACT_FACTORS:
            return Tracked(value, abs(scale.value) * other.error)
    moved = 0.0
    for a, b in ((x, y), (y, x)):
        if not _exact(b):
            moved = moved + np.abs(a.value) * b.error
    return inexact(value, moved)


def _exact(x: Tracked) -> bool:
    return isinstance(x.error, float) and x.error == 0.0


def _power_error(base: Tracked, exponent: Tracked, value, plain: ArrayContext):
    n, error = exponent.value, 0.0
    if not _exact(base):
        # n·base^(n−1) without a division where n ≥ 1: the base may be 0
        if isinstance(n, float) and n >= 1:
            slope = n * plain.power(np.abs(base.value), n - 1)
            error = slope * base.error
        else:
            error = np.abs(n * value) * (base.error / np.abs(base.value))
    if not _exact(exponent):
        error = error + np.abs(value * np.log(np.abs(base.value))) * exponent.error
    overflown = np.isinf(base.value) & (np.asarray(n) < 0)
    return np.where(overflown, _BELOW, error) if np.any(overflown) else error


def _special(name: str, args) -> Tracked:
    """A special function of the vocabulary."""
    args = [Tracked(np.asarray(x.value), x.error) for x in args]
    return _with_own_error(functools.partial(special_with_errors, name), args)


def _with_own_error(function, args) -> Tracked:
    """A function that returns (values, errors): its own may be more than a few roundings."""
    values = [x.value for x in args]
    result, own = function(*values)
    moved = differences(lambda *xs: function(*xs)[0], values, result, [x.error for x in args])
    return inexact(result, own + moved, 0.0)


def _called(function, *args: Tracked) -> Tracked:
    """A function of the library, with its slopes by differences."""
    values = [x.value for x in args]
    result = function(*values)
    return inexact(result, differences(function, values, result, [x.error for x in args]), FUNCTION)
