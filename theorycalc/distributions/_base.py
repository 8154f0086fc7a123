"""What all spherically symmetric laws share: moments, one coordinate, samples.

One class, whose docstrings are most of the file.
"""

from abc import ABC, abstractmethod
from dataclasses import fields

import numpy as np
import sympy
from sympy import Expr, S, factorial2, oo

from theorycalc.core.arrays import check_memory, random_stream
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.expressions import real_parameter
from theorycalc.core.formula import Formula
from theorycalc.core.looks import Shown
from theorycalc.core.numbers import exact_integer
from theorycalc.core.signature import check_own, exponents
from theorycalc.distributions._reading import (
    above,
    arguments,
    below,
    number,
    power,
    rising_steps,
    where_finite,
    whole_dimension,
)

R = sympy.Symbol("R", positive=True)
# Of R in an exponential moment.
_LARGEST_POWER = 1000


class SphericalLaw(Shown, ABC):
    """A law on R^d that no rotation changes: X = R·U, U uniform on the unit sphere.

    Everything is exact SymPy; `sample` gives doubles. Laws with symbols in place of numbers have
    no samples.
    """

    d: Expr

    @property
    def dimension(self) -> Expr:
        """d, a number or an expression."""
        return self.d

    @property
    @abstractmethod
    def support(self) -> tuple[Expr, Expr]:
        """The lowest and the highest value of R = ‖X‖."""

    @abstractmethod
    def _power(self, p: Expr) -> Expr:
        """E R^p where it is finite."""

    @property
    def _finite_powers(self) -> tuple[Expr, Expr]:
        """The open interval of the p with E R^p < ∞."""
        return -self.d, oo

    def radial_moment(self, p) -> Formula:
        """E R^p of the norm R = ‖X‖.

        Parameters
        ----------
        p : number or Expr
            Any real power with a finite moment.

        Returns
        -------
        Formula
            In the symbols of the law and of p.

        Raises
        ------
        DomainError
            If the moment is infinite.

        Examples
        --------
        >>> import sympy, theorycalc as tc
        >>> d = sympy.Symbol("d")
        >>> tc.distributions.Gaussian(d).radial_moment(4).expr
        d*(d + 2)
        >>> print(tc.distributions.Gaussian(3).radial_moment(1).at(using=tc.Ball(20)))
        1.5957691216057307118 ± 5e-20
        """
        p = power(p, "p")
        lowest, highest = self._finite_powers
        finite = sympy.And(above(p, lowest), below(p, highest))
        if finite == sympy.false:
            allowed = f"{lowest} < p < {highest}"
            raise DomainError(
                explain(f"E R^p is infinite, {self}", got=f"p = {p}", allowed=allowed)
            )
        expr, domain = self._power(p), finite & whole_dimension(self.d)
        return Formula(f"m_{p}", expr, args=arguments(expr, domain), domain=domain)

    def mean_power(self, p) -> Expr:
        """E R^p as an expression, `sympy.oo` where it is infinite.

        Parameters
        ----------
        p : number or Expr
            A real power; a symbolic one is taken to be above −d.

        Examples
        --------
        >>> import theorycalc as tc
        >>> [tc.distributions.StudentT(3, nu=5).mean_power(p) for p in (2, 4, 6)]
        [5, 125, oo]
        """
        return self._mean_of_power(power(p, "p"), S.One)

    def _mean_of_power(self, p: Expr, factor: Expr) -> Expr:
        """factor · E R^p, or ∞."""
        lowest, highest = self._finite_powers
        if above(p, lowest) == sympy.false or below(p, highest) == sympy.false:
            return oo
        return where_finite(below(p, highest), factor * self._power(p))

    @property
    def breaks(self) -> tuple[Expr, ...]:
        """Points inside the support where the density of R or a derivative of it jumps."""
        return ()

    @property
    def radial_density(self) -> Formula:
        """The density of R, a Formula in ``R``.

        Raises
        ------
        NotSupportedError
            If R is constant.

        Examples
        --------
        >>> import theorycalc as tc
        >>> tc.distributions.UniformBall(3).radial_density
        Formula(f(R) = 3*R**2)
        """
        low, high = self.support
        check_own((R,), *self._parameters)
        domain = sympy.And(sympy.Ge(R, low), sympy.Le(R, high), whole_dimension(self.d))
        expr = self._density()
        return Formula("f", expr, args=arguments(R, expr, domain), domain=domain)

    @property
    def _parameters(self) -> tuple[Expr, ...]:
        """What a user chose in the density, its variable apart."""
        values = (getattr(self, field.name) for field in fields(self))
        return tuple(x for x in values if isinstance(x, sympy.Expr))

    @abstractmethod
    def _density(self) -> Expr:
        """The density of R, in the symbol R."""

    def moment(self, alpha) -> Expr:
        """E X^α = E X_1^{α_1} X_2^{α_2} ⋯.

        Parameters
        ----------
        alpha : sequence of int
            Exponents ≥ 0 of the first coordinates; those that are left out are 0.

        Raises
        ------
        DomainError
            For exponents that are no integers ≥ 0, more of them than coordinates, or odd ones where
            the mean does not exist.

        Examples
        --------
        >>> import theorycalc as tc
        >>> tc.distributions.Gaussian(3, sigma=2).moment((2, 4))
        192
        >>> tc.distributions.UniformSphere(3).moment((2, 2))
        1/15
        """
        alpha = exponents(alpha, self.d)
        degree = sympy.Integer(sum(alpha))
        if any(a % 2 for a in alpha):
            if self.mean_power(degree) == oo:
                raise DomainError(explain(f"this moment of {self} does not exist", got=alpha))
            return S.Zero
        odd = sympy.Mul(*(factorial2(a - 1) for a in alpha))
        return self._mean_of_power(degree, odd / rising_steps(self.d, degree / 2))

    def exponential_moment(self, rate, power=0) -> Expr:
        """E exp(rate·R²) R^power, `sympy.oo` where it is infinite.

        Parameters
        ----------
        rate : number or Expr
            Any real number. For a symbol the cases are a Piecewise.
        power : int
            Even, ≥ 0.

        Raises
        ------
        DomainError
            For a power that is no even integer ≥ 0.

        Examples
        --------
        >>> import sympy, theorycalc as tc
        >>> tc.distributions.Gaussian(4).exponential_moment(sympy.Rational(1, 4), power=2)
        32
        >>> tc.distributions.Gaussian(4).exponential_moment(1)
        oo
        >>> tc.distributions.UniformBall(2).exponential_moment(1)
        -1 + E
        """
        power = exact_integer(power, "power", 0, _LARGEST_POWER)
        if power % 2:
            raise DomainError(explain("power is odd", got=power, allowed="an even integer ≥ 0"))
        return self._exponential(real_parameter(rate, "rate"), sympy.Integer(power))

    @abstractmethod
    def _exponential(self, rate: Expr, power: Expr) -> Expr:
        """E exp(rate·R²) R^power."""

    def coordinate_tail_square(self, s) -> Expr:
        """ν(s)² = E max(⟨X, u⟩ − s, 0)² for a unit vector u, a function that keeps its digits.

        Parameters
        ----------
        s : number or Expr
            Any real number.

        Returns
        -------
        Expr
            Of functions with enclosures and routines for arrays; `sympy.expand_func` writes their
            closed forms, which cancel for large s. ``oo`` where E R² is infinite.

        Raises
        ------
        NotSupportedError
            For a law given by the density of R.

        Examples
        --------
        >>> import sympy, theorycalc as tc
        >>> s = sympy.Symbol("s", real=True)
        >>> nu2 = tc.distributions.Gaussian(3).coordinate_tail_square(s)
        >>> sympy.expand_func(nu2)
        -sqrt(2)*s*exp(-s**2/2)/(2*sqrt(pi)) + (s**2 + 1)*erfc(sqrt(2)*s/2)/2
        >>> print(tc.certify(nu2, digits=20, s=40))
        4.5556517498407537375e-353 ± 4e-373
        """
        return self._tail_square(real_parameter(s, "s"))

    @abstractmethod
    def _tail_square(self, s: Expr) -> Expr:
        """E max(⟨X, u⟩ − s, 0)²."""

    def sample(self, n: int, seed: int = 0) -> np.ndarray:
        """Independent points: an array (n, d) of doubles.

        Parameters
        ----------
        n : int
            How many.
        seed : int
            The same seed gives the same points.

        Raises
        ------
        DomainError
            If the law has symbols in place of numbers.

        Examples
        --------
        >>> import numpy as np, theorycalc as tc
        >>> X = tc.distributions.UniformBall(3).sample(1000, seed=0)
        >>> X.shape, bool(np.linalg.norm(X, axis=1).max() <= 1)
        ((1000, 3), True)
        """
        n, d = exact_integer(n, "n", minimum=0), int(number(self.d, "d"))
        check_memory(f"{n} points", 24 * n * d)
        rng = random_stream(seed)
        radii = self._radii(rng, n)
        directions = rng.standard_normal((n, d))
        return directions * (radii / np.linalg.norm(directions, axis=1))[:, None]

    def radius_sample(self, n: int, seed: int = 0) -> np.ndarray:
        """Independent values of R, an array (n,); those of `sample` with the same seed.

        Parameters
        ----------
        n : int
            How many.
        seed : int
            The same seed gives the same radii.

        Raises
        ------
        DomainError
            If the law has symbols in place of numbers.

        Examples
        --------
        >>> import theorycalc as tc
        >>> tc.distributions.UniformSphere(3, radius=2).radius_sample(2, seed=0)
        array([2., 2.])
        """
        n = exact_integer(n, "n", minimum=0)
        check_memory(f"{n} radii", 64 * n)
        return self._radii(random_stream(seed), n)

    @abstractmethod
    def _radii(self, rng: np.random.Generator, n: int) -> np.ndarray:
        """n independent values of R."""

    @abstractmethod
    def _latex_text(self) -> str:
        """The law as it is written."""

    def _repr_latex_(self):
        return f"$\\displaystyle {self._latex_text()}$"
