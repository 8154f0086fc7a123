"""Formulas as functions of float64 arrays."""

from dataclasses import dataclass

import numpy as np

from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.arithmetic.slopes import sensitivity
from theorycalc.core.arithmetic.special_arrays import ACCURACY, by_balls
from theorycalc.core.arithmetic.tracked_context import Tracked, TrackedContext
from theorycalc.core.arrays import real_array
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import Record
from theorycalc.core.program import Program
from theorycalc.core.records import sequence

# What is smaller has no relative accuracy.
_TINY = np.finfo(float).tiny
# Arrays are computed in blocks that stay in the processor's cache.
_BLOCK = 8192


@dataclass(frozen=True, repr=False)
class VectorFunction(Record):
    """A program on broadcast float64 arrays, with the conditions that its arguments must meet.

    ``limits`` holds conditions under which the function has one value, such as ∞; ``ends`` those
    under which it is another function, of some of the arguments.
    """

    name: str
    args: tuple[str, ...]
    program: Program
    conditions: tuple[tuple[str, Program], ...] = ()
    limits: tuple[tuple[Program, float], ...] = ()
    ends: tuple[tuple[Program, "VectorFunction"], ...] = ()

    def __call__(self, *arrays) -> np.ndarray | float:
        arrays, shape = self._read(arrays)
        with np.errstate(all="ignore"):
            for text, condition in self.conditions:
                self._check(text, np.asarray(condition.run(ArrayContext(), arrays)), arrays)
        result = self._apart(arrays, shape)
        for condition, limit in self.limits:
            result[_where(condition, arrays, shape)] = limit
        return result if shape else float(result)

    def inside(self, *arrays) -> np.ndarray:
        """A mask of the elements of broadcast arrays that are in the domain."""
        arrays, shape = self._read(arrays)
        inside = np.ones(shape, dtype=bool)
        for _, condition in self.conditions:
            inside &= _where(condition, arrays, shape)
        return inside

    def _read(self, arrays: tuple) -> tuple[list[np.ndarray], tuple]:
        """The arrays as doubles, and the shape that they broadcast to."""
        self.check_count(arrays)
        read = [
            real_array(x, name, finite=False) for x, name in zip(arrays, self.args, strict=True)
        ]
        try:
            return read, np.broadcast_shapes(*(x.shape for x in read))
        except ValueError:
            shapes = ", ".join(str(x.shape) for x in read)
            raise DomainError(
                explain(f"{self.name}: shapes do not broadcast", got=shapes)
            ) from None

    def check_count(self, arrays: tuple) -> None:
        """DomainError unless there is one array for each argument."""
        arrays = sequence(arrays, "arrays")
        if len(arrays) != len(self.args):
            raise DomainError(
                explain(
                    f"{self.name or 'function'}: wrong number of arguments",
                    got=len(arrays),
                    allowed=f"{len(self.args)} ({', '.join(self.args)})",
                )
            )

    def _apart(self, arrays: list[np.ndarray], shape: tuple) -> np.ndarray:
        """The values, those at the ends from functions of their own."""
        at_end = [(_where(condition, arrays, shape), end) for condition, end in self.ends]
        at_end = [(there, end) for there, end in at_end if there.any()]
        if not at_end:
            return accurately(self.program, arrays, shape)
        arrays = [np.broadcast_to(x, shape) for x in arrays]
        result, inside = np.empty(shape), np.ones(shape, dtype=bool)
        named = dict(zip(self.args, arrays, strict=True))
        for there, end in at_end:
            result[there] = end(*(named[name][there] for name in end.args))
            inside &= ~there
        if inside.any():
            points = [x[inside] for x in arrays]
            result[inside] = accurately(self.program, points, points[0].shape)
        return result

    def _check(self, text: str, holds: np.ndarray, arrays: list) -> None:
        if holds.all():
            return
        *points, holds = np.broadcast_arrays(*arrays, holds)
        first = tuple(np.argwhere(~holds)[0])
        got = ", ".join(f"{n} = {x[first]}" for n, x in zip(self.args, points, strict=True))
        raise DomainError(
            explain(f"{self.name}: parameters outside the domain", got=got, allowed=text)
        )


def _where(condition: Program, arrays: list[np.ndarray], shape: tuple) -> np.ndarray:
    """A mask of the elements for which a condition holds."""
    with np.errstate(all="ignore"):
        holds = np.asarray(condition.run(ArrayContext(), arrays), dtype=bool)
    return np.broadcast_to(holds, shape)


def accurately(program: Program, arrays: list[np.ndarray], shape: tuple) -> np.ndarray:
    """A program on arrays that broadcast to ``shape``, elements in balls where doubles fail.

    Rounding errors are bounded to first order beside the values. An element that may have lost
    more than its arguments' own rounding costs, or that has left the range of doubles, is computed
    again in balls; it keeps its value where these have none, as at poles and off the real domain.
    """
    result = np.empty(shape)
    flat = result.reshape(-1)
    whole = all(x.shape in ((), shape) for x in arrays)
    size = _BLOCK if whole and shape else max(flat.size, 1)
    for start in range(0, flat.size, size):
        part = slice(start, start + size)
        block = [x.reshape(-1)[part] if whole and x.shape else x for x in arrays]
        values = _on_block(program, block)
        flat[part] = np.broadcast_to(values, shape).ravel() if not whole else values
    return result


def _on_block(program: Program, arrays: list) -> np.ndarray:
    with np.errstate(all="ignore"):
        tracked = program.run(TrackedContext(), [Tracked(x, 0.0) for x in arrays])
        value, error, *arrays = np.broadcast_arrays(tracked.value, tracked.error, *arrays)
        value = np.array(value, dtype=np.float64)
        sound = error <= ACCURACY * np.abs(value) + _TINY
        suspect = ~(sound & np.isfinite(value))
        for x in arrays:
            suspect &= np.isfinite(x)
        if suspect.any():
            _repair(program, value, error, suspect, arrays)
    return value


def _repair(program: Program, value, error, suspect, arrays) -> None:
    lost = np.flatnonzero(suspect)
    points = [x.ravel()[lost] for x in arrays]
    felt = sensitivity(lambda *xs: program.run(ArrayContext(), list(xs)), points)
    excused = error.ravel()[lost] <= ACCURACY * felt
    lost, points = lost[~excused], [x[~excused] for x in points]
    if lost.size:
        again = by_balls(lambda context, *xs: program.run(context, xs), *points)
        value.reshape(-1)[lost] = np.where(np.isnan(again), value.reshape(-1)[lost], again)
