"""The check of a claim at one point: its verdict, both sides, and the margin between them."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

import sympy
from sympy.core.relational import Relational

from theorycalc.core import display
from theorycalc.core.arithmetic import Ball
from theorycalc.core.assumptions import meets_assumptions
from theorycalc.core.claims import TRUE_SIGNS, Claim, margin_of
from theorycalc.core.errors import DomainError, PrecisionError, explain
from theorycalc.core.evaluation import (
    Arithmetic,
    check_arithmetic,
    check_supported,
    decide,
    evaluate,
    is_ordered,
    read_parameters,
    written_out,
)
from theorycalc.core.known import known_in
from theorycalc.core.looks import Look, Math, Shown, mark
from theorycalc.core.lowering import lower
from theorycalc.core.records import check_fields, instance
from theorycalc.core.value import Rigor, Value


class Verdict(Shown, enum.Enum):
    """The answer of a check. It is not a truth value: ``bool()`` raises."""

    HOLDS = "HOLDS"
    FAILS = "FAILS"
    UNDECIDED = "UNDECIDED"
    NOT_APPLICABLE = "NOT_APPLICABLE"

    def __bool__(self):
        raise DomainError(
            explain(
                "a verdict is not a truth value",
                got=self.name,
                allowed="HOLDS, FAILS, UNDECIDED, NOT_APPLICABLE",
                hint="verdict is Verdict.HOLDS",
            )
        )


@dataclass(frozen=True, kw_only=True, repr=False)
class Check(Shown):
    """A claim checked at one point: the verdict, both sides, and the margin between them.

    ``margin`` is positive where an inequality holds (``rhs − lhs`` for ≤); for an equation it is
    ``lhs − rhs``. The verdict is as rigorous as ``margin.rigor``. Of several relations,
    ``relation`` is the one with the least margin, whose sides these are.
    """

    claim: Claim
    verdict: Verdict
    lhs: Value | None = None
    rhs: Value | None = None
    margin: Value | None = None
    relation: sympy.Basic | None = None

    def __post_init__(self):
        check_fields(self)

    def __repr__(self):
        return f"Check({display.check_text(self)})"

    @property
    def ratio(self) -> Value | None:
        """lhs/rhs: how sharp a bound is. None without sides, and where the right one may be 0."""
        if self.lhs is None or self.rhs is None or self.rhs.contains(0):
            return None
        infinite = self.lhs.is_infinite or self.rhs.is_infinite
        return None if infinite else self.lhs / self.rhs

    def __str__(self):
        sides = "" if self.margin is None else f"; lhs {self.lhs}, rhs {self.rhs}"
        return f"{display.check_text(self)}{sides}"

    def _look(self) -> Look:
        name = (f"{self.claim.name}:",) if self.claim.name else ()
        claim = Math(display.claim_latex(self.claim), display.claim_text(self.claim))
        sides = [(part, x) for part in ("lhs", "rhs", "margin") if (x := getattr(self, part))]
        return Look((mark(self.verdict), *name, claim), (), sides)

    def __bool__(self):
        return bool(self.verdict)


def check(claim: Claim, using: Arithmetic = Ball(30), **params) -> Check:
    """Check a claim at exact parameters.

    Parameters
    ----------
    claim : Claim
    using : Ball, MP or Float
        With `Ball` a verdict HOLDS or FAILS is proved; with the others it is as good as their
        error estimates.
    **params
        Exact numbers for the free symbols.

    Returns
    -------
    Check
        FAILS if one of several relations fails, HOLDS if all do; NOT_APPLICABLE off the ranges and
        conditions of the claim. UNDECIDED where a parameter with a radius may lie where a side is
        not real, and where the enclosure of the margin contains zero: always so for an equation
        between numbers that are equal and irrational, unless SymPy proves them equal.

    Raises
    ------
    DomainError, NotSupportedError
        As for `Formula.at`.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x", positive=True)
    >>> tc.check(tc.Claim(sympy.log(x) <= x - 1), x="1.001").verdict
    <Verdict.HOLDS: 'HOLDS'>
    >>> tc.check(tc.Claim(sympy.log(x) <= (x - 1) / 2), x="1.001").verdict
    <Verdict.FAILS: 'FAILS'>
    """
    instance(claim, Claim, "a Claim", allowed="Claim(relation)")
    check_arithmetic(using)
    carried = known_in(claim.relation, claim.condition)
    values = {**read_parameters(claim.args, params), **carried}
    region = claim.on.condition({symbol.name: symbol for symbol in claim.args})
    applicable = decide(sympy.And(cast(Any, claim.condition), region), values)
    if applicable is not True or not meets_assumptions(values):
        verdict = Verdict.NOT_APPLICABLE if applicable is False else Verdict.UNDECIDED
        return Check(claim=claim, verdict=verdict)
    if claim.is_decided:
        return Check(claim=claim, verdict=_verdict(claim.relation == sympy.true))
    check_supported(claim.relation, using, values)
    return min((_check_one(claim, x, values, using) for x in claim.relations), key=_worst_first)


def _check_one(claim: Claim, relation: Relational, values: Mapping, using) -> Check:
    """One of the relations of a claim, as if it were all of it."""
    lhs, rhs = (cast(sympy.Expr, side) for side in relation.args)
    difference = margin_of(relation)
    # one evaluation each; with a zero on one side the margin is the other side
    sides = {expr: _evaluate(expr, values, using) for expr in {difference, lhs, rhs}}
    margin = sides[difference]
    verdict = _decide_sign(margin, TRUE_SIGNS[type(relation)])
    if not is_ordered(relation, values, using):
        verdict = Verdict.UNDECIDED
    return Check(
        claim=claim,
        verdict=verdict,
        lhs=sides[lhs],
        rhs=sides[rhs],
        margin=margin,
        relation=relation,
    )


def _worst_first(check: Check) -> tuple:
    """One that fails before what is undecided and what holds; then the one with least to spare."""
    order = (Verdict.FAILS, Verdict.UNDECIDED, Verdict.HOLDS).index(check.verdict)
    spare = cast(Value, check.margin).mid
    if isinstance(check.relation, (sympy.Eq, sympy.Ne)):
        spare = abs(spare) if isinstance(check.relation, sympy.Ne) else -abs(spare)
    return order, spare


def _evaluate(expr, values, using) -> Value:
    """The value; of a quantity too close to zero for relative digits, what was reached."""
    try:
        value = evaluate(lower(expr, tuple(values)), values, using)
    except PrecisionError as error:
        if error.value is None:
            raise
        value = error.value
    # what is hardly known cancels when it is written, or not at all
    hardly = any(cast(Value, x).contains(0) for x in known_in(expr).values())
    if (
        value.rad
        and not hardly
        and value.contains(0)
        and sympy.simplify(written_out(expr, values)) == 0
    ):
        return Value(mid=0, rad=0, rigor=Rigor.EXACT, using=using)
    return value


def _decide_sign(margin: Value, true_signs: set) -> Verdict:
    if margin.lower > 0 or margin.upper < 0 or margin.rad == 0:
        sign = (margin.mid > 0) - (margin.mid < 0)
        return _verdict(sign in true_signs)
    if margin.lower == 0 and {0, 1} <= true_signs:
        return Verdict.HOLDS
    return Verdict.UNDECIDED


def _verdict(holds: bool) -> Verdict:
    return Verdict.HOLDS if holds else Verdict.FAILS
