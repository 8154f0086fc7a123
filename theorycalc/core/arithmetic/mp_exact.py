"""Rationals among mpmath's numbers: a number of a private context that knows its exact value."""

import operator
from fractions import Fraction

from mpmath import libmp

# Beyond this size an exact rational costs more than the rounded number.
_MAX_BITS = 4096
MAX_EXACT_POWER = 256


class Exact:
    """The part of an exact number that is not mpmath's: see `exact_type`.

    Sums, products, quotients and comparisons of exact numbers and integers are exact; everything
    else sees the value rounded to the precision of the moment.
    """

    value: Fraction

    @property
    def _mpf_(self):
        precision = tuple(self.context._prec_rounding)
        if self._rounded[0] != precision:
            parts = self.value.numerator, self.value.denominator
            self._rounded = precision, libmp.from_rational(*parts, *precision)
        return self._rounded[1]

    def _rounded_now(self):
        return self.context.make_mpf(self._mpf_)

    def _exactly(self, operation, other):
        if isinstance(other, Exact | int):
            return exact_number(type(self), operation(self.value, value_of(other)))
        return operation(self._rounded_now(), other)

    def __add__(self, other):
        return self._exactly(operator.add, other)

    def __sub__(self, other):
        return self._exactly(operator.sub, other)

    def __mul__(self, other):
        if not self.value and self.context.isfinite(other):
            return self  # of a zero nothing is rounded
        return self._exactly(operator.mul, other)

    def __truediv__(self, other):
        return self._exactly(operator.truediv, other)

    def __rsub__(self, other):
        return self._exactly(lambda x, y: y - x, other)

    def __rtruediv__(self, other):
        return self._exactly(lambda x, y: y / x, other)

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self):
        return exact_number(type(self), -self.value)

    def __abs__(self):
        return exact_number(type(self), abs(self.value))

    def __bool__(self):
        return bool(self.value)

    def _compared(self, operation, other):
        if isinstance(other, Exact | int):
            return operation(self.value, value_of(other))
        return operation(self._rounded_now(), other)

    def __eq__(self, other):
        return self._compared(operator.eq, other)

    def __ne__(self, other):
        return self._compared(operator.ne, other)

    def __lt__(self, other):
        return self._compared(operator.lt, other)

    def __le__(self, other):
        return self._compared(operator.le, other)

    def __gt__(self, other):
        return self._compared(operator.gt, other)

    def __ge__(self, other):
        return self._compared(operator.ge, other)

    def __hash__(self):
        return super().__hash__()


def exact_type(mp) -> type:
    """The numbers of a private mpmath context that know their exact value."""
    return type("exact_mpf", (Exact, mp.mpf), {})


def exact_number(kind: type, value: Fraction):
    """An exact number of this type, or a rounded one where the fraction is too long."""
    parts = value.numerator, value.denominator
    if max(part.bit_length() for part in parts) > _MAX_BITS:
        mp = kind.context
        return mp.make_mpf(libmp.from_rational(*parts, *mp._prec_rounding))
    number = object.__new__(kind)
    number.value, number._rounded = value, (None, None)
    return number


def value_of(x) -> Fraction:
    """The exact value of an exact number or an integer."""
    return x.value if isinstance(x, Exact) else Fraction(int(x))


def is_integer(x) -> bool:
    """Whether a number is known to be an integer."""
    return isinstance(x, Exact) and x.value.denominator == 1


def bits_from_halves(x) -> int:
    """How many bits tell an exact number from the next multiple of 1/2."""
    if not isinstance(x, Exact):
        return 0
    off = abs(2 * x.value - round(2 * x.value))
    if not off:
        return 0
    after = off.denominator.bit_length() - off.numerator.bit_length()
    return max(0, after) + int(abs(x.value)).bit_length()
