"""Numbers with an error inside expressions: symbols that carry their `Value`."""

from collections.abc import Iterable
from typing import Any

import sympy
from sympy.printing.pretty.stringpict import prettyForm

from theorycalc.core import decimals
from theorycalc.core.graph import free_symbols


class Known(sympy.Dummy):
    """A real number that is known up to an error. It has no other value than ``value``."""

    __slots__ = ("value",)

    def __new__(cls, value, dummy_index=None):
        """The symbol of a Value: the same one for the same object."""
        facts = {
            "positive": value.lower > 0,
            "negative": value.upper < 0,
            "nonnegative": value.lower >= 0,
            "nonpositive": value.upper <= 0,
        }
        known = {fact: True for fact, holds in facts.items() if holds}
        self = super().__new__(cls, f"({value})", dummy_index, real=True, **known)
        self.value = value
        return self

    def _sympystr(self, printer) -> str:
        return self.name

    def _latex(self, printer) -> str:
        return rf"\left({decimals.value_latex(self.value).strip('$')}\right)"

    def _pretty(self, printer) -> prettyForm:
        return prettyForm(self.name)

    def __getnewargs_ex__(self):
        return (self.value, self.dummy_index), {}


def known_in(*exprs: sympy.Basic) -> dict[Known, object]:
    """The values that expressions carry, by their symbols."""
    return carried(s for expr in exprs for s in free_symbols(expr))


def carried(symbols: Iterable[sympy.Basic]) -> dict[Known, Any]:
    """The values that symbols carry."""
    found = {s for s in symbols if isinstance(s, Known)}
    return {s: s.value for s in sorted(found, key=lambda s: s.dummy_index)}


def unknown(symbols: Iterable[sympy.Basic]) -> set[Any]:
    """The symbols that are still to get a value."""
    return {s for s in symbols if not isinstance(s, Known)}
