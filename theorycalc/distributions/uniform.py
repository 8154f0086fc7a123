"""The uniform laws on the sphere and in the ball."""

from dataclasses import dataclass

import numpy as np
import sympy
from sympy import Expr, S, exp, factorial, hyper, oo

from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.expressions import positive_parameter
from theorycalc.distributions._base import R, SphericalLaw
from theorycalc.distributions._reading import dimension, latex_factor, number, text_factor
from theorycalc.distributions.tails import SphereTailMoment

_TWO = sympy.Integer(2)
# Terms up to which an exponential moment of the ball is written with exponentials.
_WRITTEN = 8


@dataclass(frozen=True)
class UniformSphere(SphericalLaw):
    """The uniform law on the sphere of radius r in R^d; two points for d = 1.

    Parameters
    ----------
    d : int or Expr
        Dimension, ≥ 1.
    radius : number or Expr
        The radius r > 0.

    Raises
    ------
    DomainError
        For d that is no integer ≥ 1 or a radius that is not positive.

    Examples
    --------
    >>> import theorycalc as tc
    >>> law = tc.distributions.UniformSphere(4, radius=2)
    >>> law.moment((2,)), law.exponential_moment("1/2")
    (1, exp(2))
    """

    d: Expr
    radius: Expr = S.One

    def __post_init__(self):
        object.__setattr__(self, "d", dimension(self.d))
        object.__setattr__(self, "radius", positive_parameter(self.radius, "radius"))

    @property
    def support(self) -> tuple[Expr, Expr]:
        return self.radius, self.radius

    @property
    def _finite_powers(self):
        return -oo, oo

    def _power(self, p):
        return self.radius**p

    def _density(self):
        raise NotSupportedError(explain(f"R has no density: it is the constant {self.radius}"))

    def _exponential(self, rate, power):
        return exp(rate * self.radius**2) * self._power(power)

    def _tail_square(self, s):
        return self.radius**2 * SphereTailMoment(_TWO, self.d, s / self.radius)

    def _radii(self, rng, n):
        return np.full(n, number(self.radius, "radius"))

    def _latex_text(self):
        exponent = sympy.latex(self.d - 1)
        return rf"\mathrm{{Unif}}\left({latex_factor(self.radius)}S^{{{exponent}}}\right)"

    def __str__(self):
        return f"Unif({text_factor(self.radius)}S^({self.d - 1}))"


@dataclass(frozen=True)
class UniformBall(SphericalLaw):
    """The uniform law in the ball of radius r in R^d.

    Parameters
    ----------
    d : int or Expr
        Dimension, ≥ 1.
    radius : number or Expr
        The radius r > 0.

    Raises
    ------
    DomainError
        For d that is no integer ≥ 1 or a radius that is not positive.

    Notes
    -----
    One coordinate has the law of a coordinate of the sphere in R^{d+2}.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.distributions.UniformBall(3, radius=2).mean_power(2)
    12/5
    """

    d: Expr
    radius: Expr = S.One

    def __post_init__(self):
        object.__setattr__(self, "d", dimension(self.d))
        object.__setattr__(self, "radius", positive_parameter(self.radius, "radius"))

    @property
    def support(self) -> tuple[Expr, Expr]:
        return S.Zero, self.radius

    def _power(self, p):
        return self.radius**p * self.d / (self.d + p)

    def _density(self):
        return self.d * R ** (self.d - 1) / self.radius**self.d

    def _exponential(self, rate, power):
        return self._power(power) * _kummer((self.d + power) / 2, rate * self.radius**2)

    def _tail_square(self, s):
        return self.radius**2 * SphereTailMoment(_TWO, self.d + 2, s / self.radius)

    def _radii(self, rng, n):
        return number(self.radius, "radius") * rng.random(n) ** (1 / number(self.d, "d"))

    def _latex_text(self):
        d = sympy.latex(self.d)
        return rf"\mathrm{{Unif}}\left({latex_factor(self.radius)}B^{{{d}}}\right)"

    def __str__(self):
        return f"Unif({text_factor(self.radius)}B^{self.d})"


def _kummer(m: Expr, x: Expr) -> Expr:
    """₁F₁(m; m+1; x) = m ∫_0^1 v^{m−1} e^{xv} dv, with exponentials where they are few."""
    if x == 0:
        return S.One
    if not (m.is_Integer and m <= _WRITTEN and x.is_number):
        return hyper([m], [m + 1], x)
    partial = sympy.Add(*((-x) ** j / factorial(j) for j in range(int(m))))
    return factorial(m) * (-x) ** (-m) * (1 - exp(x) * partial)
