"""Conditions among variables, made into ranges of new ones, or made by branches."""

from collections.abc import Iterator
from dataclasses import replace

import sympy
from sympy.core.relational import Relational

from theorycalc.bounds.definedness import Magnitude, definedness
from theorycalc.bounds.domain import Variable, with_facts
from theorycalc.bounds.goals import Goal
from theorycalc.bounds.problems import Problem, Reduction
from theorycalc.core.graph import substitute

_INEQUALITIES = (sympy.Ge, sympy.Gt, sympy.Le, sympy.Lt)
# More branches are not looked at one by one.
_MOST_BRANCHES = 6
# How many ways to solve conditions are tried, the shortest first.
_MOST_WAYS = 2


def in_ranges(problem: Problem) -> list[Reduction]:
    """A variable that a condition bounds, in terms of how far it is from there.

    Where x ≥ u it is u + t with t ≥ 0, and between an end a and u it is a + s(u − a), 0 ≤ s ≤ 1.
    What else is known of x is forgotten: the claim becomes a stronger one.
    """
    conditions = sympy.And.make_args(problem.where)
    found = [(c, *solved) for c in conditions for solved in _solved(c, problem.variables)]
    # without a quotient, and short
    found.sort(key=lambda item: (not item[-1].is_polynomial(), sympy.count_ops(item[-1])))
    return [_in_range(problem, *item) for item in found[:_MOST_WAYS]]


def _in_range(problem: Problem, condition, index: int, variable: Variable, place) -> Reduction:
    mapping = {problem.variables[index].symbol: place}
    others = (c for c in sympy.And.make_args(problem.where) if c != condition)
    where = sympy.And(*(substitute(c, mapping) for c in others))
    variables = (*problem.variables[:index], variable, *problem.variables[index + 1 :])
    part = Problem(problem.goal.replaced(mapping), variables, where)
    return Reduction("a condition as a range", (part,))


def _solved(condition, variables) -> Iterator[tuple[int, Variable, sympy.Expr]]:
    """(index, new variable, what the old one is in it) for variables that a condition bounds."""
    if not isinstance(condition, _INEQUALITIES):
        return
    strict = isinstance(condition, (sympy.Gt, sympy.Lt))
    difference = sympy.expand(condition.gts - condition.lts)
    for i, v in enumerate(variables):
        slope = difference.diff(v.symbol)
        if v.integer or slope.has(v.symbol) or not (slope.is_positive or slope.is_negative):
            continue
        bound = sympy.cancel(v.symbol - difference / slope)
        end, is_open = (v.high, v.high_open) if slope.is_positive else (v.low, v.low_open)
        if end.is_infinite:
            t = with_facts(f"away_{v.name}", sympy.S.Zero, sympy.oo, strict, True, integer=False)
            yield i, t, bound + t.symbol if slope.is_positive else bound - t.symbol
        else:
            s = with_facts(f"share_{v.name}", sympy.S.Zero, sympy.S.One, is_open, strict, False)
            yield i, s, end + s.symbol * (bound - end)


def by_branches(problem: Problem) -> list[Reduction]:
    """Each branch of a Piecewise where its condition holds, and those before it do not.

    Of one that has a branch everywhere, and conditions on real numbers.
    """
    margin = problem.goal.margin
    found = sorted(margin.atoms(sympy.Piecewise), key=str)
    if not found or len(found[0].args) > _MOST_BRANCHES or not _is_everywhere(found[0]):
        return []
    parts, before = [], problem.where
    for branch, condition in found[0].args:
        where = sympy.And(before, condition)
        sides = (x for relation in condition.atoms(Relational) for x in relation.args)
        needed = [(g, before) for x in sides for g in definedness(x, problem.variables)]
        if margin == 1 + Magnitude(found[0]):
            needed += [(g, where) for g in definedness(branch, problem.variables)]
        else:
            goal = Goal(margin.xreplace({found[0]: branch}), sympy.S.Zero, problem.goal.strict)
            needed.append((goal, where))
        parts += [replace(problem, goal=g, where=w) for g, w in needed if w != sympy.false]
        before = sympy.And(before, sympy.Not(condition))
    return [Reduction("branch by branch", tuple(parts))]


def _is_everywhere(branches: sympy.Piecewise) -> bool:
    """Whether one of the conditions is known to hold."""
    return sympy.And(*(sympy.Not(c) for _, c in branches.args)) == sympy.false


def of_what_occurs(problem: Problem) -> list[Reduction]:
    """Without the variables that neither the margin nor a condition has."""
    occur = problem.goal.margin.free_symbols | problem.where.free_symbols
    kept = tuple(v for v in problem.variables if v.symbol in occur) or problem.variables[:1]
    if len(kept) == len(problem.variables):
        return []
    # what cancels is in the sides of the goal
    goal = Goal(problem.goal.margin, sympy.S.Zero, problem.goal.strict)
    return [Reduction("the variables that occur", (replace(problem, goal=goal, variables=kept),))]
