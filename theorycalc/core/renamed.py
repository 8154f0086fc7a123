"""Old names of arguments: they work for one more version, with a warning."""

import functools
import warnings
from collections.abc import Callable

from theorycalc.core.errors import DomainError, explain


def renamed(**names: str) -> Callable:
    """A decorator of functions whose keyword arguments had other names: ``old="new"``.

    Raises
    ------
    DomainError
        When the decorated function gets both names.

    Examples
    --------
    >>> import warnings
    >>> @renamed(order="leap")
    ... def steps(leap=1):
    ...     return leap
    >>> with warnings.catch_warnings(record=True) as seen:
    ...     warnings.simplefilter("always")
    ...     steps(order=2)
    2
    >>> print(seen[0].message)
    the argument order of steps is called leap now
    """

    def decorate(function: Callable) -> Callable:
        @functools.wraps(function)
        def call(*args, **kwargs):
            for old in names.keys() & kwargs.keys():
                new = names[old]
                if new in kwargs:
                    raise DomainError(explain("one argument under two names", got=f"{old}, {new}"))
                message = f"the argument {old} of {function.__name__} is called {new} now"
                warnings.warn(message, DeprecationWarning, stacklevel=2)
                kwargs[new] = kwargs.pop(old)
            return function(*args, **kwargs)

        return call

    return decorate
