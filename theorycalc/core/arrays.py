"""Reading arrays of real numbers, and seeds of random ones."""

import numpy as np

from theorycalc.core.errors import DomainError, explain


def real_array(x, what: str, *, finite: bool = True) -> np.ndarray:
    """A float64 array of real numbers.

    Raises
    ------
    DomainError
        For complex numbers, strings, None, ragged lists, and, if ``finite``, NaN and infinities.

    Examples
    --------
    >>> real_array([[1, 2]], "X")
    array([[1., 2.]])
    """
    try:
        array = np.asarray(x)
        if array.dtype.kind not in "biufO":
            raise TypeError(f"dtype {array.dtype}")
        if array.dtype == object and any(isinstance(e, str | complex | None) for e in array.flat):
            raise TypeError("not numbers")
        array = array.astype(np.float64)
    except (TypeError, ValueError) as error:
        got = getattr(x, "dtype", type(x).__name__)
        raise DomainError(explain(f"{what} is not an array of real numbers", got=got)) from error
    if finite and not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise DomainError(explain(f"{what} has an entry that is not finite", got=f"at {where}"))
    return array


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
