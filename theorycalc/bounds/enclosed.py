"""A quantity that is to be positive, compiled: ranges, slopes and Taylor coefficients on cells."""

from functools import cached_property, lru_cache

import sympy
from flint import arb, fmpq

from theorycalc.bounds.domain import Cell, box_of, centre, interval
from theorycalc.core.arithmetic.box import NOT_A_NUMBER, Box, ball_of_box
from theorycalc.core.arithmetic.box_context import BoxContext, as_box
from theorycalc.core.arithmetic.series_context import taylor_on
from theorycalc.core.derivative import derivative
from theorycalc.core.errors import DomainError, NotSupportedError, TheoryCalcError
from theorycalc.core.graph import postorder
from theorycalc.core.integration.kinks import singular_bases
from theorycalc.core.lowering import lower
from theorycalc.core.special import SpecialFunction

# What jumps; a function of it has no slope that bounds its change.
_JUMPS = (
    *(sympy.Heaviside, sympy.sign, sympy.floor, sympy.ceiling, sympy.frac, sympy.Piecewise),
    *(sympy.atan2, sympy.acot, sympy.harmonic),
)
# What bends: slopes exist on both sides, and hulls of them bound the change (G. Lebourg, 1975).
_KINKS = (sympy.Abs, sympy.Max, sympy.Min)
_WITHOUT_SLOPE = (sympy.Sum, sympy.Product, sympy.Integral, sympy.Mod, sympy.binomial)
_UNKNOWN = (sympy.Derivative, sympy.DiracDelta, sympy.Subs, sympy.nan, sympy.zoo, sympy.I)


