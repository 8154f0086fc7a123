"""Brackets of a root, narrowed by the signs of a function."""

import math
from collections.abc import Callable
from fractions import Fraction

from theorycalc.core.errors import PrecisionError

# So many probes in a row may miss the root, which lies farther away where a function is steep.
_PROBES = 32
# Steps towards the points where the parameters no longer decide the sign.
_CLOSING_STEPS = 16


def shrink(function: Callable, a: Fraction, b: Fraction, digits: int) -> tuple[Fraction, Fraction]:
    """Ends of an enclosure whose width is below 10^-digits, relative to the root."""
    smallest = (b - a) / 10 ** (2 * digits)
    while True:
        near, far = sorted((abs(a), abs(b)))
        # once zero is outside and the ends are of one size, that size is the root's
        scaled = a * b > 0 and far <= 2 * near
        width = max(near / 10**digits / 2 if scaled else (b - a) / 64, smallest)
        a, b = _narrow(function, a, b, width)
        if scaled or width == smallest or b - a > width or a == b:
            return a, b


def _narrow(function: Callable, a: Fraction, b: Fraction, width: Fraction) -> tuple:
    """Regula falsi with halved weights (Illinois) until b − a ≤ width, on one binary grid.

    When the secant says that the root is within the width, a probe on its other side closes the
    bracket; when three steps do not halve the bracket, the fourth bisects it.
    """
    grid = Fraction(2) ** math.floor(_log2(width) - 4)
    ends = {"a": (a, function(a)), "b": (b, function(b))}
    weights = {"a": Fraction(1), "b": Fraction(1)}
    widths, moved, probes = [], None, 0
    while True:
        (a, y_a), (b, y_b) = ends["a"], ends["b"]
        if y_a == 0 or y_b == 0:
            return (a, a) if y_a == 0 else (b, b)
        widths.append(b - a)
        if b - a <= width:
            return a, b
        slope = (y_b - y_a) / (b - a)
        left, right = weights["a"] * y_a, weights["b"] * y_b
        x = (a * right - b * left) / (right - left)
        close = moved and abs(ends[moved][1]) < abs(slope) * width / 4
        probes = probes + 1 if close and probes < _PROBES else 0
        if moved and probes:
            x = ends[moved][0] + (width / 2 if moved == "a" else -width / 2)
        elif len(widths) > 3 and b - a > widths[-4] / 2:
            x, widths = (a + b) / 2, []
        x = min(max(round(x / grid) * grid, a + grid), b - grid)
        try:
            x, y = _decided(function, x, grid)
        except PrecisionError:
            if not function.blurred:
                raise
            return _close_in(function, a, x), _close_in(function, b, x)
        side = "a" if sign(y) in (0, sign(y_a)) else "b"
        other = "b" if side == "a" else "a"
        weights[other] = weights[other] / 2 if side == moved else Fraction(1)
        weights[side], ends[side], moved = Fraction(1), (x, y), side


def _decided(function: Callable, x: Fraction, grid: Fraction) -> tuple[Fraction, Fraction]:
    """(x, value), or a neighbour of x on the grid if x is a zero that does not show itself."""
    try:
        return x, function(x)
    except PrecisionError:
        return x + grid, function(x + grid)


def _close_in(function: Callable, decided: Fraction, undecided: Fraction) -> Fraction:
    """A point with the sign of the first, near to where the parameters decide no sign."""
    side = sign(function(decided))
    for _ in range(_CLOSING_STEPS):
        middle = (decided + undecided) / 2
        try:
            same = sign(function(middle)) == side
        except PrecisionError:
            same = False
        decided, undecided = (middle, undecided) if same else (decided, middle)
    return decided


def sign(x: Fraction) -> int:
    """1, 0 or −1."""
    return (x > 0) - (x < 0)


def _log2(x: Fraction) -> float:
    return math.log2(x.numerator) - math.log2(x.denominator)
