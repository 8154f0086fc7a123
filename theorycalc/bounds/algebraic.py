"""Algebraic functions on half-lines: the roots of a polynomial are counted."""

import math
from itertools import product

import sympy
from flint import fmpq

from theorycalc.bounds.domain import Variable, rational
from theorycalc.bounds.exact import positive_polynomial, rational_polynomial


def by_roots(expr: sympy.Expr, symbol: sympy.Symbol, start: fmpq, parts: tuple) -> str:
    """An algebraic function with roots of one linear function, as a polynomial of such a root."""
    roots = (p.base for p in expr.atoms(sympy.Pow) if p.exp.is_Rational and p.exp.q > 1)
    base = next((b for b in roots if b.has(symbol)), symbol)
    line = rational_polynomial(base, symbol) if base.is_polynomial(symbol) else None
    if line is None or line.degree() != 1 or not line.LC() > 0:
        return ""
    powers = [p.exp for p in expr.atoms(sympy.Pow) if p.base == base and p.exp.is_Rational]
    degree = math.lcm(*(exponent.q for exponent in powers))
    root = sympy.Dummy("t", positive=True)
    slope, intercept = line.LC(), line.eval(0)
    algebraic = expr.subs(base, root**degree).subs(symbol, (root**degree - intercept) / slope)
    if not algebraic.is_rational_function(root):
        return ""
    numerator, denominator = sympy.fraction(sympy.together(algebraic))
    low = line.eval(rational(start)) ** sympy.Rational(1, degree)
    if not low.is_Rational:
        low = rational(_below(low))
    half_line = Variable(root, low, sympy.oo, high_open=True)
    below = rational_polynomial(denominator, root)
    above = _extremes(numerator, root, parts)
    if below is None or not above:
        return ""
    no_pole = positive_polynomial(below * below, half_line, strict=True)
    positive = no_pole and all(
        positive_polynomial(p * below, half_line, strict=True) for p in above
    )
    return "counting roots" if positive else ""


def _extremes(numerator, root, parts: tuple) -> list[sympy.Poly]:
    """A polynomial that is linear in each part at all their ends; nothing if it is not."""
    if parts and not all(sympy.Poly(numerator, part).degree() <= 1 for part in parts):
        return []
    ends = (dict(zip(parts, corner, strict=True)) for corner in product((0, 1), repeat=len(parts)))
    found = [rational_polynomial(numerator.subs(end), root) for end in ends]
    return [] if None in found else found


def _below(x: sympy.Expr) -> fmpq:
    """A rational slightly below a positive number."""
    return fmpq(int(sympy.floor(x * 2**20)), 2**20)
