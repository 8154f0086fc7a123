"""Iterated integrals, cut where their integrands switch: every piece is smooth inside."""

import itertools
from collections.abc import Mapping
from types import MappingProxyType

import sympy

from theorycalc.core.graph import outermost, substitute
from theorycalc.core.integration.corner_singularities import blown_up, drawn_out
from theorycalc.core.integration.kinks import SWITCHES, choose_branch, inside, kinks

# More pieces than this cost more than the kinks that they remove.
_MOST_PIECES = 64


class _NotNumbersError(Exception):
    """The ends of the pieces depend on parameters."""


def smooth_pieces(node: sympy.Integral) -> sympy.Expr:
    """The integral as a sum over the pieces between the kinks of all its variables.

    On a piece the integrand is written with the branch that holds there, so that a kink that moves
    with an outer variable is a limit and nothing else. Factors that do not depend on a variable
    leave its integral. Where the kinks depend on parameters the integral is returned as it is.

    Raises
    ------
    NotSupportedError
        If the kinks cannot be read off.

    Examples
    --------
    >>> x, y = sympy.symbols("x y")
    >>> smooth_pieces(sympy.Integral(sympy.Abs(x - 1), (x, 0, 3)))
    Integral(1 - _x, (_x, 0, 1)) + Integral(_x - 1, (_x, 1, 3))
    >>> smooth_pieces(sympy.Integral(sympy.exp(x) * sympy.cos(y), (x, 0, 1), (y, 0, 1)))
    Integral(exp(_x), (_x, 0, 1))*Integral(cos(_y), (_y, 0, 1))
    """
    try:
        return _cut(node, {})
    except _NotNumbersError:
        return node


def at_numbers(expr: sympy.Expr, numbers: Mapping) -> sympy.Expr:
    """The expression with the numbers of symbols put into its iterated integrals that switch.

    Where such an integral is to be cut may depend on them.

    Examples
    --------
    >>> x, y, a = sympy.symbols("x y a")
    >>> f = a + sympy.Integral(sympy.Abs(x * y - a), (x, 0, 1), (y, 0, 1))
    >>> at_numbers(f, {a: sympy.Integer(2)})
    a + Integral(Abs(x*y - 2), (x, 0, 1), (y, 0, 1))
    """
    if not expr.has(sympy.Integral):
        return expr
    written = {
        node: substitute(node, numbers)
        for node in expr.atoms(sympy.Integral)
        if node.has(*SWITCHES)
        and (len(node.limits) > 1 or node.function.has(sympy.Integral))
        and node.free_symbols & set(numbers)
    }
    return substitute(expr, written) if written else expr


def _cut(node: sympy.Integral, at: Mapping) -> sympy.Expr:
    """The pieces where the symbols of ``at``, on which limits may depend, are near its numbers."""
    if not node.function.has(*SWITCHES):
        return _apart(blown_up(node))
    variable, ends, body = outermost(node)
    points = [(x, _number(x, at)) for x in (*ends, *kinks(body, variable))]
    (first, a), (last, b) = points[:2]
    low, high = min(a, b), max(a, b)
    between = {value: point for point, value in points[2:] if low < value < high}
    cuts = ((between[value], value) for value in sorted(between, reverse=bool(b < a)))
    places = [(first, a), *cuts, (last, b)]
    if len(places) > _MOST_PIECES:
        raise _NotNumbersError
    pieces = []
    for (left, x), (right, y) in itertools.pairwise(places):
        if x != y:
            middle = {**at, variable: inside(min(x, y), max(x, y))}
            pieces.append(sympy.Integral(branch_at(body, middle), (variable, left, right)))
    return sympy.Add(*map(_apart, pieces))


def _number(x: sympy.Expr, at: Mapping) -> sympy.Expr:
    value = x.subs(at)
    if not value.is_number or not value.is_extended_real:
        raise _NotNumbersError
    return value


def branch_at(expr: sympy.Expr, at: Mapping) -> sympy.Expr:
    """The expression with every switch decided that the numbers decide, also inside integrals."""
    if not expr.has(*SWITCHES):
        return expr
    if isinstance(expr, sympy.Integral):
        return _cut(expr, at)
    if isinstance(expr, SWITCHES):
        chosen = choose_branch(expr, at)
        return expr if chosen is expr else branch_at(chosen, at)
    return expr.func(*(branch_at(arg, at) for arg in expr.args))


def _apart(expr: sympy.Expr, ranges: Mapping = MappingProxyType({})) -> sympy.Expr:
    """∫ (c f + log d) dx = c ∫ f dx + log(d) (b − a), from the outermost integral inwards.

    The symbols of ``ranges`` are variables of integrals around, between these numbers.
    """
    if not expr.has(sympy.Integral):
        return expr
    if not isinstance(expr, sympy.Integral):
        return expr.func(*(_apart(arg, ranges) for arg in expr.args))
    variable, ends, body = _signed(*_at_rest(*outermost(expr)))
    if all(end.is_number and end.is_finite for end in ends):
        ranges = {**ranges, variable: tuple(ends)}
    body = _apart(drawn_out(body, ranges) if variable.is_positive else body, ranges)
    free, bound = body.as_independent(variable, as_Add=False)
    if not bound.is_Add or any(end.is_infinite for end in ends):
        return free * sympy.Integral(bound, (variable, *ends))
    logs = [term for term in bound.args if term.has(sympy.log) and not term.has(variable)]
    rest = sympy.Integral(bound - sympy.Add(*logs), (variable, *ends))
    return free * (rest + sympy.Add(*logs) * (ends[1] - ends[0]))


def _at_rest(variable, ends, function) -> tuple:
    """Limits that do not move: x = a + t(b − a), so that a branch point at a limit stays there."""
    a, b = ends
    if not (a.free_symbols | b.free_symbols) or a.is_infinite or b.is_infinite:
        return variable, ends, function
    t = sympy.Dummy(variable.name, positive=True)
    moved = function.xreplace({variable: a + t * (b - a)}) * (b - a)
    return t, (sympy.S.Zero, sympy.S.One), moved


def _signed(variable, ends, function) -> tuple:
    """A variable between numbers of one sign has that sign: √(xy) becomes √x √y."""
    if variable.is_positive or variable.is_negative:
        return variable, ends, function
    if all(end.is_extended_nonnegative for end in ends):
        known = {"positive": True}
    elif all(end.is_extended_nonpositive for end in ends):
        known = {"negative": True}
    else:
        return variable, ends, function
    symbol = sympy.Dummy(variable.name, **known)
    return symbol, ends, function.xreplace({variable: symbol})
