"""Half-lines: what holds from some point on, by an argument, and below it by other means."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import sympy
from flint import fmpq

from theorycalc.bounds.domain import Variable, fmpq_of, rational
from theorycalc.bounds.problems import Problem, forms
from theorycalc.bounds.proof import Step
from theorycalc.bounds.ratios import positive_by_ratio
from theorycalc.bounds.tails import positive_from

# The argument is tried from here on, in powers of 4.
_TRIES = 7


def on_half_line(problem: Problem, solve: Callable[[Problem], Step]) -> Step | None:
    """A problem in one variable that is not bounded above; None where no argument is found."""
    if len(problem.variables) != 1 or problem.where is not sympy.true:
        return None
    (variable,) = problem.variables
    if not variable.low.is_finite:
        return None
    for name, start, reasons in arguments(problem):
        rest = below(variable, start)
        parts = () if rest is None else (solve(replace(problem, variables=(rest,))),)
        done = all(part.done for part in parts)
        return Step(problem, "half-line", (name, start, tuple(reasons)), parts, done)
    return None


def arguments(problem: Problem) -> Iterator[tuple[str, fmpq, list[str]]]:
    """(name, start, reasons) of arguments that show the problem from a start on."""
    for start in _starts(problem.variables[0]):
        for name, reasons in arguments_from(problem, start):
            yield name, start, reasons


def arguments_from(problem: Problem, start: fmpq) -> Iterator[tuple[str, list[str]]]:
    """(name, reasons) of arguments that show the problem from this start on."""
    (variable,) = problem.variables
    if variable.integer and (reasons := positive_by_ratio(problem.goal, variable, start)):
        yield "ratio of neighbours", reasons
    for reduction in forms(problem):
        if not reduction.back:
            margins = [part.goal.margin for part in reduction.problems]
            shown = [positive_from(margin, variable.symbol, start) for margin in margins]
            if all(shown):
                yield reduction.name, [reason for part in shown for reason in part]


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
