"""Priors that are no mixtures: Laplace's law in closed form, and any density."""

from dataclasses import dataclass

import sympy
from sympy import Expr, S, exp, log, oo, sqrt

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.expressions import real_expression
from theorycalc.core.formula import Formula
from theorycalc.core.graph import substitute
from theorycalc.core.integration.kinks import kinks
from theorycalc.core.numbers import exact_short
from theorycalc.core.records import sequence
from theorycalc.core.signature import as_variable
from theorycalc.distributions.tails import TiltedTailMoment
from theorycalc.inference.priors import SNR, Prior, Y
from theorycalc.inference.solving.line import line_integral, normal_density

_X = sympy.Symbol("x", real=True)
# How far from 1 the mass of a density in doubles may be.
_MASS = 1e-9


@dataclass(frozen=True)
class Laplace(Prior):
    """The law of density e^{−|x|}/2, of variance 2.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.inference.Laplace().mmse(1).at())
    0.6315255772746 ± 4e-14
    """

    @property
    def name(self):
        return "laplace"

    @property
    def mean(self):
        return S.Zero

    @property
    def second_moment(self):
        return S(2)

    def _moment(self, k: int, y: Expr) -> Expr:
        """φ(y) E x^k exp(√s x y − s x²/2): a sum over the two half-lines."""
        mu = 1 / sqrt(SNR)
        sides = (sign**k * TiltedTailMoment(S(k), mu, sign * y) for sign in (1, -1))
        return sympy.Add(*sides) / (2 * sqrt(SNR) ** (k + 1))

    def _mmse(self):
        none, first, second = (self._moment(k, Y) for k in range(3))
        return _over_scales(second - first**2 / none, self._beyond(2, 0))

    def _free_entropy(self):
        density = self._moment(0, Y)
        # E exp(√s x y − s x²/2) lies between 1/(1 + s) and exp(y²/2)
        ratio = log(density * sqrt(2 * sympy.pi)) + Y**2 / 2
        return _over_scales(density * ratio, self._beyond(SNR, log(1 + SNR)))

    def _beyond(self, square: Expr, constant: Expr) -> Expr:
        """A bound of E[square·x² + z² + constant] where √s x + z > R: one part is above R/2."""
        a, b = Y / (2 * sqrt(SNR)), Y / 2
        far = exp(-a) * (square * (a**2 + 2 * a + 2) + 1 + constant) / 2
        return far + (2 * (2 * square + constant) + b + 2) * normal_density(b)

    def _denoiser(self):
        return self._moment(1, Y) / self._moment(0, Y)


def _over_scales(f: Expr, bound: Expr) -> Expr:
    """∫ f dy in log y: y is of the order of 1 near 0 and of that of √s in its tails."""
    place = {Y: sympy.sinh(Y)}
    return line_integral(substitute(f, place) * sympy.cosh(Y), Y, substitute(bound, place))


@dataclass(frozen=True)
class Density(Prior):
    """A law given by its density, computed in doubles.

    Parameters
    ----------
    density : Expr
        p(x) on the support, of integral 1.
    variable : Symbol
        The x in it.
    support : pair of numbers
        Its ends, which may be infinite.

    Raises
    ------
    DomainError
        For other symbols, an empty support or an integral that is not 1.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x")
    >>> uniform = tc.inference.Density(sympy.Rational(1, 2), x, (-1, 1))
    >>> print(uniform.mmse(2).at())
    0.19742812825216 ± 6e-15
    """

    density: Expr
    variable: sympy.Symbol
    support: tuple = (-oo, oo)

    def __post_init__(self):
        as_variable(self.variable)
        density = real_expression(self.density, "density")
        if others := density.free_symbols - {self.variable}:
            raise DomainError(explain("a density has other symbols", got=others))
        if density.has(oo, -oo):
            raise DomainError(explain("a density is infinite", got=density))
        ends = sequence(self.support, "the support of a density", allowed="(low, high)")
        if len(ends) != 2:
            raise DomainError(explain("not a support", got=ends, allowed="(low, high)"))
        low, high = (x if x is oo or x is -oo else exact_short(x, "support") for x in ends)
        if not low < high:
            raise DomainError(explain("an empty support", got=self.support))
        object.__setattr__(self, "density", density.subs(self.variable, _X))
        object.__setattr__(self, "support", (low, high))
        mass = float(Formula("", self._power(0)).at())
        if not abs(mass - 1) < _MASS:
            hint = "the density divided by it"
            raise DomainError(explain("a density of another mass than 1", got=mass, hint=hint))

    @property
    def name(self):
        return f"density {self.density}"

    @property
    def mean(self):
        return self._power(1)

    @property
    def second_moment(self):
        return self._power(2)

    def _power(self, k: int) -> Expr:
        return self._integral(_X**k)

    def _integral(self, f: Expr) -> Expr:
        """E f(x), of x and other symbols."""
        low, high = self.support
        ends = [end for end in (low, high) if end not in (oo, -oo)]
        ends += [x for x in kinks(self.density, _X) if x not in ends]
        inside = sympy.And(
            *([sympy.Gt(_X, low)] * (low != -oo)), *([sympy.Lt(_X, high)] * (high != oo))
        )
        body = f * self.density
        if inside != sympy.true:
            body = sympy.Piecewise((body, inside), (S.Zero, True))
        return line_integral(body, _X, oo, ends)

    def _moment(self, k: int, y: Expr) -> Expr:
        """φ(y) E x^k exp(√s x y − s x²/2)."""
        return self._integral(_X**k * normal_density(y - sqrt(SNR) * _X))

    def _mmse(self):
        none, first, second = (self._moment(k, Y) for k in range(3))
        return line_integral(second - first**2 / none, Y, oo)

    def _free_entropy(self):
        density = self._moment(0, Y)
        ratio = log(density * sqrt(2 * sympy.pi)) + Y**2 / 2
        return line_integral(density * ratio, Y, oo)

    def _denoiser(self):
        return self._moment(1, Y) / self._moment(0, Y)
