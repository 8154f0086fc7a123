"""Intervals by their ends: ranges of programs over boxes, for proofs that cut boxes into pieces.

A ball forgets where its ends are as soon as it is multiplied. Here a number is a pair of exact
ends, rounded outwards: monotone functions are hulls of their values at the ends, products go by the
signs, even powers know that they have none. Nothing leaves the reals: where an operation is not
defined on the whole interval the result is not a number.
"""

import sympy
from flint import acb, arb, fmpq

from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.core.arithmetic.box import (
    NOT_A_NUMBER,
    Box,
    ball_of_box,
    box_of_ball,
    is_undefined,
)
from theorycalc.core.arithmetic.box_functions import HULLS
from theorycalc.core.arithmetic.context import Intervals
from theorycalc.core.arithmetic.logic import RELATIONS
from theorycalc.core.errors import DomainError, NotSupportedError

_ZERO, _MINUS_ONE = arb(0), fmpq(-1)
_BALLS = BallContext()
# Where logarithms go to −∞.
_LOGARITHMS = {"log": arb(0), "log1p": arb(-1)}


class BoxContext(BallContext, Intervals):
    """The operations that a `Program` calls, on rationals and intervals.

    An end may be infinite: the interval then stands for its finite numbers, and a range for the
    values at those. In the same way a logarithm or a negative power of an interval that begins at
    0 has an infinite end; ``touched`` notes it, as the function is not defined at 0 itself.
    """

    undefined = NOT_A_NUMBER

    def __init__(self):
        super().__init__()
        self.touched = False
        self._nothing_compared = False

    def number(self, x: sympy.Expr):
        number = super().number(x)
        return _real_box(number)

    def add(self, *terms):
        boxes = [x for x in terms if type(x) is Box]
        if not boxes:
            return _real_box(super().add(*terms))  # of long rationals a ball
        low, high = boxes[0]
        for a, b in boxes[1:]:
            low, high = low + a, high + b
        known = [x for x in terms if type(x) is not Box]
        if known:
            total = known[0] if len(known) == 1 else super().add(*known)
            low, high = low + total, high + total
        return Box(low.lower(), high.upper())

    def mul(self, first, *others):
        for factor in others:
            first = _product(first, factor)
        return first

    def power(self, base, exponent):
        if isinstance(exponent, fmpq):
            whole = exponent.q == 1
            if whole and isinstance(base, Box):
                return self._integer_power(base, int(exponent.p))
            if whole:
                is_pole = base == 0 and exponent < 0
                return NOT_A_NUMBER if is_pole else _real_box(super().power(base, exponent))
            return self._fractional_power(as_box(base), arb(exponent))
        x, y = as_box(base), as_box(exponent)
        if is_undefined(x) or is_undefined(y) or x.low < 0 or (x.low == 0 and not y.low > 0):
            return NOT_A_NUMBER
        logarithm = Box(arb.neg_inf(), x.high.log().upper()) if x.low == 0 else _log(x)
        return HULLS["exp"](_product(y, logarithm))

    def _integer_power(self, x: Box, n: int) -> Box:
        if is_undefined(x):
            return NOT_A_NUMBER
        if n < 0:
            return self._inverse(x if n == -1 else self._integer_power(x, -n))
        low, high = _power_of_end(x.low, n), _power_of_end(x.high, n)
        if n % 2 or x.low >= _ZERO:
            return Box(low.lower(), high.upper())
        if x.high <= _ZERO:
            return Box(high.lower(), low.upper())
        return Box(_ZERO, low.max(high).upper())

    def _fractional_power(self, x: Box, exponent: arb) -> Box:
        if is_undefined(x) or not x.low >= 0:
            return NOT_A_NUMBER
        if exponent > 0:
            return Box((x.low**exponent).lower(), (x.high**exponent).upper())
        return self._inverse(self._fractional_power(x, -exponent))

    def _inverse(self, x: Box) -> Box:
        if x.low > _ZERO or x.high < _ZERO:
            return Box((1 / x.high).lower(), (1 / x.low).upper())
        if x.low == 0 and x.high > 0:
            self.touched = True
            return Box((1 / x.high).lower(), arb.pos_inf())
        if x.high == 0 and x.low < 0:
            self.touched = True
            return Box(arb.neg_inf(), (1 / x.low).upper())
        return NOT_A_NUMBER

    def hyper(self, a: list, b: list, z):
        numbers = [_as_ball(x) for x in (*a, *b, z)]
        p = len(a)
        return _real_box(super().hyper(numbers[:p], numbers[p:-1], numbers[-1]))

    def atan2(self, y, x):
        x, y = as_box(x), as_box(y)
        if x.low.is_nan() or y.low.is_nan():
            return NOT_A_NUMBER
        if not y.low >= 0 or (y.low == 0 and x.low <= 0 <= x.high):
            return _real_box(_BALLS.atan2(ball_of_box(y), ball_of_box(x)))
        # above the axis angles fall as x grows; they grow with y on the right and fall on the left
        least = arb.atan2(y.low if x.high > 0 else y.high, x.high)
        most = arb.atan2(y.high if x.low > 0 else y.low, x.low)
        return Box(least.lower(), most.upper())

    def apply(self, name: str, *args):
        if any(is_undefined(as_box(x)) for x in args):
            return NOT_A_NUMBER
        if name in _LOGARITHMS and (x := as_box(args[0])).low == _LOGARITHMS[name] < x.high:
            self.touched = True
            return Box(arb.neg_inf(), HULLS[name](Box(x.high, x.high)).high)
        if name in HULLS:
            return HULLS[name](*(as_box(x) for x in args))
        return _real_box(super().apply(name, *map(_as_ball, args)))

    def real(self, x):
        return as_box(x)

    def is_real(self, x) -> bool:
        return True

    def vanishes(self, x) -> bool:
        return x == 0 if isinstance(x, fmpq) else bool(x.low == 0 and x.high == 0)

    def compare(self, relation: str, x, y) -> bool | None:
        if isinstance(x, fmpq) and isinstance(y, fmpq):
            return RELATIONS[relation](x, y)
        x, y = as_box(x), as_box(y)
        if is_undefined(x) or is_undefined(y):
            self._nothing_compared = True
            return None
        signs = {sign for sign, may in _order(x, y).items() if may}
        truths = {RELATIONS[relation](sign, 0) for sign in signs}
        return truths.pop() if len(truths) == 1 else None

    def select(self, branches):
        """Not a number either where a condition compares what is none."""
        before, self._nothing_compared = self._nothing_compared, False
        found = super().select(branches)
        if self._nothing_compared:
            found = NOT_A_NUMBER
        self._nothing_compared = before
        return found

    def widen(self, x, radius):
        x, error = as_box(x), as_box(radius)
        size = abs(error.low).max(abs(error.high))
        return Box((x.low - size).lower(), (x.high + size).upper())

    def hull(self, x, y):
        x, y = as_box(x), as_box(y)
        if is_undefined(x) or is_undefined(y):
            return NOT_A_NUMBER
        return Box(x.low.min(y.low), x.high.max(y.high))

    def integral(self, integrand, parameters: list, points: list):
        balls, ends = map(_as_ball, parameters), map(_as_ball, points)
        return _real_box(BallContext().integral(integrand, [*balls], [*ends]))

    def infinite_sum(self, series, first: int, parameters: list):
        return _real_box(BallContext().infinite_sum(series, first, [*map(_as_ball, parameters)]))

    def integer(self, x) -> int:
        if isinstance(x, Box):
            raise NotSupportedError("a number of terms that is not one integer")
        return super().integer(x)

    def special(self, call, *args):
        if call.has_closed_definition:
            return call.by_definition(self, *args)
        try:
            return _real_box(call.in_ball(BallContext(), *map(_as_ball, args)))
        except DomainError:
            return NOT_A_NUMBER

    def fixed(self, x):
        return _as_ball(x)


