"""What was shown, and how: a tree of steps, each of which can be checked again by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from theorycalc.bounds.domain import Cell
from theorycalc.bounds.problems import Problem


@dataclass(frozen=True)
class Leaves:
    """The cells of a branch and bound: those closed, each with the rule, and those left.

    ``contacts`` are the names of the contacts that were found, with what has to be said for them
    to be found again; ``bits`` is the working precision.
    """

    closed: tuple[tuple[Cell, str], ...]
    left: tuple[Cell, ...]
    contacts: tuple
    bits: int


@dataclass(frozen=True)
class Step:
    """A problem and how it was decided: by itself, or from other steps.

    Parameters
    ----------
    problem : Problem
    rule : str
        "exact", "one by one", "cells", "half-line", or the name of a reduction.
    detail : object
        What the check of the step needs.
    parts : tuple of Step
        What it follows from.
    done : bool
        Whether it is shown.
    """

    problem: Problem
    rule: str
    detail: Any = None
    parts: tuple["Step", ...] = ()
    done: bool = True

    def walk(self) -> Iterator["Step"]:
        """This step and all that it follows from."""
        yield self
        for part in self.parts:
            yield from part.walk()
