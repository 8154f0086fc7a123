"""Hermite coefficients of a term for all degrees at once, by recurrences in any numbers.

Integration by parts gives C_{k+1}(φ) = C_k(φ') for the raw coefficients C_k(φ) = E[φ(Z) He_k(Z)].
For φ = e^{az − gz²}, (1 + 2g) C_{k+1} = a C_k − 2gk C_{k−1}; the factors H and erf add to it.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import sympy

from theorycalc.core.lowering import lower
from theorycalc.hermite.terms import Term


class Symbols:
    """The context of SymPy's own numbers."""

    def number(self, x: sympy.Expr) -> sympy.Expr:
        """Itself."""
        return x

    def apply(self, name: str, *args) -> sympy.Expr:
        """A function by its name."""
        return getattr(sympy, name)(*args)


def raw_coefficients(term: Term, order: int, context, mean: Callable | None = None) -> list:
    """C_0, …, C_order of one term.

    Parameters
    ----------
    term : Term
    order : int
    context : Numbers or Symbols
    mean : callable, optional
        Gives E[erf(σZ + c) e^{aZ − gZ²} H(Z − b)] for the term, which is not elementary.
    """
    values = [
        None if x is None else _constant(x, context)
        for x in (term.rate, term.decay, term.threshold, term.slope, term.offset)
    ]
    factor = _Factor(context, *values)
    count = order + term.power + 1
    sequence = _take(factor.sequence(mean and (lambda: mean(term))), count)
    for _ in range(term.power):
        # He_1 He_k = He_{k+1} + k He_{k−1}
        sequence = [
            sequence[k + 1] + k * sequence[k - 1] if k else sequence[1]
            for k in range(len(sequence) - 1)
        ]
    coefficient = _constant(term.coefficient, context)
    return [coefficient * c for c in sequence]


def _constant(x: sympy.Expr, context):
    """An exact constant in the numbers of a context."""
    if isinstance(context, Symbols) or x.is_Rational:
        return context.number(x)
    return lower(x).run(context, [])


def _take(sequence: Iterator, count: int) -> list:
    return [next(sequence) for _ in range(count)]


class _Factor(NamedTuple):
    """e^{az − gz²} · H(z − b) · erf(σz + c) in the numbers of one context."""

    context: object
    a: object
    g: object
    b: object
    slope: object
    offset: object

    def sequence(self, mean=None) -> Iterator:
        """Raw coefficients C_0, C_1, …"""
        before, value = 0, self._first(mean)
        for k, source in enumerate(self._sources()):
            yield value
            after = self.a * value - 2 * k * self.g * before + source
            before, value = value, after / self._variance

    @property
    def _variance(self):
        return 1 + 2 * self.g

    def _first(self, mean):
        """C_0."""
        apply, v = self.context.apply, self._variance
        tilt = apply("exp", self.a * self.a / (2 * v)) / apply("sqrt", v)
        centre = self.a / v
        if self.b is None and self.slope is None:
            return tilt
        if self.slope is None:
            return tilt * apply("erfc", (self.b - centre) * apply("sqrt", v / 2)) / 2
        if self.b is None:
            width = apply("sqrt", 1 + 2 * self.slope * self.slope / v)
            return tilt * apply("erf", (self.slope * centre + self.offset) / width)
        return mean()

    def _sources(self) -> Iterator:
        """What the derivatives of the step and of the error function add to C_{k+1}, each k."""
        sources = []
        if self.b is not None:
            sources.append(self._jumps())
        if self.slope is not None:
            sources.append(self._slopes())
        while True:
            yield sum(next(source) for source in sources) if sources else 0

    def _jumps(self) -> Iterator:
        """e^{ab − gb²} erf(σb + c) n(b) He_k(b)."""
        apply, b = self.context.apply, self.b
        pi = _constant(sympy.pi, self.context)
        weight = apply("exp", self.a * b - (self.g + _half(self.context)) * b * b)
        weight = weight / apply("sqrt", 2 * pi)
        if self.slope is not None:
            weight = weight * apply("erf", self.slope * b + self.offset)
        before, value, k = 0 * b, b * 0 + 1, 0
        while True:
            yield weight * value
            before, value, k = value, b * value - k * before, k + 1

    def _slopes(self) -> Iterator:
        """(2σ/√π) e^{−c²} times the coefficients of e^{(a − 2σc)z − (g + σ²)z²} H(z − b)."""
        apply, s, c = self.context.apply, self.slope, self.offset
        pi = _constant(sympy.pi, self.context)
        weight = 2 * s * apply("exp", -c * c) / apply("sqrt", pi)
        bell = self._replace(a=self.a - 2 * s * c, g=self.g + s * s, slope=None, offset=None)
        for coefficient in bell.sequence():
            yield weight * coefficient


def _half(context):
    return _constant(sympy.S.Half, context)
