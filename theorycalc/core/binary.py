"""Binary numbers of any length: exact, whatever mpmath's global precision."""

import math
import numbers
from fractions import Fraction

import mpmath
import numpy as np
from mpmath import libmp

from theorycalc.core import decimals
from theorycalc.core.errors import DomainError, PrecisionError, explain, shown

# Sums of binary numbers are exact up to so many bits, and rounded outwards beyond.
_EXACT_BITS = 400_000


def exact_mpf(x) -> mpmath.mpf:
    """An int, float or mpf as an mpf with all its bits, whatever the global precision."""
    if isinstance(x, numbers.Integral):
        return mpf(libmp.from_int(int(x)))
    if isinstance(x, float | np.floating):
        return mpf(libmp.from_float(float(x)))
    if not hasattr(x, "_mpf_"):
        raise DomainError(explain("not a binary number", got=shown(x), allowed="int, float, mpf"))
    return mpf(x._mpf_)


def total(x: tuple, y: tuple, rounding: str) -> tuple:
    """x + y, exactly as long as that takes no more than so many bits."""
    _, _, exp_x, bits_x = x
    _, _, exp_y, bits_y = y
    spread = max(exp_x + bits_x, exp_y + bits_y) - min(exp_x, exp_y)
    exactly = not (x[1] and y[1]) or spread <= _EXACT_BITS
    return libmp.mpf_add(x, y) if exactly else libmp.mpf_add(x, y, _EXACT_BITS, rounding)


def compare(x: mpmath.mpf, y) -> int:
    """The sign of x − y; where the sizes differ they decide, and no long rational is built."""
    sign, man, exp, bits = x._mpf_
    one, two = (-1 if sign else 1 if man else 0), (y.p > 0) - (y.p < 0)
    if one != two or one == 0:
        return one - two
    # 2^(size − 1) ≤ |x| < 2^size, and |y| within a factor of two of 2^other
    size, other = exp + bits, abs(y.p).bit_length() - y.q.bit_length()
    if abs(size - other) > 2:
        return one if size > other else -one
    difference = fraction(x) - Fraction(y.p, y.q)
    return (difference > 0) - (difference < 0)


def mpf(raw: tuple) -> mpmath.mpf:
    """The number of mpmath's tuple."""
    return mpmath.mp.make_mpf(raw)


def between(left: mpmath.mpf, right: mpmath.mpf) -> tuple[mpmath.mpf, mpmath.mpf]:
    """Midpoint and radius of a ball that contains an interval: the radius is rounded up."""
    precision = max(53, left._mpf_[3], right._mpf_[3]) + 1
    mid = mpf(libmp.mpf_shift(libmp.mpf_add(left._mpf_, right._mpf_, precision, "n"), -1))
    return mid, max(distance(mid, left), distance(mid, right))


def distance(x: mpmath.mpf, y: mpmath.mpf, *more: mpmath.mpf) -> mpmath.mpf:
    """|x − y| + Σ more, rounded up: mpmath's own operators round to the global precision."""
    # away from zero, the sign of the difference known
    larger, smaller = (x, y) if x >= y else (y, x)
    length = total(larger._mpf_, libmp.mpf_neg(smaller._mpf_), "c")
    for term in more:
        length = total(length, term._mpf_, "c")
    return mpf(libmp.mpf_pos(length, 53, "u"))


def fraction(x: mpmath.mpf) -> Fraction:
    """The exact value of a finite mpf.

    Raises
    ------
    PrecisionError
        If its exponent is so large that the fraction would not fit into memory.
    """
    if decimals.is_extreme(x):
        raise PrecisionError(
            explain("too long to be written as a fraction", got=decimals.decimal(x, 5))
        )
    return Fraction(*decimals.ratio(x._mpf_))


def binary_mpf(x: Fraction) -> mpmath.mpf:
    """A fraction whose denominator is a power of two, as an mpf with all its bits."""
    return mpf(libmp.from_man_exp(x.numerator, 1 - x.denominator.bit_length()))


def in_doubles(value) -> tuple[float, float]:
    """Midpoint and radius as doubles, the radius with what rounding the midpoint has changed."""
    mid = float(value.mid)
    if value.is_infinite or (value.mid == mid and value.rad == 0):
        return mid, 0.0
    if math.isinf(mid):
        return mid, math.inf
    return mid, _upwards(distance(exact_mpf(mid), value.mid, value.rad))


def _upwards(x) -> float:
    """The least double that is not below."""
    near = float(x)
    return near if near >= x else math.nextafter(near, math.inf)
