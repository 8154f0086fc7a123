"""Hermite coefficients in closed form, for integer and for symbolic degree."""

from dataclasses import dataclass

import sympy
from sympy import Eq, Expr, Mod, Piecewise, S, erfc, factorial, factorial2, sqrt

from theorycalc.activations import Activation, z
from theorycalc.hermite.closed import beyond, normal_density
from theorycalc.hermite.powers import SingularPower, split
from theorycalc.hermite.sequences import Symbols, raw_coefficients
from theorycalc.hermite.terms import Term, terms_of


@dataclass(frozen=True)
class TruncatedPower:
    """weight · (z − threshold)_+^power, with (·)_+^0 the Heaviside step."""

    weight: Expr
    threshold: Expr
    power: int

    def raw(self, k: int) -> Expr:
        """E[(Z − b)_+^p He_k(Z)] for an integer k, times the weight."""
        b, p = self.threshold, self.power
        if k > p:
            moment = factorial(p) * hermite_at(k - p - 1, b) * normal_density(b)
        else:
            moment = factorial(p) / factorial(p - k) * upper_moment(p - k, b)
        return self.weight * moment

    def raw_beyond(self, k: Expr, parity: int) -> Expr:
        """The same for symbolic k > p of the given parity (0 even, 1 odd)."""
        b, p = self.threshold, self.power
        degree = k - p - 1
        if b != 0:
            hermite = sympy.hermite_prob(degree, b)
        elif (parity - p - 1) % 2:
            return S.Zero
        else:
            hermite = (-1) ** (degree / 2) * factorial2(degree - 1)
        return self.weight * factorial(p) * hermite * normal_density(b)


def hermite_at(n: int, b: Expr) -> Expr:
    """He_n(b); at a rational b by its recurrence: SymPy expands the polynomial first."""
    if not b.is_Rational:
        return sympy.hermite_prob(n, b)
    before, value = S.Zero, S.One
    for i in range(n):
        before, value = value, b * value - i * before
    return value


def upper_moment(j: int, b: Expr) -> Expr:
    """M_j = E[(Z − b)_+^j], by M_j = −b M_{j−1} + (j−1) M_{j−2}; M_0 = P(Z > b)."""
    moments = [erfc(b / sqrt(2)) / 2]
    if j >= 1:
        moments.append(normal_density(b) - b * moments[0])
    for i in range(2, j + 1):
        moments.append(-b * moments[i - 1] + (i - 1) * moments[i - 2])
    return sympy.expand(moments[j])


@dataclass(frozen=True)
class Parts:
    """An activation as a polynomial, truncated powers, and other terms."""

    polynomial: sympy.Poly
    powers: tuple[TruncatedPower, ...]
    others: tuple[Term, ...]
    singular: tuple[SingularPower, ...] = ()

    @property
    def last(self) -> int:
        """The degree beyond which one form, for each parity, gives all coefficients."""
        degree = -1 if self.polynomial.is_zero else int(self.polynomial.degree())
        powers = (term.power for term in (*self.powers, *self.others))
        return max([degree, *powers, *(power.last for power in self.singular)])

    def raw(self, k: int) -> Expr:
        """C_k for k ≤ last."""
        return (
            polynomial_raw(self.polynomial, k)
            + sum(power.raw(k) for power in (*self.powers, *self.singular))
            + sum(_real(raw_coefficients(term, k, Symbols())[k]) for term in self.others)
        )

    def raw_beyond(self, k: Expr, parity: int) -> Expr:
        """C_k for k > last."""
        powers = sum(power.raw_beyond(k, parity) for power in (*self.powers, *self.singular))
        return powers + sum(beyond(term, k, parity) for term in self.others)


def _real(expr: Expr) -> Expr:
    """The real part: complex terms come in conjugate pairs."""
    return sympy.re(sympy.expand(expr, complex=True)) if expr.has(sympy.I) else expr


def parts_of(activation: Activation) -> Parts | None:
    """The parts of an activation, or None if some have no closed coefficients."""
    singular, rest = split(activation)
    terms = terms_of(rest)
    if terms is None:
        return None
    polynomial, steps, others = sympy.Poly(0, z), {}, []
    for term in terms:
        if term.is_polynomial:
            polynomial += sympy.Poly(term.coefficient * z**term.power, z)
        elif term.rate == term.decay == 0 and term.slope is None:
            piece = sympy.Poly(term.coefficient * z**term.power, z)
            steps[term.threshold] = steps.get(term.threshold, sympy.Poly(0, z)) + piece
        else:
            others.append(term)
    if any(
        beyond(term, S(term.power + 1 + i), (term.power + 1 + i) % 2) is None
        for term in others
        for i in (0, 1)
    ):
        return None
    powers = [
        TruncatedPower(c, threshold, p)
        for threshold, jump in steps.items()
        for (p,), c in jump.compose(sympy.Poly(z + threshold, z)).terms()
        if c != 0
    ]
    return Parts(polynomial, tuple(powers), tuple(others), singular)


def polynomial_raw(polynomial: sympy.Poly, k: int) -> Expr:
    """E[P(Z) He_k(Z)]: z^m contributes m!/(2^j j!) with j = (m − k)/2."""
    return sum(
        c * factorial(m) / (2 ** ((m - k) // 2) * factorial((m - k) // 2))
        for (m,), c in polynomial.terms()
        if m >= k and (m - k) % 2 == 0
    )


def coefficient(activation: Activation, k: int | sympy.Symbol) -> Expr | None:
    """c_k = E[φ(Z) h_k(Z)] in closed form, or None."""
    parts = parts_of(activation)
    return None if parts is None else _normalised(parts, k)


def of_powers(powers: tuple[SingularPower, ...], k: int | sympy.Symbol) -> Expr:
    """The part of c_k that singular powers have."""
    return _normalised(Parts(sympy.Poly(0, z), (), (), powers), k)


def _normalised(parts: Parts, k: int | sympy.Symbol) -> Expr:
    """C_k/√k! from the parts."""
    if not isinstance(k, sympy.Symbol):
        raw = parts.raw(k) if k <= parts.last else parts.raw_beyond(S(k), k % 2)
        return raw / sqrt(factorial(k))
    first = [(parts.raw(i) / sqrt(factorial(i)), Eq(k, i)) for i in range(parts.last + 1)]
    even, odd = (parts.raw_beyond(k, parity) / sqrt(factorial(k)) for parity in (0, 1))
    if even == odd:
        return Piecewise(*first, (even, True))
    return Piecewise(*first, (even, Eq(Mod(k, 2), 0)), (odd, True))
