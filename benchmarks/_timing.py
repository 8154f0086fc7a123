"""Compare ways to compute the same thing, in one process, in turns."""

import timeit

from rich.console import Console
from rich.table import Table


def best(function, seconds=0.5, rounds=5):
    """The shortest time of one call, in seconds, over several rounds."""
    timer = timeit.Timer(function)
    once = max(timer.timeit(1), 1e-9)
    calls = max(1, int(seconds / rounds / once))
    return min(timer.repeat(rounds, calls)) / calls


def compare(title, ways, accuracy=None):
    """Print the time of every way and its ratio to the first; ``ways`` maps names to functions.

    ``accuracy`` maps a result to the text of the last column.
    """
    table = Table("", "time", "× ours", "accuracy" if accuracy else "", title=title, box=None)
    times = {name: best(function) for name, function in ways.items()}
    ours = next(iter(times.values()))
    for name, function in ways.items():
        note = accuracy(function()) if accuracy else ""
        table.add_row(name, _seconds(times[name]), f"{times[name] / ours:.2f}", note)
    Console(width=110).print(table, "")


def _seconds(t):
    for unit, scale in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if t >= scale:
            return f"{t / scale:.3g} {unit}"
    return f"{t / 1e-9:.3g} ns"
