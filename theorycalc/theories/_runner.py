"""Run everything that theories state: cases in every arithmetic, claims, proofs, experiments.

What was computed is kept, by the state of the files, so that a check that was interrupted goes on
and an unchanged theory is not run again.

The plan, its store, and one short function for each kind of thing that is run.
"""

import time
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from itertools import chain

from theorycalc.core import display
from theorycalc.core.arithmetic import MP, Ball, Float
from theorycalc.core.checks import Verdict, check
from theorycalc.core.errors import DomainError, TheoryCalcError, explain
from theorycalc.core.looks import Record, Shown
from theorycalc.theories._drawings import svg
from theorycalc.theories._sources import File, Given, Named, place_of
from theorycalc.validation.experiment import Validation

# Outcomes, worst first; FAILED ones make the command fail.
FAILED = ("FAILS", "DEVIATES", "ERROR")
# Digits of MP and Ball where none are asked for, in full and in the quick form.
_DIGITS = {False: 30, True: 15}
# Digits of the balls that check claims, until one decides: a claim needs a sign, not digits.
_CLAIM_DIGITS = (4, 10)
# Digits of a quick check beyond those that a number was printed with.
_MORE_DIGITS = 2
# What was not asked for in so many days is forgotten.
_DAYS_KEPT = 30


@dataclass(frozen=True)
class Row(Shown):
    """One line of the table."""

    theory: str
    item: str
    computed: str
    expected: str
    verdict: str
    seconds: float
    # the number of the statement that it supports; 0 for the file as a whole
    statement: int = 0
    # the arithmetic, the point, or the comparison, with TeX between dollars
    detail: str = ""

    @property
    def failed(self) -> bool:
        """Whether this line makes the check fail."""
        return self.verdict in FAILED


@dataclass(frozen=True, repr=False)
class Outcome(Record):
    """The lines of one task, which its kind and index name, and its pictures as (title, SVG)."""

    rows: tuple[Row, ...]
    pictures: tuple[tuple[str, str], ...] = ()
    kept: bool = False
    kind: str = ""
    index: int = 0


@dataclass(frozen=True)
class Task:
    """A piece of work that a process can be sent."""

    source: Named | File | Given
    kind: str
    index: int
    # the state of the files; "" where nothing is kept
    digest: str = ""
    # of cases and claims
    digits: int = 0
    # of cases and experiments
    quick: bool = False
    # of experiments
    pictures: bool = False

    def __call__(self, fresh: bool = False) -> Outcome:
        """Do the work; whatever goes wrong becomes a line of the table and stops nothing else."""
        start = time.perf_counter()
        try:
            if not self.digest:
                return _outcome(self)
            return (not fresh and self.known()) or _memory().cache(_outcome).call(self)[0]
        except Exception as error:
            place = place_of(error, self.source.path)
            what = f"{type(error).__name__}: {error}" + (f" ({place})" if place else "")
            seconds = time.perf_counter() - start
            row = self.row(self.name, what, "", "ERROR", seconds)
            return Outcome((row,), kind=self.kind, index=self.index)

    def known(self) -> Outcome | None:
        """What is kept of it from before."""
        kept = _memory().cache(_outcome)
        if self.digest and kept.check_call_in_cache(self):
            return replace(kept(self), kept=True)
        return None

    @property
    def name(self) -> str:
        """What it computes."""
        item = getattr(self.source.theory, self.kind)[self.index]
        return _NAMES[self.kind](item)

    @property
    def statement(self) -> int:
        """The number of the statement that it belongs to."""
        place = self.index
        for statement in self.source.theory.statements:
            here = len(getattr(statement, self.kind))
            if place < here:
                return statement.number
            place -= here
        return 0

    def row(self, item: str, *cells, detail: str = "") -> Row:
        """A line of this task: computed, expected, verdict and seconds are its cells."""
        return Row(self.source.name, item, *cells, statement=self.statement, detail=detail)


