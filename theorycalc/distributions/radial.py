"""Laws that the user states by the density of the norm."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
import sympy
from sympy import Expr, S, oo

from theorycalc.core.errors import DomainError, NotSupportedError, PrecisionError, explain
from theorycalc.core.expressions import expression, real_expression
from theorycalc.core.formula import Formula
from theorycalc.core.integration.integral import Integral
from theorycalc.core.integration.kinks import kinks
from theorycalc.core.numbers import exact
from theorycalc.core.records import sequence
from theorycalc.core.signature import as_variable
from theorycalc.core.verbs import integrate
from theorycalc.distributions import drawn_radii
from theorycalc.distributions._base import R, SphericalLaw
from theorycalc.distributions._reading import dimension

_P = sympy.Symbol("p", real=True)
_U = sympy.Symbol("u", positive=True)
# How far the mass of a density may be from 1; it is integrated in doubles.
_MASS_ERROR = 1e-8
# Points at which a density is seen not to be negative, and a quantile to fit the density.
_PROBES = np.linspace(0, 1, 258)[1:-1]
_LEVELS = tuple(sympy.Rational(i, 8) for i in (1, 4, 7))


@dataclass(frozen=True)
class Radial(SphericalLaw):
    """The spherically symmetric law on R^d whose norm R = ‖X‖ has a given density.

    Parameters
    ----------
    d : int or Expr
        Dimension, ≥ 1.
    density : Expr
        The density of R, in one symbol; its mass is checked to be 1, to 8 digits.
    variable : Symbol, optional
        The symbol; needed for a constant density only.
    support : tuple
        The lowest and the highest value of R, numbers or ∞.
    moments : callable, optional
        p ↦ E R^p as an expression, called once with a symbol. Without it moments are integrals.
    quantile : callable, optional
        u ↦ the u-quantile of R as an expression, called once with a symbol. Without it samples
        invert the integral of the density numerically.
    kinks : tuple
        Points inside the support where the density or a derivative of it jumps; those of Abs, Max,
        Min, sign, Heaviside and Piecewise are found.

    Raises
    ------
    DomainError
        For a density that is negative somewhere, has not mass 1 or has more than one symbol, a
        support that is no interval in [0, ∞], or a quantile that does not fit the density.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> rho = sympy.Symbol("rho", positive=True)
    >>> law = tc.distributions.Radial(3, density=rho * sympy.exp(-rho))
    >>> print(tc.Formula("m_2", law.mean_power(2)).at(using=tc.MP(20)))
    6.0000000000000000000 ± 2e-27
    >>> known = tc.distributions.Radial(
    ...     3, density=rho * sympy.exp(-rho), moments=lambda p: sympy.gamma(p + 2))
    >>> known.moment((2, 2))
    8
    """

    d: Expr
    density: Expr
    variable: sympy.Symbol | None = None
    support: tuple = (S.Zero, oo)
    moments: Callable | None = None
    quantile: Callable | None = None
    kinks: tuple = ()

    def __post_init__(self):
        values = {
            "d": dimension(self.d),
            "density": _density_in_r(self.density, self.variable),
            "variable": R,
            "support": _read_support(self.support),
            "moments": _as_lambda(self.moments, _P, "moments"),
            "quantile": _as_lambda(self.quantile, _U, "quantile"),
            "kinks": tuple(exact(x, "a kink") for x in sequence(self.kinks, "kinks")),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)
        self._check()

    @property
    def _parameters(self) -> tuple[Expr, ...]:
        return (self.d,)  # the density is read in R itself

    @cached_property
    def _points(self) -> tuple[Expr, ...]:
        """The ends of the support and the kinks between them."""
        low, high = self.support
        inside = {x for x in (*self.kinks, *kinks(self.density, R)) if low < x and x < high}
        return low, *sorted(inside), high

    @property
    def breaks(self) -> tuple[Expr, ...]:
        """Points inside the support where the density of R or a derivative of it jumps."""
        return self._points[1:-1]

    def _integral(self, low, high, factor=S.One) -> Integral:
        return Integral(factor * self.density, R, low, high, kinks=self.breaks)

    def _mass(self, low, high) -> float:
        try:
            return float(integrate(self._integral(low, high)))
        except PrecisionError as error:
            raise DomainError(explain("the density cannot be integrated", got=error)) from error

    def _check(self) -> None:
        low, high = self.support
        values = self._doubles(_PROBES)
        if not (values >= 0).all():
            raise DomainError(explain("the density is negative or not real", got=self.density))
        mass = self._mass(low, high)
        if not abs(mass - 1) <= _MASS_ERROR:
            hint = f"density/({mass:.10g}), or kinks=(...)"
            raise DomainError(explain("the density has not mass 1", got=mass, hint=hint))
        for level in _LEVELS if self.quantile else ():
            below = self._mass(low, self.quantile(level))
            if not abs(below - level) <= _MASS_ERROR:
                got = f"mass {below} below the {level}-quantile"
                raise DomainError(explain("the quantile does not fit the density", got=got))

    def _power(self, p):
        return self._mean(R**p) if self.moments is None else self.moments(p)

    @property
    def _finite_powers(self):
        return -oo, oo

    def _mean(self, factor: Expr) -> Expr:
        """E of a function of R, as integrals from kink to kink."""
        body = factor * self.density
        return sympy.Add(*(sympy.Integral(body, (R, a, b)) for a, b in pairwise(self._points)))

    def _density(self):
        return self.density

    def _exponential(self, rate, power):
        return self._power(power) if rate == 0 else self._mean(sympy.exp(rate * R**2) * R**power)

    def _tail_square(self, s):
        raise NotSupportedError(
            explain(
                "one coordinate of a law given by the density of R has no closed form",
                hint="Gaussian, UniformSphere, UniformBall or StudentT",
            )
        )

    def _radii(self, rng, n):
        u = rng.random(n)
        if self.quantile is not None:
            return Formula("q", self.quantile(_U), args=(_U,)).lambdify()(u)
        points = [self._unit(x) for x in self._points]
        return self._radius(drawn_radii.invert(self._doubles, points, u))

    def _doubles(self, t: np.ndarray) -> np.ndarray:
        """The density of t ∈ (0, 1) that `_radius` maps to R."""
        low, high = self.support
        with np.errstate(all="ignore"):  # a mass that is not found is an error later
            slope = (1 - t) ** -2.0 if high == oo else float(high - low)
            return self._vectorised(self._radius(t)) * slope

    @cached_property
    def _vectorised(self):
        return Formula("f", self.density, args=(R,)).lambdify()

    def _radius(self, t: np.ndarray) -> np.ndarray:
        low, high = self.support
        return float(low) + (t / (1 - t) if high == oo else t * float(high - low))

    def _unit(self, radius: Expr) -> float:
        """The t of a radius."""
        low, high = self.support
        if radius == oo:
            return 1.0
        return float((radius - low) / (1 + radius - low if high == oo else high - low))

    def _latex_text(self):
        return rf"R \sim {sympy.latex(self.density)}"

    def __str__(self):
        return f"the law on R^{self.d} whose norm has the density {self.density}"


def _density_in_r(density, variable) -> Expr:
    """The density in the symbol R."""
    density = real_expression(density, "density")
    given = set() if variable is None else {as_variable(variable)}
    symbols = density.free_symbols | given
    if len(symbols) > 1 or not all(isinstance(x, sympy.Symbol) for x in symbols):
        got = ", ".join(map(str, symbols))
        raise DomainError(explain("a density of R has one symbol", got=got, hint="numbers"))
    return density.subs(dict.fromkeys(symbols, R))


def _read_support(support) -> tuple[Expr, Expr]:
    """(lowest, highest) value of R."""
    if not isinstance(support, tuple) or len(support) != 2:
        raise DomainError(explain("support is no pair", got=repr(support), allowed="(0, oo)"))
    low, high = exact(support[0], "support"), support[1]
    high = oo if high == oo else exact(high, "support")
    if not 0 <= low < high:
        allowed = "0 ≤ lowest < highest"
        raise DomainError(
            explain("support is no interval", got=f"({low}, {high})", allowed=allowed)
        )
    return low, high


def _as_lambda(function, symbol: sympy.Symbol, what: str) -> sympy.Lambda | None:
    """A function as data, so that laws can be compared, hashed and pickled."""
    if function is None:
        return None
    if not callable(function):
        raise DomainError(explain(f"{what} is no function", got=repr(function)))
    try:
        expr = expression(function(symbol), what)
    except TypeError as error:
        raise DomainError(explain(f"{what} is no function of a symbol", got=error)) from error
    if not expr.free_symbols <= {symbol}:
        raise DomainError(explain(f"{what} has further symbols", got=expr))
    return sympy.Lambda(symbol, expr)
