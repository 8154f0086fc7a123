"""∫_0^∞ s^{k−2} ν(s) ds with ν(s)² = E max(Z − s, 0)², enclosed by Gauss–Legendre rules.

ν = e^{−s²/4} √h, and h(s) = ∫_0^∞ u² e^{−u²/2 − us} du/√(2π) is entire with |h(s)| ≤ h(Re s). √h is
analytic where h has no zero: for Re s ≥ 0 (the proof is with `gaussian_bias_constant`), and for
|s| ≤ 2/5, where |h(s) − h(0)| ≤ h(−2/5) − h(0) < h(0) = 1/2. There |h| < 1.
"""

import itertools
import math

import numpy as np
import sympy
from sympy import Expr, Rational, S, erfc, exp, oo, pi, sqrt, uppergamma

from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.effort import remembered
from theorycalc.core.arithmetic.special_arrays import by_balls
from theorycalc.core.integration.integral import Integral, Tail
from theorycalc.core.lowering import lower
from theorycalc.core.special import SpecialFunction

_S = sympy.Dummy("s", positive=True)
# ν² in closed form loses the bits of s⁴.
_GUARD_BITS = 48
_FIRST_PANELS = (S.Zero, Rational(1, 5), Rational(3, 5), Rational(9, 5))
_PANEL = 3
_ZERO_FREE = 0.4
# Bernstein ellipses that are tried on every panel, by the sum of their semi-axes.
_ELLIPSES = (2.0, 2.5, 3.0, 3.7, 4.5, 5.8)
# Ellipses and exponents are rounded to doubles: an error of this size is charged.
_ROUNDING = 1e-9
# What rounding to a double changes, with room for what is rounded.
_ROUNDED = 9 / 16 * np.finfo(float).eps


class GaussianBiasConstant(SpecialFunction):
    """I_k = ∫_0^∞ s^{k−2} ν(s) ds, ν(s)² = E max(Z − s, 0)² for Z ~ N(0, 1), k ≥ 2 an integer."""

    nargs = 1

    @staticmethod
    def domain(k):
        return k > 1

    @staticmethod
    def reach(k):
        return k <= 2000

    def _eval_is_positive(self):
        return True

    @classmethod
    def definition(cls, k):
        body = _S ** (k - 2) * relu_root_mean_square(_S)
        tail = Tail(tail_bound(k, _S), _S)
        # quadratures without enclosures like short panels
        return Integral(body, _S, 0, oo, kinks=(1, 3, 7), tails={oo: tail})

    @staticmethod
    def in_ball(context, k):
        return enclosure(context.integer(k), context.bits)

    @staticmethod
    def double(k):
        values = by_balls(GaussianBiasConstant.in_ball, k)
        return values, _ROUNDED * values

    def in_latex(self, printer):
        return f"I_{{{printer._print(self.args[0])}}}"


def relu_root_mean_square(s: Expr) -> Expr:
    """ν(s)."""
    density = exp(-(s**2) / 2) / sqrt(2 * pi)
    return sqrt((1 + s**2) * erfc(s / sqrt(2)) / 2 - s * density)


def tail_bound(k: Expr, s: Expr) -> Expr:
    """A bound on the integral beyond s.

    ν(t)² = ∫_0^∞ u² φ(t + u) du ≤ φ(t) ∫_0^∞ u² e^{−tu} du = 2φ(t)/t³.
    """
    half = (k - Rational(5, 2)) / 2
    return sqrt(2) / (2 * pi) ** Rational(1, 4) * 4**half / 2 * uppergamma(half, s**2 / 4)


@remembered(maxsize=256)
def enclosure(k: int, bits: int):
    """The integral with a relative error of about 2^−bits."""
    with working_precision(bits + _GUARD_BITS):
        context = BallContext()
        # the bound on what lies beyond 1 has the size of the integral where that is large
        scale = math.log2(max(float(tail_bound(S(k), S.One)), 0.5))
        wanted = scale - bits
        *points, error = _panels(context, k, wanted)
        program = lower(_S ** (k - 2) * relu_root_mean_square(_S), (_S,))
        total = context.number(S.Zero)
        for left, right in itertools.pairwise(points):
            size, slack = _rule(float(left), float(right), k, wanted)
            error = error + _power_of_two(context, slack)
            half, centre = (context.number(x / 2) for x in (right - left, right + left))
            for x, weight in context.gauss_rule(size):
                total = total + half * weight * program.run(context, [centre + half * x])
        return context.widen(total, error)


def _panels(context, k: int, wanted: float) -> list:
    """Ends of panels, then a bound on the integral beyond the last of them."""
    points = [*_FIRST_PANELS]
    bound = lower(tail_bound(S(k), _S), (_S,))
    most = _power_of_two(context, wanted)
    while True:
        points.append(points[-1] + _PANEL)
        tail = bound.run(context, [context.number(points[-1])])
        if context.compare("<", tail, most):
            return [*points, tail]


def _rule(left: float, right: float, k: int, wanted: float) -> tuple[int, float]:
    """(nodes, log2 of the error) of the shortest rule on a panel that is good enough.

    A rule with n nodes errs by at most (64/15) M r ρ^{−2(n−1)}/(1 − ρ^{−2}) with a bound M in the
    ellipse and half the length r (Trefethen, Approximation Theory and Approximation Practice,
    Theorem 19.3).
    """
    best = None
    centre, half = (left + right) / 2, (right - left) / 2
    for rho in _ELLIPSES:
        across, height = half * (rho + 1 / rho) / 2, half * (rho - 1 / rho) / 2
        low, high = centre - across, centre + across
        if low < _ROUNDING and high > _ZERO_FREE:
            continue
        bound = (k - 2) * math.log2(math.hypot(high, height))
        bound += (height**2 - max(low, 0) ** 2) / (4 * math.log(2))
        bound += math.log2(64 / 15 * half / (1 - rho**-2)) + _ROUNDING
        size = 1 + max(1, math.ceil((bound - wanted) / (2 * math.log2(rho))))
        if best is None or size < best[0]:
            best = size, bound - 2 * (size - 1) * math.log2(rho) + _ROUNDING
    return best


def _power_of_two(context, exponent: float):
    return context.power(context.number(S(2)), context.number(Rational(exponent)))