@dataclass(frozen=True)
class Whole:
    """All tasks of a theory in one process, which alone has to read the file."""

    source: Named | File | Given
    digits: int
    pictures: bool

    def __call__(self, fresh: bool) -> tuple[Outcome, ...]:
        """Do the work of a quick check."""
        return tuple(outcome for task in self._tasks() for outcome in _done(task, fresh))

    def known(self) -> tuple[Outcome, ...] | None:
        """What is kept of it from before, if that is all of it; the file is not read."""
        if not _is_counted(self.source):
            return None
        found = tuple(map(_known, self._tasks()))
        return None if None in found else tuple(chain.from_iterable(found))

    def _tasks(self) -> Iterator[Task | Outcome]:
        return tasks([self.source], digits=self.digits, quick=True, pictures=self.pictures)


Work = Task | Whole | Outcome


@cache
def _memory():
    """Where results are kept: the user's folder for caches."""
    from joblib import Memory
    from platformdirs import user_cache_path

    return Memory(user_cache_path("theorycalc", appauthor=False) / "checks", verbose=0)


def forget_old_results() -> None:
    """Keep the folder of results small."""
    _memory().reduce_size(age_limit=timedelta(days=_DAYS_KEPT))


def plan(
    sources: Iterable, *, digits: int | None, quick: bool, pictures: bool, jobs: int
) -> Iterator[Work]:
    """What is sent to processes: tasks, or whole theories where reading is what takes time."""
    digits = Ball(_DIGITS[quick] if digits is None else digits).digits
    if quick and jobs != 1:
        return (Whole(source, digits, pictures) for source in sources)
    return tasks(sources, digits=digits, quick=quick, pictures=pictures)


def tasks(
    sources: Iterable, *, digits: int, quick: bool, pictures: bool
) -> Iterator[Task | Outcome]:
    """Everything the theories state, as it is known; what cannot be read is a line of its own.

    Experiments, which take longest, come last.
    """
    last = []
    for source in sources:
        try:
            digest = source.digest
            counts = _memory().cache(_counts) if digest else _counts
            stated = counts(source, digest)
        except DomainError as error:
            yield Outcome((Row(source.name, "the file", str(error), "", "ERROR", 0.0),))
            continue
        for kind in _RUN:
            # what does not concern a task is no part of the key under which its result is kept
            is_experiment = kind == "experiments"
            options = {
                "cases": {"digits": digits, "quick": quick},
                "claims": {"digits": digits},
                "propositions": {},
                "experiments": {"quick": quick, "pictures": pictures},
            }[kind]
            found = [Task(source, kind, index, digest, **options) for index in range(stated[kind])]
            if is_experiment:
                last += found
            else:
                yield from found
    yield from last


def _counts(source: Named | File | Given, digest: str) -> dict[str, int]:
    """How much of each kind a theory states, in this state of its files: all that a plan takes."""
    kinds = ("cases", "claims", "propositions", "experiments")
    return {kind: len(getattr(source.theory, kind)) for kind in kinds}


def _is_counted(source: Named | File | Given) -> bool:
    """Whether a plan takes no reading."""
    try:
        digest = source.digest
    except DomainError:
        return False
    return bool(digest) and _memory().cache(_counts).check_call_in_cache(source, digest)


def run(work: Iterable[Work], jobs: int, *, fresh: bool = False) -> Iterator[tuple[Outcome, ...]]:
    """The outcomes of each piece of work, in their order, as they come.

    Processes are started for what is not known from before.

    Raises
    ------
    TheoryCalcError
        Where a process died.
    """
    if jobs == 1:
        yield from (_done(piece, fresh) for piece in work)
        return
    from joblib import Parallel, delayed
    from joblib.externals.loky.process_executor import TerminatedWorkerError

    parallel = Parallel(n_jobs=jobs, return_as="generator")
    # a worker that has grown large is replaced; joblib says so
    warnings.filterwarnings("ignore", "A worker stopped", UserWarning)
    try:
        work = list(work)
        known = [None if fresh else _known(piece) for piece in work]
        new = (piece for piece, found in zip(work, known, strict=True) if found is None)
        computed = iter(parallel(delayed(_done)(piece, fresh) for piece in new))
        for found in known:
            yield next(computed) if found is None else found
        yield from computed  # nothing is left, which joblib wants to be asked
    except TerminatedWorkerError as error:
        hint = "theorycalc check --resume, with --jobs 1 to see where"
        raise TheoryCalcError(explain("a process was killed", hint=hint)) from error


