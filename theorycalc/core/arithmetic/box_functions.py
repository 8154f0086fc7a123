"""Hulls of functions over intervals, from their values at the ends.

A table: a function that is monotone where it is defined is a line; its values at −∞ and ∞ are said
where Arb does not know them. What is not in the table goes through balls.
"""

from collections.abc import Callable
from functools import cache, partial, reduce

from flint import arb, ctx

from theorycalc.core.arithmetic.ball_functions import REAL
from theorycalc.core.arithmetic.box import NOT_A_NUMBER, Box, ball_of_box, box_of_ball

_INFINITY = arb.pos_inf()
_ONE, _ZERO = arb(1), arb(0)


def _value(function: Callable, x: arb, limits: tuple) -> arb:
    """f(x), or the limit at an infinite end."""
    if limits and not x.is_finite():
        return limits[1] if x > 0 else limits[0]
    return function(x)


def _increasing(function: Callable, limits: tuple, x: Box) -> Box:
    low, high = _value(function, x.low, limits), _value(function, x.high, limits)
    if low.is_nan() or high.is_nan():
        return NOT_A_NUMBER
    return Box(low.lower(), high.upper())


def _decreasing(function: Callable, limits: tuple, x: Box) -> Box:
    return _increasing(function, limits, Box(x.high, x.low))


def _on_positives(hull: Callable) -> Callable:
    """A rule that holds where the argument is positive; elsewhere a ball."""

    def apply(function, limits, x):
        return hull(function, limits, x) if x.low > 0 else _by_ball(function, x)

    return apply


def _by_ball(function: Callable, x: Box) -> Box:
    if not (x.low.is_finite() and x.high.is_finite()):
        return NOT_A_NUMBER
    return box_of_ball(function(ball_of_box(x)))


_INCREASING = {
    "sqrt": (),
    "exp": (),
    "log": (),
    "expm1": (arb(-1), _INFINITY),
    "log1p": (),
    "asin": (),
    "atan": (),
    "sinh": (-_INFINITY, _INFINITY),
    "tanh": (-_ONE, _ONE),
    "asinh": (-_INFINITY, _INFINITY),
    "acosh": (arb.nan(), _INFINITY),
    "atanh": (),
    "erf": (-_ONE, _ONE),
    "erfi": (-_INFINITY, _INFINITY),
    "erfinv": (),
    "softplus": (_ZERO, _INFINITY),
    "log_ndtr": (-_INFINITY, _ZERO),
    "floor": (-_INFINITY, _INFINITY),
    "ceiling": (-_INFINITY, _INFINITY),
    "sign": (-_ONE, _ONE),
}
_DECREASING = {
    "acos": (),
    "erfc": (arb(2), _ZERO),
    "erfcx": (_INFINITY, _ZERO),
    "log_erfc": (arb(2).log(), -_INFINITY),
    "erfcinv": (),
}
_INCREASING_ON_POSITIVES = {"digamma": (_ZERO, _INFINITY)}


def _even(function: Callable, x: Box) -> Box:
    """A function of |x| that increases with it."""
    low, high = _abs_ends(x)
    return _increasing(function, (_INFINITY, _INFINITY), Box(low, high))


def _abs_ends(x: Box) -> tuple[arb, arb]:
    if x.low >= 0:
        return x.low, x.high
    if x.high <= 0:
        return -x.high, -x.low
    return _ZERO, (-x.low).max(x.high)


def _cos(x: Box) -> Box:
    """From the ends, and the extremes at the multiples of π between them."""
    if not (x.low.is_finite() and x.high.is_finite()):
        return Box(-_ONE, _ONE)
    pi = arb.pi()
    first, last = ((end / pi).floor().unique_fmpz() for end in x)
    if first is None or last is None or last - first > 1:
        return _by_ball(arb.cos, x) if last is None or first is None else Box(-_ONE, _ONE)
    ends = [end.cos() for end in x]
    low, high = ends[0].min(ends[1]).lower(), ends[0].max(ends[1]).upper()
    if last == first:
        return Box(low, high)
    return Box(low, _ONE) if last % 2 == 0 else Box(-_ONE, high)


def _sin(x: Box) -> Box:
    quarter = arb.pi() / 2
    return _cos(Box((x.low - quarter).lower(), (x.high - quarter).upper()))


def _tan(x: Box) -> Box:
    """Increasing between two poles."""
    pi, half = arb.pi(), arb(0.5)
    first, last = ((end / pi + half).floor().unique_fmpz() for end in x)
    if first is None or first != last:
        return NOT_A_NUMBER
    return _increasing(arb.tan, (), x)


