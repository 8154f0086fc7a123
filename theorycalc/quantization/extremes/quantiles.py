"""Roots of increasing functions, enclosed, and quantiles of laws on a logarithmic scale."""

from collections.abc import Callable
from fractions import Fraction

import sympy
from sympy import Rational, S

from theorycalc.core.arithmetic.ball_context import GUARD_BITS, BallContext, working_precision
from theorycalc.core.binary import fraction
from theorycalc.core.special import SpecialFunction
from theorycalc.quantization.sphere.in_mp import to_mp

_MOST_STEPS = 400


def increasing_root(context, function: Callable, target, start):
    """A ball that holds the x with f(x) = target, for an increasing f.

    Newton's method is run on midpoints from ``start``, from where it must converge; then signs on
    both sides of its result are proved.

    Parameters
    ----------
    function : callable
        x ↦ (f(x), f'(x)) in the numbers of the context.
    target : number of the context
        May be a ball; so may be what the function returns.
    start : number of the context
    """
    x = context.midpoint(start)
    step = None
    for _ in range(_MOST_STEPS):
        value, slope = function(x)
        step = context.midpoint((context.midpoint(target) - value) / slope)
        x = context.midpoint(x + step)
        if context.compare(">", abs(step), _scaled(x, -context.bits // 2, context)) is not True:
            break
    # a step whose square is small was the last but one; a ball of that width holds what is left
    value, slope = function(x)
    step = context.midpoint((context.midpoint(target) - value) / slope)
    x = context.midpoint(x + step)
    unit = _scaled(x, 4 - context.bits, context)
    return _certified(context, function, target, x, context.midpoint(abs(step)) + unit)


def _certified(context, function, target, x, radius):
    """x ± radius, doubled until the signs of f − target are proved on both sides."""
    for _ in range(2 * context.bits):
        below = context.compare("<", function(x - radius)[0], target)
        if below and context.compare(">", function(x + radius)[0], target):
            return context.widen(x, radius)
        radius = 2 * radius
    return context.widen(x, context.number(sympy.oo))


def _scaled(x, exponent: int, context):
    """2^exponent (|x| + a little), for x that may be zero."""
    little = context.number(Rational(Fraction(2) ** (-context.bits // 2)))
    return (abs(x) + little) * context.number(Rational(Fraction(2) ** exponent))


def through_balls(context, function: Callable, *args):
    """An mpmath number, by a function of balls at the same working precision."""
    with working_precision(context.bits + GUARD_BITS):
        balls = BallContext()
        exactly = (balls.number(Rational(fraction(context.mp.mpf(x)))) for x in args)
        return to_mp(context, function(balls, *exactly))


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

    def fdiff(self, argindex=1):
        if argindex != 3:
            raise sympy.core.function.ArgumentIndexError(self, argindex)
        a, b, _ = self.args
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


def left_of(context, function, target, start):
    """A point at or left of ``start`` where the function is surely below its target."""
    for _ in range(_MOST_STEPS):
        if context.compare(">", function(start)[0], target) is False:
            break
        start = start - abs(start) / 2 - 1
    return start


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
