"""Compare ways to compute the same thing, in one process, in turns.

``python benchmarks/NAME.py --keep`` writes what was found to ``results/NAME.json`` as well, of
which the page of benchmarks is made.
"""

import importlib.metadata
import json
import os
import platform
import sys
import time
import timeit
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"
VERSIONS = ("theorycalc", "numpy", "scipy", "sympy", "mpmath", "python-flint", "numba")
# The module of each peer, and its name on PyPI.
PEERS = {
    "torch": "torch",
    "jax": "jax",
    "sphericart": "sphericart",
    "spherical_harmonics": "spherical-harmonics-basis",
}
_FINDINGS: list = []


def best(function, seconds=0.5, rounds=5, timer=time.perf_counter):
    """The shortest time of one call, in seconds, over several rounds."""
    timed = timeit.Timer(function, timer=timer)
    once = max(timed.timeit(1), 1e-9)
    calls = max(1, int(seconds / rounds / once))
    return min(timed.repeat(rounds, calls)) / calls


def compare(title, ways, accuracy=None):
    """Print the time of every way and its ratio to the first; ``ways`` maps names to functions.

    ``accuracy`` maps a result to the text of the last column. Times are those of the processor, of
    all threads together, so that other work on the machine does not count.
    """
    table = Table("", "time", "× ours", "accuracy" if accuracy else "", title=title, box=None)
    times = _in_turns(ways)
    ours = next(iter(times.values()))
    rows = []
    for name, function in ways.items():
        note = accuracy(function()) if accuracy else ""
        rows.append({"way": name, "seconds": times[name], "note": note})
        table.add_row(name, seconds_text(times[name]), f"{times[name] / ours:.2f}", note)
    Console(width=110).print(table, "")
    keep({"title": title, "rows": rows})


def _in_turns(ways, rounds=5):
    """The shortest time of one call of each, round by round: other work meets all of them."""
    timed = {name: timeit.Timer(way, timer=time.process_time) for name, way in ways.items()}
    calls = {name: max(1, int(0.1 / max(t.timeit(1), 1e-9))) for name, t in timed.items()}
    found = [
        {name: t.timeit(calls[name]) / calls[name] for name, t in timed.items()}
        for _ in range(rounds)
    ]
    return {name: min(times[name] for times in found) for name in ways}


def costs(title, axis, sizes, ways):
    """Print the time of every way for growing sizes; ``ways`` maps names to functions of a size."""
    table = Table(axis, *ways, title=title, box=None)
    series = {name: [] for name in ways}
    for size in sizes:
        for name, function in ways.items():
            job = function(size)
            series[name].append(best(job, rounds=3, seconds=0.2, timer=time.process_time))
        table.add_row(str(size), *(seconds_text(times[-1]) for times in series.values()))
    Console(width=110).print(table, "")
    keep({"title": title, "axis": axis, "sizes": list(sizes), "series": series})


def keep(finding):
    """Add a finding to the results of the script that runs, if they are kept."""
    if "--keep" not in sys.argv:
        return
    _FINDINGS.append(finding)
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"{Path(sys.argv[0]).stem}.json"
    kept = {**_circumstances(), "findings": _FINDINGS}
    file.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _circumstances():
    """When and on what: versions, the kind of machine, and how busy it was."""
    return {
        "date": date.today().isoformat(),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in (*VERSIONS, *_others())},
    }


def _others():
    """Libraries that are compared with, where a script has imported them."""
    return [package for module, package in PEERS.items() if module in sys.modules]


def _processor():
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((x.split(":")[1].strip() for x in lines if x.startswith("model name")), "unknown")


def seconds_text(t):
    """A time with its unit."""
    for unit, scale in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if t >= scale:
            return f"{t / scale:.3g} {unit}"
    return f"{t / 1e-9:.3g} ns"
