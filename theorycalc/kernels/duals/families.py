"""Dual activations in closed form: K = E[φ(u)φ(v)] for a centred Gaussian pair (u, v)."""

from dataclasses import dataclass
from functools import lru_cache

import sympy
from sympy import Expr, S, asin, atan, cos, factorial2, pi, sin, sqrt

from theorycalc.activations import Activation, z
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.integration.kinks import branch_at
from theorycalc.kernels.duals import piecewise
from theorycalc.kernels.duals.arc_cosine import AngularLoss, angular, angular_polynomials, c


@dataclass(frozen=True)
class Homogeneous:
    """φ(z) = β z_+^p + α (−z)_+^p: ReLU and its powers, leaky ReLU, abs, sign, step, monomials.

    With kink = (β + (−1)^{p−1}α)² and smooth = (−1)^p αβ,
    K = (q₁₁q₂₂)^{p/2} [kink·J_p(θ)/(2π) + smooth·B_p(cos θ)].
    """

    degree: int
    alpha: Expr
    beta: Expr

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
    def mean(self) -> Expr:
        """E φ(Z) = (α + β) E Z_+^p."""
        p = sympy.Integer(self.degree)
        return (self.alpha + self.beta) * 2 ** (p / 2 - 1) * sympy.gamma((p + 1) / 2) / sqrt(pi)

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


@dataclass(frozen=True)
class Erf:
    """φ(z) = offset + scale·erf(slope·z)."""

    offset: Expr
    scale: Expr
    slope: Expr

    def second_moment(self, q: Expr) -> Expr:
        """E φ(√q Z)²: (2/π) asin(u/(1+u)), u = 2·slope²·q, written with q only once."""
        root = sqrt(1 + 4 * self.slope**2 * q)
        return self.offset**2 + self.scale**2 * (4 * atan(root) / pi - 1)

    def covariance(self, q11: Expr, q12: Expr, q22: Expr, theta: Expr | None = None) -> Expr:
        """K of the pair (Williams 1998); the angle is not needed."""
        t = 2 * self.slope**2
        norm = 1 + t * q11 if q11 == q22 else sqrt(1 + t * q11) * sqrt(1 + t * q22)
        return self.offset**2 + self.scale**2 * 2 / pi * asin(t * q12 / norm)

    def slope_covariance(self, q11: Expr, q12: Expr, q22: Expr) -> Expr:
        """E[φ'(u)φ'(v)]."""
        t = 2 * self.slope**2
        if q11 == q22:
            determinant = (1 + t * (q11 - q12)) * (1 + t * (q11 + q12))
        else:
            determinant = 1 + t * (q11 + q22) + t**2 * (q11 * q22 - q12**2)
        return self.scale**2 * 2 * t / pi / sqrt(determinant)


@dataclass(frozen=True)
class Gelu:
    """φ(z) = linear·z + scale·z·erf(slope·z): GELU and its rescalings."""

    linear: Expr
    scale: Expr
    slope: Expr

    def _norms(self, q11: Expr, q12: Expr, q22: Expr) -> tuple:
        """(s, D, √D, D − s², q11·q22) in units in which the slope is 1/√2."""
        t = 2 * self.slope**2
        d = (1 + t * q11) * (1 + t * q22)
        area = t**2 * (q11 * q22 - q12**2)
        return t * q12, d, sqrt(d), 1 + t * (q11 + q22) + area, t**2 * q11 * q22

    def second_moment(self, q: Expr) -> Expr:
        """E φ(√q Z)²."""
        return self.covariance(q, q, q)

    def covariance(self, q11: Expr, q12: Expr, q22: Expr, theta: Expr | None = None) -> Expr:
        """K of the pair; the mixed term vanishes by symmetry, the angle is not needed."""
        s, d, root, e, product = self._norms(q11, q12, q22)
        even = 4 * ((s**2 + product * e) / (2 * pi * d * sqrt(e)) + s / (2 * pi) * asin(s / root))
        return self.linear**2 * q12 + self.scale**2 * even / (2 * self.slope**2)

    def slope_covariance(self, q11: Expr, q12: Expr, q22: Expr) -> Expr:
        """E[φ'(u)φ'(v)]."""
        s, d, root, e, product = self._norms(q11, q12, q22)
        bent = asin(s / root) / (2 * pi) + s / (2 * pi * sqrt(e)) * (1 + (1 - product) / d + 1 / e)
        return self.linear**2 + 4 * self.scale**2 * bent


def slope_covariance(family, q11: Expr, q12: Expr, q22: Expr, theta: Expr) -> Expr:
    """K' = E[φ'(u)φ'(v)] of any family."""
    if isinstance(family, Erf | Gelu):
        return family.slope_covariance(q11, q12, q22)
    return family.derivative.covariance(q11, q12, q22, theta)


def slope_second_moment(family, q: Expr) -> Expr:
    """E φ'(√q Z)² of any family."""
    if isinstance(family, Erf | Gelu):
        return family.slope_covariance(q, q, q)
    return family.derivative.second_moment(q)


@lru_cache(maxsize=256)
def family(activation: Activation) -> "Homogeneous | Erf | Gelu | None":
    """The family of an activation, or None."""
    expr = activation.expr
    return _as_erf(expr) or _as_gelu(expr) or _as_homogeneous(activation)


def needs_angle(activation: Activation) -> bool:
    """Whether the dual is a function of the angle, which magnifies what is lost near 0 and π."""
    return has_gap(activation) or (family(activation) is None and piecewise.uses_angle(activation))


def has_gap(activation: Activation) -> bool:
    """Whether variance ± K are known without cancellation: those of homogeneous functions."""
    found = family(activation)
    return isinstance(found, Homogeneous) and not found.is_monomial


def no_tangent_kernel() -> NotSupportedError:
    """The error for an activation with a jump."""
    return NotSupportedError(
        explain(
            "a discontinuous activation has no tangent kernel",
            hint="the nngp, or a continuous activation",
        )
    )


def _as_erf(expr: Expr) -> Erf | None:
    offset, term = expr.as_coeff_Add()
    scale, function = term.as_independent(z, as_Add=False)
    if not isinstance(function, sympy.erf):
        return None
    slope, shift = (
        function.args[0].as_poly(z).all_coeffs() if function.args[0].as_poly(z) else (0, 1)
    )
    return Erf(offset, scale, slope) if shift == 0 else None


def _as_gelu(expr: Expr) -> Gelu | None:
    terms = {True: S.Zero, False: S.Zero}
    for term in sympy.Add.make_args(sympy.expand(expr)):
        terms[term.has(sympy.erf)] += term
    linear, rest = terms[False].as_poly(z), (terms[True] / z).expand()
    inner = _as_erf(rest) if rest.has(sympy.erf) else None
    if inner is None or inner.offset != 0 or linear is None:
        return None
    return Gelu(linear.nth(1), inner.scale, inner.slope) if linear == linear.nth(1) * z else None


def _as_homogeneous(activation: Activation) -> Homogeneous | None:
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
    return Homogeneous(p, left.nth(p) * (-1) ** p, right.nth(p))
