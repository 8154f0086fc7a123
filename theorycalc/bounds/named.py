"""Parts of a margin as variables of their own: p for μω, wherever it occurs.

What holds for all values of the new variables holds for those that the old ones give them. The
converse need not be true: nothing is refuted in this way.
"""

from collections.abc import Callable, Iterator
from itertools import combinations, islice, product

import sympy
from flint import fmpq

from theorycalc.bounds.domain import Variable, fmpq_of_end, rational, with_facts
from theorycalc.bounds.enclosed import Enclosed, enclosed
from theorycalc.bounds.goals import Goal
from theorycalc.bounds.problems import NOT_REAL, Problem, Reduction
from theorycalc.bounds.zeros import may_vanish
from theorycalc.core.arithmetic.box_context import BoxContext, as_box
from theorycalc.core.graph import postorder

NAME = "parts as variables"
# Names, and what they stand for.
Names = tuple[tuple[str, sympy.Expr], ...]
# What a part is called that nobody has named, and how many are tried.
_NEW, _MOST = "part", 24
# Where slopes are compared, as a share of the ranges.
_SHARE = fmpq(5, 13)
_CONTEXT = BoxContext()


def with_names(problem: Problem, names: Names) -> list[Reduction]:
    """The problem in variables that stand for parts of its margin, if it has these."""
    margin, made = problem.goal.margin, []
    for name, part in names:
        if (variable := _variable(name, part, problem.variables)) is None:
            return []
        margin = _replaced(margin, part, variable.symbol)
        made.append((variable, part))
    used = [(v, part) for v, part in made if margin.has(v.symbol)]
    back = margin.xreplace({v.symbol: part for v, part in used})
    if back.has(*NOT_REAL):
        return []
    same = Enclosed(back - problem.goal.margin, problem.variables)
    if not used or not may_vanish(same, {}):  # SymPy is trusted no further than that
        return []
    kept = tuple(v for v in problem.variables if margin.has(v.symbol))
    symbols = {v.symbol for v in kept}
    where = sympy.And(*(c for c in sympy.And.make_args(problem.where) if c.free_symbols <= symbols))
    goal = Goal(margin, sympy.S.Zero, problem.goal.strict)
    variables = (*(v for v, _ in used), *kept)
    return [Reduction(NAME, (Problem(goal, variables, where),))]


def _replaced(margin: sympy.Expr, part: sympy.Expr, symbol: sympy.Symbol) -> sympy.Expr:
    """The margin with a symbol for a part, and for a variable of it if all of them are left."""
    replaced = margin.subs(part, symbol)
    if part.free_symbols - replaced.free_symbols:
        return replaced
    for x in sorted(part.free_symbols, key=str):
        slope = part.diff(x)
        if slope != 0 and not slope.has(x):
            other = replaced.subs(x, sympy.expand(x + (symbol - part) / slope))
            if not other.has(x):
                return other
    return replaced


def proposed(problem: Problem) -> Iterator[Names]:
    """Parts in whose place a single variable leaves fewer variables than there are."""
    count, margin = len(problem.variables), problem.goal.margin
    if count < 2 or not all(v.is_finite and not v.integer for v in problem.variables):
        return
    symbols = [v.symbol for v in problem.variables]
    pairs = combinations(symbols, 2)
    parts = [part for x, y in pairs for part in (x * y, x - y, x + y, x / y)]
    parts += [x for x in postorder(margin) if isinstance(x, sympy.Expr) and not x.is_Atom]
    several = (part for part in parts if len(part.free_symbols) > 1 and part != margin)
    may_be_all = _slopes_agree(enclosed(margin, problem.variables))
    for part in islice(dict.fromkeys(several), _MOST):
        names = ((_NEW, part),)
        if may_be_all(part) and any(
            len(x.problems[0].variables) < count for x in with_names(problem, names)
        ):
            yield names


def _slopes_agree(f: Enclosed) -> Callable[[sympy.Expr], bool]:
    """Whether a quantity may depend on two variables of a part by that part only.

    Its slopes in these are then those of the part, times one number.
    """
    here = tuple((x, x) for x in (low + (high - low) * _SHARE for low, high in f.domain))
    slopes = f.slopes(here) if f.has_slopes else []

    def decide(part: sympy.Expr) -> bool:
        u = Enclosed(part, f.variables)
        steps = u.slopes(here) if slopes and u.has_slopes else []
        inside = [i for i, x in enumerate(f.symbols) if part.has(x)]
        return not steps or any(
            _may_be_equal(slopes[i], steps[j], slopes[j], steps[i])
            for i, j in combinations(inside, 2)
        )

    return decide


def _may_be_equal(a, b, c, d) -> bool:
    """Whether a·b may be c·d."""
    value = as_box(_CONTEXT.add(_CONTEXT.mul(a, b), _CONTEXT.mul(fmpq(-1), c, d)))
    return not (value.low > 0 or value.high < 0)


def _variable(name: str, part: sympy.Expr, variables: tuple[Variable, ...]) -> Variable | None:
    """A variable with the range of a part, where that is finite."""
    if not all(v.is_finite for v in variables):
        return None
    low, high = _range(part, variables)
    if not (low.is_finite and high.is_finite):
        return None
    opens = bool(part.is_positive and low <= 0), bool(part.is_negative and high >= 0)
    low, high = (max(low, 0) if opens[0] else low), (min(high, 0) if opens[1] else high)
    return with_facts(name, low, high, *opens, integer=False)


def _range(part: sympy.Expr, variables: tuple[Variable, ...]) -> tuple:
    """Numbers between which a part lies: those at the corners where it is linear in each."""
    f = Enclosed(part, variables)
    if _is_multilinear(part, variables):
        corners = product(*((v.low, v.high) for v in variables))
        found = [part.xreplace(dict(zip(f.symbols, corner, strict=True))) for corner in corners]
        return min(found), max(found)
    value = f.value(f.domain)
    if not (value.low.is_finite() and value.high.is_finite()):
        return -sympy.oo, sympy.oo
    return rational(fmpq_of_end(value.low)), rational(fmpq_of_end(value.high))


def _is_multilinear(part: sympy.Expr, variables: tuple[Variable, ...]) -> bool:
    ends = (end for v in variables for end in (v.low, v.high))
    symbols = [v.symbol for v in variables]
    linear = part.is_polynomial(*symbols) and not any(part.diff(x, 2).expand() for x in symbols)
    return linear and all(end.is_Rational for end in ends)
