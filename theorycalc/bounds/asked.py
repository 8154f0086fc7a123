"""What is asked of a proof, read and refused before any work."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

import sympy

from theorycalc.bounds.claimed import relations_of
from theorycalc.core.arithmetic import Ball
from theorycalc.core.binary import fraction
from theorycalc.core.claims import Claim
from theorycalc.core.errors import DomainError, NotSupportedError, explain, shown, unknown_name
from theorycalc.core.evaluation import check_supported, vanishes
from theorycalc.core.expressions import expression
from theorycalc.core.known import known_in
from theorycalc.core.numbers import exact, exact_integer
from theorycalc.core.records import instance
from theorycalc.core.value import Rigor, Value


def with_ranges(claim: Claim) -> tuple[Claim, dict[str, Value]]:
    """The claim for all numbers that its Values may be: each is a variable, here by its name."""
    carried = known_in(claim.relation, claim.condition)
    for value in carried.values():
        if value.rigor is not Rigor.CERTIFIED:
            hint = "using=Ball(30), which gives an enclosure"
            raise DomainError(explain("nothing is proved of an estimate", got=value, hint=hint))
    names = {symbol: f"value_{k}" for k, symbol in enumerate(carried, 1)}
    symbols = {symbol: sympy.Symbol(name, real=True) for symbol, name in names.items()}
    on = {name: tuple(_ends(carried[symbol])) for symbol, name in names.items()}
    if not carried:
        return claim, {}
    made = replace(
        claim,
        relation=claim.relation.xreplace(symbols),
        assumptions=claim.assumptions.xreplace(symbols),
        where=claim.where.xreplace(symbols),
        on={**claim.on, **on},
    )
    return made, {name: carried[symbol] for symbol, name in names.items()}


def _ends(value: Value) -> Iterator[sympy.Rational]:
    for end in (value.lower, value.upper):
        exactly = fraction(end)
        yield sympy.Rational(exactly.numerator, exactly.denominator)


def contact_in_symbols(contact, claim: Claim, variables):
    """A contact in the symbols of the proof."""
    by_name = {v.name: v.symbol for v in variables}
    if isinstance(contact, sympy.Eq):
        sides = (_in_symbols(side, by_name) for side in contact.args)
        return sympy.Eq(*sides, evaluate=False)  # which SymPy may know to be false
    if not isinstance(contact, Mapping) or not contact:
        allowed = '{"x": 0}, {"x": y}, sympy.Eq(p, q)'
        raise DomainError(explain("not a contact", got=shown(contact), allowed=allowed))
    point = {str(name): _place(x, str(name), by_name) for name, x in contact.items()}
    if unknown := {*point} - {*by_name}:
        raise unknown_name("variable", unknown.pop(), by_name)
    if {*point} == {*by_name}:
        values = {by_name[name]: x for name, x in point.items()}
        sides = [r.lhs - r.rhs for r in relations_of(claim, variables)]
        if not any(_meet(side, values) for side in sides):
            got = ", ".join(f"{name} = {x}" for name, x in point.items())
            raise DomainError(
                explain("not a contact", got=got, allowed="where both sides are equal, exactly")
            )
    return point


def names_in_symbols(substitute, variables) -> tuple[tuple[str, sympy.Expr], ...]:
    """Names of parts of a claim, and the parts in the symbols of the proof."""
    instance(substitute, Mapping, "what stands for parts", allowed='{"p": mu * omega}')
    by_name, found = {v.name: v.symbol for v in variables}, []
    for key, part in substitute.items():
        name, part = str(key), expression(part, f"the part {key}")
        if not name.isidentifier() or name in by_name:
            hint = "a name that no variable has"
            raise DomainError(explain("not a name for a part", got=shown(name), hint=hint))
        if not part.free_symbols:
            raise DomainError(explain("a part without variables", got=f"{name} = {part}"))
        found.append((name, _in_symbols(part, by_name)))
    return tuple(found)


def _in_symbols(x, by_name: dict):
    """An expression in the symbols of the proof."""
    if unknown := {s.name for s in x.free_symbols} - {*by_name}:
        raise unknown_name("variable", unknown.pop(), by_name)
    return x.xreplace({s: by_name[s.name] for s in x.free_symbols})


def _meet(side: sympy.Expr, values: dict) -> bool:
    """Whether both sides may be equal at a point; one that is not seen to be may still be."""
    value = sympy.N(side.xreplace(values), 20)
    return vanishes(side, (), values) or not value.is_number or abs(value) < 1e-15


def _place(x, name: str, by_name: dict) -> sympy.Expr:
    """An exact number, or an expression in the other variables."""
    if not isinstance(x, sympy.Expr) or x.is_Float:
        return exact(x, name)
    return x if x.is_number else _in_symbols(x, by_name)


def check_enclosed(claim: Claim) -> None:
    """Refuse functions that cannot be enclosed."""
    try:
        check_supported(claim.relation, Ball(10))
    except NotSupportedError as error:
        what = f"{error}; nothing is proved without, but tc.search looks for a counterexample"
        raise NotSupportedError(what) from error


def processes(jobs) -> int:
    """How many processes are asked for."""
    if not (jobs := exact_integer(jobs, "jobs", minimum=-1)):
        raise DomainError(explain("no processes", got=jobs, allowed="1, 2, …, −1 for all cores"))
    return jobs
