"""Enclosures of moments of the largest of n standard normal variables.

E max^k = k ∫_0^∞ t^{k−1} [1 − Φ(t)^n + (−1)^k Φ(−t)^n] dt. On a wide ball Φ is enclosed by its
value at the centre and its slope; Φ^n = exp(n log(1 − p)) keeps the digits of a small p for any n.
"""

import itertools
import math
from dataclasses import dataclass

import sympy
from sympy import Rational, S

from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.effort import remembered
from theorycalc.core.integration.cut_off import cut_off, last_place
from theorycalc.quantization.arguments import Points

_GUARD_BITS = 40
_CUT_BITS = 20
# Beyond |p| of this size log(1 − p) is left for a power.
_LARGEST = Rational(9, 10)


@dataclass(frozen=True)
class _Survival:
    """p(t) = P(X > t) and powers of it and of 1 − p, on balls: n, √2 and √(2π) are balls too."""

    count: object
    root: object
    norm: object

    @classmethod
    def of(cls, context, n: Points) -> "_Survival":
        """Of n points, at the precision of now."""
        root, half = (context.apply("sqrt", context.number(x)) for x in (S(2), sympy.pi))
        return cls(n.count(context), root, root * half)

    def tail(self, context, t):
        centre = context.midpoint(t)
        p = context.apply("erfc", centre / self.root) / 2
        rest = t - centre
        if context.negligible(rest):
            return p
        density = context.apply("exp", -t * t / 2) / self.norm
        return p - density * rest

    def missed(self, context, t):
        """1 − Φ(t)^n."""
        p = self.tail(context, t)
        if context.compare("<", abs(p), context.number(_LARGEST)):
            return -context.apply("expm1", self.count * context.apply("log1p", -p))
        return 1 - context.power(1 - p, self.count)

    def all_beyond(self, context, t):
        """Φ(−t)^n."""
        return context.power(self.tail(context, t), self.count)


@dataclass(frozen=True)
class _Weighted:
    """k t^{k−1} times a function of t."""

    k: int
    function: object

    def run(self, context, args):
        weight = self.k * context.power(args[0], context.number(S(self.k - 1)))
        return weight * self.function(context, args[0])


@remembered(maxsize=64)
def moment(k: int, n: Points, bits: int):
    """E max^k with an absolute error of about 2^−bits."""
    log_n = n.log
    with working_precision(bits + _GUARD_BITS):
        context = BallContext()
        survival = _Survival.of(context, n)
        zero, number = context.number(S.Zero), lambda x: context.number(Rational(x))
        start, rest = _start(context, survival, log_n, bits)
        end, beyond = _end(context, survival, k, log_n, bits)
        total = context.integral(_Weighted(k, survival.missed), [], [number(start), end])
        start = context.power(number(start), context.number(S(k)))
        total = context.widen(total + start, start * rest + beyond)
        sign = (-1) ** k
        if log_n > math.log(bits + 64):
            # at most 2^{1−n} E |X|^k/2
            size = context.power(context.number(S(2)), -survival.count)
            return context.widen(total, size * math.prod(range(k - 1, 0, -2)))
        return total + sign * context.integral(_Weighted(k, survival.all_beyond), [], [zero, end])


def _start(context, survival: _Survival, log_n: float, bits: int) -> tuple:
    """(t_0, Φ(t_0)^n): below t_0 ≥ 0 the power is less than 2^−bits."""
    limit = context.number(S(2)) ** -(bits + _CUT_BITS)

    def power(t: float):
        return abs(1 - survival.missed(context, context.number(Rational(t))))

    def small(t: float) -> bool:
        return bool(context.compare("<", power(t), limit))

    start = last_place(small, 0.0, math.sqrt(2 * log_n) + 1, 50)
    return start, power(start) if start else context.number(S.Zero)


def _end(context, survival: _Survival, k: int, log_n: float, bits: int) -> tuple:
    """(T, a bound of what is beyond): (n + 1) k ∫_T^∞ t^{k−1} Φ(−t) dt, T² ≥ 2k.

    1 − Φ^n + Φ(−t)^n ≤ (n + 1) Φ(−t), and the integral is at most 2 T^{k−3} φ(T).
    """
    first = 2 * (log_n + bits * math.log(2)) + 2 * k + 4

    def bound(square):
        power = context.power(context.apply("sqrt", square), context.number(S(k - 3)))
        decay = context.apply("exp", -square / 2)
        return 2 * k * (survival.count + 1) * power * decay

    squares = (context.number(Rational(first * 1.1**i)) for i in itertools.count())
    most = context.number(S(2)) ** -(bits + _CUT_BITS)
    square, beyond = cut_off(context, bound, squares, most)
    return context.apply("sqrt", square), beyond
