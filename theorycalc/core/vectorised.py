"""Formulas as functions of float64 arrays."""

from dataclasses import dataclass

import numpy as np

from theorycalc.core.arithmetic.array_context import ArrayContext, by_balls
from theorycalc.core.arrays import real_array
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.program import Program


@dataclass(frozen=True)
class VectorFunction:
    """A program on broadcast float64 arrays, with the conditions that its arguments must meet."""

    name: str
    args: tuple[str, ...]
    program: Program
    conditions: tuple[tuple[str, Program], ...] = ()

    def __call__(self, *arrays) -> np.ndarray | float:
        if len(arrays) != len(self.args):
            raise DomainError(
                explain(
                    f"{self.name or 'function'}: wrong number of arguments",
                    got=len(arrays),
                    allowed=f"{len(self.args)} ({', '.join(self.args)})",
                )
            )
        arrays = [
            real_array(x, name, finite=False) for x, name in zip(arrays, self.args, strict=True)
        ]
        try:
            shape = np.broadcast_shapes(*(x.shape for x in arrays))
        except ValueError:
            shapes = ", ".join(str(x.shape) for x in arrays)
            raise DomainError(
                explain(f"{self.name}: shapes do not broadcast", got=shapes)
            ) from None
        context = ArrayContext()
        with np.errstate(all="ignore"):
            for text, condition in self.conditions:
                self._check(text, np.asarray(condition.run(context, arrays)), arrays)
            result = np.asarray(self.program.run(context, arrays), dtype=np.float64)
        # a constant formula still has the shape of its arguments
        result = np.array(np.broadcast_to(result, shape))
        if context.overflowed:
            self._repair(result, np.broadcast_arrays(*arrays))
        return result if shape else float(result)

    def _repair(self, result: np.ndarray, arrays: list) -> None:
        """Where a factorial has left the doubles: each element again, in balls."""
        lost = (result == 0) | ~np.isfinite(result)
        if lost.any():
            result[lost] = by_balls(
                lambda c, *xs: self.program.run(c, xs), *(x[lost] for x in arrays)
            )

    def _check(self, text: str, holds: np.ndarray, arrays: list) -> None:
        if holds.all():
            return
        *points, holds = np.broadcast_arrays(*arrays, holds)
        first = tuple(np.argwhere(~holds)[0])
        got = ", ".join(f"{n} = {x[first]}" for n, x in zip(self.args, points, strict=True))
        raise DomainError(
            explain(f"{self.name}: parameters outside the domain", got=got, allowed=text)
        )
