"""Contacts in several variables: points, curves and surfaces on which both sides are equal.

Some variables, those tied, are functions of the others there. Near it a quantity is positive where
it rises with the distance of some of them, and is convex in the rest.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import sympy
from flint import arb, fmpq

from theorycalc.bounds.contacts import vanishes_at
from theorycalc.bounds.domain import Cell, fmpq_of_end
from theorycalc.bounds.enclosed import Enclosed
from theorycalc.core.arithmetic.box import Box
from theorycalc.core.arithmetic.box_context import BoxContext, as_box

# A contact of higher order is not looked for.
_HIGHEST = 8
_CONTEXT = BoxContext()


@dataclass(frozen=True)
class SurfaceContact:
    """A surface symbol = place(others) on which a function vanishes with its first derivatives.

    Where the next derivative along the symbol has a sign on the way from the surface to a cell, so
    has the function. ``condition`` is what says on which side of the surface something is claimed.
    """

    given: Mapping
    symbol: sympy.Symbol
    place: sympy.Expr
    order: int
    derivative: Enclosed = field(compare=False)
    surface: Enclosed = field(compare=False)
    condition: "SideCondition | None" = None

    @property
    def name(self) -> str:
        """What a proof says of it."""
        return f"contact of order {self.order} on {self.symbol} = {self.place}"

    @property
    def beyond(self) -> int:
        """The side on which something is claimed; 0 if it is both."""
        return self.condition.side if self.condition else 0

    def example(self, f: Enclosed) -> list[sympy.Expr]:
        """A point of contact."""
        return _example(f, {self.symbol: self.place})

    def closes(self, f: Enclosed, cell: Cell, strict: bool) -> bool:
        """Whether the function is shown not to be negative on a cell, or to be positive."""
        left_out = _is_left_out(f, self.symbol, self.place)
        if strict and not (left_out or (self.condition and self.condition.strict)):
            return False
        found = _joined(f, cell, {self.symbol: self.surface})
        if found is None:
            return False
        joint, sides = found
        value, side = self.derivative.value(joint), sides[self.symbol] or self.beyond
        if self.order % 2 == 0 or side > 0:
            least = value.low
        else:
            least = -value.high if side < 0 else arb.neg_inf()
        return bool(least > 0 if strict else least >= 0)


def _example(f: Enclosed, places: Mapping[sympy.Symbol, sympy.Expr]) -> list[sympy.Expr]:
    """The point of contact with the other variables in the middle of their ranges."""
    middle = {v.symbol: v.middle_point for v in f.variables}
    there = {x: place.xreplace(middle) for x, place in places.items()}
    return [{**middle, **there}[x] for x in f.symbols]


def _joined(f: Enclosed, cell: Cell, places: Mapping[sympy.Symbol, Enclosed]) -> tuple | None:
    """The box of a cell and the places of its points, and on which sides of these it lies.

    There is none where the function may not be defined in it.
    """
    joint, sides = list(cell), {}
    for symbol, place in places.items():
        i = f.symbols.index(symbol)
        value, (low, high) = place.value(cell), cell[i]
        if not (value.low.is_finite() and value.high.is_finite()):
            return None
        first, last = fmpq_of_end(value.low), fmpq_of_end(value.high)
        above = low >= last or place.expr == f.variables[i].low
        below = high <= first or place.expr == f.variables[i].high
        sides[symbol] = 1 if above else -1 if below else 0
        joint[i] = min(low, first), max(high, last)
    return (tuple(joint), sides) if f.value(tuple(joint)).low.is_finite() else None


def _is_left_out(f: Enclosed, symbol: sympy.Symbol, place: sympy.Expr) -> bool:
    """Whether a variable is never at its place."""
    return place.is_number and not f.variables[f.symbols.index(symbol)].contains(place)


@dataclass(frozen=True)
class SideCondition:
    """A condition by which a symbol is above its place (1) or below it (−1), never at it if strict.

    ``relation`` is that part of the condition alone.
    """

    side: int
    strict: bool
    relation: sympy.Basic


def side_of(where: sympy.Basic, symbol: sympy.Symbol, place: sympy.Expr) -> SideCondition | None:
    """On which side of its place a condition has a symbol, if it says so."""
    for relation in sympy.And.make_args(where):
        if not isinstance(relation, (sympy.Ge, sympy.Gt, sympy.Le, sympy.Lt)):
            continue
        times = sympy.cancel((relation.gts - relation.lts) / (symbol - place))
        if times.is_number and times.is_nonzero:
            strict = isinstance(relation, (sympy.Gt, sympy.Lt))
            return SideCondition(1 if times.is_positive else -1, strict, relation)
    return None


def surface_contact(f: Enclosed, equation: sympy.Eq, where=sympy.true) -> SurfaceContact | None:
    """The contact of a function of several variables on a surface, with its order."""
    solved = ((x, place) for x in f.symbols for place in _solved(equation, x))
    return next(filter(None, (contact_along(f, x, place, where) for x, place in solved)), None)


def contact_along(
    f: Enclosed, symbol: sympy.Symbol, place: sympy.Expr, where=sympy.true
) -> SurfaceContact | None:
    """The same on the surface symbol = place(others)."""
    derivative = f.expr
    for order in range(_HIGHEST if f.has_curvatures else 0):
        if not vanishes_at(derivative, {symbol: place}):
            made = Enclosed(derivative, f.variables), Enclosed(place, f.variables)
            given, condition = {symbol.name: place}, side_of(where, symbol, place)
            if not order:
                return None
            return SurfaceContact(given, symbol, place, order, *made, condition)
        derivative = derivative.diff(symbol)
    return None


def _solved(equation: sympy.Eq, symbol: sympy.Symbol) -> list[sympy.Expr]:
    difference = equation.lhs - equation.rhs
    if symbol not in difference.free_symbols:
        return []
    found = sympy.Poly(difference, symbol) if difference.is_polynomial(symbol) else None
    return list(sympy.roots(found)) if found is not None and found.degree() == 1 else []


@dataclass(frozen=True)
class ManifoldContact:
    """Variables that are functions of the others, and where a function then vanishes.

    ``places`` are these functions, ``level`` the variables along which its slopes vanish as well. A
    cell is closed where the function rises on the way there from its place in some of the
    variables, and is convex in the others, along which it is level.
    """

    given: Mapping
    places: Mapping[sympy.Symbol, Enclosed] = field(compare=False)
    level: frozenset = field(compare=False)

    @property
    def name(self) -> str:
        """What a proof says of it."""
        return "contact at " + ", ".join(f"{name} = {x}" for name, x in self.given.items())

    def example(self, f: Enclosed) -> list[sympy.Expr]:
        """A point of contact."""
        return _example(f, {x: place.expr for x, place in self.places.items()})

    def closes(self, f: Enclosed, cell: Cell, strict: bool) -> bool:
        """Whether the function is shown not to be negative on a cell, or to be positive."""
        found = _joined(f, cell, self.places)
        if found is None:
            return False
        joint, sides = found
        slopes = dict(zip(f.symbols, f.slopes(joint), strict=True))
        convex, positive = [], not strict
        for symbol, side in sides.items():
            rise = slopes[symbol].low if side > 0 else -slopes[symbol].high if side else None
            if rise is not None and rise >= 0:
                away = rise > 0 and _is_left_out(f, symbol, self.places[symbol].expr)
                positive = positive or bool(away)
            elif symbol in self.level:
                convex.append(f.symbols.index(symbol))
            else:
                return False
        return positive and (not convex or _is_convex(f.curvatures(joint), convex))


def manifold_contact(f: Enclosed, given: Mapping) -> ManifoldContact | None:
    """The contact of a function of several variables where some of them are functions of others."""
    by_name = {symbol.name: symbol for symbol in f.symbols}
    if not {*given} <= {*by_name} or not f.has_curvatures:
        return None
    places = {by_name[name]: given[name] for name in sorted(given)}
    if any(place.free_symbols - {*f.symbols} or place.has(*places) for place in places.values()):
        return None
    if not vanishes_at(f.expr, places):
        return None
    level = frozenset(x for x in places if vanishes_at(f.expr.diff(x), places))
    compiled = {x: Enclosed(place, f.variables) for x, place in places.items()}
    return ManifoldContact({name: given[name] for name in sorted(given)}, compiled, level)


def _is_convex(curvatures: list, axes: list[int]) -> bool:
    """Whether a function with these second derivatives is convex along some variables."""
    if len(axes) == 1:
        return bool(as_box(curvatures[axes[0]][axes[0]]).low >= 0)
    return is_positive_definite([[curvatures[i][j] for j in axes] for i in axes])


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
