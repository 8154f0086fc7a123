"""∫ f dμ over the density of a law, as a SymPy function of the law and of f."""

import sympy

from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.lowering import lower
from theorycalc.core.special import SpecialFunction
from theorycalc.spectra import quadrature
from theorycalc.spectra.closed import X
from theorycalc.spectra.functions import LawArgument


class SpectralMean(SpecialFunction):
    """∫ f over the part of a law that has a density."""

    nargs = 2
    functions = (LawArgument, sympy.Lambda)

    def _eval_is_extended_real(self):
        return True

    @staticmethod
    def double(law, f):
        program = lower(f.expr, (X,))
        return quadrature.mean(law.expr, lambda x: program.run(ArrayContext(), [x]))

    def in_latex(self, printer):
        return rf"\int {printer._print(self.args[1].expr)}\,\mu(dx)"
