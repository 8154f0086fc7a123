"""The first terms of a formula near a point or at infinity, through its intermediate quantities."""

import sympy

from theorycalc.core.bernstein import binomial_sum
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.local_series import expand
from theorycalc.core.power_series import LostTermsError, PowerSeries

# How far beyond the order the first term that is left out is looked for.
_BEYOND = (1, 2, 4, 8)


def first_terms(formula, variable: sympy.Symbol, inside: PowerSeries, order: int) -> tuple:
    """({exponent: coefficient} up to an order, the first term beyond it or None).

    ``inside`` is the series of the variable in a small h > 0. Where that goes to infinity the order
    is counted from the leading term.
    """
    kept: dict = {}
    for beyond in _BEYOND:
        try:
            series = _series(formula, variable, inside, order + beyond + sympy.Rational(1, 4))
            last = order + (series.leading[0] if inside.least < 0 else 0)
        except LostTermsError:
            continue
        if series.cut <= last:
            continue
        kept = {e: c for e, c in series.terms.items() if e <= last}
        rest = [(e, c) for e, c in series.terms.items() if e > last]
        if rest or series.cut == sympy.oo:
            return kept, rest[0] if rest else None
    if not kept:
        what = f"{formula.name}: the terms of the expansion cancel"
        raise NotSupportedError(explain(what, hint="a larger order"))
    return kept, None


def _series(formula, variable: sympy.Symbol, inside: PowerSeries, cut) -> PowerSeries:
    known: dict = {variable: inside}
    for symbol, part in formula.where:
        known[symbol] = _part(part, variable, known, cut)
    return _part(formula.body, variable, known, cut)


def _part(part: sympy.Expr, variable: sympy.Symbol, known: dict, cut) -> PowerSeries:
    for node in moving_sums(part, variable) if known[variable].least < 0 else ():
        known[node] = binomial_sum(node, variable).series(known, cut)
    return expand(part, known, cut)


def moving_sums(part: sympy.Expr, variable: sympy.Symbol) -> list[sympy.Sum]:
    """The sums that an argument moves."""
    return sorted((x for x in part.atoms(sympy.Sum) if variable in x.free_symbols), key=str)
