"""Means over random points on a sphere as SymPy functions."""

import numpy as np
import sympy
from sympy import Rational, S

from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.special import SpecialFunction
from theorycalc.quantization.arguments import Points, R, number_of
from theorycalc.quantization.sphere import (
    closed,
    in_balls,
    in_balls_survival,
    in_doubles,
    in_mp,
    in_mp_optimum,
)
from theorycalc.quantization.sphere.norm_law import NormLaw, RadialLaw

_T, _U = sympy.symbols("t u", real=True)


class CosineDeficit(SpecialFunction):
    """E (1 − M)^k of the largest cosine M of n uniform points with a fixed direction in R^d."""

    nargs = 3

    @staticmethod
    def domain(d, n, k):
        return _counted(d, n) & sympy.Contains(k, S.Naturals)

    @staticmethod
    def reach(d, n, k):
        return (d <= 10**7) & (k <= 200)

    @staticmethod
    def double_reach(d, n, k):
        return (d <= 10**7) & (k <= 1000)

    @classmethod
    def eval(cls, d, n, k):
        if Points.argument(n) != n:
            return cls(d, Points.argument(n), k)
        return closed.deficit_moment(d, number_of(n), k)

    def _eval_is_extended_real(self):
        return True

    def _eval_is_extended_positive(self):
        return True

    def _eval_rewrite_as_Integral(self, d, n, k, **hints):  # noqa: N802 - SymPy's hook
        survival = _cosine_law(d) ** number_of(n)
        return sympy.Integral(k * (1 - _T) ** (k - 1) * survival, (_T, -1, 1))

    @staticmethod
    def double(d, n, k):
        return _each(lambda d, n, k: in_doubles.deficit_moment(d, Points.of(n), k), d, n, k)

    @staticmethod
    def in_mp(context, d, n, k):
        exactly = context.integer(d), Points.of(n, context), context.integer(k)
        bits = in_mp.accuracy(context)
        return in_mp.to_mp(context, in_balls_survival.deficit_moment(*exactly, bits))

    @staticmethod
    def in_ball(context, d, n, k):
        return in_balls_survival.deficit_moment(
            context.integer(d), Points.of(n, context), context.integer(k), context.bits
        )

    def in_latex(self, printer):
        d, n, k = (printer._print(number_of(x)) for x in self.args)
        power = "" if self.args[2] == 1 else rf"^{{{k}}}"
        return rf"\mathbb{{E}}\left(1-M_{{{d},{n}}}\right){power}"


class SphereDistortion(SpecialFunction):
    """D_s(r) = E min_i ‖X − Z_i‖^s for n uniform points Z_i on the sphere of radius r in R^d.

    The arguments are the law of R = ‖X‖ as a `NormLaw`, and d, n, s, r.
    """

    nargs = 5
    functions = (NormLaw,)
    part = 0

    @staticmethod
    def domain(law, d, n, s, r):
        return _counted(d, n) & (s > 0) & (r >= 0)

    @staticmethod
    def reach(law, d, n, s, r):
        return (d <= 10**7) & (s <= 50) & (r <= 10**12)

    @staticmethod
    def double_reach(law, d, n, s, r):
        return (d <= 10**9) & (s <= 200) & (r <= 10**12)

    @classmethod
    def eval(cls, law, d, n, s, r):
        points = Points.argument(n)
        return cls(law, d, points, s, r) if points != n else None

    def _eval_is_extended_real(self):
        return True

    def slope(self, *args):
        return SphereDistortionSlope(*args)

    def _eval_rewrite_as_Integral(self, law, d, n, s, r, **hints):  # noqa: N802
        n = number_of(n)
        reach = (R**2 + r**2 - _U**2) / (2 * R * r)
        beyond = sympy.Integral(_cosine_density(d), (_T, reach, 1))
        inner = sympy.Integral(s * _U ** (s - 1) * (1 - beyond) ** n, (_U, sympy.Abs(R - r), R + r))
        return _mean(law.at_dimension(d), sympy.Abs(R - r) ** s + inner)

    @classmethod
    def double(cls, law, d, n, s, r):
        def compute(d, n, s, r):
            norm = law.at_dimension(int(d))
            values, errors = in_doubles.distortion(norm, d, Points.of(n), s, r)
            return values[cls.part], errors[cls.part]

        return _each(compute, d, n, s, r)

    @classmethod
    def in_mp(cls, context, law, d, n, s, r):
        d, n = context.integer(d), Points.of(n, context)
        s, r = context.rational(s), context.rational(r)
        bits = in_mp.accuracy(context)
        r = r or Rational(1, 2 ** (2 * bits))
        compute = in_mp.slope if cls.part else in_mp.distortion
        return in_mp.to_mp(context, compute(law.at_dimension(d), d, n, s, r, bits))

    @staticmethod
    def in_ball(context, law, d, n, s, r):
        if not context.compare(">", r, context.number(S.Zero)):
            raise NotSupportedError(
                explain("no enclosure at r = 0", hint="source.mean_power(s), or using=MP()")
            )
        d, *exactly = context.integer(d), Points.of(n, context), context.rational(s)
        return in_balls.distortion(law.at_dimension(d), d, *exactly, r, context.bits)

    def in_latex(self, printer):
        *_, s, r = map(printer._print, self.args)
        return rf"{self.symbol}_{{{s}}}\left({r}\right)"

    symbol = "D"


