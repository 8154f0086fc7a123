"""From SymPy expressions to Programs: the one place where symbols and numerics meet.

An expression is walked as the graph it is, not as a tree: a sub-expression that occurs many times
is compiled, and computed, once.

A table: every kind of SymPy node has its handler here, in a few lines.
"""

from collections.abc import Callable, Iterable

import sympy
from sympy import Rational, S

from theorycalc.core import program as ops
from theorycalc.core.arithmetic.infinite_sum import Series
from theorycalc.core.arithmetic.quadrants import falls
from theorycalc.core.contractions import (
    bilinear_product,
    contract_log,
    contract_power,
    contract_product,
    contract_sum,
)
from theorycalc.core.errors import AT_A_POLE, DomainError, NotSupportedError, explain
from theorycalc.core.graph import outermost, own_variables, postorder
from theorycalc.core.integration import integral as integral_data
from theorycalc.core.integration.end_singularities import singular_ends_at_zero
from theorycalc.core.integration.kinks import kinks
from theorycalc.core.integration.pieces import smooth_pieces
from theorycalc.core.integration.series import one_sided, terms
from theorycalc.core.integration.stairs import between_jumps
from theorycalc.core.integration.waves import turned
from theorycalc.core.numbers import exact
from theorycalc.core.program import Program
from theorycalc.core.vocabulary import FUNCTIONS, LOGIC, RELATIONS, REWRITES


def lower(
    expr: sympy.Basic | integral_data.Integral,
    inputs: Iterable[sympy.Symbol] = (),
    where: Iterable[tuple[sympy.Symbol, sympy.Expr]] = (),
    *,
    ranges: bool = False,
) -> Program:
    """Compile an expression, an Integral or a condition; of a `Tuple` the program has all results.

    Its free symbols are among the inputs, or defined in ``where`` by means of the inputs and of
    earlier definitions. For ``ranges`` sums in which variables occur once are preferred: 1 − u²
    stays as it is, as (1 − u)(1 + u) has a range twice as wide, x + y − xy becomes a product.

    Raises
    ------
    DomainError
        If a symbol has no value.
    NotSupportedError
        If a sub-expression has no numerical implementation; it is named.
    """
    inputs = tuple(inputs)
    slots: dict[sympy.Basic, int] = {symbol: i for i, symbol in enumerate(inputs)}
    definitions = dict(where)
    steps: list[tuple] = []
    plans: dict[sympy.Basic, tuple] = {}
    todo = [expr]
    while todo:
        node = todo[-1]
        if node in slots:
            todo.pop()
            continue
        if node not in plans:
            known = node in definitions
            plans[node] = (ops.same, None, (definitions[node],)) if known else _plan(node, ranges)
        method, payload, children = plans[node]
        missing = [child for child in children if child not in slots]
        if missing:
            todo.extend(missing)
            continue
        slots[node] = len(inputs) + len(steps)
        steps.append((method, payload, tuple(slots[child] for child in children)))
        todo.pop()
    if not steps or slots[expr] != len(inputs) + len(steps) - 1:
        steps.append((ops.same, None, (slots[expr],)))
    return Program(steps=tuple(steps))


# (method, payload, children) of the operation that a node of a class becomes.
HANDLERS: dict[type, Callable[[sympy.Basic], tuple]] = {}


def _plan(node: sympy.Basic, ranges: bool) -> tuple:
    if ranges and isinstance(node, sympy.Add):
        return _contracted(bilinear_product(node)) or _sum_of_terms(node, squares=False)
    for cls in type(node).__mro__:
        if cls in FUNCTIONS:
            return ops.function, FUNCTIONS[cls], node.args
        if cls in REWRITES:
            return ops.same, None, (REWRITES[cls](*node.args),)
        if cls in HANDLERS:
            return HANDLERS[cls](node)
    raise NotSupportedError(
        explain(
            f"{type(node).__name__} has no numerical implementation",
            got=node,
            hint="writing it with other functions, or a SpecialFunction of your own",
        )
    )


