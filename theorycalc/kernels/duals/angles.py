"""Angles of pairs of inputs, from sums that do not cancel."""

import sympy
from sympy import pi

from theorycalc.core.functions import MeanValue
from theorycalc.core.special import SpecialFunction
from theorycalc.kernels.duals.arc_cosine import AngularLoss, with_powers


class CorrelationAngle(SpecialFunction):
    """The angle with cosine (plus − minus)/(plus + minus), accurate at both ends.

    ``minus`` and ``plus`` are √(q₁₁q₂₂) − q₁₂ and √(q₁₁q₂₂) + q₁₂ of a covariance, up to a common
    factor: an angle near 0 is decided by ``minus``, one near π by ``plus``.
    """

    nargs = 2
    holomorphic_in = (0, 1)

    @classmethod
    def eval(cls, minus, plus):
        if minus.is_zero:
            return sympy.S.Zero
        return pi if plus.is_zero else None

    @classmethod
    def definition(cls, minus, plus):
        return 2 * sympy.atan2(sympy.sqrt(minus), sympy.sqrt(plus))

    @staticmethod
    def in_mp(context, minus, plus):
        return 2 * _angle_in_mp(context, *(context.apply("sqrt", x) for x in (minus, plus)))

    @staticmethod
    def in_ball(context, minus, plus):
        if context.vanishes(minus) and context.vanishes(plus):
            return _any_angle(context)
        return 2 * context.atan2(_root(context, minus), _root(context, plus))

    def _eval_is_nonnegative(self):
        return True

    def _eval_rewrite_as_analytic(self, minus, plus, **hints):
        """For enclosures: analytic at θ = 0 where ``minus`` is of the order θ² in an angle θ."""
        angles = {loss.args[1] for loss in minus.atoms(AngularLoss) if loss.args[0] >= 1}
        if len(angles) != 1 or (minus.free_symbols | plus.free_symbols) - angles:
            return 2 * sympy.atan(sympy.sqrt(minus) / sympy.sqrt(plus))
        (theta,), x = angles, sympy.Dummy("x", positive=True)
        minus, plus = minus.subs(theta, x), plus.subs(theta, x)
        turn = (minus.diff(x) * plus - minus * plus.diff(x)) / (minus + plus)
        minus, plus, turn = (with_powers(part, x) for part in (minus, plus, turn))
        slope = turn / (sympy.sqrt(minus) * sympy.sqrt(plus))
        value = 2 * sympy.atan(sympy.sqrt(minus) / sympy.sqrt(plus))
        return MeanValue(sympy.Lambda(x, value), sympy.Lambda(x, slope), theta)

    def cosine(self) -> sympy.Expr:
        """Its cosine, for print."""
        minus, plus = map(sympy.expand_func, self.args)
        return sympy.factor_terms(sympy.expand(plus - minus) / sympy.expand(plus + minus))

    def in_latex(self, printer):
        return printer._print(sympy.acos(self.cosine()))

    _pretty = in_latex


class PairAngle(SpecialFunction):
    """The angle of two inputs, from the determinant of their covariances and the mixed one."""

    nargs = 2
    holomorphic_in = (0, 1)

    @classmethod
    def eval(cls, determinant, mixed):
        if determinant.is_number and mixed.is_number and not (determinant == 0 == mixed):
            return cls.definition(determinant, mixed)
        return None

    @classmethod
    def definition(cls, determinant, mixed):
        return sympy.atan2(sympy.sqrt(determinant), mixed)

    @staticmethod
    def in_mp(context, determinant, mixed):
        return _angle_in_mp(context, context.apply("sqrt", determinant), mixed)

    @staticmethod
    def in_ball(context, determinant, mixed):
        if context.vanishes(determinant) and context.vanishes(mixed):
            return _any_angle(context)
        return context.atan2(context.apply("sqrt", determinant), mixed)

    def _eval_is_nonnegative(self):
        return True

    def in_latex(self, printer):
        return printer._print(self.definition(*self.args))

    _pretty = in_latex


def _angle_in_mp(context, y, x):
    """The angle of (x, y); an input that vanishes has any, and two runs show whether it matters."""
    if x == 0 and y == 0:
        return context.number(sympy.S.Zero if context.decide(y, True) else pi)
    return context.atan2(y, x)


def _any_angle(context):
    """What is known of the angle with an input that vanishes."""
    return context.hull(context.number(sympy.S.Zero), context.number(pi))


def _root(context, x):
    """√x of what is not negative by its meaning; a ball that straddles 0 does not know that."""
    zero = context.number(sympy.S.Zero)
    if not context.analytic and not context.compare(">=", x, zero):
        x = context.apply("max", x, zero)
    return context.apply("sqrt", x)
