"""The proximal operator of a convex loss, as a function of SymPy."""

from functools import lru_cache

import sympy
from sympy import Rational

from theorycalc.core.arithmetic.ball_context import GUARD_BITS, working_precision
from theorycalc.core.lowering import lower
from theorycalc.core.special import SpecialFunction
from theorycalc.inference.solving import prox_in_doubles
from theorycalc.inference.solving.line_in_nodes import NodeContext, from_mp, to_mp

_MOST_STEPS = 60


class Prox(SpecialFunction):
    """The h that solves h + V l'(h) = ω, from a Lambda of the slope l' of a convex loss.

    Arguments are l', ω, V, and the ends between which l' is that slope: beyond them h is an end.

    Examples
    --------
    >>> import sympy
    >>> from theorycalc.inference.solving.prox import Prox
    >>> h = sympy.Symbol("h")
    >>> sympy.N(Prox(sympy.Lambda(h, h - 1), 2, 3, -10, 10), 15)
    1.25000000000000
    """

    nargs = 5
    functions = (sympy.Lambda,)

    def _eval_is_extended_real(self):
        return True

    @staticmethod
    def double(slope, omega, v, low, high):
        return prox_in_doubles.prox(*_programs(slope), float(low), float(high), omega, v)

    @staticmethod
    def in_mp(context, slope, omega, v, low, high):
        with working_precision(context.bits + GUARD_BITS):
            balls = NodeContext()
            numbers = (from_mp(context, balls, x) for x in (omega, v, low, high))
            return to_mp(context, Prox.in_nodes(balls, slope, *numbers))

    @staticmethod
    def in_nodes(context, slope, omega, v, low, high):
        """The same in numbers of a `NodeContext`, by Newton's method from doubles."""
        first, second = _programs(slope)
        start, _ = Prox.double(slope, *map(context.as_float, (omega, v, low, high)))
        h = context.real(context.number(Rational(float(start))))
        tiny = context.number(sympy.S(2)) ** -(context.bits // 2 + 8)
        for _ in range(_MOST_STEPS):
            left = h + v * first.run(context, [h]) - omega
            step = context.midpoint(left / (1 + v * second.run(context, [h])))
            h = context.midpoint(h - step)
            # the next step would be about the square of this one
            if context.compare("<=", abs(step), tiny * (1 + abs(h))):
                break
        return h

    def in_latex(self, printer):
        omega, v = map(printer._print, self.args[1:3])
        return rf"\operatorname{{prox}}_{{{v} l}}\left({omega}\right)"


@lru_cache(maxsize=64)
def _programs(slope: sympy.Lambda) -> tuple:
    """Programs of the slope and of its derivative."""
    [h] = slope.variables
    return lower(slope.expr, (h,)), lower(sympy.diff(slope.expr, h), (h,))
