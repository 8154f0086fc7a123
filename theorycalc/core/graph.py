"""Expressions as graphs: each shared sub-expression is visited once.

SymPy's own traversals walk the tree, which doubles with every layer of a deep kernel.
"""

from collections.abc import Iterator, Mapping

import sympy


def postorder(expr: sympy.Basic) -> Iterator[sympy.Basic]:
    """Every distinct sub-expression, arguments before the nodes that use them."""
    seen: set[sympy.Basic] = set()
    todo = [expr]
    while todo:
        node = todo[-1]
        if node in seen:
            todo.pop()
            continue
        missing = [arg for arg in node.args if arg not in seen]
        if missing:
            todo.extend(missing)
        else:
            seen.add(node)
            yield node
            todo.pop()


def free_symbols(expr: sympy.Basic) -> set[sympy.Symbol]:
    """The free symbols, in time linear in the graph."""
    nodes = list(postorder(expr))
    if any(getattr(node, "bound_symbols", ()) for node in nodes):
        return expr.free_symbols  # a symbol may be bound in one place and free in another
    return {node for node in nodes if node.is_Symbol}


def substitute(expr: sympy.Basic, replacements: Mapping) -> sympy.Basic:
    """Replace sub-expressions, rebuilding (and so re-evaluating) what contains them."""
    done: dict[sympy.Basic, sympy.Basic] = {}
    for node in postorder(expr):
        if node in replacements:
            done[node] = replacements[node]
        elif getattr(node, "bound_symbols", ()):
            done[node] = node.subs(replacements)
        else:
            args = [done[arg] for arg in node.args]
            unchanged = all(new is old for new, old in zip(args, node.args, strict=True))
            done[node] = node if unchanged else node.func(*args)
    return done[expr]
