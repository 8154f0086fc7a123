"""Proofs as text that a machine reads."""

import ast
import json
from functools import cache

import sympy
from flint import fmpq

from theorycalc.bounds.domain import Variable
from theorycalc.bounds.goals import Goal
from theorycalc.bounds.problems import Problem
from theorycalc.bounds.steps import Leaves, Step
from theorycalc.core.errors import DomainError, explain, shown

# What is made of a name, or of digits, and of no more than that.
_OF_TEXT = (sympy.Symbol, sympy.Dummy, sympy.Float)
_RECORDS = {cls.__name__: cls for cls in (Step, Problem, Goal, Variable, Leaves)}


def written(x) -> str:
    """A step, with all that it follows from, as JSON."""
    return json.dumps(_record(x), ensure_ascii=False)


def _record(x):
    if isinstance(x, sympy.Basic):
        return {"sympy": sympy.srepr(x)}
    if isinstance(x, fmpq):
        return {"rational": str(x)}
    if isinstance(x, tuple | list):
        return [_record(part) for part in x]
    if isinstance(x, dict):
        return {"mapping": [[name, _record(value)] for name, value in x.items()]}
    if type(x).__name__ in _RECORDS:
        fields = {name: _record(getattr(x, name)) for name in x.__dataclass_fields__}
        return {type(x).__name__: fields}
    return x


def read(text: str) -> Step:
    """The step that `written` wrote.

    Raises
    ------
    DomainError
        For any other text.
    """
    try:
        found = _object(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError, SyntaxError) as error:
        raise DomainError(
            explain("not a proof", got=shown(text), allowed="what save wrote")
        ) from error
    return found


def _object(x):
    if isinstance(x, list):
        return tuple(_object(part) for part in x)
    if not isinstance(x, dict):
        return x
    ((kind, content),) = x.items()
    if kind == "sympy":
        return expression(content)
    if kind == "rational":
        return _rational(content)
    if kind == "mapping":
        return {name: _object(value) for name, value in content}
    return _RECORDS[kind](**{name: _object(value) for name, value in content.items()})


def _rational(text: str) -> fmpq:
    p, _, q = text.partition("/")
    return fmpq(int(p), int(q or 1))


def expression(text: str) -> sympy.Basic:
    """The expression that `sympy.srepr` wrote; nothing else is run."""
    return _node(ast.parse(text, mode="eval").body)


def _node(node):
    match node:
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords):
            options = {k.arg: _node(k.value) for k in keywords}
            return _made(_classes()[name], [*map(_node, args)], options)
        case ast.Constant(value=value):
            return value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_node(operand)
        case ast.Name(id=name):
            return _classes()[name]
        case ast.Tuple(elts=parts) | ast.List(elts=parts):
            return tuple(map(_node, parts))
    raise ValueError(f"not an expression: {ast.dump(node)[:80]}")


def _made(cls, args: list, options: dict) -> sympy.Basic:
    """An object of SymPy; of most classes the constructors run what a string says."""
    if cls not in _OF_TEXT and any(isinstance(x, str) for x in (*args, *options.values())):
        raise ValueError(f"text in {cls.__name__}")
    return cls(*args, **options)


@cache
def _classes() -> dict:
    """SymPy's classes and constants, and the functions of this package, by name."""
    found = {name: getattr(sympy, name) for name in dir(sympy) if name[0] != "_"}
    found |= {name: getattr(sympy.S, name) for name in ("Infinity", "NegativeInfinity", "Half")}
    todo = [sympy.Basic]
    while todo:
        cls = todo.pop()
        todo += cls.__subclasses__()
        found.setdefault(cls.__name__, cls)
    return {
        name: x
        for name, x in found.items()
        if isinstance(x, sympy.Basic) or (isinstance(x, type) and issubclass(x, sympy.Basic))
    }
