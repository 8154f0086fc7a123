"""Distortions to many digits: the sums of the doubles, in short balls used as floating numbers.

With X = |R − r|/(R + r) = e^−ζ and tan(θ/2) = e^−τ the squared distance to the nearest point is
(R + r)² (X² + e^−2τ)/(1 + e^−2τ). A power of X² + e^−2τ is a function of ζ − τ times powers of
either: on one uniform grid of ζ and τ its mean over the law of τ is a convolution. It is analytic
for |Im| < π/2 in both variables, so that it is interpolated between the points of the grid.
"""

import itertools
import math
from collections.abc import Iterator

import sympy
from sympy import Rational, S

from theorycalc.core.arithmetic.ball import mid_and_rad, real_ball
from theorycalc.core.arithmetic.ball_context import GUARD_BITS, working_precision
from theorycalc.core.arithmetic.effort import remembered, spend
from theorycalc.quantization.arguments import Points
from theorycalc.quantization.sphere import in_doubles_loops
from theorycalc.quantization.sphere.in_balls_survival import Survival, constants, none_on_one_side
from theorycalc.quantization.sphere.in_mp_grid import CONTEXT, Table, grid_step, side, spread
from theorycalc.quantization.sphere.in_mp_norms import panels
from theorycalc.quantization.sphere.norm_law import RadialLaw

# What more bits of working precision than are asked for are at first.
_MARGIN = 24
_LOG2 = math.log(2)


@remembered(maxsize=16)
def law_of_maximum(d: int, n: Points, bits: int) -> tuple[int, list]:
    """(first, weights): the law of τ on the grid of `grid_step`; some weights may be negative."""
    level, step, log_n = (bits + 8) * _LOG2, grid_step(bits), n.log
    ratio = max(1, math.ceil(step * (d - 1) * level / math.pi**2))
    fine = step / ratio
    # on the fine grid: in high dimensions a step of the coarse one is wider than the law
    middle = round(in_doubles_loops.mode_of_maximum(float(d), log_n) / fine)
    before, heights = in_doubles_loops.heights_of_maximum(
        float(d), log_n, middle * fine, fine, level, 0.0
    )
    first = middle - before
    exactly = Rational(step) / ratio  # ``fine`` is rounded
    weights = _weights(Survival(d, n), exactly, first, heights.size)
    return spread(first, weights, ratio, side(bits, step))


def _weights(survival, step: sympy.Rational, first: int, count: int) -> list:
    """sech^{d−1}(τ) F^{n−1} at τ = step·(first + i), normalised."""
    context, d = CONTEXT, survival.d
    number = survival.n.less_one.count(context)
    a = Rational(d - 1, 2)
    lower_p, upper_p = [context.number(S.One), context.number(2 * a)], [context.number(a + 1)]
    constant = constants(d, context.bits)[0] * context.number(S(2) ** (d - 1))
    found = []
    # roots stand for e^−|τ|
    negative = _powers(step, first, max(0, min(count, -first)))
    positive = _powers(-step, max(first, 0), count - max(0, min(count, -first)))
    signs = itertools.chain(
        zip(negative, itertools.repeat(True)), zip(positive, itertools.repeat(False))
    )
    for root, left in signs:
        square = root * root
        sech = context.power(root / (1 + square), context.number(S(d - 1)))
        series = context.hyper(lower_p, upper_p, square / (1 + square))
        tail = constant * sech * series
        log_f = context.apply("log", tail) if left else context.apply("log1p", -tail)
        found.append(context.midpoint(sech * context.apply("exp", number * log_f)))
    spend(count, context.bits)
    total = context.midpoint(sum(found))
    return [context.midpoint(x / total) for x in found]


@remembered(maxsize=16)
def kernel_table(d: int, n: Points, s: sympy.Rational, bits: int) -> tuple[int, list, list]:
    """(first, E ĝ^{s/2−1}, E q ĝ^{s/2−1}) on the grid of ζ, with ĝ = g/(R + r)²."""
    context, step, power = CONTEXT, grid_step(bits), context_power(s)
    begin, weights = law_of_maximum(d, n, bits)
    count = side(bits, step)
    first, size = -count - 2, int((bits + 12) * _LOG2 / step) + 3 * count
    scaled, with_q = [], []
    squares = _powers(Rational(-2 * step), begin, len(weights))
    for square, weight in zip(squares, weights, strict=True):
        term = weight * context.power(square / (1 + square), power)
        scaled.append(term)
        with_q.append(term * square / (1 + square))
    lags = _powers(Rational(-2 * step), first - begin - len(weights) + 1, size + len(weights) - 1)
    kernel = [context.power(1 + square, power) for square in lags]
    rows = (context.convolve(row, kernel) for row in (scaled, with_q))
    skip = len(weights) - 1
    return first, *([context.midpoint(x) for x in row[skip : skip + size]] for row in rows)


def context_power(s: sympy.Rational):
    """s/2 − 1."""
    return CONTEXT.number(s / 2 - 1)


def _powers(exponent: Rational, first: int, count: int) -> Iterator:
    """e^{exponent·i} for count numbers i from the first on."""
    ratio, power = (CONTEXT.apply("exp", CONTEXT.number(exponent * i)) for i in (1, first))
    for _ in range(count):
        yield power
        power = CONTEXT.midpoint(power * ratio)


