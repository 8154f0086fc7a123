"""Where sliders go: the span of each argument, from its assumptions, a domain, or a user."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import sympy

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.numbers import exact

# What is seen of a range without an end.
_WINDOW, _MANY = 10, 20
# A slider has at least so many steps; a curve is drawn through so many places, fewer if whole.
_STEPS, _PLACES, _WHOLE = 100, 200, 50
# Digits of what a user writes beside a slider: altogether, and beyond those of a step.
_DIGITS, _SPARE = 12, 6


@dataclass(frozen=True)
class Span:
    """The places of a slider: multiples of its step, exactly."""

    low: sympy.Rational
    high: sympy.Rational
    step: sympy.Rational
    start: sympy.Rational
    is_whole: bool

    def written(self, x: float) -> str:
        """A place as a decimal, without what a slider in binary adds in the last bits."""
        if self.is_whole:
            return str(x)
        decimals = _SPARE - int(sympy.floor(sympy.log(self.step, 10)))
        return f"{round(x, decimals) + 0.0:.{_DIGITS}g}"

    def places(self) -> list[float]:
        """Where a curve is drawn: between the ends, or at integers."""
        count = _WHOLE if self.is_whole else _PLACES
        found = [self.low + (self.high - self.low) * k / count for k in range(count + 1)]
        if self.is_whole:
            found = list(dict.fromkeys(sympy.floor(x) for x in found))
        return [float(x) for x in found]


def spans(
    symbols: Iterable[sympy.Symbol], domain, ranges: Mapping, points: Iterable[Mapping]
) -> dict[str, Span]:
    """The span of each symbol, by name: its range, or what assumptions and the domain leave.

    Where that is without an end, ``points`` are in the part that is seen.
    """
    found = {}
    for symbol in symbols:
        name = symbol.name
        known = [exact(point[name], name) for point in points if name in point]
        region = ranges[name] if name in ranges else _allowed(symbol, domain)
        found[name] = _span(region, symbol, known)
    return found


def _allowed(symbol: sympy.Symbol, domain: sympy.Basic) -> sympy.Set:
    """Numbers that the assumptions of a symbol and the conditions on it alone allow."""
    found = [_assumed(symbol)]
    for condition in sympy.And.make_args(domain):
        if condition.free_symbols == {symbol}:
            try:
                found.append(condition.as_set())
            except NotImplementedError:
                continue  # SymPy does not solve it: places outside are left out of the picture
    return sympy.Intersection(*found)


def _assumed(symbol: sympy.Symbol) -> sympy.Set:
    low = 0 if symbol.is_extended_nonnegative else -sympy.oo
    high = 0 if symbol.is_extended_nonpositive else sympy.oo
    open_at_zero = bool(symbol.is_extended_nonzero)
    return sympy.Interval(low, high, open_at_zero, open_at_zero)


def _span(region: sympy.Set, symbol: sympy.Symbol, known: list) -> Span:
    """A span that begins and ends at multiples of its step inside of the region.

    Raises
    ------
    DomainError
        For a region with one place or none, or one that doubles do not hold.
    """
    if region is sympy.S.EmptySet or region.inf == region.sup:
        hint = "the number in the place of the variable"
        raise DomainError(explain(f"nowhere to move {symbol}", got=region, hint=hint))
    is_whole = bool(symbol.is_integer) or region.is_subset(sympy.S.Integers) is True
    low, high = _window(region, _MANY if is_whole else _WINDOW, known)
    step = _step(low, high)
    if is_whole:
        step = max(sympy.S.One, sympy.floor(step))
    first, last = step * sympy.ceiling(low / step), step * sympy.floor(high / step)
    if is_whole:
        first = sympy.ceiling(low)
        last = first + step * sympy.floor((high - first) / step)
    if first == region.inf and region.contains(first) != sympy.true:
        first += step
    if last == region.sup and region.contains(last) != sympy.true:
        last -= step
    if not all(float(x) < float(x + step) < math.inf for x in (first, last - step)):
        raise DomainError(explain(f"the range of {symbol} has no steps in doubles", got=region))
    start = known[0] if known else (first + last) / 2
    steps = sympy.floor((min(max(start, first), last) - first) / step)
    return Span(first, last, step, first + steps * step, is_whole)


def _window(region: sympy.Set, width: int, known: list) -> tuple[sympy.Expr, sympy.Expr]:
    """The ends; infinite ones are where the known places end, or at a distance."""
    low, high = region.inf, region.sup
    if known and min(known) < max(known):
        return (
            min(known) if low.is_infinite else low,
            max(known) if high.is_infinite else high,
        )
    if low.is_infinite and high.is_infinite:
        return sympy.Integer(-width // 2), sympy.Integer(width // 2)
    if high.is_infinite:
        return low, low + width
    return (high - width, high) if low.is_infinite else (low, high)


def _step(low: sympy.Expr, high: sympy.Expr) -> sympy.Rational:
    """The largest 1, 2 or 5 · 10^k that has enough steps."""
    largest = (high - low) / _STEPS
    power = sympy.Integer(10) ** sympy.floor(sympy.log(largest, 10))
    return max(power * k for k in (1, 2, 5) if power * k <= largest)
