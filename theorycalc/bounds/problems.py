"""What is to be shown, and what it is reduced to."""

from dataclasses import dataclass

import sympy

from theorycalc.bounds.domain import Variable
from theorycalc.bounds.goals import Goal

NOT_REAL = (sympy.I, sympy.nan, sympy.zoo)


@dataclass(frozen=True)
class Problem:
    """A goal for all numbers in the ranges of variables that satisfy a condition."""

    goal: Goal
    variables: tuple[Variable, ...]
    where: sympy.Basic = sympy.true

    def __str__(self):
        ranges = ", ".join(map(str, self.variables))
        condition = "" if self.where is sympy.true else f" where {self.where}"
        return f"{self.goal} for {ranges}{condition}"


@dataclass(frozen=True)
class Reduction:
    """Problems that together imply another, and what its variables are in terms of theirs."""

    name: str
    problems: tuple[Problem, ...]
    back: tuple[tuple[sympy.Symbol, sympy.Expr], ...] = ()
