"""Margins that scale: with all of some positive variables doubled, the sign is the same.

Of such variables only the ratios matter, which are one fewer.
"""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations

import sympy

from theorycalc.bounds.domain import Variable, with_facts
from theorycalc.bounds.goals import Goal
from theorycalc.bounds.problems import NOT_REAL, Problem, Reduction
from theorycalc.core.graph import postorder, substitute

# The logarithm of the factor by which variables grow.
_GROWTH = sympy.Dummy("L", real=True)
# What is scaled together is looked for among so many variables.
_MOST = 5


def in_ratios(problem: Problem) -> list[Reduction]:
    """The problem in the ratios of variables to one of them, where only these matter."""
    positive = [v for v in problem.variables if v.low >= 0 and not v.integer][:_MOST]
    for count in range(len(positive), 1, -1):
        for some in combinations(positive, count):
            symbols = frozenset(v.symbol for v in some)
            if all(scales(x, symbols) for x in _quantities(problem)):
                return list(_over_one(problem, some))
    return []


def _quantities(problem: Problem) -> list[sympy.Expr]:
    """The margin, and what the conditions are about."""
    conditions = sympy.And.make_args(problem.where) if problem.where != sympy.true else ()
    return [problem.goal.margin, *(c.lhs - c.rhs if c.is_Relational else c for c in conditions)]


def scales(expr: sympy.Expr, symbols: frozenset) -> bool:
    """Whether f(c x) = c^d f(x) for all c > 0, for some d.

    Examples
    --------
    >>> x, y = sympy.symbols("x y", positive=True)
    >>> scales(x * sympy.log(x / y) - x + y, frozenset((x, y)))
    True
    >>> scales(x * sympy.log(x) - y, frozenset((x, y)))
    False
    """
    degrees: dict = {}
    for node in postorder(expr):
        degree = _degree(node, degrees, symbols)
        if degree is None:
            return False
        degrees[node] = degree
    return _without_growth(degrees[expr][0])


def _without_growth(x: sympy.Expr) -> bool:
    return not x.has(_GROWTH) or not sympy.expand(sympy.expand(x, log=False)).has(_GROWTH)


def _degree(node, known: dict, symbols: frozenset) -> tuple | None:
    """(f(x) with logarithms as they grow, d) for a part; none where it does not scale."""
    if node in symbols:
        return node, sympy.S.One
    if not isinstance(node, sympy.Expr) or node.free_symbols.isdisjoint(symbols):
        return node, sympy.S.Zero
    parts = [known[arg] for arg in node.args]
    values, degrees = [x for x, _ in parts], [d for _, d in parts]
    first = degrees[0]
    same = all(sympy.expand(d - first) == 0 for d in degrees[1:])
    if isinstance(node, (sympy.Add, sympy.Max, sympy.Min)):
        return (node.func(*values), first) if same else None
    if node.is_Mul:
        return node.func(*values), sympy.Add(*degrees)
    if isinstance(node, sympy.log):
        return sympy.log(values[0]) + first * _GROWTH, sympy.S.Zero
    if isinstance(node, sympy.Abs):
        return node.func(*values), first
    if node.is_Pow and node.exp.free_symbols.isdisjoint(symbols) and node.base is not sympy.E:
        return node.func(*values), first * node.exp
    still = all(d == 0 for d in degrees) and all(map(_without_growth, values))
    return (node, sympy.S.Zero) if still else None


def _over_one(problem: Problem, some: tuple[Variable, ...]) -> Iterator[Reduction]:
    """The problem where one of the variables that scale is 1, and where it is 0 if it may be."""
    unit = min(some, key=_width)
    made = {v.symbol: _ratio(v, unit) for v in some if v is not unit}
    back = {**{x: ratio.symbol for x, ratio in made.items()}, unit.symbol: sympy.S.One}
    variables = tuple(made.get(v.symbol, v) for v in problem.variables if v is not unit)
    found = [_with(problem, back, variables)]
    if unit.low == 0 and not unit.low_open:
        others = tuple(v for v in problem.variables if v is not unit)
        found.append(_with(problem, {unit.symbol: sympy.S.Zero}, others))
    if not any(part.goal.margin.has(*NOT_REAL) for part in found):
        yield Reduction("ratios as variables", tuple(found))


def _width(v: Variable) -> tuple[bool, sympy.Expr]:
    """How badly a variable serves as the unit: it may be 0, or its ends are far apart."""
    return v.low == 0 and not v.low_open, v.high / v.low if v.low > 0 else sympy.oo


def _with(problem: Problem, values: dict, variables: tuple[Variable, ...]) -> Problem:
    goal = Goal(substitute(problem.goal.margin, values), sympy.S.Zero, problem.goal.strict)
    return replace(problem, goal=goal, variables=variables, where=substitute(problem.where, values))


def _ratio(v: Variable, unit: Variable) -> Variable:
    """The range of the ratio of two positive variables."""
    low = v.low / unit.high if unit.high.is_finite else sympy.S.Zero
    high = v.high / unit.low if v.high.is_finite and unit.low > 0 else sympy.oo
    never = v.low > 0 and unit.high.is_infinite
    low_open = v.low_open or (v.low > 0 and unit.high_open) or never
    high_open = high.is_infinite or v.high_open or unit.low_open
    return with_facts(f"ratio_{v.name}", low, high, bool(low_open), bool(high_open), integer=False)
