"""`compiled`: functions that are machine code from their first call on.

Numba takes a third of a second to import, which is longer than most formulas take: it is imported
with the first loop that runs. `machine_code` compiles, and keeps what it compiled.
"""

import functools
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType

# Loops are those of the files as they were now, though they are compiled later.
LOADED = time.time_ns()


class Loop:
    """A function that is compiled when it is called; other loops call its machine code.

    Attributes
    ----------
    is_inner : bool
        Whether only other loops call it.
    choices : mapping of function to function
        What stands in its text for loops that are chosen by the types of their arguments, and what
        chooses them.
    """

    def __init__(self, function: Callable, is_inner: bool, choices: Mapping):
        functools.update_wrapper(self, function)
        self.is_inner, self.choices = is_inner, choices

    def __call__(self, *args):
        return self.code(*args)

    @functools.cached_property
    def code(self) -> Callable:
        """Numba's function."""
        from theorycalc.core.machine_code import machine_code

        return machine_code(self)


def inner(function: Callable) -> Loop:
    """The function as a part of machine code that others keep; Python cannot call it."""
    return Loop(function, True, {})


def compiled(function: Callable, choices: Mapping = MappingProxyType({})) -> Loop:
    """The function as machine code, which is compiled once and runs without the GIL."""
    return Loop(function, False, choices)
