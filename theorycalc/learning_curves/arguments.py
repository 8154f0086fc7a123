"""What the curves of this room take: ratios, powers and noises, exactly."""

from collections.abc import Mapping

import sympy
from sympy import Expr

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.expressions import real_parameter
from theorycalc.core.formula import Formula
from theorycalc.core.known import unknown
from theorycalc.core.numbers import exact
from theorycalc.spectra._reading import masses


def powers(mapping: Mapping, what: str, place: str) -> dict[Expr, Expr]:
    """{place: power}, the powers not negative.

    Raises
    ------
    DomainError
        For negative powers and places.
    """
    found = {exact(t, place): real_parameter(b, what, 0) for t, b in mapping.items()}
    if any(t < 0 for t in found):
        raise DomainError(explain(f"{place} is negative", got=mapping, allowed="≥ 0"))
    return found


def variances(mapping) -> dict[Expr, Expr]:
    """{eigenvalue: share} of a covariance.

    Raises
    ------
    DomainError
        For negative eigenvalues, for none but 0, and for shares that do not sum to 1.
    """
    law = masses(mapping, "H")
    if any(t < 0 for t in law) or not any(law):
        allowed = "eigenvalues ≥ 0, not all of them 0"
        raise DomainError(explain("H is no law of variances", got=mapping, allowed=allowed))
    return law


def formula(
    name: str,
    expr: Expr,
    where=(),
    note: str = "",
    domain: sympy.Basic = sympy.true,
    error: Expr | None = None,
) -> Formula:
    """A formula in all symbols that are left."""
    given = {symbol for symbol, _ in where}
    used = expr.free_symbols.union(*(part.free_symbols for _, part in where)) - given
    args = tuple(sorted(unknown(used), key=str))
    return Formula(name, expr, args=args, where=where, note=note, domain=domain, error=error)
