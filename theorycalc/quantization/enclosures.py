"""Enclosures of distortions: certified Gauss–Legendre rules over the angle and over the norm.

D = E (R + r)^s ĝ^{s/2} with ĝ = X² + q (1 − X²), X = |R − r|/(R + r) = tanh(w/2), w = |log(R/r)|
and q = sin²(θ/2). One rule over θ serves all X: |ĝ| ≤ 1 + |q|, and ĝ^{s/2} is holomorphic where
Re q > 0. Its mean is holomorphic in w for Re w > 0, |Im w| ≤ π/2 and at most 1 there, so that one
rule over w takes its values at real nodes. What is left out at w = 0, at θ = 0 and far away is
bounded.
"""

import math
from functools import lru_cache

import sympy
from sympy import Rational, S

from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.ball_panels import panel_rule
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.lowering import lower
from theorycalc.quantization import doubles
from theorycalc.quantization.certified import Survival, constants, none_on_one_side
from theorycalc.quantization.law import R
from theorycalc.quantization.radial import law_of

_GUARD_BITS = 40
# Parts of the requested error for the rules and for what is left out.
_SPARE_BITS = 12
_CONTEXT = BallContext()


class AngularRule:
    """E ĝ^{s/2} for real X in [0, 1], each with an absolute error of about 2^−bits."""

    def __init__(self, d: int, n: sympy.Expr, s: Rational, bits: int):
        self.power, context = _CONTEXT.number(s / 2), _CONTEXT
        survival = Survival(d, n)
        end, self.far = survival.cut(context, bits)
        cut = -(bits + survival.log2_n) / (d - 1 + float(min(s, 2)))
        start = context.number(Rational(2.0 ** math.floor(cut)))
        log_near = context.apply("log1p", -survival.tail(context, start))
        count = lower(n).run(context, [])
        self.near = -context.apply("expm1", count * log_near)
        self.smallest = _q(context, start)
        order = float(s) / 2

        def bound(centre, width, height):
            reach = math.exp(centre + width) * math.sin(min(height, math.pi / 2))
            return (1 + math.cosh(reach / 2) ** 2) ** order * (1 + 1e-12)

        first, last = (context.apply("log", x) for x in (start, end))
        nodes, self.weights, self.error = panel_rule(
            _Density(d, n), first, last, bound, _tolerance(bits)
        )
        self.q = [_q(context, context.apply("exp", node)) for node in nodes]

    def __call__(self, x):
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

    def __init__(self, n: sympy.Expr, s: Rational):
        self.missing, self.power = none_on_one_side(_CONTEXT, n), _CONTEXT.number(s)

    def __call__(self, x):
        return (1 - self.missing) * _CONTEXT.power(x, self.power) + self.missing


def _q(context, theta):
    half = context.apply("sin", theta / 2)
    return half * half


def _tolerance(bits: int):
    return _CONTEXT.number(Rational(1, 2**bits))


class _Density:
    """The density of log θ for the smallest angle, where Re sin²(θ/2) > 0."""

    def __init__(self, d: int, n: sympy.Expr):
        self.d, self.n, self.others = d, n, Survival(d, n - 1)

    def __call__(self, context, log_theta):
        theta = context.apply("exp", log_theta)
        if not context.compare(">", _q(context, theta), context.number(S.Zero)):
            return context.select([])
        sine = context.power(context.apply("sin", theta), context.number(S(self.d - 2)))
        count = lower(self.n).run(context, [])
        density = sine * constants(self.d, context.bits)[1] * self.others(context, theta)
        return count * density * theta


def distortion(radial, d: int, n: sympy.Expr, s: Rational, r, bits: int):
    """D at r > 0 with a relative error of about 2^−bits."""
    law, context = law_of(radial), _CONTEXT
    size = _size(radial, d, n, s, context.as_float(r))
    with working_precision(bits + _GUARD_BITS + max(0, -size)):
        if law.point is not None:
            rule = _angular_rule(d, n, s, bits + _SPARE_BITS - size)
            x = abs(1 - r) / (1 + r)
            return context.power(1 + r, context.number(s)) * rule(x)
        return _mean(law, d, n, s, r, bits + _SPARE_BITS - size)


def _size(radial, d, n, s, r: float) -> int:
    """The binary exponent of the distortion, from doubles."""
    number = n if n.is_Rational and n < 10**300 else sympy.Lambda((), n)
    number = number if isinstance(number, sympy.Lambda) else float(number)
    value = float(doubles.distortion(radial, float(d), number, float(s), r)[0][0])
    return math.frexp(max(value, 1e-300))[1]


@lru_cache(maxsize=16)
def _angular_rule(d, n, s, bits):
    return OnLine(n, s) if d == 1 else AngularRule(d, n, s, bits)


