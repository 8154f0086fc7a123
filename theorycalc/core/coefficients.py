"""Coefficients of expansions: exact numbers, kept short, and certified signs of them."""

from functools import lru_cache

import sympy

from theorycalc.core.arithmetic import Ball
from theorycalc.core.errors import NotSupportedError, PrecisionError, explain
from theorycalc.core.evaluation import evaluate
from theorycalc.core.graph import free_symbols, postorder, substitute
from theorycalc.core.lowering import lower

# A number with more operations gets a name.
_LONG = 100


def sign_of(c: sympy.Expr) -> int:
    """The sign of a coefficient that is not zero."""
    if c.is_positive or c.is_negative:
        return 1 if c.is_positive else -1
    if value := _value(c):
        return 1 if value.mid > 0 else -1
    raise NotSupportedError(explain("the sign of a coefficient is not known", got=c))


def _value(c: sympy.Expr):
    """The number, certified; None where it is none, or not told from zero."""
    where = constants(c)
    if free_symbols(c) - {symbol for symbol, _ in where}:
        return None
    try:
        value = evaluate(lower(c, (), where), {}, Ball(5))
    except (PrecisionError, NotSupportedError):
        return None
    return None if value.is_absolute or value.lower <= 0 <= value.upper else value


class Constant(sympy.Dummy):
    """The name of a number, so that coefficients stay polynomials in a few such numbers."""

    __slots__ = ("definition",)

    def __new__(cls, definition: sympy.Expr, **facts):
        self = super().__new__(cls, "c", real=True, **facts)
        self.definition = definition
        return self


def constants(*exprs: sympy.Expr) -> list[tuple[Constant, sympy.Expr]]:
    """The numbers with a name in expressions and in the definitions of others, in order."""
    found: set = set()
    todo = list(exprs)
    while todo:
        new = {x for x in free_symbols(todo.pop()) if isinstance(x, Constant)} - found
        found |= new
        todo += [symbol.definition for symbol in new]
    # a definition uses numbers that were named before
    return [(x, x.definition) for x in sorted(found, key=lambda x: x.dummy_index)]


@lru_cache(maxsize=4096)
def tidy(c: sympy.Expr) -> sympy.Expr:
    """A coefficient as a short sum, and 0 where it is zero."""
    if c.is_Rational:
        return c
    c = substitute(c, {node: _named(node) for node in postorder(c) if not _is_generated(node)})
    if any(node.is_Pow and node.base.is_Add for node in postorder(c)):
        if c.count_ops() > 4 * _LONG and (short := _named(c)) != c:
            return short
        c = sympy.radsimp(sympy.cancel(sympy.together(c)))
    c = sympy.expand(c)
    return _named(c) if c.count_ops() > _LONG else c


@lru_cache(maxsize=4096)
def _named(node: sympy.Expr) -> sympy.Expr:
    """A name for a number that no polynomial gives; anything else as it is."""
    if any(not isinstance(s, Constant) for s in free_symbols(node)):
        return node
    value = _value(node)
    return node if value is None else Constant(node, positive=bool(value.mid > 0), zero=False)


def _is_generated(node: sympy.Basic) -> bool:
    """Whether it belongs to the quotients of polynomials in π, symbols and roots of numbers.

    The limits of an integral are no number, and need no name either.
    """
    if not isinstance(node, sympy.Expr):
        return True
    if node.is_Pow:
        return bool(node.exp.is_Integer or (node.base.is_Rational and node.exp.is_Rational))
    # limits of integrals are no quantities
    return node.is_Atom or node.is_Add or node.is_Mul or not isinstance(node, sympy.Expr)
