"""Distortions to many digits: the sums of `numeric`, in short balls used as floating numbers.

With X = |R − r|/(R + r) = e^−ζ and tan(θ/2) = e^−τ the squared distance to the nearest point is
(R + r)² (X² + e^−2τ)/(1 + e^−2τ). A power of X² + e^−2τ is a function of ζ − τ times powers of
either: on one uniform grid of ζ and τ its mean over the law of τ is a convolution. It is analytic
for |Im| < π/2 in both variables, so that it is interpolated between the points of the grid.
"""

import itertools
import math
import operator
from collections.abc import Iterator
from functools import lru_cache

import sympy
from sympy import Rational, S

from theorycalc.core.arithmetic.ball import mid_and_rad
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.lowering import lower
from theorycalc.core.value import fraction
from theorycalc.quantization import doubles, numeric
from theorycalc.quantization.certified import Survival, constants, none_on_one_side
from theorycalc.quantization.panels import panels
from theorycalc.quantization.radial import law_of

_GUARD_BITS = 24
# An optimal radius: what a double is good for, how many known bits are kept for the next round, and
# secants in it.
_DOUBLE_BITS = 40
_OVERLAP = 12
_MARGIN = 24
_MOST_STEPS = 8
_LOG2 = math.log(2)
# π/2 over the step of the grid, per bit: interpolations then reach about a quarter of π.
_BITS_PER_STEP = 2.5
CONTEXT = BallContext()


def grid_step(bits: int) -> float:
    """The step of the grid: a double of three bits, whose multiples are exact."""
    mantissa, exponent = math.frexp(math.pi / 2 * _BITS_PER_STEP / bits)
    return math.ldexp(math.floor(8 * mantissa) / 8, exponent)


def side(bits: float, step: float) -> int:
    """Neighbours on either side that interpolate to an error of 2^−bits."""
    reached, count = 0.0, 0
    while reached < bits:
        count += 1
        reached += math.log2(1 + (math.pi / 2 / ((count - 0.5) * step)) ** 2)
    return count


@lru_cache(maxsize=64)
def barycentric(count: int) -> list:
    """Weights of the interpolation at 2·count equidistant points."""
    size = 2 * count - 1
    return [(-1) ** k * math.comb(size, k) for k in range(size + 1)]


def shares(place, count: int) -> list:
    """What the values at 0 … 2·count − 1 count for at ``place``, not an integer; up to a factor."""
    return [weight / (place - k) for k, weight in enumerate(barycentric(count))]


@lru_cache(maxsize=16)
def law_of_maximum(d: int, n, bits: int) -> tuple[int, list]:
    """(first, weights): the law of τ on the grid of `grid_step`; some weights may be negative."""
    level, step, log_n = (bits + 8) * _LOG2, grid_step(bits), doubles.log_of(n)
    ratio = max(1, math.ceil(step * (d - 1) * level / math.pi**2))
    fine = step / ratio
    middle = round(numeric.mode_of_maximum(float(d), log_n) / step)
    before, heights = numeric.heights_of_maximum(float(d), log_n, middle * step, fine, level)
    first = middle * ratio - before
    exactly = Rational(step) / ratio  # ``fine`` is rounded
    weights = _weights(Survival(d, _exact(n)), exactly, first, heights.size)
    return _on_grid(first, weights, ratio, side(bits, step))


def _exact(n) -> sympy.Expr:
    return n.expr if isinstance(n, sympy.Lambda) else sympy.Rational(n)


def _weights(survival, step: sympy.Rational, first: int, count: int) -> list:
    """sech^{d−1}(τ) F^{n−1} at τ = step·(first + i), normalised."""
    context, d = CONTEXT, survival.d
    number = lower(survival.n - 1).run(context, [])
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
    total = context.midpoint(sum(found))
    return [context.midpoint(x / total) for x in found]


