"""Ranges of expressions on half-lines [a, ∞), by interval arithmetic with infinite ends."""

import math
from fractions import Fraction

import sympy

from theorycalc.core.arithmetic.ball import enclose, is_exact, mid_and_rad
from theorycalc.core.binary import fraction
from theorycalc.core.decimals import is_extreme
from theorycalc.core.errors import DomainError
from theorycalc.core.lowering import lower
from theorycalc.core.numbers import Rigor
from theorycalc.core.program import Program
from theorycalc.core.value import Value

_BITS = 96
# Fractions of more bits are rounded.
_LONGEST = 256
# Increasing functions of a real argument, with their limits at −∞ and ∞.
_INCREASING = {
    sympy.exp: (Fraction(0), math.inf),
    sympy.tanh: (Fraction(-1), Fraction(1)),
    sympy.erf: (Fraction(-1), Fraction(1)),
    sympy.sinh: (-math.inf, math.inf),
    sympy.asinh: (-math.inf, math.inf),
}
_BOUNDED = {
    sympy.sin: (Fraction(-1), Fraction(1)),
    sympy.cos: (Fraction(-1), Fraction(1)),
    sympy.sech: (Fraction(0), Fraction(1)),
    sympy.atan: (Fraction(-2), Fraction(2)),
    sympy.erfc: (Fraction(0), Fraction(2)),
    sympy.cosh: (Fraction(1), math.inf),
}
# Functions are not evaluated beyond this: e^x has x bits.
_FAR = Fraction(4096)
# Stands for numbers, and their reciprocals, whose fractions would be too long.
_LARGE = Fraction(2) ** _LONGEST
EVERYTHING = (-math.inf, math.inf)


def range_of(program: Program, inputs: list[Program]) -> tuple:
    """(least, largest) value of a program on enclosures, outwards; infinite where not known."""
    try:
        x = enclose(program, inputs, _BITS)
    except DomainError:
        return EVERYTHING
    if not (is_exact(x) or x.is_finite()):
        return EVERYTHING
    mid, rad = mid_and_rad(x, _BITS)
    ball = Value(mid=mid, rad=rad, rigor=Rigor.CERTIFIED)
    return _rounded(ball.lower, up=False), _rounded(ball.upper, up=True)


def _rounded(x, up: bool) -> Fraction | float:
    """A number of moderate length that is not below x, or not above it; x if it has such a one."""
    if not is_extreme(x):
        return fraction(x)
    small, large = (1 / _LARGE, math.inf) if (x > 0) == up else (Fraction(0), _LARGE)
    size = large if abs(x) > 1 else small
    return size if x > 0 else -size


def range_beyond(expr: sympy.Expr, known: dict) -> tuple:
    """(least, largest) value of an expression, outwards.

    ``known`` has the ranges of its symbols, which may be infinite. An infinity less another one may
    be anything.
    """
    if expr in known:
        return known[expr]
    if expr.is_Rational:
        return (Fraction(int(expr.p), int(expr.q)),) * 2
    if not expr.free_symbols:
        return range_of(lower(expr), [])
    parts = [range_beyond(arg, known) for arg in expr.args]
    if expr.is_Add:
        return _shortened(_folded(_sum, parts))
    if expr.is_Mul:
        return _shortened(_folded(_product, parts))
    if isinstance(expr, sympy.Pow):
        return _shortened(_power(parts[0], int(expr.exp))) if expr.exp.is_Integer else EVERYTHING
    if isinstance(expr, sympy.log):
        low, high = parts[0]
        limits = (-math.inf, math.inf)
        below = _at(sympy.log, low, limits)[0] if low > 0 else -math.inf
        return (below, _at(sympy.log, high, limits)[1]) if high > 0 else EVERYTHING
    if type(expr) in _INCREASING:
        limits = _INCREASING[type(expr)]
        low, high = parts[0]
        return _at(type(expr), low, limits)[0], _at(type(expr), high, limits)[1]
    return _BOUNDED.get(type(expr), EVERYTHING)


def _at(function, x, limits: tuple) -> tuple:
    """The range of an increasing function at one point, which may be infinite."""
    if abs(x) > _FAR:  # monotone: between its value nearer to 0 and its limit
        near = _at(function, _FAR if x > 0 else -_FAR, limits)
        ends = (near[0], limits[1]) if x > 0 else (limits[0], near[1])
        return (limits[x > 0],) * 2 if x in EVERYTHING else ends
    return range_of(lower(function(sympy.Rational(x))), [])


def _folded(operation, parts: list) -> tuple:
    total, *rest = parts
    for part in rest:
        total = operation(total, part)
    return total


def _sum(one: tuple, two: tuple) -> tuple:
    return tuple(_plus(x, y, end) for x, y, end in zip(one, two, EVERYTHING, strict=True))


def _plus(x, y, undecided):
    # fractions may be beyond the range of doubles, and are not added to infinities
    if x in EVERYTHING or y in EVERYTHING:
        infinite = {x, y} & {*EVERYTHING}
        return undecided if len(infinite) == 2 else infinite.pop()
    return x + y


def _product(one: tuple, two: tuple) -> tuple:
    ends = [_times(x, y) for x in one for y in two]
    return min(ends), max(ends)


def _times(x, y):
    if 0 in (x, y):
        return Fraction(0)  # an end that is infinite is not taken
    if x in EVERYTHING or y in EVERYTHING:
        return math.inf if (x > 0) == (y > 0) else -math.inf
    return x * y


def _power(base: tuple, exponent: int) -> tuple:
    if exponent < 0:
        low, high = _power(base, -exponent)
        if low <= 0:
            return EVERYTHING if low < 0 else (_reciprocal(high), math.inf)
        return _reciprocal(high), _reciprocal(low)
    ends = sorted(x**exponent for x in base)
    if exponent % 2 == 0 and base[0] < 0 < base[1]:
        ends[0] = Fraction(0)
    return tuple(ends)


def _reciprocal(x):
    return Fraction(0) if x == math.inf else 1 / x


def _shortened(ends: tuple) -> tuple:
    """Outwards to fewer bits, where the fractions have become long."""
    return tuple(_short(x, side) for x, side in zip(ends, (math.floor, math.ceil), strict=True))


def _short(x, side):
    if x in EVERYTHING or max(x.numerator.bit_length(), x.denominator.bit_length()) <= _LONGEST:
        return x
    unit = Fraction(2) ** (abs(x.numerator).bit_length() - x.denominator.bit_length() - _BITS)
    return side(x / unit) * unit
