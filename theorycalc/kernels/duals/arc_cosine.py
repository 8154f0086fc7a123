"""The arc-cosine functions J_p(θ), and the special functions that keep angles accurate."""

from functools import cache

import numpy as np
import sympy
from sympy import Rational, S, cos, factorial2, pi, sin

from theorycalc.core.special import SpecialFunction
from theorycalc.kernels.duals import arc_cosine_in_doubles as in_doubles

c = sympy.Symbol("c", real=True)
# From here on the loss over θ² has narrower enclosures than what holds on the segment from 0 to θ.
_FAR = 2


@cache
def angular_polynomials(p: int) -> tuple[sympy.Poly, sympy.Poly]:
    """(A, B) with J_p(θ) = A(cos θ) sin θ + B(cos θ)(π − θ).

    J_p = sin^{2p+1}θ (d/dcos θ)^p [(π − θ)/sin θ] (Cho and Saul, NeurIPS 2009, eq. 4); one more
    derivative turns (A, B) of p into those of p + 1.
    """
    if p == 0:
        return sympy.Poly(0, c), sympy.Poly(1, c)
    a, b = angular_polynomials(p - 1)
    weight, m = sympy.Poly(1 - c**2, c), p - 1
    return weight * a.diff() + 2 * m * c * a + b, weight * b.diff() + (2 * m + 1) * c * b


def angular(p: int, theta: sympy.Expr) -> sympy.Expr:
    """J_p(θ), written with the angle."""
    a, b = (polynomial.as_expr().subs(c, cos(theta)) for polynomial in angular_polynomials(p))
    return a * sin(theta) + b * (pi - theta)


def angular_at_zero(p: int) -> sympy.Expr:
    """J_p(0) = π (2p − 1)!!."""
    return pi * factorial2(2 * p - 1)


class AngularLoss(SpecialFunction):
    """1 − J_p(θ)/J_p(0): what a layer takes off the correlation of two inputs at angle θ.

    Near θ = 0 the difference cancels; doubles integrate its derivative p² J_{p−1}(t) sin t instead.
    """

    nargs = 2
    holomorphic_in = (1,)

    @staticmethod
    def domain(p, theta):
        return sympy.Contains(p, sympy.S.Naturals0)

    @classmethod
    def eval(cls, p, theta):
        return sympy.S.Zero if theta.is_zero else None

    @classmethod
    def definition(cls, p, theta):
        return 1 - angular(int(p), theta) / angular_at_zero(int(p))

    @staticmethod
    def in_mp(context, p, theta):
        """The difference with as many more bits as it loses near θ = 0."""
        if theta == 0:
            return theta
        with context.mp.workprec(context.bits + 16 + 3 * max(0, -context.mp.mag(theta))):
            value = _loss_at(context, context.integer(p), theta)
        return value / int(factorial2(2 * context.integer(p) - 1))

    @staticmethod
    def in_ball(context, p, theta):
        """The value at the centre and the mean value theorem: near θ = 0 a radius shrinks."""
        p = context.integer(p)
        odd, centre = int(factorial2(2 * p - 1)), context.midpoint(theta)
        rest, value = theta - centre, _loss_at(context, p, centre) / odd
        if context.vanishes(rest):
            return value
        if p == 0:
            return value + rest / context.number(pi)
        slope = p**2 * context.apply("sin", theta) * _angular_at(context, p - 1, theta)
        return value + slope * rest / (context.number(pi) * odd)

    @staticmethod
    def double(p, theta):
        p, theta = int(p), np.asarray(theta, dtype=float)
        below = polynomial_arrays(max(p - 1, 0))
        odd = float(factorial2(2 * p - 1))
        losses = in_doubles.angular_losses(p, odd, *below, theta.ravel()).reshape(theta.shape)
        # the terms of J_{p−1} sin, without their signs, add up to four times the loss at most: they
        # are as large beyond π/2 as before, where J is half of them or more. Roundings of a term:
        # three for each degree, of the sum one for each node
        units = 3 * p + 16 + in_doubles.angular_nodes(p)
        return losses, 4 * units * np.finfo(float).eps / 2 * losses

    def slope(self, p, theta):
        if p == 0:
            return 1 / pi
        return p**2 * sin(theta) * angular(int(p) - 1, theta) / (pi * factorial2(2 * p - 1))

    def _eval_is_nonnegative(self):
        return True

    def in_latex(self, printer):
        return printer._print(sympy.expand_func(self))

    _pretty = in_latex


