"""The points where an expression has a kink or a jump, read exactly from the expression."""

import itertools

import sympy

from theorycalc.core.errors import NotSupportedError, explain

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


def _real_zeros(switch, variable, node) -> list:
    if variable not in switch.free_symbols:
        return []
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