def handles(*classes: type):
    """Register the function below as the lowering of these classes."""

    def register(function):
        HANDLERS.update(dict.fromkeys(classes, function))
        return function

    return register


@handles(sympy.Symbol)
def _symbol(node):
    raise DomainError(explain("no value was given for a symbol", got=node))


@handles(sympy.Number, sympy.NumberSymbol, type(sympy.I), type(S.ComplexInfinity), sympy.CRootOf)
def _number(node):
    if node is S.NaN or node is S.ComplexInfinity:
        raise DomainError(explain("not a number", got=node, hint=AT_A_POLE))
    return ops.number, exact(node) if node.is_Float else node, ()


def _contracted(better: sympy.Expr | None) -> tuple | None:
    return None if better is None else (ops.same, None, (better,))


@handles(sympy.Add)
def _add(node):
    return _sum_of_terms(node, squares=True)


def _sum_of_terms(node, squares: bool) -> tuple:
    return _contracted(contract_sum(node, squares)) or (ops.operation, "add", node.args)


@handles(sympy.log)
def _log(node):
    return _contracted(contract_log(node)) or (ops.function, "log", node.args)


@handles(sympy.Mul)
def _mul(node):
    return _contracted(contract_product(node)) or (ops.operation, "mul", node.args)


@handles(sympy.Pow)
def _pow(node):
    if node.exp == Rational(1, 2):
        return ops.function, "sqrt", (node.base,)
    return _contracted(contract_power(node)) or (ops.operation, "power", node.args)


@handles(sympy.atan2)
def _atan2(node):
    return ops.operation, "atan2", node.args


@handles(sympy.hyper)
def _hyper(node):
    upper, lower_parameters, z = node.args
    return ops.hyper, (len(upper), len(lower_parameters)), (*upper, *lower_parameters, z)


@handles(*RELATIONS)
def _relation(node):
    return ops.compare, RELATIONS[type(node)], node.args


@handles(*LOGIC)
def _connective(node):
    return ops.logic, LOGIC[type(node)], node.args


@handles(type(S.true), type(S.false))
def _truth(node):
    return ops.truth, bool(node), ()


@handles(sympy.Tuple)
def _tuple(node):
    return ops.together, None, node.args


@handles(sympy.Contains)
def _contains(node):
    x, region = node.args
    if region in (S.Integers, S.Naturals, S.Naturals0):
        least = {S.Integers: -sympy.oo, S.Naturals: S.One, S.Naturals0: S.Zero}[region]
        whole = sympy.Eq(sympy.floor(x), x, evaluate=False)
        return ops.logic, "all", (whole, sympy.Ge(x, least, evaluate=False))
    return ops.logic, "all", (region.as_relational(x),)


def _parameters(node) -> tuple:
    return tuple(sorted(node.free_symbols, key=str))


@handles(sympy.Piecewise)
def _piecewise(node):
    symbols = _parameters(node)
    branches = [(lower(condition, symbols), lower(expr, symbols)) for expr, condition in node.args]
    return ops.select, tuple(branches), symbols


@handles(sympy.Sum)
def _sum(node):
    first, last = node.limits[-1][1:] if len(node.limits[-1]) == 3 else (S.Zero, S.Zero)
    if first.is_infinite or last.is_infinite:
        return _infinite_sum(_with_limits(node))
    return _repeated(node, "add")


def _infinite_sum(node):
    parts = one_sided(node)
    if parts is not None:
        return ops.same, None, (parts,)
    symbols = _parameters(node)
    found = terms(node)
    parts = (found.term, found.geometric, found.ratio, found.phase, found.algebraic)
    programs = (None if part is None else lower(part, (found.k, *symbols)) for part in parts)
    series = Series(*programs, mapped=lower(found.mapped, (found.t, *symbols)))
    return ops.infinite_sum, (series, lower(node.limits[-1][1], symbols)), symbols


