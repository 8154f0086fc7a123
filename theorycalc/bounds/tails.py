"""Half-lines: a quantity that is positive from some point on.

The way of an analyst by hand: the range at infinity shows it, or the sign of a factor, or the
quantity (over a positive factor that makes its derivative simpler) rises from a positive value, or
falls to a limit that is not negative. Each step takes a logarithm or a power away, so that it ends.
"""

import math
from functools import lru_cache

import sympy
from flint import arb, fmpq
from sympy.functions.elementary.hyperbolic import HyperbolicFunction

from theorycalc.bounds.domain import Variable, rational
from theorycalc.bounds.enclosed import run
from theorycalc.bounds.exact import positive_polynomial
from theorycalc.core.arithmetic.box import NOT_A_NUMBER, Box
from theorycalc.core.arithmetic.box_context import BoxContext, as_box
from theorycalc.core.derivative import derivative
from theorycalc.core.errors import TheoryCalcError
from theorycalc.core.lowering import lower

# How many derivatives are taken, and over how many factors each quantity is looked at.
_DEPTH = 5
# Longer expressions are not looked at.
_LONGEST = 120
# Where signs are looked at, in multiples of the start, before anything is shown.
_LOOKS = (1, 2, 10, 1000, 10**9)
_INFINITY = Box(arb.pos_inf(), arb.pos_inf())


def positive_from(expr: sympy.Expr, symbol: sympy.Symbol, start: fmpq) -> list[str] | None:
    """The steps that show that an expression is positive on [start, ∞), or None."""
    if start > 0 and not symbol.is_positive:
        positive = sympy.Symbol(symbol.name, positive=True)
        expr, symbol = expr.xreplace({symbol: positive}), positive
    if expr.has(HyperbolicFunction):
        expr = _factored(expr.rewrite(sympy.exp))
    return _positive(expr, symbol, start, _DEPTH)


def _positive(expr, symbol, start: fmpq, depth: int) -> list[str] | None:
    if _operations(expr) > _LONGEST or not all(
        _value_at(expr, symbol, start * factor + factor - 1) > 0 for factor in _LOOKS
    ):
        return None
    if expr.is_positive:
        return [f"{expr} is positive"]
    simple = _range(expr, symbol, start) or _by_roots(expr, symbol, start)
    if simple:
        return [simple]
    steps = _by_factors(expr, symbol, start, depth)
    if steps is not None or depth == 0:
        return steps
    for divisor in _divisors(expr, symbol):
        if divisor.is_positive or _low_on(divisor, symbol, start) > 0:
            quotient = _quotient(expr, divisor)
            steps = _monotone(quotient, symbol, start, depth - 1)
            if steps is not None:
                return [f"divide by {divisor}", *steps] if divisor != 1 else steps
    return None


def _range(expr, symbol, start: fmpq) -> str:
    return "range" if _low_on(expr, symbol, start) > 0 else ""


def _low_on(expr, symbol, start: fmpq) -> arb:
    """A lower bound on [start, ∞)."""
    context = BoxContext()
    inputs = [Box(arb(start).lower(), arb.pos_inf())]
    found = as_box(run(_program(expr, symbol), context, inputs, NOT_A_NUMBER))
    return arb.neg_inf() if found.low.is_nan() or context.touched else found.low


def _by_roots(expr, symbol, start: fmpq) -> str:
    """An algebraic function with roots of one linear function, as a polynomial of such a root."""
    roots = {p.base: 1 for p in expr.atoms(sympy.Pow) if p.exp.is_Rational and p.exp.q > 1}
    base = next((b for b in roots if b.has(symbol)), symbol)
    line = base.as_poly(symbol, domain="QQ") if base.is_polynomial(symbol) else None
    if line is None or line.degree() != 1 or not line.LC() > 0:
        return ""
    powers = [p.exp for p in expr.atoms(sympy.Pow) if p.base == base and p.exp.is_Rational]
    degree = math.lcm(*(exponent.q for exponent in powers))
    root = sympy.Dummy("t", positive=True)
    slope, intercept = line.LC(), line.eval(0)
    algebraic = expr.subs(base, root**degree).subs(symbol, (root**degree - intercept) / slope)
    if not algebraic.is_rational_function(root):
        return ""
    numerator, denominator = sympy.fraction(sympy.together(algebraic))
    parts = [part.as_poly(root, domain="QQ") for part in (numerator, denominator)]
    low = line.eval(rational(start)) ** sympy.Rational(1, degree)
    if None in parts:
        return ""
    if not low.is_Rational:
        low = rational(_below(low))
    half_line = Variable(root, low, sympy.oo, high_open=True)
    no_pole = positive_polynomial(parts[1] * parts[1], half_line, strict=True)
    positive = no_pole and positive_polynomial(parts[0] * parts[1], half_line, strict=True)
    return "counting roots" if positive else ""


