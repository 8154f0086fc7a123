"""Proofs and the lack of one in words."""

from collections import Counter
from collections.abc import Iterator

from theorycalc.bounds.domain import Cell, rational
from theorycalc.bounds.named import NAME
from theorycalc.bounds.steps import Leaves, Step
from theorycalc.core import display
from theorycalc.core.checks import Verdict

_DIGITS = 6


def paragraph(proof) -> str:
    """A proof as it could stand in an appendix."""
    claim = display.claim_text(proof.claim)
    if proof.verdict is Verdict.FAILS:
        return f"The claim {claim} is false: {proof.reason}, where its margin is {proof.margin}."
    if proof.verdict is Verdict.UNDECIDED:
        return f"The claim {claim} is undecided: {proof.reason}."
    if not proof.steps:
        return f"The claim {claim} holds: {proof.reason}."
    text = " ".join(sentence for step in proof.steps for sentence in _sentences(step))
    return f"The claim {claim} holds. {text} (theorycalc {proof.version})"


def _sentences(step: Step) -> Iterator[str]:
    if step.rule == "exact":
        yield f"That {step.problem} is decided exactly: {step.detail}."
    elif step.rule == "one by one":
        yield f"{step.problem} is checked one by one."
    elif isinstance(step.detail, Leaves):
        yield _cells(step)
    elif step.rule == "half-line":
        name, start, reasons = step.detail
        (variable,) = step.problem.variables
        yield (
            f"From {variable.name} = {rational(start)} on {step.problem.goal} holds "
            f"({name}): {'; '.join(reasons)}."
        )
    elif step.rule == NAME:
        parts = ", ".join(f"{name} = {part}" for name, part in step.detail)
        yield f"{step.problem} follows from what holds for {parts} as variables of their own."
    else:
        yield f"{step.problem} follows by this reduction: {step.rule}."
    for part in step.parts:
        yield from _sentences(part)


def _cells(step: Step) -> str:
    counts = Counter(rule for _, rule in step.detail.closed)
    total = sum(counts.values())
    rules = ", ".join(f"{count} by {rule}" for rule, count in counts.most_common())
    what = f"{total} boxes" if total != 1 else "one box"
    return (
        f"{step.problem}: branch and bound in interval arithmetic of {step.detail.bits} bits "
        f"covers the domain by {what} ({rules})."
    )


def undecided_because(steps: tuple[Step, ...]) -> str:
    """What is left of a claim, and what may help."""
    open_steps = [part for step in steps for part in step.walk() if not part.done]
    last = open_steps[-1]
    if not isinstance(last.detail, Leaves):
        if last.rule == "one by one":
            return f"{last.problem.goal} is too close to call at {last.detail}"
        return (
            f"no argument was found for {last.problem.goal} up to infinity; "
            "a finite range can be tried, or another form of the claim"
        )
    left = last.detail.left
    names = [v.name for v in last.problem.variables]
    cell = min(left, key=lambda c: max(high - low for low, high in c))
    where = ", ".join(
        f"{name} in [{_short(low)}, {_short(high)}]"
        for name, (low, high) in zip(names, cell, strict=True)
    )
    own = {v.name for step in steps for v in step.problem.variables}
    return f"{len(left)} boxes are left, the smallest at {where}; {_hint(names, cell, own)}"


def _hint(names: list[str], cell: Cell, own: set[str]) -> str:
    """What may close the cells that pile up at one."""
    if not own.issuperset(names):
        return (
            "these are variables of another form of the claim: if both sides are equal there, or "
            "come together at infinity, contacts of the variables of the claim may close them"
        )
    point = ", ".join(
        f'"{name}": {_short((low + high) / 2)}'
        for name, (low, high) in zip(names, cell, strict=True)
    )
    return (
        f"if both sides are equal there, contacts=[{{{point}}}] with the exact point may close "
        "them, else a larger budget"
    )


def interrupted_at(steps: tuple[Step, ...]) -> str:
    """What was closed before an interruption."""
    covers = [part.detail for step in steps for part in step.walk() if _is_cover(part)]
    closed, left = (sum(len(getattr(x, name)) for x in covers) for name in ("closed", "left"))
    return f"it was interrupted, with {closed} boxes closed and {left} left"


def _is_cover(step: Step) -> bool:
    return isinstance(step.detail, Leaves)


def _short(x) -> str:
    number = rational(x)
    return str(number) if len(str(number)) <= _DIGITS else f"{float(number):.{_DIGITS}g}"
