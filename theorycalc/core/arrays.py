"""Reading arrays of real numbers, and seeds of random ones."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

import array_api_compat
import numpy as np

from theorycalc.core.errors import DomainError, explain, shown
from theorycalc.core.numbers import has_radius

# A result must leave room for a copy of itself on a machine of 16 GiB.
_MEMORY = 8 * 2**30


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
    except (TypeError, ValueError, OverflowError) as error:
        got = getattr(x, "dtype", type(x).__name__)
        raise DomainError(explain(f"{what} is not an array of real numbers", got=got)) from error
    if finite and not np.isfinite(array).all():
        where = tuple(int(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise DomainError(explain(f"{what} has an entry that is not finite", got=f"at {where}"))
    return array


def is_array(x) -> bool:
    """Whether x is an array of some namespace."""
    return array_api_compat.is_array_api_obj(x)


def check_array(x, what: str, shape: tuple):
    """An array of any namespace with finite numbers and a shape, None standing for any size ≥ 1.

    Raises
    ------
    DomainError
        For anything else.
    """
    wanted = ", ".join("n" if size is None else str(size) for size in shape)
    allowed = f"an array of real numbers, of shape ({wanted}{',' * (len(shape) == 1)})"
    if not is_array(x):
        raise DomainError(explain(f"{what} is not an array", got=type(x).__name__, allowed=allowed))
    fits = x.ndim == len(shape) and all(
        n == size or (size is None and n > 0) for n, size in zip(x.shape, shape, strict=True)
    )
    if not fits:
        got = tuple(x.shape)
        raise DomainError(explain(f"{what} does not fit", got=got, allowed=allowed))
    xp = array_api_compat.array_namespace(x)
    if not xp.isdtype(x.dtype, ("real floating", "integral")):
        raise DomainError(explain(f"{what} is not real", got=x.dtype, allowed=allowed))
    if not bool(xp.all(xp.isfinite(x))):
        raise DomainError(explain(f"{what} has entries that are not finite", allowed=allowed))
    return x


@contextmanager
def within_doubles(what: str) -> Iterator[None]:
    """Refuse numbers whose sums, squares and the like overflow.

    Raises
    ------
    DomainError
        In the place of NumPy's warning.
    """
    try:
        with np.errstate(over="raise", invalid="raise"):
            yield
    except FloatingPointError as error:
        raise DomainError(explain(f"{what} leave the range of doubles")) from error


def check_memory(what: str, needed: int, hint: str = "") -> None:
    """Refuse arrays of more bytes than so many.

    Raises
    ------
    DomainError
        Before they are made.
    """
    if needed > _MEMORY:
        raise DomainError(
            explain(
                f"{what} would take too much memory",
                got=f"{Decimal(needed) / 2**30:.3g} GiB",
                allowed=f"{_MEMORY / 2**30:g} GiB",
                hint=hint,
            )
        )


def _is_no_double(x) -> bool:
    """Whether an element is no number, or has a radius that a double would lose."""
    return isinstance(x, str | complex | None) or has_radius(x)


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
    parts = seed if isinstance(seed, tuple | list | range) else (seed,)
    if not parts or not all(_is_seed(x) for x in parts):
        allowed = "an integer ≥ 0, or a tuple of them"
        raise DomainError(explain("not a seed", got=shown(seed), allowed=allowed))
    return np.random.default_rng(np.random.SeedSequence(seed))


def _is_seed(x) -> bool:
    return isinstance(x, int | np.integer) and not isinstance(x, bool) and x >= 0
