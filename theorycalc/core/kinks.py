"""Kinks and jumps of an expression, and its branches between them, read off exactly."""

import itertools

import sympy

from theorycalc.core.errors import NotSupportedError, explain

_STAIRS = (sympy.floor, sympy.ceiling, sympy.frac, sympy.Mod)
SWITCHES = (sympy.Abs, sympy.sign, sympy.Heaviside, sympy.Max, sympy.Min, sympy.Piecewise)


def kinks(expr: sympy.Expr, variable: sympy.Symbol) -> tuple:
    """Every real point where a branch of ``expr`` switches as ``variable`` moves.

    Abs, sign, Heaviside, Max, Min and Piecewise are looked into; what they switch on must be a
    polynomial in the variable. Points come sorted when they are numbers.

    Raises
    ------
    NotSupportedError
        If a switch depends on the variable in another way; it is named.

    Examples
    --------
    >>> z = sympy.Symbol("z")
    >>> kinks(sympy.Max(2 * z - 1, 0) + sympy.Abs(z), z)
    (0, 1/2)
    """
    steps = [node for node in expr.atoms(*_STAIRS) if variable in node.free_symbols]
    if steps:
        raise NotSupportedError(
            explain("a staircase has infinitely many jumps", got=steps[0], hint="a Piecewise")
        )
    points = {
        point
        for node in expr.atoms(*SWITCHES)
        if variable in node.free_symbols
        for switch in _switch_functions(node)
        for point in _real_zeros(switch, variable, node)
    }
    return tuple(sorted(points, key=sympy.default_sort_key if _symbolic(points) else None))


def _symbolic(points) -> bool:
    return any(point.free_symbols for point in points)


def _switch_functions(node):
    """The functions whose zeros separate the branches of the node."""
    if isinstance(node, (sympy.Max, sympy.Min)):
        return [a - b for a, b in itertools.combinations(node.args, 2)]
    if isinstance(node, sympy.Piecewise):
        conditions = [condition for _, condition in node.args]
        relations = set().union(*(c.atoms(sympy.core.relational.Relational) for c in conditions))
        return [relation.lhs - relation.rhs for relation in relations]
    return [node.args[0]]


def between(points: tuple) -> list[tuple]:
    """(left, inside, right) for every interval that sorted points cut out of the line."""
    ends = zip((-sympy.oo, *points), (*points, sympy.oo), strict=True)
    return [(left, _inside(left, right), right) for left, right in ends]


def _inside(left, right) -> sympy.Expr:
    if left == -sympy.oo:
        return sympy.S.Zero if right == sympy.oo else right - 1
    return left + 1 if right == sympy.oo else (left + right) / 2


def _real_zeros(switch, variable, node) -> list:
    if variable not in switch.free_symbols:
        return []
    if switch.has(*SWITCHES):
        # a switch on another switch: its branches between the inner kinks
        return [
            zero
            for left, inside, right in between(kinks(switch, variable))
            for zero in _real_zeros(branch_at(switch, variable, inside), variable, node)
            if left <= zero <= right
        ]
    polynomial = switch.as_poly(variable)
    if polynomial is not None and polynomial.degree() == 1:
        slope, offset = polynomial.all_coeffs()
        return [-offset / slope]
    if polynomial is not None and not polynomial.free_symbols_in_domain:
        return list(dict.fromkeys(polynomial.real_roots()))
    raise NotSupportedError(
        explain(
            "a switch that is not linear in the variable has no kinks that can be read off",
            got=node,
            hint="tc.Integral(..., kinks=(...)) with the kinks declared",
        )
    )


def branch_at(expr: sympy.Expr, variable: sympy.Symbol, point: sympy.Expr) -> sympy.Expr:
    """The expression without switches that equals ``expr`` between the kinks around ``point``.

    Examples
    --------
    >>> z = sympy.Symbol("z", real=True)
    >>> branch_at(sympy.Max(z, 0) + 3 * sympy.Abs(z - 1), z, sympy.Rational(1, 2))
    3 - 2*z
    """
    # what does not move, such as a function given as a Lambda, keeps its switches
    if variable not in expr.free_symbols or not expr.has(*SWITCHES):
        return expr
    if isinstance(expr, sympy.Piecewise):
        for part, condition in expr.args:
            if condition.subs(variable, point) == sympy.true:
                return branch_at(part, variable, point)
        raise NotSupportedError(
            explain("no branch of a Piecewise applies", got=f"{expr} at {point}")
        )
    args = [branch_at(arg, variable, point) for arg in expr.args]
    if isinstance(expr, (sympy.Max, sympy.Min)):
        choose = max if isinstance(expr, sympy.Max) else min
        return choose(args, key=lambda arg: arg.subs(variable, point))
    if isinstance(expr, SWITCHES):
        sign = sympy.sign(args[0].subs(variable, point))
        if isinstance(expr, sympy.Abs):
            return sign * args[0]
        return sign if isinstance(expr, sympy.sign) else (1 + sign) / 2
    return expr.func(*args)
