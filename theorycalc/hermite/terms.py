"""Activations as sums of the terms whose Hermite coefficients have closed forms."""

import itertools
from dataclasses import dataclass, replace
from functools import lru_cache

import sympy
from sympy import Expr, S

from theorycalc.activations import Activation
from theorycalc.core.errors import DomainError, explain


@dataclass(frozen=True)
class Term:
    """coefficient · z^power · e^(rate·z − decay·z²) · H(z − threshold) · erf(slope·z + offset).

    The step and the error function are absent where ``threshold`` or ``slope`` is None. ``rate``
    may be complex; then the conjugate term is another one of the same sum.
    """

    coefficient: Expr
    power: int = 0
    rate: Expr = S.Zero
    decay: Expr = S.Zero
    threshold: Expr | None = None
    slope: Expr | None = None
    offset: Expr = S.Zero

    @property
    def is_polynomial(self) -> bool:
        """Whether it is a monomial on the whole line."""
        return self.rate == self.decay == 0 and self.threshold is None and self.slope is None


@lru_cache(maxsize=512)
def terms_of(activation: Activation) -> tuple[Term, ...] | None:
    """The terms of an activation, or None if it is no such sum.

    Raises
    ------
    DomainError
        If a term grows like e^(z²/2) or faster, so that no coefficient exists.
    """
    pieces, z = activation.pieces, activation.symbol
    found = [_smooth_terms(pieces[0][-1], z)]
    for (_, kink, before), (_, _, after) in itertools.pairwise(pieces):
        jump = _smooth_terms(after - before, z)
        found.append(jump and [replace(term, threshold=kink) for term in jump])
    if any(terms is None for terms in found):
        return None
    return _collected(term for terms in found for term in terms)


@dataclass(frozen=True)
class Ray:
    """The function z ↦ term(side·z), side = ±1."""

    side: int
    term: Term


@lru_cache(maxsize=512)
def rays_of(activation: Activation) -> tuple[Ray, ...] | None:
    """The activation as terms on the line or on half-lines, or None if it is no such sum.

    Unlike in `terms_of` no term reaches where the activation is another one: nothing large cancels.
    """
    pieces = [
        (left, right, _smooth_terms(piece, activation.symbol))
        for left, right, piece in activation.pieces
    ]
    if any(terms is None for *_, terms in pieces):
        return None
    everywhere = [term for term in pieces[0][-1] if all(term in terms for *_, terms in pieces)]
    rays = [Ray(1, term) for term in everywhere]
    for left, right, terms in pieces:
        for term in terms:
            if term in everywhere:
                continue
            if left == -sympy.oo:
                rays.append(_to_the_left(term, right))
            else:
                rays.append(Ray(1, replace(term, threshold=left)))
                if right != sympy.oo:
                    beyond = replace(term, coefficient=-term.coefficient, threshold=right)
                    rays.append(Ray(1, beyond))
    return tuple(rays)


def _to_the_left(term: Term, end: Expr) -> Ray:
    """The term where z < end."""
    mirrored = replace(
        term,
        coefficient=term.coefficient * (-1) ** term.power,
        rate=-term.rate,
        slope=None if term.slope is None else -term.slope,
        threshold=-end,
    )
    return Ray(-1, mirrored)


def _collected(terms) -> tuple[Term, ...]:
    """Equal terms added up."""
    sums: dict[Term, Expr] = {}
    for term in terms:
        key = replace(term, coefficient=S.One)
        sums[key] = sums.get(key, S.Zero) + term.coefficient
    return tuple(replace(key, coefficient=c) for key, c in sums.items() if c.expand() != 0)


def _smooth_terms(expr: Expr, z: sympy.Symbol) -> list[Term] | None:
    """The terms of an expression without switches."""
    constants: dict[sympy.Dummy, Expr] = {}
    expr = _masked(expr, z, constants).replace(sympy.erfc, lambda x: 1 - sympy.erf(x))
    if expr.has(sympy.sin, sympy.cos, sympy.sinh, sympy.cosh):
        expr = expr.rewrite((sympy.sin, sympy.cos, sympy.sinh, sympy.cosh), sympy.exp)
    expanded = sympy.expand(expr)
    products = (term for term in sympy.Add.make_args(expanded) if term != 0)
    found = [_read(product, z, constants) for product in products]
    return None if None in found else found


def _masked(expr: Expr, z: sympy.Symbol, constants: dict) -> Expr:
    """Constants as symbols, so that expanding leaves them alone; rational numbers stay."""
    if expr.is_Rational or expr == z:
        return expr
    if z in expr.free_symbols:
        return expr.func(*(_masked(arg, z, constants) for arg in expr.args))
    dummy = sympy.Dummy(positive=expr.is_positive, real=expr.is_real)
    constants[dummy] = expr
    return dummy


def _read(product: Expr, z: sympy.Symbol, constants: dict) -> Term | None:
    """One product as a term."""
    coefficient, power, exponent = S.One, 0, S.Zero
    slope, offset = None, S.Zero
    for factor in sympy.Mul.make_args(product):
        base, inner = factor.as_base_exp()
        if z not in factor.free_symbols:
            coefficient *= factor
        elif base == z and inner.is_Integer and inner >= 0:
            power += int(inner)
        elif z not in base.free_symbols:
            exponent += inner * sympy.log(base)
        elif isinstance(factor, sympy.erf) and slope is None:
            polynomial = factor.args[0].as_poly(z)
            if polynomial is None or polynomial.degree() != 1:
                return None
            slope, offset = (c.xreplace(constants) for c in polynomial.all_coeffs())
        else:
            return None
    term = Term(coefficient.xreplace(constants), power, slope=slope, offset=offset)
    return _with_exponent(term, exponent.xreplace(constants), z)


def _with_exponent(term: Term, exponent: Expr, z: sympy.Symbol) -> Term | None:
    """The term times e^exponent, for a polynomial of degree two at most."""
    polynomial = sympy.expand(exponent).as_poly(z) if exponent != 0 else sympy.Poly(0, z)
    if polynomial is None or polynomial.degree() > 2:
        if polynomial is not None and polynomial.degree() % 2 == 0 and polynomial.LC().is_positive:
            raise no_expectation(exponent)
        return None
    decay = -polynomial.coeff_monomial(z**2)
    if decay.is_real is False or not (decay > -S.Half) == True:  # noqa: E712 - a SymPy relation
        raise no_expectation(exponent)
    return replace(
        term,
        coefficient=term.coefficient * sympy.exp(polynomial.coeff_monomial(1)),
        rate=polynomial.coeff_monomial(z),
        decay=decay,
    )


def no_expectation(exponent: Expr) -> DomainError:
    """The error for a function that is not integrable under the Gaussian."""
    return DomainError(
        explain(
            "the Gaussian expectation does not exist",
            got=f"a factor exp({exponent})",
            allowed="growth slower than exp(z²/2)",
        )
    )
