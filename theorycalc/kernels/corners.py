"""Moments of a Gaussian pair over the plane, a half-plane or a corner {U > s, V > t}."""

from dataclasses import dataclass, replace
from functools import lru_cache

import sympy
from sympy import Expr, S, erfc, exp, pi, sqrt

from theorycalc.core.functions import bivariate_normal


@dataclass(frozen=True)
class Corner:
    """A Gaussian pair with means (m, n) and covariances c, over U > s and V > t (None: all)."""

    m: Expr
    n: Expr
    c11: Expr
    c12: Expr
    c22: Expr
    s: Expr | None = None
    t: Expr | None = None

    def moment(self, p: int, q: int) -> Expr:
        """E[U^p V^q; U > s, V > t]; over the plane as a polynomial in means and covariances."""
        value = _moment(self, p, q)
        return sympy.expand(value) if self.s is None and self.t is None else value

    @property
    def probability(self) -> Expr:
        """P(U > s, V > t)."""
        if self.s is None:
            return _line_moment(0, self.n, self.c22, self.t)
        if self.t is None:
            return _line_moment(0, self.m, self.c11, self.s)
        one, two = sqrt(self.c11), sqrt(self.c22)
        rho = self.c12 / (one * two)
        return bivariate_normal((self.m - self.s) / one, (self.n - self.t) / two, rho)

    @property
    def swapped(self) -> "Corner":
        """The same with the two variables exchanged."""
        return replace(self, m=self.n, n=self.m, c11=self.c22, c22=self.c11, s=self.t, t=self.s)

    def edge(self, power: int) -> Expr:
        """The density of U at s, times E[V^power; V > t] given U = s."""
        slope = self.c12 / self.c11
        mean = self.n + slope * (self.s - self.m)
        rest = self.c22 - slope * self.c12
        return _density(self.s, self.m, self.c11) * _line_moment(power, mean, rest, self.t)


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
        value += corner.c11 * corner.s ** (p - 1) * corner.edge(q)
    if corner.t is not None:
        value += corner.c12 * corner.t**q * corner.swapped.edge(p - 1)
    return value


def _line_moment(p: int, mean: Expr, variance: Expr, start: Expr | None) -> Expr:
    """E[U^p; U > start] of N(mean, variance)."""
    if p == 0:
        return S.One if start is None else erfc((start - mean) / sqrt(2 * variance)) / 2
    value = mean * _line_moment(p - 1, mean, variance, start)
    if p > 1:
        value += (p - 1) * variance * _line_moment(p - 2, mean, variance, start)
    if start is not None:
        value += variance * start ** (p - 1) * _density(start, mean, variance)
    return value


def _density(x: Expr, mean: Expr, variance: Expr) -> Expr:
    return exp(-((x - mean) ** 2) / (2 * variance)) / sqrt(2 * pi * variance)
