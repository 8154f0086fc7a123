"""Radial linear statistics of the eigenvalues of complex Ginibre matrices: their cumulants."""

from fractions import Fraction
from math import comb, prod

import sympy
from sympy import Expr, S, factorial

from theorycalc.core.errors import DomainError, NotSupportedError, explain
from theorycalc.core.expressions import function_expression
from theorycalc.core.formula import Formula
from theorycalc.core.gammas import gamma
from theorycalc.core.numbers import exact_integer
from theorycalc.core.reference import Reference

R = sympy.Symbol("r", positive=True)
_MOST_ORDERS, _MOST_PARTICLES = 12, 5000
_SOURCE = Reference("Kostlan 1992", where="{N|z_i|²} are independent Gamma(k), k = 1, …, N")


def ginibre_cumulant(f, order, N=None) -> Formula:  # noqa: N803 - the letter of the mathematics
    """A cumulant of Σ f(|z_i|) over the eigenvalues z_i of an N × N complex Ginibre matrix.

    Entries have variance 1/N, so that the eigenvalues fill the unit disc.

    Parameters
    ----------
    f : expression in one symbol
        A function of r = |z|, smooth on [0, 1] and a little beyond.
    order : int
        q ≥ 1.
    N : int, optional
        The exact cumulant κ_q at this size, for sums of terms a r^p e^{−b r²}. Without it the limit
        of N^{q−2} κ_q.

    Notes
    -----
    For q ≥ 3 the limit depends on the derivatives of f at the boundary alone. At N = 50 it is
    within a few percent of the exact one for f = r⁴; the difference is of order 1/N.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> r = sympy.Symbol("r")
    >>> tc.spectra.ginibre_cumulant(r**4, order=3).expr
    8
    >>> tc.spectra.ginibre_cumulant(r**4, order=3, N=50).at().digits(10)
    '0.1871307776'
    >>> tc.spectra.ginibre_cumulant(sympy.exp(-r**2), order=4).expr
    -exp(-4)
    """
    f = _radial(f)
    order = exact_integer(order, "order", 1, _MOST_ORDERS)
    if N is None:
        return Formula(f"kappa_{order}", _limit(f, order))
    size = exact_integer(N, "N", 1, _MOST_PARTICLES)
    return Formula(f"kappa_{order}", _exactly(f, order, size), reference=_SOURCE)


def _radial(f) -> Expr:
    """f in the symbol R."""
    f = function_expression(f, "f")
    symbols = f.free_symbols
    if len(symbols) > 1:
        got = ", ".join(sorted(map(str, symbols)))
        raise DomainError(explain("f has several symbols", got=got, allowed="r"))
    return f.subs(dict.fromkeys(symbols, R))


def _limit(f: Expr, order: int) -> Expr:
    """N^{q−2} κ_q: from Ψ'' = (1/2) ∫_0^{R(t)} r f'² dr with R² − (t/2) R f'(R) = 1."""
    slope = f.diff(R)
    if order == 1:
        return _over_the_disc(2 * R * f)
    if order == 2:
        return _over_the_disc(R * slope**2 / 2)
    edge, length = _edge(slope, order - 2), order - 2
    outward = [factorial(k) ** -1 * slope.diff(R, k).subs(R, 1) for k in range(length + 1)]
    at_edge = _composed(outward, [S.Zero, *edge[1:]])
    speed = [(k + 1) * edge[k + 1] for k in range(length)]
    third = _product(_product(edge, _product(at_edge, at_edge)), [*speed, S.Zero])
    return sympy.simplify(third[order - 3] * factorial(order - 3) / 2)


