"""The freezing point of a random energy model, in which thresholds are written."""

import numpy as np
from sympy import Rational, S, exp

from theorycalc.core.arithmetic.ball_context import working_precision
from theorycalc.core.arithmetic.enclosed_midpoint import through_balls
from theorycalc.core.increasing_roots import increasing_root
from theorycalc.core.special import SpecialFunction

# Terms of the power series of α(y) in doubles, the y up to which it is used, and Newton's steps.
_TERMS = 26
_SERIES_UP_TO = 0.7
_STEPS = 12


class FreezingPoint(SpecialFunction):
    """y = log(1 + 1/h_G²), the solution of α = (y − e^{−y} (1 − e^{−y}))/2, for α > 0.

    Examples
    --------
    >>> import sympy
    >>> from theorycalc.quantization.freezing_point import FreezingPoint
    >>> sympy.N(FreezingPoint(sympy.Rational(1, 2)), 20)
    1.2093534632492395935
    """

    nargs = 1

    @staticmethod
    def domain(alpha):
        return alpha > 0

    @staticmethod
    def reach(alpha):
        return alpha <= 10**300

    def _eval_is_extended_real(self):
        return True

    def _eval_is_extended_positive(self):
        return True

    def fdiff(self, argindex=1):
        near = exp(-self)
        return 2 / ((1 - near) * (1 + 2 * near))

    @staticmethod
    def double(alpha):
        y = _freezing_point(alpha)
        value, slope = _rate_in_double(y), -np.expm1(-y) * (1 + 2 * np.exp(-y)) / 2
        # what is left of the equation, and what α(y) may be off: its terms add up to three times
        # its size at most, each with a few roundings
        doubt = np.abs(value - alpha) + 3 * 4 * np.finfo(float).eps / 2 * value
        return y, doubt / slope + np.finfo(float).eps / 2 * y

    @classmethod
    def in_mp(cls, context, alpha):
        return through_balls(context, cls.in_ball, alpha)

    @staticmethod
    def in_ball(context, alpha):
        size = context.as_float(context.apply("log", abs(alpha))) / float(np.log(2.0))
        # α is quadratic in a small y and is computed from y with an error of a unit
        with working_precision(context.bits + 8 + 2 * max(0, int(-size))):
            half = context.number(S.Half)
            middle = context.midpoint(alpha)
            if size < 0:
                start = context.apply("sqrt", 2 * middle)
            else:
                start = 2 * middle + context.number(Rational(1, 4))
            return increasing_root(context, lambda y: _rate(context, y, half), alpha, start)

    def in_latex(self, printer):
        return rf"y_G\left({printer._print(self.args[0])}\right)"


def _rate(context, y, half):
    """(α, dα/dy)."""
    near = context.apply("exp", -y)
    far = -context.apply("expm1", -y)
    return half * (y - near * far), half * far * (1 + 2 * near)


def _freezing_point(alpha) -> np.ndarray:
    """The same for arrays: Newton's method for √α(y), nearly linear in a small y."""
    root = np.sqrt(np.asarray(alpha, dtype=float))
    y = np.where(root < 0.4, root * np.sqrt(4 / 3), 2 * root**2 + 0.2)
    for _ in range(_STEPS):
        value = np.sqrt(_rate_in_double(y))
        slope = -np.expm1(-y) * (1 + 2 * np.exp(-y)) / 2
        y = y - (value - root) * 2 * value / slope
    return y


def _rate_in_double(y: np.ndarray) -> np.ndarray:
    """α(y), by its power series Σ_{k≥2} (−1)^k (2^k − 1) y^k/(2 k!) where terms would cancel."""
    near = np.exp(-y)
    small = np.minimum(y, _SERIES_UP_TO)
    series, term = np.zeros_like(y), -0.5 * small
    for k in range(2, _TERMS):
        term = -term * small / k
        series = series + term * (2.0**k - 1)
    return np.where(y < _SERIES_UP_TO, series, 0.5 * (y + near * np.expm1(-y)))
