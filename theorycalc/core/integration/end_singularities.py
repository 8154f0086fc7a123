"""Integrals of one variable that are singular at a point, with that point moved to 0.

Distances from a singular point are then exact: 1 − x has no digits where x is near 1, and t has.
"""

import itertools

import sympy

from theorycalc.core.integration.corner_singularities import drawn_out, singular_bases

# Zeros of polynomials of higher degree are not looked for.
_HIGHEST_DEGREE = 2


def singular_ends_at_zero(function: sympy.Expr, variable: sympy.Symbol, a, b) -> sympy.Expr | None:
    """∫ from a to b as a sum of integrals whose integrands are singular at most at limits 0.

    None, where it is one of them.

    Examples
    --------
    >>> x = sympy.Symbol("x")
    >>> singular_ends_at_zero(sympy.log(1 - x), x, sympy.S.Zero, sympy.S.One)
    Integral(log(_t), (_t, 0, 1))
    """
    if a.is_infinite or b.is_infinite:
        return None
    bases = singular_bases(function)
    # not at poles inside: two infinite parts must not be set off against each other
    inside = singular_bases(function, integrable=True)
    places = [a, *_zeros_between(inside, variable, a, b), b]
    singular = [any(g.subs(variable, place) == 0 for g in bases) for place in places]
    if len(places) == 2 and not singular[1] and not (singular[0] and a != 0):
        return None
    panels = itertools.pairwise(zip(places, singular, strict=True))
    return sympy.Add(*(_panel(function, variable, *left, *right) for left, right in panels))


def _zeros_between(bases: set, variable, a, b) -> list:
    """Where one of the functions has a zero inside that can be read off, on the way from a to b."""
    if not (a.is_number and b.is_number):
        return []
    zeros: set = set()
    for g in bases:
        polynomial = g.as_poly(variable) if g.free_symbols == {variable} else None
        if polynomial is not None and 0 < polynomial.degree() <= _HIGHEST_DEGREE:
            zeros |= {z for z in sympy.roots(polynomial) if z.is_real}
    low, high = (a, b) if a < b else (b, a)
    return sorted((z for z in zeros if low < z < high), reverse=bool(b < a))


def _panel(function, variable, a, at_a: bool, b, at_b: bool) -> sympy.Expr:
    """The integral over one panel, which may be singular at one limit or both."""
    if not at_b:
        return _from(a, b, function, variable, sympy.S.One)
    if not at_a:
        return -_from(b, a, function, variable, sympy.S.One)
    half = sympy.Rational(1, 2)
    return _from(a, b, function, variable, half) - _from(b, a, function, variable, half)


def _from(end, other, function, variable, part) -> sympy.Expr:
    """∫ from an end of a panel, for a part of the way to the other end."""
    t = sympy.Dummy("t", positive=True)
    way = sympy.expand(other - end)
    moved = function.xreplace({variable: end + sympy.expand(way * t)})
    return way * sympy.Integral(drawn_out(moved, {t: (0, part)}), (t, 0, part))
