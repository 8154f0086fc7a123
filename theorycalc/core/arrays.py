"""Reading arrays of real numbers."""

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
