"""Arrays of any namespace: inputs of networks, rows of them, and the same as NumPy arrays."""

import array_api_compat
import numpy as np

from theorycalc.core.arrays import is_array, real_array
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.records import instance


def to_numpy(array) -> np.ndarray:
    """An array of any namespace and device as a NumPy array.

    Examples
    --------
    >>> import array_api_strict
    >>> to_numpy(array_api_strict.asarray([1.0, 2.0]))
    array([1., 2.])
    """
    if array_api_compat.is_torch_array(array):
        return array.detach().cpu().numpy()
    of_numpy = isinstance(array, np.ndarray | np.generic)
    if is_array(array) and not of_numpy:
        return np.asarray(array)
    if of_numpy and array.dtype.kind in "biufc":
        return np.asarray(array)
    return real_array(array, "array", finite=False)


def check_inputs(x, name: str, shape: tuple):
    """An array of real numbers of shape (n, …) or (seeds, n, …), None standing for any size ≥ 1.

    Raises
    ------
    DomainError
        For anything else.
    """
    instance(name, str, "the name of an array")
    sizes = ", ".join("…" if size is None else str(size) for size in shape)
    allowed = f"a finite array of shape (n, {sizes})"
    fits = is_array(x) and x.ndim in (len(shape) + 1, len(shape) + 2) and 0 not in x.shape
    if not fits or any(
        size not in (None, found)
        for size, found in zip(shape, x.shape[x.ndim - len(shape) :], strict=True)
    ):
        got = getattr(x, "shape", type(x).__name__)
        raise DomainError(explain(f"{name} does not fit the network", got=got, allowed=allowed))
    xp = array_api_compat.array_namespace(x)
    if not xp.isdtype(x.dtype, ("real floating", "integral")):
        raise DomainError(explain(f"{name} is not real", got=x.dtype, allowed=allowed))
    return x


def like(values: np.ndarray, array):
    """A NumPy array in the namespace, dtype and device of another."""
    xp = array_api_compat.array_namespace(array)
    return xp.asarray(values, dtype=array.dtype, device=array_api_compat.device(array))


def take_rows(array, chosen: np.ndarray):
    """Rows of ``array`` (n, …) for every network: shape (seeds, batch, …)."""
    xp = array_api_compat.array_namespace(array)
    flat = xp.asarray(chosen.ravel(), device=array_api_compat.device(array))
    return xp.reshape(xp.take(array, flat, axis=0), (*chosen.shape, *array.shape[1:]))
