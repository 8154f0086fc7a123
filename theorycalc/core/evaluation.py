"""From an expression and the user's parameters to a Value: all is checked before any work."""

import numbers
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

import sympy

from theorycalc.core.arithmetic.ball import enclose
from theorycalc.core.arithmetic.enclosures import (
    constant,
    image,
    is_surely_real,
    number_or_enclosure,
)
from theorycalc.core.assumptions import check_assumptions
from theorycalc.core.errors import (
    DomainError,
    NotSupportedError,
    PrecisionError,
    explain,
    shown,
    unknown_name,
)
from theorycalc.core.graph import postorder, substitute
from theorycalc.core.known import Known
from theorycalc.core.lowering import lower
from theorycalc.core.numbers import exact
from theorycalc.core.program import Program
from theorycalc.core.special import ARITHMETICS, SpecialFunction
from theorycalc.core.value import Value

# A condition that balls of this precision cannot decide holds on its boundary.
_DECISION_BITS = 512
# Expressions of so many nodes are simplified to see whether they are zero.
_SIMPLIFIED = 30
# Those of so many are expanded for it, with sums of so many terms written out.
_EXPANDED = 300
_WRITTEN_OUT = 50
# SymPy writes out gamma functions and powers of larger numbers, digit by digit.
_LARGEST_WRITTEN = 10_000
_ELEMENTARY = "sympy.functions.elementary"


# What else arithmetics and their digits are called.
_ARITHMETICS = {"float": "Float()", "mp": "MP(30)", "ball": "Ball(30)"}
_DIGITS = ("digits", "dps", "prec", "precision")


class Arithmetic(Protocol):
    """What ``using=`` accepts: Float(), MP(digits), Ball(digits)."""

    def evaluate(self, program: Program, inputs: list[Program]) -> Value:
        """The program at exact inputs, to the accuracy of this arithmetic."""


def check_arithmetic(using, what: str = "using", args: Sequence[sympy.Symbol] = ()) -> None:
    """Refuse anything that is not an instance of an arithmetic.

    Where a parameter may have been given by its place, ``args`` are what it could be.
    """
    if isinstance(using, type) or not callable(getattr(using, "evaluate", None)):
        raise DomainError(
            explain(
                f"{what} is not an arithmetic",
                got=shown(using),
                allowed="Float(), MP(30), Ball(30), …",
                hint=_meant(using, args),
            )
        )


def _meant(using, args: Sequence[sympy.Symbol]) -> str:
    """What could have been meant by something that is no arithmetic."""
    name = getattr(using, "__name__", using)
    if isinstance(name, str) and name.lower() in _ARITHMETICS:
        return f"using={_ARITHMETICS[name.lower()]}"
    meanings = []
    if args and isinstance(using, numbers.Number | str | sympy.Expr):
        named = f"{args[0]}={shown(using)}" if len(args) == 1 else f"{args[0]}=…, {args[1]}=…"
        meanings.append(f"{named} for a parameter")
    if isinstance(using, int) and using > 0:
        meanings.append(f"using=MP({using}) or using=Ball({using}) for digits")
    return ", ".join(meanings)


def check_supported(expr, using, values: Mapping | None = None) -> None:
    """Refuse an arithmetic that some special function in the expression does not have.

    Enclosures among the ``values`` need ball arithmetic.
    """
    wanted = "Ball" if _wide((values or {}).values()) else type(using).__name__
    if wanted not in ARITHMETICS:
        return
    for node in postorder(expr):
        if isinstance(node, SpecialFunction) and wanted not in node.arithmetics:
            raise NotSupportedError(
                explain(
                    f"{type(node).__name__} cannot be computed in {wanted} arithmetic",
                    got=node,
                    allowed=", ".join(node.arithmetics),
                    hint="parameters without a radius" if wanted != type(using).__name__ else "",
                )
            )


def read_parameters(args, params: Mapping, *, partial: bool = False) -> dict:
    """The numbers for the symbols ``args``, in their order, from the user's keywords.

    They are exact, or Values where the user gave something with a radius; with ``partial``, which
    is for expressions, all are exact.
    """
    symbols = {symbol.name: symbol for symbol in args}
    for name in params:
        if name not in symbols:
            raise _unknown_parameter(name, params[name], symbols)
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
        symbol: (exact if partial else number_or_enclosure)(params[name], name)
        for name, symbol in symbols.items()
        if name in params
    }
    for symbol, x in values.items():
        check_assumptions(symbol, x)
    return values


