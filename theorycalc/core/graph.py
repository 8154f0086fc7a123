"""Expressions as graphs: each shared sub-expression is visited once.

SymPy's own traversals walk the tree, which doubles with every layer of a deep kernel.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import sympy
from sympy.concrete.expr_with_limits import ExprWithLimits

from theorycalc.core.errors import DomainError, explain

# Numbers whose definition has a symbol of its own.
_WHOLE = (sympy.CRootOf,)


def postorder(expr: sympy.Basic, leaves: tuple[type, ...] = ()) -> Iterator[sympy.Basic]:
    """Every distinct sub-expression, arguments before the nodes that use them.

    Nodes of the classes in ``leaves`` are not looked into.
    """
    seen: set[sympy.Basic] = set()
    todo = [expr]
    while todo:
        node = todo[-1]
        args = () if isinstance(node, (*_WHOLE, *leaves)) else node.args
        missing = [] if node in seen else [arg for arg in args if arg not in seen]
        todo.extend(missing)
        if not missing:
            todo.pop()
            if node not in seen:
                seen.add(node)
                yield node


def shared(parts: Iterable[sympy.Basic]) -> list[sympy.Expr]:
    """Functions that stand more than once in the parts, the innermost first.

    What has variables of its own around it is no quantity, and a function of a symbol no news.
    """
    whole = sympy.Tuple(*parts)
    uses = Counter(arg for node in postorder(whole) for arg in node.args)
    given = free_symbols(whole)
    return [
        node
        for node in postorder(whole)
        if isinstance(node, sympy.Function)
        and uses[node] > 1
        and not all(arg.is_Atom for arg in node.args)
        and free_symbols(node) <= given
    ]


def free_symbols(expr: sympy.Basic) -> set[sympy.Symbol]:
    """The free symbols, in time linear in the graph."""
    nodes = list(postorder(expr))
    if any(getattr(node, "bound_symbols", ()) for node in nodes):
        return expr.free_symbols  # a symbol may be bound in one place and free in another
    return {node for node in nodes if node.is_Symbol}


def outermost(node: ExprWithLimits) -> tuple:
    """(the variable of the last limit, its ends, what is integrated or added over it)."""
    *inner, (variable, *ends) = node.limits
    return variable, ends, node.func(node.function, *inner) if inner else node.function


def substitute(expr: sympy.Basic, replacements: Mapping) -> Any:
    """Replace sub-expressions, rebuilding (and so re-evaluating) what contains them.

    Variables of integrals, sums and Lambdas are bound: they are not replaced, and are renamed where
    they would capture a symbol that comes in.

    Raises
    ------
    DomainError
        Where a relation has a side that becomes undefined.
    """
    done: dict[sympy.Basic, sympy.Basic] = {}
    for node in postorder(expr, leaves=(sympy.Piecewise,)):
        if node in replacements:
            done[node] = replacements[node]
        elif isinstance(node, sympy.Piecewise):
            done[node] = _substitute_branches(node, replacements)
        elif getattr(node, "bound_symbols", ()):
            done[node] = _substitute_under(node, replacements)
        else:
            args = [done[arg] for arg in node.args]
            unchanged = all(new is old for new, old in zip(args, node.args, strict=True))
            done[node] = node if unchanged else _rebuilt(node, args)
    return done[expr]


def _rebuilt(node: sympy.Basic, args: list) -> sympy.Basic:
    if node.is_Relational and sympy.nan in args:
        raise DomainError(explain("a relation of what is undefined", got=node))
    return node.func(*args)


def _substitute_under(node: sympy.Basic, replacements: Mapping) -> sympy.Basic:
    """The same where the node binds symbols."""
    replacements = {
        old: new for old, new in replacements.items() if old.free_symbols <= node.free_symbols
    }
    incoming = set().union(*(new.free_symbols for new in replacements.values()))
    if not replacements:
        return node
    if isinstance(node, sympy.Lambda):
        names = _renamed(node.variables, incoming)
        expr = substitute(node.expr, names) if names else node.expr
        return node.func(node.signature.xreplace(names), substitute(expr, replacements))
    if not isinstance(node, ExprWithLimits):
        return node.subs(replacements)
    function, limits = _apart(node, incoming | set(replacements))
    return node.func(
        substitute(function, replacements),
        *(
            (variable, *(substitute(end, replacements) for end in ends))
            for variable, *ends in limits
        ),
    )


def own_variables(node: ExprWithLimits) -> ExprWithLimits:
    """The same integral or sum, no variable of which is also a free symbol of it."""
    function, limits = _apart(node, node.free_symbols)
    return node.func(function, *limits)


def _apart(node: ExprWithLimits, symbols: set) -> tuple:
    """(function, limits) of an integral or a sum, with variables that are not in ``symbols``.

    The variable of a limit is bound in the function and in the limits before, not in its own ends.
    """
    function, limits = node.function, [tuple(limit) for limit in node.limits]
    for i, (variable, *ends) in enumerate(limits):
        if names := _renamed((variable,), symbols):
            function = substitute(function, names)
            limits[:i] = [(v, *(substitute(end, names) for end in e)) for v, *e in limits[:i]]
            limits[i] = (names[variable], *ends)
    return function, limits


def _renamed(variables, symbols: set) -> dict:
    return {s: sympy.Dummy(s.name, **s.assumptions0) for s in variables if s in symbols}


def _substitute_branches(node: sympy.Piecewise, replacements: Mapping) -> sympy.Expr:
    """A branch that is not taken may be undefined there: it is left alone."""
    branches = []
    for part, condition in node.args:
        condition = substitute(condition, replacements)
        if condition != sympy.false:
            branches.append((substitute(part, replacements), condition))
        if condition == sympy.true:
            break
    return sympy.Piecewise(*branches)
