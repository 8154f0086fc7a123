"""The arc-cosine functions J_p(θ), and the special functions that keep angles accurate."""

from functools import cache

import sympy
from sympy import cos, factorial2, pi, sin

from theorycalc.core.special import SpecialFunction

c = sympy.Symbol("c", real=True)


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

    @classmethod
    def eval(cls, p, theta):
        return sympy.S.Zero if theta.is_zero else None

    @classmethod
    def definition(cls, p, theta):
        return 1 - angular(int(p), theta) / angular_at_zero(int(p))

    @staticmethod
    def in_ball(context, p, theta):
        p = context.integer(p)
        smooth = angular_polynomials(p)[1]
        quotient = (smooth.eval(1) - smooth).quo(sympy.Poly(1 - c, c))
        half_sine = context.apply("sin", theta / 2)
        # not half_sine**2: python-flint 0.9 makes a power of a ball around 0 nan
        kept = 2 * half_sine * half_sine * _at_cosine(context, quotient, theta)
        defect = _defect(context, p, theta)
        return (kept - defect / context.number(pi)) / context.number(factorial2(2 * p - 1))

    @staticmethod
    def double(p, theta):
        import numpy as np

        from theorycalc.kernels import numeric

        p, theta = int(p), np.asarray(theta, dtype=float)
        below = polynomial_arrays(max(p - 1, 0))
        odd = float(factorial2(2 * p - 1))
        losses = numeric.angular_losses(p, odd, *below, theta.ravel()).reshape(theta.shape)
        return losses, 4e-15 * losses

    def _eval_is_nonnegative(self):
        return True

    def _latex(self, printer):
        return printer._print(sympy.expand_func(self))

    _pretty = _latex


def _defect(context, p: int, theta):
    """D_p = J_p(θ) − π B_p(cos θ) on a ball, of order θ^{2p+1} near 0.

    Written out it cancels, and a ball does not see that. Since D_p' = −p² sin θ D_{p−1}, the mean
    value theorem gives an enclosure that shrinks with the ball.
    """
    if p == 0:
        return -theta
    centre = context.midpoint(theta)
    a, b = (_at_cosine(context, polynomial, centre) for polynomial in angular_polynomials(p))
    value = a * context.apply("sin", centre) - b * centre
    slope = -(p**2) * context.apply("sin", theta) * _defect(context, p - 1, theta)
    return value + slope * (theta - centre)


def _at_cosine(context, polynomial: sympy.Poly, theta):
    """A polynomial with rational coefficients at cos θ, by Horner's rule."""
    cosine, total = context.apply("cos", theta), context.number(sympy.S.Zero)
    for coefficient in polynomial.all_coeffs():
        total = total * cosine + context.number(coefficient)
    return total


class CorrelationAngle(SpecialFunction):
    """The angle with cosine (plus − minus)/(plus + minus), accurate at both ends.

    ``minus`` and ``plus`` are √(q₁₁q₂₂) − q₁₂ and √(q₁₁q₂₂) + q₁₂ of a covariance, up to a common
    factor: an angle near 0 is decided by ``minus``, one near π by ``plus``.
    """

    nargs = 2

    @classmethod
    def eval(cls, minus, plus):
        if minus.is_zero:
            return sympy.S.Zero
        return pi if plus.is_zero else None

    @classmethod
    def definition(cls, minus, plus):
        return 2 * sympy.atan2(sympy.sqrt(minus), sympy.sqrt(plus))

    @staticmethod
    def in_ball(context, minus, plus):
        zero = context.number(sympy.S.Zero)

        def root(x):
            # not negative by their meaning; a ball that straddles 0 does not know that
            if not context.analytic and not context.compare(">=", x, zero):
                x = context.apply("max", x, zero)
            return context.apply("sqrt", x)

        return 2 * context.atan2(root(minus), root(plus))

    def _eval_is_nonnegative(self):
        return True

    def cosine(self) -> sympy.Expr:
        """Its cosine, for print."""
        minus, plus = map(sympy.expand_func, self.args)
        return sympy.factor_terms(sympy.expand(plus - minus) / sympy.expand(plus + minus))

    def _latex(self, printer):
        return printer._print(sympy.acos(self.cosine()))

    _pretty = _latex


def polynomial_arrays(p: int) -> tuple:
    """The two polynomials of J_p as float arrays, highest power first."""
    import numpy as np

    return tuple(np.array(poly.all_coeffs(), dtype=float) for poly in angular_polynomials(p))
