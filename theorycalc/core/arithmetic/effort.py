"""What a number costs: function values and work, counted, and how much it may cost.

Whoever computes a Value opens an `Effort`; programs and rules inside call `work` and `spend`. Work
is the same on every machine and under every load, so that what is given up is too. Seconds limit it
only where a caller asks.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache, wraps

from theorycalc.core.errors import DomainError, explain

_current: ContextVar["Effort | None"] = ContextVar("effort", default=None)

# Work is in operations of short numbers, of about a microsecond. At 256 bits an elementary function
# costs as much again and a special one four times that; measured from 64 to 65536 bits the time
# that Arb takes grows like the powers 1.5 and 2.
_FUNCTION_BITS = 256
_SPECIAL = 4
_DOUBLE_BITS = 53


class OutOfEffort(Exception):  # noqa: N818 - a signal, caught by who set the limit
    """The work or the time of an `Effort` is over."""


@dataclass
class Effort:
    """Function values and work so far, and where they end; ``end`` is on the clock of `time`."""

    begin: float = field(default_factory=time.perf_counter)
    end: float = math.inf
    most: float = math.inf
    nodes: int = 0
    work: float = 0.0

    @property
    def stats(self) -> dict:
        """What goes into the stats of a Value."""
        counted = {"nodes": self.nodes} if self.nodes else {}
        return {"seconds": time.perf_counter() - self.begin, "work": round(self.work), **counted}

    def __str__(self):
        return f"{self.work:.1e} operations"

    def check(self) -> None:
        """Raise `OutOfEffort` past the end."""
        if self.work > self.most or (self.end < math.inf and time.perf_counter() > self.end):
            raise OutOfEffort


def check_seconds(seconds) -> None:
    """Whether a limit of time is one."""
    if isinstance(seconds, bool) or not (isinstance(seconds, int | float) and seconds > 0):
        raise DomainError(explain("not a time", got=repr(seconds), allowed="seconds > 0"))


def given_up(using, spent: Effort) -> str:
    """What happened to a request, for its error."""
    limit = f" in {using.seconds:g} seconds" if using.seconds < math.inf else ""
    return f"{using.digits} digits were not reached with {spent}{limit}"


@contextmanager
def effort(work: float = math.inf, seconds: float = math.inf) -> Iterator[Effort]:
    """Count what is spent inside, so much at most, or what an outer effort leaves."""
    outer, inner = _current.get(), Effort(most=work)
    inner.end = inner.begin + seconds
    if outer is not None:
        inner.end = min(inner.end, outer.end)
        inner.most = min(inner.most, outer.most - outer.work)
    token = _current.set(inner)
    try:
        yield inner
    finally:
        _current.reset(token)
        if outer is not None:
            outer.nodes += inner.nodes
            outer.work += inner.work


def spend(nodes: int = 1, bits: int = _DOUBLE_BITS) -> None:
    """Note function values.

    Raises
    ------
    OutOfEffort
        If there is no more work or time left.
    """
    now = _current.get()
    if now is not None:
        now.nodes += nodes
    work(nodes, nodes, 0, bits)


def work(operations: int, elementary: int, special: int, bits: int) -> None:
    """Note operations, and how many elementary and special functions of so many bits they are.

    Raises
    ------
    OutOfEffort
        If there is no more work or time left.
    """
    now = _current.get()
    if now is not None:
        size = bits / _FUNCTION_BITS
        now.work += operations + elementary * size**1.5 + _SPECIAL * special * size**2
        now.check()


def remembered(maxsize: int) -> Callable:
    """A cache of results with what they cost, which every use of them counts again."""

    def decorate(function: Callable) -> Callable:
        @lru_cache(maxsize=maxsize)
        def run(*args):
            result, spent = function(*args), _current.get()
            return result, spent.nodes, spent.work

        @wraps(function)
        def call(*args):
            with effort() as spent:
                result, spent.nodes, spent.work = run(*args)
                spent.check()
            return result

        call.cache_clear = run.cache_clear
        return call

    return decorate
