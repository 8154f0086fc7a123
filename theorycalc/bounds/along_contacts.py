"""Problems in several variables that touch: from the sign of a derivative, or part by part."""

from collections.abc import Iterator
from dataclasses import replace

import sympy

from theorycalc.bounds import zeros
from theorycalc.bounds.definedness import definedness
from theorycalc.bounds.domain import Variable
from theorycalc.bounds.enclosed import Enclosed, enclosed
from theorycalc.bounds.goals import Goal
from theorycalc.bounds.manifolds import SurfaceContact, contact_along, side_of
from theorycalc.bounds.problems import Problem, Reduction

# Longer derivatives are not factored, longer margins not expanded.
_LONGEST = 150


def from_contacts(problem: Problem) -> list[Reduction]:
    """The sign of a derivative along a variable, where the others before it vanish on a surface.

    The surface has to lie in the ranges, so that the way there does, on which the function has to
    be real. Where the order is even it is enough as well that the first derivative has the sign of
    the way. A condition may be that a variable is on one side of its place.
    """
    variables = problem.variables
    if len(variables) < 2 or any(v.integer for v in variables):
        return []
    f, found = enclosed(problem.goal.margin, variables), []
    for variable, place in zeros.surfaces(f):
        condition = side_of(problem.where, variable.symbol, place)
        known = condition.relation if condition else sympy.true
        if problem.where != known or not _may_be_used(problem, f, variable, place, condition):
            continue
        contact = contact_along(f, variable.symbol, place, problem.where)
        if contact is not None:
            found += (_reduced(problem, slope) for slope in _slopes(contact, f, variable))
    return found


def _may_be_used(problem: Problem, f: Enclosed, variable: Variable, place, condition) -> bool:
    """Whether the way from a surface shows what is claimed, also where this is strict."""
    if place.is_number and not variable.contains(place):
        finite = all(v.is_finite for v in f.variables) and f.value(f.domain).low.is_finite()
        return problem.goal.strict and bool(finite)
    return not problem.goal.strict or (condition is not None and condition.strict)


def _reduced(problem: Problem, slope: sympy.Expr) -> Reduction:
    kept = tuple(v for v in problem.variables if slope.has(v.symbol)) or problem.variables
    where = problem.where if problem.where.free_symbols <= {v.symbol for v in kept} else sympy.true
    goal = Goal(slope, sympy.S.Zero, problem.goal.strict)
    real = dict.fromkeys(definedness(problem.goal.margin, problem.variables))
    needed = (replace(problem, goal=goal) for goal in real)
    return Reduction("from a contact", (Problem(goal, kept, where), *needed))


def _slopes(contact: SurfaceContact, f: Enclosed, variable: Variable) -> Iterator[sympy.Expr]:
    """What has to be positive for a function to be so on the sides of a contact."""
    place, slope = contact.place, _gathered(contact.derivative.expr)
    if contact.order % 2 == 0:
        yield slope
        first = f.expr.diff(variable.symbol)
        if first.is_rational_function(variable.symbol) and _is_simple(first):
            yield sympy.factor(sympy.cancel(first / (variable.symbol - place)))
    elif place == variable.low or contact.beyond > 0:
        yield slope
    elif place == variable.high or contact.beyond < 0:
        yield _gathered(-slope)


def _is_simple(x: sympy.Expr) -> bool:
    """Whether it is short, and without roots, of which SymPy takes long to find factors."""
    roots = (p for p in x.atoms(sympy.Pow) if p.exp.is_Rational and not p.exp.is_Integer)
    return sympy.count_ops(x) <= _LONGEST and not any(roots)


def _gathered(x: sympy.Expr) -> sympy.Expr:
    """A quantity as a product, in which squares are seen."""
    return sympy.factor(sympy.together(x)) if _is_simple(x) else x


def apart(problem: Problem) -> list[Reduction]:
    """A sum of functions of different variables, each with its share of the constant."""
    margin = problem.goal.margin
    long = sympy.count_ops(margin) > _LONGEST
    if problem.where is not sympy.true or len(problem.variables) < 2 or long:
        return []
    constant, terms = sympy.expand(margin, log=False).as_independent(
        *(v.symbol for v in problem.variables), as_Add=True
    )
    groups: list[sympy.Expr] = []
    for term in sympy.Add.make_args(terms):
        meeting = [g for g in groups if term.free_symbols & g.free_symbols]
        groups = [g for g in groups if g not in meeting] + [sympy.Add(term, *meeting)]
    if len(groups) < 2:
        return []
    parts = []
    for k, group in enumerate(sorted(groups, key=str)):
        part = group + constant / len(groups)
        kept = tuple(v for v in problem.variables if part.has(v.symbol))
        goal = Goal(part, sympy.S.Zero, problem.goal.strict and k == 0)
        parts.append(Problem(goal, kept))
    return [Reduction("a function of each variable", tuple(parts))]


def at_kinks_of_several(problem: Problem) -> list[Reduction]:
    """Where u ≥ 0 and where u ≤ 0, for |u| of several variables."""
    margin = problem.goal.margin
    found = sorted((x for x in margin.atoms(sympy.Abs) if len(x.free_symbols) > 1), key=str)
    if not found:
        return []
    (u,) = found[0].args
    parts = tuple(
        replace(
            problem,
            goal=Goal(margin.xreplace({found[0]: side * u}), sympy.S.Zero, problem.goal.strict),
            where=sympy.And(problem.where, sympy.Ge(side * u, 0, evaluate=False)),
        )
        for side in (1, -1)
    )
    return [Reduction("on both sides of a kink", parts)]
