"""Variables with their ranges, and the boxes that branch and bound cuts them into."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import sympy
from flint import arb, fmpq

from theorycalc.core.arithmetic.ball import enclose
from theorycalc.core.arithmetic.box import Box
from theorycalc.core.integration.kinks import inside
from theorycalc.core.lowering import lower

# Ends that are not rational are rounded outwards to so many bits.
_END_BITS = 128
# Of a box, pieces are cut off at points of so many bits more than its width.
_POINT_BITS = 3
# Beyond this ratio of its ends an interval is halved on a logarithmic scale.
_GEOMETRIC = 4

# A box: for each variable the ends, exact rationals.
Cell = tuple[tuple[fmpq, fmpq], ...]


@dataclass(frozen=True)
class Variable:
    """A symbol and the numbers that it ranges over."""

    symbol: sympy.Symbol
    low: sympy.Expr
    high: sympy.Expr
    low_open: bool = False
    high_open: bool = False
    integer: bool = False

    @property
    def name(self) -> str:
        """The name of the symbol."""
        return self.symbol.name

    def contains(self, x: sympy.Expr) -> bool:
        """Whether an exact number is in the range."""
        if self.integer and not x.is_integer:
            return False
        above = x > self.low if self.low_open else x >= self.low
        below = x < self.high if self.high_open else x <= self.high
        return above == sympy.true and below == sympy.true

    @property
    def hull(self) -> tuple[fmpq, fmpq]:
        """The ends, rounded outwards where they are not rational."""
        return hull_of(self.low)[0], hull_of(self.high)[1]

    @property
    def middle(self) -> sympy.Expr:
        """A number between the ends."""
        return inside(self.low, self.high)

    @property
    def middle_point(self) -> sympy.Expr:
        """A number of the range between the ends."""
        return sympy.floor(self.middle) if self.integer else self.middle

    def between(self, share: sympy.Rational) -> sympy.Expr:
        """A number between the ends; of a half-line that ends at a, a ± share/(1 − share)."""
        if self.is_finite:
            low, high = map(rational, self.hull)
            return low + (high - low) * share
        if self.low.is_finite:
            return self.low + share / (1 - share)
        return self.high - share / (1 - share) if self.high.is_finite else share

    def mirrored(self) -> "Variable":
        """The range of minus the variable."""
        ends = (-self.high, -self.low, self.high_open, self.low_open)
        return with_facts(self.name, *ends, self.integer)

    def within(self, low: sympy.Expr, high: sympy.Expr) -> "Variable":
        """The part between two numbers, of which those that are ends stay open if they are."""
        opens = (self.low_open and low == self.low, self.high_open and high == self.high)
        return Variable(self.symbol, low, high, *opens, integer=self.integer)

    def __str__(self):
        if self.integer:
            return f"integers {self.name} from {self.low} to {self.high}"
        left, right = "(" if self.low_open else "[", ")" if self.high_open else "]"
        return f"{self.name} in {left}{self.low}, {self.high}{right}"

    @property
    def is_finite(self) -> bool:
        """Whether both ends are numbers."""
        return bool(self.low.is_finite and self.high.is_finite)


def variables_of(ranges: Mapping[str, sympy.Set]) -> tuple[Variable, ...]:
    """The variables of a claim, with symbols that know as much of their ranges as SymPy uses."""
    return tuple(_variable(region, name) for name, region in ranges.items())


def symbols_of(claim, variables: tuple[Variable, ...]) -> dict:
    """The symbols of variables for those of a claim."""
    known = {v.name: v.symbol for v in variables}
    return {x: known[x.name] for x in claim.args}


def _variable(region: sympy.Set, name: str) -> Variable:
    integer = isinstance(region, sympy.Range)
    opens = (False, False) if integer else (bool(region.left_open), bool(region.right_open))
    return with_facts(name, region.inf, region.sup, *opens, integer)


def with_facts(name: str, low, high, low_open: bool, high_open: bool, integer: bool) -> Variable:
    """A variable whose symbol knows its sign."""
    facts = {"integer": True} if integer else {"real": True}
    if low > 0 or (low == 0 and low_open):
        facts["positive"] = True
    elif low >= 0:
        facts["nonnegative"] = True
    elif high < 0 or (high == 0 and high_open):
        facts["negative"] = True
    symbol = sympy.Symbol(name, **facts)
    return Variable(symbol, low, high, low_open, high_open, integer=integer)


def hull_of(x: sympy.Expr) -> tuple[fmpq, fmpq]:
    """Rationals between which a finite number lies: twice itself if it is one."""
    if x.is_Rational:
        return fmpq_of(x), fmpq_of(x)
    ball = arb(enclose(lower(x), [], _END_BITS))
    return fmpq_of_end(ball.lower()), fmpq_of_end(ball.upper())


def fmpq_of_end(x: arb) -> fmpq:
    """The rational that a finite exact ball is."""
    man, exp = x.man_exp()
    return fmpq(int(man)) * fmpq(2) ** int(exp)


def fmpq_of(x: sympy.Rational) -> fmpq:
    """The same number in Arb's rationals."""
    return fmpq(int(x.p), int(x.q))


def rational(x: fmpq) -> sympy.Rational:
    """The same number in SymPy."""
    return sympy.Rational(int(x.p), int(x.q))


def box_of(cell: Cell) -> list:
    """The intervals of a cell; a variable that is fixed stays an exact rational."""
    return [low if low == high else interval(low, high) for low, high in cell]


def interval(low: fmpq, high: fmpq) -> Box:
    """The interval between two rationals, rounded outwards."""
    return Box(arb(low).lower(), arb(high).upper())


def centre(cell: Cell, integers: tuple[bool, ...]) -> list[fmpq]:
    """A point inside a cell, short."""
    return [
        _split_point(low, high) if not whole else fmpq(math.floor((low + high) / 2))
        for (low, high), whole in zip(cell, integers, strict=True)
    ]


def halves(cell: Cell, axis: int, whole: bool) -> tuple[Cell, Cell]:
    """A cell cut in two along an axis."""
    low, high = cell[axis]
    if whole:
        cut = fmpq(math.floor((low + high) / 2))
        ends = (low, cut), (cut + 1, high)
    else:
        cut = _split_point(low, high)
        ends = (low, cut), (cut, high)
    return tuple((*cell[:axis], end, *cell[axis + 1 :]) for end in ends)


def _split_point(low: fmpq, high: fmpq) -> fmpq:
    """A short binary number near the middle, on a logarithmic scale for ends far apart."""
    if low == high:
        return low
    target = (low + high) / 2
    far = (low > 0 and high > _GEOMETRIC * low) or (high < 0 and low < _GEOMETRIC * high)
    if far:
        size = math.exp((_log(abs(low)) + _log(abs(high))) / 2)
        near = fmpq(*size.as_integer_ratio()) if 0 < size < math.inf else target
        near = near if low > 0 else -near
        target = near if low < near < high else target
    width = min(target - low, high - target)
    return binary_near(target, width)


def binary_near(x: fmpq, width: fmpq) -> fmpq:
    """A binary number within an eighth of ``width`` of a rational."""
    bits = int(width.q).bit_length() - int(width.p).bit_length() + _POINT_BITS + 1
    unit = fmpq(2) ** -bits
    return fmpq(round_half(x / unit)) * unit


def round_half(x: fmpq) -> int:
    """The nearest integer."""
    return math.floor(x + fmpq(1, 2))


def _log(x: fmpq) -> float:
    return math.log(int(x.p)) - math.log(int(x.q))
