"""Half-lines: a quantity that is positive from some point on.

The way of an analyst by hand: the range at infinity shows it, or the sign of a factor, or the
quantity (over a positive factor that makes its derivative simpler) rises from a positive value, or
falls to a limit that is not negative. Each step takes a logarithm or a power away, so that it ends.
"""

from functools import lru_cache

import sympy
from flint import arb, fmpq
from sympy.functions.elementary.hyperbolic import HyperbolicFunction

from theorycalc.bounds.algebraic import by_roots
from theorycalc.bounds.domain import rational
from theorycalc.bounds.enclosed import derivatives, is_continuous, run
from theorycalc.bounds.ends import INVERSE, limit_near, positive_near
from theorycalc.bounds.near_ends import PART
from theorycalc.core.arithmetic.box import NOT_A_NUMBER, Box
from theorycalc.core.arithmetic.box_context import BoxContext, as_box
from theorycalc.core.enveloping import FUNCTIONS, enclosing_expansion
from theorycalc.core.errors import NotSupportedError
from theorycalc.core.lowering import lower

# How many derivatives are taken, and over how many factors each quantity is looked at.
_DEPTH = 5
# Longer expressions are not looked at.
_LONGEST = 120
# Where signs are looked at, in multiples of the start, before anything is shown.
_LOOKS = (1, 2, 10, 1000, 10**9)
# Of expansions at infinity, so many terms are tried.
_TERMS = (1, 2, 4, 7)
# What a remainder may be a part of.
_PART = Box(arb(0), arb(1))
_INFINITY = Box(arb.pos_inf(), arb.pos_inf())


class _LimitContext(BoxContext):
    """Limits at ∞: operations on the limits of what goes in, where these decide."""

    def mul(self, *factors):
        boxes = [as_box(x) for x in factors]
        vanishing = any(x.low <= 0 <= x.high for x in boxes)
        growing = any(not (x.low.is_finite() and x.high.is_finite()) for x in boxes)
        return NOT_A_NUMBER if vanishing and growing else super().mul(*factors)

    def power(self, base, exponent):
        if isinstance(exponent, fmpq):
            return super().power(base, exponent)
        return self.apply("exp", self.mul(exponent, self.apply("log", base)))


def expands_to_positive(expr: sympy.Expr, symbol: sympy.Symbol, start: fmpq) -> list[str] | None:
    """The step that shows that an expression is positive on [start, ∞) by expansions alone.

    Integers are looked at as real numbers.
    """
    real = sympy.Symbol(symbol.name, positive=True)
    expr = _in_log_gammas(expr.xreplace({symbol: real}))
    if start >= 1 and expr.is_positive:
        return [f"{expr} is positive"]
    found = _by_expansion(expr, real, start)
    return [found] if found else None


def _in_log_gammas(expr: sympy.Expr) -> sympy.Expr:
    """What SymPy writes in other functions for integers, and logarithms of products, in log Γ."""
    expr = expr.replace(sympy.harmonic, lambda n: sympy.digamma(n + 1) + sympy.EulerGamma)
    expr = expr.rewrite((sympy.binomial, sympy.factorial), sympy.gamma)
    return sympy.expand_log(expr).replace(
        lambda e: isinstance(e, sympy.log) and isinstance(e.args[0], sympy.gamma),
        lambda e: sympy.loggamma(*e.args[0].args),
    )


def positive_from(expr: sympy.Expr, symbol: sympy.Symbol, start: fmpq) -> list[str] | None:
    """The steps that show that an expression is positive on [start, ∞), or None."""
    if start > 0 and not symbol.is_positive:
        positive = sympy.Symbol(symbol.name, positive=True)
        expr, symbol = expr.xreplace({symbol: positive}), positive
    if expr.has(HyperbolicFunction):
        expr = _factored(expr.rewrite(sympy.exp))
    if not expr.has(*FUNCTIONS):
        return _positive(expr, symbol, start, _DEPTH)
    steps = _positive(expr, symbol, start, 1)
    if steps is not None:
        return steps
    for terms in _TERMS:
        expanded = _expanded(expr, symbol, terms)
        if expanded is not None and all(
            _value_at(inside - least, symbol, start) > 0 for inside, least in expanded[1]
        ):
            steps = _positive(expanded[0], symbol, start, 1)
            if steps is not None:
                return [f"enclosing expansions of {terms} terms", *steps]
    return None


