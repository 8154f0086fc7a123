"""Counterexamples: exact, short, and certain."""

from collections.abc import Callable, Iterator

import sympy
from flint import arb, fmpq

from theorycalc.bounds.closed_forms import exact_numbers, simplest_between
from theorycalc.bounds.domain import Variable, fmpq_of, rational
from theorycalc.core.arithmetic.ball import enclose
from theorycalc.core.errors import DomainError, NotSupportedError, PrecisionError
from theorycalc.core.evaluation import constants, decide, vanishes
from theorycalc.core.lowering import lower

_BITS = (64, 128, 256, 512, 1024, 2048)
_TRUE = {sympy.Lt: (-1,), sympy.Le: (-1, 0), sympy.Gt: (1,), sympy.Ge: (0, 1)}
_TRUE |= {sympy.Eq: (0,), sympy.Ne: (-1, 1)}
# Decimal places, from the shortest, to which points are rounded.
_PLACES = (0, 1, 2, 3, 4, 6, 8, 10, 12, 16, 20)
# How often the interval is halved in which sides cross, before an exact number is looked for.
_HALVINGS = 50


class Refutation:
    """Says whether a claim fails at a point, for certain.

    Parameters
    ----------
    relations : sequence of relationals
    variables : sequence of Variable
    where : condition
    values : mapping, optional
        Names of variables that are numbers known up to an error: the claim has to fail for all that
        they may be.
    """

    def __init__(self, relations, variables: tuple[Variable, ...], where: sympy.Basic, values=()):
        self.relations, self.variables, self.where = relations, variables, where
        self.values = dict(values)
        symbols = tuple(v.symbol for v in variables)
        self._margins = [(type(r), r.lhs - r.rhs, lower(r.lhs - r.rhs, symbols)) for r in relations]
        self._sides = [lower(side, symbols) for r in relations for side in r.args]
        self.point: dict[str, sympy.Expr] | None = None
        self.crossing = ""

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
        """Whether the claim fails at a point, or at a shorter one near it, which is kept.

        It also fails where sides that are said to differ cross on the way from the middle, even if
        no exact point of that kind is found.
        """
        if not self.relations:
            return False
        for candidate in shorter(self.variables, point):
            if self.fails(candidate):
                self._keep(candidate)
                return True
        return any(
            self._crosses(margin, program, point)
            for kind, margin, program in self._margins
            if kind is sympy.Ne
        )

    def _crosses(self, margin, program, point: list[sympy.Expr]) -> bool:
        """Whether a difference changes its sign between the middle and a point.

        One coordinate after the other is changed. Where the sign changes, an exact number is looked
        for at which the claim fails.
        """
        place = [v.middle_point for v in self.variables]
        if any(v.integer for v in self.variables) or not all(x.is_Rational for x in place + point):
            return False
        for i, v in enumerate(self.variables):

            def at(x, i=i, place=tuple(place)) -> list[sympy.Expr]:
                return [*place[:i], x, *place[i + 1 :]]

            def sign(x: fmpq, at=at) -> int | None:
                return self.sign(margin, program, self._values(at(rational(x))))

            ends = [fmpq_of(place[i]), fmpq_of(point[i])]
            if {*map(sign, ends)} == {1, -1}:
                low, high = sorted(_halved(ends, sign))
                self.crossing = f"both sides change their order near {v.name} = {float(low):.10g}"
                exactly = (at(x) for x in exact_numbers(low, high))
                self._keep(next(filter(self.fails, exactly), None))
                return True
            place[i] = point[i]
        return False

    def _keep(self, point: list[sympy.Expr] | None) -> None:
        if point is not None:
            self.point = {v.name: x for v, x in zip(self.variables, point, strict=True)}

    def _values(self, point: list[sympy.Expr]) -> dict:
        return dict(zip((v.symbol for v in self.variables), point, strict=True))

    def _within(self, values: dict) -> dict:
        """The point, with the enclosures of what is known up to an error."""
        return {x: self.values.get(x.name, number) for x, number in values.items()}

    @property
    def is_over(self) -> bool:
        """Whether the claim is known to fail."""
        return self.point is not None or bool(self.crossing)

    def fails(self, point: list[sympy.Expr]) -> bool:
        """Whether the claim certainly fails at a point of its domain."""
        if not all(v.contains(x) for v, x in zip(self.variables, point, strict=True)):
            return False
        values = self._values(point)
        if decide(self.where, self._within(values)) is not True:
            return False
        failing = any(
            self.sign(margin, program, values) not in (*_TRUE[kind], None)
            for kind, margin, program in self._margins
        )
        return failing and self.is_real(values)

    def is_real(self, values: dict) -> bool:
        """Whether all sides are real numbers at a point: a difference may be where they are not."""
        inputs = constants(self._within(values))
        try:
            sides = [arb(enclose(program, inputs, _BITS[1])) for program in self._sides]
        except (DomainError, NotSupportedError, PrecisionError):
            return False
        return all(side.is_finite() for side in sides)

    def holds(self, point: list[sympy.Expr]) -> bool:
        """Whether every relation certainly holds at a point."""
        values = self._values(point)
        if decide(self.where, values) is False:
            return True
        return all(
            self.sign(margin, program, values) in _TRUE[kind]
            for kind, margin, program in self._margins
        )

    def sign(self, margin, program, values: dict) -> int | None:
        """The sign of a difference at a point, or None where it is not found or there is none."""
        inputs = constants(self._within(values))
        for bits in _BITS:
            try:
                x = enclose(program, inputs, bits)
            except (DomainError, NotSupportedError, PrecisionError):
                return None
            if x > 0 or x < 0:
                return 1 if x > 0 else -1
            if x == 0 or (bits == _BITS[1] and vanishes(margin, (), self._within(values))):
                return 0
        return None


def _halved(ends: list[fmpq], sign: Callable) -> list[fmpq]:
    """A short interval at whose ends the signs differ, as they do at these."""
    first = sign(ends[0])
    for _ in range(_HALVINGS):
        middle = sum(ends) / 2
        ends = [middle, ends[1]] if sign(middle) == first else [ends[0], middle]
    return ends


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
