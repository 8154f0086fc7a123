"""Integrals over the real line as functions of their parameters: Gaussian means and others."""

from functools import lru_cache

import sympy
from sympy import Expr, S, exp, oo, pi, sqrt

from theorycalc.core.arithmetic.ball_context import GUARD_BITS, working_precision
from theorycalc.core.graph import substitute
from theorycalc.core.integration.integral import Integral, Tail
from theorycalc.core.lowering import lower
from theorycalc.core.program import Program
from theorycalc.core.special import SpecialFunction
from theorycalc.inference.solving import line_in_doubles, line_in_nodes

_R = sympy.Symbol("R", positive=True)


class Integrand(sympy.Lambda):
    """(x, *parameters) ↦ f, with a bound of ∫ |f| beyond ±x for x ≥ 1, and the kinks of f."""

    @property
    def parts(self) -> tuple[Expr, Expr, sympy.Tuple]:
        """f, the bound, and the kinks."""
        return tuple(self.expr)

    def at(self, *arguments: Expr) -> tuple[Expr, Expr, sympy.Tuple]:
        """The parts at arguments; those of integrals inside are bound, which SymPy forgets."""
        return tuple(substitute(self.expr, dict(zip(self.variables, arguments, strict=True))))


class LineIntegral(SpecialFunction):
    """∫ f(x, *parameters) dx over the real line.

    Doubles use Gauss–Legendre panels between the kinks, halved until two rules agree. `MP` uses
    the trapezoidal rule, whose error is squared by each halving of the step, or panels where there
    are kinks; `Ball` the certified panels of `Integral`, with the bound of the tails.
    """

    functions = (Integrand,)

    def _eval_is_extended_real(self):
        return True

    @property
    def arithmetics(self):
        """Not enclosures where another integral is inside, or no bound of the tails is known."""
        known = super().arithmetics
        inside = self.args[0].expr
        if inside.has(LineIntegral) or inside[1] == oo:
            known = tuple(name for name in known if name != "Ball")
        return tuple(name for name in known if name != "MP" or inside[1] != oo)

    @classmethod
    def definition(cls, function, *parameters):
        x = sympy.Dummy("x", real=True)
        f, _, kinks = function.at(x, *parameters)
        tail = Tail(bound=function.at(_R, *parameters)[1], symbol=_R)
        return Integral(f, x, -oo, oo, kinks=tuple(kinks), tails={oo: tail, -oo: tail})

    @staticmethod
    def double(function, *parameters):
        return line_in_doubles.integral(*programs(function), *parameters)

    @staticmethod
    def in_mp(context, function, *parameters):
        with working_precision(context.bits + GUARD_BITS):
            balls = line_in_nodes.NodeContext()
            exactly = [line_in_nodes.from_mp(context, balls, x) for x in parameters]
            return line_in_nodes.to_mp(context, LineIntegral.in_nodes(balls, function, *exactly))

    @staticmethod
    def in_nodes(context, function, *parameters):
        """The same in numbers of a `NodeContext`, without an enclosure of the error."""
        return line_in_nodes.integral(context, *programs(function), parameters)

    def in_latex(self, printer):
        function, *parameters = self.args
        x = sympy.Symbol("x", real=True)
        body = function.at(x, *parameters)[0]
        return rf"\int_{{-\infty}}^\infty {printer._print(body)}\,dx"


@lru_cache(maxsize=1024)
def programs(function: Integrand) -> tuple[Program, Program, tuple[Program, ...]]:
    """Programs of f and its bound in (x, *parameters), and of the kinks in the parameters."""
    f, bound, kinks = function.parts
    _, *parameters = function.variables
    points = tuple(lower(kink, parameters) for kink in kinks)
    return lower(f, function.variables), lower(bound, function.variables), points


def normal_density(x: Expr) -> Expr:
    """The density of N(0, 1)."""
    return exp(-(x**2) / 2) / sqrt(2 * pi)


def normal_law(x: Expr) -> Expr:
    """The distribution function of N(0, 1)."""
    return sympy.erfc(-x / sqrt(2)) / 2


def line_integral(f: Expr, x: sympy.Symbol, bound: Expr, kinks=()) -> Expr:
    """∫ f dx in the free symbols of f; the bound is one of ∫ |f| beyond ±x, for x ≥ 1."""
    body = sympy.Tuple(f, bound, sympy.Tuple(*kinks))
    parameters = sorted(body.free_symbols - {x}, key=str)
    return LineIntegral(Integrand((x, *parameters), body), *parameters)


def gaussian_mean(f: Expr, z: sympy.Symbol, constant=S.One, square=S.Zero, kinks=()) -> Expr:
    """E f(z) for z ~ N(0, 1), where |f(z)| ≤ constant + square·z² for |z| ≥ 1.

    The integral of z² times the density beyond R is at most (R + 1/R) times the density there.
    """
    bound = (constant + square * (z**2 + 1)) * normal_density(z)
    return line_integral(f * normal_density(z), z, bound, kinks)


def plane_mean(f: Expr, v: sympy.Symbol, x: sympy.Symbol, constant, of_v, of_x) -> Expr:
    """E f(v, x) for independent v, x ~ N(0, 1), where |f| ≤ constant + of_v·v² + of_x·x².

    The density of v stands inside: where it is small the mean over x needs fewer digits.
    """
    density = normal_density(v) * normal_density(x)
    inner_bound = (constant + of_v * v**2 + of_x * (x**2 + 1)) * density
    inner = line_integral(f * density, x, inner_bound)
    bound = (constant + of_v * (v**2 + 1) + of_x) * normal_density(v)
    return line_integral(inner, v, bound)
