"""Moments of the largest of n independent standard normal variables."""

import math

import numpy as np
import scipy
import sympy
from sympy import Rational, S, erfc, pi, sqrt

from theorycalc.core.arithmetic.ball_context import GUARD_BITS
from theorycalc.core.formula import Formula
from theorycalc.core.numbers import exact_integer
from theorycalc.core.special import SpecialFunction
from theorycalc.quantization.arguments import Points, number_of, read_points
from theorycalc.quantization.extremes import normal_enclosures
from theorycalc.quantization.sphere.in_doubles import EPS
from theorycalc.quantization.sphere.in_mp import to_mp

_T = sympy.Symbol("t", positive=True)
# Steps of the trapezoidal rule per width of the law; weights below e^−level of the largest.
_STEPS_PER_WIDTH = 6.0
_LEVEL = 45.0
_MOST_POWER = 1000


def expected_maximum(n=None, power=1, *, log_n=None) -> Formula:
    """e_k = E (max_{i ≤ n} X_i)^k of independent standard normal X_i.

    Parameters
    ----------
    n : int, number, decimal string or Symbol, optional
        How many, of any size; real n ≥ 1 interpolate P(max ≤ x) = Φ(x)^n.
    power : int
        k ≥ 1.
    log_n : number, optional
        log n in the place of n.

    Returns
    -------
    Formula
        Closed for n ≤ 3 and k = 1, for n = 1, and for n = 2 and even k.

    Raises
    ------
    DomainError
        For n < 1 or a power that is no integer ≥ 1.

    Notes
    -----
    The mean of the largest is k ∫_0^∞ t^{k−1} [1 − Φ(t)^n + (−1)^k Φ(−t)^n] dt.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.quantization.expected_maximum(3).expr
    3/(2*sqrt(pi))
    >>> print(tc.quantization.expected_maximum(100).at(using=tc.Ball(20)))
    2.5075936364416843725 ± 2e-20
    >>> print(tc.quantization.expected_maximum("1e300").at())
    37.06264620665 ± 6e-12
    """
    n, k = read_points(n, log_n), sympy.Integer(exact_integer(power, "power", minimum=1))
    args = sorted(n.free_symbols, key=str)
    domain = sympy.And(*(x >= 1 for x in args))
    return Formula(f"e_{k}", MaximumMoment(k, n), args=args, domain=domain)


class MaximumMoment(SpecialFunction):
    """E (max of n standard normal variables)^k."""

    nargs = 2

    @staticmethod
    def domain(k, n):
        return sympy.Contains(k, S.Naturals) & (number_of(n) >= 1)

    @staticmethod
    def reach(k, n):
        return k <= _MOST_POWER

    @classmethod
    def eval(cls, k, n):
        if Points.argument(n) != n:
            return cls(k, Points.argument(n))
        return _closed(k, number_of(n))

    def _eval_is_extended_real(self):
        return True

    def _eval_rewrite_as_Integral(self, k, n, **hints):  # noqa: N802 - SymPy's hook
        n, tail = number_of(n), erfc(_T / sqrt(2)) / 2
        both = 1 - (1 - tail) ** n + (-1) ** k * tail**n
        return sympy.Integral(k * _T ** (k - 1) * both, (_T, 0, sympy.oo))

    @staticmethod
    def in_ball(context, k, n):
        n = Points.of(n, context)
        return normal_enclosures.moment(context.integer(k), n, context.bits)

    @classmethod
    def in_mp(cls, context, k, n):
        n = Points.of(n, context)
        bits = context.bits + GUARD_BITS
        return to_mp(context, normal_enclosures.moment(context.integer(k), n, bits))

    @staticmethod
    def double(k, n):
        function = np.vectorize(lambda k, n: _moment(k, Points.of(n).log), otypes=[float, float])
        return function(k, n)

    def in_latex(self, printer):
        k, n = printer._print(self.args[0]), printer._print(number_of(self.args[1]))
        return rf"e_{{{k}}}\left({n}\right)"


def _closed(k, n):
    if k.is_number and k > _MOST_POWER:
        return None
    if n == 1 and k.is_Integer:
        return S.Zero if k % 2 else sympy.factorial2(k - 1)
    if n == 2 and k.is_Integer and k % 2 == 0:
        return sympy.factorial2(k - 1)
    if k == 1 and n in (2, 3):
        return Rational(n, 2) / sqrt(pi)
    return None


def _log_weight(x: np.ndarray, log_n: float) -> np.ndarray:
    """Logarithm of the density of the largest, up to a constant; only log n is needed."""
    log_tail = scipy.special.log_ndtr(-x)
    tail = np.exp(log_tail)
    others = -math.expm1(-log_n)  # 1 − 1/n
    left = -math.exp(min(log_n, 700.0)) * others * -scipy.special.log_ndtr(np.minimum(x, 0.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        curvature = np.where(tail > 1e-9, -np.log1p(-np.minimum(tail, 0.6)) / tail, 1 + tail / 2)
    right = -np.exp(np.minimum(log_n + log_tail, 700.0)) * others * curvature
    return -(x**2) / 2 + np.where(x < 0, left, right)


def _moment(k: float, log_n: float) -> tuple[float, float]:
    """(e_k, error) by a trapezoidal rule; its error is the square of that at twice the step."""
    centre = math.sqrt(2 * log_n)
    step = 1 / (_STEPS_PER_WIDTH * max(1.0, centre))
    reach = math.sqrt(2 * _LEVEL) + 1
    x = np.arange(-reach, centre + reach, step)
    heights = _log_weight(x, log_n)
    weight = np.exp(heights - heights.max())
    fine, coarse = (float((weight[::j] * x[::j] ** k).sum() / weight[::j].sum()) for j in (1, 2))
    size = float((weight * np.abs(x) ** k).sum() / weight.sum())
    doubt = ((fine - coarse) / size) ** 2 + 32 * EPS * (1 + k + log_n / max(1.0, centre) ** 2)
    return fine, doubt * size
