"""Laws of the standard families, and what each knows of another one of its family."""

from dataclasses import dataclass

import sympy
from sympy import Abs, Expr, S, erf, exp, floor, log, oo, sqrt

from theorycalc.core.errors import DomainError, NotSupportedError, explain
from theorycalc.core.expressions import positive_parameter, real_parameter
from theorycalc.core.looks import Line
from theorycalc.core.numbers import exact_integer
from theorycalc.core.scaled_functions import uppergamma_regularized
from theorycalc.information.arguments import distribution


class Law(Line):
    """A law of a family, whose members are compared in closed form."""

    def relative_entropy(self, other) -> Expr:
        """∫ dP log(dP/dQ)."""
        raise NotImplementedError

    def variation(self, other) -> Expr:
        """½ ∫ |dP − dQ|."""
        raise NotImplementedError

    def chi_square(self, other) -> Expr:
        """∫ (dP)²/dQ − 1."""
        raise NotImplementedError

    def affinity(self, other) -> Expr:
        """∫ √(dP dQ)."""
        raise NotImplementedError


@dataclass(frozen=True)
class Categorical(Law):
    """Finitely many outcomes.

    Parameters
    ----------
    probabilities : sequence
        Numbers or expressions that add up to 1.

    Examples
    --------
    >>> import theorycalc as tc
    >>> fair, loaded = (tc.information.Categorical(p) for p in (("1/2", "1/2"), ("1/4", "3/4")))
    >>> tc.information.total_variation(fair, loaded).expr
    1/4
    """

    probabilities: tuple

    def __post_init__(self):
        row = distribution(self.probabilities, "probabilities")
        object.__setattr__(self, "probabilities", tuple(row))

    def relative_entropy(self, other):
        pairs = self._pairs(other)
        if any(q == 0 != p for p, q in pairs):
            return oo
        return sympy.Add(*(p * log(p / q) for p, q in pairs if p != 0))

    def variation(self, other):
        return sympy.Add(*(Abs(p - q) for p, q in self._pairs(other))) / 2

    def chi_square(self, other):
        pairs = self._pairs(other)
        if any(q == 0 != p for p, q in pairs):
            return oo
        return sympy.Add(*((p - q) ** 2 / q for p, q in pairs if q != 0))

    def affinity(self, other):
        return sympy.Add(*(sqrt(p * q) for p, q in self._pairs(other)))

    def _pairs(self, other) -> list:
        if len(self.probabilities) != len(other.probabilities):
            got = f"{len(self.probabilities)} and {len(other.probabilities)}"
            raise DomainError(explain("laws on sets of two sizes", got=got))
        return [*zip(self.probabilities, other.probabilities, strict=True)]


@dataclass(frozen=True)
class Normal(Law):
    """N(m, s² I) on a line of R^d, along which means are measured.

    Parameters
    ----------
    mean : number or Expr
    deviation : number or Expr
        The standard deviation s > 0 of every coordinate.
    d : int
        The dimension ≥ 1. Of two laws the distance of the means along the line counts.

    Examples
    --------
    >>> import theorycalc as tc
    >>> P, Q = tc.information.Normal(0, 1), tc.information.Normal(1, 2)
    >>> print(tc.information.divergence(P, Q).at(using=tc.Ball(15)))
    0.443147180559945 ± 4e-16
    """

    mean: Expr
    deviation: Expr = S.One
    d: int = 1

    def __post_init__(self):
        object.__setattr__(self, "mean", real_parameter(self.mean, "mean"))
        object.__setattr__(self, "deviation", positive_parameter(self.deviation, "deviation"))
        object.__setattr__(self, "d", exact_integer(self.d, "d", 1))

    def relative_entropy(self, other):
        d, ratio = self._dimension(other), self.deviation / other.deviation
        shift = (self.mean - other.mean) ** 2 / other.deviation**2
        return (shift + d * (ratio**2 - 1 - 2 * log(ratio))) / 2

    def variation(self, other):
        d = self._dimension(other)
        shift, s, t = other.mean - self.mean, self.deviation, other.deviation
        if s == t:
            return erf(Abs(shift) / (2 * sqrt(2) * s))
        if d > 1:
            hint = "hellinger_squared, which brackets it"
            what = "total variation of normal laws with two deviations in more than one dimension"
            raise NotSupportedError(explain(what, got=f"dimension {d}", hint=hint))
        # the densities cross where x²(1/s² − 1/t²)/2 + x·shift/t² = shift²/(2t²) + log(t/s)
        a, b, c = (1 / s**2 - 1 / t**2) / 2, shift / t**2, -(shift**2) / (2 * t**2) - log(t / s)
        root = sqrt(b**2 - 4 * a * c)
        ends = [(-b + sign * root) / (2 * a) for sign in (1, -1)]
        one, two = (
            (erf((ends[0] - m) / (sqrt(2) * r)) - erf((ends[1] - m) / (sqrt(2) * r))) / 2
            for m, r in ((0, s), (shift, t))
        )
        return Abs(one - two)

    def chi_square(self, other):
        d, s, t = self._dimension(other), self.deviation, other.deviation
        spare = 2 * t**2 - s**2
        value = (t**2 / (s * sqrt(spare))) ** d * exp((self.mean - other.mean) ** 2 / spare) - 1
        return sympy.Piecewise((value, spare > 0), (oo, True))

    def affinity(self, other):
        d, s, t = self._dimension(other), self.deviation, other.deviation
        total = s**2 + t**2
        shift = (self.mean - other.mean) ** 2
        return sqrt(2 * s * t / total) ** d * exp(-shift / (4 * total))

    def _dimension(self, other) -> int:
        if self.d != other.d:
            got = f"{self.d} and {other.d}"
            raise DomainError(explain("normal laws of two dimensions", got=got))
        return self.d


@dataclass(frozen=True)
class Poisson(Law):
    """The Poisson law.

    Parameters
    ----------
    rate : number or Expr
        Its mean, > 0.
    """

    rate: Expr

    def __post_init__(self):
        object.__setattr__(self, "rate", positive_parameter(self.rate, "rate"))

    def relative_entropy(self, other):
        a, b = self.rate, other.rate
        return a * log(a / b) - a + b

    def variation(self, other):
        a, b = self.rate, other.rate
        if a == b:
            return S.Zero
        below = floor((a - b) / log(a / b)) + 1  # the probabilities cross
        return Abs(uppergamma_regularized(below, a) - uppergamma_regularized(below, b))

    def chi_square(self, other):
        return exp((self.rate - other.rate) ** 2 / other.rate) - 1

    def affinity(self, other):
        return exp(-((sqrt(self.rate) - sqrt(other.rate)) ** 2) / 2)


@dataclass(frozen=True)
class Exponential(Law):
    """The exponential law.

    Parameters
    ----------
    rate : number or Expr
        The reciprocal of its mean, > 0.
    """

    rate: Expr

    def __post_init__(self):
        object.__setattr__(self, "rate", positive_parameter(self.rate, "rate"))

    def relative_entropy(self, other):
        ratio = other.rate / self.rate
        return ratio - 1 - log(ratio)

    def variation(self, other):
        a, b = self.rate, other.rate
        if a == b:
            return S.Zero
        place = log(a / b) / (a - b)  # the densities cross
        return Abs(exp(-a * place) - exp(-b * place))

    def chi_square(self, other):
        a, b = self.rate, other.rate
        value = a**2 / (b * (2 * a - b)) - 1
        return sympy.Piecewise((value, 2 * a > b), (oo, True))

    def affinity(self, other):
        a, b = self.rate, other.rate
        return 2 * sqrt(a * b) / (a + b)
