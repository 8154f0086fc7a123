"""Half-lines: what holds from some point on, by an argument, and below it by other means."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import sympy
from flint import fmpq

from theorycalc.bounds.domain import Variable, fmpq_of, rational
from theorycalc.bounds.problems import Problem
from theorycalc.bounds.ratios import positive_by_ratio
from theorycalc.bounds.reductions import forms
from theorycalc.bounds.steps import Step
from theorycalc.bounds.tails import expands_to_positive, positive_from

# The argument is tried from here on, in powers of 4.
_TRIES = 7


def on_half_line(problem: Problem, solve: Callable[[Problem], Step]) -> Step | None:
    """A problem in one variable that is not bounded above; None where no argument is found."""
    if len(problem.variables) != 1 or problem.where is not sympy.true:
        return None
    (variable,) = problem.variables
    if not variable.low.is_finite:
        return None
    found = argument(problem)
    if found is None:
        return None
    name, start, reasons = found
    rest = below(variable, start)
    parts = () if rest is None else (solve(replace(problem, variables=(rest,))),)
    done = all(part.done for part in parts)
    return Step(problem, "half-line", (name, start, tuple(reasons)), parts, done)


def argument(problem: Problem) -> tuple[str, fmpq, list[str]] | None:
    """(name, start, reasons) of an argument that shows the problem from a start on.

    What does not help far out does not help anywhere.
    """
    starts = list(_starts(problem.variables[0]))
    for name, way in _ways(problem).items():
        if way(starts[-1]):
            start, reasons = next((s, found) for s in starts if (found := way(s)))
            return name, start, reasons
    return None


def argument_from(problem: Problem, name: str, start: fmpq) -> list[str]:
    """The reasons that an argument of this name gives from this start on, if it is one."""
    (variable,), ways = problem.variables, _ways(problem)
    if variable.integer and start.q != 1:
        return []
    return ways[name](start) if name in ways else []


def _ways(problem: Problem) -> dict[str, Callable[[fmpq], list[str]]]:
    """Functions from a start to reasons, by the names of the arguments."""
    (variable,) = problem.variables
    ways: dict[str, Callable] = {}
    reductions = [reduction for reduction in forms(problem) if not reduction.back]
    for show, name in ((expands_to_positive, "{}, expanded"), (positive_from, "{}")):
        for reduction in reductions:
            margins = tuple(part.goal.margin for part in reduction.problems)
            way = partial(_all_positive, show, margins, variable.symbol)
            ways[name.format(reduction.name)] = way
        if variable.integer:
            ways.setdefault(
                "ratio of neighbours", partial(positive_by_ratio, problem.goal, variable)
            )
    return ways


def _all_positive(show: Callable, margins: tuple, symbol: sympy.Symbol, start: fmpq) -> list[str]:
    reasons: list[str] = []
    for margin in margins:
        found = show(margin, symbol, start)
        if found is None:
            return []
        reasons += found
    return reasons


def _starts(variable: Variable) -> Iterator[fmpq]:
    low = fmpq_of(sympy.ceiling(variable.low) if not variable.low.is_Rational else variable.low)
    if not variable.low_open and variable.low.is_Rational:
        yield low
    base = max(low, fmpq(1))
    for k in range(1, _TRIES):
        yield base * 4**k


def below(variable: Variable, start: fmpq) -> Variable | None:
    """What is left below the start."""
    end = rational(start)
    if variable.integer:
        return None if end <= variable.low else replace(variable, high=end - 1)
    if end == variable.low:
        return None
    return replace(variable, high=end, high_open=False)
