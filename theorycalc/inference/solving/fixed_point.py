"""Fixed points of several equations, of which each unknown is a function of SymPy."""

from functools import lru_cache

import sympy
from sympy import Expr, Rational

from theorycalc.core.arithmetic.ball_context import GUARD_BITS, working_precision
from theorycalc.core.arithmetic.float import FloatContext
from theorycalc.core.errors import DomainError, PrecisionError, explain
from theorycalc.core.lowering import lower
from theorycalc.core.program import Program
from theorycalc.core.special import SpecialFunction
from theorycalc.inference.solving import fixed_point_in_doubles
from theorycalc.inference.solving.line_in_nodes import NodeContext, to_mp

_MOST_STEPS = 40


class Iteration(sympy.Lambda):
    """unknowns ↦ (their next values, where they start)."""

    @property
    def parts(self) -> tuple[sympy.Tuple, sympy.Tuple]:
        """The next values, and the start."""
        return tuple(self.expr)


class FixedPoint(SpecialFunction):
    """One of the unknowns at the fixed point to which an iteration leads from its start.

    It is followed in doubles and closed by Newton's method, with the Jacobian in doubles also where
    more digits are asked for: each step then gains as many digits as that has.
    """

    nargs = 2
    functions = (Iteration,)

    def _eval_is_extended_real(self):
        return True

    @staticmethod
    def double(iteration, index):
        values, errors = _in_doubles(iteration)
        return values[int(index)], errors[int(index)]

    @staticmethod
    def in_mp(context, iteration, index):
        place = int(index)
        with working_precision(context.bits + GUARD_BITS):
            return to_mp(context, _in_nodes(iteration, context.bits)[place])

    def in_latex(self, printer):
        iteration, index = self.args
        return rf"{printer._print(iteration.variables[int(index)])}^\ast"


def fixed_point(unknowns: tuple, nexts: tuple, start: tuple) -> tuple[Expr, ...]:
    """The unknowns at the fixed point of an iteration without other symbols."""
    body = sympy.Tuple(sympy.Tuple(*nexts), sympy.Tuple(*start))
    if others := body.free_symbols - set(unknowns):
        got = ", ".join(sorted(map(str, others)))
        raise DomainError(explain("the equations need numbers for their parameters", got=got))
    iteration = Iteration(unknowns, body)
    return tuple(FixedPoint(iteration, sympy.Integer(i)) for i in range(len(unknowns)))


@lru_cache(maxsize=256)
def _program(iteration: Iteration) -> Program:
    """All of the next values in one, as they have much in common."""
    return lower(iteration.parts[0], iteration.variables)


@lru_cache(maxsize=256)
def _in_doubles(iteration: Iteration) -> tuple:
    body, context = _program(iteration), FloatContext()
    start = [float(x) for x in iteration.parts[1]]
    values, inverse = fixed_point_in_doubles.solve(body, start)
    nexts = body.run(context, [context.number(Rational(x)) for x in values])
    doubts = [float(context.real(x).rad()) for x in nexts]
    return values, fixed_point_in_doubles.errors(body, values, inverse, doubts)


@lru_cache(maxsize=256)
def _in_nodes(iteration: Iteration, bits: int) -> list:
    """The fixed point in as many bits, by steps with the inverse Jacobian in doubles."""
    context, body = NodeContext(), _program(iteration)
    start = [float(x) for x in iteration.parts[1]]
    values, inverse = fixed_point_in_doubles.solve(body, start)
    x = [context.midpoint(context.real(context.number(Rational(value)))) for value in values]
    factors = [[context.number(Rational(float(entry))) for entry in row] for row in inverse]
    most = context.number(sympy.S(2)) ** -(bits + 4)
    for _ in range(_MOST_STEPS):
        nexts = body.run(context, x)
        left = [context.midpoint(y - xi) for y, xi in zip(nexts, x, strict=True)]
        steps = [
            context.midpoint(context.add(*(a * b for a, b in zip(row, left, strict=True))))
            for row in factors
        ]
        x = [context.midpoint(xi + step) for xi, step in zip(x, steps, strict=True)]
        pairs = zip(x, steps, strict=True)
        if all(context.compare("<=", abs(step), abs(xi) * most) for xi, step in pairs):
            return x
    raise PrecisionError(explain("the steps to a fixed point do not become small", got=values))
