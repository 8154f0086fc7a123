"""Run everything that theories state: cases in every arithmetic, claims, experiments."""

import io
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from theorycalc import theories
from theorycalc.core import display
from theorycalc.core.arithmetic import MP, Ball, Float
from theorycalc.core.claims import Verdict, check
from theorycalc.core.errors import missing_extra
from theorycalc.validation.experiment import Figure, Validation

# Outcomes, worst first; FAILED ones make the command fail.
FAILED = ("FAILS", "DEVIATES", "ERROR")
# Digits of the balls that check claims: a claim needs a sign, not digits.
_CLAIM_DIGITS = 10


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    theory: str
    item: str
    computed: str
    expected: str
    verdict: str
    seconds: float

    @property
    def failed(self) -> bool:
        """Whether this line makes the check fail."""
        return self.verdict in FAILED


@dataclass(frozen=True)
class Outcome:
    """The lines of one task, and its pictures as (title, SVG)."""

    rows: tuple[Row, ...]
    pictures: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Task:
    """A piece of work that a process can be sent: names and numbers only."""

    theory: str
    kind: str
    index: int
    digits: int
    quick: bool
    pictures: bool

    def __call__(self) -> Outcome:
        """Do the work; whatever goes wrong becomes a line of the table and stops nothing else."""
        start = time.perf_counter()
        try:
            return _RUN[self.kind](self)
        except Exception as error:
            row = Row(
                theory=self.theory,
                item=f"{self.kind} {self.index + 1}",
                computed=f"{type(error).__name__}: {error}",
                expected="",
                verdict="ERROR",
                seconds=time.perf_counter() - start,
            )
            return Outcome((row,))


def tasks(names: Iterable[str], *, digits: int, quick: bool, pictures: bool) -> list[Task]:
    """Everything the theories state, quick things first."""
    loaded = {name: theories.get(name) for name in names}
    return [
        Task(name, kind, index, digits, quick, pictures)
        for kind in _RUN
        for name, theory in loaded.items()
        for index in range(len(getattr(theory, kind)))
    ]


def run(work: list[Task], jobs: int) -> Iterator[Outcome]:
    """The outcomes in the order of the tasks, as they come."""
    if jobs == 1:
        yield from (task() for task in work)
        return
    from joblib import Parallel, delayed

    parallel = Parallel(n_jobs=jobs, return_as="generator", pre_dispatch="all")
    yield from parallel(delayed(Task.__call__)(task) for task in work)


def _run_case(task: Task) -> Outcome:
    case = theories.get(task.theory).cases[task.index]
    rows = []
    for using in (Float(), MP(task.digits), Ball(task.digits)):
        start = time.perf_counter()
        verdict, computed, expected = case.check(using)
        rows.append(
            Row(
                theory=task.theory,
                item=f"{case.label} {type(using).__name__}",
                computed=str(computed),
                expected=expected,
                verdict=verdict.name,
                seconds=time.perf_counter() - start,
            )
        )
    return Outcome(tuple(rows))


def _run_claim(task: Task) -> Outcome:
    claim, points = theories.get(task.theory).claims[task.index]
    rows = []
    for params in points:
        start = time.perf_counter()
        result = check(claim, using=Ball(min(task.digits, _CLAIM_DIGITS)), **params)
        applies = result.verdict is not Verdict.NOT_APPLICABLE
        at = ", ".join(f"{name}={x}" for name, x in params.items())
        rows.append(
            Row(
                theory=task.theory,
                item=f"{claim.name} at {at}" if at else claim.name,
                computed=f"margin {result.margin}" if applies and result.margin else "",
                expected=claim.sharpness,
                verdict=result.verdict.name,
                seconds=time.perf_counter() - start,
            )
        )
    return Outcome(tuple(rows))


def _run_experiment(task: Task) -> Outcome:
    experiment = theories.get(task.theory).experiments[task.index]
    start = time.perf_counter()
    report = experiment.run(task.quick)
    seconds = time.perf_counter() - start
    rows = tuple(
        _validation_row(task.theory, experiment.name, validation, seconds if i == 0 else 0.0)
        for i, validation in enumerate(report.validations)
    )
    pictures = tuple((f.title, _svg(f)) for f in report.figures) if task.pictures else ()
    return Outcome(rows, pictures)


def _validation_row(theory: str, experiment: str, validation: Validation, seconds: float) -> Row:
    verdict = validation.agreement.name
    if validation.comparison.mutant:
        # a wrong prediction has to deviate
        verdict = "REJECTED" if validation.passed else "FAILS"
    return Row(
        theory=theory,
        item=f"{experiment}: {validation.comparison.name}",
        computed=f"{validation.comparison.measured}, {display.z_text(validation)}",
        expected=validation.comparison.predicted,
        verdict=verdict,
        seconds=seconds,
    )


def _svg(figure: Figure) -> str:
    """The picture as SVG text, drawn without a display."""
    try:
        from matplotlib.figure import Figure as Canvas
    except ImportError as error:
        raise missing_extra("matplotlib", "experiments", "a report with plots") from error
    canvas = Canvas(figsize=(6, 4), layout="constrained")
    axes = canvas.subplots()
    figure.draw(axes)
    axes.set_title(figure.title, fontsize="medium")
    text = io.StringIO()
    canvas.savefig(text, format="svg")
    return text.getvalue()


_RUN = {"cases": _run_case, "claims": _run_claim, "experiments": _run_experiment}
