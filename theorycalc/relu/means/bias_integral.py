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
from theorycalc.core.integration.certified_panels import panel_integral
from theorycalc.core.integration.cut_off import cut_off
from theorycalc.core.integration.integral import Integral, Tail
from theorycalc.core.lowering import lower
from theorycalc.core.special import SpecialFunction

_S = sympy.Dummy("s", positive=True)
# ν² in closed form loses the bits of s⁴.
_GUARD_BITS = 48
# Where panels end, and the longest of them.
_ENDS = (S.Zero, Rational(1, 5), Rational(3, 5), Rational(9, 5))
_PANEL = 3
_ZERO_FREE = 0.4
# More than what rounding to doubles changes in the ends of panels.
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
        ends, bound = [*map(context.number, _ENDS)], lower(tail_bound(S(k), _S), (_S,))
        program = lower(_S ** (k - 2) * relu_root_mean_square(_S), (_S,))

        def beyond(s):
            return bound.run(context, [s])

        # the bound on what lies beyond 1 has the size of the integral where that is large
        size = context.apply("max", beyond(context.number(S.One)), context.number(S.Half))
        most = size * context.number(S(2)) ** -bits
        places = (ends[-1] + _PANEL * i for i in itertools.count(1))
        last, error = cut_off(context, beyond, places, most)
        total = panel_integral(
            None, lambda s: program.run(context, [s]), [*ends, last], _log_size(k), most, _PANEL
        )
        return context.widen(total, error)


def _log_size(k: int):
    """The logarithm of a bound on |s^{k−2} ν(s)|, infinite where ν may not be holomorphic."""

    def bound(centre: float, width: float, height: float) -> float:
        low, high = centre - width, centre + width
        largest = math.hypot(high, height)
        if low < _ROUNDING and largest > _ZERO_FREE:
            return math.inf
        return (height**2 - max(low, 0.0) ** 2) / 4 + (k - 2) * math.log(largest)

    return bound
