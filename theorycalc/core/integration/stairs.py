"""Integrals of staircases: between two jumps floor, ceiling, frac and Mod are polynomials."""

import itertools

import sympy

# An integral is cut into so many pieces at most.
_MOST_JUMPS = 1000


def between_jumps(node: sympy.Integral) -> sympy.Expr | None:
    """The integral over one variable as a sum of integrals without staircases in it.

    None, where there are none, or the jumps are not those of floor(c·x + d) with numbers c, d
    between limits that are numbers.

    Examples
    --------
    >>> x = sympy.Symbol("x")
    >>> between_jumps(sympy.Integral(sympy.floor(2 * x) * x, (x, 0, 1)))
    Integral(0, (x, 0, 1/2)) + Integral(x, (x, 1/2, 1))
    """
    (x, a, b), *others = node.limits
    if others or not (a.is_number and b.is_number and a.is_finite and b.is_finite):
        return None
    function = _with_floors(node.function)
    stairs = [u for u in function.atoms(sympy.floor) if x in u.free_symbols]
    low, high = (a, b) if a <= b else (b, a)
    jumps = [_jumps(u.args[0], x, low, high) for u in stairs]
    if not stairs or None in jumps:
        return None
    total = sympy.S.Zero
    for left, right in itertools.pairwise(sorted({low, high}.union(*jumps))):
        inside = (left + right) / 2
        branch = function.xreplace({u: u.subs(x, inside) for u in stairs})
        total += sympy.Integral(branch, (x, left, right))
    return total if a <= b else -total


def _with_floors(f: sympy.Expr) -> sympy.Expr:
    f = f.replace(sympy.Mod, lambda u, v: u - v * sympy.floor(u / v))
    f = f.replace(sympy.frac, lambda u: u - sympy.floor(u))
    return f.replace(sympy.ceiling, lambda u: -sympy.floor(-u))


def _jumps(u: sympy.Expr, x: sympy.Symbol, low, high) -> set | None:
    """Where a linear function is an integer."""
    polynomial = u.as_poly(x)
    if polynomial is None or polynomial.degree() != 1 or u.free_symbols != {x}:
        return None
    slope, offset = polynomial.all_coeffs()
    if not (slope.is_real and offset.is_real):
        return None
    first, last = sorted(u.subs(x, end) for end in (low, high))
    steps = range(int(sympy.ceiling(first)), int(sympy.floor(last)) + 1)
    if len(steps) > _MOST_JUMPS:
        return None
    places = {(n - offset) / slope for n in steps}
    return {place for place in places if low < place < high}
