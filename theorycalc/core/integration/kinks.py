"""Kinks and jumps of an expression, and its branches between them, read off exactly."""

import itertools
from collections.abc import Callable, Mapping

import sympy

from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.graph import postorder

_STAIRS = (sympy.floor, sympy.ceiling, sympy.frac, sympy.Mod)
SWITCHES = (sympy.Abs, sympy.sign, sympy.Heaviside, sympy.Max, sympy.Min, sympy.Piecewise)


def kinks(expr: sympy.Expr, variable: sympy.Symbol) -> tuple:
    """Every real point where a branch of ``expr`` switches as ``variable`` moves.

    Abs, sign, Heaviside, Max, Min and Piecewise are looked into; what they switch on must be a
    polynomial in the variable, or a quotient of two. An integral inside switches where what it
    integrates does, where a limit does, and where a kink of its own comes to a limit or to another
    kink. Points come sorted when they are numbers.

    Raises
    ------
    NotSupportedError
        If a switch depends on the variable in another way; it is named.

    Examples
    --------
    >>> z, x = sympy.symbols("z x")
    >>> kinks(sympy.Max(2 * z - 1, 0) + sympy.Abs(z), z)
    (0, 1/2)
    >>> kinks(sympy.Integral(sympy.Abs(x - z), (x, 2, 3)), z)
    (2, 3)
    """
    points = {
        point
        for switch, node in _switches(expr)
        if variable in switch.free_symbols
        for point in _real_zeros(switch, variable, node)
    }
    return tuple(sorted(points, key=sympy.default_sort_key if _symbolic(points) else None))


def singular_bases(expr: sympy.Expr, variable: sympy.Symbol) -> set[sympy.Expr]:
    """What logarithms, roots, and powers with other exponents than 0, 1, 2, … are taken of."""
    logs = {node.args[0] for node in expr.atoms(sympy.log)}
    powers = {node.base for node in expr.atoms(sympy.Pow) if not is_whole(node.exp)}
    return {base for base in logs | powers if variable in base.free_symbols}


def is_whole(exponent: sympy.Expr) -> bool:
    """Whether a power with this exponent is a polynomial of its base."""
    return bool(exponent.is_integer and exponent.is_nonnegative)


def branch_points(expr: sympy.Expr, variable: sympy.Symbol) -> set[sympy.Expr]:
    """The real zeros of the polynomials with numbers that are such bases.

    Examples
    --------
    >>> z = sympy.Symbol("z", real=True)
    >>> branch_points(sympy.log(z**2) * sympy.sqrt(z**2 + 1), z)
    {0}
    """
    polynomials = (base.as_poly(variable) for base in singular_bases(expr, variable))
    return {
        zero
        for polynomial in polynomials
        if polynomial is not None and not polynomial.free_symbols_in_domain
        for zero in polynomial.real_roots()
    }


# Functions from a node of a class to what it stands for, where that may switch.
DEFINITIONS: dict[type, Callable] = {}


def _switches(expr) -> list[tuple]:
    """(function, node): the functions whose signs choose the branches of the nodes of ``expr``."""
    found = []
    for node in postorder(expr, leaves=(sympy.Integral, sympy.Sum, sympy.Product)):
        if isinstance(node, _STAIRS):
            if node.free_symbols:
                found.append((node, node))
        elif isinstance(node, SWITCHES):
            found += [(switch, node) for switch in _switch_functions(node)]
        elif isinstance(node, sympy.Integral):
            found += _switches_of_integral(node)
        elif isinstance(node, (sympy.Sum, sympy.Product)):
            found += _switches_of_sum(node)
        else:
            found += _switches_of_definition(node)
    return found


def _switches_of_definition(node) -> list[tuple]:
    define = next((DEFINITIONS[c] for c in type(node).__mro__ if c in DEFINITIONS), None)
    definition = None if define is None else define(node)
    return [] if definition is None else _switches(definition)


def _switches_of_integral(node: sympy.Integral) -> list[tuple]:
    """Those of an integral, in the symbols that are free in it."""
    found = _switches(node.function)
    for variable, *ends in node.limits:
        inside = [zero for s, n in found for zero in _zeros_if_moving(s, variable, n)]
        found = [(s, n) for s, n in found if variable not in s.free_symbols]
        found += [switch for end in ends for switch in _switches(end)]
        places = [x for x in dict.fromkeys([*inside, *ends]) if not x.is_infinite]
        if inside:
            found += [(x - y, node) for x, y in itertools.combinations(places, 2)]
    return found


def _switches_of_sum(node) -> list[tuple]:
    """Those of a sum or a product, which must not depend on its index."""
    found = _switches(node.function)
    indices = set(node.bound_symbols)
    for switch, inner in found:
        if switch.free_symbols & indices:
            raise NotSupportedError(
                explain("a switch that depends on the index of a sum", got=inner)
            )
    return found


def _zeros_if_moving(switch, variable, node) -> list:
    return _real_zeros(switch, variable, node) if variable in switch.free_symbols else []


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
    return [(left, inside(left, right), right) for left, right in ends]


def inside(left, right) -> sympy.Expr:
    """A number between two others, one of which may be infinite."""
    if left == -sympy.oo:
        return sympy.S.Zero if right == sympy.oo else right - 1
    return left + 1 if right == sympy.oo else (left + right) / 2


def _real_zeros(switch, variable, node) -> list:
    if variable not in switch.free_symbols:
        return []
    if isinstance(switch, _STAIRS):
        raise NotSupportedError(
            explain("a staircase has infinitely many jumps", got=switch, hint="a Piecewise")
        )
    if switch.is_Mul or (switch.is_Pow and switch.exp.is_positive):
        factors = switch.args if switch.is_Mul else (switch.base,)
        return [zero for factor in factors for zero in _real_zeros(factor, variable, node)]
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
    if polynomial is None and switch.is_rational_function(variable):
        # a quotient changes its sign at its poles too
        parts = sympy.together(switch).as_numer_denom()
        return [zero for part in parts for zero in _real_zeros(part, variable, node)]
    raise NotSupportedError(
        explain(
            "a switch that is not linear in the variable has no kinks that can be read off",
            got=node,
            hint="a Piecewise with linear conditions; tc.Integral(…, kinks=(…)) for an integral",
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
    if isinstance(expr, SWITCHES):
        return branch_at(choose_branch(expr, {variable: point}), variable, point)
    return expr.func(*(branch_at(arg, variable, point) for arg in expr.args))


def choose_branch(node: sympy.Expr, at: Mapping) -> sympy.Expr:
    """The branch of one switch where symbols have the numbers of ``at``.

    The node itself, where they do not decide.

    Raises
    ------
    NotSupportedError
        If no branch of a Piecewise applies.
    """
    if isinstance(node, sympy.Piecewise):
        return _choose_part(node, at)
    values = [arg.subs(at) for arg in node.args]
    if isinstance(node, (sympy.Max, sympy.Min)):
        if not all(value.is_number for value in values):
            return node
        choose = max if isinstance(node, sympy.Max) else min
        return node.args[values.index(choose(values))]
    sign = sympy.sign(values[0])
    if not sign.is_number:
        return node
    if isinstance(node, sympy.Abs):
        return sign * node.args[0]
    return sign if isinstance(node, sympy.sign) else (1 + sign) / 2


def _choose_part(node: sympy.Piecewise, at: Mapping) -> sympy.Expr:
    for part, condition in node.args:
        truth = condition.subs(at)
        if truth == sympy.true:
            return part
        if truth != sympy.false:
            return node
    raise NotSupportedError(explain("no branch of a Piecewise applies", got=f"{node} at {at}"))
