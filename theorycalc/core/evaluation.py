"""From an expression and the user's parameters to a Value: all is checked before any work."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol

import sympy

from theorycalc.core.arithmetic.ball import enclose
from theorycalc.core.errors import DomainError, NotSupportedError, explain, unknown_name
from theorycalc.core.graph import postorder, substitute
from theorycalc.core.lowering import lower
from theorycalc.core.numbers import exact
from theorycalc.core.program import Program
from theorycalc.core.special import SpecialFunction
from theorycalc.core.value import Value

# A condition that balls of this precision cannot decide holds on its boundary.
_DECISION_BITS = 512
# Expressions of so many nodes are simplified to see whether they are zero.
_SIMPLIFIED = 30


# The assumptions of a symbol that an error names; SymPy derives many more from them.
_FACTS = {
    "integer",
    "even",
    "odd",
    "rational",
    "positive",
    "nonnegative",
    "negative",
    "nonpositive",
}


class Arithmetic(Protocol):
    """What ``using=`` accepts: Float(), MP(digits), Ball(digits)."""

    def evaluate(self, program: Program, inputs: list[Program]) -> Value:
        """The program at exact inputs, to the accuracy of this arithmetic."""


def check_arithmetic(using, what: str = "using") -> None:
    """Refuse anything that is not an instance of an arithmetic."""
    if isinstance(using, type) or not callable(getattr(using, "evaluate", None)):
        raise DomainError(
            explain(
                f"{what} is not an arithmetic", got=using, allowed="Float(), MP(30), Ball(30), …"
            )
        )


def check_supported(expr, using) -> None:
    """Refuse an arithmetic that some special function in the expression does not have."""
    wanted = type(using).__name__
    for node in postorder(expr):
        if isinstance(node, SpecialFunction) and wanted not in node.arithmetics:
            raise NotSupportedError(
                explain(
                    f"{type(node).__name__} cannot be computed in {wanted} arithmetic",
                    got=node,
                    allowed=", ".join(node.arithmetics),
                )
            )


def read_parameters(args, params: Mapping, *, partial: bool = False) -> dict:
    """The exact numbers for the symbols ``args``, in their order, from the user's keywords."""
    symbols = {symbol.name: symbol for symbol in args}
    for name in params:
        if name not in symbols:
            raise unknown_name("parameter", name, symbols)
    missing = [name for name in symbols if name not in params]
    if missing and not partial:
        raise DomainError(
            explain(
                "a parameter is missing",
                got=", ".join(params) or "none",
                allowed=", ".join(symbols),
            )
        )
    values = {
        symbol: exact(params[name], name) for name, symbol in symbols.items() if name in params
    }
    for symbol, x in values.items():
        _check_assumptions(symbol, x)
    return values


def _check_assumptions(symbol: sympy.Symbol, x: sympy.Expr) -> None:
    assumptions = symbol.assumptions0
    for fact in sorted(_FACTS & assumptions.keys()):
        wanted = assumptions[fact]
        if getattr(x, f"is_{fact}", None) is (not wanted):
            allowed = fact if wanted else f"not {fact}"
            raise DomainError(explain(f"{symbol} is outside its domain", got=x, allowed=allowed))


def check_domain(domain: sympy.Basic, values: Mapping, name: str = "") -> None:
    """Refuse parameters for which one of the conditions is certainly false."""
    for condition in sympy.And.make_args(domain):
        if decide(condition, values) is False:
            got = ", ".join(f"{s} = {values[s]}" for s in sorted(condition.free_symbols, key=str))
            what = (
                f"{name}: parameters outside the domain"
                if name
                else "parameters outside the domain"
            )
            raise DomainError(
                explain(what, got=got, allowed=sympy.pretty(condition, use_unicode=True))
            )


def decide(condition: sympy.Basic, values: Mapping) -> bool | None:
    """Truth of a condition at exact parameters; None if it is too close to call."""
    symbols = tuple(values)
    program = lower(condition, symbols)
    numbers = [lower(values[symbol]) for symbol in symbols]
    return enclose(program, numbers, _DECISION_BITS)


def evaluate(program: Program, values: Mapping, using: Arithmetic) -> Value:
    """The Value of a program at exact parameters, given in the order of its inputs."""
    value = using.evaluate(program, [lower(x) for x in values.values()])
    return replace(value, inputs={symbol.name: x for symbol, x in values.items()})


def vanishes(body: sympy.Expr, where: Iterable, values: Mapping) -> bool:
    """Whether SymPy sees that an expression is zero at exact parameters."""
    written: dict = dict(values)
    for symbol, part in where:
        written[symbol] = substitute(part, written)
    exactly = substitute(body, written)
    if exactly == 0 or exactly.is_zero:
        return True
    small = sum(1 for _ in postorder(exactly)) <= _SIMPLIFIED
    return small and sympy.simplify(exactly) == 0
