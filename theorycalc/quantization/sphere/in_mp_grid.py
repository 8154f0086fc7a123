"""Interpolation on a uniform grid of functions analytic for |Im| < π/2, to many digits."""

import math
import operator
from functools import lru_cache

from sympy import Rational, S

from theorycalc.core.arithmetic.ball_context import BallContext

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


def _normalised(terms: list) -> list:
    total = sum(terms)
    return [term / total for term in terms]


def spread(first: int, weights: list, ratio: int, count: int) -> tuple[int, list]:
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


class Table:
    """Rows of a table at any X, with as many neighbours as the digits asked for need."""

    def __init__(self, first: int, rows: list, bits: int):
        self.first, self.rows = first, rows
        self.step = CONTEXT.number(Rational(grid_step(bits)))
        self.counts = [side(b, grid_step(bits)) for b in range(bits + 1)]

    def __call__(self, x, bits: int) -> list:
        # without its radius: next to a point of the grid that would outgrow the distance
        place = CONTEXT.midpoint(-CONTEXT.apply("log", x) / self.step - self.first)
        nearest = round(CONTEXT.as_float(place))
        if CONTEXT.compare("!=", place, CONTEXT.number(Rational(nearest))) is not True:
            return [row[nearest] for row in self.rows]
        count = self.counts[bits]
        start = int(CONTEXT.as_float(place)) - count + 1
        start = min(max(start, 0), len(self.rows[0]) - 2 * count)
        parts = shares(place - start, count)
        total = sum(parts)
        ranges = (row[start : start + 2 * count] for row in self.rows)
        return [sum(map(operator.mul, parts, values)) / total for values in ranges]
