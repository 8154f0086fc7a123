"""Tails of one coordinate of the Gaussian, the sphere and Student's law."""

from functools import lru_cache

import sympy
from sympy import Rational, S, beta, exp, factorial, gamma, hyper, pi, sqrt

from theorycalc.core.functions import hyperu
from theorycalc.core.lowering import lower
from theorycalc.core.program import Program
from theorycalc.core.special import SpecialFunction
from theorycalc.distributions import tail_doubles
from theorycalc.distributions.pearson import ARGUMENT, TailMoment, density_at_zero

# Dimensions up to which a tail of the sphere is written out.
_WRITTEN = 20


class NormalTailMoment(TailMoment):
    """E max(Z − s, 0)^k for a standard normal Z, k! iᵏerfc in another scale (DLMF 7.18).

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> from theorycalc.distributions.tails import NormalTailMoment
    >>> print(tc.certify(NormalTailMoment(2, 30), digits=20))
    1.0843724873983491482e-200 ± 4e-220
    """

    nargs = 2
    near = sympy.Integer(16)  # where 17 bits cancel, fewer than the arithmetics have to spare

    @staticmethod
    def domain(k, s):
        return sympy.Contains(k, S.Naturals0)

    @staticmethod
    def pearson():
        return S.One, S.Zero, S.One

    @staticmethod
    def density(t):
        return exp(-(t**2) / 2) / sqrt(2 * pi)

    @staticmethod
    def tail(s):
        return sympy.erfc(s / sqrt(2)) / 2

    @classmethod
    def far(cls, k, s):
        u = hyperu(Rational(k + 1, 2), S.Half, s**2 / 2)  # DLMF 7.18(iv)
        return factorial(k) * 2 ** Rational(-k - 1, 2) * cls.density(s) * u

    @staticmethod
    def in_hardware(k, s):
        return tail_doubles.normal_tail_moment(k, s)

    def symbol_latex(self, printer):
        return "Z"


class TiltedTailMoment(SpecialFunction):
    """exp(μ²/2 − μy) E max(Z − μ + y, 0)^k for μ > 0: the moment of e^{−μx} over x > 0 around y.

    It is ∫ x^k e^{−μx} φ(x − y) dx over the half-line.

    Examples
    --------
    >>> import theorycalc as tc
    >>> from theorycalc.distributions.tails import TiltedTailMoment
    >>> print(tc.Formula("M", TiltedTailMoment(1, 100, 3)).at())
    4.708721538444595e-07 ± 7e-23
    """

    nargs = 3

    def _eval_is_extended_real(self):
        return True

    @staticmethod
    def domain(k, mu, y):
        return sympy.And(sympy.Contains(k, S.Naturals0), mu > 0)

    @classmethod
    def definition(cls, k, mu, y):
        return exp(mu**2 / 2 - mu * y) * NormalTailMoment(k, mu - y)

    @staticmethod
    def double(k, mu, y):
        return tail_doubles.tilted_tail_moment(int(k), mu, y)

    def in_latex(self, printer):
        k, mu, y = map(printer._print, self.args)
        return rf"\int_0^\infty x^{{{k}}} e^{{-{mu} x}}\varphi(x - {y})\,dx"


