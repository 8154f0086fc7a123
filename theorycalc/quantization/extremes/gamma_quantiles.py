"""Quantiles of gamma laws, and the series that they are computed by."""

import sympy
from sympy import Rational, S

from theorycalc.core.arithmetic.enclosed_midpoint import through_balls
from theorycalc.core.increasing_roots import increasing_root, left_of
from theorycalc.core.special import SpecialFunction
from theorycalc.quantization.extremes.quantiles import complement

_MOST_TERMS = 10_000


class GammaSeries(SpecialFunction):
    """Σ_k x^k/(a + 1)_k = 1F1(1; a + 1; x), a/x^a e^x times the lower incomplete gamma function.

    It is summed as it stands, for x > 0: all its terms are positive.

    Examples
    --------
    >>> import sympy
    >>> from theorycalc.quantization.extremes.gamma_quantiles import GammaSeries
    >>> sympy.N(GammaSeries(1, 2), 20)   # (e² − 1)/2
    3.1945280494653251136
    """

    nargs = 2

    @staticmethod
    def domain(a, x):
        return (a > 0) & (x >= 0)

    @staticmethod
    def reach(a, x):
        return ((a <= 10**6) | (2 * x <= a)) & (x <= 10**300)

    def _eval_is_extended_positive(self):
        return True

    def slope(self, a, x):
        return self + a * (1 - self) / x

    def _eval_rewrite_as_hyper(self, a, x, **hints):
        return sympy.hyper([1], [a + 1], x)

    @staticmethod
    def in_mp(context, a, x):
        return context.mp.hyp1f1(1, a + 1, x)

    @staticmethod
    def in_ball(context, a, x):
        one = context.number(S.One)
        if context.compare(">", x, 2 * a + _MOST_TERMS):
            return context.hyper([one], [a + one], x)  # by an asymptotic expansion
        # terms of exact rationals would be longer and longer
        term = total = context.widen(one, one - one)
        k = 0
        while True:
            k += 1
            ratio = x / (a + k)
            term = term * ratio
            total = total + term
            # later ratios are smaller
            rest = term * ratio / (1 - ratio)
            small = context.compare("<", ratio, one)
            if not context.is_finite(total) or (small and context.negligible(rest / total)):
                return context.widen(total, rest)

    def in_latex(self, printer):
        return printer._print(self.rewrite(sympy.hyper))


class GammaQuantile(SpecialFunction):
    """ξ = log x at which the Gamma(a, 1) law has P(X ≤ x) = exp(−level), level > 0.

    Examples
    --------
    >>> import sympy
    >>> from theorycalc.quantization.extremes.gamma_quantiles import GammaQuantile
    >>> sympy.N(sympy.exp(GammaQuantile(1, sympy.log(2))), 20)   # 1 − e^−x = 1/2
    0.69314718055994530942
    """

    nargs = 2

    @staticmethod
    def domain(a, level):
        return (a > 0) & (level > 0)

    @staticmethod
    def reach(a, level):
        return a <= 10**6

    def _eval_is_extended_real(self):
        return True

    def slope(self, a, level):
        return -GammaSeries(a, sympy.exp(self)) / a

    @classmethod
    def in_mp(cls, context, a, level):
        return through_balls(context, cls.in_ball, a, level)

    @staticmethod
    def in_ball(context, a, level):
        if context.compare("<", level, context.number(Rational(1, 1000))):
            return context.apply("log", _upper_quantile(context, a, complement(context, level)))
        size = context.apply("loggamma", a + 1)

        def log_law(xi):
            x = context.apply("exp", xi)
            series = GammaSeries.in_ball(context, a, x)
            return a * xi - x + context.apply("log", series) - size, a / series

        start = context.midpoint((size - level) / a)
        return increasing_root(context, log_law, -level, left_of(context, log_law, -level, start))

    def in_latex(self, printer):
        a, level = map(printer._print, self.args)
        return rf"\log P^{{-1}}_{{{a}}}\left(e^{{-{level}}}\right)"


def _upper_quantile(context, a, level):
    """x above the mean with P(X > x) = exp(−level) for the Gamma(a, 1) law.

    −log P(X > x) is nearly linear in a large x, concave for a < 1 and convex for a > 1.
    """

    def minus_log_tail(x):
        tail = context.apply("uppergamma", a, x)
        log_density = (a - 1) * context.apply("log", x) - x
        size = context.apply("loggamma", a)
        return size - context.apply("log", tail), context.apply("exp", log_density) / tail

    return increasing_root(context, minus_log_tail, level, context.midpoint(a))
