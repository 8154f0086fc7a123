"""What shows that a quantity is positive on a cell, cheapest first.

Each rule gives a lower bound on a cell. A variable in which the quantity is monotone is put to the
end where it is least, and the rest is looked at there.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import wraps

from flint import arb, fmpq

from theorycalc.bounds.domain import Cell, binary_near, centre, interval
from theorycalc.bounds.enclosed import Enclosed
from theorycalc.core.arithmetic.box import Box
from theorycalc.core.arithmetic.box_context import BoxContext, as_box

_CONTEXT = BoxContext()
_NOTHING = arb.neg_inf()
# Degrees of Taylor polynomials; more terms grow faster on a cell than they gain.
_TAYLOR = (8, 12)


@dataclass(frozen=True)
class Finding:
    """What a rule found on a cell.

    ``bound`` is a lower bound of the quantity, ``weights`` how much each variable contributes to
    what is not known, ``point`` a place where the quantity may be least, ``value`` what it is
    there, if that has been computed.
    """

    bound: arb
    weights: list
    point: list
    value: Box | None = None


def natural(f: Enclosed, cell: Cell) -> Finding:
    """The range of the expression as it is written."""
    return Finding(_low(f.value(cell)), _widths(cell), centre(cell, _whole(f)))


def after_the_range(rule: Callable) -> Callable:
    """The rule where the range does not show it; what the range shows is kept."""

    @wraps(rule)
    def look(f: Enclosed, cell: Cell) -> Finding:
        first = natural(f, cell)
        if first.bound > 0:
            return first
        found = rule(f, cell)
        return replace(found, bound=_larger(first.bound, found.bound))

    return look


@after_the_range
def first_order(f: Enclosed, cell: Cell) -> Finding:
    """The mean value form, from the centre that gives the largest bound.

    E. Baumann, Optimal centered forms, BIT 28 (1988).
    """
    slopes = f.slopes(cell)
    face = _towards_least(cell, slopes)
    if face != cell:
        return first_order(f, face)
    point = [_best_centre(end, slope) for end, slope in zip(cell, slopes, strict=True)]
    change = _sum_of_products(slopes, _offsets(cell, point))
    value = f.at(point)
    bound = _add(_low(value), _low(change))
    weights = [_size(g) * w for g, w in zip(slopes, _widths(cell), strict=True)]
    return Finding(bound, weights, point, value)


@after_the_range
def second_order(f: Enclosed, cell: Cell) -> Finding:
    """The Taylor form of second order at the middle, with slopes that it sharpens."""
    return _second_order(f, cell, f.curvatures(cell))


def _second_order(f: Enclosed, cell: Cell, curvatures: list[list]) -> Finding:
    """The same on a face of the cell to which the second derivatives belong."""
    middle = centre(cell, _whole(f))
    here, offsets = tuple((x, x) for x in middle), _offsets(cell, middle)
    at_middle = f.slopes(here)
    slopes = [
        _CONTEXT.add(g, _sum_of_products(row, offsets))
        for g, row in zip(at_middle, curvatures, strict=True)
    ]
    face = _towards_least(cell, slopes)
    if face != cell:
        return _second_order(f, face, curvatures)
    half = fmpq(1, 2)
    quadratic = [
        _CONTEXT.mul(half if i == j else fmpq(1), h, _times(offsets, i, j))
        for i, row in enumerate(curvatures)
        for j, h in enumerate(row)
        if j >= i and isinstance(offsets[i], Box) and isinstance(offsets[j], Box)
    ]
    change = _CONTEXT.add(_sum_of_products(at_middle, offsets), *quadratic)
    value = f.value(here)
    bound = _add(_low(value), _low(change))
    weights = [_size(g) * w for g, w in zip(slopes, _widths(cell), strict=True)]
    return Finding(bound, weights, middle, value)


@after_the_range
def taylor(f: Enclosed, cell: Cell) -> Finding:
    """A Taylor polynomial of one variable, with its last coefficient on the whole cell."""
    ((low, high),) = cell
    middle = centre(cell, _whole(f))
    best = _NOTHING
    for length in _TAYLOR:
        best = _larger(best, _taylor_bound(f, low, high, middle[0], length))
        if best > 0:
            break
    return Finding(best, _widths(cell), middle)


def _taylor_bound(f: Enclosed, low: fmpq, high: fmpq, middle: fmpq, length: int) -> arb:
    *known, _ = f.taylor(middle, middle, length)
    last = f.taylor(low, high, length)[-1]
    (offset,) = _offsets(((low, high),), [middle])
    powers = [_CONTEXT.power(offset, fmpq(k)) for k in range(1, length)]
    coefficients = [Box(c.lower(), c.upper()) for c in (*known[1:], last)]
    constant = known[0].lower()
    # the first two terms together have their least value at an end or between
    best = _CONTEXT.add(*map(_CONTEXT.mul, coefficients[1:], powers[1:])) if length > 2 else None
    linear = _CONTEXT.mul(coefficients[0], powers[0])
    change = linear if best is None else _CONTEXT.add(linear, best)
    return _add(constant, _low(change))


RULES: dict[str, Callable[[Enclosed, Cell], Finding]] = {
    "range": natural,
    "mean value": first_order,
    "second order": second_order,
    "Taylor": taylor,
}


def rules_for(f: Enclosed) -> Iterator[str]:
    """The rules that a quantity allows, cheapest first; derivatives are derived when they come."""
    yield "range"
    if f.has_slopes:
        yield "mean value"
    if f.is_smooth and len(f.symbols) == 1 and f.has_series:
        yield "Taylor"
    if f.has_curvatures:
        yield "second order"


def _whole(f: Enclosed) -> tuple[bool, ...]:
    return tuple(v.integer for v in f.variables)


def _low(x: Box) -> arb:
    return _NOTHING if x.low.is_nan() else x.low


def _add(x: arb, y: arb) -> arb:
    total = x + y
    return _NOTHING if total.is_nan() else total.lower()


def _larger(x: arb, y: arb) -> arb:
    return y if y > x else x


def _widths(cell: Cell) -> list:
    return [arb(high) - arb(low) for low, high in cell]


def _size(x: Box) -> arb:
    size = abs(x.low).max(abs(x.high))
    return arb.pos_inf() if size.is_nan() else size


def _towards_least(cell: Cell, slopes: list[Box]) -> Cell:
    """The face on which a function with these slopes has its least value."""
    ends = []
    for (low, high), slope in zip(cell, slopes, strict=True):
        if low != high and slope.low >= 0:
            ends.append((low, low))
        elif low != high and slope.high <= 0:
            ends.append((high, high))
        else:
            ends.append((low, high))
    return tuple(ends)


def _best_centre(ends: tuple[fmpq, fmpq], slope: Box) -> fmpq:
    low, high = ends
    if low == high:
        return low
    if not (slope.low.is_finite() and slope.high.is_finite()):
        return centre((ends,), (False,))[0]
    fall, rise = float(-slope.low), float(slope.high)
    if not 0 < fall + rise < float("inf"):
        return centre((ends,), (False,))[0]
    share = min(max(fall / (fall + rise), 0.0), 1.0)
    point = low + (high - low) * fmpq(round(share * 1024), 1024)
    near = binary_near(point, (high - low) / 64)
    return near if low <= near <= high else point


def _offsets(cell: Cell, point: list[fmpq]) -> list:
    return [
        fmpq(0) if low == high else interval(low - x, high - x)
        for (low, high), x in zip(cell, point, strict=True)
    ]


def _sum_of_products(xs: list, offsets: list) -> Box:
    """The sum over the variables that are not fixed."""
    pairs = ((x, y) for x, y in zip(xs, offsets, strict=True) if isinstance(y, Box))
    return as_box(_CONTEXT.add(fmpq(0), *(_CONTEXT.mul(x, y) for x, y in pairs)))


def _times(offsets: list, i: int, j: int):
    if i == j:
        return _CONTEXT.power(offsets[i], fmpq(2))
    return _CONTEXT.mul(offsets[i], offsets[j])
