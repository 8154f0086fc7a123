"""Numbers that the library is held against: plain mpmath from the definition, in two precisions."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from mpmath import libmp, mp

# Digits that an oracle computes with, and those in which it must agree with twice as many.
_DIGITS = 40
_AGREED = 25
# Sizes beyond 10^±_LARGEST are left to tests of their own.
_LARGEST = 2000


class UndecidedError(Exception):
    """The oracle cannot tell."""


@dataclass(frozen=True)
class Truth:
    """A real number known up to an error; ``mid`` is None where the number is not real."""

    mid: object
    error: object

    def allows(self, value) -> bool:
        """Whether |mid − truth| ≤ rad, up to the error of the oracle."""
        if self.mid is None:
            return False
        with mp.workdps(4 * _DIGITS):
            gap = abs(value.mid - self.mid)
            return bool(gap <= value.rad + self.error)

    def __str__(self):
        return "not a real number" if self.mid is None else f"{mp.nstr(self.mid, 40)}"


def number(x: Fraction | int):
    """A rational in the precision of the moment; other numbers pass."""
    return mp.mpf(x.numerator) / x.denominator if isinstance(x, Fraction | int) else x


def in_two_precisions(compute: Callable[[], object], agreed: int = _AGREED) -> Truth:
    """What a computation in mpmath gives, with the difference to more digits as its error.

    Raises
    ------
    UndecidedError
        Where it has no value, or not ``agreed`` digits of it.
    """
    rough, fine = (_computed(compute, digits) for digits in (_DIGITS, 2 * _DIGITS))
    with mp.workdps(2 * _DIGITS):
        size, gap = abs(fine), abs(fine - rough)
        if gap > size * mp.mpf(10) ** -agreed or size > mp.mpf(10) ** _LARGEST:
            raise UndecidedError
        if size and size < mp.mpf(10) ** -_LARGEST:
            raise UndecidedError
        if abs(mp.im(fine)) > size * mp.mpf(10) ** -agreed:
            return Truth(None, None)
        # where both happen to agree, the rounding of the finer one is left; a zero may be what a
        # sum with 1 has lost
        return Truth(mp.re(fine), 2 * gap + (size or 1) * mp.mpf(10) ** (4 - 2 * _DIGITS))


def _computed(compute, digits):
    with mp.workdps(digits):
        try:
            found = number(compute())
        except (ArithmeticError, ValueError, NotImplementedError, libmp.NoConvergence) as error:
            raise UndecidedError from error
        if not mp.isfinite(found):
            raise UndecidedError
        return found


def rational(x: Fraction) -> Truth:
    """An exact number."""
    with mp.workdps(4 * _DIGITS):
        mid = number(x)
        return Truth(mid, abs(mid) * mp.mpf(10) ** (4 - 4 * _DIGITS))
