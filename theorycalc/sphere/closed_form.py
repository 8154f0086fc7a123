"""Zonal kernels as sums of functions with closed eigenvalues."""

import itertools
from functools import lru_cache

import sympy
from sympy import Expr, S

from theorycalc.sphere.closed_terms import (
    ArcCosine,
    Bell,
    CutMonomial,
    EndExponential,
    EndLog,
    EndPower,
    Exponential,
    Monomial,
    Wave,
    arc_cosine_order,
    times_power,
)
from theorycalc.sphere.measure import T
from theorycalc.sphere.zonal_kernel import ZonalKernel, split_poles, with_acos


def eigenvalue(kernel: ZonalKernel, d: Expr, k: Expr) -> Expr | None:
    """μ_k in closed form, or None."""
    terms = terms_of(kernel)
    if terms is None:
        return None
    return sympy.Add(*(c * times_power(n, atom.eigenvalue, d, k) for c, n, atom in terms))


@lru_cache(maxsize=64)
def terms_of(kernel: ZonalKernel) -> list | None:
    """(c, n, atom) with κ = Σ c t^n atom(t), or None."""
    if kernel.where:
        return None
    pieces = [(left, piece.body) for left, _, piece in kernel.pieces]
    terms = _smooth_terms(pieces[0][1])
    for (_, before), (kink, after) in itertools.pairwise(pieces):
        jump = sympy.expand(after - before).as_poly(T)
        if terms is None or jump is None:
            return None
        terms += [(c, 0, CutMonomial(m, kink)) for (m,), c in jump.terms()]
    return terms


def _smooth_terms(expr: Expr) -> list | None:
    expr = with_acos(expr)
    if expr.has(sympy.sin, sympy.cos, sympy.sinh, sympy.cosh):
        expr = expr.rewrite((sympy.sin, sympy.cos, sympy.sinh, sympy.cosh), sympy.exp)
    terms, with_angle, with_sine = [], S.Zero, S.Zero
    for product in sympy.Add.make_args(sympy.expand(expr)):
        found = _read(product)
        if found is None:
            return None
        for c, n, atom in found:
            if atom == "angle":
                with_angle += c * T**n
            elif atom == Bell(S.Half):
                with_sine += c * T**n
            else:
                terms.append((c, n, atom))
    return terms + _with_angle(sympy.Poly(with_sine, T), sympy.Poly(-with_angle, T))


def _with_angle(a: sympy.Poly, b: sympy.Poly) -> list:
    """The terms of a(t) sin θ − b(t) θ: arc-cosine functions less π b."""
    if b.is_zero:
        return [(c, m, Bell(S.Half)) for (m,), c in a.terms() if c != 0]
    terms = [(-sympy.pi * c, 0, Monomial(m)) for (m,), c in b.terms()]
    if (found := arc_cosine_order(a, b)) is not None:
        p, scale = found
        return [*terms, (scale, 0, ArcCosine(p))]
    # sin θ = J_1 − t J_0
    rest = b - T * a
    for p, polynomial in ((1, a), (0, sympy.Poly(rest, T))):
        terms += [(c, m, ArcCosine(p)) for (m,), c in polynomial.terms() if c != 0]
    return terms


def _read(product: Expr) -> list | None:
    """One product as terms."""
    c, n, special, ends = S.One, 0, None, {1: S.Zero, -1: S.Zero}
    for factor in sympy.Mul.make_args(product):
        base, exponent = factor.as_base_exp()
        if T not in factor.free_symbols:
            c *= factor
        elif base == T and exponent.is_Integer and exponent > 0:
            n += int(exponent)
        elif T not in base.free_symbols or factor == sympy.acos(T) or isinstance(base, sympy.log):
            if special is not None:
                return None
            special = factor
        elif (split := _ends(base)) is not None and exponent.is_Rational:
            scale, powers = split
            c *= scale**exponent
            ends = {side: ends[side] + exponent * powers[side] for side in ends}
        else:
            return None
    if special is None:
        return _with_ends(c, n, ends)
    return None if any(ends.values()) else _special(c, n, special)


def _ends(base: Expr) -> tuple | None:
    """(c, powers) with base = c (1 − t)^powers[1] (1 + t)^powers[−1], or None."""
    split = split_poles(base)
    if split is None or split[0].degree() > 0 or not split[0].LC().is_positive:
        return None
    rest, powers = split
    return rest.LC(), powers


def _with_ends(c: Expr, n: int, ends: dict) -> list | None:
    """c t^n (1 − t)^a (1 + t)^b, if a and b differ by an integer or one is an integer ≥ 0."""
    a, b = ends[1], ends[-1]
    whole = {side: power.is_integer and power >= 0 for side, power in ends.items()}
    if all(whole.values()):
        atom, rest = None, ends
    elif any(whole.values()):
        side = 1 if whole[-1] else -1
        atom, rest = EndPower(side, ends[side]), {-side: ends[-side]}
    elif (a - b).is_integer:
        low = min(a, b)
        atom, rest = Bell(low), {1: a - low, -1: b - low}
    else:
        return None
    factors = ((1 - side * T) ** power for side, power in rest.items())
    terms = sympy.Poly(c * T**n * sympy.Mul(*factors), T).terms()
    if atom is None:
        return [(x, 0, Monomial(m)) for (m,), x in terms]
    return [(x, m, atom) for (m,), x in terms]


def _special(c: Expr, n: int, special: Expr) -> list | None:
    """c t^n times an exponential, a logarithm or the angle."""
    if special == sympy.acos(T):
        return [(c, n, "angle")]
    if isinstance(special, sympy.log):
        split = _ends(special.args[0])
        if split is None:
            return None
        scale, powers = split
        logs = [(c * power, n, EndLog(side)) for side, power in powers.items() if power]
        return [*logs, (c * sympy.log(scale), 0, Monomial(n))]
    base, exponent = special.as_base_exp()
    exponent = sympy.expand(exponent * sympy.log(base))
    linear = exponent.as_poly(T)
    if linear is None:
        return _root_exponential(c, n, exponent)
    if linear.degree() != 1:
        return None
    rate, offset = linear.all_coeffs()
    c *= sympy.exp(offset)
    if rate.is_real:
        return [(c, n, Exponential(rate))]
    wave = sympy.expand(-sympy.I * rate)
    if not wave.is_real:
        return None
    # the conjugate term belongs to the other sign
    return [(S(2), n, Wave(*c.as_real_imag(), wave))] if wave.is_positive else []


def _root_exponential(c: Expr, n: int, exponent: Expr) -> list | None:
    """c t^n exp(exponent), if that is offset + g √(1 ∓ t)."""
    offset, root = exponent.as_independent(T, as_Add=True)
    rate, root = root.as_independent(T, as_Add=False)
    ends = _ends(root.base) if root.is_Pow and root.exp == S.Half else None
    if ends is None or not rate.is_real or sorted(ends[1].values()) != [0, 1]:
        return None
    scale, powers = ends
    side = 1 if powers[1] else -1
    return [(c * sympy.exp(offset), n, EndExponential(side, rate * sympy.sqrt(scale)))]
