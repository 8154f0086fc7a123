"""`Proof`: what was found out about a claim, with all that is needed to check it again."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import sympy

from theorycalc import __version__
from theorycalc.bounds.checking import is_right
from theorycalc.bounds.claimed import problems_of, refutation_of
from theorycalc.bounds.domain import rational, variables_of
from theorycalc.bounds.paragraphs import paragraph
from theorycalc.bounds.pictures import plotted, sketched
from theorycalc.bounds.steps import Leaves, Step
from theorycalc.bounds.written import expression, read, written
from theorycalc.core import display
from theorycalc.core.arithmetic.ball_context import working_precision
from theorycalc.core.checks import Verdict
from theorycalc.core.claims import Claim
from theorycalc.core.errors import DomainError, TheoryCalcError, explain, shown
from theorycalc.core.looks import Look, Math, Shown, as_text, mark
from theorycalc.core.records import check_fields
from theorycalc.core.value import Value

# Of the intervals that cells are closed in.
BITS = 80
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

    def __post_init__(self):
        check_fields(self)

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
        with working_precision(BITS):
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

        Parameters and errors are those of `Formula.plot`; a `DomainError` also without boxes in one
        or two variables.

        Returns
        -------
        matplotlib.axes.Axes
        """
        return plotted(self.steps, ax)

    def __repr__(self):
        return f"Proof({as_text(self._look())})"

    def __str__(self):
        return paragraph(self)


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
    try:
        text = Path(path).read_text()
    except (TypeError, ValueError, OSError) as error:
        got, allowed = shown(path), "the path of a file that Proof.save wrote"
        raise DomainError(
            explain("not a file that can be read", got=got, allowed=allowed)
        ) from error
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
