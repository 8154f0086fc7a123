"""Quantiles of the beta laws on a logarithmic scale."""

import sympy
from sympy import S

from theorycalc.core.arithmetic.enclosed_midpoint import through_balls
from theorycalc.core.increasing_roots import increasing_root, left_of
from theorycalc.core.special import SpecialFunction


class BetaQuantile(SpecialFunction):
    """η = log(w/(1 − w)) at which the Beta(a, b) law has P(W ≤ w) = exp(−level), level > 0.

    The law is log-concave in η, so that Newton's method converges from the left.

    Examples
    --------
    >>> import sympy
    >>> from theorycalc.quantization.extremes.quantiles import BetaQuantile
    >>> sympy.N(BetaQuantile(1, 1, sympy.log(4)), 20)
    -1.0986122886681096914
    """

    nargs = 3

    @staticmethod
    def domain(a, b, level):
        return (a > 0) & (b > 0) & (level > 0)

    @staticmethod
    def reach(a, b, level):
        return (a + b <= 10**7) & (a <= 10**4 * b) & ((b <= 10**4 * a) | (level >= 1))

    @classmethod
    def eval(cls, a, b, level):
        return S.Zero if a == b and level == sympy.log(2) else None

    def _eval_is_extended_real(self):
        return True

    def _eval_is_finite(self):
        return True

    def _eval_is_extended_negative(self):
        """At equal a and b by the median, 1/2; SymPy would compute digits."""
        a, b, level = self.args
        return (level - sympy.log(2)).is_extended_positive if a == b else None

    def slope(self, a, b, level):
        return -sympy.hyper([a + b, 1], [a + 1], 1 / (1 + sympy.exp(-self))) / a

    @classmethod
    def in_mp(cls, context, a, b, level):
        return through_balls(context, cls.in_ball, a, b, level)

    @staticmethod
    def in_ball(context, a, b, level):
        if context.compare("<", level, context.number(S.Half)):
            return -BetaQuantile._below_median(context, b, a, complement(context, level))
        return BetaQuantile._below_median(context, a, b, level)

    @staticmethod
    def _below_median(context, a, b, level):
        size = context.apply("log", context.apply("beta", a, b))
        middle = context.as_float(context.apply("log", a / b))

        def log_law(eta):
            if context.as_float(eta) <= middle:
                log_density, series = _beta_series(context, a, b, eta)
                return log_density - size + context.apply("log", series / a), a / series
            log_density, series = _beta_series(context, b, a, -eta)
            density = context.apply("exp", log_density - size)
            rest = density * series / b  # of the law beyond η
            return context.apply("log1p", -rest), density / (1 - rest)

        start = context.midpoint((size + context.apply("log", a) - level) / a)
        return increasing_root(context, log_law, -level, left_of(context, log_law, -level, start))

    def in_latex(self, printer):
        a, b, level = map(printer._print, self.args)
        return rf"\operatorname{{logit}} I^{{-1}}_{{{a}, {b}}}\left(e^{{-{level}}}\right)"


def complement(context, level):
    """−log(1 − e^−level)."""
    return -context.apply("log", -context.apply("expm1", -level))


def _beta_series(context, a, b, eta):
    """(log w^a (1 − w)^b, 2F1(a + b, 1; a + 1; w)) with η = log(w/(1 − w))."""
    inverse = 1 + context.apply("exp", -eta)
    series = _positive_series(context, a, b, 1 / inverse)
    log_odds = context.apply("log1p", context.apply("exp", eta))
    return -a * context.apply("log", inverse) - b * log_odds, series


def _positive_series(context, a, b, w):
    """2F1(a + b, 1; a + 1; w) summed: all its terms are positive."""
    term = total = context.number(S.One)
    k = 0
    while True:
        ratio = w * ((a + b + k) / (a + 1 + k))
        term = term * ratio
        total = total + term
        k += 1
        # later ratios lie between this one and w
        largest = context.apply("max", ratio, w)
        rest = term * largest / (1 - largest)
        small = context.compare("<", largest, context.number(S.One))
        if not context.is_finite(total) or (small and context.negligible(rest / total)):
            return context.widen(total, rest)
