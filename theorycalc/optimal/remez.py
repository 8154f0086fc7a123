"""Remez' exchange in numbers of a context, which proposes; what it proposes is proved elsewhere."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import sympy
from sympy import Rational

from theorycalc.core.arithmetic.ball import arb_mpf
from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.core.binary import fraction
from theorycalc.core.errors import DomainError, PrecisionError, explain
from theorycalc.core.lowering import lower
from theorycalc.core.program import Program

_EXCHANGES = 40
_STEPS = 200
# Places between two points of Chebyshev's at which the slope of the error is looked at.
_PLACES = 8
_NUMBERS = BallContext()


@dataclass(frozen=True)
class Problem:
    """f and its derivatives on [low, high], and a degree; a polynomial is a list of coefficients.

    The coefficients are those of ((2x − low − high)/(high − low))^j, exact rational numbers.
    """

    derivatives: tuple[Program, ...]
    low: Any
    high: Any
    degree: int

    @classmethod
    def of(cls, expr: sympy.Expr, x: sympy.Symbol, low, high, degree: int) -> "Problem":
        """The problem of an expression in one symbol, with two derivatives."""
        programs = tuple(lower(expr.diff(x, k), (x,)) for k in range(3))
        return cls(programs, low, high, degree)

    def error(self, coefficients: list, place, order: int = 0):
        """f − p at a number of the context, or a derivative of it."""
        value = self.derivatives[order].run(_NUMBERS, [place])
        middle, half = (self.low + self.high) / 2, (self.high - self.low) / 2
        unit = (place - _NUMBERS.number(middle)) / _NUMBERS.number(half)
        rest = _horner(_slope(coefficients, order), unit)
        return _NUMBERS.real(value) - rest / _NUMBERS.number(half**order)


def _slope(coefficients: list, order: int) -> list:
    for _ in range(order):
        coefficients = [j * c for j, c in enumerate(coefficients)][1:]
    return coefficients


def _horner(coefficients: list, x):
    total = x - x
    for c in reversed(coefficients):
        total = total * x + _NUMBERS.number(c)
    return total


def exchange(problem: Problem, digits: int) -> tuple[list[Rational], list[Rational]]:
    """(coefficients, points): a polynomial near the best one, and where its error is levelled.

    It ends when the level is known to so many digits.

    Raises
    ------
    PrecisionError
        If the exchange does not come to an end.
    """
    count = problem.degree + 2
    places = _chebyshev(problem, count)
    grid = _chebyshev(problem, _PLACES * count)
    for _ in range(_EXCHANGES):
        coefficients, level = _levelled(problem, places)
        candidates = _extrema(problem, coefficients, grid)
        places = _alternating(problem, coefficients, candidates, count)
        if len(places) < count:
            break
        largest = max(abs(_at(problem, coefficients, place)) for place in places)
        if (largest - abs(level)) * 10 ** (digits + 1) <= largest:
            return coefficients, places
    what = "the exchange of Remez finds no alternating error"
    raise PrecisionError(explain(what, got=f"degree {problem.degree}", hint="another degree"))


def _chebyshev(problem: Problem, count: int) -> list:
    middle, half = (problem.low + problem.high) / 2, (problem.high - problem.low) / 2
    places = [problem.low]
    for i in range(1, count - 1):
        angle = _NUMBERS.number(sympy.pi) * i / (count - 1)
        places.append(middle - half * exactly(_NUMBERS.apply("cos", angle)))
    return [*places, problem.high]


def exactly(ball) -> Any:
    """The midpoint of a ball.

    Raises
    ------
    DomainError
        If it is not finite.
    """
    ball = _NUMBERS.real(ball)
    if not ball.is_finite():
        what = "the function, or a slope of it, is infinite or not real on the interval"
        raise DomainError(explain(what, hint="an interval inside of which it is smooth"))
    return Rational(fraction(arb_mpf(ball.mid())))


def _at(problem: Problem, coefficients: list, place: Rational) -> Rational:
    return exactly(problem.error(coefficients, _NUMBERS.number(place)))


def _levelled(problem: Problem, places: list[Rational]) -> tuple[list[Rational], Rational]:
    """The polynomial whose error is ±level at the places in turn."""
    middle, half = (problem.low + problem.high) / 2, (problem.high - problem.low) / 2
    rows = []
    for i, place in enumerate(places):
        unit = _NUMBERS.real(_NUMBERS.number((place - middle) / half))
        row = [unit - unit + 1]
        for _ in range(problem.degree):
            row.append(row[-1] * unit)
        value = _NUMBERS.real(problem.derivatives[0].run(_NUMBERS, [_NUMBERS.number(place)]))
        rows.append([*row, row[0] * (-1) ** i, value])
    *solved, level = (exactly(x) for x in _solved(rows))
    return solved, level


def _solved(rows: list[list]) -> list:
    """Gauss's elimination, the largest pivot of a column first."""
    size = len(rows)
    for k in range(size):
        best = max(range(k, size), key=lambda i: abs(exactly(rows[i][k])))
        rows[k], rows[best] = rows[best], rows[k]
        for i in range(k + 1, size):
            share = rows[i][k] / rows[k][k]
            rows[i] = [x - share * y for x, y in zip(rows[i], rows[k], strict=True)]
    found: list = []
    for row in reversed(rows):
        known = row[size - len(found) : size]
        rest = row[-1]
        for c, x in zip(known, reversed(found), strict=True):
            rest = rest - c * x
        found.append(rest / row[size - len(found) - 1])
    return found[::-1]


def _extrema(problem: Problem, coefficients: list, grid: list[Rational]) -> list[Rational]:
    """The ends, and where the slope of the error changes its sign."""
    signs = [exactly(problem.error(coefficients, _NUMBERS.number(x), 1)) > 0 for x in grid]
    steps = zip(pairwise(grid), pairwise(signs), strict=True)
    inside = [_turning(problem, coefficients, *ends) for ends, (one, two) in steps if one != two]
    return [problem.low, *inside, problem.high]


def _turning(problem: Problem, coefficients: list, low: Rational, high: Rational) -> Rational:
    """A zero of the slope of the error, by Newton's method inside a bracket."""

    def slope(x: Rational, order: int) -> Rational:
        return exactly(problem.error(coefficients, _NUMBERS.number(x), order))

    rises = slope(high, 1) > 0
    place, unit = (low + high) / 2, (high - low) * Rational(1, 2 ** (_NUMBERS.bits // 2))
    for _ in range(_STEPS):
        value, bend = slope(place, 1), slope(place, 2)
        low, high = (low, place) if (value > 0) == rises else (place, high)
        moved = place - value / bend if bend else low
        moved = rounded(moved) if low < moved < high else (low + high) / 2
        if abs(moved - place) <= unit:
            return moved
        place = moved
    return place


def rounded(x) -> Any:
    """A binary number of the working precision."""
    return exactly(_NUMBERS.real(_NUMBERS.number(x)))


def _alternating(problem: Problem, coefficients: list, candidates: list, count: int) -> list:
    """Places at which the error is large, with signs in turn: so many, or fewer if there are."""
    kept: list[tuple[Rational, Rational]] = []
    for place in candidates:
        value = _at(problem, coefficients, place)
        if kept and (kept[-1][1] > 0) == (value > 0):
            if abs(value) > abs(kept[-1][1]):
                kept[-1] = place, value
        else:
            kept.append((place, value))
    while len(kept) > count:
        kept.pop(0 if abs(kept[0][1]) < abs(kept[-1][1]) else -1)
    return [place for place, _ in kept]
