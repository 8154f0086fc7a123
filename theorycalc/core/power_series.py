"""Truncated series in a small positive h, with rational powers and exact coefficients."""

from collections.abc import Mapping

import sympy

from theorycalc.core.coefficients import tidy
from theorycalc.core.errors import NotSupportedError, explain

EXACT = sympy.oo


class LostTermsError(Exception):
    """The terms that were kept have cancelled: more are needed."""


class PowerSeries:
    """Σ c_e h^e + O(h^cut): ``terms`` are the c_e ≠ 0 by their exponents, all below ``cut``."""

    def __init__(self, terms: Mapping, cut):
        self.terms = {e: c for e, c in sorted(terms.items()) if e < cut and c != 0}
        self.cut = cut

    @classmethod
    def constant(cls, c: sympy.Expr) -> "PowerSeries":
        return cls({sympy.S.Zero: tidy(c)}, EXACT)

    @property
    def is_zero(self) -> bool:
        """Whether it is zero, and not only up to what was left out."""
        return not self.terms and self.cut is EXACT

    @property
    def leading(self) -> tuple[sympy.Expr, sympy.Expr]:
        """(exponent, coefficient) of the largest term."""
        if not self.terms:
            raise LostTermsError
        return next(iter(self.terms.items()))

    @property
    def least(self):
        """No term has a smaller exponent."""
        return next(iter(self.terms), self.cut)

    def __add__(self, other: "PowerSeries") -> "PowerSeries":
        terms = dict(self.terms)
        for e, c in other.terms.items():
            terms[e] = tidy(terms[e] + c) if e in terms else c
        return PowerSeries(terms, min(self.cut, other.cut))

    def __mul__(self, other: "PowerSeries") -> "PowerSeries":
        if self.is_zero or other.is_zero:
            return PowerSeries({}, EXACT)
        cut = min(self.cut + other.least, other.cut + self.least)
        sums: dict = {}
        for e, c in self.terms.items():
            for f, d in other.terms.items():
                if e + f < cut:
                    sums.setdefault(e + f, []).append(c * d)
        return PowerSeries({e: tidy(sympy.Add(*parts)) for e, parts in sums.items()}, cut)

    def scaled(self, factor: sympy.Expr, power=sympy.S.Zero) -> "PowerSeries":
        """This times ``factor`` h^power."""
        terms = {e + power: tidy(factor * c) for e, c in self.terms.items()}
        return PowerSeries(terms, self.cut + power)

    def truncated(self, cut) -> "PowerSeries":
        return PowerSeries(self.terms, min(cut, self.cut))

    def slope(self) -> "PowerSeries":
        terms = {e - 1: e * c for e, c in self.terms.items()}
        return PowerSeries(terms, self.cut - 1)

    def antiderivative(self) -> "PowerSeries":
        if -1 in self.terms:
            raise NotSupportedError("the expansion has logarithms")
        terms = {e + 1: c / (e + 1) for e, c in self.terms.items()}
        return PowerSeries(terms, self.cut + 1)

    def power(self, p: sympy.Expr, cut) -> "PowerSeries":
        """The p-th power, by the binomial series of what is left beside the leading term."""
        if p.is_Integer and p >= 0 and len(self.terms) <= 1 and self.cut is EXACT:
            return PowerSeries({e * p: tidy(c**p) for e, c in self.terms.items()}, EXACT)
        if self.is_zero and p.is_positive:
            return self
        e, c = self.leading
        if not (e * p).is_Rational:
            raise NotSupportedError(explain("the expansion of a power", got=f"exponent {p}"))
        rest = PowerSeries(self.terms, self.cut).scaled(1 / c, -e)
        rest = rest + PowerSeries.constant(sympy.Integer(-1))
        binomials = (sympy.ff(p, k) / sympy.factorial(k) for k in range(10**6))
        whole = sum_of_powers(binomials, rest, cut - e * p)
        return whole.scaled(tidy(c**p), e * p)


def sum_of_powers(coefficients, u: PowerSeries, cut) -> PowerSeries:
    """Σ_k c_k u^k up to h^cut, for u without a constant term."""
    total, power, u = PowerSeries({}, EXACT), PowerSeries.constant(sympy.S.One), u.truncated(cut)
    for c in coefficients:
        if c != 0:
            total = total + power.scaled(c)
        power = (power * u).truncated(cut)
        if not power.terms:
            return total + PowerSeries({}, power.cut)
    return total
