"""Names of intermediate quantities: each has one of its own, and none captures another."""

from collections.abc import Iterable

import sympy

from theorycalc.core.errors import DomainError, explain, shown
from theorycalc.core.graph import substitute
from theorycalc.core.numbers import expression
from theorycalc.core.records import sequence
from theorycalc.core.signature import as_variable


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

    A `Dummy` stands for a quantity that has no name yet: it becomes a symbol.
    """
    taken, names, named = set(taken), {}, []
    for symbol, part in where:
        name = fresh(symbol.name, taken)
        taken.add(name)
        part = substitute(part, names) if names else part
        if name != symbol.name or isinstance(symbol, sympy.Dummy):
            names[symbol] = sympy.Symbol(name, **symbol.assumptions0)
        named.append((names.get(symbol, symbol), part))
    if names:
        parts = tuple(None if part is None else substitute(part, names) for part in parts)
    return named, *parts


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
