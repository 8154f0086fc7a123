"""Sums over a binomial law, Σ_k C(n, k) p^k (1 − p)^(n − k) g(k, n), at large n.

With k = n p + √n w, where w has moments of all orders, g is a series in 1/√n whose coefficients are
polynomials in w. Their means are those of S. Bernstein's and E. Voronovskaya's expansions.
"""

from typing import NamedTuple

import sympy

from theorycalc.core.coefficients import tidy
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.local_series import expand
from theorycalc.core.power_series import PowerSeries

_HALF = sympy.Rational(1, 2)
_P, _W, _N = sympy.Dummy("p"), sympy.Dummy("w", real=True), sympy.Dummy("n")


class BinomialSum(NamedTuple):
    """E g(K, n) for a binomial K of n trials with probability p."""

    index: sympy.Symbol
    n: sympy.Symbol
    p: sympy.Expr
    g: sympy.Expr

    @property
    def condition(self):
        """That p is a probability, and no end of them."""
        return sympy.And(self.p > 0, self.p < 1)

    def series(self, known: dict, cut) -> PowerSeries:
        """In powers of 1/n."""
        if not self.p.free_symbols.isdisjoint(known):
            raise NotSupportedError(explain("a probability that moves", got=self.p))
        inside = PowerSeries({-sympy.S.One: self.p, -_HALF: _W}, sympy.oo)
        series = expand(self.g, {**known, self.index: inside}, cut)
        total = PowerSeries({}, series.cut)
        for exponent, coefficient in series.terms.items():
            total = total + self._mean(coefficient).scaled(sympy.S.One, exponent)
        return total

    def _mean(self, coefficient: sympy.Expr) -> PowerSeries:
        """The mean of a polynomial in w, whose m-th power has n^(−m/2) times a central moment."""
        if not coefficient.is_polynomial(_W):
            raise NotSupportedError(explain("no expansion is known beside the mean", got=self.g))
        terms: dict = {}
        for (m,), c in sympy.Poly(coefficient, _W).terms():
            for (j,), moment in sympy.Poly(central_moment(m), _N).terms():
                power = m * _HALF - j
                terms[power] = terms.get(power, 0) + c * moment.subs(_P, self.p)
        return PowerSeries({power: tidy(c) for power, c in terms.items()}, sympy.oo)


def central_moment(m: int) -> sympy.Expr:
    """E (K − n p)^m, by μ_{m+1} = p (1 − p) (dμ_m/dp + n m μ_{m−1})."""
    before, moment = sympy.S.Zero, sympy.S.One
    for order in range(m):
        following = _P * (1 - _P) * (moment.diff(_P) + _N * order * before)
        before, moment = moment, sympy.expand(following)
    return moment


def binomial_sum(node: sympy.Sum, n: sympy.Symbol) -> BinomialSum:
    """A sum over k = 0, …, n read as a mean over a binomial law.

    Raises
    ------
    NotSupportedError
        If it is none.
    """
    (k, *ends), rest = node.limits[-1], node.limits[:-1]
    weight = sympy.binomial(n, k)
    factors = list(sympy.Mul.make_args(node.function))
    if ends != [0, n] or rest or weight not in factors:
        raise _refusal(node)
    factors.remove(weight)
    odds, growth, others = sympy.S.One, sympy.S.One, []
    for factor in factors:
        base, exponent = factor.as_base_exp()
        steps = [sympy.expand(exponent).coeff(x) for x in (k, n)]
        constant = sympy.expand(exponent - steps[0] * k - steps[1] * n)
        if {k, n} & sympy.Tuple(base, constant, *steps).free_symbols or steps == [0, 0]:
            others.append(factor)
            continue
        odds, growth = odds * base ** steps[0], growth * base ** steps[1]
        others.append(base**constant)
    # Σ C(n, k) a^k = (1 + a)^n, so that a/(1 + a) is the probability
    if sympy.simplify(growth * (1 + odds) - 1) != 0:
        raise _refusal(node)
    return BinomialSum(k, n, sympy.simplify(odds / (1 + odds)), sympy.Mul(*others))


def _refusal(node) -> NotSupportedError:
    allowed = "Σ binomial(n, k) p**k (1 − p)**(n − k) g(k, n) over k from 0 to n"
    return NotSupportedError(explain("the asymptotics of a sum", got=node, allowed=allowed))
