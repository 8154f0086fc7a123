"""Who computes the cells: this process, others of this machine, or the workers of a cluster."""

import functools
import pickle
import threading
from collections.abc import Iterator

import cloudpickle
from joblib import Parallel, delayed
from joblib.externals.loky.process_executor import TerminatedWorkerError
from joblib.parallel import get_active_backend

from theorycalc.core.errors import DomainError, TheoryCalcError, explain
from theorycalc.sweeps.quantities import Quantity

Cells = list[tuple[int, dict]]

# The precision of balls is shared by the threads of a process, which a worker may have many of.
_ONE_BY_ONE = threading.RLock()


def computed(work: Quantity, todo: Cells, jobs: int | None) -> Iterator[tuple[int, dict]]:
    """The outcomes as they come.

    Raises
    ------
    DomainError
        If the quantity belongs to this process and the cells do not.
    TheoryCalcError
        Where a process died.
    """
    backend, active = get_active_backend()
    if not todo or (jobs or active or backend.default_n_jobs) == 1:
        yield from ((number, work.cell(point)) for number, point in todo)
        return
    sent = _sent(work)
    if hasattr(backend, "client"):  # that of dask
        yield from _on_cluster(backend, sent, todo)
    else:
        yield from _in_processes(sent, todo, jobs)


def _in_processes(sent: bytes, todo: Cells, jobs: int | None) -> Iterator[tuple[int, dict]]:
    jobs = jobs if jobs is None else min(jobs, len(todo))
    parallel = Parallel(n_jobs=jobs, return_as="generator_unordered")
    try:
        yield from parallel(delayed(_cell)(number, point, sent) for number, point in todo)
    except TerminatedWorkerError as error:
        raise _killed() from error


def _on_cluster(backend, sent: bytes, todo: Cells) -> Iterator[tuple[int, dict]]:
    """The outcomes from dask, which gives the cells of a worker that died to others.

    joblib would send no more cells than the first workers have place for, compute them here while
    there is one worker, and wait for ever for a cell that dask has given up.
    """
    from dask.distributed import as_completed

    backend.effective_n_jobs(-1)  # waits for the first worker, no longer than its user says
    client = backend.client
    numbers, points = zip(*todo, strict=True)
    # the result of a task is had again if its worker dies, and scattered data is not
    received = client.submit(bytes, sent, pure=False)
    # nothing holds the tasks: one whose result is here is not done again if its worker dies
    tasks = as_completed(
        client.map(_cell, numbers, points, sent=received, pure=False, **backend.submit_kwargs),
        with_results=True,
        raise_errors=False,
    )
    failure = None
    for task, result in tasks:
        if task.status == "finished":
            yield result
        else:
            _, failure, _ = result
    if failure is not None:
        what, hint = "cells were lost with their workers", "the same call again, with store=…"
        raise TheoryCalcError(explain(what, got=failure, hint=hint)) from failure


def _killed() -> TheoryCalcError:
    hint = "the same call again, with store=…, which goes on, or with jobs=1 to see where"
    return TheoryCalcError(explain("a process was killed", hint=hint))


def _sent(work: Quantity) -> bytes:
    """The quantity as another process reads it.

    Raises
    ------
    DomainError
        If it has parts that belong to this process.
    """
    try:
        return cloudpickle.dumps(work)
    except (TypeError, AttributeError, ValueError, pickle.PicklingError) as error:
        what = "the quantity cannot be sent to another process"
        raise DomainError(explain(what, got=error, hint="jobs=1")) from error


def _cell(number: int, point: dict, sent: bytes) -> tuple[int, dict]:
    with _ONE_BY_ONE:
        return number, _received(sent).cell(point)


@functools.lru_cache(maxsize=4)
def _received(sent: bytes) -> Quantity:
    """The quantity; what it prepares for its first cell serves the others of a process."""
    return cloudpickle.loads(sent)
