"""Problems that follow from others.

A table: a reduction is a function from a problem to problems that together imply it. It is
deterministic, so that a proof only keeps its name.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise

import sympy

from theorycalc.bounds.along_contacts import apart, at_kinks_of_several, from_contacts
from theorycalc.bounds.conditions import by_branches, in_ranges, of_what_occurs
from theorycalc.bounds.domain import Variable, with_facts
from theorycalc.bounds.enclosed import is_continuous
from theorycalc.bounds.goals import Goal
from theorycalc.bounds.problems import NOT_REAL, Problem, Reduction
from theorycalc.bounds.rewrites import FORMS
from theorycalc.bounds.scaling import in_ratios
from theorycalc.core.errors import NotSupportedError
from theorycalc.core.graph import substitute
from theorycalc.core.integration.kinks import kinks
from theorycalc.core.integration.pieces import branch_at

# Long expressions have too many kinks to cut at.
_MOST_KINKS = 30


def forms(problem: Problem) -> Iterator[Reduction]:
    """The problem in every form that a `rewrites` function gives it, first as it is written."""
    seen = set()
    for name in FORMS:
        for reduction in reduce(problem, name):
            main = reduction.problems[0]
            known = (main.goal.margin, main.variables) in seen
            if not known and not main.goal.margin.has(*NOT_REAL):
                seen.add((main.goal.margin, main.variables))
                yield reduction


def reduce(problem: Problem, name: str) -> list[Reduction]:
    """The reductions of one name."""
    if name in FORMS:
        return [_form(problem, name, form) for form in FORMS[name](problem.goal, problem.variables)]
    return REDUCTIONS[name](problem)


def _form(problem: Problem, name: str, form) -> Reduction:
    where = substitute(problem.where, dict(form.back)) if form.back else problem.where
    main = Problem(Goal(form.margin, sympy.S.Zero, problem.goal.strict), form.variables, where)
    conditions = [
        replace(problem, goal=Goal(x, sympy.S.Zero, strict)) for x, strict in form.conditions
    ]
    return Reduction(name, (main, *conditions), form.back)


def _at_kinks(problem: Problem) -> list[Reduction]:
    """Between the points where a branch switches, with the branch that holds there."""
    if len(problem.variables) != 1 or problem.variables[0].integer:
        return []
    (variable,) = problem.variables
    symbol, margin = variable.symbol, problem.goal.margin
    try:
        points = kinks(margin, symbol)
    except NotSupportedError:
        return []
    inside = [x for x in points if x.is_number and variable.low < x < variable.high]
    if not inside or len(inside) > _MOST_KINKS:
        return []
    ends = [variable.low, *inside, variable.high]
    parts, jumps = [], not is_continuous(margin)
    for low, high in pairwise(ends):
        part = variable.within(low, high)
        branch = branch_at(margin, {symbol: part.middle})
        goal = Goal(branch, sympy.S.Zero, problem.goal.strict)
        if jumps:  # at its ends a piece has another value
            part = replace(part, low_open=True, high_open=True)
        parts.append(replace(problem, goal=goal, variables=(part,)))
    if jumps:
        at = [x for x in ends if variable.contains(x)]
        parts += [replace(problem, variables=(Variable(symbol, x, x),)) for x in at]
    return [Reduction("cut at the kinks", tuple(parts))]


def _mirrored(problem: Problem) -> list[Reduction]:
    """−x for a variable that is not bounded below but above."""
    return [
        _replaced(problem, "mirrored", i, v.mirrored(), -v.symbol)
        for i, v in enumerate(problem.variables)
        if v.low.is_infinite and v.high.is_finite
    ][:1]


def _at_zero(problem: Problem) -> list[Reduction]:
    """A variable without bounds as one above zero and one below."""
    for i, v in enumerate(problem.variables):
        if v.low.is_infinite and v.high.is_infinite:
            zero = sympy.S.Zero
            above = with_facts(v.name, zero, v.high, False, True, v.integer)
            below = v.within(v.low, -sympy.S.One if v.integer else zero)
            parts = tuple(
                part
                for half in (above, below)
                for part in _replaced(problem, "cut at zero", i, half, v.symbol).problems
            )
            return [Reduction("cut at zero", parts)]
    return []


def _compact(problem: Problem) -> list[Reduction]:
    """x = a + t/(1 − t) with t < 1 for variables on half-lines."""
    back, variables, goal, where = [], [], problem.goal, problem.where
    for v in problem.variables:
        if not (v.high.is_infinite and v.low.is_finite) or v.integer:
            variables.append(v)
            continue
        t = sympy.Symbol(f"t_{v.name}", nonnegative=True)
        place = v.low + t / (1 - t)
        variables.append(Variable(t, sympy.S.Zero, sympy.S.One, v.low_open, True))
        back.append((v.symbol, place))
        goal, where = goal.replaced({v.symbol: place}), substitute(where, {v.symbol: place})
    if not back:
        return []
    return [Reduction("x = a + t/(1 − t)", (Problem(goal, tuple(variables), where),), tuple(back))]


def _replaced(problem: Problem, name: str, i: int, variable: Variable, place) -> Reduction:
    """A variable replaced by a function of another of the same symbol."""
    symbol = problem.variables[i].symbol
    mapping = {symbol: place.xreplace({symbol: variable.symbol})}
    variables = (*problem.variables[:i], variable, *problem.variables[i + 1 :])
    where = substitute(problem.where, mapping)
    return Reduction(
        name, (Problem(problem.goal.replaced(mapping), variables, where),), tuple(mapping.items())
    )


REDUCTIONS: dict[str, Callable[[Problem], list[Reduction]]] = {
    "cut at the kinks": _at_kinks,
    "cut at zero": _at_zero,
    "mirrored": _mirrored,
    "x = a + t/(1 − t)": _compact,
    "the variables that occur": of_what_occurs,
    "branch by branch": by_branches,
    "a condition as a range": in_ranges,
    "ratios as variables": in_ratios,
    "a function of each variable": apart,
    "on both sides of a kink": at_kinks_of_several,
    "from a contact": from_contacts,
}
