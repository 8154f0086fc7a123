"""Enclosures over the angle θ of the nearest point, where its law is analytic.

P(θ_min > θ) = F(θ)^n with F = 1 − p, p = ∫_0^θ sin^{d−2}/B(1/2, (d−1)/2): entire in θ. On a wide
ball p is enclosed by its value at the centre and its slope on the ball, so that F^n stays finite
for any n; beyond an angle where F^n is below the precision it is left to a bound.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import sympy
from sympy import Rational, S

from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.effort import remembered
from theorycalc.core.integration.cut_off import last_place
from theorycalc.quantization.arguments import Points

_GUARD_BITS = 60
_CUT_BITS = 20
# The largest cut, as the logarithm of an angle.
_LAST = 1.13


@dataclass(frozen=True)
class Survival:
    """F(θ)^n for n uniform points on the sphere in R^d."""

    d: int
    n: Points

    def tail(self, context, theta):
        """p(θ) at a point, for Re θ ≤ π/2: a series that does not cancel."""
        if self.d == 2:
            return theta / context.number(sympy.pi)
        half = context.apply("sin", theta / 2)
        q = half * half
        if self.d == 3:
            return q
        a = Rational(self.d - 1, 2)
        sine = context.power(context.apply("sin", theta), context.number(S(self.d - 1)))
        one, twice, above = map(context.number, (S.One, 2 * a, a + 1))
        series = context.hyper([one, twice], [above], q)
        return sine * series * constants(self.d, context.bits)[0]

    def __call__(self, context, theta):
        """F^n on a ball: by log(1 − p), which keeps the digits of a small p for any n."""
        centre = context.midpoint(theta)
        change, count = self._change(context, theta, centre), self.n.count(context)
        if context.as_float(centre) > math.pi / 2:
            base = self.tail(context, context.number(sympy.pi) - centre) - change
            return context.power(base, count)
        p = self.tail(context, centre) + change
        if context.compare("<", abs(p), context.number(S.Half)):
            return context.apply("exp", count * context.apply("log1p", -p))
        return context.power(1 - p, count)

    def _change(self, context, theta, centre):
        """p(θ) − p(centre) on a ball, by its slope."""
        rest = theta - centre
        if context.vanishes(rest):
            return context.number(S.Zero)
        sine = context.power(context.apply("sin", theta), context.number(S(self.d - 2)))
        return sine * constants(self.d, context.bits)[1] * rest

    @property
    def log2_n(self) -> int:
        return int(float(sympy.log(self.n.expr).evalf(20)) / math.log(2)) + 1

    def cut(self, context, bits: int):
        """(θ_0, F(θ_0)^n): an angle beyond which F^n is below 2^−bits, or π."""

        def angle(log_theta):
            return context.apply("exp", context.number(Rational(log_theta)))

        most = context.number(S(2)) ** -(bits + _CUT_BITS)

        def small(log_theta: float) -> bool:
            return bool(context.compare("<", self(context, angle(log_theta)), most))

        lowest = -(self.log2_n + bits) / (self.d - 1) - 3
        cut = last_place(small, _LAST, lowest)
        if cut == _LAST:
            return context.number(sympy.pi), context.number(S.Zero)
        return angle(cut), self(context, angle(cut))


@lru_cache(maxsize=64)
def constants(d: int, bits: int) -> tuple:
    """1/(2^{d−1} a B(a, a)) and 1/B(1/2, a) with a = (d − 1)/2."""
    a = Rational(d - 1, 2)
    context = BallContext()
    both = context.apply("beta", context.number(a), context.number(a))
    half = context.apply("beta", context.number(S.Half), context.number(a))
    return 1 / (context.number(2 ** (d - 1) * a) * both), 1 / half


@dataclass(frozen=True)
class _Deficit:
    """k (1 − cos θ)^{k−1} F^n sin θ."""

    survival: Survival
    k: int

    def run(self, context, args):
        theta = args[0]
        weight = context.apply("sin", theta)
        if self.k > 1:
            half = context.apply("sin", theta / 2)
            weight = weight * self.k * context.power(2 * half * half, context.number(S(self.k - 1)))
        return weight * self.survival(context, theta)


def none_on_one_side(context, n: Points):
    """2^−n: the probability that all n points of the line are on the other side."""
    return context.apply("exp", -n.count(context) * context.apply("log", context.number(S(2))))


@remembered(maxsize=64)
def deficit_moment(d: int, n: Points, k: int, bits: int):
    """E (1 − M)^k with about ``bits`` of relative accuracy."""
    if d == 1:
        with working_precision(bits + Survival(d, n).log2_n + _GUARD_BITS):
            return 2**k * none_on_one_side(BallContext(), n)
    survival = Survival(d, n)
    below = int(survival.log2_n * 2 * k / (d - 1))
    with working_precision(bits + below + _GUARD_BITS):
        context = BallContext()
        end, rest = survival.cut(context, bits + below)
        zero = context.number(S.Zero)
        total = context.integral(_Deficit(survival, k), [], [zero, end])
        return context.widen(total, 2**k * rest)
