"""The way down from a cell to where a quantity is least, by Newton's method."""

import numpy as np
from flint import fmpq

from theorycalc.bounds.domain import Cell, centre, round_half
from theorycalc.bounds.enclosed import Enclosed
from theorycalc.core.arithmetic.box import Box

# At most so many steps are taken, between points of so many bits.
_STEPS, _BITS = 40, 72
# Singular values below this part of the largest are none.
_FLAT = 1e-9
# A step that is too short to be taken, and what is called zero.
_CLOSE = 2.0**-60
_SMALL = 2.0**-36


def lowest(f: Enclosed, cell: Cell) -> list[fmpq] | None:
    """A point near a cell at which the quantity is least and about zero, by Newton's method."""
    hull = [v.hull for v in f.variables]
    point = centre(cell, tuple(v.integer for v in f.variables))
    for _ in range(_STEPS):
        here = tuple((x, x) for x in point)
        slopes = np.array([_middle(x) for x in f.slopes(here)])
        bends = np.array([[_middle(x) for x in row] for row in f.curvatures(here)])
        if not (np.isfinite(slopes).all() and np.isfinite(bends).all()):
            return None
        free = [
            i
            for i, (x, (low, high), slope) in enumerate(zip(point, hull, slopes, strict=True))
            if not (x == low and slope > 0) and not (x == high and slope < 0)
        ]
        step = np.zeros(len(point))
        step[free] = (
            -np.linalg.pinv(bends[np.ix_(free, free)], _FLAT, hermitian=True) @ slopes[free]
        )
        moved = [
            min(max(_rounded(x + fmpq(*float(d).as_integer_ratio())), low), high)
            for x, d, (low, high) in zip(point, step, hull, strict=True)
        ]
        if np.abs(step).max() < _CLOSE:
            break
        point = moved
    value = f.at(point)
    return point if abs(_middle(value)) < _SMALL else None


def _middle(x: Box) -> float:
    return float((x.low + x.high) / 2)


def _rounded(x: fmpq) -> fmpq:
    unit = fmpq(2) ** _BITS
    return fmpq(round_half(x * unit)) / unit
