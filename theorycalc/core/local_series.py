"""The power series of an expression near a point, by a rule for each kind of node."""

from collections.abc import Callable

import sympy

from theorycalc.core.coefficients import sign_of, tidy
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.graph import free_symbols, postorder
from theorycalc.core.power_series import EXACT, PowerSeries, sum_of_powers

# Functions that are written in terms of |x|.
_OF_MODULUS: dict[type, Callable] = {
    sympy.Max: lambda a, b: (a + b + sympy.Abs(a - b)) / 2,
    sympy.Min: lambda a, b: (a + b - sympy.Abs(a - b)) / 2,
}
_SIGN_RULES: dict[type, Callable] = {
    sympy.Abs: lambda x, sign: x.scaled(sympy.Integer(sign)),
    sympy.sign: lambda x, sign: PowerSeries.constant(sympy.Integer(sign)),
    sympy.Heaviside: lambda x, sign: PowerSeries.constant(sympy.Rational(1 + sign, 2)),
}


def expand(expr: sympy.Expr, known: dict, cut) -> PowerSeries:
    """The series of an expression; ``known`` has those of its symbols, and gets those of its parts.

    Raises
    ------
    NotSupportedError
        For what has no power series there, or none that is known.
    LostTermsError
        If more terms of the symbols are needed.
    """
    for node in postorder(expr, leaves=(sympy.Piecewise, sympy.Integral, sympy.Sum)):
        if node not in known:
            fixed = free_symbols(node).isdisjoint(known)
            series = PowerSeries.constant(node) if fixed else _node(node, known, cut)
            known[node] = series.truncated(cut)
    return known[expr]


def _node(node: sympy.Expr, known: dict, cut) -> PowerSeries:
    if isinstance(node, sympy.Piecewise):
        return expand(_branch(node, known, cut), known, cut)
    if node.is_Relational or isinstance(node, sympy.logic.boolalg.Boolean):
        return PowerSeries({}, EXACT)  # read by `_branch` only
    if isinstance(node, sympy.Integral | sympy.Sum):
        raise NotSupportedError(explain("no expansion is known", got=node))
    parts = [known[arg] for arg in node.args]
    if node.is_Add or node.is_Mul:
        total = parts[0]
        for part in parts[1:]:
            total = total + part if node.is_Add else (total * part).truncated(cut)
        return total
    if node.is_Pow:
        return _power(node, parts[0], known, cut)
    if type(node) in _SIGN_RULES:
        return _by_sign(node, parts[0])
    if type(node) in _OF_MODULUS and len(parts) == 2:
        return expand(_OF_MODULUS[type(node)](*node.args), known, cut)
    if isinstance(node, sympy.atan2):
        return expand(_single_arctangent(node, *parts), known, cut)
    return _of_functions(node, parts, known, cut)


def _power(node: sympy.Pow, base: PowerSeries, known: dict, cut) -> PowerSeries:
    if free_symbols(node.exp).isdisjoint(known):
        return base.power(node.exp, cut)
    x = sympy.Dummy("x", real=True)
    return _function(sympy.exp(x), x, expand(node.exp * sympy.log(node.base), known, cut), cut)


def _of_functions(node: sympy.Expr, parts: list, known: dict, cut) -> PowerSeries:
    moving = [i for i, arg in enumerate(node.args) if not free_symbols(arg).isdisjoint(known)]
    definition = getattr(type(node), "definition", None)
    if definition is not None and len(moving) > 1:
        return expand(definition(*node.args), known, cut)
    if isinstance(node, sympy.Function) and len(moving) == 1:
        x, (i,) = sympy.Dummy("x", real=True), moving
        outer = (definition or node.func)(*node.args[:i], x, *node.args[i + 1 :])
        return _function(outer, x, parts[i], cut)
    raise NotSupportedError(explain("no expansion is known", got=node))


def _function(outer: sympy.Expr, x: sympy.Symbol, inside: PowerSeries, cut) -> PowerSeries:
    """The series of a function at one: by Taylor, or by integrating its slope where it has none."""
    if inside.least < 0:
        raise NotSupportedError(explain("an expansion at infinity", got=outer))
    centre = inside.terms.get(sympy.S.Zero, sympy.S.Zero)
    start = outer.subs(x, centre)
    if not _is_finite(start):
        raise NotSupportedError(explain("no power series at a pole", got=f"{outer} at {centre}"))
    u = inside + PowerSeries.constant(-centre)
    if u.is_zero:
        return PowerSeries.constant(start)
    try:
        return sum_of_powers(_taylor(outer, x, centre), u, cut)
    except _SingularError:
        pass
    rate = expand(outer.diff(x), {x: inside}, cut)
    moving = (rate * inside.slope()).truncated(cut).antiderivative()
    return PowerSeries.constant(start) + moving


class _SingularError(Exception):
    """A derivative is infinite."""


def _taylor(outer: sympy.Expr, x: sympy.Symbol, centre: sympy.Expr):
    """f^{(k)}(centre) / k!, one after the other."""
    slope, factorial, k = outer, sympy.S.One, 0
    while True:
        c = slope.subs(x, centre)
        if not _is_finite(c) or c.has(sympy.DiracDelta):
            raise _SingularError
        yield tidy(c / factorial)
        slope, k = slope.diff(x), k + 1
        factorial *= k


def _is_finite(c: sympy.Expr) -> bool:
    return not c.has(sympy.zoo, sympy.nan, sympy.oo, -sympy.oo)


def _by_sign(node: sympy.Expr, inside: PowerSeries) -> PowerSeries:
    if inside.is_zero:
        return PowerSeries.constant(node.func(0))
    return _SIGN_RULES[type(node)](inside, sign_of(inside.leading[1]))


def _single_arctangent(node: sympy.atan2, y: PowerSeries, x: PowerSeries) -> sympy.Expr:
    """atan2 near its limit in terms of the arctangent of what is bounded."""
    above, right = node.args
    if y.is_zero or (not x.is_zero and x.leading[0] <= y.leading[0]):
        if sign_of(x.leading[1]) > 0:
            return sympy.atan(above / right)
        turn = sympy.S.One if y.is_zero else sympy.Integer(sign_of(y.leading[1]))
        return sympy.atan(above / right) + turn * sympy.pi
    return sign_of(y.leading[1]) * sympy.pi / 2 - sympy.atan(right / above)


def _branch(node: sympy.Piecewise, known: dict, cut) -> sympy.Expr:
    """The branch that is taken for small h."""
    for part, condition in node.args:
        if _holds(condition, known, cut):
            return part
    raise NotSupportedError(explain("no branch is taken near the point", got=node))


def _holds(condition, known: dict, cut) -> bool:
    if condition in (sympy.true, sympy.false):
        return condition == sympy.true
    if isinstance(condition, sympy.And | sympy.Or):
        every = all if isinstance(condition, sympy.And) else any
        return every(_holds(part, known, cut) for part in condition.args)
    if isinstance(condition, sympy.Not):
        return not _holds(condition.args[0], known, cut)
    if not condition.is_Relational:
        raise NotSupportedError(explain("a condition near a point", got=condition))
    gap = expand(condition.lhs - condition.rhs, known, cut)
    sign = sympy.Integer(0 if gap.is_zero else sign_of(gap.leading[1]))
    return condition.func(sign, sympy.S.Zero) == sympy.true