def _known(piece: Work) -> tuple[Outcome, ...] | None:
    """What is there before any work."""
    if isinstance(piece, Whole):
        return piece.known()
    found = piece.known() if isinstance(piece, Task) else piece
    return found and (found,)


def _done(piece: Work, fresh: bool) -> tuple[Outcome, ...]:
    if isinstance(piece, Whole):
        return piece(fresh)
    return (piece(fresh) if isinstance(piece, Task) else piece,)


def _outcome(task: Task) -> Outcome:
    return replace(_RUN[task.kind](task), kind=task.kind, index=task.index)


def _run_case(task: Task) -> Outcome:
    case = task.source.theory.cases[task.index]
    rows, digits = [], task.digits
    # what MP adds is a check of the arithmetics, and digits that nobody printed check nothing
    between = () if task.quick else (MP(digits),)
    if task.quick:
        digits = int(min(digits, case.digits + _MORE_DIGITS))
    for using in (Float(), *between, Ball(digits)):
        start = time.perf_counter()
        verdict, computed, expected = case.check(using)
        name, seconds = type(using).__name__, time.perf_counter() - start
        cells = str(computed), expected, verdict.name, seconds
        rows.append(task.row(f"{case.label} {name}", *cells, detail=name))
    return Outcome(tuple(rows))


def _run_claim(task: Task) -> Outcome:
    claim, points = task.source.theory.claims[task.index]
    rows = []
    for params in points:
        start = time.perf_counter()
        for digits in _CLAIM_DIGITS:
            result = check(claim, using=Ball(min(task.digits, digits)), **params)
            if result.verdict is not Verdict.UNDECIDED:
                break
        applies = result.verdict is not Verdict.NOT_APPLICABLE
        at = ", ".join(f"{name}={x}" for name, x in params.items())
        item = f"{claim.name} at {at}" if at else claim.name
        computed = f"margin {result.margin}" if applies and result.margin else ""
        cells = computed, claim.sharpness, result.verdict.name, time.perf_counter() - start
        detail = f"${display.point_latex(params)}$" if params else ""
        rows.append(task.row(item, *cells, detail=detail))
    return Outcome(tuple(rows))


def _run_proposition(task: Task) -> Outcome:
    proposition = task.source.theory.propositions[task.index]
    start = time.perf_counter()
    proof = proposition.decide()
    seconds = time.perf_counter() - start
    verdict, computed = proof.verdict.name, proof.reason or f"proved, {len(proof.boxes)} boxes"
    if proposition.verdict is Verdict.FAILS:
        # what is wrong has to be refuted
        verdict = {Verdict.FAILS: "REJECTED", Verdict.HOLDS: "FAILS"}.get(proof.verdict, verdict)
    region = proposition.claim.on
    item = f"{proposition.claim.name} for all {display.region_text(region)}"
    cells = computed, proposition.claim.sharpness, verdict, seconds
    return Outcome((task.row(item, *cells, detail=f"${display.region_latex(region)}$"),))


def _run_experiment(task: Task) -> Outcome:
    experiment = task.source.theory.experiments[task.index]
    start = time.perf_counter()
    report = experiment.run(task.quick)
    seconds = time.perf_counter() - start
    rows = tuple(
        _validation_row(task, experiment.name, validation, seconds if i == 0 else 0.0)
        for i, validation in enumerate(report.validations)
    )
    pictures = tuple((f.title, svg(f)) for f in report.figures) if task.pictures else ()
    return Outcome(rows, pictures)


def _validation_row(task: Task, experiment: str, validation: Validation, seconds: float) -> Row:
    verdict, comparison = validation.agreement.name, validation.comparison
    if comparison.mutant:
        # a wrong prediction has to deviate
        verdict = "REJECTED" if validation.passed else "FAILS"
    computed = f"{comparison.measured}, {display.z_text(validation)}"
    cells = computed, comparison.predicted, verdict, seconds
    return task.row(f"{experiment}: {comparison.name}", *cells, detail=comparison.name)


_RUN = {
    "cases": _run_case,
    "claims": _run_claim,
    "propositions": _run_proposition,
    "experiments": _run_experiment,
}
_NAMES = {
    "cases": lambda case: case.label,
    "claims": lambda found: found[0].name,
    "propositions": lambda found: found.claim.name,
    "experiments": lambda experiment: experiment.name,
}
