"""Open ends of a range: what a quantity does there, up to a distance that its expansion allows."""

from dataclasses import dataclass, field

import sympy
from flint import fmpq

from theorycalc.bounds.coefficients import exactly, sign
from theorycalc.bounds.domain import Cell, interval
from theorycalc.bounds.enclosed import Enclosed, is_continuous
from theorycalc.bounds.germ_sums import (
    ONE,
    Germs,
    GermSum,
    T,
    UnclearError,
    constant,
    is_negative_at_last,
    is_small,
)
from theorycalc.bounds.near_ends import expanded, is_positive
from theorycalc.core.arithmetic.box import ball_of_box
from theorycalc.core.arithmetic.germs import LEAST_DEPTH, Nearby

# How many terms are kept, fewer first.
_COUNTS = (3, 6, 12)
# What goes to ∞.
INVERSE = (fmpq(-1), fmpq(0))


@dataclass(frozen=True)
class EndExpansion:
    """An end of a variable, near which a function is expanded in the distance t from it.

    Where the largest term is positive, and outweighs the others up to the far side of a cell that
    begins at the end, so is the function on the cell. Where it was not seen to be, it is looked at
    again where the logarithm of the distance is twice as large.
    """

    symbol: sympy.Symbol
    end: sympy.Expr
    side: int
    _unclear: dict = field(default_factory=dict, compare=False, repr=False)

    @property
    def name(self) -> str:
        """What a proof says of it."""
        return f"expansion at {self.symbol} = {self.end}"

    @property
    def given(self) -> dict:
        """The place."""
        return {self.symbol.name: self.end}

    def closes(self, f: Enclosed, cell: Cell, strict: bool) -> bool:
        """Whether the function is shown to be positive, or not negative, on a cell."""
        axis = f.symbols.index(self.symbol)
        variable, (low, high) = f.variables[axis], cell[axis]
        first = variable.hull[0 if self.side > 0 else 1]
        if (low if self.side > 0 else high) != first or low == high:
            return False
        if strict and variable.contains(self.end):
            return False
        if f.at([first])[0] > 0 if len(cell) == 1 else f.value(cell).low.is_finite():
            return False  # smaller cells do as well, and there are many
        depth, others = _depth(high - low), (*cell[:axis], *cell[axis + 1 :])
        if depth < self._unclear.get(others, LEAST_DEPTH):
            return False
        known = {
            symbol: constant(ball_of_box(interval(*ends)))
            for symbol, ends in zip(f.symbols, cell, strict=True)
        }
        known[self.symbol] = {**constant(exactly(self.end)), T: fmpq(self.side)}
        positive = positive_near(f.expr, known, depth)
        if not positive:
            self._unclear[others] = 2 * depth
        return positive


def _depth(width: fmpq) -> int:
    """The largest n with width ≤ 2^−n."""
    return max(int((1 / width).floor()), 1).bit_length() - 1


def positive_near(expr: sympy.Expr, known: dict[sympy.Symbol, GermSum], depth: int) -> bool:
    """Whether an expression is shown to be positive for all t in (0, 2^−depth]."""
    if depth < LEAST_DEPTH or not is_continuous(expr):
        return False
    for count in _COUNTS:
        germs = Germs(Nearby(depth), count)
        try:
            found = expanded(expr, known, germs)
        except UnclearError:
            continue
        if is_positive(found, germs):
            return True
        if is_negative_at_last(found):
            return False
    return False


def limit_near(expr: sympy.Expr, known: dict[sympy.Symbol, GermSum]) -> str:
    """The limit as t goes to 0, if there is one, and it is not negative."""
    if not is_continuous(expr):
        return ""
    try:
        found = expanded(expr, known, Germs(Nearby(LEAST_DEPTH), _COUNTS[1]))
    except UnclearError:
        return ""
    key, c = next(iter(found.items()), (T, fmpq(0)))
    if is_small(key):
        return "0"
    if sign(c) <= 0:
        return ""
    return str(c) if key == ONE else "oo"


def expansions_at_ends(f: Enclosed) -> list[EndExpansion]:
    """The ends at which a function is looked at: those that are open, or where it is continuous."""
    if not is_continuous(f.expr):
        return []
    return [
        EndExpansion(v.symbol, end, side)
        for v in f.variables
        if not v.integer
        for end, side in ((v.low, 1), (v.high, -1))
        if end.is_finite and v.low != v.high
    ]
