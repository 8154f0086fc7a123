"""The Gaussian law and Student's."""

from dataclasses import dataclass

import numpy as np
import sympy
from sympy import Expr, S, beta, exp, oo

from theorycalc.core.expressions import positive_parameter
from theorycalc.core.functions import hyperu
from theorycalc.core.gammas import gamma
from theorycalc.distributions._base import R, SphericalLaw
from theorycalc.distributions._reading import (
    dimension,
    latex_factor,
    number,
    rising_steps,
    text_factor,
    where_finite,
)
from theorycalc.distributions.tails import NormalTailMoment, StudentTailMoment

_TWO = sympy.Integer(2)


@dataclass(frozen=True)
class Gaussian(SphericalLaw):
    """N(0, σ² I_d).

    Parameters
    ----------
    d : int or Expr
        Dimension, ≥ 1.
    sigma : number or Expr
        Standard deviation of every coordinate; a symbol must be declared positive.

    Raises
    ------
    DomainError
        For d that is no integer ≥ 1 or σ that is not positive.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> d = sympy.Symbol("d")
    >>> sigma = sympy.Symbol("sigma", positive=True)
    >>> law = tc.distributions.Gaussian(d, sigma)
    >>> law.mean_power(2)
    d*sigma**2
    >>> print(law)
    N(0, sigma**2 I_d)
    """

    d: Expr
    sigma: Expr = S.One

    def __post_init__(self):
        object.__setattr__(self, "d", dimension(self.d))
        object.__setattr__(self, "sigma", positive_parameter(self.sigma, "sigma"))

    @property
    def support(self) -> tuple[Expr, Expr]:
        return S.Zero, oo

    def _power(self, p):
        return self.sigma**p * rising_steps(self.d, p / 2)

    def _density(self):
        square = 2 * self.sigma**2
        scale = square ** (self.d / 2) * gamma(self.d / 2)
        return 2 * R ** (self.d - 1) * exp(-(R**2) / square) / scale

    def _exponential(self, rate, power):
        rest = 1 - 2 * rate * self.sigma**2
        return where_finite(rest > 0, self._power(power) * rest ** (-(self.d + power) / 2))

    def _tail_square(self, s):
        return self.sigma**2 * NormalTailMoment(_TWO, s / self.sigma)

    def _radii(self, rng, n):
        return number(self.sigma, "sigma") * np.sqrt(rng.chisquare(number(self.d, "d"), n))

    def _latex_text(self):
        variance = latex_factor(self.sigma**2)
        return rf"\mathcal{{N}}\left(0, {variance}I_{{{sympy.latex(self.d)}}}\right)"

    def __str__(self):
        return f"N(0, {text_factor(self.sigma**2)}I_{self.d})"


@dataclass(frozen=True)
class StudentT(SphericalLaw):
    """The multivariate t law with ν degrees of freedom: Z √(ν/χ²_ν) for Z ~ N(0, I_d).

    Parameters
    ----------
    d : int or Expr
        Dimension, ≥ 1.
    nu : number or Expr
        Degrees of freedom, > 0; moments of order p are finite for p < ν.

    Raises
    ------
    DomainError
        For d that is no integer ≥ 1 or ν that is not positive.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.distributions.StudentT(3, nu=5).moment((2,))
    5/3
    >>> tc.distributions.StudentT(3, nu=5).radial_moment(5)
    Traceback (most recent call last):
    ...
    theorycalc.core.errors.DomainError: E R^p is infinite, ...
    """

    d: Expr
    nu: Expr

    def __post_init__(self):
        object.__setattr__(self, "d", dimension(self.d))
        object.__setattr__(self, "nu", positive_parameter(self.nu, "nu"))

    @property
    def support(self) -> tuple[Expr, Expr]:
        return S.Zero, oo

    @property
    def _finite_powers(self):
        return -self.d, self.nu

    def _power(self, p):
        return self.nu ** (p / 2) * rising_steps(self.d, p / 2) * rising_steps(self.nu, -p / 2)

    def _density(self):
        scale = self.nu ** (self.d / 2) * beta(self.d / 2, self.nu / 2).rewrite(gamma)
        return 2 * R ** (self.d - 1) * (1 + R**2 / self.nu) ** (-(self.d + self.nu) / 2) / scale

    def _exponential(self, rate, power):
        m, half = (self.d + power) / 2, self.nu / 2
        factor = self.nu ** (power / 2) * gamma(m) * gamma(self.d / 2 + half)
        factor = factor / (gamma(self.d / 2) * gamma(half))
        decaying = factor * hyperu(m, power / 2 - half + 1, -rate * self.nu)  # DLMF 13.4.4
        at_zero = self.mean_power(power)
        return sympy.Piecewise((oo, rate > 0), (at_zero, sympy.Eq(rate, 0)), (decaying, True))

    def _tail_square(self, s):
        return StudentTailMoment(_TWO, self.nu, s)

    def _radii(self, rng, n):
        normal = rng.chisquare(number(self.d, "d"), n)
        nu = number(self.nu, "nu")
        return np.sqrt(normal * nu / rng.chisquare(nu, n))

    def _latex_text(self):
        nu, d = sympy.latex(self.nu), sympy.latex(self.d)
        return rf"t_{{{nu}}}\left(0, I_{{{d}}}\right)"

    def __str__(self):
        return f"t_{self.nu}(0, I_{self.d})"
