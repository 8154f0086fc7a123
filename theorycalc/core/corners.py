"""Iterated integrals whose integrand is singular at a corner of a rectangle, on two triangles.

With x = p s t, y = q t on one triangle and x = p t, y = q s t on the other the corner becomes the
edge t = 0, where powers of t come out of roots and quotients (M. G. Duffy, "Quadrature over a
pyramid or cube of integrands with a singularity at a vertex", 1982).
"""

import itertools

import sympy

from theorycalc.core.kinks import SWITCHES


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
    bases = _singular_bases(node.function)
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
    total = sympy.Add(*(_drawn_out(half * t) for half in halves))
    return sympy.Integral(area * total, (s, 0, 1), (t, 0, 1))


def _singular_bases(f: sympy.Expr) -> set:
    """What logarithms, roots and quotients are singular at the zeros of."""
    logs = {node.args[0] for node in f.atoms(sympy.log)}
    return logs | {node.base for node in f.atoms(sympy.Pow) if _is_singular(node)}


def _is_singular(node) -> bool:
    if not (node.is_Pow and node.exp.is_Rational):
        return False
    return not node.exp.is_Integer or bool(node.exp < 0)


def _vanishes_only_there(g: sympy.Expr, at: dict) -> bool:
    """Whether a function is zero at the corner and on neither edge that meets there."""
    edges = (g.subs(symbol, number) for symbol, number in at.items())
    return bool(g.subs(at) == 0) and not any(edge.is_zero for edge in edges)


def _drawn_out(f: sympy.Expr) -> sympy.Expr:
    """The same with common factors taken out of roots and quotients."""
    return f.replace(_is_singular, lambda e: sympy.factor(e.base) ** e.exp)