def _mean(law, d, n, s, r, bits: int):
    """The mean over R, split at r and cut off on both sides."""
    context, rule = _CONTEXT, _angular_rule(d, n, s, bits)
    nearest = Rational(2.0 ** math.floor(-bits / (1 + float(min(s, 1)))))
    begin, log_r = context.number(nearest), context.apply("log", r)
    (low, below), (high, above) = _lowest(law, d, s, r, bits), _highest(law, d, s, r, bits)
    left, right = log_r - context.apply("log", low), context.apply("log", high) - log_r
    total = context.widen(context.number(S.Zero), below + above)
    sides, ends = [], []
    if context.compare(">", left, begin):
        sides.append(-1)
        ends.append(left)
    if context.compare(">", right, begin):
        sides.append(1)
        ends.append(right)
    start = begin
    if len(sides) == 1:
        other = -right if sides == [-1] else -left
        if context.compare(">", other, begin):
            start = other
    if context.compare("==", start, begin):
        total += _around(law, s, r, begin, (low, high), rule)
    while sides:
        shortest = (
            0 if len(ends) == 1 or context.as_float(ends[0]) < context.as_float(ends[1]) else 1
        )
        total += _piece(law, s, r, sides, start, ends[shortest], bits, rule)
        start = ends.pop(shortest)
        sides.pop(shortest)
    return total


def _piece(law, s, r, sides: list, start, end, bits: int, rule):
    """The part of w in [start, end] with R = r e^{±w} on some sides."""
    context, density, power = _CONTEXT, lower(law.density, (R,)), _CONTEXT.number(s)

    def function(context, log_w):
        w = context.apply("exp", log_w)
        if not _inside(context, w):
            return context.select([])
        total = context.number(S.Zero)
        for side in sides:
            place = r * context.apply("exp", side * w)
            height = density.run(context, [place])
            total = total + height * place * context.power(place + r, power)
        return total * w

    first, last = (context.apply("log", x) for x in (start, end))
    nodes, values, error = panel_rule(function, first, last, lambda *_: 1.0, _tolerance(bits))
    total = context.number(S.Zero)
    for node, value in zip(nodes, values, strict=True):
        total += value * rule(context.apply("tanh", context.apply("exp", node) / 2))
    return context.widen(total, error)


def _inside(context, w) -> bool:
    """Whether Re w > 0 and |Im w| < π/2."""
    turned, quarter = w * context.number(S.ImaginaryUnit), context.number(sympy.pi) / 2
    inside = context.compare(">", w, context.number(S.Zero))
    return bool(inside and all(context.compare("<", x, quarter) for x in (turned, -turned)))


def _around(law, s, r, begin, support: tuple, rule):
    """The part of w < begin: the mean over the angles grows with X."""
    context, power = _CONTEXT, _CONTEXT.number(s)
    near, far = rule(context.number(S.Zero)), rule(context.apply("tanh", begin / 2))
    density = lower(law.density, (R,))
    total = context.number(S.Zero)
    for side, end in zip((-1, 1), support, strict=True):
        last = r * context.apply("exp", side * begin)
        if context.compare(">", side * (last - end), context.number(S.Zero)):
            last = end  # the support ends inside
            if context.compare("<", side * (end - r), context.number(S.Zero)):
                continue
        place = context.hull(r, last)
        mass = density.run(context, [place]) * abs(last - r)
        total += mass * context.power(place + r, power) * context.hull(near, far)
    return total


def _lowest(law, d: int, s, r, bits: int) -> tuple:
    """(R_1, a bound of the part of R < R_1), where the density is at most C R^{d−1}."""
    context = _CONTEXT
    if law.lower > 0:
        return context.number(law.lower), context.number(S.Zero)
    limit = _leading(law, d)
    place = context.number(Rational(2.0 ** -math.ceil(bits / d + 1)))
    while True:
        mass = limit * context.power(place, context.number(S(d))) / d
        bound = context.power(r + place, context.number(s)) * mass
        if context.compare("<", bound, _tolerance(bits)):
            return place, bound
        place = place / 2


def _highest(law, d: int, s, r, bits: int) -> tuple:
    """(R_0, a bound of the part of R > R_0 ≥ r).

    For p < R_0² the integral of R^p e^{−R²/2} beyond R_0 is at most
    R_0^{p−1} e^{−R_0²/2}/(1 − (p − 1)/R_0²), by parts.
    """
    context = _CONTEXT
    if law.upper.is_finite:
        return context.number(law.upper), context.number(S.Zero)
    power, limit = s + d - 1, _leading(law, d)
    square = 2 * (power + 1) + 4
    while True:
        place = context.power(context.number(square), context.number(S.Half))
        decay = context.apply("exp", -context.number(square / 2))
        bound = limit * 2 ** math.ceil(float(s)) * context.power(place, context.number(power - 1)) * decay
        bound = bound / (1 - context.number((power - 1) / square))
        enough = context.compare("<", bound, _tolerance(bits))
        if enough and context.compare(">", place, r):
            return place, bound
        square = square * Rational(9, 8)


def _leading(law, d: int):
    """C with density ≤ C R^{d−1}: for the ball and the Gaussian law."""
    ratio = sympy.simplify(law.density / R ** (d - 1))
    constant, rest = ratio.as_independent(R, as_Add=False)
    if rest in (S.One, sympy.exp(-(R**2) / 2)):
        return lower(constant).run(_CONTEXT, [])
    raise NotSupportedError(
        explain(
            "no enclosure for this law of the norm",
            got=law.density,
            allowed="Gaussian, UniformBall, UniformSphere; any law for even s",
            hint="using=MP()",
        )
    )
