"""The cells of finitely many hyperplanes, each with a rational point inside: no program, no float.

The hyperplanes are added one by one. A new one cuts the cells whose signs occur in the arrangement
that the earlier ones make on it, in one dimension less, and no others (deletion and restriction): a
point of such a part, moved a little to both sides, lies in the two new cells. All of it is
arithmetic of integers, so that the list is complete and every cell in it is there.
"""

import math
from typing import NamedTuple


class Plane(NamedTuple):
    """normal · x + offset = 0 with integers; of cells on one side only, ``side`` says which."""

    normal: tuple[int, ...]
    offset: int
    side: int = 0


class Point(NamedTuple):
    """The point x = numerators/denominator."""

    numerators: tuple[int, ...]
    denominator: int


def cells(planes: list[Plane], dimension: int) -> dict[tuple[int, ...], Point]:
    """The cells by their signs, one for each plane, with a point inside of each.

    Planes without a normal have the same sign everywhere; of equal ones, one is kept.
    """
    distinct: dict[tuple, int] = {}
    sides: list[int] = []
    places = []
    for plane in planes:
        factor, key = _line(plane)
        if key is None:
            if factor == 0 or plane.side * factor < 0:
                return {}
            places.append((None, factor))
            continue
        place = distinct.setdefault(key, len(distinct))
        sides += [0] * (len(distinct) - len(sides))
        wanted = plane.side * factor
        if wanted and sides[place] == -wanted:
            return {}
        sides[place] = sides[place] or wanted
        places.append((place, factor))
    kept = [
        Plane(normal, offset, side) for (normal, offset), side in zip(distinct, sides, strict=True)
    ]
    found = _of_distinct(kept, dimension)
    return {
        tuple(sign if place is None else sign * signs[place] for place, sign in places): point
        for signs, point in found.items()
    }


def _of_distinct(planes: list[Plane], dimension: int) -> dict[tuple[int, ...], Point]:
    found = {(): Point((0,) * dimension, 1)}
    for count, plane in enumerate(planes):
        earlier = planes[:count]
        axis = max(range(dimension), key=lambda i: abs(plane.normal[i]))
        cut = cells([_on(plane, axis, other) for other in earlier], dimension - 1)
        new = {}
        for signs, point in found.items():
            if signs in cut:
                sides = [side for side in (1, -1) if plane.side in (0, side)]
                for side in sides:
                    moved = _beside(plane, axis, earlier, cut[signs], side)
                    new[(*signs, side)] = moved
            elif plane.side in (0, side := sign(value(plane, point))):
                new[(*signs, side)] = point
        found = new
    return found


def value(plane: Plane, point: Point) -> int:
    """The value at a point, times the denominator."""
    products = (n * x for n, x in zip(plane.normal, point.numerators, strict=True))
    return sum(products) + plane.offset * point.denominator


def sign(x) -> int:
    """−1, 0 or 1."""
    return (x > 0) - (x < 0)


def _line(plane: Plane) -> tuple:
    """(factor, key): planes that are equal have one key; the factor says on which side is which."""
    first = next((n for n in plane.normal if n), 0)
    if not first:
        return sign(plane.offset), None
    size = sign(first) * math.gcd(*plane.normal, plane.offset)
    return sign(first), (tuple(n // size for n in plane.normal), plane.offset // size)


def _on(plane: Plane, axis: int, other: Plane) -> Plane:
    """What another plane is on this one, in all coordinates but one."""
    n, m = plane.normal[axis], other.normal[axis]
    way = sign(n)
    normal = tuple(
        way * (n * y - m * x)
        for i, (x, y) in enumerate(zip(plane.normal, other.normal, strict=True))
        if i != axis
    )
    return Plane(normal, way * (n * other.offset - m * plane.offset), other.side)


def _beside(plane: Plane, axis: int, earlier: list[Plane], point: Point, side: int) -> Point:
    """A point on a plane as one of the whole space, moved so little that no other is crossed."""
    n = plane.normal[axis]
    rest = [x for i, x in enumerate(plane.normal) if i != axis]
    there = sum(x * y for x, y in zip(rest, point.numerators, strict=True))
    scale = abs(n)
    numerators = [scale * x for x in point.numerators]
    height = -sign(n) * (there + plane.offset * point.denominator)
    base = Point((*numerators[:axis], height, *numerators[axis:]), scale * point.denominator)
    steps = 1
    for other in earlier:
        slope = abs(other.normal[axis]) * base.denominator
        steps = max(steps, 2 * slope // abs(value(other, base)) + 1)
    steps = 1 << steps.bit_length()
    moved = [steps * x for x in base.numerators]
    moved[axis] += side * sign(n) * base.denominator
    common = math.gcd(*moved, steps * base.denominator)
    return Point(tuple(x // common for x in moved), steps * base.denominator // common)
