"""`prove`: what is asked is read, shown, looked at in other ways if need be, and told."""

from collections.abc import Iterable, Mapping
from itertools import islice, product

import sympy

from theorycalc.bounds.asked import (
    check_enclosed,
    contact_in_symbols,
    names_in_symbols,
    processes,
    with_ranges,
)
from theorycalc.bounds.claimed import problems_of, refutation_of
from theorycalc.bounds.domain import variables_of
from theorycalc.bounds.paragraphs import interrupted_at, undecided_because
from theorycalc.bounds.problems import Problem
from theorycalc.bounds.proof import BITS, Proof
from theorycalc.bounds.proving import Prover, solved
from theorycalc.bounds.refuting import Refutation
from theorycalc.bounds.searching import places
from theorycalc.bounds.sharing import Interruption, Workforce
from theorycalc.bounds.steps import Step
from theorycalc.core.arithmetic import Float
from theorycalc.core.arithmetic.ball_context import working_precision
from theorycalc.core.checks import Verdict, check
from theorycalc.core.claims import Claim
from theorycalc.core.errors import DomainError, NotSupportedError, PrecisionError, explain
from theorycalc.core.evaluation import check_supported
from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import instance
from theorycalc.core.value import Value

_BUDGET = 20_000
# How often the margin is computed in doubles where branch and bound has not decided.
_SAMPLES = 10_000
_CORNERS = 32


def prove(
    claim: Claim,
    contacts: Iterable = (),
    jobs: int | None = None,
    budget: int | None = None,
    substitute: Mapping | None = None,
) -> Proof:
    """Prove or refute a claim for all values of its variables.

    Parameters
    ----------
    claim : Claim
        With a range for every variable: ``on=`` or ``claim.holds_on(…)``. Certified Values in it
        stand for all numbers that they may be: it is proved for all of these, and refuted for all.
    contacts : sequence of mappings and equations
        Where both sides are equal: points ``{"x": 0}``, surfaces ``sympy.Eq(p, q)`` and other sets
        ``{"y": x, "z": x}`` in several variables. The orders of contact are found. The ends of the
        ranges, equal variables, and short exact numbers where boxes pile up, are looked at without
        being named.
    jobs : int, optional
        How many processes prove the inequalities of a claim, or look at the boxes of a single one;
        −1 for one on each core. What is found does not depend on it.
    budget : int, optional
        How many boxes are looked at, for each inequality, before it is left undecided; 20000 by
        default. Ctrl-C leaves it undecided as well, with the boxes that are closed.
    substitute : mapping, optional
        Names for parts of the claim, ``{"p": mu * omega}``, that are variables of their own where
        this leaves fewer or closer ones. What holds for all values of these, within the bounds that
        the ranges of the old ones give, holds for the old ones; what fails may not fail for them.

    Returns
    -------
    Proof

    Raises
    ------
    DomainError
        For variables without a range, contacts that are none, parts of other variables, and
        relations that are not real on a part of the ranges.
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
    jobs = 1 if jobs is None else processes(jobs)
    if claim.is_decided:
        verdict = Verdict.HOLDS if claim.relation == sympy.true else Verdict.FAILS
        return Proof(claim, verdict, reason="SymPy decides it", counterexample=None)
    check_enclosed(claim)
    claim, values = with_ranges(claim)
    variables = variables_of(claim.ranges)
    given = [contact_in_symbols(contact, claim, variables) for contact in contacts]
    names = names_in_symbols({} if substitute is None else substitute, variables)
    refutation = refutation_of(claim, variables, values)
    margin = _least_margin(claim, variables, refutation)
    interruption, steps = Interruption(), []
    if not refutation.is_over:
        with working_precision(BITS), interruption:
            needed, problems = problems_of(claim)
            for problem in needed:
                steps.append(_is_real(problem, budget, refutation, interruption))
            # of what is not shown to be real only counterexamples are looked for
            known = all(step.done for step in steps)
            boxes = budget if known else budget // 10 + 1
            prover = Prover(refutation, given, boxes, Workforce(jobs), interruption, names)
            for step in solved(prover, problems):
                steps.append(step)
            if not all(step.done for step in steps) and not interruption.happened:
                _search(claim, variables, refutation)
    return _proof(claim, refutation, tuple(steps), margin, interruption)


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
            raise _not_real(point, f"not {problem.goal}")
    return step


def _not_real(point: Mapping, got) -> DomainError:
    where = ", ".join(f"{symbol.name} = {x}" for symbol, x in point.items())
    hint = "ranges on which both sides are real; sympy.Interval.open"
    return DomainError(explain(f"the relation is not real at {where}", got=got, hint=hint))


def _least_margin(claim: Claim, variables, refutation: Refutation) -> Value | None:
    """The least margin at the corners and in the middle, where a claim may fail already.

    Raises
    ------
    DomainError
        Where a side is not real, or infinite.
    """
    ends = [
        [x for x in dict.fromkeys((v.low, v.middle_point, v.high)) if v.contains(x)]
        for v in variables
    ]
    best = None
    for point in islice(product(*ends), _CORNERS):
        try:
            found = check(claim, **{v.name: x for v, x in zip(variables, point, strict=True)})
        except PrecisionError:
            continue  # the sides are too close, or too long, to be computed
        except DomainError as error:
            at = {v.symbol: x for v, x in zip(variables, point, strict=True)}
            if refutation.is_real(at):
                continue
            raise _not_real(at, claim.relation) from error
        if found.verdict is Verdict.FAILS:
            refutation(list(point))
        if found.margin is not None and (best is None or found.margin.mid < best.mid):
            best = found.margin
    return best


def _search(claim: Claim, variables, refutation: Refutation) -> None:
    """Looks for a counterexample where branch and bound has not decided."""
    if not refutation.is_over and _is_vectorised(claim):
        try:
            points = places(claim, variables, _SAMPLES)
        except DomainError:
            return  # far out there are sums of too many terms
        any(map(refutation, points))


def _is_vectorised(claim: Claim) -> bool:
    try:
        check_supported(claim.relation, Float())
    except NotSupportedError:
        return False
    return True


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
    reason = refutation.crossing or undecided_because(steps)
    return Proof(claim, Verdict.UNDECIDED, None, margin, reason, steps)