@remembered(maxsize=16)
def value_table(d: int, n: Points, s: Rational, bits: int) -> tuple[int, list]:
    """(first, [E ĝ^{s/2}]) on the grid of ζ."""
    first, means, others = kernel_table(d, n, s, bits)
    squares = _powers(Rational(-2 * grid_step(bits)), first, len(means))
    rows = zip(means, others, squares, strict=True)
    return first, [[CONTEXT.midpoint(x * one + (1 - x) * two) for one, two, x in rows]]


@remembered(maxsize=16)
def slope_table(d: int, n: Points, s: Rational, bits: int) -> tuple[int, list]:
    """(first, [E q ĝ^{s/2−1}, X E (1 − q) ĝ^{s/2−1}]) on the grid of ζ."""
    first, means, others = kernel_table(d, n, s, bits)
    places = _powers(Rational(-grid_step(bits)), first, len(means))
    rows = zip(means, others, places, strict=True)
    return first, [others, [CONTEXT.midpoint(x * (one - two)) for one, two, x in rows]]


class OnLine:
    """The same for d = 1, where the n points are ±r."""

    def __init__(self, n: Points, power, slope: bool = False):
        self.missing, self.power = none_on_one_side(CONTEXT, n), power
        self.slope = slope

    def __call__(self, x, bits: int) -> list:
        near = (1 - self.missing) * CONTEXT.power(x, self.power)
        return [self.missing, near] if self.slope else [near + self.missing]


def distortion(law: RadialLaw, d: int, n: Points, s: Rational, r: Rational, bits: int):
    """D at r > 0 to about 2^−bits."""
    with working_precision(bits + GUARD_BITS):
        if law.point is not None:
            return _on_sphere(d, n, s, r, bits)[0]
        power = CONTEXT.number(s)
        table = OnLine(n, power) if d == 1 else Table(*value_table(d, n, s, bits), bits)
        mass = total = CONTEXT.number(S.Zero)
        for needed, x, sides in panels(law, s, r, bits):
            (value,) = table(x, needed)
            for _, ratio, weight in _weighted(law, r, sides):
                mass += weight
                total += weight * CONTEXT.power(1 + ratio, power) * value
        return CONTEXT.midpoint(total / mass * CONTEXT.power(CONTEXT.number(r), power))


def slope(law: RadialLaw, d: int, n: Points, s: Rational, r: Rational, bits: int):
    """D' at r > 0, with an error of about 2^−bits of the positive part of it."""
    with working_precision(bits + GUARD_BITS):
        if law.point is not None:
            return _on_sphere(d, n, s, r, bits)[1]
        power = CONTEXT.number(s - 1)
        table = OnLine(n, power, slope=True) if d == 1 else Table(*slope_table(d, n, s, bits), bits)
        mass = total = CONTEXT.number(S.Zero)
        for needed, x, sides in panels(law, s, r, bits):
            across, along = table(x, needed)
            for sign, ratio, weight in _weighted(law, r, sides):
                mass += weight
                total += weight * CONTEXT.power(1 + ratio, power) * (across + sign * along)
        scale = CONTEXT.power(CONTEXT.number(r), power) * CONTEXT.number(s)
        return CONTEXT.midpoint(total / mass * scale)


def _weighted(law: RadialLaw, r: Rational, sides) -> Iterator[tuple]:
    """(sign of r − R, R/r, weight) with the density of R."""
    density, radius = law.varying, CONTEXT.number(r)
    for sign, ratio, weight in sides:
        spend(1, CONTEXT.bits)
        height = density.run(CONTEXT, [radius * ratio])
        yield sign, ratio, CONTEXT.midpoint(weight * ratio * height)


def _on_sphere(d: int, n: Points, s: Rational, r: Rational, bits: int) -> tuple:
    """(D, D') for |source point| = 1 and d ≥ 2."""
    context, step, radius = CONTEXT, grid_step(bits), CONTEXT.number(r)
    begin, weights = law_of_maximum(d, n, bits)
    x = abs(1 - radius) / (1 + radius)
    total = slope = context.number(S.Zero)
    squares = _powers(Rational(-2 * step), begin, len(weights))
    for square, weight in zip(squares, weights, strict=True):
        q = square / (1 + square)
        near = x * x + q * (1 - x * x)
        power = weight * context.power(near, context_power(s))
        total += power * near
        slope += power * ((radius - 1) + 2 * q)
    scale = context.power(1 + radius, context.number(s - 2))
    return (
        context.midpoint(total * scale * (1 + radius) ** 2),
        context.midpoint(slope * scale * context.number(s)),
    )


def accuracy(context) -> int:
    """The bits to aim at: more of them in every round, but no more than the working precision.

    Two rounds that are compared use different rules.
    """
    goal = context.bits - _MARGIN if context.goal is None else context.goal
    return goal + max(_MARGIN // 2, (context.bits - goal) // 3)


def to_mp(context, x):
    """The midpoint of a ball as a number of an mpmath context; nan where nothing is enclosed."""
    x = real_ball(x)
    if not CONTEXT.is_finite(x):
        return context.mp.nan
    return context.mp.make_mpf(mid_and_rad(x, 2 * context.bits)[0]._mpf_)
