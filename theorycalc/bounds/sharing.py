"""Work that is done in several processes, or in this one, with the same outcome."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from theorycalc.core.arithmetic.ball_context import working_bits, working_precision

# Cells are dealt to so many groups, whatever the number of processes.
_GROUPS = 8


def untold(count: int = 1) -> None:
    """Tells nobody how much work was done."""


@dataclass(frozen=True)
class Workforce:
    """In how many processes cells are looked at, −1 for one a core, and who is told of each."""

    jobs: int = 1
    told: Callable = untold


ALONE = Workforce()


class Interruption:
    """A context that Ctrl-C ends early; it is kept that it ``happened``."""

    def __init__(self):
        self.happened = False

    def __enter__(self):
        return self

    def __exit__(self, kind, error, traceback) -> bool:
        interrupted = kind is not None and issubclass(kind, KeyboardInterrupt)
        self.happened = self.happened or interrupted
        return interrupted


def in_processes(work: Callable, items: Sequence, jobs: int) -> Iterator:
    """The results for every item, in order, as they come."""
    if jobs == 1 or len(items) < 2:
        yield from map(work, items)
        return
    from joblib import Parallel, delayed

    parallel = Parallel(n_jobs=jobs, return_as="generator")
    yield from parallel(delayed(_with_precision)(work, item, working_bits()) for item in items)


def _with_precision(work: Callable, item, bits: int):
    with working_precision(bits):
        return work(item)


def dealt(cells: list) -> list[list]:
    """The cells in groups, neighbours apart."""
    count = min(_GROUPS, len(cells))
    return [cells[i::count] for i in range(count)]
