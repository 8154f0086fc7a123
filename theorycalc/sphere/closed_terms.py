"""Zonal functions whose Funk–Hecke eigenvalues are closed in the dimension and the degree."""

from collections.abc import Callable
from dataclasses import dataclass

import sympy
from sympy import (
    Eq,
    Expr,
    Piecewise,
    S,
    besseli,
    besselj,
    binomial,
    cos,
    digamma,
    factorial2,
    hyper,
    log,
    pi,
    rf,
    sin,
    sqrt,
)

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.gammas import factorial, gamma
from theorycalc.sphere.legendre_polynomials import SphericalLegendre
from theorycalc.sphere.measure import T, coordinate_constant


@dataclass(frozen=True)
class Monomial:
    """t^n."""

    n: int

    def eigenvalue(self, d: Expr, k: Expr) -> Expr:
        """0 unless n − k is even and not negative."""
        if k.is_Integer:
            return 2 * ramp(self.n, d, k) if (self.n - k) % 2 == 0 else S.Zero
        return (1 + (-1) ** (k + self.n)) * ramp(self.n, d, k)


@dataclass(frozen=True)
class CutMonomial:
    """t^n H(t − b), −1 < b < 1."""

    n: int
    b: Expr

    def eigenvalue(self, d: Expr, k: Expr) -> Expr:
        """Boundary terms of n + 1 integrations by parts (Rodrigues) for k > n."""
        if self.b == 0:
            return ramp(self.n, d, k)
        if k.is_Integer:
            return self._low(d, int(k)) if k <= self.n else self._high(d, k)
        low = [(self._low(d, j), Eq(k, j)) for j in range(self.n + 1)]
        return Piecewise(*low, (self._high(d, k), True))

    def _high(self, d, k):
        """∫ (t − b)_+^p P_{d,k} dτ_d for k > p, summed over the powers p of t − b."""
        b, total = self.b, S.Zero
        for p in range(self.n + 1):
            steps = sympy.Mul(*(d - 1 + 2 * i for i in range(p + 1)))
            edge = coordinate_constant(d) * (1 - b**2) ** ((d - 1) / 2 + p)
            zonal = SphericalLegendre(d + 2 * p + 2, k - p - 1, b)
            total += binomial(self.n, p) * b ** (self.n - p) * factorial(p) * edge * zonal / steps
        return total

    def _low(self, d, k: int):
        zonal = sympy.Poly(sympy.expand_func(SphericalLegendre(d, S(k), T)), T)
        return sympy.Add(*(c * self._moment(d, m + self.n) for (m,), c in zonal.terms()))

    def _moment(self, d, m: int):
        """∫_b^1 t^m dτ_d."""
        b = self.b
        if m == 0:
            half = sympy.betainc_regularized((d - 1) / 2, S.Half, 0, 1 - b**2) / 2
            return half if b > 0 else 1 - half
        value = coordinate_constant(d) * b ** (m - 1) * (1 - b**2) ** ((d - 1) / 2)
        if m > 1:
            value += (m - 1) * self._moment(d, m - 2)
        return value / (d + m - 2)


@dataclass(frozen=True)
class EndPower:
    """(1 − side·t)^a, side = ±1."""

    side: int
    a: Expr

    def eigenvalue(self, d: Expr, k: Expr) -> Expr:
        """By Rodrigues' formula and Euler's integral."""
        a = self.a
        if (a + (d - 1) / 2).is_positive is False:
            raise DomainError(
                explain(
                    "the kernel is not integrable",
                    got=f"(1 {'-' if self.side > 0 else '+'} t)**({a}) in dimension {d}",
                    allowed=f"an exponent above {-(d - 1) / 2}",
                )
            )
        constant = gamma(d / 2) / sqrt(pi) * 2 ** (a + d - 2)
        value = constant * rf(-a, k) * gamma(a + (d - 1) / 2) / gamma(a + k + d - 1)
        return self.side**k * value


@dataclass(frozen=True)
class EndLog:
    """log(1 − side·t), side = ±1."""

    side: int

    def eigenvalue(self, d: Expr, k: Expr) -> Expr:
        """The derivative of `EndPower` in its exponent at 0."""
        zero = log(2) + digamma((d - 1) / 2) - digamma(d - 1)
        if k == 0:
            return zero
        constant = -gamma(d / 2) / sqrt(pi) * 2 ** (d - 2) * gamma((d - 1) / 2)
        other = self.side**k * constant * gamma(k) / gamma(k + d - 1)
        return other if k.is_Integer else Piecewise((zero, Eq(k, 0)), (other, True))


