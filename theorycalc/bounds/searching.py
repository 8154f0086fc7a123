"""`search`: the smallest margin of a claim that is found, certified where it is."""

from collections.abc import Mapping
from dataclasses import dataclass

import sympy

from theorycalc.bounds.claimed import relations_of
from theorycalc.bounds.domain import Variable, symbols_of, variables_of
from theorycalc.bounds.refuting import shorter
from theorycalc.bounds.sampling import Axis, least
from theorycalc.core import display
from theorycalc.core.arithmetic import MP, Ball, Float
from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.checks import Check, Verdict, check
from theorycalc.core.claims import Claim
from theorycalc.core.errors import (
    DomainError,
    NotSupportedError,
    PrecisionError,
    explain,
    unknown_name,
)
from theorycalc.core.evaluation import check_supported
from theorycalc.core.formula import Formula
from theorycalc.core.graph import substitute
from theorycalc.core.looks import Look, Math, Shown, as_text, mark
from theorycalc.core.lowering import lower
from theorycalc.core.numbers import exact_integer
from theorycalc.core.pictures import as_axes
from theorycalc.core.records import check_fields, instance
from theorycalc.core.value import Value

_BUDGET = 20_000
# A shorter point is as good if its margin is larger by less than one part in so many.
_ALIKE = 100
_ARITHMETICS = (Ball(30), MP(30), Float())
# Pieces of the line of a picture, and the part of an infinite range that it shows.
_PIECES = 400
_SHOWN = 0.95


@dataclass(frozen=True, kw_only=True, repr=False)
class Found(Shown):
    """The smallest margin that `search` found.

    Attributes
    ----------
    claim : Claim
    verdict : Verdict
        FAILS if the claim certainly fails at the point, else UNDECIDED: a search proves nothing.
    point : dict
        Exact numbers, by name.
    margin : Value
        The margin there. It is certified if every function of the claim can be enclosed.
    """

    claim: Claim
    verdict: Verdict
    point: Mapping[str, sympy.Expr]
    margin: Value

    def __post_init__(self):
        check_fields(self)

    def _look(self) -> Look:
        claim = Math(display.claim_latex(self.claim), display.claim_text(self.claim))
        return Look((mark(self.verdict), claim), (), [*self.point.items(), ("margin", self.margin)])

    def __repr__(self):
        return f"Found({as_text(self._look())})"

    def plot(self, name: str | None = None, ax=None):
        """The margin along one variable, with the other variables as at the point found.

        Parameters and errors are those of `Formula.plot`; without a ``name`` it is the first
        variable.

        Returns
        -------
        matplotlib.axes.Axes
        """
        name = next(iter(self.point)) if name is None else name
        if name not in self.point:
            raise unknown_name("variable", name, self.point)
        ax = as_axes(ax)
        variables = variables_of(self.claim.ranges)
        (variable,) = (v for v in variables if v.name == name)
        spots = _axis(variable).line(_PIECES, _SHOWN)
        others = {n: x for n, x in self.point.items() if n != name}
        ax.plot(spots, _margin(self.claim, variables).subs(**others).lambdify()(spots))
        ax.plot([float(self.point[name])], [float(self.margin.mid)], "o", label="smallest found")
        ax.axhline(0, color="gray", linewidth=0.5)
        ax.set(xlabel=f"${sympy.latex(sympy.Symbol(name))}$", ylabel="margin")
        ax.legend()
        return ax


def search(claim: Claim, budget: int | None = None) -> Found:
    """The smallest margin of a claim that is found on its ranges.

    Parameters
    ----------
    claim : Claim
        With a range for every variable: ``on=`` or ``claim.holds_on(…)``.
    budget : int, optional
        How often the margin is computed in doubles, about; 20000 by default.

    Returns
    -------
    Found
        With a short exact point and the certified margin there.

    Raises
    ------
    DomainError
        For variables without a range, a claim that SymPy has decided, and where the condition of
        the claim holds, or its margin is a number, at no point that was looked at.
    NotSupportedError
        For functions that cannot be computed on arrays.

    Notes
    -----
    The margin is computed in doubles at points that are spread evenly, infinite ranges as
    a + t/(1 − t); the best evolve [1]_, several times where there is work for it, and one descends
    by simplices. The best points are rounded to few digits, and the claim is checked there. Where
    margins decay, the margin relative to both sides is searched as well. Nothing is proved by what
    is not found: a counterexample in a narrow gap between the samples is missed. `prove` looks
    everywhere.

    References
    ----------
    .. [1] R. Storn, K. Price, Differential evolution, J. Global Optimization 11, 341–359 (1997).

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x")
    >>> claim = tc.Claim(sympy.log(x) < x - 1, on={"x": (0.5, "oo")})
    >>> found = tc.search(claim)
    >>> found.point, found.verdict
    ({'x': 1}, <Verdict.FAILS: 'FAILS'>)
    >>> tc.search(tc.Claim(sympy.cos(x) >= 1 - x**2 / 2, on={"x": (1, 2)})).margin
    Value(0.0403023058681397174009366074430 ± 3e-32, CERTIFIED, Ball(digits=30))
    """
    instance(claim, Claim, "a Claim", allowed="Claim(relation, on=…)")
    budget = _BUDGET if budget is None else exact_integer(budget, "budget", minimum=1)
    if claim.is_decided:
        raise DomainError(explain("nothing to search: SymPy decides it", got=claim.relation))
    variables = variables_of(claim.ranges)
    best = worst(claim, variables, budget)
    if best is None:
        hint = "wider ranges, or a condition that holds at more than single points"
        raise DomainError(
            explain("no point with a margin was found", got=display.claim_text(claim), hint=hint)
        )
    point, found = best
    verdict = Verdict.FAILS if found.verdict is Verdict.FAILS else Verdict.UNDECIDED
    return Found(claim=claim, verdict=verdict, point=point, margin=found.margin)


