"""Infinity as a point: x = 1/u, and how a quantity leaves 0 there."""

import math
from functools import lru_cache
from itertools import product

import sympy
from flint import fmpq

from theorycalc.bounds.contacts import point_contact
from theorycalc.bounds.domain import Variable, rational
from theorycalc.bounds.enclosed import Enclosed, is_continuous
from theorycalc.core.errors import TheoryCalcError


@lru_cache(maxsize=1024)
def positive_at_infinity(
    expr: sympy.Expr, symbol: sympy.Symbol, start: fmpq, parts: tuple = ()
) -> str:
    """How a quantity is seen to be positive on [start, ∞), by its order of contact at ∞.

    Where it is linear in each of the ``parts``, which are in [0, 1], it is looked at for all their
    ends.
    """
    if start <= 0 or not is_continuous(expr) or any(expr.diff(part).has(part) for part in parts):
        return ""
    orders = set()
    for corner in product((0, 1), repeat=len(parts)):
        order = _order(expr.subs(dict(zip(parts, corner, strict=True))), symbol, start)
        if order is None:
            return ""
        orders.add(str(order))
    return f"contact at infinity of order {', '.join(sorted(orders))}"


def _order(expr: sympy.Expr, symbol: sympy.Symbol, start: fmpq) -> int | None:
    """The order of contact at ∞, if the quantity is positive from there to the start."""
    u = sympy.Symbol("u", positive=True)
    turned = _turned(expr, symbol, u)
    if turned is None:
        return None
    series, degree = turned
    end = (1 / rational(start)) ** sympy.Rational(1, degree)
    f = Enclosed(series, [Variable(u, sympy.S.Zero, end, low_open=True)])
    cell = (f.variables[0].hull,)
    if f.value(cell).low > 0:
        return 0
    contact = point_contact(f, sympy.S.Zero)
    return contact.order if contact and contact.closes(f, cell, strict=True) else None


@lru_cache(maxsize=1024)
def _turned(expr, symbol, u) -> tuple[sympy.Expr, int] | None:
    return analytic_at_zero(expr.subs(symbol, 1 / u), u)


def analytic_at_zero(expr: sympy.Expr, u: sympy.Symbol) -> tuple[sympy.Expr, int] | None:
    """(g, q) with g(u) = u^k expr(u^q), where that has no logarithm and no root of u."""
    expr = expr.replace(sympy.log, _log_of_quotient)
    expr = expr.replace(lambda e: e.is_Pow and e.exp.is_Rational, _power_of_quotient)
    terms = [_cancelled(t, u) for t in sympy.Add.make_args(sympy.expand(expr))]
    logs = sympy.Add(*(t for t in terms if t.has(sympy.log(u))))
    rest = [t for t in terms if not t.has(sympy.log(u))]
    try:
        if sympy.simplify(logs) != 0:
            return None
    except (TheoryCalcError, NotImplementedError):
        return None
    exponents = [_exponent(t, u) for t in rest]
    if not rest or not all(e.is_Rational for e in exponents):
        return None
    degree = math.lcm(*(int(e.q) for e in exponents))
    lowest = min(exponents)
    cleared = sympy.Add(*(t * u**-lowest for t in rest))
    return cleared.subs(u, u**degree), degree


def _cancelled(term: sympy.Expr, u: sympy.Symbol) -> sympy.Expr:
    """A term with its rational factors put together, and powers of u apart."""
    factors = sympy.Mul.make_args(term)
    rational_part = sympy.Mul(*(f for f in factors if f.is_rational_function(u)))
    rest = sympy.Mul(*(f for f in factors if not f.is_rational_function(u)))
    return sympy.factor_terms(sympy.cancel(rational_part)) * rest


def _exponent(term: sympy.Expr, u: sympy.Symbol) -> sympy.Expr:
    """The power of u that is a factor."""
    powers = (f.as_base_exp() for f in sympy.Mul.make_args(term))
    return sympy.Add(*(exponent for base, exponent in powers if base == u))


def _log_of_quotient(inside: sympy.Expr) -> sympy.Expr:
    above, below = sympy.fraction(sympy.together(inside))
    return sympy.Add(
        *(
            sign * exponent * sympy.log(base)
            for sign, side in ((1, above), (-1, below))
            for base, exponent in (f.as_base_exp() for f in sympy.Mul.make_args(side))
            if base != 1
        )
    )


def _power_of_quotient(power: sympy.Pow) -> sympy.Expr:
    if power.exp.is_Integer:
        return power
    above, below = sympy.fraction(sympy.together(power.base))
    sides = ((above, power.exp), (below, -power.exp))
    return sympy.Mul(*(f**e for side, e in sides for f in sympy.Mul.make_args(side)))