def as_box(x) -> Box:
    """A rational or an interval as an interval."""
    return x if isinstance(x, Box) else box_of_ball(arb(x))


def _as_ball(x):
    return x if isinstance(x, fmpq) else ball_of_box(x)


def _real_box(x):
    """What came of balls, unless it left the reals."""
    if isinstance(x, fmpq):
        return x
    return NOT_A_NUMBER if isinstance(x, acb) else box_of_ball(x)


def _power_of_end(x: arb, n: int) -> arb:
    """x^n for n > 0; Arb does not say what those of infinite numbers are."""
    if x.is_finite():
        return x**n
    return x if n % 2 else abs(x)


def _log(x: Box) -> Box:
    return Box(x.low.log().lower(), x.high.log().upper())


def _product(x, y):
    """x·y; 0·∞ is 0, as an infinite end stands for finite numbers."""
    if type(x) is fmpq:
        return x * y if type(y) is fmpq else _multiple(x, y)
    return _multiple(y, x) if type(y) is fmpq else _by_signs(x, y)


def _by_signs(x: Box, y: Box) -> Box:
    """A product by the signs of the ends."""
    (a, b), (c, d) = x, y
    if not (a <= b and c <= d):  # as no comparison with nan holds
        return NOT_A_NUMBER
    if a >= _ZERO:
        if c >= _ZERO:
            return _ends(a, c, b, d)
        return _ends(b, c, a, d) if d <= _ZERO else _ends(b, c, b, d)
    if b <= _ZERO:
        if c >= _ZERO:
            return _ends(a, d, b, c)
        return _ends(b, d, a, c) if d <= _ZERO else _ends(a, d, a, c)
    if c >= _ZERO:
        return _ends(a, d, b, d)
    if d <= _ZERO:
        return _ends(b, c, a, c)
    low, high = (a * d).min(b * c).lower(), (a * c).max(b * d).upper()
    if low <= high:
        return Box(low, high)
    first, second = _ends(a, d, a, c), _ends(b, c, b, d)
    return Box(first.low.min(second.low), first.high.max(second.high))


def _multiple(c: fmpq, x: Box) -> Box:
    low, high = x
    if c == _MINUS_ONE:
        return Box(-high, -low)
    if c == 0:
        return NOT_A_NUMBER if is_undefined(x) else Box(_ZERO, _ZERO)
    factor = arb(c)
    if factor <= _ZERO:
        low, high = high, low
    return Box((factor * low).lower(), (factor * high).upper())


def _ends(a: arb, c: arb, b: arb, d: arb) -> Box:
    """From a·c to b·d."""
    low, high = (a * c).lower(), (b * d).upper()
    if low <= high:
        return Box(low, high)
    return Box(_ZERO if low.is_nan() else low, _ZERO if high.is_nan() else high)


def _order(x: Box, y: Box) -> dict[int, bool]:
    """Which signs x − y may have."""
    return {
        1: not x.high <= y.low,
        -1: not x.low >= y.high,
        0: not (x.high < y.low or x.low > y.high),
    }