class AngularLossRatio(SpecialFunction):
    """`AngularLoss` divided by θ², for p ≥ 1: analytic at θ = 0, and on balls around it."""

    nargs = 2
    holomorphic_in = (1,)

    @classmethod
    def definition(cls, p, theta):
        return AngularLoss(p, theta) / theta**2

    @staticmethod
    def in_mp(context, p, theta):
        if theta == 0:
            return p**2 / (2 * (2 * p - 1))
        return AngularLoss.in_mp(context, p, theta) / theta**2

    @staticmethod
    def in_ball(context, p, theta):
        """The mean value theorem, at the centre or at 0, whichever is nearer.

        L(θ)/θ² is a mean of (1 − u) L''(uθ) over 0 ≤ u ≤ 1, its slope that of (1 − u) u L'''(uθ).
        """
        centre, zero = context.midpoint(theta), context.number(S.Zero)
        if context.compare("<", _FAR, abs(theta)):
            return AngularLoss.in_ball(context, p, theta) / (theta * theta)
        p, rest = context.integer(p), theta - centre
        if context.compare("<", abs(rest), abs(centre)):
            value = AngularLoss.in_ball(context, p, centre) / (centre * centre)
        else:
            rest, value = theta, context.number(Rational(p**2, 2 * (2 * p - 1)))
        if context.vanishes(rest):
            return value
        return value + rest * _third_slope(context, p, context.hull(theta, zero)) / 6


def _third_slope(context, p: int, theta):
    """The third derivative of `AngularLoss`, from J_p' = −p² sin θ J_{p−1} and J_0' = −1."""
    sine, cosine = (context.apply(name, theta) for name in ("sin", "cos"))
    slope = -sine * _angular_at(context, p - 1, theta)
    if p == 1:
        slope = slope - 2 * cosine
    if p > 1:
        slope = slope - 3 * (p - 1) ** 2 * sine * cosine * _angular_at(context, p - 2, theta)
    if p == 2:
        slope = slope + sine * sine
    if p > 2:
        product = (p - 1) ** 2 * (p - 2) ** 2 * _angular_at(context, p - 3, theta)
        slope = slope + product * sine * sine * sine
    return p**2 * slope / (context.number(pi) * context.number(factorial2(2 * p - 1)))


def _angular_at(context, p: int, theta):
    """J_p on a ball."""
    cosine = context.apply("cos", theta)
    a, b = (_polynomial(coefficients, cosine) for coefficients in _coefficients(p)[:2])
    return a * context.apply("sin", theta) + b * (context.number(pi) - theta)


def _loss_at(context, p: int, theta):
    """(2p − 1)!! times the loss as it is written, the part that is even in θ apart."""
    sine, cosine = context.apply("sin", theta / 2), context.apply("cos", theta / 2)
    kept = 2 * sine * sine
    a, b, quotient = (_polynomial(coefficients, 1 - kept) for coefficients in _coefficients(p))
    return kept * quotient - (2 * a * sine * cosine - b * theta) / context.number(pi)


@cache
def _coefficients(p: int) -> tuple:
    """Those of A, B and (B(1) − B)/(1 − c), highest power first."""
    a, b = angular_polynomials(p)
    quotient = (b.eval(1) - b).quo(sympy.Poly(1 - c, c))
    return tuple(tuple(map(int, polynomial.all_coeffs())) for polynomial in (a, b, quotient))


def _polynomial(coefficients: tuple, x):
    """A polynomial by Horner's rule."""
    total = coefficients[0]
    for coefficient in coefficients[1:]:
        total = total * x + coefficient
    return total


def with_powers(expr: sympy.Expr, theta: sympy.Symbol) -> sympy.Expr:
    """What vanishes at θ = 0 as a power of θ times a function that does not."""
    expr = expr.replace(AngularLoss, lambda p, _: theta**2 * AngularLossRatio(p, theta))
    half = {
        sin(theta): theta * sympy.sinc(theta),
        sin(theta / 2): theta * sympy.sinc(theta / 2) / 2,
    }
    return sympy.factor_terms(expr.subs(half))


def polynomial_arrays(p: int) -> tuple:
    """The two polynomials of J_p as float arrays, highest power first."""
    return tuple(np.array(poly.all_coeffs(), dtype=float) for poly in angular_polynomials(p))
