"""The long run: `make fuzz EVALUATIONS=100000` or `python tests/fuzz --evaluations 100000`.

Batches of random cases, every family in turn, in processes of their own. A failure is printed with
the case that makes it again: it goes into examples.py. The exit status is the number of failures.
"""

import argparse
import faulthandler
import itertools
import multiprocessing
import random
import signal
from collections import Counter
from concurrent.futures import FIRST_COMPLETED, ProcessPoolExecutor, wait

from case import examine
from families import FAMILIES
from hypothesis import HealthCheck, Phase, given, seed, settings

# Seconds of its own work after which a case hangs, however busy the machine is.
_HANGING = 120


class _Shared(Counter):
    """A tally whose counts are added to those of all processes."""

    def __init__(self, counts):
        self._counts = counts

    def __getitem__(self, name):
        return 0

    def __setitem__(self, name, more):
        with self._counts[name].get_lock():
            self._counts[name].value += more


def main():
    """Run until so many values have been compared."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--evaluations", type=int, default=300_000)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("families", nargs="*", default=list(FAMILIES), metavar="family")
    options = parser.parse_args()
    kinds = ("evaluations", "refused", "undecided")
    counts = {kind: multiprocessing.Value("q", 0) for kind in kinds}
    print(f"seed {options.seed}", flush=True)
    batches = ((name, s) for s in itertools.count(options.seed) for name in options.families)
    failures: dict[str, BaseException] = {}
    with ProcessPoolExecutor(options.processes, initializer=_share, initargs=(counts,)) as pool:
        waiting = {}
        while waiting or counts["evaluations"].value < options.evaluations:
            while (
                len(waiting) < options.processes
                and counts["evaluations"].value < options.evaluations
            ):
                name, number = next(batches)
                waiting[pool.submit(_batch, name, number)] = f"{name}, seed {number}"
            for batch in wait(waiting, return_when=FIRST_COMPLETED).done:
                label, error = waiting.pop(batch), batch.exception()
                if error is not None:
                    failures[label] = error
                    print(f"\n{label}: {_told(error)}", flush=True)
            print(_line(counts, failures), end="\r", flush=True)
    print(_line(counts, failures))
    return min(len(failures), 100)


def _line(counts, failures) -> str:
    numbers = ", ".join(f"{count.value} {kind}" for kind, count in counts.items())
    return f"{numbers}, {len(failures)} failures"


def _told(error: BaseException) -> str:
    return "\n".join([f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())])


def _share(counts):
    global _tally
    _tally = _Shared(counts)
    signal.signal(signal.SIGPROF, _hang)


def _hang(*_):
    raise TimeoutError(f"no answer after {_HANGING} s of work")


def _batch(name: str, number: int) -> None:
    family = FAMILIES[name]

    @seed(number)
    @settings(
        max_examples=family.batch,
        database=None,
        deadline=None,
        # a failure is told at once: shrinking one that hangs takes longer than the run
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )
    @given(family.cases)
    def run(case):
        signal.setitimer(signal.ITIMER_PROF, _HANGING)
        # compiled code hears no alarm: the process ends, and with it the run, its batches named
        faulthandler.dump_traceback_later(20 * _HANGING, exit=True)
        examine(case, _tally)
        faulthandler.cancel_dump_traceback_later()
        signal.setitimer(signal.ITIMER_PROF, 0)

    run()


if __name__ == "__main__":
    raise SystemExit(main())
