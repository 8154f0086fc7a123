"""Check theories from a notebook: everything that they state, as one table."""

import json
from dataclasses import asdict, dataclass

from theorycalc.core.numbers import exact_integer
from theorycalc.core.progress import progress
from theorycalc.core.records import check_fields, instance
from theorycalc.theories import _report, _runner
from theorycalc.theories._runner import Outcome, Row
from theorycalc.theories._sources import sources


@dataclass(frozen=True, repr=False)
class Checked:
    """What a check found: a row for every number, claim and comparison.

    Attributes
    ----------
    outcomes : tuple
        Rows and pictures of every piece of work.
    sources : tuple
        Where the theories come from.
    """

    outcomes: tuple[Outcome, ...]
    sources: tuple = ()

    def __post_init__(self):
        check_fields(self)

    @property
    def rows(self) -> tuple[Row, ...]:
        """All rows: theory, item, computed, expected, verdict, seconds, statement."""
        return tuple(row for outcome in self.outcomes for row in outcome.rows)

    @property
    def failed(self) -> tuple[Row, ...]:
        """The rows that fail."""
        return tuple(row for row in self.rows if row.failed)

    @property
    def summary(self) -> str:
        """How many items were checked, and how many failed."""
        kept = sum(len(outcome.rows) for outcome in self.outcomes if outcome.kept)
        known = f" ({kept} known from before)" if kept else ""
        return f"{len(self.rows)} items checked{known}, {len(self.failed)} failed"

    def to_json(self) -> str:
        """The summary and the rows."""
        rows = [asdict(row) for row in self.rows]
        return json.dumps({"summary": self.summary, "rows": rows}, ensure_ascii=False, indent=1)

    def __repr__(self):
        rows = (
            f"{row.verdict:<12} {row.theory} {row.statement or ''}. {row.item}: {row.computed}"
            + (f" against {row.expected}" if row.expected else "")
            for row in sorted(self.rows, key=lambda row: not row.failed)
        )
        return "\n".join((self.summary, *rows))

    def _repr_html_(self):
        return _report.notebook(self)


def check(
    *theories,
    digits: int | None = None,
    quick: bool = False,
    jobs: int = 1,
    fresh: bool = False,
    pictures: bool = False,
) -> Checked:
    """Evaluate every case in every arithmetic, check every claim, run every experiment.

    Parameters
    ----------
    *theories : str, Path, Paper or Theory
        Names of theories of the package, paths of files, papers, or what they state; all of the
        package if none.
    digits : int, optional
        Digits of MP and Ball: 30, or 15 of a quick check.
    quick : bool
        Short experiments, fewer digits, and no MP.
    jobs : int
        Processes, by joblib in the backend that `joblib.parallel_config` has set.
    fresh : bool
        Compute again what is known from an earlier check of the same files.
    pictures : bool
        Draw what the experiments saw, beside their statements on the page of a single theory.

    Returns
    -------
    Checked
        The table, failures first; in a notebook the page of a theory with its evidence.

    Raises
    ------
    DomainError
        For an unknown name, a file that is not there, or two files of one paper. A file that does
        not run is a row of the table.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.theories.check("leap_complexity").summary
    '... items checked..., 0 failed'
    """
    jobs = exact_integer(jobs, "jobs", -1)
    for flag, name in ((quick, "quick"), (fresh, "fresh"), (pictures, "pictures")):
        instance(flag, bool, name, allowed="True or False")
    found = sources(theories)
    options = {"digits": digits, "quick": quick, "pictures": pictures}
    work = list(_runner.plan(found, **options, jobs=jobs))
    done = progress(_runner.run(work, jobs, fresh=fresh), len(work))
    return Checked(tuple(outcome for part in done for outcome in part), tuple(found))
