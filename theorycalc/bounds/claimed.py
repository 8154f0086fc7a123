"""A claim as problems: its relations, and that their sides are real numbers."""

import sympy

from theorycalc.bounds.definedness import definedness, sign_in_the_middle
from theorycalc.bounds.domain import Variable, symbols_of, variables_of
from theorycalc.bounds.goals import Goal, goals_of
from theorycalc.bounds.problems import Problem
from theorycalc.bounds.refuting import Refutation
from theorycalc.core.claims import Claim
from theorycalc.core.graph import substitute


def problems_of(claim: Claim) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """That all parts of a claim are real, and its relations, in symbols that know their ranges."""
    variables = variables_of(claim.ranges)
    where = substitute(claim.condition, symbols_of(claim, variables))
    relations = relations_of(claim, variables)
    needed = (g for r in relations for side in r.args for g in definedness(side, variables))
    goals = (g for r in relations for g in _goals(r, variables))
    return tuple(
        tuple(Problem(goal, variables, where) for goal in dict.fromkeys(part))
        for part in (needed, goals)
    )


def _goals(relation, variables) -> list[Goal]:
    """The goals of a relation; sides that differ on an interval do so in one direction."""
    if not isinstance(relation, sympy.Ne):
        return goals_of(relation)
    lhs, rhs = relation.args
    whole = any(v.integer for v in variables)
    sign = 0 if whole else sign_in_the_middle(lhs - rhs, variables)
    if sign == 0:
        return [Goal((lhs - rhs) ** 2, sympy.S.Zero, strict=True)]
    return [Goal(lhs, rhs, strict=True) if sign > 0 else Goal(rhs, lhs, strict=True)]


def relations_of(claim: Claim, variables: tuple[Variable, ...]) -> list:
    """The relations in symbols that know their ranges, also those that SymPy would decide."""
    mapping = symbols_of(claim, variables)
    return [
        r.func(*(substitute(side, mapping) for side in r.args), evaluate=False)
        for r in claim.relations
    ]


def refutation_of(claim: Claim, variables: tuple[Variable, ...], values=()) -> Refutation:
    """What says whether the claim fails at a point, for all that ``values``, by name, may be."""
    where = substitute(claim.condition, symbols_of(claim, variables))
    return Refutation(relations_of(claim, variables), variables, where, dict(values))
