"""What formulas and functions take: arguments, domains, whole numbers and exponents."""

from collections.abc import Iterable, Mapping

import sympy

from theorycalc.core.errors import DomainError, explain, shown, unknown_name
from theorycalc.core.expressions import condition
from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import sequence

_LARGEST_EXPONENT = 10_000


def as_variable(x, what: str = "variable") -> sympy.Symbol:
    """A variable that a user names.

    Raises
    ------
    DomainError
        For strings, numbers, and everything else that is no SymPy symbol.
    """
    if not isinstance(x, sympy.Symbol):
        hint = 'x = sympy.Symbol("x")'
        raise DomainError(explain(f"{what} is not a SymPy Symbol", got=shown(x), hint=hint))
    return x


def check_real(x: sympy.Symbol) -> None:
    """Refuse a variable that does not stand for every real number: SymPy simplifies by that.

    Raises
    ------
    DomainError
        For one that is complex, an integer, or has a sign.
    """
    if (
        x.is_extended_real is False
        or x.is_integer
        or x.is_extended_nonnegative
        or x.is_extended_nonpositive
    ):
        assumptions = ", ".join(name for name, holds in x.assumptions0.items() if holds)
        hint = f'sympy.Symbol("{x.name}", real=True)'
        what = "a variable that is not any real number"
        raise DomainError(explain(what, got=f"{x}: {assumptions}", hint=hint))


def as_variables(variables: tuple, *exprs: sympy.Basic) -> tuple[sympy.Symbol, ...]:
    """Variables that a user names, by default the free symbols of expressions by name.

    Raises
    ------
    DomainError
        For what is no symbol, one that is given twice, or none at all.
    """
    free = set().union(*(expr.free_symbols for expr in exprs))
    variables = tuple(map(as_variable, variables or sorted(free, key=str)))
    if not variables or len(set(variables)) < len(variables):
        got = ", ".join(map(str, variables)) or "none"
        raise DomainError(explain("not variables", got=got, allowed="different symbols"))
    return variables


def argument(args: Iterable[sympy.Symbol], name: str | sympy.Symbol) -> sympy.Symbol:
    """The argument of a formula that a user names.

    Raises
    ------
    DomainError
        For the name of none.
    """
    symbols = {symbol.name: symbol for symbol in args}
    if str(name) not in symbols:
        raise unknown_name("argument", str(name), symbols)
    return symbols[str(name)]


def integers_from(least: Mapping[sympy.Expr, int]) -> sympy.Basic:
    """The domain where what is a symbol is an integer from some number on."""
    symbols = {x: low for x, low in least.items() if x.is_Symbol}
    integers = sympy.S.Integers
    return sympy.And(*((x >= low) & sympy.Contains(x, integers) for x, low in symbols.items()))


def exponents(alpha, d: sympy.Expr) -> tuple[int, ...]:
    """The exponents of a monomial in at most d coordinates.

    Raises
    ------
    DomainError
        If they are no integers ≥ 0, or too many.
    """
    alpha = sequence(alpha, "exponents", allowed="(2, 0, …)")
    alpha = tuple(exact_integer(a, "an exponent", 0, _LARGEST_EXPONENT) for a in alpha)
    if d.is_Integer and len(alpha) > d:
        raise DomainError(
            explain("more exponents than coordinates", got=len(alpha), allowed=f"at most {d}")
        )
    return alpha


def check_own(symbols: Iterable[sympy.Symbol], *parts: sympy.Basic) -> None:
    """Refuse quantities of a user with a name that the result is written in.

    Raises
    ------
    DomainError
        If one of the symbols, or another of its name, is free in a part.
    """
    own = {symbol.name for symbol in symbols}
    taken = {symbol.name for part in parts for symbol in part.free_symbols}
    if clashes := sorted(own & taken):
        raise DomainError(
            explain(
                "a name with two meanings",
                got=", ".join(clashes),
                allowed=f"symbols of other names than {', '.join(sorted(own))}",
            )
        )


def as_arguments(args, name: str) -> tuple:
    """The arguments of a formula, symbols with different names.

    Raises
    ------
    DomainError
        For anything else.
    """
    args = (args,) if isinstance(args, sympy.Symbol) else sequence(args, f"arguments of {name}")
    names = [symbol.name for symbol in args if isinstance(symbol, sympy.Symbol)]
    if len(set(names)) < len(args):
        raise DomainError(
            explain(
                f"{name}: not arguments",
                got=", ".join(map(shown, args)),
                allowed="SymPy symbols with different names",
            )
        )
    return args


def as_condition(domain) -> sympy.Basic:
    """A domain as one condition: a condition, sets by symbols, or None for everywhere.

    Raises
    ------
    DomainError
        For anything else.
    """
    if domain is None:
        return sympy.true
    if isinstance(domain, Mapping):
        if not all(
            isinstance(x, sympy.Symbol) and isinstance(s, sympy.Set) for x, s in domain.items()
        ):
            raise DomainError(explain("not a domain", got=domain, allowed="{symbol: SymPy set}"))
        return sympy.And(*(sympy.Contains(x, s, evaluate=False) for x, s in domain.items()))
    return condition(domain, "domain")
