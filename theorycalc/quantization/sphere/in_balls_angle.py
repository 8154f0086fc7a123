"""A certified rule over the angle of the nearest point, for all norms at once.

D = E (R + r)^s ĝ^{s/2} with ĝ = X² + q (1 − X²), X = |R − r|/(R + r) and q = sin²(θ/2). One rule
over θ serves all X: |ĝ| ≤ 1 + |q|, and ĝ^{s/2} is holomorphic where Re q > 0. What is left out at
θ = 0 and far away is bounded.
"""

import math

from sympy import Rational, S

from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.core.arithmetic.effort import spend
from theorycalc.core.integration.certified_panels import panel_rule
from theorycalc.quantization.arguments import Points
from theorycalc.quantization.sphere.in_balls_survival import Survival, constants, none_on_one_side

_CONTEXT = BallContext()
# Rules over logarithms of angles and norms begin with panels of this length: fewest nodes.
LONGEST = 2.0


class AngularRule:
    """E ĝ^{s/2} for real X in [0, 1], each with an absolute error of about 2^−bits."""

    def __init__(self, d: int, n: Points, s: Rational, bits: int):
        self.power, context = _CONTEXT.number(s / 2), _CONTEXT
        survival = Survival(d, n)
        end, self.far = survival.cut(context, bits)
        cut = -(bits + survival.log2_n) / (d - 1 + float(min(s, 2)))
        start = context.number(Rational(2) ** math.floor(cut))
        log_near = context.apply("log1p", -survival.tail(context, start))
        count = n.count(context)
        self.near = -context.apply("expm1", count * log_near)
        self.smallest = _q(context, start)
        order = float(s) / 2

        def log_weight(centre, width, height):
            reach = math.exp(centre + width) * math.sin(min(height, math.pi / 2))
            return order * math.log1p(math.cosh(reach / 2) ** 2)

        first, last = (context.apply("log", x) for x in (start, end))
        nodes, self.weights, self.error = [], [], context.number(S.Zero)
        if context.compare("<", first, last):  # or all of the law is that near
            density = _Density(d, n, count)
            nodes, self.weights, self.error = panel_rule(
                density, first, last, log_weight, tolerance(bits), LONGEST
            )
        self.q = [_q(context, context.apply("exp", node)) for node in nodes]

    def __call__(self, x):
        spend(len(self.q), _CONTEXT.bits)
        square, context = x * x, _CONTEXT
        rest, total = 1 - square, context.number(S.Zero)
        for weight, q in zip(self.weights, self.q, strict=True):
            total += weight * context.power(square + q * rest, self.power)
        lowest = context.power(square, self.power)
        highest = context.power(square + self.smallest * rest, self.power)
        total += self.near * context.hull(lowest, highest)
        return context.widen(total, self.far + self.error)


class OnLine:
    """The same for d = 1, where the n points are ±r."""

    def __init__(self, n: Points, s: Rational):
        self.missing, self.power = none_on_one_side(_CONTEXT, n), _CONTEXT.number(s)

    def __call__(self, x):
        return (1 - self.missing) * _CONTEXT.power(x, self.power) + self.missing


def _q(context, theta):
    half = context.apply("sin", theta / 2)
    return half * half


def tolerance(bits: int):
    """2^−bits."""
    return _CONTEXT.number(Rational(1, 2**bits))


class _Density:
    """The density of log θ for the smallest angle, where Re sin²(θ/2) > 0."""

    def __init__(self, d: int, n: Points, count):
        self.d, self.count, self.others = d, count, Survival(d, n.less_one)

    def __call__(self, context, log_theta):
        theta = context.apply("exp", log_theta)
        if not context.compare(">", _q(context, theta), context.number(S.Zero)):
            return context.select([])
        sine = context.power(context.apply("sin", theta), context.number(S(self.d - 2)))
        density = sine * constants(self.d, context.bits)[1] * self.others(context, theta)
        return self.count * density * theta