@handles(sympy.Product)
def _product(node):
    return _repeated(node, "mul")


def _with_limits(node):
    """The node with variables of its own.

    Raises
    ------
    DomainError
        For an antiderivative or an indefinite sum: a function, and only up to a constant.
    """
    if any(len(limit) < 3 for limit in node.limits):
        kind = type(node).__name__
        hint = f"{kind}(f, (x, a, b))"
        raise DomainError(explain("no limits are given", got=node, allowed="two", hint=hint))
    return own_variables(node)


def _repeated(node, name):
    node = _with_limits(node)
    index, (first, last), body = outermost(node)
    if not (first.is_finite is not False and last.is_finite is not False):
        raise NotSupportedError(
            explain(
                f"an infinite {type(node).__name__.lower()} has no numerical implementation",
                got=node,
                hint=".doit() for a closed form, or a finite upper limit with a bound on the rest",
            )
        )
    symbols = _parameters(node)
    payload = (name, lower(body, (index, *symbols)), lower(first, symbols), lower(last, symbols))
    return ops.repeated, payload, symbols


@handles(sympy.Integral)
def _sympy_integral(node):
    node = _with_limits(node)
    for simpler in (_without_waves(node), between_jumps(node)):
        if simpler is not None:
            return ops.same, None, (simpler,)
    pieces = smooth_pieces(node)
    if pieces != node:
        return ops.same, None, (pieces,)
    variable, (first, last), body = outermost(node)
    return _integral(
        integral_data.Integral(body, variable, first, last, kinks=kinks(body, variable))
    )


def _without_waves(node) -> sympy.Expr | None:
    """Integrals of waves over half-lines as integrals between finite limits."""
    variable, first, last = node.limits[0]
    if len(node.limits) > 1 or not node.function.has(sympy.sin, sympy.cos, sympy.sinc):
        return None
    if (first, last) == (S.NegativeInfinity, S.Infinity):
        halves = (node.func(node.function, (variable, 0, end)) for end in (first, last))
        left, right = (_without_waves(half) for half in halves)
        return None if left is None or right is None else right - left
    if S.NegativeInfinity in (first, last):
        mirrored = node.function.xreplace({variable: -variable})
        return _negated(_without_waves(node.func(mirrored, (variable, -first, -last))))
    if first == S.Infinity:
        return _negated(_without_waves(node.func(node.function, (variable, last, first))))
    if last != S.Infinity or first.is_infinite:
        return None

    def falls_there(function, variable, depth, turn):
        return falls(lower(function, (variable,)), depth, turn)

    return turned(node.function, variable, first, falls_there)


def _negated(x: sympy.Expr | None) -> sympy.Expr | None:
    return None if x is None else -x


@handles(integral_data.Integral)
def _integral(integral):
    if not integral.kinks and not integral.tails:
        moved = singular_ends_at_zero(integral.integrand, integral.variable, *integral.points)
        if moved is not None:
            return ops.same, None, (moved,)
    symbols = _parameters(integral)
    # integrals inside that do not depend on the variable are computed once
    inside = postorder(integral.integrand, leaves=(sympy.Integral, sympy.Piecewise))
    alone = [x for x in inside if isinstance(x, sympy.Integral) and x.free_symbols <= {*symbols}]
    names = {x: sympy.Dummy() for x in alone}
    inputs = (*symbols, *names.values())
    limits = tuple(end if end.is_infinite else lower(end, inputs) for end in integral.points)
    tails = {
        end: (lower(tail.bound, (tail.symbol, *inputs)), lower(tail.start, inputs))
        for end, tail in integral.tails.items()
    }
    kinks = tuple(lower(kink, inputs) for kink in integral.kinks)
    body = lower(integral.integrand.xreplace(names), (integral.variable, *inputs))
    return integral_data.integral, (body, limits, kinks, tails), (*symbols, *names)
