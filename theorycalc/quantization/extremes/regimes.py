"""How the largest cosine behaves: its mean and variance in five regimes."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import sympy
from sympy import EulerGamma, Expr, S, beta, cosh, gamma, log, pi, sqrt, tanh

from theorycalc.core.arithmetic.ball_context import GUARD_BITS, working_precision
from theorycalc.core.arithmetic.enclosed_midpoint import through_balls
from theorycalc.core.increasing_roots import increasing_root
from theorycalc.core.special import SpecialFunction
from theorycalc.quantization.extremes.normal_maximum import MaximumMoment
from theorycalc.quantization.extremes.quantiles import BetaQuantile


@dataclass(frozen=True)
class Regime:
    """One way to approximate the law of the largest cosine M.

    Attributes
    ----------
    name : str
    orders : tuple of functions
        (d, n) ↦ E M, from the leading order on.
    variance : function
        (d, n) ↦ Var M to leading order.
    beyond : function, optional
        (d, n) ↦ E M by which the error of a single order is judged.
    remainder : function, optional
        (d, n) ↦ a size of what follows, where corrections may vanish by chance.
    """

    name: str
    orders: tuple[Callable[[Expr, Expr], Expr], ...]
    variance: Callable[[Expr, Expr], Expr]
    beyond: Callable[[Expr, Expr], Expr] | None = None
    remainder: Callable[[Expr, Expr], Expr] = lambda d, n: S.Zero

    def error(self, order: int, d: Expr, n: Expr) -> Expr:
        """An estimate of the error of E M: the last correction, for order 1 the next one."""
        first = self.orders[1] if len(self.orders) > 1 else self.beyond
        neighbour = self.orders[order - 2] if order > 1 else first
        change = self.orders[order - 1](d, n) - neighbour(d, n)
        # SymPy would compute its sign
        return sympy.Abs(change, evaluate=False) + self.remainder(d, n)


def _few(order: int) -> Callable[[Expr, Expr], Expr]:
    """The Cornish–Fisher expansion of √d T, whose cumulants are κ_4 = −6/(d + 2), κ_6 below."""

    def mean(d: Expr, n: Expr) -> Expr:
        first, third, fifth = (MaximumMoment(S(k), n) for k in (1, 3, 5))
        fourth, sixth = -6 / (d + 2), 240 / ((d + 2) * (d + 4))
        second_order = sixth / 720 * (fifth - 10 * third + 15 * first)
        second_order -= fourth**2 / 384 * (3 * fifth - 24 * third + 29 * first)
        terms = first, fourth / 24 * (third - 3 * first), second_order
        return sympy.Add(*terms[:order]) / sqrt(d)

    return mean


def _few_remainder(d: Expr, n: Expr) -> Expr:
    """The product of both corrections without their signs, the size of what follows."""
    first, third, fifth = (MaximumMoment(S(k), n) for k in (1, 3, 5))
    one = (third + 3 * first) / (4 * (d + 2))
    two = (fifth + 10 * third + 15 * first) / (3 * (d + 2) * (d + 4))
    two += 3 * (3 * fifth + 24 * third + 29 * first) / (32 * (d + 2) ** 2)
    return one * two / (first * sqrt(d))


def _few_variance(d: Expr, n: Expr) -> Expr:
    return (MaximumMoment(S(2), n) - MaximumMoment(S.One, n) ** 2) / d


def _many(order: int) -> Callable[[Expr, Expr], Expr]:
    """1 − 2 Σ_k c_k (a B(a,a))^{k/a} E V^{k/a}, V ~ Beta(1, n): P(T > M) has this law."""

    def mean(d: Expr, n: Expr) -> Expr:
        a = (d - 1) / 2
        coefficients = (
            S.One,
            (a - 1) / (a + 1),
            2 * (a - 1) * (a**2 + a - 1) / ((a + 1) ** 2 * (a + 2)),
        )
        terms = (c * _power(a, n, k + 1) for k, c in enumerate(coefficients[:order]))
        return 1 - 2 * sympy.Add(*terms)

    return mean


def _power(a: Expr, n: Expr, k: int) -> Expr:
    """(a B(a,a))^{k/a} E V^{k/a}, V ~ Beta(1, n)."""
    return (a * beta(a, a)) ** (k / a) * gamma(1 + k / a) * GammaQuotient(log(n), k / a)


class GammaQuotient(SpecialFunction):
    """Γ(n + 1)/Γ(n + 1 + c), of log n and c.

    (SymPy would write out the factorial.)
    """

    nargs = 2

    @staticmethod
    def domain(level, c):
        return (level >= 0) & (c >= 0)

    @staticmethod
    def reach(level, c):
        return (level <= 10**5) & (c <= 10**6)

    def _eval_is_extended_positive(self):
        return True

    @staticmethod
    def in_ball(context, level, c):
        top = context.apply("exp", level) + context.number(S.One)
        centre = context.midpoint(top)
        # the logarithms cancel in as many bits as n has; their slopes differ by c ψ' < 2c/x
        cancelled = int(context.as_float(level) / math.log(2)) + GUARD_BITS
        with working_precision(context.bits + cancelled):
            logs = (context.apply("loggamma", x) for x in (centre, centre + c))
            difference = next(logs) - next(logs)
        slack = 2 * abs(c) * abs(top - centre) / centre
        return context.apply("exp", context.widen(difference, slack))

    @classmethod
    def in_mp(cls, context, level, c):
        return through_balls(context, cls.in_ball, level, c)


def _many_variance(d: Expr, n: Expr) -> Expr:
    a = (d - 1) / 2
    return 4 * (_power(a, n, 2) - _power(a, n, 1) ** 2)


def _typical(d: Expr, n: Expr) -> tuple[Expr, Expr]:
    """(t₀, u): n P(T > t₀) = 1, and u = P(T > t₀)/f(t₀), the scale of the fluctuations."""
    a = (d - 1) / 2
    eta = BetaQuantile(a, a, log(n))
    return -tanh(eta / 2), beta(S.Half, a) * cosh(eta / 2) ** (d - 3) / n


def _gumbel(d: Expr, n: Expr) -> Expr:
    t, u = _typical(d, n)
    return t + EulerGamma * u


def _gumbel_corrected(d: Expr, n: Expr) -> Expr:
    t, u = _typical(d, n)
    curvature = (d - 3) * t / (1 - t**2)
    return _gumbel(d, n) + (pi**2 / 6 + EulerGamma**2) / 2 * u * (u * curvature - 1)


def _gumbel_variance(d: Expr, n: Expr) -> Expr:
    return pi**2 / 6 * _typical(d, n)[1] ** 2


def _exponential(d: Expr, n: Expr) -> Expr:
    return sqrt(1 - n ** (-2 / d))


class ElementaryCosine(SpecialFunction):
    """m with 1 − m² = Γ(1 + 1/a)(2a B(1/2, a) m/n)^{1/a}, a = (d − 1)/2, of d and log n.

    With m² = e^η/(1 + e^η) the logarithm of the equation is convex in η and increasing.

    Examples
    --------
    >>> import sympy
    >>> from theorycalc.quantization.extremes.regimes import ElementaryCosine
    >>> sympy.N(ElementaryCosine(3, sympy.log(10)), 20)   # 1 − m² = 4m/10
    0.81980390271855696601
    """

    nargs = 2

    @staticmethod
    def domain(d, level):
        return (d > 1) & (level > 0)

    def _eval_is_extended_real(self):
        return True

    @staticmethod
    def in_ball(context, d, level):
        one, half = context.number(S.One), context.number(S.Half)
        a = (d - one) * half
        log_size = context.apply("log", 2 * a * context.apply("beta", half, a)) - level
        constant = context.apply("log", context.apply("gamma", one + one / a)) + log_size / a

        def equation(eta):
            log_rest = context.apply("log1p", context.apply("exp", eta))  # −log(1 − m²)
            square = one / (one + context.apply("exp", -eta))
            value = constant + (eta - log_rest) / (2 * a) + log_rest
            return value, (one - square) / (2 * a) + square

        start = context.apply("log", context.apply("expm1", 2 * level / d))
        eta = increasing_root(context, equation, one - one, start)
        return one / context.apply("sqrt", one + context.apply("exp", -eta))

    @classmethod
    def in_mp(cls, context, d, level):
        return through_balls(context, cls.in_ball, d, level)


def _exponential_corrected(d: Expr, n: Expr) -> Expr:
    return ElementaryCosine(d, log(n))


def _subexponential(d: Expr, n: Expr) -> Expr:
    return sqrt(2 * log(n) / d)


def _no_variance(d: Expr, n: Expr) -> Expr:
    return S.Zero


REGIMES = {
    regime.name: regime
    for regime in (
        Regime("n fixed", tuple(map(_few, (1, 2, 3))), _few_variance, remainder=_few_remainder),
        Regime("d fixed", tuple(map(_many, (1, 2, 3))), _many_variance),
        Regime("extreme values", (_gumbel, _gumbel_corrected), _gumbel_variance),
        Regime("log n = αd", (_exponential, _exponential_corrected), _no_variance),
        Regime("log n/d → 0", (_subexponential,), _no_variance, beyond=_gumbel_corrected),
    )
}
