"""∫ f dμ over the density of a law, as a SymPy function of the law and of f."""

import sympy

from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.arithmetic.enclosed_midpoint import midpoint
from theorycalc.core.lowering import lower
from theorycalc.core.special import SpecialFunction
from theorycalc.spectra import in_balls, in_balls_means, quadrature
from theorycalc.spectra.functions import LawArgument


class SpectralQuantile(SpecialFunction):
    """The x with μ((−∞, x]) = u, where there is a density."""

    nargs = 2
    functions = (LawArgument,)
    float_encloses = True

    def _eval_is_extended_real(self):
        return True

    @staticmethod
    def in_ball(context, law, u):
        start, _ = quadrature.quantile(law.expr, context.as_float(u))
        found = in_balls.quantile(law.expr, context.real(u), start)
        return context.undefined if found is None else found

    @staticmethod
    def in_mp(context, law, u):
        level = context.rational(u)
        start, _ = quadrature.quantile(law.expr, float(level))
        return midpoint(lambda t: in_balls.quantile(law.expr, t, start), [level], context)

    @staticmethod
    def double(law, u):
        return quadrature.quantile(law.expr, float(u))

    def in_latex(self, printer):
        return rf"F_\mu^{{-1}}\left({printer._print(self.args[1])}\right)"


class _Integrand:
    """A function of x at given parameters, as a program."""

    def __init__(self, function: sympy.Lambda, parameters):
        self.program, self.parameters = lower(function.expr, function.variables), [*parameters]

    def run(self, context, x: list):
        """Its value in the numbers of a context."""
        return self.program.run(context, [*x, *self.parameters])


class SpectralMean(SpecialFunction):
    """∫ f over the part of a law that has a density; f may take parameters, which follow it."""

    nargs = (2, 3)
    functions = (LawArgument, sympy.Lambda)

    def _eval_is_extended_real(self):
        return True

    @staticmethod
    def in_ball(context, law, f, *parameters):
        found = in_balls_means.mean(law.expr, _Integrand(f, map(context.real, parameters)))
        return context.undefined if found is None else found

    @staticmethod
    def in_mp(context, law, f, *parameters):
        numbers = [context.rational(x) for x in parameters]

        def mean(*balls):
            return in_balls_means.required(law.expr, _Integrand(f, balls))

        return midpoint(mean, numbers, context)

    @staticmethod
    def double(law, f, *parameters):
        program = lower(f.expr, f.variables)

        def function(x, *numbers):
            return program.run(ArrayContext(), [x, *numbers])

        return quadrature.mean_at(law.expr, function, *parameters)

    def in_latex(self, printer):
        return rf"\int {printer._print(self.args[1].expr)}\,\mu(dx)"
