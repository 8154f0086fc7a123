"""Bars that say how far something is and how long it takes, and are gone when it is done."""

import sys
from collections.abc import Iterable

from tqdm import tqdm

# Seconds after which a bar is seen.
_PATIENCE = 2.0


class _NotebookBar(tqdm):
    """One output of a cell, rewritten and emptied at the end: a saved notebook has none of it."""

    _handle = None

    def display(self, msg=None, pos=None):
        from IPython.display import DisplayHandle

        content = {"text/plain": str(self) if msg is None else msg}
        if self._handle is not None:
            self._handle.update(content, raw=True)
        elif msg is None:
            self._handle = DisplayHandle()
            self._handle.display(content, raw=True)


def progress(items: Iterable | None, total: int | None, what: str = "") -> tqdm:
    """The items, with a bar if they take long; without items, a bar to be updated."""
    bar = _NotebookBar if _in_notebook() else tqdm
    return bar(items, total=total, desc=what or None, delay=_PATIENCE, leave=False)


def _in_notebook() -> bool:
    """Whether IPython runs and sends what it displays to a page."""
    ipython = sys.modules.get("IPython")
    return ipython is not None and getattr(ipython.get_ipython(), "kernel", None) is not None
