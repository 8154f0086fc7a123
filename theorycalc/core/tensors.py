"""Formulas as functions of arrays of other libraries than NumPy."""

import importlib
import math
from dataclasses import dataclass
from numbers import Real
from types import ModuleType

import array_api_compat
import numpy as np

from theorycalc.core.arithmetic.tensor_context import TensorContext
from theorycalc.core.arrays import is_array
from theorycalc.core.errors import DomainError, explain, missing_extra, shown
from theorycalc.core.looks import Record
from theorycalc.core.vectorised import VectorFunction

# What gives a library the functions of the array API standard.
_NAMESPACES = {"torch": "array_api_compat.torch", "jax": "jax.numpy"}


def in_backend(function: VectorFunction, backend):
    """The function on arrays of a library.

    Raises
    ------
    MissingExtraError
        For a library that is not installed.
    DomainError
        For what is no library.
    """
    if isinstance(backend, str) and backend == "numpy":
        return function
    return TensorFunction(function, _namespace(backend))


def _namespace(backend) -> ModuleType:
    if isinstance(backend, ModuleType) and hasattr(backend, "asarray"):
        return backend
    if not isinstance(backend, str) or backend not in _NAMESPACES:
        allowed = "'numpy', 'torch', 'jax', or a namespace of the array API"
        raise DomainError(explain("not a library of arrays", got=shown(backend), allowed=allowed))
    try:
        return importlib.import_module(_NAMESPACES[backend])
    except ImportError as error:
        raise missing_extra(backend, backend, f"lambdify(backend={backend!r})") from error


@dataclass(frozen=True, repr=False)
class TensorFunction(Record):
    """A function of broadcast arrays of one library, in their precision and on their device.

    It is written in the operations of the library, which may differentiate, compile and batch it.
    Rounding errors are not repaired, and it is nan where a condition does not hold.
    """

    function: VectorFunction
    xp: ModuleType

    def __call__(self, *arrays):
        self.function.check_count(arrays)
        arrays = [self._read(x) for x in arrays]
        first = next((x for x in arrays if is_array(x)), self.xp.asarray(0.0))
        with np.errstate(all="ignore"):  # of libraries that stand on NumPy
            result = self._values(self.function, arrays, TensorContext(self.xp, first.dtype))
        if isinstance(result, float):
            device = array_api_compat.device(first)
            result = self.xp.asarray(result, dtype=first.dtype, device=device)
        shape = np.broadcast_shapes(*(tuple(x.shape) for x in arrays if is_array(x)))
        return self.xp.broadcast_to(result, shape)

    def _read(self, x):
        """A number as a float, which takes the precision of the arrays that it meets."""
        if isinstance(x, Real):
            return float(x)
        x = x if is_array(x) else self.xp.asarray(x)
        if self.xp.isdtype(x.dtype, "real floating"):
            return x
        return self.xp.astype(x, self.xp.asarray(0.0).dtype)

    def _values(self, function: VectorFunction, arrays: list, context: TensorContext):
        """What holds at each element: nan outside the domain, a limit, an end, the program."""
        named = dict(zip(function.args, arrays, strict=True))

        def holds(condition):
            return condition.run(context, arrays)

        def at_end(end):
            return self._values(end, [named[name] for name in end.args], context)

        outside = [(context.negate(holds(inside)), math.nan) for _, inside in function.conditions]
        met = [(holds(condition), limit) for condition, limit in function.limits]
        met += [(holds(condition), at_end(end)) for condition, end in function.ends]
        met = [(there, x + self._without_slope(there, arrays)) for there, x in met]
        branches = [*outside, *met, (True, function.program.run(context, arrays))]
        return context.select([(lambda c=c: c, lambda x=x: x) for c, x in branches])

    def _without_slope(self, there, arrays: list):
        """0, whose derivative is nan ``there``: a value is known, which says nothing of slopes."""
        if not is_array(there):
            return 0.0
        zero = self.xp.where(there, 0 * sum(arrays), self.xp.ones_like(0 * sum(arrays)))
        return self.xp.where(there, self.xp.sqrt(zero), self.xp.zeros_like(zero))
