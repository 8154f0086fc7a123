"""Error functions and GELU, whose duals are arcsines."""

from dataclasses import dataclass

import sympy
from sympy import Expr, S, asin, atan, pi, sqrt

from theorycalc.activations import Activation, z
from theorycalc.kernels.duals.families._family import Family


@dataclass(frozen=True)
class Erf(Family):
    """φ(z) = offset + scale·erf(slope·z)."""

    offset: Expr
    scale: Expr
    slope: Expr

    @classmethod
    def of(cls, activation: Activation) -> "Erf | None":
        return _erf(activation.expr)

    def mean(self, q: Expr) -> Expr:
        """E φ(√q Z): what is odd has none."""
        return self.offset

    def second_moment(self, q: Expr) -> Expr:
        """E φ(√q Z)²: (2/π) asin(u/(1+u)), u = 2·slope²·q, written with q only once."""
        root = sqrt(1 + 4 * self.slope**2 * q)
        return self.offset**2 + self.scale**2 * (4 * atan(root) / pi - 1)

    def covariance(self, q11: Expr, q12: Expr, q22: Expr, theta: Expr | None = None) -> Expr:
        """K of the pair (Williams 1998); the angle is not needed."""
        t = 2 * self.slope**2
        norm = 1 + t * q11 if q11 == q22 else sqrt(1 + t * q11) * sqrt(1 + t * q22)
        return self.offset**2 + self.scale**2 * 2 / pi * asin(t * q12 / norm)

    def slope_covariance(self, q11: Expr, q12: Expr, q22: Expr, theta: Expr | None = None) -> Expr:
        """E[φ'(u)φ'(v)]."""
        t = 2 * self.slope**2
        if q11 == q22:
            determinant = (1 + t * (q11 - q12)) * (1 + t * (q11 + q12))
        else:
            determinant = 1 + t * (q11 + q22) + t**2 * (q11 * q22 - q12**2)
        return self.scale**2 * 2 * t / pi / sqrt(determinant)


@dataclass(frozen=True)
class Gelu(Family):
    """φ(z) = linear·z + scale·z·erf(slope·z): GELU and its rescalings."""

    linear: Expr
    scale: Expr
    slope: Expr

    @classmethod
    def of(cls, activation: Activation) -> "Gelu | None":
        terms = {True: S.Zero, False: S.Zero}
        for term in sympy.Add.make_args(sympy.expand(activation.expr)):
            terms[term.has(sympy.erf)] += term
        linear, rest = terms[False].as_poly(z), (terms[True] / z).expand()
        inner = _erf(rest) if rest.has(sympy.erf) else None
        if inner is None or inner.offset != 0 or linear is None:
            return None
        return cls(linear.nth(1), inner.scale, inner.slope) if linear == linear.nth(1) * z else None

    def mean(self, q: Expr) -> Expr:
        """E φ(√q Z) = scale·E[√q Z erf(slope √q Z)]."""
        return self.scale * 2 * self.slope * q / (sqrt(pi) * sqrt(1 + 2 * self.slope**2 * q))

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

    def slope_covariance(self, q11: Expr, q12: Expr, q22: Expr, theta: Expr | None = None) -> Expr:
        """E[φ'(u)φ'(v)]."""
        s, d, root, e, product = self._norms(q11, q12, q22)
        bent = asin(s / root) / (2 * pi) + s / (2 * pi * sqrt(e)) * (1 + (1 - product) / d + 1 / e)
        return self.linear**2 + 4 * self.scale**2 * bent


def _erf(expr: Expr) -> Erf | None:
    offset, term = expr.as_coeff_Add()
    scale, function = term.as_independent(z, as_Add=False)
    if not isinstance(function, sympy.erf):
        return None
    slope, shift = (
        function.args[0].as_poly(z).all_coeffs() if function.args[0].as_poly(z) else (0, 1)
    )
    return Erf(offset, scale, slope) if shift == 0 else None
