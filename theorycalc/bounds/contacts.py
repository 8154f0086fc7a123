"""Contacts: where both sides are equal, and the order to which they are."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import sympy
from flint import arb, fmpq

from theorycalc.bounds.domain import Cell, Variable, fmpq_of_end, hull_of, rational
from theorycalc.bounds.enclosed import Enclosed
from theorycalc.core.arithmetic.box import Box
from theorycalc.core.arithmetic.box_context import BoxContext, as_box
from theorycalc.core.evaluation import vanishes
from theorycalc.core.graph import substitute

# A contact of higher order is not looked for.
_HIGHEST = 16
# How near to cells that pile up a contact is looked for, in parts of the range.
_NEARBY = (10**2, 10**4, 10**6)
# Points in other scales have no larger denominators.
_SHORTEST = 100
# Functions from a number to one that may be a short rational, and back.
_SCALES = (
    (arb.log, sympy.exp),
    (arb.exp, sympy.log),
    (lambda x: x * abs(x), lambda r: sympy.sign(r) * sympy.sqrt(abs(r))),
    (lambda x: x / arb.pi(), lambda r: r * sympy.pi),
)
_CONTEXT = BoxContext()


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
    if not may_vanish_at(f, point) or not _vanishes(f.expr, {symbol: point}):
        return None
    coefficients = f.taylor(*ends, _HIGHEST)
    derivative = f.expr
    for order, coefficient in enumerate(coefficients):
        if coefficient > 0 or coefficient < 0:
            return PointContact(symbol, point, order, ends) if order else None
        if not coefficient.is_finite() or (order and not _vanishes(derivative, {symbol: point})):
            return None
        derivative = derivative.diff(symbol)
    return None


def _vanishes(expr: sympy.Expr, values: Mapping) -> bool:
    """Whether SymPy sees that an expression is zero at a point."""
    if vanishes(expr, (), values):
        return True
    known = expr.replace(sympy.loggamma, lambda x: sympy.log(sympy.gamma(x)))
    return known != expr and vanishes(known, (), values)


@dataclass(frozen=True)
class MinimumContact:
    """A point at which a function of several variables vanishes with its slopes.

    Where the second derivatives are positive definite on the box of the point and a cell, the
    function is not negative there.
    """

    given: Mapping
    hull: tuple = field(compare=False)

    @property
    def name(self) -> str:
        """What a proof says of it."""
        return "contact at " + ", ".join(f"{name} = {x}" for name, x in self.given.items())

    def closes(self, f: Enclosed, cell: Cell, strict: bool) -> bool:
        """Whether the function is shown not to be negative on a cell."""
        if strict:
            return False
        joint = tuple(
            (min(low, first), max(high, last))
            for (low, high), (first, last) in zip(cell, self.hull, strict=True)
        )
        return is_positive_definite(f.curvatures(joint))


def minimum_contact(f: Enclosed, point: Mapping) -> MinimumContact | None:
    """The contact of a function of several variables at an exact point."""
    names = {symbol.name for symbol in f.symbols}
    if names != {*point} or not f.has_curvatures:
        return None
    values = {symbol: point[symbol.name] for symbol in f.symbols}
    slopes = [f.expr.diff(symbol) for symbol in f.symbols]
    if not all(_vanishes(x, values) for x in (f.expr, *slopes)):
        return None
    hull = tuple(map(hull_of, values.values()))
    return MinimumContact({name: point[name] for name in sorted(point)}, hull)


@dataclass(frozen=True)
class SurfaceContact:
    """A surface symbol = place(others) on which a function vanishes with its first derivatives.

    Where the next derivative along the symbol has a sign on the way from the surface to a cell, so
    has the function.
    """

    given: sympy.Eq
    symbol: sympy.Symbol
    place: sympy.Expr
    order: int
    derivative: Enclosed = field(compare=False)
    surface: Enclosed = field(compare=False)

    @property
    def name(self) -> str:
        """What a proof says of it."""
        return f"contact of order {self.order} on {self.symbol} = {self.place}"

    def closes(self, f: Enclosed, cell: Cell, strict: bool) -> bool:
        """Whether the function is shown not to be negative on a cell."""
        if strict:
            return False
        axis = f.symbols.index(self.symbol)
        low, high = cell[axis]
        place = self.surface.value(cell)
        if not (place.low.is_finite() and place.high.is_finite()):
            return False
        first, last = fmpq_of_end(place.low), fmpq_of_end(place.high)
        joint = (*cell[:axis], (min(low, first), max(high, last)), *cell[axis + 1 :])
        value = self.derivative.value(joint)
        if self.order % 2 == 0 or low >= last:
            return bool(value.low > 0)
        return bool(value.high < 0) if high <= first else False


def surface_contact(f: Enclosed, equation: sympy.Eq) -> SurfaceContact | None:
    """The contact of a function of several variables on a surface, with its order."""
    for symbol in f.symbols:
        for place in _solved(equation, symbol):
            derivative = f.expr
            for order in range(_HIGHEST):
                there = substitute(derivative, {symbol: place})
                if sympy.simplify(there) != 0:
                    made = Enclosed(derivative, f.variables), Enclosed(place, f.variables)
                    return SurfaceContact(equation, symbol, place, order, *made) if order else None
                derivative = derivative.diff(symbol)
    return None


def _solved(equation: sympy.Eq, symbol: sympy.Symbol) -> list[sympy.Expr]:
    difference = equation.lhs - equation.rhs
    if symbol not in difference.free_symbols:
        return []
    found = sympy.Poly(difference, symbol) if difference.is_polynomial(symbol) else None
    return list(sympy.roots(found)) if found is not None and found.degree() == 1 else []


def is_positive_definite(matrix: list) -> bool:
    """Whether all symmetric matrices in a matrix of intervals are, by elimination."""
    rows = [list(row) for row in matrix]
    for k in range(len(rows)):
        pivot = as_box(rows[k][k])
        if not pivot.low > 0:
            return False
        for i in range(k + 1, len(rows)):
            for j in range(k + 1, len(rows)):
                product = _CONTEXT.mul(rows[i][k], rows[k][j], _inverse(pivot), fmpq(-1))
                rows[i][j] = _CONTEXT.add(rows[i][j], product)
    return True


def _inverse(x: Box):
    return _CONTEXT.power(x, fmpq(-1))


def proposals(cells: list[Cell], variable: Variable) -> list[sympy.Expr]:
    """Short points of one variable near which cells pile up.

    They are rationals, or exponentials, logarithms, roots and parts of π that are short as such.
    """
    low, high = min((cell[0] for cell in cells), key=lambda ends: ends[1] - ends[0])
    first, last = variable.hull
    widths = [(last - first) * fmpq(1, size) for size in _NEARBY] + [4 * (high - low)]
    found = [rational(simplest_between(low - width, high + width)) for width in widths]
    for scale in _SCALES:
        found += [_short_in(scale, low - width, high + width) for width in widths]
    return [x for x in dict.fromkeys(found) if x is not None and variable.contains(x)]


def _short_in(scale: tuple, low: fmpq, high: fmpq) -> sympy.Expr | None:
    """The point between two numbers that is short in a scale, if one is."""
    into, back = scale
    image = into(arb(low).union(arb(high)))
    if not (image.is_finite() and image.rad() < arb(1) / _SHORTEST):
        return None  # any number is near a short one
    short = simplest_between(fmpq_of_end(image.lower()), fmpq_of_end(image.upper()))
    point = back(rational(short))
    return point if short.q <= _SHORTEST and point.is_real else None


def simplest_between(low: fmpq, high: fmpq) -> fmpq:
    """The rational of least denominator between two others (Stern and Brocot)."""
    floor = low.p // low.q
    if fmpq(int(floor)) == low or floor + 1 <= high:
        whole = floor if fmpq(int(floor)) == low else floor + 1
        return fmpq(int(whole))
    rest = simplest_between(1 / (high - int(floor)), 1 / (low - int(floor)))
    return fmpq(int(floor)) + 1 / rest