@dataclass(frozen=True)
class Bell:
    """(1 − t²)^a."""

    a: Expr

    def eigenvalue(self, d: Expr, k: Expr) -> Expr:
        """Of even degrees only (DLMF 18.17.36)."""
        if k.is_odd:
            return S.Zero
        a, n = self.a, k / 2
        mass = coordinate_constant(d) * sqrt(pi) * gamma(a + (d - 1) / 2) / gamma(a + d / 2)
        # (−a)_n = (−1)^n Γ(a + 1)/Γ(a + 1 − n), without a pole at odd degrees
        falling = cos(pi * n) * gamma(a + 1) / gamma(a + 1 - n)
        value = mass * falling * rf(S.Half, n) / (rf(a + d / 2, n) * rf((d - 1) / 2, n))
        return value if k.is_Integer else (1 + (-1) ** k) / 2 * value


@dataclass(frozen=True)
class Exponential:
    """e^{gt}, g ≠ 0 real."""

    g: Expr

    def eigenvalue(self, d: Expr, k: Expr) -> Expr:
        """DLMF 10.32.2."""
        size, sign = abs(self.g), sympy.sign(self.g)
        order = d / 2 - 1
        return sign**k * gamma(d / 2) * (2 / size) ** order * besseli(k + order, size)


@dataclass(frozen=True)
class EndExponential:
    """e^{g √(1 − side·t)}, side = ±1, g real: the Laplace kernel, as √(2 − 2⟨x, y⟩) = ‖x − y‖."""

    side: int
    g: Expr

    def eigenvalue(self, d: Expr, k: Expr) -> Expr:
        """Σ g^m/m! times the eigenvalues of `EndPower` at a = m/2, over even and over odd m."""
        x, half = self.g**2 / 2, S.Half
        even = x**k * gamma(k + (d - 1) / 2) / (rf(half, k) * gamma(2 * k + d - 1))
        even *= hyper((k + (d - 1) / 2,), (k + half, 2 * k + d - 1), x)
        odd = self.g * sqrt(pi / 2) * gamma(d / 2) / (gamma(3 * half - k) * gamma(k + d - half))
        odd *= hyper((d / 2,), (3 * half - k, k + d - half), x)
        constant = gamma(d / 2) / sqrt(pi) * 2 ** (d - 2)
        return (-self.side) ** k * constant * (even + odd)


@dataclass(frozen=True)
class Wave:
    """Re[(x + iy) e^{iwt}], w > 0."""

    x: Expr
    y: Expr
    w: Expr

    def eigenvalue(self, d: Expr, k: Expr) -> Expr:
        """DLMF 10.9.4."""
        phase = self.x * cos(pi * k / 2) - self.y * sin(pi * k / 2)
        order = d / 2 - 1
        return phase * gamma(d / 2) * (2 / self.w) ** order * besselj(k + order, self.w)


@dataclass(frozen=True)
class ArcCosine:
    """J_p(θ) with cos θ = t: 2π E[U_+^p V_+^p] for a standard Gaussian pair of correlation t."""

    p: int

    def eigenvalue(self, d: Expr, k: Expr) -> Expr:
        """The square of the eigenvalue of t_+^p: random features."""
        return 2 * pi * 2**self.p * rf(d / 2, self.p) * ramp(self.p, d, k) ** 2


def ramp(p: int, d: Expr, k: Expr) -> Expr:
    """The eigenvalue of t_+^p; 0 where the Gamma function in the denominator has a pole."""
    return (
        gamma(d / 2)
        * factorial(p)
        / (2 ** (p + 1) * gamma((p - k) / 2 + 1) * gamma((p + k + d) / 2))
    )


def times_power(n: int, eigenvalue: Callable, d: Expr, k: Expr) -> Expr:
    """The eigenvalue of t^n κ from those of κ: the recurrence of the Legendre polynomials."""
    if n == 0:
        return eigenvalue(d, k)
    if k == 0:
        return times_power(n - 1, eigenvalue, d, S.One)
    above, below = (times_power(n - 1, eigenvalue, d, k + step) for step in (1, -1))
    value = ((k + d - 2) * above + k * below) / (2 * k + d - 2)
    if k.is_Integer:
        return value
    return Piecewise((times_power(n, eigenvalue, d, S.Zero), Eq(k, 0)), (value, True))


def arc_cosine_order(a: sympy.Poly, b: sympy.Poly) -> tuple[int, Expr] | None:
    """(p, c) with a(cos θ) sin θ + b(cos θ)(π − θ) = c J_p(θ), or None.

    J_p vanishes at π, dJ_p/dcos θ = p² J_{p−1}, and J_p(0) = π (2p − 1)!!.
    """
    p, value = 0, b.eval(1)
    weight = sympy.Poly(1 - T**2, T)
    while not (a.is_zero and b.degree() <= 0):
        slope, rest = (weight * a.diff() - T * a + b).div(weight)
        if not rest.is_zero or b.is_zero:
            return None
        a, b, p = slope, b.diff(), p + 1
    return p, value / factorial2(2 * p - 1)
