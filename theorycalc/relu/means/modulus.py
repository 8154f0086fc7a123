"""E ‖W‖^s |A(W) + iB(W)| for W ~ N(0, I_d) and real polynomials, one of them even, the other odd.

The derivations; what no closed form and no single integral gives is left to `ray_means`.
"""

import itertools
import math

import sympy
from sympy import Expr, Lambda, Poly, S, oo, sqrt, uppergamma

from theorycalc.core.formula import Formula
from theorycalc.core.gammas import gamma
from theorycalc.core.numbers import exact
from theorycalc.core.special import SpecialFunction
from theorycalc.relu.means import directions, modulus_doubles
from theorycalc.relu.means.modulus_radial import (
    RadialMean,
    U,
    mean_power,
    sign_between,
    sign_changes,
    square_root,
)
from theorycalc.sphere.measure import rising_steps


def modulus_mean(a: Poly, b: Poly, order: Expr, d: int) -> Expr:
    """E ‖W‖^order |a(w) + i b(w)| for some of the d coordinates w of W.

    Closed for homogeneous a with b = 0 where `directions.absolute_mean` is; for |a + ib| that is
    |p(‖w‖²)| times a power of ‖w‖, as always in one dimension where one of a and b is 0; and, for
    even orders, for products of such functions of single variables. An integral over ‖w‖ if
    |a + ib| is any other function of it; otherwise a function that is known in doubles.
    """
    a, b = a.unify(b)
    used = [x for x in a.gens if a.degree(x) > 0 or b.degree(x) > 0]
    n = len(used)
    a, b = (_restricted(x, used) for x in (a, b))
    for part, other in ((a, b), (b, a)):
        if not other and part.is_homogeneous:
            return _homogeneous(part, n, d, order)
    if order.is_Integer and order % 2 == 0 and n < d:
        return _without_unused(a, b, d - n, int(order) // 2)
    square = a * a + b * b
    radial = _radial(square)
    if radial is not None:
        return _radial_mean(radial, n, d - n, order)
    if order.is_Integer and order % 2 == 0:
        factors = _univariate_factors(square)
        if factors is not None:
            return _product(factors, int(order) // 2)
    return ModulusMean(*(Lambda(a.gens, x.as_expr()) for x in (a, b)), d - n, order)


def gaussian_radial_moment(d, q) -> Expr:
    """E ‖W‖^q."""
    d, q = S(d), sympy.sympify(q)
    return 2 ** (q / 2) * gamma((d + q) / 2) / gamma(d / 2)


def _restricted(polynomial: Poly, used: list) -> Poly:
    """The same in the variables that it has, in one at least."""
    gens = used or polynomial.gens[:1]
    return Poly(polynomial.as_expr(), *gens, domain=polynomial.domain)


def _homogeneous(p: Poly, n: int, d: int, order: Expr) -> Expr:
    """p of the first n variables w: w/‖w‖, ‖w‖²/‖W‖² and ‖W‖ are independent."""
    k = p.total_degree()
    if n == 0:
        return abs(p.as_expr()) * gaussian_radial_moment(d, order)
    size = gaussian_radial_moment(n, k) * directions.absolute_mean(p, n)
    return size * gaussian_radial_moment(d, k + order) / gaussian_radial_moment(d, k)


def _without_unused(a: Poly, b: Poly, m: int, half: int) -> Expr:
    """‖W‖^{2·half} by the binomial theorem, where m variables occur nowhere else."""
    n = len(a.gens)
    return sympy.Add(
        *(
            math.comb(half, i) * rising_steps(S(m), half - i) * modulus_mean(a, b, S(2 * i), n)
            for i in range(half + 1)
        )
    )


def _radial(square: Poly) -> Poly | None:
    """q with |a + ib|² = q(‖w‖²), or None."""
    others = square.gens[1:]
    line = square.eval(dict.fromkeys(others, 0)) if others else square
    if any(k % 2 for (k,) in line.monoms()):
        return None
    q = Poly.from_dict({(k // 2,): c for (k,), c in line.terms()}, U, domain=line.domain)
    size = Poly(sum(x**2 for x in square.gens), *square.gens)
    whole = sum((c * size**k for (k,), c in q.terms()), start=square.zero)
    return q if whole == square else None


def _univariate_factors(square: Poly) -> list[Poly] | None:
    """The q_i with |a + ib|² = Π q_i(x_i²), or None."""
    c, factors = square.factor_list()
    parts = {x: Poly(1, x) for x in square.gens}
    for factor, power in factors:
        used = [x for x in square.gens if factor.degree(x) > 0]
        if len(used) > 1:
            return None
        parts[used[0]] = parts[used[0]] * Poly(factor.as_expr(), used[0]) ** power
    radial = [_radial(part) for part in parts.values()]
    # every factor is ≥ 0 or ≤ 0 everywhere
    signed = [q if q.LC() > 0 else -q for q in radial]
    return [signed[0] * abs(c), *signed[1:]]


def _product(factors: list[Poly], half: int) -> Expr:
    """‖W‖^{2·half} by the multinomial theorem."""
    total = S.Zero
    for powers in itertools.product(range(half + 1), repeat=len(factors)):
        if sum(powers) == half:
            count = math.factorial(half) // math.prod(map(math.factorial, powers))
            means = (_radial_mean(q, 1, 0, S(2 * i)) for q, i in zip(factors, powers, strict=True))
            total += count * sympy.Mul(*means)
    return total


def _radial_mean(q: Poly, n: int, m: int, order: Expr) -> Expr:
    """E ‖W‖^order √q(‖w‖²), w the first n of n + m variables."""
    power, p, rest = square_root(q)
    if m > 0 or rest.degree() > 0:
        return RadialMean(Lambda(U, q.as_expr()), n, m, order)
    cuts = sign_changes(p)
    sign = sign_between(p, S.Zero, cuts[0] if cuts else oo)
    total = S.Zero
    for (k,), c in p.terms():
        half = (n + order + power) / 2 + k
        part = gamma(half)
        for i, cut in enumerate(cuts):
            part += 2 * (-1) ** (i + 1) * uppergamma(half, cut / 2)
        total += c * 2**half * part
    # the density of ‖w‖ is that of a χ law
    return sympy.expand(sign * sqrt(rest.LC()) * total / (2 ** (S(n) / 2) * gamma(S(n) / 2)))


class ModulusMean(SpecialFunction):
    """E ‖W‖^s |a(w) + i b(w)| for polynomials a and b of all but m coordinates of W, as Lambdas."""

    nargs = 4
    functions = (sympy.Lambda, sympy.Lambda)

    @staticmethod
    def domain(a, b, m, order):
        return sympy.Contains(m, S.Naturals0)

    def _eval_is_positive(self):
        return True

    @staticmethod
    def double(a, b, m, order):
        a, b = (Poly(f.expr, *f.variables) for f in (a, b))
        power = mean_power(exact(float(order), "order"), S(int(m)), U)
        return modulus_doubles.modulus_mean(a, b, Formula("E", power, U).lambdify())

    def in_latex(self, printer):
        a, b, _, order = self.args
        modulus = printer._print(abs(a.expr + sympy.I * b.expr))
        return rf"\mathbb{{E}}\left[\|w\|^{{{printer._print(order)}}} {modulus}\right]"
