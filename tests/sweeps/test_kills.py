"""A sweep that is killed and made again: nothing lost, nothing doubled, the same file."""

import os
import signal
import subprocess
import sys
import time

import pytest
import xarray as xr
from kept_cells import numbers

SCRIPT = """
import sys, time
import sympy
import theorycalc as tc

def cell(a, b):
    time.sleep(0.02)
    if a == b:
        raise ValueError(f"{a} is both")
    return {"root": tc.certify(sympy.sqrt(a + b), digits=20), "product": a * b}

if __name__ == "__main__":
    tc.sweep(cell, a=range(1, 9), b=range(1, 9), store=sys.argv[1], jobs=int(sys.argv[2]))
"""
SIZE = 64


def killed(command, store, enough):
    """Run until there are so many cells, and kill it with all of its processes."""
    process = subprocess.Popen(command, start_new_session=True)
    while process.poll() is None and len(numbers(store)) < enough:
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    return process.wait() == -signal.SIGKILL


def survives(folder, jobs, kills):
    script = folder / "script.py"
    script.write_text(SCRIPT)
    store, whole = folder / "killed", folder / "whole"
    for kill in range(kills):
        before = numbers(store)
        command = [sys.executable, str(script), str(store), str(jobs)]
        assert killed(command, store, (kill + 1) * SIZE // (kills + 2))
        assert numbers(store)[: len(before)] == before
    for path in (store, whole):
        subprocess.run([sys.executable, str(script), str(path), str(jobs)], check=True)
    assert sorted(numbers(store)) == list(range(SIZE))
    one, other = (xr.load_dataset(path / "dataset.nc") for path in (store, whole))
    assert one.identical(other)
    assert (one.error != "").sum() == 8
    assert (store / "dataset.nc").read_bytes() == (whole / "dataset.nc").read_bytes()


def test_two_kills(tmp_path):
    survives(tmp_path, jobs=1, kills=2)


@pytest.mark.long
def test_twenty_kills(tmp_path):
    survives(tmp_path, jobs=2, kills=20)
