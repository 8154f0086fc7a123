"""Evaluation on arrays of any library, in the operations of the library as far as it has them."""

from functools import partial

import array_api_compat
import numpy as np

from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.errors import NotSupportedError, explain

# Special functions that are the same in all libraries that have them.
_COMMON = frozenset(["erf", "erfc", "erfcx", "erfinv", "log_ndtr"])


def context_of(array) -> ArrayContext:
    """The operations on arrays like this one."""
    if array_api_compat.is_numpy_array(array):
        return ArrayContext()
    return TensorContext(array_api_compat.array_namespace(array), array.dtype)


class TensorContext(ArrayContext):
    """The operations that a `Program` calls, on arrays of one namespace.

    Functions of ours are computed by their closed forms, so that the library can differentiate
    them. What has none there, as integrals and most special functions, goes through NumPy.
    """

    _plain = ArrayContext()

    def __init__(self, xp, dtype):
        super().__init__(xp)
        self.dtype = dtype  # of constants that meet no array

    def hyper(self, a: list, b: list, z):
        p, q = len(a), len(a) + len(b)
        return self._through_numpy(
            lambda *xs: self._plain.hyper(list(xs[:p]), list(xs[p:q]), xs[q]), *a, *b, z
        )

    def infinite_sum(self, series, first: int, parameters: list):
        return self._through_numpy(
            lambda *xs: self._plain.infinite_sum(series, first, list(xs)), *parameters
        )

    def scalarwise(self, function, *args):
        return self._through_numpy(partial(self._plain.scalarwise, function), *args)

    def special(self, call, *args):
        if (definition := call.closed_form) is not None:
            return definition.run(self, args)
        return self._through_numpy(partial(self._plain.special, call), *args)

    def may_hold(self, condition, inputs: list) -> bool:
        return True  # a traced array has no elements; where it fails the result is no number

    def _special_function(self, name: str, *args):
        native = getattr(self._special_functions, name, None) if name in _COMMON else None
        if native is None or isinstance(args[0], float):
            return self._through_numpy(partial(self._plain.apply, name), *args)
        return native(*args)

    @property
    def _special_functions(self):
        """Where the library has its special functions, if anywhere."""
        if array_api_compat.is_jax_namespace(self.xp):
            from jax.scipy import special

            return special
        return getattr(self.xp, "special", None)

    def _through_numpy(self, function, *args):
        """A function of NumPy arrays, its result as an array of the library again."""
        values = function(*map(_in_numpy, args))
        arrays = [x for x in args if not isinstance(x, float)]
        if not arrays:
            return float(values)
        device = array_api_compat.device(arrays[0])
        return self.xp.asarray(values, dtype=arrays[0].dtype, device=device)


def _in_numpy(x):
    if isinstance(x, float):
        return x
    try:
        return np.asarray(x)
    except (TypeError, RuntimeError) as error:
        what = "a function that goes through NumPy cannot be traced or differentiated here"
        hint = "formula.diff(name).lambdify(backend) for a derivative"
        raise NotSupportedError(explain(what, got=type(x).__name__, hint=hint)) from error
