"""The axes of a grid: what a cell is given, and how its place is written."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

import numpy as np

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.numbers import exact
from theorycalc.core.records import sequence

# What a grid may be, besides a range of NumPy.
_ALLOWED = "a list of numbers"


@dataclass(frozen=True)
class Axis:
    """One argument with the points that it takes; ``texts`` say exactly which they are."""

    name: str
    points: tuple
    texts: tuple[str, ...]
    coordinate: np.ndarray

    @property
    def variable(self) -> tuple:
        """The coordinate of a dataset."""
        return self.name, self.coordinate, {"exact": json.dumps(self.texts, ensure_ascii=False)}


def read_axes(grids: Mapping, *, numeric: bool) -> tuple[Axis, ...]:
    """The axes in the order given, of exact numbers if ``numeric``.

    Raises
    ------
    DomainError
        For a grid that is no sequence, is empty, or has a point that is neither a number nor,
        unless ``numeric``, a string.
    """
    return tuple(_axis(name, grid, numeric) for name, grid in grids.items())


def _axis(name: str, grid, numeric: bool) -> Axis:
    if isinstance(grid, np.ndarray) and grid.ndim == 1:
        grid = grid.tolist()
    points = sequence(grid, f"the grid of {name}", allowed=_ALLOWED)
    if not points:
        raise DomainError(explain(f"the grid of {name} is empty", allowed=_ALLOWED))
    if not numeric and all(isinstance(x, str) and _is_name(x) for x in points):
        return Axis(name, points, points, np.array(points, dtype=object))
    numbers = tuple(exact(x, f"a point of the grid of {name}") for x in points)
    coordinate = np.array([float(x) for x in numbers])
    return Axis(name, numbers if numeric else points, tuple(map(str, numbers)), coordinate)


def _is_name(text: str) -> bool:
    """Whether a string is no number."""
    try:
        exact(text)
    except DomainError:
        return True
    return False


def cells(axes: tuple[Axis, ...]) -> Iterator[dict]:
    """The arguments of every cell, the last axis fastest."""
    names = [axis.name for axis in axes]
    for points in product(*(axis.points for axis in axes)):
        yield dict(zip(names, points, strict=True))
