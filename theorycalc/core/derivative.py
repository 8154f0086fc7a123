"""Derivatives: along named intermediate quantities, and of integrals whose jumps move."""

import sympy
from sympy.functions.special.polynomials import OrthogonalPolynomial

from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.graph import free_symbols, outermost, own_variables, postorder, substitute
from theorycalc.core.integration.jumps import check_readable, jump_terms
from theorycalc.core.vocabulary import REWRITES


def total_derivative(expr, slopes) -> sympy.Expr:
    """Σ ∂expr/∂s · slope of s, almost everywhere."""
    moving = sorted(free_symbols(expr) & slopes.keys(), key=str)
    return sympy.Add(*(derivative(expr, symbol) * slopes[symbol] for symbol in moving))


def derivative(expr: sympy.Expr, symbol: sympy.Symbol) -> sympy.Expr:
    """The derivative almost everywhere: a jump of the expression itself contributes nothing.

    A jump under an integral sign does, as it moves.

    Raises
    ------
    NotSupportedError
        If jumps under an integral sign cannot be read off, or the range of a sum moves.

    Examples
    --------
    >>> t, x = sympy.symbols("t x", real=True)
    >>> derivative(sympy.Integral(sympy.cos(t) * sympy.Heaviside(t - x), (t, x - 1, x + 1)), x)
    -cos(x) + cos(x + 1)
    """
    # SymPy differentiates |x| of a symbol that may be complex into real and imaginary parts
    real = {s: sympy.Dummy(s.name, real=True) for s in free_symbols(expr) if s.is_real is None}
    slope = _derivative(_differentiable(expr).xreplace(real), real.get(symbol, symbol))
    return slope.xreplace({dummy: s for s, dummy in real.items()})


def _derivative(expr, symbol, integrated=frozenset()) -> sympy.Expr:
    bound = (sympy.Integral, sympy.Sum)
    nodes = [
        node
        for node in postorder(expr, leaves=(*bound, sympy.Lambda, sympy.Product))
        if isinstance(node, (*bound, sympy.Product)) and symbol in node.free_symbols
    ]
    whole = {node: sympy.Dummy(real=True) for node in nodes}
    outer = expr.xreplace(whole)
    slopes = [(symbol, sympy.S.One)]
    slopes += [
        (stand_in, _slope_of_bound(node, symbol, integrated)) for node, stand_in in whole.items()
    ]
    total = sympy.Add(*(_plain(outer, s) * slope for s, slope in slopes if slope != 0))
    return total.xreplace({stand_in: node for node, stand_in in whole.items()})


def _plain(expr, symbol) -> sympy.Expr:
    return expr.diff(symbol).replace(sympy.DiracDelta, lambda *_: sympy.S.Zero)


def _slope_of_bound(node, symbol, integrated) -> sympy.Expr:
    node = own_variables(node)
    if isinstance(node, sympy.Integral):
        return _leibniz(node, symbol, integrated)
    moving = any(symbol in end.free_symbols for _, *ends in node.limits for end in ends)
    if moving or (isinstance(node, sympy.Product) and node.has(sympy.Integral)):
        raise NotSupportedError(
            explain(
                f"the derivative of this {type(node).__name__.lower()}", got=node, hint=".doit()"
            )
        )
    if isinstance(node, sympy.Product):
        return _plain(node, symbol)
    return node.func(_derivative(node.function, symbol, integrated), *node.limits)


def _leibniz(node: sympy.Integral, symbol, integrated) -> sympy.Expr:
    """d/ds ∫_a^b f dt = f(b) b' − f(a) a' + ∫ ∂f/∂s dt + the jumps of f that move."""
    variable, ends, f = outermost(node)
    if variable.is_real is None:
        t = sympy.Dummy(variable.name, real=True)
        f, variable = substitute(f, {variable: t}), t
    if len(ends) != 2:
        raise NotSupportedError(explain("the derivative of an antiderivative", got=node))
    f = f.replace(_is_closed, sympy.expand_func)
    check_readable(f, variable, symbol)
    total = jump_terms(f, variable, ends, symbol, integrated)
    for side, end in zip((-1, 1), ends, strict=True):
        if slope := end.diff(symbol):
            total += side * substitute(f, {variable: end}) * slope
    inside = _derivative(f, symbol, integrated | {variable})
    return total if inside == 0 else total + sympy.Integral(inside, (variable, *ends))


def _is_closed(node) -> bool:
    """Whether a function of ours has a definition that SymPy can write out."""
    return getattr(type(node), "definition", None) is not None


def _differentiable(expr) -> sympy.Expr:
    """The expression without nodes of which SymPy has wrong slopes.

    Those of polynomials of degree 0 have polynomials of degree −1, and that of arsech the other
    sign for x < −1, where it is imaginary.
    """
    kinds = (OrthogonalPolynomial, sympy.assoc_laguerre)
    nodes = list(postorder(expr))
    found = [node for node in nodes if isinstance(node, kinds) and node.args[0] == 0]
    if found:
        expr = substitute(expr, dict.fromkeys(found, sympy.S.One))
    if any(isinstance(node, sympy.asech) for node in nodes):
        expr = expr.replace(sympy.asech, REWRITES[sympy.asech])
    return expr