def _on_grid(first: int, weights: list, ratio: int, count: int) -> tuple[int, list]:
    """Weights on a grid that is finer by a ratio, spread over the coarse one."""
    if ratio == 1:
        return first, weights
    context = CONTEXT
    start = first // ratio - count + 1
    size = (first + len(weights)) // ratio + count + 2 - start
    zero = context.number(S.Zero)
    spread = [zero] * size
    places = (context.number(count - 1 + Rational(j, ratio)) for j in range(1, ratio))
    tables = [None, *(_normalised(shares(place, count)) for place in places)]
    for i, weight in enumerate(weights, start=first):
        cell, offset = divmod(i, ratio)
        if offset == 0:
            spread[cell - start] += weight
            continue
        for k, share in enumerate(tables[offset], start=cell - count + 1 - start):
            spread[k] += weight * share
    return start, [context.midpoint(x) for x in spread]


def _normalised(terms: list) -> list:
    total = sum(terms)
    return [term / total for term in terms]


@lru_cache(maxsize=16)
def kernel_table(d: int, n, s: sympy.Rational, bits: int) -> tuple[int, list, list]:
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


@lru_cache(maxsize=16)
def value_table(d: int, n, s: Rational, bits: int) -> tuple[int, list]:
    """(first, [E ĝ^{s/2}]) on the grid of ζ."""
    first, means, others = kernel_table(d, n, s, bits)
    squares = _powers(Rational(-2 * grid_step(bits)), first, len(means))
    rows = zip(means, others, squares, strict=True)
    return first, [[CONTEXT.midpoint(x * one + (1 - x) * two) for one, two, x in rows]]


@lru_cache(maxsize=16)
def slope_table(d: int, n, s: Rational, bits: int) -> tuple[int, list]:
    """(first, [E q ĝ^{s/2−1}, X E (1 − q) ĝ^{s/2−1}]) on the grid of ζ."""
    first, means, others = kernel_table(d, n, s, bits)
    places = _powers(Rational(-grid_step(bits)), first, len(means))
    rows = zip(means, others, places, strict=True)
    return first, [others, [CONTEXT.midpoint(x * (one - two)) for one, two, x in rows]]


class Table:
    """Rows of a table at any X, with as many neighbours as the digits asked for need."""

    def __init__(self, first: int, rows: list, bits: int):
        self.first, self.rows = first, rows
        self.step = CONTEXT.number(Rational(grid_step(bits)))
        self.counts = [side(b, grid_step(bits)) for b in range(bits + 1)]

    def __call__(self, x, bits: int) -> list:
        place = -CONTEXT.apply("log", x) / self.step - self.first
        count = self.counts[bits]
        start = int(CONTEXT.as_float(place)) - count + 1
        start = min(max(start, 0), len(self.rows[0]) - 2 * count)
        parts = shares(place - start, count)
        total = sum(parts)
        ranges = (row[start : start + 2 * count] for row in self.rows)
        return [sum(map(operator.mul, parts, values)) / total for values in ranges]


class OnLine:
    """The same for d = 1, where the n points are ±r."""

    def __init__(self, n, power, slope: bool = False):
        self.missing, self.power = none_on_one_side(CONTEXT, _exact(n)), power
        self.slope = slope

    def __call__(self, x, bits: int) -> list:
        near = (1 - self.missing) * CONTEXT.power(x, self.power)
        return [self.missing, near] if self.slope else [near + self.missing]


def distortion(radial, d: int, n, s: Rational, r: Rational, bits: int):
    """D at r > 0 to about 2^−bits."""
    with working_precision(bits + _GUARD_BITS):
        if law_of(radial).point is not None:
            return _on_sphere(d, n, s, r, bits)[0]
        power = CONTEXT.number(s)
        table = OnLine(n, power) if d == 1 else Table(*value_table(d, n, s, bits), bits)
        mass = total = CONTEXT.number(S.Zero)
        for needed, x, sides in panels(radial, s, r, bits):
            (value,) = table(x, needed)
            for _, ratio, weight in _weighted(radial, r, sides):
                mass += weight
                total += weight * CONTEXT.power(1 + ratio, power) * value
        return CONTEXT.midpoint(total / mass * CONTEXT.power(CONTEXT.number(r), power))


