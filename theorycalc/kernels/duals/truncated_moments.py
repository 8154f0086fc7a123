"""Moments of a Gaussian pair with steps H(U − s) or probits Φ(aU + b) as factors."""

from dataclasses import dataclass, replace
from functools import lru_cache

import sympy
from sympy import Expr, S, erfc, erfi, exp, pi, sqrt

from theorycalc.core.functions import bivariate_normal


@dataclass(frozen=True)
class Step:
    """H(U − start)."""

    start: Expr

    def margin(self, mean: Expr, variance: Expr) -> tuple[Expr, Expr]:
        """(h, λ) with E H = Φ(h), a standard normal variable with λ(U − mean) in it decides."""
        root = sqrt(variance)
        return (mean - self.start) / root, 1 / root


@dataclass(frozen=True)
class Probit:
    """Φ(slope·U + offset): the probability that another standard normal variable is below."""

    slope: Expr
    offset: Expr

    def margin(self, mean: Expr, variance: Expr) -> tuple[Expr, Expr]:
        """As for a step."""
        root = sqrt(1 + self.slope**2 * variance)
        return (self.slope * mean + self.offset) / root, self.slope / root


@dataclass(frozen=True)
class Corner:
    """A Gaussian pair with means (m, n) and covariances c, and a factor for each variable.

    Parameters
    ----------
    m, n, c11, c12, c22 : Expr
    s, t : Step, Probit or None
        The factors of U and V.
    angle : Expr, optional
        That of the pair, known for steps at the means: then expectations are finite and correct
        where the pair is degenerate.
    """

    m: Expr
    n: Expr
    c11: Expr
    c12: Expr
    c22: Expr
    s: Step | Probit | None = None
    t: Step | Probit | None = None
    angle: Expr | None = None

    def moment(self, p: int, q: int) -> Expr:
        """E[U^p V^q s(U) t(V)]; without factors as a polynomial in means and covariances."""
        value = _moment(self, p, q)
        return sympy.expand(value) if self.s is None and self.t is None else value

    @property
    def probability(self) -> Expr:
        """E[s(U) t(V)]."""
        if self.s is None:
            return _line_moment(0, self.n, self.c22, self.t)
        if self.t is None:
            return _line_moment(0, self.m, self.c11, self.s)
        if self.angle is not None:
            return (pi - self.angle) / (2 * pi)
        (h, one), (k, two) = (
            self.s.margin(self.m, self.c11),
            self.t.margin(self.n, self.c22),
        )
        rho = one * two * self.c12
        if h == k == 0:
            return S.One / 4 + sympy.asin(rho) / (2 * pi)
        return bivariate_normal(h, k, rho)

    @property
    def swapped(self) -> "Corner":
        """The same with the two variables exchanged."""
        return replace(self, m=self.n, n=self.m, c11=self.c22, c22=self.c11, s=self.t, t=self.s)

    def slope(self, p: int, q: int) -> Expr:
        """E[U^p V^q s'(U) t(V)]."""
        if isinstance(self.s, Step):
            start = self.s.start
            regression = self.c12 / self.c11
            mean = self.n + regression * (start - self.m)
            rest = self.c22 - regression * self.c12
            if self.angle is not None:
                rest = self.c22 * sympy.sin(self.angle) ** 2
            density = _density(start, self.m, self.c11)
            return start**p * density * _line_moment(q, mean, rest, self.t)
        weight, (m, n), (c11, c12, c22) = _tilted(self)
        return weight * Corner(m, n, c11, c12, c22, None, self.t).moment(p, q)


def _tilted(corner: Corner) -> tuple:
    """(weight, means, covariances) of the density a·n(aU + b) times that of the pair.

    With an independent standard normal variable W it is that of the pair given aU + b + W = 0.
    """
    a, b = corner.s.slope, corner.s.offset
    variance = 1 + a**2 * corner.c11
    gap = a * corner.m + b
    weight = a * _density(0, gap, variance)
    means = corner.m - a * corner.c11 * gap / variance, corner.n - a * corner.c12 * gap / variance
    rest = corner.c22 - a**2 * corner.c12**2 / variance
    return weight, means, (corner.c11 / variance, corner.c12 / variance, rest)


@lru_cache(maxsize=4096)
def _moment(corner: Corner, p: int, q: int) -> Expr:
    """Integration by parts: E[(U − m) g] = c₁₁ E ∂g/∂U + c₁₂ E ∂g/∂V."""
    if p == q == 0:
        return corner.probability
    if p == 0:
        return _moment(corner.swapped, q, 0)
    value = corner.m * _moment(corner, p - 1, q)
    if p > 1:
        value += (p - 1) * corner.c11 * _moment(corner, p - 2, q)
    if q > 0:
        value += q * corner.c12 * _moment(corner, p - 1, q - 1)
    if corner.s is not None:
        value += corner.c11 * corner.slope(p - 1, q)
    if corner.t is not None:
        value += corner.c12 * corner.swapped.slope(q, p - 1)
    return value


def _line_moment(p: int, mean: Expr, variance: Expr, factor: Step | Probit | None) -> Expr:
    """E[U^p factor(U)] of N(mean, variance)."""
    if p == 0:
        return S.One if factor is None else _mean(factor, mean, variance)
    value = mean * _line_moment(p - 1, mean, variance, factor)
    if p > 1:
        value += (p - 1) * variance * _line_moment(p - 2, mean, variance, factor)
    if isinstance(factor, Step):
        # without a quotient, as the variance may be zero
        spread = sqrt(variance / (2 * pi)) * exp(-((factor.start - mean) ** 2) / (2 * variance))
        value += factor.start ** (p - 1) * spread
    elif factor is not None:
        weight, (mean, _), (rest, *_) = _tilted(Corner(mean, mean, variance, 0, 1, factor))
        value += variance * weight * _line_moment(p - 1, mean, rest, None)
    return value


def _mean(factor: Step | Probit, mean: Expr, variance: Expr) -> Expr:
    """E factor(U); imaginary means give imaginary error functions."""
    if isinstance(factor, Step):
        below, double = factor.start - mean, 2 * variance
    else:
        below = -factor.slope * mean - factor.offset
        double = 2 + 2 * factor.slope**2 * variance
    if below.has(sympy.I):
        return (1 - sympy.I * erfi(sympy.expand(below / (sympy.I * sqrt(double))))) / 2
    # SymPy moves a sign out of erfc, and digits with it, in other forms of the same quotient
    return erfc(below / sqrt(double)) / 2


def _density(x: Expr, mean: Expr, variance: Expr) -> Expr:
    return exp(-((x - mean) ** 2) / (2 * variance)) / sqrt(2 * pi * variance)
