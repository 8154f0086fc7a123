"""Work on all cores, in threads: NumPy and compiled loops leave the lock."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor

CORES = os.cpu_count() or 1


def in_threads(work: Callable, items: Iterable, threads: int = CORES) -> list:
    """The results for every item, in order; the first exception in a thread is raised."""
    items = [*items]
    if len(items) < 2 or threads == 1:
        return [work(item) for item in items]
    with ThreadPoolExecutor(threads) as pool:
        return [*pool.map(work, items)]
