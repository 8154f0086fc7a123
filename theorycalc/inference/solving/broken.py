"""Free energies of the SK model with one step of replica symmetry breaking, in doubles."""

from sympy import Rational

from theorycalc.core.special import SpecialFunction
from theorycalc.inference.solving import broken_in_doubles


class BrokenFreeEnergy(SpecialFunction):
    """The free energy per spin at a temperature, in a field, with one step of breaking.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> from theorycalc.inference.solving.broken import BrokenFreeEnergy
    >>> print(tc.Formula("f", BrokenFreeEnergy("1/2", "3/10")).at())
    -0.8334151257225 ± 7e-14
    """

    nargs = 2

    @property
    def arithmetics(self):
        return ("Float",)

    def _eval_is_extended_real(self):
        return True

    @staticmethod
    def domain(heat, h):
        return (heat > 0) & (h >= 0)

    @staticmethod
    def reach(heat, h):
        return heat >= Rational(1, 50)

    @staticmethod
    def double(heat, h):
        return broken_in_doubles.free_energy(heat, h)

    def in_latex(self, printer):
        heat, h = map(printer._print, self.args)
        return rf"f_{{\mathrm{{1RSB}}}}\left({heat}, {h}\right)"


class BrokenGroundEnergy(SpecialFunction):
    """The energy per spin for T → 0 without a field, with one step of breaking."""

    nargs = 0

    @property
    def arithmetics(self):
        return ("Float",)

    def _eval_is_extended_real(self):
        return True

    @staticmethod
    def double():
        return broken_in_doubles.ground_energy()

    def in_latex(self, printer):
        return r"e_{\mathrm{1RSB}}"
