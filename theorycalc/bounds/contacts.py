"""Contacts in one variable: points where both sides are equal, and the order to which they are."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest

import sympy
from flint import fmpq

from theorycalc.bounds.closed_forms import exact_numbers
from theorycalc.bounds.domain import Cell, Variable, hull_of
from theorycalc.bounds.enclosed import Enclosed
from theorycalc.core.arithmetic.ball_context import working_bits, working_precision
from theorycalc.core.evaluation import vanishes

# A contact of higher order is not looked for.
_HIGHEST = 16
# With so many times the bits it is looked at before SymPy is asked, which takes longer.
_SEEN = 4
# How near to cells that pile up a contact is looked for, in parts of the range.
_NEARBY = (10**2, 10**4, 10**6)


@dataclass(frozen=True)
class PointContact:
    """A point at which a function of one variable vanishes with its first derivatives.

    Where the first coefficient that does not vanish has a sign on the interval from the point to a
    cell, so has the function, by Taylor's theorem.
    """

    symbol: sympy.Symbol
    point: sympy.Expr
    order: int
    hull: tuple = field(compare=False)

    @property
    def name(self) -> str:
        """What a proof says of it."""
        return f"contact of order {self.order} at {self.symbol} = {self.point}"

    @property
    def given(self) -> dict:
        """What has to be said for it to be found again."""
        return {self.symbol.name: self.point}

    def example(self, f: Enclosed) -> list[sympy.Expr]:
        """A point of contact."""
        return [self.point]

    def closes(self, f: Enclosed, cell: Cell, strict: bool) -> bool:
        """Whether the function is shown to be positive, or not negative, on a cell."""
        ((low, high),) = cell
        first, last = self.hull
        inside = low <= last and high >= first
        if inside and strict and f.variables[0].contains(self.point):
            return False
        left, right = min(low, first), max(high, last)
        coefficient = f.taylor(left, right, self.order + 1)[self.order]
        if self.order % 2 == 0:
            return bool(coefficient > 0)
        variable = f.variables[0]
        if low >= last or variable.low == self.point:
            return bool(coefficient > 0)
        if high <= first or variable.high == self.point:
            return bool(coefficient < 0)
        return False


def may_vanish_at(f: Enclosed, point: sympy.Expr) -> bool:
    """Whether a function of one variable is defined at a point, and not seen to differ from 0."""
    near = f.value((hull_of(point),))
    return bool(near.low <= 0 <= near.high)


def point_contact(f: Enclosed, point: sympy.Expr) -> PointContact | None:
    """The contact of a function of one variable at an exact point, with its order."""
    (symbol,) = f.symbols
    ends = hull_of(point)
    with working_precision(_SEEN * working_bits()):
        if not may_vanish_at(f, point):
            return None
    if not vanishes_at(f.expr, {symbol: point}):
        return None
    coefficients = f.taylor(*ends, _HIGHEST)
    derivative = f.expr
    for order, coefficient in enumerate(coefficients):
        if coefficient > 0 or coefficient < 0:
            return PointContact(symbol, point, order, ends) if order else None
        if not coefficient.is_finite():
            return None
        if order:
            derivative = derivative.diff(symbol)
            if not vanishes_at(derivative, {symbol: point}):
                return None
    return None


def vanishes_at(expr: sympy.Expr, values: Mapping) -> bool:
    """Whether SymPy sees that an expression is zero at a point."""
    if vanishes(expr, (), values):
        return True
    known = expr.replace(sympy.loggamma, lambda x: sympy.log(sympy.gamma(x)))
    return known != expr and vanishes(known, (), values)


def proposals(cells: list[Cell], variable: Variable) -> Iterator[sympy.Expr]:
    """Exact points of one variable near which cells pile up, the shortest first."""
    low, high = min((cell[0] for cell in cells), key=lambda ends: ends[1] - ends[0])
    first, last = variable.hull
    widths = [(last - first) * fmpq(1, size) for size in _NEARBY] + [4 * (high - low)]
    found = [list(exact_numbers(low - width, high + width)) for width in widths]
    shortest_first = (x for same in zip_longest(*found) for x in same if x is not None)
    return (x for x in dict.fromkeys(shortest_first) if variable.contains(x))
