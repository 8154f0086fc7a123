"""Enclosures of the best error: from below at alternating points, from above by monotone pieces."""

from itertools import pairwise

import sympy
from sympy import Rational

from theorycalc.core.arithmetic.ball_context import BallContext
from theorycalc.core.errors import CertificationError, explain
from theorycalc.core.lowering import lower
from theorycalc.optimal.remez import Problem, exactly

_MOST_PIECES = 4_000
_SIGN_PIECES = 64
_NUMBERS = BallContext()


def lower_bound(problem: Problem, coefficients: list, places: list[Rational]):
    """The least |error| at points where it has signs in turn: no polynomial does better.

    (C. J. de la Vallée Poussin.) None if the signs are not in turn.
    """
    values = [problem.error(coefficients, _NUMBERS.number(x)) for x in places]
    signs = [1 if value > 0 else -1 if value < 0 else 0 for value in values]
    if 0 in signs or any(one == two for one, two in pairwise(signs)):
        return None
    return min(Rational(exactly(abs(v).lower())) for v in values)


def upper_bound(problem: Problem, coefficients: list, places: list[Rational], few: bool, width):
    """A number that |error| does not exceed on the interval.

    Around each inner place is a window, in which the error moves little; between them it is
    monotone, so that its largest values are those at the windows and at the ends of the interval.
    """
    inner = [x for x in places if problem.low < x < problem.high]
    edges = [problem.low]
    for x in inner:
        edges += [x - width, x + width]
    edges.append(problem.high)
    pieces = list(zip(edges[::2], edges[1::2], strict=True))
    if not (few and _turns(problem, coefficients, inner, width)):
        for low, high in pieces:
            _prove_monotone(problem, coefficients, low, high)
    ends = [abs(problem.error(coefficients, _NUMBERS.number(x))) for x in edges]
    for x in inner:
        window = _NUMBERS.widen(_NUMBERS.real(_NUMBERS.number(x)), _NUMBERS.number(width))
        steepest = abs(problem.error(coefficients, window, 1))
        centre = abs(problem.error(coefficients, _NUMBERS.number(x)))
        ends.append(centre + steepest * _NUMBERS.number(width))
    return max(Rational(exactly(value.upper())) for value in ends)


def has_few_turns(expr: sympy.Expr, x: sympy.Symbol, problem: Problem) -> bool:
    """Whether f^{(k+1)} has one sign: then the slope of f − p has at most k zeros."""
    program = lower(expr.diff(x, problem.degree + 1), (x,))
    step = (problem.high - problem.low) / _SIGN_PIECES
    signs = set()
    for i in range(_SIGN_PIECES):
        piece = _ball(problem.low + i * step, problem.low + (i + 1) * step)
        value = _NUMBERS.real(program.run(_NUMBERS, [piece]))
        signs.add(1 if value > 0 else -1 if value < 0 else 0)
    return len(signs) == 1 and 0 not in signs


def _turns(problem: Problem, coefficients: list, inner: list[Rational], width) -> bool:
    """Whether the slope changes its sign in all of k windows: then it does nowhere else."""
    if len(inner) != problem.degree:
        return False
    ends = (
        [problem.error(coefficients, _NUMBERS.number(x + s * width), 1) for s in (-1, 1)]
        for x in inner
    )
    return all((one > 0 and two < 0) or (one < 0 and two > 0) for one, two in ends)


def _prove_monotone(problem: Problem, coefficients: list, low: Rational, high: Rational) -> None:
    """Show that the slope of the error has one sign, by mean-value forms on parts.

    Raises
    ------
    CertificationError
        If it is not seen.
    """
    todo, signs, pieces = [(low, high)], set(), 0
    while todo:
        left, right = todo.pop()
        middle, pieces = (left + right) / 2, pieces + 1
        piece = _ball(left, right)
        around = piece - _NUMBERS.number(middle)
        bend = problem.error(coefficients, piece, 2)
        slope = problem.error(coefficients, _NUMBERS.number(middle), 1) + bend * around
        if slope > 0 or slope < 0:
            signs.add(slope > 0)
        else:
            todo += [(left, middle), (middle, right)]
        if len(signs) > 1 or pieces > _MOST_PIECES:
            what = "the error is not shown to be monotone between two of its extrema"
            raise CertificationError(explain(what, got=f"({float(low):.6g}, {float(high):.6g})"))


def _ball(low: Rational, high: Rational):
    centre = _NUMBERS.real(_NUMBERS.number((low + high) / 2))
    return _NUMBERS.widen(centre, _NUMBERS.number((high - low) / 2))
