"""E max(T − s, 0)^k for one coordinate T of a law: to all digits, however far out s is.

The densities g obey Pearson's equation (w g)' = −κ t g with w = α + β t². From it

    (κ − β(k−1)) M_k = −s (κ − 2β(k−1)) M_{k−1} + (k−1) w(s) M_{k−2},    κ M_1 = w(s) g(s) − κ s M_0

for M_k(s) = E max(T − s, 0)^k: the closed forms, which cancel for large s. There a hypergeometric
function of positive terms is computed instead.
"""

import math
from functools import lru_cache

import numpy as np
import sympy
from sympy import Expr, S

from theorycalc.core.arithmetic.special_arrays import by_balls, repaired
from theorycalc.core.lowering import lower
from theorycalc.core.program import Program
from theorycalc.core.special import SpecialFunction

ARGUMENT = sympy.Dummy("s", real=True)
_SUM = sympy.printing.precedence.PRECEDENCE["Add"]


class TailMoment(SpecialFunction):
    """E max(T − s, 0)^k of a symmetric law; the arguments are k, the law's parameters, and s.

    A family states Pearson's α, β, κ, its density, the tail P(T > s), and for s > 0 a sum of
    positive terms, ``far``. The recursion is used below ``near``, ``far`` above it. A law on
    [−1, 1] says so by ``bounded``. ``in_hardware`` has (values, error bounds) on arrays.
    """

    parameters: tuple = ()
    near = S.One
    bounded = False
    holomorphic_in = (-1,)

    @classmethod
    def eval(cls, k, *args):
        *parameters, s = args
        if s.is_zero and k % 2 == 0:
            return cls.combined(k, parameters, S.Zero, S.Half, S.Zero)
        if cls.bounded and (s - 1).is_nonnegative:
            return S.Zero
        if cls.bounded and (s + 1).is_nonpositive:
            return cls.combined(k, parameters, s, S.One, S.Zero)
        return None

    @classmethod
    def combined(cls, k, parameters, s, mass, density) -> Expr:
        """M_k from M_0 and g; M_0 = 1 and g = 0 give E (T − s)^k."""
        values = dict(zip((*cls.parameters, ARGUMENT), (*parameters, s), strict=True))
        of_mass, of_density = (part.xreplace(values) for part in _recursion(cls, int(k)))
        return of_mass * mass + of_density * density

    @classmethod
    def definition(cls, k, *args):
        *parameters, s = args
        tail, density = cls.tail(*parameters, s), cls.density(*parameters, s)
        inside = cls.combined(k, parameters, s, tail, density)
        if not cls.bounded:
            return inside
        whole = cls.combined(k, parameters, s, S.One, S.Zero)
        return sympy.Piecewise((whole, s <= -1), (inside, s < 1), (S.Zero, True))

    def slope(self, k, *rest):
        *parameters, s = rest
        if k:
            return -k * self.func(k - 1, *parameters, s)
        density = self.density(*parameters, s)
        return -sympy.Piecewise((density, abs(s) < 1), (0, True)) if self.bounded else -density

    def _eval_is_extended_real(self):
        return True

    def _eval_is_extended_nonnegative(self):
        return True

    def _eval_expand_func(self, **hints):
        return self.definition(*self.args)

    @classmethod
    def in_mp(cls, context, k, *args):
        *parameters, s = args
        return cls.at_point(context, context.integer(k), parameters, s)

    @classmethod
    def at_point(cls, context, k: int, parameters, s):
        """M_k where s is a number without radius."""
        zero, one = context.number(S.Zero), context.number(S.One)
        if context.compare("<", s, zero):
            whole = _program(cls, "whole", k).run(context, [*parameters, s])
            return whole - (-1) ** k * cls.at_point(context, k, parameters, -s)
        if cls.bounded and context.compare(">=", s, one):
            return zero
        which = "near" if context.compare("<", s, context.number(cls.near)) else "far"
        return _program(cls, which, k).run(context, [*parameters, s])

    @classmethod
    def in_ball(cls, context, k, *args):
        """By a Taylor polynomial at the centre: its remainder is known from the density."""
        *parameters, s = args
        k, centre = context.integer(k), context.midpoint(s)
        step = s - centre
        inside = cls._is_inside(context, s)
        if inside is False or context.vanishes(step):
            return cls.at_point(context, k, parameters, s)
        if inside and context.negligible(step * step):
            return cls.at_point(context, k, parameters, s)  # a number with its rounding error
        order, remainder = k, context.hull(*map(context.number, (S.Zero, S.One)))
        if inside:
            density = _program(cls, "density", k).run(context, [*parameters, s])
            order, remainder = k + 1, density / (k + 1)
        elif context.analytic or not context.is_real(s):
            return context.select([])  # nothing is known: not analytic at ±1
        total, power = context.number(S.Zero), context.number(S.One)
        for j in range(order):
            term = cls.at_point(context, k - j, parameters, centre)
            total = total + math.comb(k, j) * power * term
            power = power * -step
        return total + power * remainder

    @classmethod
    def _is_inside(cls, context, s) -> bool | None:
        """Whether s lies where the law has a density; None if it is too close to call."""
        if not cls.bounded:
            return True
        one = context.number(S.One)
        return context.all([context.compare("<", -one, s), context.compare("<", s, one)])

    @classmethod
    def double(cls, k, *args):
        """Hardware doubles, and balls where these lose digits."""
        k = int(k)
        return repaired(
            lambda *xs: cls.in_hardware(k, *xs),
            lambda context, *xs: cls.in_ball(context, k, *xs),
            *args,
        )

    def _latex(self, printer, exp=None):
        k, *_, s = self.args
        name = self.symbol_latex(printer)
        inside = rf"\left({name} - {printer.parenthesize(s, _SUM)}\right)_{{+}}^{{{k}}}"
        text = rf"\mathbb{{E}}\left[{inside}\right]"
        return text if exp is None else rf"{text}^{{{exp}}}"


def density_at_zero(cls: type[TailMoment], parameter) -> np.ndarray:
    """g(0) in doubles."""
    density = _program(cls, "density", 0)
    return by_balls(lambda context, x: density.run(context, [x, context.number(S.Zero)]), parameter)


@lru_cache(maxsize=64)
def _recursion(cls: type[TailMoment], k: int) -> tuple[Expr, Expr]:
    """The factors of M_0 and g in M_k, in the parameters and s."""
    mass, density = sympy.Dummy("mass"), sympy.Dummy("density")
    alpha, curve, kappa = cls.pearson(*cls.parameters)
    weight = alpha + curve * ARGUMENT**2
    below, now = density, mass  # below stands for (j − 1) M_{j−2}
    for j in range(1, k + 1):
        drift = ARGUMENT * (kappa - 2 * curve * (j - 1))
        new = (weight * below - drift * now) / (kappa - curve * (j - 1))
        below, now = j * now, new
    return tuple(sympy.factor(now.diff(part)) for part in (mass, density))


@lru_cache(maxsize=256)
def _program(cls: type[TailMoment], which: str, k: int) -> Program:
    """One of the formulas for M_k, as a program of (parameters, s)."""
    parameters, s = cls.parameters, ARGUMENT
    density = cls.density(*parameters, s)
    formula = {
        "whole": lambda: cls.combined(k, parameters, s, S.One, S.Zero),
        "near": lambda: cls.combined(k, parameters, s, cls.tail(*parameters, s), density),
        "far": lambda: cls.far(k, *parameters, s),
        "density": lambda: density,
    }[which]()
    return lower(formula, (*parameters, s))