def worst(
    claim: Claim, variables: tuple[Variable, ...], budget: int
) -> tuple[dict[str, sympy.Expr], Check] | None:
    """The point with the smallest margin that is found, and the check there."""
    checks = (_at_short(claim, variables, point) for point in places(claim, variables, budget))
    return min((found for found in checks if found), key=lambda x: spare(x[1]), default=None)


def places(claim: Claim, variables: tuple[Variable, ...], budget: int) -> list[list[sympy.Expr]]:
    """Exact points at which the margin, or its share of both sides, seems to be small.

    Raises
    ------
    NotSupportedError
        For functions that cannot be computed on arrays.
    """
    axes = [_axis(v) for v in variables]
    known = symbols_of(claim, variables)
    condition = lower(substitute(claim.condition, known), [v.symbol for v in variables])

    def allowed(*arrays):
        return condition.run(ArrayContext(), list(arrays))

    found = []
    for quantity in (_margin(claim, variables), _share(claim, variables)):
        found += least(quantity.lambdify(), axes, budget // 2, allowed)
    points = ([_exactly(x, v) for x, v in zip(p, variables, strict=True)] for p in found)
    return [list(point) for point in dict.fromkeys(map(tuple, points))]


def spare(found: Check) -> sympy.Expr:
    """How much a claim has to spare at a point: the margin, or what it is for an equation."""
    mid = found.margin.mid
    if isinstance(found.relation, sympy.Eq):
        return -abs(mid)
    return abs(mid) if isinstance(found.relation, sympy.Ne) else mid


def check_best(claim: Claim, point: Mapping) -> Check | None:
    """The check in the best arithmetic that there is; None where it gives no margin."""
    try:
        found = check(claim, _arithmetic(claim), **point)
    except (PrecisionError, DomainError):
        return None
    return None if found.margin is None or found.margin.is_infinite else found


def _at_short(claim: Claim, variables, point: list) -> tuple[dict, Check] | None:
    """A short point whose margin is about as small as that of a point, and the check there."""
    names = [v.name for v in variables]
    there = check_best(claim, dict(zip(names, point, strict=True)))
    if there is None:
        return None
    enough = spare(there) + abs(spare(there)) / _ALIKE
    for candidate in shorter(variables, point):
        short = dict(zip(names, candidate, strict=True))
        if not all(v.contains(x) for v, x in zip(variables, candidate, strict=True)):
            continue
        found = check_best(claim, short)
        if found is not None and spare(found) <= enough:
            return short, found
    return None


def _arithmetic(claim: Claim):
    for using in _ARITHMETICS[:-1]:
        try:
            check_supported(claim.relation, using)
        except NotSupportedError:
            continue
        return using
    return _ARITHMETICS[-1]


def _margin(claim: Claim, variables) -> Formula:
    """The least margin of the relations of a claim."""
    return _least([_spared(x) for x in relations_of(claim, variables)], variables)


def _share(claim: Claim, variables) -> Formula:
    """The least margin relative to the sides."""
    relations = relations_of(claim, variables)
    return _least([_spared(x) / (abs(x.lhs) + abs(x.rhs)) for x in relations], variables)


def _least(margins: list, variables) -> Formula:
    return Formula("margin", sympy.Min(*margins, evaluate=False), [v.symbol for v in variables])


def _spared(relation) -> sympy.Expr:
    """What is positive where a relation holds with something to spare."""
    difference = relation.rhs - relation.lhs
    if isinstance(relation, (sympy.Gt, sympy.Ge)):
        return -difference
    signs = {sympy.Eq: -1, sympy.Ne: 1}
    return signs[type(relation)] * abs(difference) if type(relation) in signs else difference


def _axis(v: Variable) -> Axis:
    return Axis(float(v.low), float(v.high), v.low_open, v.high_open, v.integer)


def _exactly(x: float, v: Variable) -> sympy.Expr:
    """The number that a double is, or an end of the range if it is that end rounded."""
    for end in (v.low, v.high):
        if end.is_finite and float(end) == x:
            return end
    return sympy.Integer(int(x)) if v.integer else sympy.Rational(x)
