"""`prove`, and what it returns."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice, product
from pathlib import Path

import sympy

from theorycalc import __version__
from theorycalc.bounds.checking import is_right
from theorycalc.bounds.claimed import problems_of, refutation_of, relations_of
from theorycalc.bounds.domain import rational, variables_of
from theorycalc.bounds.paragraphs import interrupted_at, paragraph, undecided_because
from theorycalc.bounds.pictures import plotted, sketched
from theorycalc.bounds.problems import Problem
from theorycalc.bounds.proof import Leaves, Step
from theorycalc.bounds.proving import Prover, solved
from theorycalc.bounds.refuting import Refutation
from theorycalc.bounds.searching import places
from theorycalc.bounds.sharing import Interruption, Workforce
from theorycalc.bounds.written import expression, read, written
from theorycalc.core import display
from theorycalc.core.arithmetic import Ball, Float
from theorycalc.core.arithmetic.ball_context import working_precision
from theorycalc.core.claims import Check, Claim, Verdict, check
from theorycalc.core.errors import (
    DomainError,
    NotSupportedError,
    PrecisionError,
    TheoryCalcError,
    explain,
    shown,
    unknown_name,
)
from theorycalc.core.evaluation import check_supported, vanishes
from theorycalc.core.known import known_in
from theorycalc.core.looks import Look, Math, Shown, as_text, mark
from theorycalc.core.numbers import exact, exact_integer
from theorycalc.core.records import instance
from theorycalc.core.value import Value

_BITS = 80
_BUDGET = 20_000
# How often the margin is computed in doubles where branch and bound has not decided.
_SAMPLES = 10_000
_CORNERS = 32
# What happens where a file has parts of another kind than those that are written.
_MALFORMED = (
    *(ValueError, KeyError, TypeError, AttributeError, IndexError, OverflowError),
    *(RecursionError, NotImplementedError, TheoryCalcError),
)
_FORMAT = "theorycalc proof 1"


@dataclass(frozen=True, repr=False)
class Proof(Shown):
    """What `prove` found out about a claim on its ranges.

    Attributes
    ----------
    claim : Claim
    verdict : Verdict
        HOLDS if it is proved, FAILS if it is refuted, else UNDECIDED.
    counterexample : dict or None
        Exact numbers, by name, at which the claim certainly fails.
    margin : Value or None
        The least margin that was seen: at the counterexample, or at the corners and the middle.
    reason : str
        Why it is decided, or not.
    steps : tuple
        One for each inequality: all that `verify` needs.
    """

    claim: Claim
    verdict: Verdict
    counterexample: Mapping[str, sympy.Expr] | None = None
    margin: Value | None = None
    reason: str = ""
    steps: tuple = ()
    version: str = field(default=__version__)

    @property
    def boxes(self) -> list[tuple[dict, str]]:
        """The boxes, as (low, high) by name of a variable, each with the rule that closed it."""
        return [
            (
                {
                    v.name: (rational(low), rational(high))
                    for v, (low, high) in zip(step.problem.variables, cell, strict=True)
                },
                rule,
            )
            for step in self._cells
            for cell, rule in step.detail.closed
        ]

    @property
    def contacts(self) -> list[str]:
        """Where both sides are equal, with the orders that were found."""
        names = (name for step in self._cells for name, _ in step.detail.contacts)
        return list(dict.fromkeys(names))

    @property
    def _cells(self) -> list[Step]:
        steps = (part for step in self.steps for part in step.walk())
        return [part for part in steps if isinstance(part.detail, Leaves)]

    def verify(self) -> bool:
        """Check every step again: that boxes cover the ranges exactly, and that each is closed.

        A refutation is checked at its point. What is UNDECIDED shows nothing.
        """
        if self.verdict not in (Verdict.HOLDS, Verdict.FAILS):
            return False
        if self.claim.is_decided:
            return (self.claim.relation == sympy.true) == (self.verdict is Verdict.HOLDS)
        try:
            return self._is_right()
        except _MALFORMED:
            return False  # what was loaded is no proof of this kind

    def _is_right(self) -> bool:
        if self.verdict is Verdict.FAILS:
            variables = variables_of(self.claim.ranges)
            point = [self.counterexample[v.name] for v in variables]
            return refutation_of(self.claim, variables).fails(point)
        needed, problems = problems_of(self.claim)
        with working_precision(_BITS):
            shown_now = tuple(step.problem for step in self.steps) == (*needed, *problems)
            return shown_now and all(map(is_right, self.steps))

    def save(self, path) -> Path:
        """Write the proof to a file of JSON, from which `bounds.load` reads it."""
        path = Path(path)
        counterexample = {n: sympy.srepr(x) for n, x in (self.counterexample or {}).items()}
        record = {
            "format": _FORMAT,
            "version": self.version,
            "claim": {
                "relation": sympy.srepr(self.claim.relation),
                "condition": sympy.srepr(self.claim.condition),
                "on": {name: sympy.srepr(region) for name, region in self.claim.on.items()},
                "name": self.claim.name,
            },
            "verdict": self.verdict.name,
            "counterexample": counterexample or None,
            "reason": self.reason,
            "steps": [json.loads(written(step)) for step in self.steps],
        }
        path.write_text(json.dumps(record, ensure_ascii=False))
        return path

    def _look(self) -> Look:
        claim = Math(display.claim_latex(self.claim), display.claim_text(self.claim))
        at = list((self.counterexample or {}).items())
        told = {"margin": self.margin, "contacts": ", ".join(self.contacts), "why": self.reason}
        told["boxes"] = len(self.boxes) or None
        rows = [*at, *((k, x) for k, x in told.items() if x)]
        return Look((mark(self.verdict), claim), (), rows, sketched(self.steps))

    def plot(self, ax=None):
        """The boxes, in the colours of the rules that closed them.

        In one variable they are bars below the margin, in two rectangles. Where a claim was proved
        in other variables, these are seen: those of the first boxes in one or two variables.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; a new figure by default.

        Returns
        -------
        matplotlib.axes.Axes

        Raises
        ------
        DomainError
            Without boxes in one or two variables, and for what is no axes.
        MissingExtraError
            Without matplotlib.
        """
        return plotted(self.steps, ax)

    def __repr__(self):
        return f"Proof({as_text(self._look())})"

    def __str__(self):
        return paragraph(self)


def prove(claim: Claim, contacts: Iterable = (), jobs: int | None = None, budget=None) -> Proof:
    """Prove or refute a claim for all values of its variables.

    Parameters
    ----------
    claim : Claim
        With a range for every variable: ``on=`` or ``claim.holds_on(…)``.
    contacts : sequence of mappings and equations
        Where both sides are equal: points ``{"x": 0}``, or surfaces ``sympy.Eq(p, q)`` in several
        variables. The orders of contact are found. The ends of the ranges, and short rationals
        where boxes pile up, are looked at without being named.
    jobs : int, optional
        How many processes prove the inequalities of a claim, or look at the boxes of a single one;
        −1 for one on each core. What is found does not depend on it.
    budget : int, optional
        How many boxes are looked at, for each inequality, before it is left undecided; 20000 by
        default. Ctrl-C leaves it undecided as well, with the boxes that are closed.

    Returns
    -------
    Proof

    Raises
    ------
    DomainError
        For variables without a range, contacts that are none, and relations that are not real on
        a part of the ranges.
    NotSupportedError
        For functions that cannot be enclosed.

    Notes
    -----
    Branch and bound on ranges with exact ends: boxes are closed by the range itself, monotonicity
    and the mean value theorem [1]_, the second order, or Taylor series of one variable; where both
    sides are equal by the order of the contact. Half-lines and the integers are closed by the signs
    of derivatives, or by ratios of neighbours, from some point on.

    References
    ----------
    .. [1] R. E. Moore, R. B. Kearfott, M. J. Cloud, Introduction to Interval Analysis, SIAM (2009).

    Examples
    --------
    >>> import sympy, theorycalc as tc
    >>> x = sympy.Symbol("x")
    >>> tangent = tc.Claim(sympy.log(x) <= x - 1, on={"x": ("1/10", 10)})
    >>> proof = tc.prove(tangent, contacts=[{"x": 1}])
    >>> proof.verdict, proof.contacts, proof.verify()
    (<Verdict.HOLDS: 'HOLDS'>, ['contact of order 2 at x = 1'], True)
    >>> tc.prove(tc.Claim(sympy.log(x) <= 1 - 1 / x, on={"x": (1, 10)})).counterexample
    {'x': 5}
    """
    instance(claim, Claim, "a Claim", allowed="Claim(relation, on=…)")
    budget = _BUDGET if budget is None else exact_integer(budget, "budget", minimum=1)
    jobs = 1 if jobs is None else _processes(jobs)
    if claim.is_decided:
        verdict = Verdict.HOLDS if claim.relation == sympy.true else Verdict.FAILS
        return Proof(claim, verdict, reason="SymPy decides it", counterexample=None)
    _check_enclosed(claim)
    variables = variables_of(claim.ranges)
    _refuse_values(claim)
    given = [_contact(contact, claim, variables) for contact in contacts]
    refutation = refutation_of(claim, variables)
    margin = _least_margin(claim, variables, refutation)
    interruption, steps = Interruption(), []
    if refutation.point is None:
        with working_precision(_BITS), interruption:
            needed, problems = problems_of(claim)
            for problem in needed:
                steps.append(_is_real(problem, budget, refutation, interruption))
            # of what is not shown to be real only counterexamples are looked for
            known = all(step.done for step in steps)
            boxes = budget if known else budget // 10 + 1
            prover = Prover(refutation, given, boxes, Workforce(jobs), interruption)
            for step in solved(prover, problems):
                steps.append(step)
            if not all(step.done for step in steps) and not interruption.happened:
                _search(claim, variables, refutation)
    return _proof(claim, refutation, tuple(steps), margin, interruption)


def load(path) -> Proof:
    """The proof that `Proof.save` wrote; ``verify`` checks it.

    Raises
    ------
    DomainError
        For a file that holds no proof.

    Examples
    --------
    >>> import pathlib, tempfile, sympy, theorycalc as tc
    >>> x = sympy.Symbol("x")
    >>> proof = tc.prove(tc.Claim(sympy.exp(x) >= 1 + x, on={"x": (-1, 1)}), contacts=[{"x": 0}])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = proof.save(pathlib.Path(folder) / "proof.json")
    ...     tc.bounds.load(path).verify()
    True
    """
    text = Path(path).read_text()
    try:
        record = json.loads(text)
        if record["format"] != _FORMAT:
            raise KeyError(record["format"])
        told = record["claim"]
        claim = Claim(
            expression(told["relation"]),
            assumptions=expression(told["condition"]),
            on={name: expression(region) for name, region in told["on"].items()},
            name=told["name"],
        )
        steps = tuple(read(json.dumps(step)) for step in record["steps"])
        point = record["counterexample"]
        counterexample = None if point is None else {n: expression(x) for n, x in point.items()}
        verdict = Verdict[record["verdict"]]
    except (*_MALFORMED, SyntaxError) as error:
        raise DomainError(
            explain("not a proof", got=shown(str(path)), hint="Proof.save")
        ) from error
    return Proof(
        claim, verdict, counterexample, None, record["reason"], steps, version=record["version"]
    )


def _processes(jobs) -> int:
    if not (jobs := exact_integer(jobs, "jobs", minimum=-1)):
        raise DomainError(explain("no processes", got=jobs, allowed="1, 2, …, −1 for all cores"))
    return jobs


def _is_real(problem: Problem, budget: int, refutation: Refutation, interruption) -> Step:
    """The step for a part of a claim that has to be real.

    Raises
    ------
    DomainError
        If a side of the claim is not, at a point where the part is looked at.
    """
    missing = Refutation.of(problem)
    step = Prover(missing, (), budget, interruption=interruption).solve(problem)
    if missing.point is not None:
        point = {v.symbol: missing.point[v.name] for v in problem.variables}
        if not refutation.is_real(point):
            where = ", ".join(f"{symbol.name} = {x}" for symbol, x in point.items())
            raise DomainError(
                explain(
                    f"the relation is not real at {where}",
                    got=f"not {problem.goal}",
                    hint="ranges on which both sides are real; sympy.Interval.open",
                )
            )
    return step


def _refuse_values(claim: Claim) -> None:
    if carried := known_in(claim.relation, claim.condition):
        raise DomainError(
            explain(
                "a claim on ranges with numbers that are known up to an error",
                got=", ".join(map(str, carried)),
                hint="a variable with the range of the enclosure",
            )
        )


def _contact(contact, claim: Claim, variables):
    """A contact in the symbols of the proof."""
    by_name = {v.name: v.symbol for v in variables}
    if isinstance(contact, sympy.Eq):
        free = {s.name for s in contact.free_symbols}
        if unknown := free - {*by_name}:
            raise unknown_name("variable", unknown.pop(), by_name)
        return contact.xreplace({s: by_name[s.name] for s in contact.free_symbols})
    if not isinstance(contact, Mapping) or not contact:
        raise DomainError(
            explain("not a contact", got=shown(contact), allowed='{"x": 0}, sympy.Eq(p, q)')
        )
    point = {str(name): _place(x, str(name)) for name, x in contact.items()}
    if unknown := {*point} - {*by_name}:
        raise unknown_name("variable", unknown.pop(), by_name)
    if {*point} == {*by_name}:
        values = {by_name[name]: x for name, x in point.items()}
        sides = [r.lhs - r.rhs for r in relations_of(claim, variables)]
        if not any(_meet(side, values) for side in sides):
            got = ", ".join(f"{name} = {x}" for name, x in point.items())
            raise DomainError(
                explain("not a contact", got=got, allowed="where both sides are equal, exactly")
            )
    return point


def _meet(side: sympy.Expr, values: dict) -> bool:
    """Whether both sides may be equal at a point; one that is not seen to be may still be."""
    value = sympy.N(side.xreplace(values), 20)
    return vanishes(side, (), values) or not value.is_number or abs(value) < 1e-15


def _place(x, name: str) -> sympy.Expr:
    return x if isinstance(x, sympy.Expr) and x.is_number else exact(x, name)


def _least_margin(claim: Claim, variables, refutation: Refutation) -> Value | None:
    """The least margin at the corners and in the middle, where a claim may fail already."""
    ends = [
        [x for x in dict.fromkeys((v.low, v.middle_point, v.high)) if v.contains(x)]
        for v in variables
    ]
    best = None
    for point in islice(product(*ends), _CORNERS):
        found = _checked(claim, variables, point)
        if found is None:
            continue
        if found.verdict is Verdict.FAILS:
            refutation(list(point))
        if found.margin is not None and (best is None or found.margin.mid < best.mid):
            best = found.margin
    return best


def _check_enclosed(claim: Claim) -> None:
    try:
        check_supported(claim.relation, Ball(10))
    except NotSupportedError as error:
        what = f"{error}; nothing is proved without, but tc.search looks for a counterexample"
        raise NotSupportedError(what) from error


def _search(claim: Claim, variables, refutation: Refutation) -> None:
    """Looks for a counterexample where branch and bound has not decided."""
    if refutation.point is None and _is_vectorised(claim):
        any(refutation(point) for point in places(claim, variables, _SAMPLES))


def _is_vectorised(claim: Claim) -> bool:
    try:
        check_supported(claim.relation, Float())
    except NotSupportedError:
        return False
    return True


def _checked(claim: Claim, variables, point) -> Check | None:
    """The check at a point; None where the sides are too close, or too long, to be computed."""
    try:
        return check(claim, **{v.name: x for v, x in zip(variables, point, strict=True)})
    except PrecisionError:
        return None


def _proof(claim: Claim, refutation: Refutation, steps: tuple[Step, ...], margin, interruption):
    if refutation.point is not None:
        point = refutation.point
        found = check(claim, **point)
        where = ", ".join(f"{name} = {x}" for name, x in point.items())
        return Proof(claim, Verdict.FAILS, dict(point), found.margin, f"it fails at {where}", steps)
    if interruption.happened:
        return Proof(claim, Verdict.UNDECIDED, None, margin, interrupted_at(steps), steps)
    if all(step.done for step in steps):
        return Proof(claim, Verdict.HOLDS, None, margin, "", steps)
    return Proof(claim, Verdict.UNDECIDED, None, margin, undecided_because(steps), steps)
