"""What is asked of a law at a point, as SymPy functions of the law and the point."""

from collections.abc import Callable

import sympy

from theorycalc.core.arithmetic.enclosed_midpoint import midpoint
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.special import SpecialFunction
from theorycalc.spectra import (
    in_balls,
    in_balls_edges,
    in_balls_learned,
    in_balls_meeting,
    in_doubles,
    in_doubles_edges,
)
from theorycalc.spectra.nodes import Node


class LawArgument(sympy.Lambda):
    """A law as an argument of a SymPy function."""

    @classmethod
    def of(cls, node: Node) -> "LawArgument":
        """The argument of a node."""
        return cls((), node)


class _OfLaw(SpecialFunction):
    """A function of a law and a real point; subclasses name it in every arithmetic."""

    nargs = 2
    functions = (LawArgument,)
    enclosure: Callable
    doubles: Callable
    symbol = ""
    float_encloses = True

    def _eval_is_extended_real(self):
        return True

    @classmethod
    def in_ball(cls, context, law, *x):
        found = cls.enclosure(law.expr, *map(context.real, x))
        return context.undefined if found is None else found

    @classmethod
    def in_mp(cls, context, law, *x):
        numbers = [context.rational(t) for t in x]
        return midpoint(lambda *t: cls.enclosure(law.expr, *t), numbers, context)

    @classmethod
    def double(cls, law, *x):
        return in_doubles.each(cls.doubles, cls.enclosed, law.expr, *x)

    @classmethod
    def enclosed(cls, node, *x):
        """(value, error) at one point, from balls."""
        return in_balls.in_double(cls.enclosure, node, *x)

    def in_latex(self, printer):
        points = ", ".join(map(printer._print, self.args[1:]))
        return rf"{self.symbol}\left({points}\right)"


class SpectralMass(_OfLaw):
    """μ((−∞, x])."""

    enclosure, doubles = staticmethod(in_balls.mass_below), staticmethod(in_doubles.mass_below)
    symbol = r"F_\mu"

    def slope(self, law, x):
        return SpectralDensity(law, x)


class SpectralDensity(_OfLaw):
    """The density of a law at x."""

    enclosure, doubles = staticmethod(in_balls.density), staticmethod(in_doubles.density)
    symbol = r"\rho_\mu"


class LogPotential(_OfLaw):
    """∫ log|x − t| μ(dt)."""

    enclosure = staticmethod(in_balls.log_potential)
    doubles = staticmethod(in_doubles.log_potential)
    symbol = r"U_\mu"


class StieltjesReal(_OfLaw):
    """Re ∫ μ(dt)/(t − x − iy), y ≥ 0, from above on the axis."""

    nargs = 3
    enclosure = staticmethod(in_balls.stieltjes_real)
    doubles = staticmethod(in_doubles.stieltjes_real)
    symbol = r"\operatorname{Re} m_\mu"


class StieltjesImaginary(_OfLaw):
    """Im ∫ μ(dt)/(t − x − iy), y ≥ 0, from above on the axis."""

    nargs = 3
    enclosure = staticmethod(in_balls.stieltjes_imaginary)
    doubles = staticmethod(in_doubles.stieltjes_imaginary)
    symbol = r"\operatorname{Im} m_\mu"


class LearnedShare(_OfLaw):
    """∫ t/(t + κ) μ(dt): what a ridge κ leaves of the directions of a law of variances."""

    enclosure, doubles = (
        staticmethod(in_balls_learned.share),
        staticmethod(in_doubles.learned_share),
    )
    symbol = r"\ell_\mu"

    def slope(self, law, kappa):
        return -LearnedRate(law, kappa) / kappa


class LearnedRate(_OfLaw):
    """∫ tκ/(t + κ)² μ(dt), by which that falls with log κ."""

    enclosure, doubles = staticmethod(in_balls_learned.rate), staticmethod(in_doubles.learned_rate)
    symbol = r"\ell'_\mu"

    def slope(self, law, kappa):
        what = "the second derivative of what is learned of a law"
        raise NotSupportedError(explain(what, got=law.expr, hint="a law of atoms {t: w}"))


class SpectralEdge(SpecialFunction):
    """An end of the support, the lowest one being 0.

    Of two laws that meet, the number counts the ends that are found in doubles.
    """

    nargs = 2
    functions = (LawArgument,)
    float_encloses = True

    def _eval_is_extended_real(self):
        return True

    @staticmethod
    def double(law, i):
        if law.expr.unknowns > 1:
            return in_doubles_edges.edges(law.expr)[int(i)]
        edge = in_balls_edges.required(law.expr, int(i))[1]
        return float(edge.mid()), float(edge.rad()) + abs(float(edge.mid())) * 2.0**-53

    @staticmethod
    def in_ball(context, law, i):
        found = _edge(law.expr, context.integer(i))
        return context.undefined if found is None else found

    @staticmethod
    def in_mp(context, law, i):
        index = context.integer(i)
        if law.expr.unknowns > 1:
            return midpoint(lambda: in_balls_meeting.edge(law.expr, index), [], context)
        return midpoint(lambda: in_balls_edges.required(law.expr, index)[1], [], context)

    def in_latex(self, printer):
        return rf"e_{{{printer._print(self.args[1])}}}"


def _edge(node: Node, i: int):
    """An end of the support in balls."""
    if node.unknowns > 1:
        return in_balls_meeting.edge(node, i)
    found = in_balls_edges.edge(node, i)
    return None if found is None else found[1]