def _below(x: sympy.Expr) -> fmpq:
    """A rational slightly below a positive number."""
    return fmpq(int(sympy.floor(x * 2**20)), 2**20)


def _by_factors(expr, symbol, start: fmpq, depth: int) -> list[str] | None:
    """A product whose factors all have a sign."""
    gathered = _factored(expr)
    factors = [f for f in sympy.Mul.make_args(gathered) if f.free_symbols]
    number = sympy.Mul(*(f for f in sympy.Mul.make_args(gathered) if not f.free_symbols))
    if len(factors) < 2 and not (number.is_negative and factors):
        return None
    sign, steps = 1 if number.is_positive else -1, []
    for factor in factors:
        base, exponent = factor.as_base_exp()
        if exponent.is_even and _positive(base, symbol, start, min(depth, 1)) is not None:
            continue
        for direction in (1, -1):
            if direction * factor == expr:
                continue  # nothing was taken off
            shown = _positive(direction * factor, symbol, start, depth - 1) if depth else None
            if shown is not None:
                sign, steps = sign * direction, [*steps, *shown]
                break
        else:
            return None
    return [f"factors of {gathered}", *steps] if sign > 0 else None


def _monotone(expr, symbol, start: fmpq, depth: int) -> list[str] | None:
    slope = _slope(expr, symbol)
    if slope is None:
        return None
    if slope == 0:
        return None
    if _value_at(expr, symbol, start) > 0:
        steps = _positive(slope, symbol, start, depth)
        if steps is not None:
            return [f"rises from {rational(start)}", *steps]
    limit = _limit(expr, symbol)
    if limit is not None and limit >= 0:
        steps = _positive(-slope, symbol, start, depth)
        if steps is not None:
            return [f"falls to its limit {limit}", *steps]
    return None


def _value_at(expr, symbol, start: fmpq) -> arb:
    found = as_box(run(_program(expr, symbol), BoxContext(), [start], NOT_A_NUMBER))
    return arb.neg_inf() if found.low.is_nan() else found.low


@lru_cache(maxsize=1024)
def _limit(expr, symbol) -> sympy.Expr | None:
    """The limit at ∞, by SymPy where the range at ∞ does not show it."""
    found = as_box(run(_program(expr, symbol), BoxContext(), [_INFINITY], NOT_A_NUMBER))
    if found.low >= 0:
        return sympy.S.Zero
    if found.high < 0:
        return None
    try:
        limit = sympy.limit(expr, symbol, sympy.oo)
    except (NotImplementedError, ValueError, TypeError, AttributeError):
        return None
    return limit if limit.is_real or limit is sympy.oo else None


@lru_cache(maxsize=1024)
def _operations(expr) -> int:
    return int(sympy.count_ops(expr))


@lru_cache(maxsize=1024)
def _slope(expr, symbol) -> sympy.Expr | None:
    try:
        return derivative(expr, symbol)
    except TheoryCalcError:
        return None


@lru_cache(maxsize=1024)
def _factored(expr) -> sympy.Expr:
    return sympy.factor(sympy.together(expr))


@lru_cache(maxsize=1024)
def _program(expr, symbol):
    return lower(expr, (symbol,), ranges=True)


def _divisors(expr, symbol) -> list[sympy.Expr]:
    """1, and what functions and powers in the terms are multiplied with."""
    found = [sympy.S.One]
    for term in sympy.Add.make_args(sympy.expand(expr)):
        factors = [f for f in sympy.Mul.make_args(term) if f.has(symbol)]
        plain = [f for f in factors if not f.has(sympy.log, sympy.Function)]
        for candidate in (sympy.Mul(*plain), sympy.Mul(*factors)):
            if candidate.has(symbol) and candidate not in found:
                found.append(candidate)
    return found


def _quotient(expr, divisor) -> sympy.Expr:
    if divisor == 1:
        return expr
    return sympy.Add(*(term / divisor for term in sympy.Add.make_args(sympy.expand(expr))))