def _edge(slope: Expr, order: int) -> list[Expr]:
    """R(t) as a series: each coefficient makes R² − (t/2) R f'(R) − 1 vanish one order further."""
    outward = [factorial(k) ** -1 * slope.diff(R, k).subs(R, 1) for k in range(order + 1)]
    edge = [S.One, *[S.Zero] * order]
    for n in range(1, order + 1):
        force = _product(edge, _composed(outward, [S.Zero, *edge[1:]]))
        edge[n] = sympy.expand((force[n - 1] / 2 - _product(edge, edge)[n]) / 2)
    return edge


def _product(one: list, two: list) -> list:
    length = min(len(one), len(two))
    return [sympy.expand(sum(one[i] * two[n - i] for i in range(n + 1))) for n in range(length)]


def _composed(outer: list, inner: list) -> list:
    out = [S.Zero] * len(inner)
    for x in reversed(outer):
        out = _product(out, inner)
        out[0] += x
    return out


def _over_the_disc(integrand: Expr) -> Expr:
    """∫_0^1, term by term where they are powers."""
    terms = [term.as_coeff_exponent(R) for term in sympy.Add.make_args(sympy.expand(integrand))]
    if all(not a.has(R) and p.is_number for a, p in terms):
        return sympy.Add(*(a / (p + 1) for a, p in terms))
    return sympy.Integral(integrand, (R, 0, 1))


def _exactly(f: Expr, order: int, size: int) -> Expr:
    """Σ_k κ_q of f(√(G_k/N)), G_k a Gamma variable of shape k."""
    found = [_terms(f**j) for j in range(1, order + 1)]
    if not all((size + b).is_positive for terms in found for _, _, b in terms):
        allowed = f"b > −N/q in its terms a r^p e^{{−br²}}, N/q = {size}/{order}"
        raise DomainError(explain("f has no such moments at this N", got=f, allowed=allowed))
    powers = [[_plain(*term) for term in terms] for terms in found]
    return sympy.Add(*(sympy.sympify(_cumulant(powers, k, size)) for k in range(1, size + 1)))


def _terms(f: Expr) -> list[tuple[Expr, Expr, Expr]]:
    """(a, p, b) of the terms a r^p e^{−br²}.

    Raises
    ------
    NotSupportedError
        If f has others.
    """
    found = []
    for term in sympy.Add.make_args(sympy.powsimp(sympy.expand(f), combine="exp")):
        a, p, b = S.One, S.Zero, S.Zero
        for factor in sympy.Mul.make_args(term):
            if not factor.has(R):
                a *= factor
            elif isinstance(factor, sympy.exp):
                b -= factor.args[0] / R**2
            else:
                base, exponent = factor.as_base_exp()
                p += exponent if base == R else sympy.oo
        if b.has(R) or not p.is_finite or p.has(R):
            allowed = "sums of a r^p e^{−br²}"
            raise NotSupportedError(
                explain("no exact cumulant of this f", got=f, allowed=allowed, hint="N=None")
            )
        found.append((a, p, b))
    return found


def _plain(a: Expr, p: Expr, b: Expr) -> tuple:
    """(a, p/2, b) of a term: numbers of Python where its means are fractions, which are many."""
    half = p / 2
    if a.is_Rational and b.is_Rational and half.is_Integer and half.is_nonnegative:
        return Fraction(str(a)), int(half), Fraction(str(b))
    return a, half, b


def _cumulant(powers: list, k: int, size: int):
    """The cumulant of one term from its moments."""
    moments = [1, *(sum(_mean(*term, k, size) for term in terms) for terms in powers)]
    kappa = [0]
    for n in range(1, len(moments)):
        known = (comb(n - 1, j - 1) * kappa[j] * moments[n - j] for j in range(1, n))
        kappa.append(moments[n] - sum(known))
    return kappa[-1]


def _mean(a, half, b, k: int, size: int):
    """E a r^p e^{−br²}, r² a Gamma variable of shape k over N."""
    exact = isinstance(half, int)
    rising = prod(range(k, k + half)) if exact else gamma(k + half) / factorial(k - 1)
    return a * rising * size**k * (size + b) ** (-k - half)
