"""Arrays of any namespace: as NumPy arrays, and rows of them."""

import array_api_compat
import numpy as np

from theorycalc.core.arrays import is_array, real_array


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


def like(values: np.ndarray, array):
    """A NumPy array in the namespace, dtype and device of another."""
    xp = array_api_compat.array_namespace(array)
    return xp.asarray(values, dtype=array.dtype, device=array_api_compat.device(array))


def take_rows(array, chosen: np.ndarray):
    """Rows of ``array`` (n, …) for every network: shape (seeds, batch, …)."""
    xp = array_api_compat.array_namespace(array)
    flat = xp.asarray(chosen.ravel(), device=array_api_compat.device(array))
    return xp.reshape(xp.take(array, flat, axis=0), (*chosen.shape, *array.shape[1:]))
