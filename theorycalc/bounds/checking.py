"""Steps of a proof, checked again: what is kept of each is enough to see that it is right."""

from dataclasses import replace

from theorycalc.bounds.branching import tiles
from theorycalc.bounds.cells import branching, find_contacts
from theorycalc.bounds.enclosed import Enclosed
from theorycalc.bounds.exact import decided_exactly
from theorycalc.bounds.half_lines import argument_from, below
from theorycalc.bounds.named import NAME, with_names
from theorycalc.bounds.problems import Problem
from theorycalc.bounds.proving import MOST_POINTS, number_of_points, points
from theorycalc.bounds.reductions import reduce
from theorycalc.bounds.refuting import Refutation
from theorycalc.bounds.rules import RULES
from theorycalc.bounds.steps import Leaves, Step
from theorycalc.core.arithmetic.ball_context import working_bits, working_precision

# No proof that is written here is checked with more.
_MOST_BITS = 4096


def is_right(step: Step) -> bool:
    """Whether a step shows its problem, with all that it follows from."""
    if not step.done:
        return False
    by_itself = _BY_RULE.get(step.rule, _by_reduction)
    return by_itself(step) and all(map(is_right, step.parts))


def _exact(step: Step) -> bool:
    return bool(decided_exactly(step.problem.goal, step.problem.variables))


def _one_by_one(step: Step) -> bool:
    count = number_of_points(step.problem.variables)
    if count is None or count > MOST_POINTS:
        return False
    check = Refutation.of(step.problem)
    return all(check.holds(point) for point in points(step.problem.variables))


def _cells(step: Step) -> bool:
    leaves: Leaves = step.detail
    if not leaves.bits <= _MOST_BITS:
        return False
    with working_precision(max(leaves.bits, working_bits())):
        return not leaves.left and _tiles(step.problem, leaves) and _close(step.problem, leaves)


def _tiles(problem: Problem, leaves: Leaves) -> bool:
    domain = tuple(v.hull for v in problem.variables)
    cells = [cell for cell, _ in leaves.closed]
    return tiles(domain, cells, tuple(v.integer for v in problem.variables))


def _close(problem: Problem, leaves: Leaves) -> bool:
    f = Enclosed(problem.goal.margin, problem.variables)
    contacts = {
        c.name: c for c in find_contacts(f, [given for _, given in leaves.contacts], problem.where)
    }
    search = branching(problem, f, ())
    for cell, reason in leaves.closed:
        if reason in contacts:
            closes = contacts[reason].closes(f, cell, problem.goal.strict)
        else:
            rule = reason if reason in RULES else "range"
            closes = search.closes(cell, rule)[0] == reason
        if not (reason and closes):
            return False
    return True


def _half_line(step: Step) -> bool:
    name, start, _ = step.detail
    (variable,) = step.problem.variables
    shown = bool(argument_from(step.problem, name, start))
    rest = below(variable, start)
    expected = () if rest is None else (replace(step.problem, variables=(rest,)),)
    return shown and tuple(part.problem for part in step.parts) == expected


def _named(step: Step) -> bool:
    shown = tuple(part.problem for part in step.parts)
    return any(found.problems == shown for found in with_names(step.problem, step.detail))


def _by_reduction(step: Step) -> bool:
    """Whether the parts are all that the reduction of this name leaves to be shown."""
    shown = tuple(part.problem for part in step.parts)
    return any(found.problems == shown for found in reduce(step.problem, step.rule))


_BY_RULE = {
    "exact": _exact,
    "one by one": _one_by_one,
    "cells": _cells,
    "half-line": _half_line,
    NAME: _named,
}
