"""Reading arrays of real numbers, and seeds of random ones."""

import numpy as np

from theorycalc.core.errors import DomainError, explain


def real_array(x, what: str, *, finite: bool = True) -> np.ndarray:
    """A float64 array of real numbers.

    Raises
    ------
    DomainError
        For complex numbers, strings, None, numbers with a radius, ragged lists, and, if ``finite``,
        NaN and infinities.

    Examples
    --------
    >>> real_array([[1, 2]], "X")
    array([[1., 2.]])
    """
    try:
        array = np.asarray(x)
        if array.dtype.kind not in "biufO":
            raise TypeError(f"dtype {array.dtype}")
        if array.dtype == object and any(map(_is_no_double, array.flat)):
            raise TypeError("not numbers")
        array = array.astype(np.float64)
    except (TypeError, ValueError) as error:
        got = getattr(x, "dtype", type(x).__name__)
        raise DomainError(explain(f"{what} is not an array of real numbers", got=got)) from error
    if finite and not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise DomainError(explain(f"{what} has an entry that is not finite", got=f"at {where}"))
    return array


def _is_no_double(x) -> bool:
    """Whether an element is no number, or has a radius that a double would lose."""
    return isinstance(x, str | complex | None) or hasattr(x, "rad") or hasattr(x, "_mpi_")


def random_stream(seed) -> np.random.Generator:
    """NumPy's generator of a seed, an integer ≥ 0 or a tuple of them.

    Raises
    ------
    DomainError
        For anything else.

    Examples
    --------
    >>> int(random_stream((1, 2)).integers(100)) == int(random_stream((1, 2)).integers(100))
    True
    """
    try:
        if seed is None:
            raise TypeError("no seed")
        return np.random.default_rng(np.random.SeedSequence(seed))
    except (TypeError, ValueError) as error:
        allowed = "an integer ≥ 0, or a tuple of them"
        raise DomainError(explain("not a seed", got=repr(seed), allowed=allowed)) from error
