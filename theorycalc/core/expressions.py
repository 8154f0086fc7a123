"""Reading expressions and conditions: what a user gives is SymPy, and no string is ever one."""

import sympy
from sympy.core.function import AppliedUndef

from theorycalc.core.errors import AT_A_POLE, DomainError, explain, shown
from theorycalc.core.numbers import exact, is_endless


def expression(x, what: str) -> sympy.Expr:
    """A SymPy expression or a number, as an expression; strings are never read.

    Raises
    ------
    DomainError
        For strings, arrays, matrices, relations and everything else.

    Examples
    --------
    >>> expression(2, "a") + expression(sympy.pi, "b")
    2 + pi
    """
    try:
        expr = sympy.sympify(x, strict=True)
    except (sympy.SympifyError, TypeError):
        expr = None
    pole = expr in (sympy.nan, sympy.zoo)
    if not isinstance(expr, sympy.Expr) or expr.is_Matrix or pole:
        allowed, hint = "a SymPy expression or a number", AT_A_POLE if pole else ""
        raise DomainError(
            explain(f"{what}: not an expression", got=shown(x), allowed=allowed, hint=hint)
        )
    return expr


def polynomial_expression(x, what: str = "polynomial") -> sympy.Expr:
    """An expression that may be written out as a polynomial with finite coefficients.

    Raises
    ------
    DomainError
        For what is no expression, has infinities in it, or powers of numbers that are too long.
    """
    x = written_expression(x, what)
    if x.has(sympy.oo, -sympy.oo, sympy.zoo, sympy.nan):
        raise DomainError(explain(f"{what} is not finite", got=x, allowed="finite coefficients"))
    return x


def written_expression(x, what: str) -> sympy.Expr:
    """An expression that SymPy may rewrite: it writes powers of numbers out.

    Raises
    ------
    DomainError
        For what is no expression, or has powers of numbers in it that are too long for that.
    """
    x = expression(x, what)
    if any(map(is_endless, x.atoms(sympy.Pow))):
        raise DomainError(explain(f"{what}: a number is too long to be written out", got=x))
    return x


def function_expression(x, what: str) -> sympy.Expr:
    """A real expression of functions that are defined.

    Raises
    ------
    DomainError
        For what is no expression, not real, or has undefined functions, derivatives or
        antiderivatives in it, or numbers that are too long to be written out.
    """
    x = written_expression(x, what)
    unknown = x.atoms(AppliedUndef, sympy.Derivative, sympy.core.numbers.ImaginaryUnit)
    unknown |= {i for i in x.atoms(sympy.Integral) if any(len(limit) < 3 for limit in i.limits)}
    if unknown:
        got = ", ".join(sorted(map(str, unknown)))
        raise DomainError(explain(f"{what} is no real function", got=got, allowed="sin, exp, …"))
    return x


def integer_expression(x, what: str, least: int | None = None) -> sympy.Expr:
    """A symbolic expression that may be an integer.

    Raises
    ------
    DomainError
        For what is no expression, or known to be no integer or below ``least``.
    """
    x = real_expression(x, what, least)
    if x.is_integer is False:
        raise DomainError(explain(f"{what} is not an integer", got=x, allowed="an integer"))
    return x


def real_expression(x, what: str, least: int | None = None) -> sympy.Expr:
    """A symbolic expression that may be real.

    Raises
    ------
    DomainError
        For what is no expression, or known not to be real or below ``least``.
    """
    x = expression(x, what)
    # SymPy would compute integrals to see their signs
    outside = x.xreplace({i: sympy.Dummy() for i in x.atoms(sympy.Integral)})
    if outside.is_extended_real is False or not _is_its_conjugate(x):
        raise DomainError(explain(f"{what} is not real", got=x, allowed="a real expression"))
    if least is not None and (x - least).is_extended_negative:
        raise DomainError(explain(f"{what} is too small", got=x, allowed=f"≥ {least}"))
    return x


def real_parameter(x, what: str, least: int | None = None) -> sympy.Expr:
    """A symbolic expression that may be real, or the exact number that is meant.

    Raises
    ------
    DomainError
        For what is neither, or below ``least``.

    Examples
    --------
    >>> real_parameter(sympy.Symbol("q"), "q"), real_parameter("1/2", "q")
    (q, 1/2)
    """
    if isinstance(x, sympy.Expr) and not x.is_Matrix and x.free_symbols:
        return real_expression(x, what, least)
    x = exact(x, what)
    if least is not None and x < least:
        raise DomainError(explain(f"{what} is too small", got=x, allowed=f"≥ {least}"))
    return x


def positive_parameter(x, what: str) -> sympy.Expr:
    """A positive number, or an expression whose symbols make it positive.

    Raises
    ------
    DomainError
        For anything else.
    """
    x = real_parameter(x, what)
    if not x.is_positive:
        hint = f'sympy.Symbol("{what}", positive=True)' if x.free_symbols else ""
        raise DomainError(explain(f"{what} is not positive", got=x, allowed="> 0", hint=hint))
    return x


def _is_its_conjugate(x: sympy.Expr) -> bool:
    """Whether I does not occur, or −I in its place changes nothing."""
    return not x.has(sympy.I) or bool(x.is_extended_real) or x.xreplace({sympy.I: -sympy.I}) == x


def condition(x, what: str = "condition") -> sympy.Basic:
    """A SymPy condition, or a truth value, as a condition.

    Raises
    ------
    DomainError
        For anything else.
    """
    if isinstance(x, bool):
        return sympy.true if x else sympy.false
    if not isinstance(x, sympy.logic.boolalg.Boolean) or isinstance(x, sympy.Symbol):
        allowed = "a SymPy condition such as (x > 0) & (x < 1)"
        raise DomainError(explain(f"not a {what}", got=shown(x), allowed=allowed))
    return x
