"""Correlations after many equal layers: the fixed point of the layer map, and its slope there.

Near a fixed point c* of slope χ < 1 a layer multiplies the distance d from it by χ (1 + e), where e
falls with d, at least like √d. At χ = 1 and c* = 1 the distance h becomes h − a h^p + …; then
y = h^(1−p) grows by A + B/y + C/y² + … in a layer, and h falls like a power of the depth.
"""

from typing import NamedTuple

import sympy

from theorycalc.core.arithmetic import Ball
from theorycalc.core.coefficients import constants, sign_of
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.local_series import expand
from theorycalc.core.power_series import PowerSeries
from theorycalc.core.special import SpecialFunction
from theorycalc.kernels.fixed_points.depth_scales import fixed_points
from theorycalc.kernels.fixed_points.layer_maps import C, HiddenLayer, Q
from theorycalc.kernels.fixed_points.variance_map import is_odd, is_zero

# The layer map is expanded up to this power of the distance; it is analytic, or has half-integers.
_CUT = sympy.Rational(17, 4)
_DIGITS = Ball(30)


class DeepLimit(NamedTuple):
    """A correlation after m more layers, to the first order in what is left out."""

    value: sympy.Expr
    error: sympy.Expr
    where: list


def deep_limit(layer: HiddenLayer, start: sympy.Symbol, m: sympy.Expr) -> DeepLimit:
    """The correlation after m layers more, from what it is now.

    Raises
    ------
    NotSupportedError
        If the layer does not keep the variance 1, or its map has no expansion at the fixed point.
    """
    if not is_zero(layer.variance_map.expr.subs(Q, 1) - 1):
        allowed = "σ_w² E φ(Z)² + σ_b² = 1"
        raise NotSupportedError(explain("a deep limit at another variance than 1", allowed=allowed))
    slope = layer.chi.expr.subs(Q, 1)
    if (side := _sign(slope - 1)) == 0:
        return _algebraic(_map_at_one(layer), start, m)
    if side < 0:
        return _geometric(layer, sympy.S.One, slope, start, m)
    c = sympy.S.Zero if _keeps_zero(layer) else _in_between(layer)
    slope = layer.correlation_slope.expr.subs({C: c, Q: sympy.S.One})
    if slope == 0:
        raise NotSupportedError(explain("a limit that is approached faster than geometrically"))
    return _geometric(layer, c, slope, start, m)


def _sign(gap: sympy.Expr) -> int:
    return 0 if not gap.has(SpecialFunction) and is_zero(gap) else sign_of(gap)


def _map(layer: HiddenLayer) -> sympy.Expr:
    return layer.correlation_map.expr.subs(Q, 1)


def _map_at_one(layer: HiddenLayer) -> PowerSeries:
    """h ↦ 1 − C(1 − h)."""
    near = PowerSeries({sympy.S.Zero: sympy.S.One, sympy.S.One: sympy.S.NegativeOne}, sympy.oo)
    series = expand(_map(layer), {C: near}, _CUT)
    return PowerSeries.constant(sympy.S.One) + series.scaled(sympy.S.NegativeOne)


def _keeps_zero(layer: HiddenLayer) -> bool:
    """Whether correlation 0 stays."""
    if is_odd(layer.activation):
        return layer.bias == 0
    at_zero = _map(layer).subs(C, 0)
    return not at_zero.has(SpecialFunction) and is_zero(at_zero)


def _in_between(layer: HiddenLayer) -> sympy.Expr:
    """The fixed point between 0 and 1, a number with an error."""
    points = fixed_points(layer, _DIGITS)
    return next(x.c for x in points if x.q is not None and x.q.contains(1))._sympy_()


def _geometric(layer: HiddenLayer, c, slope, start: sympy.Symbol, m: sympy.Expr) -> DeepLimit:
    """c* + d χ^m. The factors 1 + e of the layers to come are as far from 1 as a sum of all e.

    In one layer d is multiplied by r = χ (1 + e), and less later on.
    """
    rate, r, e = sympy.symbols("chi r e", real=True)
    ratio = (_map(layer).subs(C, start) - c) / (start - c)
    where = [
        (rate, slope),
        (r, sympy.Piecewise((rate, sympy.Eq(start, c)), (ratio, True))),
        (e, sympy.Abs(r / rate - 1) / (1 - sympy.sqrt(sympy.Max(r, rate)))),
    ]
    error = sympy.Min(2, sympy.Abs(start - c) * rate**m * (sympy.exp(e) - 1))
    return DeepLimit(c + (start - c) * rate**m, error, where)


def _algebraic(step: PowerSeries, start: sympy.Symbol, m: sympy.Expr) -> DeepLimit:
    """1 − y^(−1/(p−1)) where y = y_0 + A m + (B/A) log(1 + A m/y_0)."""
    (_, one), *bends = step.terms.items()
    if one != 1 or not bends:
        raise NotSupportedError(explain("a layer map that moves no correlation"))
    fall = bends[0][0] - 1
    growth = step.power(-fall, 2 * fall + sympy.Rational(1, 4)).terms
    a, b, c = (growth.pop(k * fall, sympy.S.Zero) for k in range(3))
    if set(growth) != {-fall}:
        raise NotSupportedError(explain("powers of the depth that are no multiples of one"))
    y, first, line = (sympy.Symbol(name, positive=True) for name in ("y", "y_0", "z"))
    where = [
        *constants(a, b, c),
        (first, (1 - start) ** -fall),
        (line, first + a * m),
        (y, line + b / a * sympy.log(line / first)),
    ]
    # the defects of all layers, ∫ (|C + AB/2| + B²/A log(z/y_0)) / z² dz / A
    late = (sympy.Abs(c + a * b / 2) + b**2 / a) / (a * first)
    error = 2 * late * y ** (-1 / fall) / (fall * y)
    return DeepLimit(1 - y ** (-1 / fall), error, where)
