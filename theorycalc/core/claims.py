"""Bounds and identities as data, and the check of one at a point."""

import enum
from dataclasses import dataclass
from typing import cast

import numpy as np
import sympy
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom, BooleanFunction

from theorycalc.core import display
from theorycalc.core.arithmetic import Ball
from theorycalc.core.assumptions import meets_assumptions
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
from theorycalc.core.known import known_in, unknown
from theorycalc.core.lowering import lower
from theorycalc.core.numbers import condition, expression
from theorycalc.core.records import check_fields, instance
from theorycalc.core.reference import Reference
from theorycalc.core.value import Rigor, Value


class Verdict(enum.Enum):
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


_TRUE_SIGNS = {
    sympy.Lt: {1},
    sympy.Le: {0, 1},
    sympy.Gt: {1},
    sympy.Ge: {0, 1},
    sympy.Eq: {0},
    sympy.Ne: {-1, 1},
}
SHARPNESS = ("", "tight", "upper", "lower", "asymptotic")


@dataclass(frozen=True)
class Claim:
    """A relation between two quantities, with the conditions under which it is claimed.

    Parameters
    ----------
    relation : SymPy relational
        For instance ``sympy.Le(lhs, rhs)`` or ``lhs < rhs``.
    reference : Reference, optional
        Where it is claimed.
    assumptions : SymPy condition
        Where it is claimed to hold; elsewhere the verdict is NOT_APPLICABLE.
    name : str
        A short name for tables.
    sharpness : str
        How good the bound is said to be: "tight", "upper", "lower" or "asymptotic".

    Raises
    ------
    DomainError
        If ``relation`` is not one SymPy relational (or a truth value that SymPy found itself):
        chains and conjunctions are several claims. For other fields of another type.

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x")
    >>> mills = tc.Claim(sympy.erfc(x) < sympy.exp(-x**2), assumptions=x > 0)
    >>> check = tc.check(mills, x=3)
    >>> check.verdict, str(check.margin)[:10]
    (<Verdict.HOLDS: 'HOLDS'>, '0.00010131')
    >>> tc.check(mills, x=-1).verdict
    <Verdict.NOT_APPLICABLE: 'NOT_APPLICABLE'>
    """

    relation: sympy.Basic
    reference: Reference | None = None
    assumptions: sympy.Basic = sympy.true
    name: str = ""
    sharpness: str = ""

    def __post_init__(self):
        object.__setattr__(self, "relation", _relation(self.relation))
        object.__setattr__(self, "assumptions", condition(self.assumptions, "condition"))
        hint = "sympy.And(…) of the conditions as assumptions, and a Claim for each relation"
        instance(
            self.reference, Reference | None, "a Reference", allowed="Reference(key)", hint=hint
        )
        instance(self.name, str, "the name of a claim", allowed="a string")
        instance(self.sharpness, str, "a sharpness")
        if self.sharpness not in SHARPNESS:
            allowed = ", ".join(map(repr, SHARPNESS))
            raise DomainError(explain("unknown sharpness", got=self.sharpness, allowed=allowed))

    @property
    def args(self) -> tuple:
        """The free symbols, by name."""
        free = unknown(self.relation.free_symbols | self.assumptions.free_symbols)
        return tuple(sorted(free, key=str))

    def _repr_latex_(self):
        return f"$\\displaystyle {display.latex(self.relation)}$"


def _relation(x) -> sympy.Basic:
    """One relation between two real quantities, or the truth value that SymPy has made of it."""
    allowed = "one of sympy.Le(lhs, rhs), lhs < rhs, …"
    if isinstance(x, bool | np.bool_ | BooleanAtom):
        return sympy.true if x else sympy.false
    if isinstance(x, BooleanFunction):
        hint = "a Claim for each relation"
        raise DomainError(explain("not a relation but several", got=x, allowed=allowed, hint=hint))
    if not isinstance(x, Relational) or type(x) not in _TRUE_SIGNS or x.has(sympy.I):
        raise DomainError(explain("not a relation", got=x, allowed=allowed))
    for side in x.args:
        expression(side, "a side of a relation")
    return x


@dataclass(frozen=True, kw_only=True, repr=False)
class Check:
    """A claim checked at one point: the verdict, both sides, and the margin between them.

    ``margin`` is positive where an inequality holds (``rhs − lhs`` for ≤); for an equation it is
    ``lhs − rhs``. The verdict is as rigorous as ``margin.rigor``.
    """

    claim: Claim
    verdict: Verdict
    lhs: Value | None = None
    rhs: Value | None = None
    margin: Value | None = None

    def __post_init__(self):
        check_fields(self)

    def __repr__(self):
        return f"Check({display.check_text(self)})"

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
        UNDECIDED where a parameter with a radius may lie where a side is not real, and where the
        enclosure of the margin contains zero: always so for an equation between
        numbers that are equal and irrational, unless SymPy proves them equal.

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
    carried = known_in(claim.relation, claim.assumptions)
    values = {**read_parameters(claim.args, params), **carried}
    applicable = decide(claim.assumptions, values)
    if applicable is not True or not meets_assumptions(values):
        verdict = Verdict.NOT_APPLICABLE if applicable is False else Verdict.UNDECIDED
        return Check(claim=claim, verdict=verdict)
    if claim.relation in (sympy.true, sympy.false):
        return Check(claim=claim, verdict=_verdict(bool(claim.relation)))
    check_supported(claim.relation, using, values)
    lhs, rhs = (cast(sympy.Expr, side) for side in claim.relation.args)
    difference = lhs - rhs if isinstance(claim.relation, (sympy.Gt, sympy.Ge)) else rhs - lhs
    if isinstance(claim.relation, (sympy.Eq, sympy.Ne)):
        difference = lhs - rhs
    # one evaluation each; with a zero on one side the margin is the other side
    sides = {expr: _evaluate(expr, values, using) for expr in {difference, lhs, rhs}}
    margin = sides[difference]
    verdict = _decide_sign(margin, _TRUE_SIGNS[type(claim.relation)])
    if not is_ordered(claim.relation, values, using):
        verdict = Verdict.UNDECIDED
    return Check(
        claim=claim,
        verdict=verdict,
        lhs=sides[lhs],
        rhs=sides[rhs],
        margin=margin,
    )


def _evaluate(expr, values, using) -> Value:
    """The value; of a quantity too close to zero for relative digits, what was reached."""
    try:
        value = evaluate(lower(expr, tuple(values)), values, using)
    except PrecisionError as error:
        if error.value is None:
            raise
        value = error.value
    if value.rad and value.contains(0) and sympy.simplify(written_out(expr, values)) == 0:
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
