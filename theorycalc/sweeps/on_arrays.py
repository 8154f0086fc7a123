"""Formulas in doubles on a whole grid at once, their errors held against balls on a sample."""

import functools
import math

import numpy as np

from theorycalc.core.arithmetic import Ball
from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.arithmetic.slopes import sensitivity
from theorycalc.core.arithmetic.special_arrays import ACCURACY
from theorycalc.core.assumptions import check_assumptions
from theorycalc.core.binary import in_doubles
from theorycalc.core.errors import DomainError, NotSupportedError, TheoryCalcError
from theorycalc.core.formula import Formula
from theorycalc.core.vectorised import VectorFunction
from theorycalc.sweeps.axes import Axis

# Cells that a call computes, or leaves all to be computed one by one.
_BLOCK = 4096
# Cells of the sample, and the digits of its balls: they are exact beside doubles.
_SAMPLE, _DIGITS = 16, 20
# Doubles keep no relative accuracy below.
_TINY = np.finfo(float).tiny


def on_arrays(formula: Formula, axes: tuple[Axis, ...]) -> tuple[dict, str]:
    """(columns mid, rad and rigor, what is to be said of the errors).

    Cells that have no number in doubles are nan: they are to be computed one by one.
    """
    size = math.prod(len(axis.points) for axis in axes)
    mid, scale = np.full(size, np.nan), np.full(size, np.nan)
    try:
        function = formula.lambdify()
    except NotSupportedError:
        return _columns(mid, scale), ""
    shape = [len(axis.points) for axis in axes]
    order = [[axis.name for axis in axes].index(name) for name in function.args]
    allowed = np.flatnonzero(_allowed(formula, axes))
    for start in range(0, allowed.size, _BLOCK):
        part = allowed[start : start + _BLOCK]
        places = np.unravel_index(part, shape)
        points = [axes[i].coordinate[places[i]] for i in order]
        mid[part], scale[part] = _block(function, points, part.size)
    mid[~np.isfinite(scale)] = np.nan
    relative, seen = _worst(formula, axes, mid, scale)
    text = (
        f"rad = {relative:.2g} (|mid| + sensitivity to the arguments): what doubles keep to, "
        f"held against balls in {seen} cells"
    )
    return _columns(mid, relative * scale + _TINY), text


def _allowed(formula: Formula, axes: tuple[Axis, ...]) -> np.ndarray:
    """For every cell whether doubles hold its numbers, and these are what the symbols assume."""
    symbols = {symbol.name: symbol for symbol in formula.args}
    masks = (
        [
            _is_held(x, double) and _is_of(symbols[axis.name], x)
            for x, double in zip(axis.points, axis.coordinate, strict=True)
        ]
        for axis in axes
    )
    return functools.reduce(np.logical_and.outer, masks, np.array(True)).reshape(-1)


def _is_held(x, double: float) -> bool:
    """Whether a number keeps all of its digits as a double."""
    return _TINY <= abs(double) < np.inf or x == 0


def _is_of(symbol, x) -> bool:
    """Whether a number is integer, positive, … where the symbol is."""
    try:
        check_assumptions(symbol, x)
    except DomainError:
        return False
    return True


def _columns(mid: np.ndarray, rad: np.ndarray) -> dict:
    known = np.isfinite(mid)
    rigor = np.where(known, "ESTIMATED", "").astype(object)
    return {"mid": mid, "rad": np.where(known, rad, np.nan), "rigor": rigor}


def _block(function: VectorFunction, points: list, size: int) -> tuple:
    """(values, |values| and what the arguments' rounding may change, relatively)."""
    try:
        values = np.broadcast_to(function(*points), size)
    except TheoryCalcError:  # one of them is outside the domain
        return np.nan, np.nan
    with np.errstate(all="ignore"):
        program = function.program
        felt = sensitivity(lambda *xs: program.run(ArrayContext(), list(xs)), points)
        return values, np.abs(values) + felt


def _worst(formula: Formula, axes: tuple[Axis, ...], mid, scale) -> tuple[float, int]:
    """The error relative to ``scale`` that holds on the sample, and the size of the sample."""
    computed = np.flatnonzero(np.isfinite(mid))
    worst, seen = ACCURACY, 0
    for number in computed[:: max(1, computed.size // _SAMPLE)]:
        places = np.unravel_index(number, [len(axis.points) for axis in axes])
        point = {axis.name: axis.points[place] for axis, place in zip(axes, places, strict=True)}
        try:
            exactly, rad = in_doubles(formula.at(using=Ball(_DIGITS), **point))
        except TheoryCalcError:  # balls have no such function, or do not reach the digits
            continue
        seen += 1
        if scale[number]:
            error = abs(mid[number] - exactly) + rad
            worst = max(worst, float(error / scale[number]))
    return worst, seen
