"""Parameters of the laws as exact expressions, and the conditions on them."""

import sympy
from sympy import Expr, S, oo

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.expressions import integer_expression, real_expression
from theorycalc.core.gammas import gamma, read_power
from theorycalc.core.numbers import exact_integer

# Steps for which a quotient of Gamma functions is written as a product.
_STEPS = 64
# Beyond this Γ(x) is a number of many digits: quotients are left to the arithmetics.
_LARGE = 100


def dimension(d) -> Expr:
    """The dimension d ≥ 1: an integer, or symbolic.

    Raises
    ------
    DomainError
        If ``d`` is a number but no integer ≥ 1, or known not to be one.
    """
    if not _is_symbolic(d):
        return sympy.Integer(exact_integer(d, "d", minimum=1))
    if integer_expression(d, "d").is_positive is False:
        raise DomainError(explain("d is no dimension", got=d, allowed="an integer ≥ 1"))
    return d


def whole_dimension(d: Expr) -> sympy.Basic:
    """The condition that d is an integer ≥ 1."""
    if d.is_integer and d.is_positive:
        return sympy.true
    return sympy.Contains(d, S.Naturals, evaluate=False)


def _is_symbolic(x) -> bool:
    return isinstance(x, Expr) and not x.is_Matrix and bool(x.free_symbols)


def power(p, what: str) -> Expr:
    """A real power, of a size for which 2^p can be written.

    Raises
    ------
    DomainError
        For anything else.
    """
    if not _is_symbolic(p):
        return read_power(p, what)
    return real_expression(p, what)


def above(p: Expr, lowest: Expr) -> sympy.Basic:
    """The condition p > lowest, for a lowest of −∞ or at most −1."""
    return sympy.true if lowest == -oo or (p + 1).is_positive else sympy.Gt(p, lowest)


def below(p: Expr, highest: Expr) -> sympy.Basic:
    """The condition p < highest."""
    return sympy.true if highest == oo else sympy.Lt(p, highest)


def where_finite(condition: sympy.Basic, value: Expr) -> Expr:
    """A value where a condition holds, ∞ elsewhere."""
    return sympy.Piecewise((value, condition), (oo, True))


def rising_steps(d: Expr, n) -> Expr:
    """d (d + 2) ⋯ (d + 2n − 2) = 2ⁿ Γ(d/2 + n)/Γ(d/2), for real n too."""
    if n.is_Integer and abs(n) <= _STEPS:
        up = sympy.Mul(*(d + 2 * i for i in range(n)))
        return up / sympy.Mul(*(d - 2 * i for i in range(1, 1 - n)))
    if d.is_number and n.is_number and d > _LARGE:
        return 2**n * sympy.RisingFactorial(d / 2, n)
    return 2**n * gamma(d / 2 + n) / gamma(d / 2)


def arguments(*parts: sympy.Basic) -> list[sympy.Symbol]:
    """The symbols of an expression and of its domain, by name."""
    return sorted(set().union(*(part.free_symbols for part in parts)), key=str)


def number(x: Expr, what: str) -> float:
    """A parameter as a double.

    Raises
    ------
    DomainError
        If it has symbols.
    """
    if x.free_symbols:
        raise DomainError(explain(f"{what} has no value", got=x, hint="a law with numbers"))
    return float(x)


def text_factor(x: Expr) -> str:
    """A factor in plain text: nothing for 1, brackets around a sum."""
    return "" if x == 1 else f"({x}) " if x.is_Add else f"{x} "


def latex_factor(x: Expr) -> str:
    """The same in LaTeX."""
    text = sympy.latex(x)
    return "" if x == 1 else rf"\left({text}\right)" if x.is_Add else rf"{text}\,"
