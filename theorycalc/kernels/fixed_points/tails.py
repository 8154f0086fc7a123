"""Ranges on half-lines [a, ∞) of sums of powers and of what decays faster than any of them."""

import math
from fractions import Fraction

import sympy

from theorycalc.core.lowering import lower
from theorycalc.kernels.fixed_points.half_lines import EVERYTHING, range_beyond, range_of


class Decay:
    """A function of x > 0 as a polynomial and parts that decay, which ``x`` and ``known`` bound.

    e^{−x} and erfc(cx) get symbols; erf, tanh and e^x are written with them, and what is left over
    when they are 0 is split off, so that sizes that cancel do so exactly.
    """

    def __init__(self, expr: sympy.Expr, x: sympy.Symbol):
        self.x, self.tails = x, {}
        written = expr.replace(sympy.tanh, lambda u: 1 - 2 / (sympy.exp(2 * u) + 1))
        written = written.replace(sympy.erf, self._erf)
        fast = self._tail(sympy.exp(-x))
        written = written.replace(
            sympy.exp, lambda u: fast ** (-u / x) if (u / x).is_Integer else sympy.exp(u)
        )
        written = sympy.together(written)
        self.rest = written.subs(dict.fromkeys(self.tails, sympy.S.Zero))
        self.decaying = sympy.factor(written - self.rest)

    def _erf(self, u: sympy.Expr) -> sympy.Expr:
        rate = u / self.x
        if not (rate**2).is_Rational:
            return sympy.erf(u)
        return sympy.sign(rate) * (1 - self._tail(sympy.erfc(abs(rate) * self.x)))

    def _tail(self, function: sympy.Expr) -> sympy.Symbol:
        for symbol, known in self.tails.items():
            if known == function:
                return symbol
        symbol = sympy.Dummy("E", positive=True)
        self.tails[symbol] = function
        return symbol

    @property
    def expr(self) -> sympy.Expr:
        """The function, written as this sum."""
        return self.rest.subs(self.tails) + self.decaying.subs(self.tails)

    def range(self, cut: Fraction, ranges: dict) -> tuple:
        """(least, largest) value on [cut, ∞)."""
        if self.rest.has(sympy.nan, sympy.zoo, sympy.oo):
            return EVERYTHING
        known = {**ranges, self.x: (cut, math.inf)}
        for symbol, function in self.tails.items():
            known[symbol] = Fraction(0), self._at(function, cut)
        parts = {
            sympy.Dummy(): range_beyond(self.rest, known),
            sympy.Dummy(): self._decaying_range(cut, known),
        }
        return range_beyond(sympy.Add(*parts), parts)

    def _decaying_range(self, cut: Fraction, known: dict) -> tuple:
        """x^k f^m as one factor where it decreases: it is nowhere more than at the cut."""
        powers = self.decaying.as_powers_dict()
        for symbol, function in self.tails.items():
            k, m = powers.get(self.x, 0), powers.get(symbol, 0)
            if not (k > 0 and m > 0 and self._decreases(function, sympy.Rational(k, m), cut)):
                continue
            factor, product = sympy.Dummy(positive=True), self.x**k * symbol**m
            most = cut ** int(k) * known[symbol][1] ** int(m)
            return range_beyond(
                factor * (self.decaying / product), {**known, factor: (Fraction(0), most)}
            )
        return range_beyond(self.decaying, known)

    def _decreases(self, function: sympy.Expr, power: sympy.Rational, cut: Fraction) -> bool:
        """Whether x^power f does beyond the cut.

        That of e^{−x} does from ``power`` on, and erfc(cx) has a logarithmic slope below −2c²x.
        """
        if isinstance(function, sympy.exp):
            return cut >= power
        return 2 * (function.args[0] / self.x) ** 2 * sympy.Rational(cut) ** 2 >= power

    def _at(self, function: sympy.Expr, cut: Fraction) -> Fraction:
        return range_of(lower(function.subs(self.x, sympy.Rational(cut))), [])[1]