@lru_cache(maxsize=256)
def _expanded(expr, symbol, terms: int) -> tuple | None:
    """The expression with enclosing expansions at ∞ of its functions, and where these hold.

    Every θ that comes in is in [0, 1], and depends on the variable. What holds for each θ that does
    not holds for it too. Only functions of a + b·x with b > 0 are expanded, which rise with x.
    """
    conditions: list[tuple] = []

    def expand(node):
        *parameters, inside = node.args
        slope = inside.diff(symbol)
        if any(x.has(symbol) for x in parameters) or not (slope.is_number and slope.is_positive):
            return node
        theta = sympy.Symbol(f"theta_{len(conditions)}", nonnegative=True)
        try:
            found = enclosing_expansion(node.func, tuple(parameters), terms, theta=theta)
        except NotSupportedError:
            return node
        conditions.append((inside, found.start))
        return found.expr.xreplace({found.x: inside})

    expanded = sympy.expand(expr.replace(lambda node: isinstance(node, FUNCTIONS), expand))
    known = conditions and not expanded.has(*FUNCTIONS)
    return (expanded, tuple(conditions)) if known else None


def _positive(expr, symbol, start: fmpq, depth: int) -> list[str] | None:
    if _operations(expr) > _LONGEST or any(
        _run(expr, symbol, start * factor + factor - 1, BoxContext()).high <= 0 for factor in _LOOKS
    ):
        return None
    if expr.is_positive:
        return [f"{expr} is positive"]
    simple = (
        _range(expr, symbol, start)
        or _by_expansion(expr, symbol, start)
        or by_roots(expr, symbol, start, _parts(expr, symbol))
    )
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
    found = _run(expr, symbol, Box(arb(start).lower(), arb.pos_inf()), context)
    return arb.neg_inf() if found.low.is_nan() or context.touched else found.low


def _by_expansion(expr, symbol, start: fmpq) -> str:
    """By an expansion in 1/x and log x."""
    known = {symbol: {INVERSE: fmpq(1)}, **dict.fromkeys(_parts(expr, symbol), PART)}
    depth = int(start.floor()).bit_length() - 1
    return "expansion at infinity" if positive_near(expr, known, depth) else ""


def _by_factors(expr, symbol, start: fmpq, depth: int) -> list[str] | None:
    """A product whose factors all have a sign."""
    gathered = _factored(expr)
    factors = [f for f in sympy.Mul.make_args(gathered) if f.free_symbols]
    number = sympy.Mul(*(f for f in sympy.Mul.make_args(gathered) if not f.free_symbols))
    if len(factors) < 2 and not (number.is_negative and factors):
        return None
    if not (number.is_positive or number.is_negative):
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
    if slope is None or slope == 0:
        return None
    if _value_at(expr, symbol, start) > 0:
        steps = _positive(slope, symbol, start, depth)
        if steps is not None:
            return [f"rises from {rational(start)}", *steps]
    if limit := _limit(expr, symbol):
        steps = _positive(-slope, symbol, start, depth)
        if steps is not None:
            return [f"falls to its limit {limit}", *steps]
    return None


def _value_at(expr, symbol, start: fmpq) -> arb:
    found = _run(expr, symbol, start, BoxContext())
    return arb.neg_inf() if found.low.is_nan() else found.low


@lru_cache(maxsize=1024)
def _limit(expr, symbol) -> str:
    """The limit at ∞ of what falls to one, if that is not negative."""
    found = _run(expr, symbol, _INFINITY, _LimitContext())
    if found.low >= 0:
        return "0"
    if found.high < 0:
        return ""
    return limit_near(expr, _at_infinity(expr, symbol))


def _at_infinity(expr, symbol) -> dict:
    """What the symbols of an expression are as sums of germs."""
    return {symbol: {INVERSE: fmpq(1)}, **dict.fromkeys(_parts(expr, symbol), PART)}


@lru_cache(maxsize=1024)
def _operations(expr) -> int:
    return int(sympy.count_ops(expr))


@lru_cache(maxsize=1024)
def _slope(expr, symbol) -> sympy.Expr | None:
    """The derivative, where it bounds how the expression changes."""
    found = derivatives(expr, (symbol,)) if is_continuous(expr) else None
    return found and found[0]


@lru_cache(maxsize=1024)
def _factored(expr) -> sympy.Expr:
    return sympy.factor(sympy.together(expr))


def _run(expr, symbol, place, context: BoxContext) -> Box:
    """The range at a place, with every part of what expansions leave out."""
    program, count = _program(expr, symbol)
    return as_box(run(program, context, [place, *[_PART] * count], NOT_A_NUMBER))


@lru_cache(maxsize=1024)
def _program(expr, symbol) -> tuple:
    parts = _parts(expr, symbol)
    return lower(expr, (symbol, *parts), ranges=True), len(parts)


def _parts(expr, symbol) -> tuple[sympy.Symbol, ...]:
    """The parts of remainders that an expression has."""
    return tuple(sorted(expr.free_symbols - {symbol}, key=str))


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