def _gamma_like(function: Callable, x: Box) -> Box:
    """Γ and log Γ: on the positive numbers they fall to the zero of ψ and rise from there."""
    if not x.low > 0:
        return _by_ball(function, x)
    turn = _zero_of_digamma()
    limits = (_INFINITY, _INFINITY)
    if x.low >= turn:
        return _increasing(function, limits, x)
    if x.high <= turn:
        return _decreasing(function, limits, x)
    ends = [_value(function, end, limits).upper() for end in x]
    return Box(function(turn).lower(), ends[0].max(ends[1]))


@cache
def _zero_of_digamma() -> arb:
    """The place of the least value of Γ on the positive numbers, enclosed by two signs of ψ.

    With more bits than its digits need, whatever the working precision is.
    """
    with ctx.workprec(128):
        low, high = arb("1.4616321449683623412626"), arb("1.4616321449683623412627")
        assert low.digamma() < 0 < high.digamma()
        return low.union(high)


def _polygamma(order: Box, x: Box) -> Box:
    """(−1)^(m+1) ψ^(m) falls on the positive numbers (DLMF 5.15.1)."""
    m = order.low.unique_fmpz() if order.low == order.high else None
    if m == 0:
        return HULLS["digamma"](x)
    function = partial(REAL["polygamma"], order.low)
    if m is None or not (x.low > 0 or (x.low == 0 and x.high > 0)):
        return NOT_A_NUMBER if m is None else _by_ball(function, x)
    rule = _decreasing if m % 2 else _increasing
    return rule(function, (_ZERO, _ZERO), x) if x.low > 0 else NOT_A_NUMBER


def _heaviside(x: Box, at_zero: Box) -> Box:
    if x.low > 0:
        return Box(_ONE, _ONE)
    if x.high < 0:
        return Box(_ZERO, _ZERO)
    low = _ZERO if x.low < 0 else at_zero.low.min(_ONE)
    high = _ONE if x.high > 0 else at_zero.high.max(_ZERO)
    return Box(low, high)


def _zeta(x: Box, *more: Box) -> Box:
    """Falls for s > 1 (DLMF 25.2.1)."""
    if more or not x.low > 1:
        return _by_ball(arb.zeta, x) if not more else NOT_A_NUMBER
    return _decreasing(arb.zeta, (_ONE, _ONE), x)


def _in_second(name: str, rule: Callable, limits: tuple, x: Box, y: Box) -> Box:
    """A function of (parameter, x) that is monotone in x ≥ 0 for a parameter ≥ 0."""
    known = [limits[0] is not None or y.low > 0, limits[1] is not None or y.high.is_finite()]
    if x.low == x.high and x.low >= 0 and y.low >= 0 and all(known):
        return rule(partial(REAL[name], x.low), limits, y)
    if not all(end.is_finite() for end in (*x, *y)):
        return NOT_A_NUMBER
    return box_of_ball(REAL[name](ball_of_box(x), ball_of_box(y)))


def _max(*xs: Box) -> Box:
    return Box(reduce(arb.max, (x.low for x in xs)), reduce(arb.max, (x.high for x in xs)))


def _min(*xs: Box) -> Box:
    return Box(reduce(arb.min, (x.low for x in xs)), reduce(arb.min, (x.high for x in xs)))


# Name of a function of the vocabulary → its hull over intervals.
HULLS: dict[str, Callable] = {
    **{name: partial(_increasing, REAL[name], limits) for name, limits in _INCREASING.items()},
    **{name: partial(_decreasing, REAL[name], limits) for name, limits in _DECREASING.items()},
    **{
        name: partial(_on_positives(_increasing), REAL[name], limits)
        for name, limits in _INCREASING_ON_POSITIVES.items()
    },
    "abs": lambda x: Box(*_abs_ends(x)),
    "cosh": partial(_even, arb.cosh),
    "cos": _cos,
    "sin": _sin,
    "tan": _tan,
    "gamma": partial(_gamma_like, arb.gamma),
    "loggamma": partial(_gamma_like, arb.lgamma),
    "polygamma": _polygamma,
    "heaviside": _heaviside,
    "zeta": _zeta,
    "besseli": partial(_in_second, "besseli", _increasing, (_ZERO, _INFINITY)),
    "besselk": partial(_in_second, "besselk", _decreasing, (None, _ZERO)),
    "lowergamma": partial(_in_second, "lowergamma", _increasing, (None, arb.nan())),
    "uppergamma": partial(_in_second, "uppergamma", _decreasing, (None, _ZERO)),
    "besselk_scaled": partial(_in_second, "besselk_scaled", _decreasing, (None, _ZERO)),
    "expint": partial(_in_second, "expint", _decreasing, (None, _ZERO)),
    "lowergamma_regularized": partial(
        _in_second, "lowergamma_regularized", _increasing, (None, _ONE)
    ),
    "uppergamma_regularized": partial(
        _in_second, "uppergamma_regularized", _decreasing, (None, _ZERO)
    ),
    "max": _max,
    "min": _min,
}
