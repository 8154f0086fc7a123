"""Information and free entropy of outputs with any likelihood, as functions of SymPy."""

from functools import lru_cache
from typing import NamedTuple

import sympy
from sympy import Expr, oo

from theorycalc.core.arithmetic.ball_context import GUARD_BITS, working_precision
from theorycalc.core.graph import substitute
from theorycalc.core.lowering import lower
from theorycalc.core.program import Program
from theorycalc.core.special import SpecialFunction
from theorycalc.inference.solving import (
    likelihood_in_balls,
    likelihood_in_doubles,
    outcomes_in_balls,
)
from theorycalc.inference.solving.line_in_nodes import NodeContext, from_mp, to_mp


class Law(sympy.Lambda):
    """(y, z) ↦ (P(y | z), the values of y or none, the support of y, the kinks in z)."""

    @property
    def parts(self) -> tuple[Expr, sympy.Tuple, sympy.Tuple, sympy.Tuple]:
        """The four of them."""
        return tuple(self.expr)

    @property
    def analytic(self) -> bool:
        """Whether sums over equidistant nodes see every z between fixed kinks."""
        law, _, _, kinks = self.parts
        return not any(x.free_symbols for x in kinks) and not any(
            isinstance(f, SpecialFunction) and f.in_mp is None for f in law.atoms(SpecialFunction)
        )


class Compiled(NamedTuple):
    """A program of P in (z, y), the values, the ends of the support, programs of kinks in y."""

    law: Program
    values: tuple
    support: tuple
    kinks: tuple


@lru_cache(maxsize=256)
def compiled(likelihood: Law) -> Compiled:
    """The parts as programs."""
    law, values, support, kinks = likelihood.parts
    y, z = likelihood.variables
    points = tuple(lower(kink, (y,)) for kink in kinks)
    return Compiled(lower(law, (z, y)), tuple(values), tuple(support), points)


class _Mean(SpecialFunction):
    """A mean over y and ω = √(ρ − V) v of the evidence Z(y | ω, V) = E P(y | ω + √V x)."""

    nargs = 3
    functions = (Law,)
    # of the derivative of Z, 0 for its logarithm
    order = 0

    def _eval_is_extended_real(self):
        return True

    @property
    def arithmetics(self):
        """In many digits where P is analytic between fixed kinks; enclosed for listed values."""
        law = self.args[0]
        if not law.analytic:
            return ("Float",)
        return ("Float", "MP", "Ball") if law.parts[1] else ("Float", "MP")

    @classmethod
    def in_mp(cls, context, likelihood, v, rho):
        with working_precision(context.bits + GUARD_BITS):
            balls = NodeContext()
            numbers = (from_mp(context, balls, x) for x in (v, rho))
            return to_mp(context, cls.in_nodes(balls, likelihood, *numbers))

    @classmethod
    def in_nodes(cls, context, likelihood, v, rho):
        """The same in numbers of a `NodeContext`, without an enclosure of the error."""
        return likelihood_in_balls.mean(context, compiled(likelihood), cls.order, v, rho)

    @classmethod
    def in_ball(cls, context, likelihood, v, rho):
        return outcomes_in_balls.mean(context, likelihood, cls.order, v, rho)

    @classmethod
    def roughly(cls, likelihood, v, rho):
        """The same in doubles to some eight digits."""
        rough = likelihood_in_doubles.ROUGH
        return likelihood_in_doubles.mean(compiled(likelihood), cls.order, v, rho, *rough)

    @classmethod
    def double(cls, likelihood, v, rho):
        return likelihood_in_doubles.mean(compiled(likelihood), cls.order, v, rho)


class Information(_Mean):
    """F = E (∂ log Z(y | ω, V)/∂ω)²."""

    order = 1

    @classmethod
    def eval(cls, likelihood, v, rho):
        """0 at no overlap where P is even in z, which no digits of an enclosure show."""
        law, z = likelihood.parts[0], likelihood.variables[1]
        return sympy.S.Zero if v == rho and substitute(law, {z: -z}) == law else None

    def in_latex(self, printer):
        v = printer._print(self.args[1])
        return rf"\mathbb{{E}}\left(\partial_\omega\log Z\right)^2\left({v}\right)"


class Curvature(_Mean):
    """E (Z″/Z)², derivatives in ω: for V = ρ the slope of F at q = 0 where y is symmetric."""

    order = 2

    def in_latex(self, printer):
        return rf"\mathbb{{E}}\left(Z''/Z\right)^2\left({printer._print(self.args[1])}\right)"


class FreeEntropy(_Mean):
    """Ψ = E log Z(y | ω, V)."""

    def in_latex(self, printer):
        return rf"\mathbb{{E}}\log Z\left({printer._print(self.args[1])}\right)"


def likelihood(law: Expr, y: sympy.Symbol, z: sympy.Symbol, values=(), support=(), kinks=()):
    """The data of a likelihood; the support is the line where nothing else is said."""
    parts = (sympy.Tuple(*x) for x in (values, support or (-oo, oo), kinks))
    return Law((y, z), sympy.Tuple(law, *parts))
