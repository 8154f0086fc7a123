"""The family of ReLU: powers on half-lines, whose duals are functions of the angle."""

from dataclasses import dataclass

import sympy
from sympy import Expr, S, cos, factorial2, pi, sin, sqrt

from theorycalc.activations import Activation, z
from theorycalc.core.integration.kinks import branch_at
from theorycalc.kernels.duals.arc_cosine import AngularLoss, angular, angular_polynomials, c
from theorycalc.kernels.duals.families._family import Family, no_tangent_kernel


@dataclass(frozen=True)
class Homogeneous(Family):
    """φ(z) = β z_+^p + α (−z)_+^p: ReLU and its powers, leaky ReLU, abs, sign, step, monomials.

    With kink = (β + (−1)^{p−1}α)² and smooth = (−1)^p αβ,
    K = (q₁₁q₂₂)^{p/2} [kink·J_p(θ)/(2π) + smooth·B_p(cos θ)].
    """

    degree: int
    alpha: Expr
    beta: Expr

    @classmethod
    def of(cls, activation: Activation) -> "Homogeneous | None":
        if activation.kinks not in ((), (0,)):
            return None
        left, right = (branch_at(activation.expr, z, point).as_poly(z) for point in (-S.One, S.One))
        if left is None or right is None or (left.is_zero and right.is_zero):
            return None
        degrees = {
            m for poly in (left, right) for (m,), coefficient in poly.terms() if coefficient != 0
        }
        if len(degrees) != 1:
            return None
        (p,) = degrees
        return cls(p, left.nth(p) * (-1) ** p, right.nth(p))

    @property
    def kink(self) -> Expr:
        """The square of the jump of the p-th derivative, over p!²."""
        return (self.beta + (-1) ** (self.degree + 1) * self.alpha) ** 2

    @property
    def smooth(self) -> Expr:
        """What a monomial has instead."""
        return (-1) ** self.degree * self.alpha * self.beta

    @property
    def variance(self) -> Expr:
        """E φ(Z)²."""
        return factorial2(2 * self.degree - 1) * (self.kink / 2 + self.smooth)

    @property
    def derivative(self) -> "Homogeneous":
        """The family of φ'.

        Raises
        ------
        NotSupportedError
            If φ has a jump: the dual of its derivative is infinite at coincident inputs.
        """
        if self.degree == 0 and self.kink != 0:
            raise no_tangent_kernel()
        p = self.degree
        return Homogeneous(max(p - 1, 0), -p * self.alpha, p * self.beta)

    @property
    def is_monomial(self) -> bool:
        """Whether φ is a multiple of z^p: then K is a polynomial and needs no angle."""
        return self.kink == 0

    @property
    def is_even(self) -> bool:
        """Whether φ is a multiple of |z|^p, p odd: then K(π − θ) = K(θ)."""
        return self.degree % 2 == 1 and self.kink == -4 * self.smooth

    @property
    def has_gap(self) -> bool:
        return not self.is_monomial

    def mean(self, q: Expr) -> Expr:
        """E φ(√q Z) = (α + β) E Z_+^p q^{p/2}."""
        p = sympy.Integer(self.degree)
        unit = 2 ** (p / 2 - 1) * sympy.gamma((p + 1) / 2) / sqrt(pi)
        return (self.alpha + self.beta) * unit * sqrt(q) ** self.degree

    def second_moment(self, q: Expr) -> Expr:
        """E φ(√q Z)²."""
        return self.variance * q**self.degree

    def at_angle(self, theta: Expr) -> Expr:
        """K at unit variances."""
        b = _smooth_part(self.degree).as_expr().subs(c, cos(theta))
        return self.kink * angular(self.degree, theta) / (2 * pi) + self.smooth * b

    def loss(self, theta: Expr) -> Expr:
        """Variance − K at unit variances, as a sum of terms that do not cancel."""
        p = self.degree
        theta = sympy.Min(theta, pi - theta) if self.is_even else theta
        quotient = _smooth_difference(p).quo(sympy.Poly(1 - c, c)).as_expr().subs(c, cos(theta))
        lost = self.kink * factorial2(2 * p - 1) / 2 * AngularLoss(p, theta)
        return lost + self.smooth * 2 * sin(theta / 2) ** 2 * quotient

    def gain(self, theta: Expr) -> Expr:
        """Variance + K at unit variances, likewise."""
        p = self.degree
        kept = self.kink * factorial2(2 * p - 1) / 2 * (2 - AngularLoss(p, theta))
        b = _smooth_part(p)
        total = b + b.eval(1)
        if p % 2 == 0:
            return kept + self.smooth * total.as_expr().subs(c, cos(theta))
        quotient = total.quo(sympy.Poly(1 + c, c)).as_expr().subs(c, cos(theta))
        return kept + self.smooth * 2 * cos(theta / 2) ** 2 * quotient

    def covariance(self, q11: Expr, q12: Expr, q22: Expr, theta: Expr) -> Expr:
        """K of the pair; θ is its angle."""
        if self.is_monomial:
            powers = _smooth_part(self.degree).terms()
            return self.smooth * sum(
                b * q12**j * (q11 * q22) ** ((self.degree - j) // 2) for (j,), b in powers
            )
        return (sqrt(q11) * sqrt(q22)) ** self.degree * self.at_angle(theta)

    def slope_covariance(self, q11: Expr, q12: Expr, q22: Expr, theta: Expr) -> Expr:
        return self.derivative.covariance(q11, q12, q22, theta)

    def slope_second_moment(self, q: Expr) -> Expr:
        return self.derivative.second_moment(q)

    def slope_of_order(self, order: int, q11: Expr, q12: Expr, q22: Expr, theta: Expr) -> Expr:
        """∂ⁿK/∂q₁₂ⁿ of the pair: beyond the p-th, derivatives of kink/(2π sin θ)."""
        family = self
        while order and (family.degree or family.is_monomial):
            family, order = family.derivative, order - 1
        if order == 0:
            return family.covariance(q11, q12, q22, theta)
        numerator = _bent_sine(order - 1).as_expr().subs(c, cos(theta))
        return (
            family.kink
            * numerator
            / (2 * pi * sin(theta) ** (2 * order - 1) * (sqrt(q11) * sqrt(q22)) ** order)
        )


def _smooth_part(p: int) -> sympy.Poly:
    return angular_polynomials(p)[1]


def _bent_sine(m: int) -> sympy.Poly:
    """P with (d/dc)^m (1 − c²)^{−1/2} = P(c) (1 − c²)^{−m−1/2}."""
    numerator = sympy.Poly(1, c)
    for i in range(m):
        numerator = sympy.Poly(1 - c**2, c) * numerator.diff() + (2 * i + 1) * c * numerator
    return numerator


def _smooth_difference(p: int) -> sympy.Poly:
    b = _smooth_part(p)
    return b.eval(1) - b
