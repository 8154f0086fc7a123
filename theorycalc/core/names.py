"""Names of intermediate quantities: each has one of its own, and none captures another."""

from collections.abc import Iterable

import sympy

from theorycalc.core.errors import DomainError, explain, shown
from theorycalc.core.expressions import expression
from theorycalc.core.graph import substitute
from theorycalc.core.records import sequence
from theorycalc.core.signature import as_variable

# A number with so many operations is written out.
_SHORT = 4


def fresh(name: str, taken: set[str]) -> str:
    """The name, or the first of name_1, name_2, … that is not taken."""
    found, number = name, 0
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    return found


def as_definitions(where: Iterable, name: str) -> list[tuple[sympy.Symbol, sympy.Expr]]:
    """Intermediate quantities as pairs of a symbol and an expression.

    Raises
    ------
    DomainError
        For anything else, or a symbol that is defined twice.
    """
    allowed = "where=[(symbol, expression), …]"
    what = f"intermediate quantities of {name}"
    where = sequence(where, what, allowed=allowed)
    if not all(isinstance(x, tuple | list) and len(x) == 2 for x in where):
        raise DomainError(explain(f"not {what}", got=shown(where), allowed=allowed))
    pairs = [(as_variable(symbol, "where"), expression(x, "where")) for symbol, x in where]
    symbols = [symbol for symbol, _ in pairs]
    if len(set(symbols)) < len(symbols):
        raise DomainError(
            explain(f"{name}: an intermediate quantity is defined twice", got=symbols)
        )
    return pairs


def with_own_names(where: list, taken: Iterable[str], *parts) -> tuple:
    """(where, parts) in which no two intermediate quantities share a name, nor one with ``taken``.

    A `Dummy` stands for a quantity that has no name yet: it becomes a symbol. Quantities that are
    equal become one; a symbol or a short number needs no other name.
    """
    taken, new, named = set(taken), {}, {}
    for symbol, part in where:
        part = substitute(part, new) if new else part
        if part in named or _needs_no_name(part):
            new[symbol] = named.get(part, part)
            continue
        name = fresh(symbol.name, taken)
        taken.add(name)
        if name != symbol.name or isinstance(symbol, sympy.Dummy):
            new[symbol] = sympy.Symbol(name, **symbol.assumptions0)
        named[part] = new.get(symbol, symbol)
    if new:
        parts = tuple(None if part is None else substitute(part, new) for part in parts)
    return [(symbol, part) for part, symbol in named.items()], *parts


def _needs_no_name(part: sympy.Expr) -> bool:
    """Whether it is a symbol, or a number of few operations and no function, which is as clear."""
    if not part.is_number:
        return bool(part.is_Symbol)
    return bool(part.count_ops() <= _SHORT and not part.has(sympy.Function) and part.is_nonzero)


def nameless(where: list, symbols: set, *parts) -> tuple:
    """(where, parts) with dummies in the place of the intermediate quantities in ``symbols``."""
    hidden = {
        symbol: sympy.Dummy(symbol.name, **symbol.assumptions0)
        for symbol, _ in where
        if symbol in symbols
    }
    if not hidden:
        return where, *parts
    where = [(hidden.get(symbol, symbol), substitute(part, hidden)) for symbol, part in where]
    return where, *(None if part is None else substitute(part, hidden) for part in parts)


def matched_by_name(x: sympy.Expr, symbols: Iterable[sympy.Symbol]) -> sympy.Expr:
    """The expression with these symbols in the place of others that have their names."""
    known = {symbol.name: symbol for symbol in symbols}
    return substitute(x, {s: known[s.name] for s in x.free_symbols if s.name in known})
