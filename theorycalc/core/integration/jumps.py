"""Jumps of an integrand that move with a parameter: where they are, and how high.

d/ds ∫ f dt has a term (f(c−) − f(c+)) c'(s) for every jump c(s) between the limits, besides the
integral of ∂f/∂s, which is the derivative almost everywhere.
"""

from collections.abc import Iterator

import sympy
from sympy.concrete.expr_with_limits import ExprWithLimits
from sympy.core.relational import Relational

from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.graph import postorder, substitute
from theorycalc.core.integration.kinks import SWITCHES

_STEPS = (sympy.Heaviside, sympy.sign, sympy.Piecewise)
# Functions that jump at places that nothing here reads off.
_OTHERS = (sympy.floor, sympy.ceiling, sympy.frac, sympy.Mod, sympy.atan2, sympy.acot, sympy.arg)


def jump_terms(
    f: sympy.Expr, variable: sympy.Symbol, ends, symbol: sympy.Symbol, integrated=frozenset()
) -> sympy.Expr:
    """Σ (f(c−) − f(c+)) dc/d(symbol) over the jumps c of f in the variable between the ends.

    There is no value where a jump comes to an end: the derivative is another on each side. Only
    where that depends on a variable in ``integrated`` it is a set of measure zero, and 0 will do.

    Raises
    ------
    NotSupportedError
        If a jump moves with the symbol and is not a zero of a linear function of the variable.

    Examples
    --------
    >>> t, x = sympy.symbols("t x", real=True)
    >>> jump_terms(t * sympy.Heaviside(t - x), t, (-sympy.oo, sympy.oo), x)
    -x
    """
    places = dict.fromkeys(
        _place(switch, variable, node)
        for switch, node in _steps(f)
        if variable in switch.free_symbols and symbol in switch.free_symbols
    )
    return sympy.Add(*(_term(f, variable, ends, symbol, c, integrated) for c in places))


def _term(f, variable, ends, symbol, place, integrated) -> sympy.Expr:
    height = sympy.expand(_limit(f, variable, place, -1) - _limit(f, variable, place, 1))
    moved = height * place.diff(symbol)
    if moved == 0:
        return sympy.S.Zero
    low, high = ends
    fixed = (end for end in ends if not (place - end).free_symbols & integrated)
    return sympy.Piecewise(
        (moved, (low < place) & (place < high)),
        (-moved, (high < place) & (place < low)),
        (0, sympy.And(*(sympy.Ne(place, end) for end in fixed))),
    )


def check_readable(f: sympy.Expr, variable: sympy.Symbol, symbol: sympy.Symbol) -> None:
    """Refuse functions that may jump where nothing is read off, if the jump may move."""
    for node in postorder(f):
        if {variable, symbol} <= node.free_symbols and (
            isinstance(node, _OTHERS) or (node.is_Function and _has_moving_pole(node, symbol))
        ):
            raise NotSupportedError(
                explain(
                    "the derivative of an integral whose integrand may have a jump that moves",
                    got=node,
                    allowed="Heaviside, sign and Piecewise of what is linear in the variable",
                )
            )


def _has_moving_pole(node: sympy.Expr, symbol: sympy.Symbol) -> bool:
    """Whether an argument may become infinite, where the function may have two limits."""
    if isinstance(node, SWITCHES):
        return False
    return any(
        part.is_Pow
        and part.exp.is_negative is not False
        and part.base.is_nonzero is not True
        and symbol in part.base.free_symbols
        for arg in node.args
        for part in postorder(arg)
    )


def _steps(f: sympy.Expr) -> Iterator[tuple]:
    """(switch, node): the functions of free symbols at whose zeros the nodes of f jump."""
    for node in postorder(f, leaves=(sympy.Lambda, ExprWithLimits)):
        if isinstance(node, ExprWithLimits):
            bound = set(node.bound_symbols)
            for part in (node.function, *(end for _, *ends in node.limits for end in ends)):
                yield from (found for found in _steps(part) if not found[0].free_symbols & bound)
        elif isinstance(node, sympy.Piecewise):
            for condition in node.atoms(Relational, sympy.Contains):
                inside = isinstance(condition, sympy.Contains)
                yield condition.args[0] if inside else condition.lhs - condition.rhs, node
        elif isinstance(node, _STEPS):
            yield node.args[0], node


def _place(switch, variable, node) -> sympy.Expr:
    """The zero of a function that is linear in the variable."""
    place = None if node.has(sympy.Contains) else _zero(switch, variable)
    if place is None:
        raise NotSupportedError(
            explain(
                "the derivative of an integral over a jump that moves",
                got=node,
                allowed="jumps at zeros of what is linear in the variable",
            )
        )
    return place[0]


def _zero(switch, variable) -> tuple | None:
    """(zero, slope) of a function that is linear in the variable, or None."""
    polynomial = None if switch.has(*SWITCHES) else switch.as_poly(variable)
    if polynomial is None or polynomial.degree() != 1:
        return None
    slope, offset = polynomial.all_coeffs()
    return sympy.cancel(-offset / slope), slope


def _limit(expr: sympy.Basic, variable, place, side: int) -> sympy.Basic:
    """The value at a place from the left (−1) or the right (1)."""
    if variable not in expr.free_symbols:
        return expr
    if isinstance(expr, sympy.Heaviside | sympy.sign):
        direction = _direction(expr.args[0], variable, place, side)
        if direction is not None:
            sign = sympy.sign(direction)
            return sign if isinstance(expr, sympy.sign) else (1 + sign) / 2
    if isinstance(expr, Relational):
        direction = _direction(expr.lhs - expr.rhs, variable, place, side)
        if direction is not None:
            return expr.func(direction, 0)
    if isinstance(expr, ExprWithLimits | sympy.Lambda):
        return substitute(_at_steps(expr, variable, place, side), {variable: place})
    if expr == variable:
        return place
    return expr.func(*(_limit(arg, variable, place, side) for arg in expr.args))


def _at_steps(expr, variable, place, side):
    """The expression with the steps at the place decided, the variable kept elsewhere."""
    decided = {}
    for node in postorder(expr, leaves=(sympy.Lambda,)):
        if isinstance(node, sympy.Heaviside | sympy.sign):
            switch = node.args[0]
        elif isinstance(node, Relational):
            switch = node.lhs - node.rhs
        else:
            continue
        if _direction(switch, variable, place, side) is not None:
            decided[node] = _limit(node, variable, place, side)
    return expr.xreplace(decided)


def _direction(switch, variable, place, side):
    """A number of the sign that a function with a zero at the place has beside it, or None."""
    found = _zero(switch, variable) if variable in switch.free_symbols else None
    return side * found[1] if found and sympy.cancel(found[0] - place) == 0 else None
