"""Hermite coefficients in closed form, for integer and for symbolic degree."""

from dataclasses import dataclass

import sympy
from sympy import Eq, Expr, Mod, Piecewise, S, erfc, exp, factorial, factorial2, pi, sqrt

from theorycalc.activations import Activation, z
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.kinks import between, branch_at


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


def normal_density(b: Expr) -> Expr:
    """Density of N(0, 1)."""
    return exp(-(b**2) / 2) / sqrt(2 * pi)


def upper_moment(j: int, b: Expr) -> Expr:
    """M_j = E[(Z − b)_+^j], by M_j = −b M_{j−1} + (j−1) M_{j−2}; M_0 = P(Z > b)."""
    moments = [erfc(b / sqrt(2)) / 2]
    if j >= 1:
        moments.append(normal_density(b) - b * moments[0])
    for i in range(2, j + 1):
        moments.append(-b * moments[i - 1] + (i - 1) * moments[i - 2])
    return sympy.expand(moments[j])


def truncated_powers(activation: Activation) -> tuple[sympy.Poly, list[TruncatedPower]]:
    """A piecewise polynomial as a polynomial plus truncated powers at its kinks."""
    kinks = activation.kinks
    pieces = [
        _polynomial(activation, branch_at(activation.expr, z, inside))
        for _, inside, _ in between(kinks)
    ]
    powers = []
    for kink, left, right in zip(kinks, pieces, pieces[1:], strict=False):
        jump = (right - left).compose(sympy.Poly(z + kink, z))
        powers += [TruncatedPower(c, kink, p) for (p,), c in jump.terms() if c != 0]
    return pieces[0], powers


def _polynomial(activation: Activation, branch: Expr) -> sympy.Poly:
    polynomial = branch.as_poly(z)
    if polynomial is None:
        raise NotSupportedError(
            explain(
                "closed Hermite coefficients are known for piecewise polynomials",
                got=f"{activation.name}, with the branch {branch}",
                allowed="relu, leaky_relu, abs, step, sign, relu_power, biased_relu, monomial, "
                "hermite, identity, and expressions of this kind",
            )
        )
    return polynomial


def polynomial_raw(polynomial: sympy.Poly, k: int) -> Expr:
    """E[P(Z) He_k(Z)]: z^m contributes m!/(2^j j!) with j = (m − k)/2."""
    return sum(
        c * factorial(m) / (2 ** ((m - k) // 2) * factorial((m - k) // 2))
        for (m,), c in polynomial.terms()
        if m >= k and (m - k) % 2 == 0
    )


def coefficient(activation: Activation, k: int | sympy.Symbol) -> Expr:
    """c_k = E[φ(Z) h_k(Z)] for a piecewise polynomial φ."""
    polynomial, powers = truncated_powers(activation)

    def raw(i: int) -> Expr:
        return polynomial_raw(polynomial, i) + sum(power.raw(i) for power in powers)

    if not isinstance(k, sympy.Symbol):
        return raw(k) / sqrt(factorial(k))
    degree = polynomial.degree() if polynomial else 0
    last = max([int(degree), *(power.power for power in powers)])
    first = [(raw(i) / sqrt(factorial(i)), Eq(k, i)) for i in range(last + 1)]
    even, odd = (
        sum(power.raw_beyond(k, parity) for power in powers) / sqrt(factorial(k))
        for parity in (0, 1)
    )
    if even == odd:
        return Piecewise(*first, (even, True))
    return Piecewise(*first, (even, Eq(Mod(k, 2), 0)), (odd, True))
