"""The von Mises–Fisher law on a sphere, from its entropy: rate–distortion functions of spheres."""

import sympy

from theorycalc.core.arithmetic.enclosed_midpoint import through_balls
from theorycalc.core.increasing_roots import increasing_root
from theorycalc.core.special import SpecialFunction


class Concentration(SpecialFunction):
    """κ of the von Mises–Fisher law on the sphere in R^d with relative entropy ``level`` > 0.

    The entropy relative to the uniform law is −κ (1 − A) − log 1F1(a; 2a; −2κ) with a = (d − 1)/2
    and 1 − A = 1F1(a + 1; 2a + 1; −2κ)/1F1(a; 2a; −2κ); its derivative in κ is κ A'(κ).
    """

    nargs = 2

    @staticmethod
    def domain(d, level):
        return (d > 1) & (level > 0)

    def _eval_is_extended_positive(self):
        return True

    def slope(self, d, level):
        parts = [_kummer(sympy.hyper, d, j, self) for j in range(3)]
        return 1 / (self * _resultant_slope(d, *parts))

    @classmethod
    def in_mp(cls, context, d, level):
        return through_balls(context, cls.in_ball, d, level)

    @staticmethod
    def in_ball(context, d, level):
        def entropy(log_kappa):
            kappa = context.apply("exp", log_kappa)
            parts = [_kummer(context.hyper, d, j, kappa) for j in range(3)]
            value = -kappa * parts[1] / parts[0] - context.apply("log", parts[0])
            return value, kappa * kappa * _resultant_slope(d, *parts)

        start = context.apply("log", d + context.midpoint(level)) + 2 * level / (d - 1)
        return context.apply("exp", increasing_root(context, entropy, level, start))

    def in_latex(self, printer):
        d, level = map(printer._print, self.args)
        return rf"\kappa_{{{d}}}\left({level}\right)"


class ResultantDeficit(SpecialFunction):
    """1 − A(κ) of the von Mises–Fisher law on the sphere in R^d."""

    nargs = 2

    @staticmethod
    def domain(d, kappa):
        return d > 1

    @classmethod
    def definition(cls, d, kappa):
        return _kummer(sympy.hyper, d, 1, kappa) / _kummer(sympy.hyper, d, 0, kappa)

    @classmethod
    def in_mp(cls, context, d, kappa):
        return through_balls(context, cls.in_ball, d, kappa)

    @staticmethod
    def in_ball(context, d, kappa):
        return _kummer(context.hyper, d, 1, kappa) / _kummer(context.hyper, d, 0, kappa)

    def in_latex(self, printer):
        d, kappa = map(printer._print, self.args)
        return rf"\left(1 - A_{{{d}}}\left({kappa}\right)\right)"


def _kummer(hyper, d, j: int, kappa):
    """1F1(a + j; 2a + j; −2κ) with a = (d − 1)/2."""
    return hyper([(d - 1) / 2 + j], [d - 1 + j], -2 * kappa)


def _resultant_slope(d, first, second, third):
    """A'(κ)."""
    missing = second / first
    return (d + 1) / d * third / first - missing * missing
