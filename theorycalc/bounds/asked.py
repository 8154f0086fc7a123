"""What is asked of a proof, read and refused before any work."""

from collections.abc import Mapping

import sympy

from theorycalc.bounds.claimed import relations_of
from theorycalc.core.arithmetic import Ball
from theorycalc.core.claims import Claim
from theorycalc.core.errors import DomainError, NotSupportedError, explain, shown, unknown_name
from theorycalc.core.evaluation import check_supported, vanishes
from theorycalc.core.known import known_in
from theorycalc.core.numbers import exact, exact_integer


def refuse_values(claim: Claim) -> None:
    """Refuse a claim with numbers in it that are known up to an error."""
    if carried := known_in(claim.relation, claim.condition):
        raise DomainError(
            explain(
                "a claim on ranges with numbers that are known up to an error",
                got=", ".join(map(str, carried)),
                hint="a variable with the range of the enclosure",
            )
        )


def contact_in_symbols(contact, claim: Claim, variables):
    """A contact in the symbols of the proof."""
    by_name = {v.name: v.symbol for v in variables}
    if isinstance(contact, sympy.Eq):
        free = {s.name for s in contact.free_symbols}
        if unknown := free - {*by_name}:
            raise unknown_name("variable", unknown.pop(), by_name)
        return contact.xreplace({s: by_name[s.name] for s in contact.free_symbols})
    if not isinstance(contact, Mapping) or not contact:
        raise DomainError(
            explain("not a contact", got=shown(contact), allowed='{"x": 0}, sympy.Eq(p, q)')
        )
    point = {str(name): _place(x, str(name)) for name, x in contact.items()}
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


def _meet(side: sympy.Expr, values: dict) -> bool:
    """Whether both sides may be equal at a point; one that is not seen to be may still be."""
    value = sympy.N(side.xreplace(values), 20)
    return vanishes(side, (), values) or not value.is_number or abs(value) < 1e-15


def _place(x, name: str) -> sympy.Expr:
    return x if isinstance(x, sympy.Expr) and x.is_number else exact(x, name)


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
