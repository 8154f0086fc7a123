"""Gaussian expectations of one function of one variable."""

import numpy as np
import sympy

from theorycalc.activations import Activation, z
from theorycalc.core.evalf import digits_of
from theorycalc.core.integration.integral import Integral
from theorycalc.core.special import SpecialFunction
from theorycalc.hermite import in_doubles
from theorycalc.hermite.enclosure import scaled_enclosures
from theorycalc.hermite.functions import activation_of
from theorycalc.hermite.growth import is_bounded
from theorycalc.kernels.duals import powers
from theorycalc.kernels.duals.piecewise import covariance
from theorycalc.kernels.duals.series import SeriesDual

# Arrays with more elements share their quadrature.
_MANY = 4
_ONE = Activation(sympy.S.One, symbol=z)


def gaussian_mean(activation: Activation, q) -> sympy.Expr:
    """E φ(√q Z): in closed form where it is elementary, otherwise as a function."""
    homogeneous = powers.mean(activation, q)
    if homogeneous is not None:
        return homogeneous
    closed = covariance(activation, _ONE, q, sympy.S.Zero, sympy.S.One)
    return GaussianMean(sympy.Lambda(z, activation.expr), q) if closed is None else closed


class GaussianMean(SpecialFunction):
    """E φ(√q Z) of a standard normal Z, for a function φ given as a Lambda."""

    nargs = 2
    functions = (sympy.Lambda,)

    @property
    def arithmetics(self) -> tuple[str, ...]:
        """Ball where the tails can be bounded, Float and MP always."""
        bounded = is_bounded(activation_of(self.args[0]))
        return ("Float", "MP", "Ball") if bounded else ("Float", "MP")

    def _eval_evalf(self, prec):
        # enclosures take a tenth of the time of two precisions
        enclosed = "Ball" in self.arithmetics and digits_of(self, prec, ("Ball",))
        return enclosed or super()._eval_evalf(prec)

    def _eval_is_extended_real(self):
        return True

    def _eval_is_positive(self):
        return True if self.args[0].expr.is_positive else None

    @classmethod
    def definition(cls, phi, q):
        t = sympy.Dummy("t", real=True)
        weight = sympy.exp(-(t**2) / 2) / sympy.sqrt(2 * sympy.pi)
        kinks = tuple(kink / sympy.sqrt(q) for kink in activation_of(phi).kinks)
        integrand = phi(sympy.sqrt(q) * t) * weight
        return Integral(integrand, t, -sympy.oo, sympy.oo, kinks=kinks)

    def slope(self, phi, q):
        """E φ'' / 2, by the heat equation, or (E[(u² − q) φ(u)])/(2q²) where φ' jumps."""
        activation = activation_of(phi)
        if activation.is_continuous and activation.derivative.is_continuous:
            return gaussian_mean(activation.derivative.derivative, q) / 2
        square = Activation(z**2 * activation.expr, symbol=z)
        return (gaussian_mean(square, q) / q - self) / (2 * q)

    @staticmethod
    def in_ball(context, phi, q):
        scale = context.apply("sqrt", q)
        return scaled_enclosures(activation_of(phi), 0, context.bits, scale)[0]

    @staticmethod
    def double(phi, q):
        activation = activation_of(phi)
        if np.size(q) > _MANY:
            return SeriesDual(activation).mean_with_errors(q)

        def mean(q):
            kinks = [float(kink) for kink in activation.kinks]
            means, errors = in_doubles.coefficients(activation, kinks, 0, np.sqrt(q))
            return means[0], errors[0]

        return np.vectorize(mean, otypes=[float, float])(q)

    def in_latex(self, printer):
        phi, q = self.args
        integrand = printer._print(phi(sympy.Symbol("u")))
        law = rf"u \sim \mathcal{{N}}(0, {printer._print(q)})"
        return rf"\mathbb{{E}}_{{{law}}}\left[{integrand}\right]"