def _unknown_parameter(name: str, x, known: Iterable[str]) -> DomainError:
    if name not in _DIGITS:
        return unknown_name("parameter", name, known)
    hint = f"using=MP({x}) or using=Ball({x})"
    allowed = ", ".join(known)
    return DomainError(explain("unknown parameter", got=repr(name), allowed=allowed, hint=hint))


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
    """Truth of a condition at the parameters; None if it is too close to call.

    Over enclosures it is None where the truth depends on the place inside.
    """
    program = lower(condition, tuple(values))
    return enclose(program, constants(values), _DECISION_BITS)


def evaluate(program: Program, values: Mapping, using: Arithmetic) -> Value:
    """The Value of a program at the parameters, given in the order of its inputs.

    Parameters with a radius give an enclosure of the image, through balls in every arithmetic; the
    weakest of what went in decides its rigor.
    """
    inputs = constants(values)
    enclosures = [x for x in values.values() if isinstance(x, Value)]
    if _wide(enclosures):
        known = max(x.accuracy for x in enclosures if x.rad)
        value = image(program, inputs, known, using)
    else:
        value = using.evaluate(program, inputs)
    rigor = min([value.rigor, *(x.rigor for x in enclosures)])
    inputs = {symbol.name: x for symbol, x in values.items() if not isinstance(symbol, Known)}
    return replace(value, rigor=rigor, inputs=inputs)


def is_ordered(relation: sympy.Basic, values: Mapping, using: Arithmetic) -> bool:
    """Whether both sides of a relation are real numbers at every place in the enclosures."""
    known = [x.accuracy for x in values.values() if isinstance(x, Value) and x.rad]
    if not known:
        return True  # at a point, what is not real is refused
    digits = max(using.digits, *known)  # so that a thin enclosure is not blurred
    return is_surely_real(lower(relation, tuple(values)), constants(values), digits)


def _wide(numbers: Iterable) -> bool:
    return any(isinstance(x, Value) and x.rad for x in numbers)


def constants(values: Mapping) -> list[Program]:
    """The programs that compute the parameters, exact ones and enclosures."""
    return [constant(x) if isinstance(x, Value) else lower(x) for x in values.values()]


def written_out(expr: sympy.Basic, values: Mapping) -> sympy.Basic:
    """The expression at the parameters.

    One that is not known exactly is a symbol, and so is a large one that SymPy would write out.
    """
    unknown = {
        s: sympy.Dummy(real=True)
        for s, x in values.items()
        if isinstance(x, Value)
        or (x.is_Rational and abs(x) > _LARGEST_WRITTEN and _is_spelt_out(expr, s))
    }
    return substitute(expr, {**values, **unknown})


def _is_spelt_out(expr: sympy.Basic, symbol: sympy.Symbol) -> bool:
    """Whether a symbol is an exponent, or in a function that is not elementary."""
    return any(
        (node.is_Pow and node.exp.has(symbol))
        or (node.is_Function and _ELEMENTARY not in type(node).__module__ and node.has(symbol))
        for node in postorder(expr)
    )


def vanishes(body: sympy.Expr, where: Iterable, values: Mapping) -> bool:
    """Whether SymPy sees that an expression is zero at exact parameters."""
    written: dict = {}
    for symbol, part in where:
        written[symbol] = substitute(part, written)
    try:
        exactly = written_out(substitute(body, written), values)
    except (DomainError, PrecisionError):
        # undefined there; or SymPy asks for the size of a part that is a tie, such as any angle
        return False
    if exactly == 0 or exactly.is_zero:
        return True
    size = sum(1 for _ in postorder(exactly))
    if size > _EXPANDED:
        return False
    return _expanded(exactly) == 0 or (size <= _SIMPLIFIED and sympy.simplify(exactly) == 0)


def _expanded(expr: sympy.Expr) -> sympy.Expr:
    """The expression as a sum of products, with short sums written out."""
    short = expr.replace(_is_short_sum, lambda x: x.doit())
    return sympy.expand(short.replace(sympy.erfc, lambda x: 1 - sympy.erf(x)))


def _is_short_sum(expr: sympy.Basic) -> bool:
    return isinstance(expr, sympy.Sum) and all(
        low.is_Integer and high.is_Integer and high - low <= _WRITTEN_OUT
        for _, low, high in expr.limits
    )
