"""What a number costs: function values of quadrature rules, and a time after which it is given up.

Whoever computes a Value opens an `Effort`; the rules inside call `spend`.
"""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import lru_cache, wraps

_current: ContextVar["Effort | None"] = ContextVar("effort", default=None)


class OutOfTime(Exception):  # noqa: N818 - a signal, caught by who set the time
    """The time of an `Effort` is over."""


@dataclass
class Effort:
    """Function values so far, and when it began and has to end, on the clock of `time`."""

    begin: float = field(default_factory=time.perf_counter)
    end: float = math.inf
    nodes: int = 0

    @property
    def seconds(self) -> float:
        """Since it began."""
        return time.perf_counter() - self.begin

    @property
    def stats(self) -> dict:
        """What goes into the stats of a Value."""
        return {"seconds": self.seconds, **({"nodes": self.nodes} if self.nodes else {})}


@contextmanager
def effort(seconds: float = math.inf) -> Iterator[Effort]:
    """Count what is spent inside, for so many seconds at most, or what an outer effort leaves."""
    outer, inner = _current.get(), Effort()
    inner.end = min(inner.begin + seconds, math.inf if outer is None else outer.end)
    token = _current.set(inner)
    try:
        yield inner
    finally:
        _current.reset(token)


def spend(nodes: int = 1) -> None:
    """Note function values.

    Raises
    ------
    OutOfTime
        If the time is over.
    """
    now = _current.get()
    if now is not None:
        now.nodes += nodes
        if time.perf_counter() > now.end:
            raise OutOfTime


def remembered(maxsize: int) -> Callable:
    """A cache of results with what they cost, which every use of them counts again."""

    def decorate(function: Callable) -> Callable:
        @lru_cache(maxsize=maxsize)
        def run(*args):
            with effort() as inner:
                return function(*args), inner.nodes

        @wraps(function)
        def call(*args):
            result, nodes = run(*args)
            spend(nodes)
            return result

        return call

    return decorate
