"""Outcomes of cells as a dataset with named axes."""

import math
from collections.abc import Iterable, Mapping

import numpy as np
import xarray as xr

from theorycalc.core.errors import DomainError, explain
from theorycalc.sweeps.axes import Axis

# What a cell without a result has in the columns of numbers and of strings.
_NOTHING = {float: math.nan, str: ""}


def dataset(
    axes: tuple[Axis, ...], outcomes: Mapping[int, dict], columns: dict, attrs: dict
) -> xr.Dataset:
    """The dataset of a sweep.

    Parameters
    ----------
    axes : tuple of Axis
    outcomes : mapping
        What was found in a cell, by its number.
    columns : dict
        Arrays of results by name, one element a cell, which outcomes write into.
    attrs : dict
        The provenance.

    Raises
    ------
    DomainError
        If two variables have one name.
    """
    shape = tuple(len(axis.points) for axis in axes)
    size = math.prod(shape)
    columns = {**columns, "error": np.full(size, "", dtype=object)}
    for number, outcome in sorted(outcomes.items()):
        for name, x in _plain(outcome):
            if name not in columns:
                kind = str if isinstance(x, str) else float
                dtype = object if kind is str else float
                columns[name] = np.full(size, _NOTHING[kind], dtype=dtype)
            columns[name][number] = _same_kind(x, columns, name)
    taken = [axis.name for axis in axes if axis.name in columns]
    if taken:
        what = "a result and an axis of one name"
        raise DomainError(explain(what, got=", ".join(taken), hint="another name for the result"))
    names = [axis.name for axis in axes]
    error = columns.pop("error")
    variables = {name: (names, x.reshape(shape)) for name, x in {**columns, "error": error}.items()}
    coordinates = {axis.name: axis.variable for axis in axes}
    return xr.Dataset(variables, coordinates, attrs)


def _same_kind(x, columns: dict, name: str):
    """A number among strings is written as one; a string has no place among numbers."""
    if columns[name].dtype == object:
        return str(x)
    if isinstance(x, str):
        columns[name] = np.array([_text(y) for y in columns[name]], dtype=object)
    return x


def _text(x: float) -> str:
    return "" if math.isnan(x) else str(x)


def _plain(outcome: dict) -> Iterable[tuple[str, float | str]]:
    """The variables of a cell."""
    if "error" in outcome:
        yield "error", outcome["error"]
    for name, entry in outcome.get("result", {}).items():
        if isinstance(entry, dict):
            yield from _parts(name, entry)
        else:
            yield name or "value", entry


def _parts(name: str, parts: dict) -> Iterable[tuple[str, float | str]]:
    """The variables of a Value; its midpoint has the name that a function gave the Value."""
    for part, x in parts.items():
        yield part if not name else name if part == "mid" else f"{name}_{part}", x
