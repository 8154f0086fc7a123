"""Iterated integrals whose integrand is singular at a corner of a rectangle, on two triangles.

With x = p s t, y = q t on one triangle and x = p t, y = q s t on the other the corner becomes the
edge t = 0, where powers of t come out of roots and quotients (M. G. Duffy, "Quadrature over a
pyramid or cube of integrands with a singularity at a vertex", 1982).
"""

import itertools
from collections.abc import Mapping

import sympy

from theorycalc.core.integration.kinks import SWITCHES


def blown_up(node: sympy.Integral) -> sympy.Expr:
    """The integral with its singular corner drawn out to an edge.

    As it is, where it is none over a rectangle of numbers with one such corner.

    Examples
    --------
    >>> x, y = sympy.symbols("x y")
    >>> blown_up(sympy.Integral(1 / sympy.sqrt(x + y), (x, 0, 1), (y, 0, 1)))
    Integral(2*sqrt(_t)/sqrt(_s + 1), (_s, 0, 1), (_t, 0, 1))
    """
    if len(node.limits) != 2 or node.function.has(*SWITCHES, sympy.Integral):
        return node
    (x, *xs), (y, *ys) = node.limits
    if not all(end.is_number and end.is_finite for end in (*xs, *ys)):
        return node
    bases = singular_bases(node.function)
    corners = [
        (a, c)
        for a, c in itertools.product(xs, ys)
        if any(_vanishes_only_there(g, {x: a, y: c}) for g in bases)
    ]
    if len(corners) != 1:
        return node
    ((a, c),) = corners
    p, q = xs[0] + xs[1] - 2 * a, ys[0] + ys[1] - 2 * c
    s, t = sympy.Dummy("s", positive=True), sympy.Dummy("t", positive=True)
    halves = (
        node.function.xreplace({x: a + p * u, y: c + q * v}) for u, v in ((s * t, t), (t, s * t))
    )
    # outwards from the corner both ways: the area has the sign of the two directions
    area = (xs[1] - xs[0]) * (ys[1] - ys[0])
    ranges = {s: (0, 1), t: (0, 1)}
    total = sympy.Add(*(drawn_out(half * t, ranges) for half in halves))
    return sympy.Integral(area * total, (s, 0, 1), (t, 0, 1))


def singular_bases(f: sympy.Expr, *, integrable: bool = False) -> set:
    """What logarithms and powers are singular at the zeros of; all, or those surely above a pole.

    Examples
    --------
    >>> x = sympy.Symbol("x")
    >>> singular_bases(1 / x + sympy.log(x - 1), integrable=True)
    {x - 1}
    """
    logs = {node.args[0] for node in f.atoms(sympy.log)}
    powers = (node for node in f.atoms(sympy.Pow) if _is_singular(node))
    return logs | {node.base for node in powers if not integrable or (node.exp + 1).is_positive}


def _is_singular(node) -> bool:
    if not node.is_Pow or node.base.is_number:
        return False
    return not node.exp.is_Integer or bool(node.exp < 0)


def _vanishes_only_there(g: sympy.Expr, at: dict) -> bool:
    """Whether a function is zero at the corner and on neither edge that meets there."""
    edges = (g.subs(symbol, number) for symbol, number in at.items())
    return bool(g.subs(at) == 0) and not any(edge.is_zero for edge in edges)


def drawn_out(f: sympy.Expr, ranges: Mapping) -> sympy.Expr:
    """The same with factors of known sign taken out of roots, logarithms and quotients.

    Parameters
    ----------
    ranges : mapping
        The intervals, as pairs of numbers, in which symbols are.

    Examples
    --------
    >>> x, y = sympy.symbols("x y", positive=True)
    >>> drawn_out(sympy.log(y - x * y), {x: (0, 1)})
    log(y) + log(1 - x)
    """
    f = f.replace(
        lambda e: isinstance(e, sympy.log),
        lambda e: sympy.Add(*map(sympy.log, _factors(e.args[0], ranges))),
    )
    return f.replace(
        _is_singular, lambda e: sympy.Mul(*(g**e.exp for g in _factors(e.base, ranges)))
    )


def _factors(g: sympy.Expr, ranges: Mapping) -> list:
    """Positive functions, and at most one that is not known to be, whose product is g."""
    known, rest = [], sympy.S.One
    for factor in sympy.Mul.make_args(sympy.factor(g)):
        sign = _sign(factor, ranges)
        if sign:
            known.append(sympy.expand(sign * factor) if factor.is_Add else sign * factor)
        rest *= sign or factor
    return known if rest == 1 else [*known, sympy.expand(rest) if rest.is_Mul else rest]


def _sign(factor: sympy.Expr, ranges: Mapping) -> int:
    """1 or −1 where a function surely has this sign inside the ranges, or 0."""
    if factor.is_positive or factor.is_negative:
        return 1 if factor.is_positive else -1
    symbols = tuple(factor.free_symbols)
    if len(symbols) != 1 or symbols[0] not in ranges or not factor.is_polynomial(*symbols):
        return 0
    low, high = sorted(ranges[symbols[0]])
    polynomial = sympy.Poly(factor, *symbols)
    if polynomial.degree() != 1 or not polynomial.domain.is_Exact:
        return 0
    slope, offset = polynomial.all_coeffs()
    if low < -offset / slope < high:
        return 0
    return 1 if factor.subs(symbols[0], (low + high) / 2) > 0 else -1
