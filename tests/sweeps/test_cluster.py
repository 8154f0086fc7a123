"""A sweep on a dask cluster: workers die, and the cells are those of one process."""

import os
import signal
from pathlib import Path

import joblib
import pytest
import sympy
from dask.distributed import Client, LocalCluster
from kept_cells import numbers

import theorycalc as tc

SIZE = 36


def mortal(a, b, folder):
    """A cell; the one in the middle kills its process the first time that it is computed."""
    me = Path(folder) / str(os.getpid())
    me.touch()
    if a == b == SIZE**0.5 // 2 and not (dead := Path(folder) / "dead").exists():
        dead.write_text(me.name)
        os.kill(os.getpid(), signal.SIGKILL)
    if a == b:
        raise ValueError(f"{a} is both")
    return {"root": tc.certify(sympy.sqrt(a + b), digits=20), "product": a * b}


@pytest.fixture(scope="module")
def cluster():
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster,
        Client(cluster),
    ):
        yield cluster


@pytest.mark.usefixtures("cluster")
def test_a_worker_is_killed_half_way(tmp_path):
    marks, store = tmp_path / "marks", tmp_path / "store"
    marks.mkdir()
    grids = {"a": range(6), "b": range(6), "folder": [str(marks)]}
    with joblib.parallel_config("dask"):
        found = tc.sweep(mortal, store=store, **grids)
    workers = {path.name for path in marks.iterdir()} - {"dead"}
    assert (marks / "dead").read_text() in workers
    assert len(workers) >= 2
    assert str(os.getpid()) not in workers
    assert sorted(numbers(store)) == list(range(SIZE))
    assert tc.sweep(mortal, jobs=1, **grids).identical(found)


def test_a_cell_that_kills_its_workers(cluster, tmp_path):
    """dask gives it up, and the others are kept."""
    cluster.scheduler.allowed_failures = 0
    store = tmp_path / "store"
    with (
        joblib.parallel_config("dask"),
        pytest.raises(tc.TheoryCalcError, match="lost with their workers"),
    ):
        tc.sweep(fatal, a=range(4), store=store)
    assert set(numbers(store)) <= {0, 1, 3}


def fatal(a):
    if a == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return a
