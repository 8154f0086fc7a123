"""The tail of a binomial law, its inverse and ξ(n), as functions of SymPy."""

import sympy
from sympy import S, exp

from theorycalc.core.arithmetic.ball_context import working_precision
from theorycalc.core.arithmetic.enclosed_midpoint import through_balls
from theorycalc.core.arithmetic.monotone import between_corners
from theorycalc.core.increasing_roots import increasing_root
from theorycalc.core.special import SpecialFunction
from theorycalc.information.binary import logarithmic_step

# So many terms are added before it is seen whether the rest counts.
_TERMS = 16


class BinomialTail(SpecialFunction):
    """P(X ≤ k) of the binomial law of n draws of chance p, which falls with p."""

    nargs = 3

    @staticmethod
    def domain(k, n, p):
        return (p >= 0) & (p <= 1)

    def _eval_is_extended_nonnegative(self):
        return True

    def fdiff(self, argindex=1):
        if argindex != 3:
            raise sympy.core.function.ArgumentIndexError(self, argindex)
        k, n, p = self.args
        return -(n - k) * sympy.binomial(n, k) * p**k * (1 - p) ** (n - k - 1)

    @classmethod
    def in_mp(cls, context, k, n, p):
        return through_balls(context, cls.in_ball, k, n, p)

    @staticmethod
    def in_ball(context, k, n, p):
        k, n = context.integer(k), context.integer(n)
        zero, one = context.number(S.Zero), context.number(S.One)
        if not (context.compare(">=", p, zero) and context.compare("<=", p, one)):
            return context.select([])

        def tail(p):
            if context.vanishes(p):
                return one
            if context.vanishes(one - p):
                return zero
            is_small, share = _smaller_tail(context, k, n, context.apply("log", p / (one - p)))
            return share if is_small else one - share

        return between_corners(context, tail, [p], [-1])

    def in_latex(self, printer):
        k, n, p = map(printer._print, self.args)
        return rf"P\left(\operatorname{{Bin}}_{{{n}, {p}}} \leq {k}\right)"


class Xi(SpecialFunction):
    """1 + n^{1−n} e^n Γ(n, n)."""

    nargs = 1

    @staticmethod
    def domain(n):
        return n >= 1

    def _eval_is_extended_positive(self):
        return True

    @classmethod
    def in_mp(cls, context, n):
        return through_balls(context, cls.in_ball, n)

    @staticmethod
    def in_ball(context, n):
        size = n - (n - 1) * context.apply("log", n) + context.apply("loggamma", n)
        return 1 + context.apply("exp", size) * context.apply("uppergamma_regularized", n, n)

    def in_latex(self, printer):
        return rf"\xi\left({printer._print(self.args[0])}\right)"


class LogOdds(SpecialFunction):
    """x = log(p/(1 − p)) with P(X ≤ k) = exp(−level) for n draws of chance p.

    −log P(X ≤ k) is convex in x, and at least n kl(k/n‖p): Newton's method falls to the solution
    from the inverse of that.
    """

    nargs = 3

    @staticmethod
    def domain(k, n, level):
        return level > 0

    def _eval_is_extended_real(self):
        return True

    def fdiff(self, argindex=1):
        if argindex != 3:
            raise sympy.core.function.ArgumentIndexError(self, argindex)
        k, n, level = self.args
        p = 1 / (1 + exp(-self))
        return exp(-level) / ((n - k) * sympy.binomial(n, k) * p ** (k + 1) * (1 - p) ** (n - k))

    @classmethod
    def in_mp(cls, context, k, n, level):
        return through_balls(context, cls.in_ball, k, n, level)

    @staticmethod
    def in_ball(context, k, n, level):
        k, n = context.integer(k), context.integer(n)
        if not context.compare(">", level, context.number(S.Zero)):
            return context.select([])
        return between_corners(context, lambda x: _log_odds(context, k, n, x), [level], [1])

    def in_latex(self, printer):
        k, n, level = map(printer._print, self.args)
        return rf"\operatorname{{logit}} p_{{{k}, {n}}}\left(e^{{-{level}}}\right)"


def _log_odds(context, k: int, n: int, level):
    """The solution for a level without a radius."""

    def minus_log_tail(x):
        is_small, share = _smaller_tail(context, k, n, x)
        tail = share if is_small else 1 - share
        log_tail = context.apply("log", tail) if is_small else context.apply("log1p", -share)
        p = 1 / (1 + context.apply("exp", -x))
        return -log_tail, (n - k) * p * _mass(context, k, n, x) / tail

    heads = context.number(sympy.Rational(k, n))
    tails = 1 - heads
    with working_precision(context.bits + 2 * n.bit_length()):
        y = logarithmic_step(context, tails, heads, context.midpoint(level) / n)
        rest = -context.apply("expm1", -y)
        start = y + context.apply("log", (heads + tails * rest) / tails)
        return increasing_root(context, minus_log_tail, level, start)


def _smaller_tail(context, k: int, n: int, x):
    """(True, P(X ≤ k)) or (False, P(X > k)): the sum of falling terms from the middle on."""
    odds = context.apply("exp", context.real(x))
    is_small = context.prefer("<=", context.number(sympy.Integer(k)) * (1 + odds), n * odds)
    if is_small:
        first, most, others, odds = k, k, n - k, 1 / odds
    else:
        first, most, others = k + 1, n - k - 1, k + 1
    term = total = context.real(context.number(S.One))
    for j in range(most):
        term = term * odds * (most - j) / (others + 1 + j)
        total = total + term
        if j % _TERMS == 0:
            ratio = odds * (most - j) / (others + 1 + j)  # later ones are smaller
            rest = term * ratio / (1 - ratio)
            if context.compare("<", ratio, 1) and context.negligible(rest / total):
                return is_small, context.widen(total, rest) * _mass(context, first, n, x)
    return is_small, total * _mass(context, first, n, x)


def _mass(context, k: int, n: int, x):
    """P(X = k) at log-odds x."""
    with working_precision(context.bits + 2 * n.bit_length()):
        gammas = (
            context.apply("loggamma", context.number(sympy.Integer(j + 1))) for j in (n, k, n - k)
        )
        whole, one, other = gammas
        size = whole - one - other + k * x - n * context.apply("softplus", x)
        return context.apply("exp", size)
