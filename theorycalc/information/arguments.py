"""What the formulas of this room take: numbers, symbols, expressions, distributions, matrices."""

import sympy
from sympy import Expr

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.expressions import real_expression
from theorycalc.core.formula import Formula
from theorycalc.core.numbers import exact
from theorycalc.core.records import sequence


def with_given(formula: Formula, **given) -> Formula:
    """A formula at what was given in the place of its own symbols."""
    own = {id(symbol) for symbol in formula.args}
    return formula.subs(**{name: x for name, x in given.items() if id(x) not in own})


def quantity(x, what: str) -> Expr:
    """An exact number or a symbolic expression."""
    symbolic = isinstance(x, Expr) and not x.is_Matrix and x.free_symbols
    return real_expression(x, what) if symbolic else exact(x, what)


def positive(x, what: str) -> Expr:
    """A positive number, or an expression whose symbols make it positive.

    Raises
    ------
    DomainError
        For anything else.
    """
    x = quantity(x, what)
    if not x.is_positive:
        hint = f'sympy.Symbol("{what}", positive=True)' if x.free_symbols else ""
        raise DomainError(explain(f"{what} is not positive", got=x, allowed="> 0", hint=hint))
    return x


def distribution(row, what: str) -> list[Expr]:
    """Probabilities that add up to 1.

    Raises
    ------
    DomainError
        For anything else.
    """
    row = [quantity(x, what) for x in sequence(row, what, allowed="a tuple of probabilities")]
    if any(x.is_negative for x in row) or sympy.simplify(sympy.Add(*row) - 1) != 0:
        got = f"{row}, sum {sympy.Add(*row)}"
        raise DomainError(explain(f"{what} is no distribution", got=got, allowed="a sum of 1"))
    return row
