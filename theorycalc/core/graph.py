"""Expressions as graphs: each shared sub-expression is visited once.

SymPy's own traversals walk the tree, which doubles with every layer of a deep kernel.
"""

from collections.abc import Iterator, Mapping

import sympy

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


def free_symbols(expr: sympy.Basic) -> set[sympy.Symbol]:
    """The free symbols, in time linear in the graph."""
    nodes = list(postorder(expr))
    if any(getattr(node, "bound_symbols", ()) for node in nodes):
        return expr.free_symbols  # a symbol may be bound in one place and free in another
    return {node for node in nodes if node.is_Symbol}


def substitute(expr: sympy.Basic, replacements: Mapping) -> sympy.Basic:
    """Replace sub-expressions, rebuilding (and so re-evaluating) what contains them."""
    done: dict[sympy.Basic, sympy.Basic] = {}
    for node in postorder(expr, leaves=(sympy.Piecewise,)):
        if node in replacements:
            done[node] = replacements[node]
        elif isinstance(node, sympy.Piecewise):
            done[node] = _substitute_branches(node, replacements)
        elif getattr(node, "bound_symbols", ()):
            done[node] = node.subs(replacements)
        else:
            args = [done[arg] for arg in node.args]
            unchanged = all(new is old for new, old in zip(args, node.args, strict=True))
            done[node] = node if unchanged else node.func(*args)
    return done[expr]


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
