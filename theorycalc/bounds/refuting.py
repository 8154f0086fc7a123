"""Counterexamples: exact, short, and certain."""

from collections.abc import Iterator

import sympy
from flint import arb, fmpq

from theorycalc.bounds.contacts import simplest_between
from theorycalc.bounds.domain import Variable, fmpq_of, rational
from theorycalc.core.arithmetic.ball import enclose
from theorycalc.core.errors import DomainError, NotSupportedError, PrecisionError
from theorycalc.core.evaluation import decide, vanishes
from theorycalc.core.lowering import lower

_BITS = (64, 128, 256, 512, 1024, 2048)
_TRUE = {sympy.Lt: (-1,), sympy.Le: (-1, 0), sympy.Gt: (1,), sympy.Ge: (0, 1)}
_TRUE |= {sympy.Eq: (0,), sympy.Ne: (-1, 1)}
# Decimal places, from the shortest, to which points are rounded.
_PLACES = (0, 1, 2, 3, 4, 6, 8, 10, 12, 16, 20)


class Refutation:
    """Says whether a claim fails at a point, for certain.

    Parameters
    ----------
    relations : sequence of relationals
    variables : sequence of Variable
    where : condition
    """

    def __init__(self, relations, variables: tuple[Variable, ...], where: sympy.Basic):
        self.relations, self.variables, self.where = relations, variables, where
        symbols = tuple(v.symbol for v in variables)
        self._margins = [(type(r), r.lhs - r.rhs, lower(r.lhs - r.rhs, symbols)) for r in relations]
        self._sides = [lower(side, symbols) for r in relations for side in r.args]
        self.point: dict[str, sympy.Expr] | None = None

    @classmethod
    def of(cls, problem) -> "Refutation":
        """Of one goal."""
        return cls.of_goal(problem.goal, problem.variables, problem.where)

    @classmethod
    def of_goal(cls, goal, variables, where=sympy.true) -> "Refutation":
        """Of small < big or small ≤ big."""
        kind = sympy.Lt if goal.strict else sympy.Le
        return cls([kind(goal.small, goal.big, evaluate=False)], variables, where)

    @classmethod
    def nothing(cls) -> "Refutation":
        """Of a claim that cannot fail."""
        return cls([], (), sympy.true)

    def __call__(self, point: list[sympy.Expr]) -> bool:
        """Whether the claim fails at a point, or at a shorter one near it, which is kept."""
        if not self.relations:
            return False
        for candidate in shorter(self.variables, point):
            if self.fails(candidate):
                self.point = {v.name: x for v, x in zip(self.variables, candidate, strict=True)}
                return True
        return False

    def fails(self, point: list[sympy.Expr]) -> bool:
        """Whether the claim certainly fails at a point of its domain."""
        if not all(v.contains(x) for v, x in zip(self.variables, point, strict=True)):
            return False
        values = dict(zip((v.symbol for v in self.variables), point, strict=True))
        if decide(self.where, values) is not True:
            return False
        failing = any(
            self.sign(margin, program, values) not in (*_TRUE[kind], None)
            for kind, margin, program in self._margins
        )
        return failing and self.is_real(values)

    def is_real(self, values: dict) -> bool:
        """Whether all sides are real numbers at a point: a difference may be where they are not."""
        inputs = [lower(x) for x in values.values()]
        try:
            sides = [arb(enclose(program, inputs, _BITS[1])) for program in self._sides]
        except (DomainError, NotSupportedError, PrecisionError):
            return False
        return all(side.is_finite() for side in sides)

    def holds(self, point: list[sympy.Expr]) -> bool:
        """Whether every relation certainly holds at a point."""
        values = dict(zip((v.symbol for v in self.variables), point, strict=True))
        if decide(self.where, values) is False:
            return True
        return all(
            self.sign(margin, program, values) in _TRUE[kind]
            for kind, margin, program in self._margins
        )

    def sign(self, margin, program, values: dict) -> int | None:
        """The sign of a difference at a point, or None where it is not found or there is none."""
        inputs = [lower(x) for x in values.values()]
        for bits in _BITS:
            try:
                x = enclose(program, inputs, bits)
            except (DomainError, NotSupportedError, PrecisionError):
                return None
            if x > 0 or x < 0:
                return 1 if x > 0 else -1
            if x == 0 or (bits == _BITS[1] and vanishes(margin, (), values)):
                return 0
        return None


def shorter(variables, point: list[sympy.Expr]) -> Iterator[list[sympy.Expr]]:
    """Points near one, of few digits first, and itself at last."""
    for places in _PLACES:
        yield [
            x if v.integer else _rounded(x, places) for v, x in zip(variables, point, strict=True)
        ]
    yield point


def _rounded(x: sympy.Expr, places: int) -> sympy.Rational:
    """The simplest rational within half a unit of a decimal place, relative to a large number."""
    if not x.is_Rational:
        return x
    exact = fmpq_of(x)
    half = max(abs(exact), fmpq(1)) / (2 * fmpq(10) ** places)
    return rational(simplest_between(exact - half, exact + half))