class Enclosed:
    """A real expression in variables, and what bounds it on a cell.

    Parameters
    ----------
    expr : SymPy expression
        In the symbols of the variables.
    variables : sequence of Variable
    """

    def __init__(self, expr: sympy.Expr, variables):
        self.expr, self.variables = expr, tuple(variables)
        self.symbols = tuple(v.symbol for v in self.variables)
        self._value = lower(expr, self.symbols, ranges=True)

    @property
    def domain(self) -> Cell:
        """The ranges of the variables, as a cell."""
        return tuple(v.hull for v in self.variables)

    def value(self, cell: Cell) -> Box:
        """The range, or not-a-number where the expression may not be defined."""
        context = BoxContext()
        found = as_box(run(self._value, context, box_of(cell), NOT_A_NUMBER))
        return found if not context.touched or self._is_defined(cell) else NOT_A_NUMBER

    def at(self, point: list[fmpq]) -> Box:
        """The value at a point."""
        return self.value(tuple((x, x) for x in point))

    def slopes(self, cell: Cell) -> list[Box]:
        """The ranges of the first derivatives."""
        return self._several(self._first, cell, len(self.symbols))

    def curvatures(self, cell: Cell) -> list[list[Box]]:
        """The ranges of the second derivatives."""
        n = len(self.symbols)
        flat = iter(self._several(self._second, cell, n * (n + 1) // 2))
        upper = {(i, j): next(flat) for i in range(n) for j in range(i, n)}
        return [[upper[min(i, j), max(i, j)] for j in range(n)] for i in range(n)]

    def taylor(self, low: fmpq, high: fmpq, length: int) -> list[arb]:
        """Enclosures of Taylor coefficients at every point between two ends, in one variable."""
        start = ball_of_box(interval(low, high)) if low != high else arb(low)
        try:
            return taylor_on(self._value, start, length)
        except (DomainError, NotSupportedError, ZeroDivisionError):
            return [arb.nan()] * length

    @cached_property
    def has_slopes(self) -> bool:
        """Whether first derivatives are known, and bound how the value changes."""
        return is_continuous(self.expr) and self._gradient is not None

    @cached_property
    def is_smooth(self) -> bool:
        """Whether first derivatives are known, and bend nowhere."""
        return self.has_slopes and not any(isinstance(x, _KINKS) for x in postorder(self.expr))

    @cached_property
    def has_curvatures(self) -> bool:
        """Whether second derivatives are known everywhere."""
        return self.is_smooth and self._hessian is not None

    @cached_property
    def has_series(self) -> bool:
        """Whether Taylor coefficients of the one variable are known."""
        inside = centre((self.variables[0].hull,), (False,))[0]
        return all(x.is_finite() for x in self.taylor(inside, inside, 3))

    @cached_property
    def _gradient(self) -> list | None:
        return derivatives(self.expr, self.symbols)

    @cached_property
    def _hessian(self) -> list | None:
        rows = [
            derivatives(slope, self.symbols[i:]) for i, slope in enumerate(self._gradient or [])
        ]
        return None if None in rows else [entry for row in rows for entry in row]

    @cached_property
    def _first(self):
        return lower(sympy.Tuple(*self._gradient), self.symbols, ranges=True)

    @cached_property
    def _second(self):
        return lower(sympy.Tuple(*self._hessian), self.symbols, ranges=True)

    def _several(self, program, cell: Cell, count: int) -> list[Box]:
        nothing = [NOT_A_NUMBER] * count
        return [as_box(x) for x in run(program, BoxContext(), box_of(cell), nothing)]

    def _is_defined(self, cell: Cell) -> bool:
        """Whether what logarithms and negative powers are taken of vanishes nowhere in the cell.

        Where an argument may be 0 it has to move away from 0 as a variable leaves its open end.
        """
        return all(self._leaves_zero(*parts, cell) for parts in self._bases)

    @cached_property
    def _bases(self) -> list[tuple]:
        found = set().union(*(singular_bases(self.expr, s) for s in self.symbols))
        pairs = ((base, derivatives(base, self.symbols)) for base in sorted(found, key=str))
        return [
            (
                lower(base, self.symbols, ranges=True),
                slopes and lower(sympy.Tuple(*slopes), self.symbols),
            )
            for base, slopes in pairs
        ]

    def _leaves_zero(self, base, slopes, cell: Cell) -> bool:
        boxes = box_of(cell)
        value = as_box(run(base, BoxContext(), boxes, NOT_A_NUMBER))
        if value.low > 0 or value.high < 0:
            return True
        if slopes is None or not (value.low >= 0 or value.high <= 0):
            return False
        sign = 1 if value.low >= 0 else -1
        found = run(slopes, BoxContext(), boxes, None)
        if found is None:
            return False
        for variable, (low, high), slope in zip(self.variables, cell, found, strict=True):
            slope, (first, last) = as_box(slope), variable.hull
            rises = slope.low > 0 if sign > 0 else slope.high < 0
            falls = slope.high < 0 if sign > 0 else slope.low > 0
            if (rises and variable.low_open and low == first) or (
                falls and variable.high_open and high == last
            ):
                return True
        return False


@lru_cache(maxsize=64)
def enclosed(expr: sympy.Expr, variables: tuple) -> Enclosed:
    """The same object for the same quantity, which keeps the derivatives that it has."""
    return Enclosed(expr, variables)


def is_continuous(expr: sympy.Expr) -> bool:
    """Whether an expression is known to jump nowhere where it is defined."""
    return not any(isinstance(x, (*_JUMPS, *_WITHOUT_SLOPE)) for x in _written_out(expr))


def _written_out(expr: sympy.Expr):
    """The parts of an expression, and those of functions that are defined by others."""
    for node in postorder(expr):
        yield node
        if isinstance(node, SpecialFunction) and node.definition is not None:
            definition = node.definition(*node.args)
            if isinstance(definition, sympy.Expr):
                yield from _written_out(definition)


def run(program, context, inputs: list, otherwise):
    """The result of a program, or what stands for one that is not defined."""
    try:
        return program.run(context, inputs)
    except (DomainError, NotSupportedError, ZeroDivisionError):
        return otherwise


def derivatives(expr: sympy.Expr, symbols) -> list | None:
    """The derivatives, where SymPy knows them."""
    try:
        found = [derivative(expr, symbol) for symbol in symbols]
    except (TheoryCalcError, ValueError, TypeError):
        return None
    return None if any(x.has(*_UNKNOWN) for x in found) else found