class SphereTailMoment(TailMoment):
    """E max(T − s, 0)^k for a coordinate T of a uniform point on the unit sphere in R^d, d ≥ 2.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> from theorycalc.distributions.tails import SphereTailMoment
    >>> print(tc.certify(SphereTailMoment(2, 80, "0.99"), digits=20))
    3.4599066263541707738e-76 ± 5e-96
    """

    nargs = 3
    parameters = (sympy.Dummy("d", positive=True),)
    near = S.Zero
    bounded = True

    @staticmethod
    def domain(k, d, s):
        return sympy.Contains(k, S.Naturals0) & (d >= 1)

    @classmethod
    def eval(cls, k, d, s):
        if d == 1:
            return (sympy.Max(1 - s, 0) ** k + sympy.Max(-1 - s, 0) ** k) / 2
        return super().eval(k, d, s)

    @staticmethod
    def pearson(d):
        return S.One, -S.One, d - 1

    @staticmethod
    def is_written(d) -> bool:
        """Whether the tail is written out, not left as a series."""
        return bool(d.is_Integer and d <= _WRITTEN)

    def _eval_expand_func(self, **hints):
        return super()._eval_expand_func() if self.is_written(self.args[1]) else self

    @staticmethod
    def density(d, t):
        return (1 - t**2) ** ((d - 3) / 2) / beta(S.Half, (d - 1) / 2).rewrite(gamma)

    @classmethod
    def tail(cls, d, s):
        if not cls.is_written(d):
            return cls.far(0, d, s)
        total = (1 - s) / 2 if d % 2 else sympy.acos(s) / pi
        for n in range(2 + int(d) % 2, int(d), 2):
            ratio = gamma(Rational(n, 2)) / (2 * sqrt(pi) * gamma(Rational(n + 1, 2)))
            total -= ratio * s * (1 - s**2) ** Rational(n - 1, 2)
        return total

    @staticmethod
    def far(k, d, s):
        a = (d - 1) / 2
        # Euler's integral DLMF 15.6.1 and transformation 15.8.1: B(a, k+1)/(2^{k+1} B(1/2, a))
        factor = factorial(k) * gamma(a + S.Half) / (sqrt(pi) * gamma(a + k + 1) * 2 ** (k + 1))
        series = hyper([2 * a + k, k + 1], [a + k + 1], (1 - s) / 2)
        return factor * (1 - s**2) ** (a + k) * series

    @classmethod
    def at_point(cls, context, k, parameters, s):
        if context.compare("==", parameters[0], context.number(S.One)):
            return _two_points(k).run(context, [s])
        return super().at_point(context, k, parameters, s)

    @classmethod
    def in_hardware(cls, k, d, s):
        return tail_doubles.sphere_tail_moment(k, d, s, density_at_zero(cls, d))

    def symbol_latex(self, printer):
        return rf"T_{{{printer._print(self.args[1])}}}"


@lru_cache(maxsize=8)
def _two_points(k: int) -> Program:
    return lower(SphereTailMoment(sympy.Integer(k), S.One, ARGUMENT), (ARGUMENT,))


class StudentTailMoment(TailMoment):
    """E max(T − s, 0)^k for Student's law with ν degrees of freedom; infinite for k ≥ ν.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> from theorycalc.distributions.tails import StudentTailMoment
    >>> print(tc.certify(StudentTailMoment(2, 5, 1000), digits=20))
    1.5816877622644148681e-09 ± 4e-30
    """

    nargs = 3
    parameters = (sympy.Dummy("nu", positive=True),)

    @staticmethod
    def domain(k, nu, s):
        return sympy.Contains(k, S.Naturals0) & (nu > 0)

    @classmethod
    def eval(cls, k, nu, s):
        return S.Infinity if (k - nu).is_nonnegative else super().eval(k, nu, s)

    @staticmethod
    def pearson(nu):
        return nu, S.One, nu - 1

    @staticmethod
    def density(nu, t):
        constant = gamma((nu + 1) / 2) / (sqrt(pi * nu) * gamma(nu / 2))
        return constant * (1 + t**2 / nu) ** (-(nu + 1) / 2)

    @classmethod
    def tail(cls, nu, s):
        series = hyper([S.Half, (nu + 1) / 2], [Rational(3, 2)], -(s**2) / nu)
        return S.Half - s * cls.density(nu, S.Zero) * series

    @classmethod
    def far(cls, k, nu, s):
        # the term-by-term integral of the density's expansion in ν/s², after Pfaff's DLMF 15.8.1
        factor = factorial(k) * nu ** Rational(k + 1, 2) / sympy.ff(nu, k + 1)
        series = hyper([(nu - k) / 2, Rational(k + 1, 2)], [nu / 2 + 1], nu / (nu + s**2))
        return cls.density(nu, S.Zero) * factor * (1 + s**2 / nu) ** ((k - nu) / 2) * series

    @classmethod
    def at_point(cls, context, k, parameters, s):
        if context.compare("<=", parameters[0], context.number(sympy.Integer(k))):
            return context.number(S.Infinity)
        return super().at_point(context, k, parameters, s)

    @classmethod
    def in_hardware(cls, k, nu, s):
        return tail_doubles.student_tail_moment(k, nu, s, density_at_zero(cls, nu))

    def symbol_latex(self, printer):
        return rf"t_{{{printer._print(self.args[1])}}}"
