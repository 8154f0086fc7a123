"""Where a quantity in several variables may vanish, as cells that are left suggest."""

from collections.abc import Iterator, Mapping
from itertools import permutations

import sympy
from flint import fmpq

from theorycalc.bounds.closed_forms import exact_numbers
from theorycalc.bounds.descent import lowest
from theorycalc.bounds.domain import Cell, Variable, hull_of
from theorycalc.bounds.enclosed import Enclosed

# From so many cells the way goes down.
_STARTS = 4
# Numbers closer than this are the same.
_NEAR = fmpq(1, 2**36)
# Numbers inside of ranges that are looked at first.
_USUAL = (sympy.S.Zero, sympy.S.One)
# Where it is looked whether the quantity is zero: shares of the ranges.
_SHARES = (sympy.Rational(1, 3), sympy.Rational(3, 5))


def proposals(f: Enclosed, cells: list[Cell]) -> Iterator[dict[str, sympy.Expr]]:
    """Places of some variables in terms of the others, at which the quantity seems to vanish."""
    found = [{x.symbol: place} for x, place in surfaces(f)]
    if f.has_curvatures:
        ordered = sorted(cells, key=lambda cell: max(high - low for low, high in cell))
        starts = ordered[:: max(1, len(ordered) // _STARTS)]
        points = [x for cell in starts if (x := lowest(f, cell)) is not None]
        found += [_related(f, points)] if len(points) > 1 else []
        alone = [_related(f, [point]) for point in points]
        found += [{x: place} for places in alone for x, place in places.items()] + alone
    for places in found:
        if places and may_vanish(f, places):
            yield {x.name: place for x, place in places.items()}


def may_vanish(f: Enclosed, places: Mapping[sympy.Symbol, sympy.Expr]) -> bool:
    """Whether the quantity is not seen to differ from 0 at two points of these places."""
    return all(_may_vanish_at(f, places, share) for share in _SHARES)


def _may_vanish_at(f: Enclosed, places: Mapping, share: sympy.Rational) -> bool:
    point = {}
    for v in f.variables:
        share = 1 - share * share  # another one for each variable
        point[v.symbol] = v.between(share)
    point |= {x: place.xreplace(point) for x, place in places.items()}
    if not all(x.is_finite for x in point.values()):
        return False
    value = f.value(tuple(hull_of(x) for x in point.values()))
    return bool(value.low <= 0 <= value.high)


def surfaces(f: Enclosed) -> list[tuple[Variable, sympy.Expr]]:
    """Variables that may be equal to another, to an end, 0 or 1, where the quantity vanishes."""
    found = [(x, end) for x in f.variables for end in (x.low, x.high) if end.is_finite]
    found += [(x, q) for x in f.variables for q in _USUAL if x.low < q < x.high]
    for x, y in permutations(f.variables, 2):
        if not (x.integer or y.integer) and x.low <= y.low and y.high <= x.high:
            found.append((x, y.symbol))
    return [(x, place) for x, place in found if may_vanish(f, {x.symbol: place})]


def _related(f: Enclosed, points: list[list[fmpq]]) -> Mapping[sympy.Symbol, sympy.Expr]:
    """The variables that have the same place in terms of others, or are a number, at all points."""
    free, places = [], {}
    for i, v in enumerate(f.variables):
        here = [point[i] for point in points]
        place = _number(v, here) or next(
            (
                place
                for j in free
                for place, image in _images(f.symbols[j], [point[j] for point in points])
                if _same(here, image)
            ),
            None,
        )
        if place is None:
            free.append(i)
        else:
            places[v.symbol] = place
    return places


def _number(v: Variable, xs: list[fmpq]) -> sympy.Expr | None:
    """The short exact number that all of these are."""
    if not _same(xs, [xs[0]] * len(xs)):
        return None
    near = exact_numbers(xs[0] - _NEAR, xs[0] + _NEAR)
    return next((number for number in near if v.contains(number)), None)


def _images(x: sympy.Symbol, at: list[fmpq]) -> Iterator[tuple[sympy.Expr, list[fmpq]]]:
    """Functions of a variable, and their values."""
    yield x, at
    yield -x, [-a for a in at]
    yield 1 - x, [1 - a for a in at]
    yield x**2, [a * a for a in at]
    if 0 not in at:
        yield 1 / x, [1 / a for a in at]


def _same(xs: list[fmpq], ys: list[fmpq]) -> bool:
    return all(abs(x - y) <= _NEAR for x, y in zip(xs, ys, strict=True))
