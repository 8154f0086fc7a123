"""Proved bounds of functions in rectangles around the real line."""

from collections.abc import Callable

from flint import acb, arb

from theorycalc.core.arithmetic.any_ball import NotHolomorphic
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.effort import spend

# Bounds need a magnitude only.
_BITS = 64
# A box whose enclosure is not finite is halved down to this part of the height.
_SMALLEST = 1 / 32
# A finite but wide enclosure is halved while its box is longer than this part of the height.
_COARSEST = 1 / 16
_MOST_BOXES = 20_000
# Boxes overlap a little: rounding must not leave a gap.
_OUTWARDS = 1 + 1e-12


def strip_bound(function: Callable, reach: float, height: float, start: float = 0.0) -> arb | None:
    """An upper bound of |f| where start ≤ |Re z| ≤ reach and |Im z| ≤ height, or None.

    Parameters
    ----------
    function : callable
        ``function(context, z)`` encloses an f that is holomorphic where it is finite, and real for
        real z: the lower half is a mirror image.
    reach, height, start : float

    Returns
    -------
    arb or None
        None if f may not be holomorphic there, or varies too fast to be seen in so few boxes.
    """
    context, boxes = BallContext(analytic=True), _boxes(start, reach, height)
    with working_precision(_BITS):
        # where f is tiny, boxes are narrow only beside what is large elsewhere
        points = [_value(function, context, (x, 0.0, 0.0, 0.0)) for x in (start, reach, -reach)]
        largest = max((arb(x.abs_upper()) for x in points if x is not None), default=arb(0))
        for _ in range(_MOST_BOXES):
            if not boxes:
                return largest
            box = boxes.pop()
            half_x, half_y = box[2:]
            spend(1, _BITS)
            value = _value(function, context, box)
            if value is None:
                if max(half_x, half_y) < height * _SMALLEST:
                    return None
            elif _is_narrow(value, largest) or max(half_x, half_y) < height * _COARSEST:
                largest = largest.max(arb(value.abs_upper()))
                continue
            boxes += _halves(*box)
    return None


def _boxes(start: float, reach: float, height: float) -> list:
    """(x, y, half width, half height) of boxes over the upper half, those next to 0 last."""
    edges = [start]
    while edges[-1] < reach:
        edges.append(min(max(2 * edges[-1], edges[-1] + height), reach))
    boxes = []
    for left, right in zip(edges[-2::-1], edges[:0:-1], strict=True):
        for side in (1, -1):
            boxes.append((side * (left + right) / 2, height / 2, (right - left) / 2, height / 2))
    return boxes


def _value(function: Callable, context: BallContext, box: tuple) -> acb | None:
    x, y, half_x, half_y = box
    try:
        value = acb(function(context, acb(arb(x, half_x * _OUTWARDS), arb(y, half_y * _OUTWARDS))))
    except (NotHolomorphic, ZeroDivisionError):
        return None
    return value if value.is_finite() else None


def _is_narrow(value: acb, largest: arb) -> bool:
    """Whether a bound is not much larger than the function, or than what is known already."""
    return bool(value.abs_upper() <= 4 * value.abs_lower() or value.abs_upper() <= largest)


def _halves(x: float, y: float, half_x: float, half_y: float) -> list:
    """Two halves of a box, the one nearer to 0 last."""
    if half_x > half_y:
        parts = [(x - half_x / 2, y), (x + half_x / 2, y)]
        half_x /= 2
    else:
        parts = [(x, y - half_y / 2), (x, y + half_y / 2)]
        half_y /= 2
    parts.sort(key=lambda part: -abs(part[0]))
    return [(*part, half_x, half_y) for part in parts]