def slope(radial, d: int, n, s: Rational, r: Rational, bits: int):
    """D' at r > 0, with an error of about 2^−bits of the positive part of it."""
    with working_precision(bits + _GUARD_BITS):
        if law_of(radial).point is not None:
            return _on_sphere(d, n, s, r, bits)[1]
        power = CONTEXT.number(s - 1)
        table = OnLine(n, power, slope=True) if d == 1 else Table(*slope_table(d, n, s, bits), bits)
        mass = total = CONTEXT.number(S.Zero)
        for needed, x, sides in panels(radial, s, r, bits):
            across, along = table(x, needed)
            for sign, ratio, weight in _weighted(radial, r, sides):
                mass += weight
                total += weight * CONTEXT.power(1 + ratio, power) * (across + sign * along)
        scale = CONTEXT.power(CONTEXT.number(r), power) * CONTEXT.number(s)
        return CONTEXT.midpoint(total / mass * scale)


def _weighted(radial, r: Rational, sides) -> Iterator[tuple]:
    """(sign of r − R, R/r, weight) with the density of R."""
    density, radius = law_of(radial).varying, CONTEXT.number(r)
    for sign, ratio, weight in sides:
        height = density.run(CONTEXT, [radius * ratio])
        yield sign, ratio, CONTEXT.midpoint(weight * ratio * height)


def _on_sphere(d: int, n, s: Rational, r: Rational, bits: int) -> tuple:
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


def optimal_radius(radial, d: int, n, s: Rational, bits: int) -> Rational:
    """The zero of D', by secants from the best root that is known, at first a double."""
    known, bits = _roots(radial, d, n, s), max(bits, _DOUBLE_BITS + 1)
    if bits not in known:
        before = max(b for b in known if b < bits)
        known[bits] = _refined(radial, d, n, s, bits, known[before], min(before, bits - _OVERLAP))
    return known[bits]


@lru_cache(maxsize=64)
def _roots(radial, d: int, n, s: Rational) -> dict[int, Rational]:
    """Roots by the bits to which they are known."""
    number = n if isinstance(n, sympy.Lambda) else float(n)
    root = doubles.optimal_radius(radial, float(d), number, float(s))[0]
    return {_DOUBLE_BITS: Rational(root)}


def _refined(radial, d, n, s, bits: int, here: Rational, known: int) -> Rational:
    moved, step = here, here / 2**known
    height = _height(radial, d, n, s, here, bits)
    for _ in range(_MOST_STEPS):
        before, old, here = here, height, here + step
        height = _height(radial, d, n, s, here, bits)
        if height == old:
            return here
        moved, step = step, _short(height * (here - before) / (old - height), bits)
        if abs(moved * step) <= here**2 / 2 ** (bits + _OVERLAP):
            return here + step
    return here


def _height(radial, d, n, s, r, bits) -> Rational:
    return exact(slope(radial, d, n, s, r, bits))


def exact(x) -> Rational:
    """The midpoint of a ball as an exact number."""
    return Rational(fraction(mid_and_rad(x, CONTEXT.bits)[0]))


def _short(x: Rational, bits: int) -> Rational:
    """Rounded, so that numerators do not grow."""
    with working_precision(bits):
        return exact(CONTEXT.number(x))


def accuracy(context) -> int:
    """The bits to aim at: more of them in every round, but no more than the working precision.

    Two rounds that are compared use different rules.
    """
    goal = context.bits - _MARGIN if context.goal is None else context.goal
    return goal + max(_MARGIN // 2, (context.bits - goal) // 3)


def to_mp(context, x):
    """The midpoint of a ball as a number of an mpmath context."""
    return context.mp.make_mpf(mid_and_rad(x, 2 * context.bits)[0]._mpf_)