class SphereDistortionSlope(SphereDistortion):
    """dD_s/dr = s E [(r − R M) g^{s/2−1}] with g the squared distance."""

    part = 1
    symbol = "D'"
    in_ball = None
    slope = None

    def _eval_rewrite_as_Integral(self, norm, d, n, s, r, **hints):  # noqa: N802
        n = number_of(n)
        square = R**2 + r**2 - 2 * R * r * _T
        law = n * _cosine_law(d) ** (n - 1) * _cosine_density(d)
        inner = sympy.Integral(s * (r - R * _T) * square ** (s / 2 - 1) * law, (_T, -1, 1))
        return _mean(norm.at_dimension(d), inner)


class OptimalSphereRadius(SpecialFunction):
    """The radius r at which dD_s/dr changes its sign; arguments as of `SphereDistortion`."""

    nargs = 4
    functions = (NormLaw,)

    @staticmethod
    def domain(law, d, n, s):
        return _counted(d, n) & (s > 0)

    @staticmethod
    def reach(law, d, n, s):
        return (d <= 10**7) & (s <= 50)

    @staticmethod
    def double_reach(law, d, n, s):
        return (d <= 10**9) & (s <= 200)

    @classmethod
    def eval(cls, law, d, n, s):
        points = Points.argument(n)
        return cls(law, d, points, s) if points != n else None

    def _eval_is_extended_positive(self):
        return True

    @staticmethod
    def double(law, d, n, s):
        def compute(d, n, s):
            return in_doubles.optimal_radius(law.at_dimension(int(d)), d, Points.of(n), s)

        return _each(compute, d, n, s)

    @staticmethod
    def in_mp(context, law, d, n, s):
        d, *exactly = context.integer(d), Points.of(n, context), context.rational(s)
        bits = in_mp.accuracy(context)
        root = in_mp_optimum.optimal_radius(law.at_dimension(d), d, *exactly, bits)
        return context.number(root)

    def in_latex(self, printer):
        return rf"r^*_{{{printer._print(self.args[-1])}}}"


def _counted(d, n) -> sympy.Basic:
    """That there are n points in d dimensions."""
    return sympy.Contains(d, S.Naturals) & (number_of(n) >= 1)


def _each(function, *arrays):
    """(values, errors) of a function of doubles on broadcast arrays."""
    return np.vectorize(function, otypes=[float, float])(*arrays)


def _mean(law: RadialLaw, function: sympy.Expr) -> sympy.Expr:
    """E function(R)."""
    if law.point is not None:
        return function.subs(R, law.point)
    return sympy.Integral(law.density * function, (R, law.lower, law.upper))


def _cosine_density(d) -> sympy.Expr:
    constant = sympy.gamma(d / 2) / (sympy.sqrt(sympy.pi) * sympy.gamma((d - 1) / 2))
    return constant * (1 - _T**2) ** ((d - 3) / 2)


def _cosine_law(d) -> sympy.Expr:
    """P(T ≤ t) of one cosine."""
    a = Rational(1, 2) * (d - 1)
    return sympy.betainc_regularized(a, a, S.Zero, (1 + _T) / 2)
