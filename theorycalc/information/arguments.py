"""What the formulas of this room take: numbers, symbols, expressions, distributions, matrices."""

import sympy
from sympy import Expr

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.expressions import real_parameter
from theorycalc.core.formula import Formula
from theorycalc.core.records import sequence


def with_given(formula: Formula, **given) -> Formula:
    """A formula at what was given in the place of its own symbols."""
    own = {id(symbol) for symbol in formula.args}
    return formula.subs(**{name: x for name, x in given.items() if id(x) not in own})


def distribution(row, what: str) -> list[Expr]:
    """Probabilities that add up to 1.

    Raises
    ------
    DomainError
        For anything else.
    """
    row = [real_parameter(x, what) for x in sequence(row, what, allowed="a tuple of probabilities")]
    if any(x.is_negative for x in row) or sympy.simplify(sympy.Add(*row) - 1) != 0:
        got = f"{row}, sum {sympy.Add(*row)}"
        raise DomainError(explain(f"{what} is no distribution", got=got, allowed="a sum of 1"))
    return row
