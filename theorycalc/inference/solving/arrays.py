"""Functions of arrays as functions of SymPy, and programs as functions of arrays, in doubles."""

from collections.abc import Callable

import numpy as np

from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.program import Program
from theorycalc.core.special import SpecialFunction

# What a value may be off, in its own last digits.
_LAST = 4 * np.finfo(float).eps


def as_function(law: Callable) -> type[SpecialFunction]:
    """P(y, z) of two arrays, taken to be good to the last digits.

    Raises
    ------
    DomainError
        For a function that does not take two arrays, or does not give one of numbers.
    """
    try:
        np.asarray(law(np.zeros(2), np.zeros(2)), dtype=float)
    except (TypeError, ValueError) as error:
        got, allowed = str(error), "a function of two arrays (y, z)"
        raise DomainError(explain("not a likelihood", got=got, allowed=allowed)) from error

    def double(y, z):
        values = np.asarray(law(y, z), dtype=float)
        return values, _LAST * abs(values)

    return type("P", (SpecialFunction,), {"nargs": 2, "double": staticmethod(double)})


def on_arrays(program: Program, *arrays) -> np.ndarray:
    """The values of a program on arrays that fit, in their common shape; NaN where it has none."""
    with np.errstate(all="ignore"):
        values = np.asarray(program.run(ArrayContext(), list(arrays)), dtype=float)
    return np.broadcast_to(values, np.broadcast_shapes(*map(np.shape, arrays)))
