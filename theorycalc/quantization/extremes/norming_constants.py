"""The limit laws of maxima: domains of attraction and norming constants."""

from typing import NamedTuple

import sympy
from sympy import Expr, S, oo

from theorycalc.core.errors import DerivationError, DomainError, explain
from theorycalc.core.expressions import written_expression
from theorycalc.core.looks import record_html, record_text
from theorycalc.core.signature import as_variable, check_own

# What a law is written in: the number of points, and the quantile where it has no closed form.
_POINTS, _LOCATION = sympy.Symbol("n", positive=True), sympy.Symbol("x_n", real=True)


class ExtremeLaw(NamedTuple):
    """(max − location)/scale tends to the law of this name.

    ``shape`` is the exponent α of Fréchet and Weibull, None for Gumbel. ``location`` and ``scale``
    are in the symbols n and x_n; where x_n, the quantile with survival(x_n) = 1/n, has no closed
    form, it stays a symbol.
    """

    name: str
    shape: Expr | None
    location: Expr
    scale: Expr

    __repr__, _repr_html_ = record_text, record_html


def norming_constants(survival, x: sympy.Symbol, upper=oo) -> ExtremeLaw:
    """The limit law of maxima of independent variables with a given tail (von Mises' conditions).

    Parameters
    ----------
    survival : Expr
        P(X > x), differentiable near the upper end.
    x : Symbol
    upper : number or oo
        The upper end of the support.

    Raises
    ------
    DomainError
        If the tail does not vanish at the upper end.
    DerivationError
        If the limits in von Mises' conditions are not found.

    Notes
    -----
    With f = −P': x f/P → α gives Fréchet (location 0, scale x_n), (upper − x) f/P → α Weibull
    (location upper, scale upper − x_n), (P/f)' → 0 Gumbel (location x_n, scale P/f at x_n).

    References
    ----------
    L. de Haan, A. Ferreira, "Extreme value theory" (2006), section 1.1.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x", positive=True)
    >>> tc.quantization.norming_constants(sympy.exp(-x), x)
    ExtremeLaw(name='Gumbel', shape=None, location=log(n), scale=1)
    >>> tc.quantization.norming_constants(x**-3, x).name
    'Fréchet'
    """
    x = as_variable(x, "x")
    tail, upper = written_expression(survival, "survival"), written_expression(upper, "upper")
    check_own((_POINTS, _LOCATION), x, tail, upper)
    density = -tail.diff(x)
    if density == 0 or _limit(tail, x, upper) != 0:
        raise DomainError(explain("no tail of a law", got=tail, allowed="P → 0 at the upper end"))
    quantile = _quantile(tail, x)
    if upper is not oo:
        shape = _limit(sympy.simplify((upper - x) * density / tail), x, upper)
        if shape.is_positive and shape is not oo:
            return ExtremeLaw("Weibull", shape, upper, upper - quantile)
    else:
        shape = _limit(sympy.simplify(x * density / tail), x, upper)
        if shape.is_positive and shape is not oo:
            return ExtremeLaw("Fréchet", shape, S.Zero, quantile)
    hazard = sympy.simplify(tail / density)
    if _limit(hazard.diff(x), x, upper) == 0:
        return ExtremeLaw("Gumbel", None, quantile, sympy.simplify(hazard.subs(x, quantile)))
    raise DerivationError(
        explain("von Mises' conditions do not hold", got=tail, allowed="regular tails")
    )


def _limit(expr: Expr, x: sympy.Symbol, end: Expr) -> Expr:
    try:
        found = sympy.limit(expr, x, end, "-" if end is not oo else "+")
    except (NotImplementedError, ValueError) as error:
        raise DerivationError(explain("a limit was not found", got=expr)) from error
    if found.has(sympy.Limit):
        raise DerivationError(explain("a limit was not found", got=expr))
    return found


def _quantile(tail: Expr, x: sympy.Symbol) -> Expr:
    """x_n with P(X > x_n) = 1/n, or its symbol."""
    try:
        found = [r for r in sympy.solve(tail - 1 / _POINTS, x) if not r.has(sympy.I)]
    except NotImplementedError:
        found = []
    return found[0] if len(found) == 1 else _LOCATION
