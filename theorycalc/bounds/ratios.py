"""Sequences of products: what is right from some n on, by the ratio of neighbours."""

import sympy
from flint import fmpq

from theorycalc.bounds.domain import Variable, rational
from theorycalc.bounds.goals import Goal
from theorycalc.bounds.refuting import Refutation
from theorycalc.bounds.tails import positive_from

# Powers up to this one are taken to get rid of roots in a ratio.
_HIGHEST = 4


def positive_by_ratio(goal: Goal, variable: Variable, start: fmpq) -> list[str]:
    """Why big/small, a quotient of positive products, is at least 1 for all integers n ≥ start.

    It rises, as the ratio of neighbours is above 1, from a value that is right.
    """
    n = sympy.Symbol(variable.name, integer=True, positive=True)
    if start <= 0:
        return []
    big, small = (side.xreplace({variable.symbol: n}) for side in (goal.big, goal.small))
    if not (_is_positive(big) and _is_positive(small)):
        return []
    ratio = neighbours(big / small, n)
    if ratio is None:
        return []
    real = sympy.Symbol(variable.name, positive=True)
    margin = (ratio - 1).xreplace({n: real})
    steps = positive_from(margin, real, start)
    if steps is None or not Refutation.of_goal(goal, (variable,)).holds([rational(start)]):
        return []
    return [f"right at {variable.name} = {rational(start)}", f"ratio of neighbours {ratio}", *steps]


def _is_positive(side: sympy.Expr) -> bool:
    return bool(side.is_positive or side.rewrite(sympy.gamma).is_positive)


def neighbours(quotient: sympy.Expr, n: sympy.Symbol) -> sympy.Expr | None:
    """A power of a(n + 1)/a(n) that is a rational function, if there is one."""
    if not quotient.has(sympy.binomial, sympy.factorial, sympy.gamma) and not quotient.is_Mul:
        return None
    ratio = sympy.gammasimp((quotient.subs(n, n + 1) / quotient).rewrite(sympy.gamma))
    ratio = sympy.powsimp(sympy.expand_power_base(ratio, force=True))
    for power in range(1, _HIGHEST + 1):
        found = sympy.simplify(ratio**power)
        if found.is_rational_function(n):
            return found
    return None
