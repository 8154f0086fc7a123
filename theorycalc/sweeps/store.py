"""Stores: a folder that says which sweep it belongs to, and a file with a line for every cell."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

from theorycalc.core.errors import DomainError, explain, shown

_HEADER, _CELLS, _DATASET = "sweep.json", "cells.jsonl", "dataset.nc"


class Store:
    """The cells of one sweep on disk.

    A cell is one line, written at once and only ever appended: a kill leaves whole lines, and at
    most one that breaks off, which is no JSON and is not read. Cells are known by their number,
    so that one which was written twice counts once.
    """

    def __init__(self, folder: str | os.PathLike, header: dict):
        if not isinstance(folder, str | os.PathLike):
            what, allowed = "a store is not a folder", "a path, store='runs'"
            raise DomainError(explain(what, got=shown(folder), allowed=allowed))
        self.folder = Path(folder)
        try:
            self.folder.mkdir(exist_ok=True)
            self._claim(json.loads(json.dumps(header)))
        except OSError as error:
            hint = "a folder that can be made, in one that exists"
            raise DomainError(explain("no store there", got=error, hint=hint)) from error

    def _claim(self, header: dict) -> None:
        """Write down whose store it is, or read that it is this sweep's.

        Raises
        ------
        DomainError
            If it is another's, or a folder with other files.
        """
        path = self.folder / _HEADER
        if not path.exists():
            if others := sorted(self._foreign()):
                hint = "an empty folder, or a new one"
                raise DomainError(
                    explain("a folder with other files", got=", ".join(others), hint=hint)
                )
            _write(path, json.dumps(header, ensure_ascii=False, indent=1).encode())
            return
        try:
            known = json.loads(path.read_text(encoding="utf-8"))
        except ValueError:
            known = None
        if known != header:
            known = known if isinstance(known, dict) else {}
            differ = [key for key in header if known.get(key) != header[key]]
            what = f"the store of another sweep: {', '.join(differ)} differ"
            hint = "another folder for this one"
            raise DomainError(explain(what, got=str(self.folder), hint=hint))

    def _foreign(self) -> Iterator[str]:
        """Names in the folder; hidden files are what a killed process had not finished."""
        return (path.name for path in self.folder.iterdir() if not path.name.startswith("."))

    def read(self) -> dict[int, dict]:
        """The outcomes that are kept, by the number of the cell."""
        path = self.folder / _CELLS
        lines = path.read_bytes().splitlines() if path.exists() else []
        return dict(cell for cell in map(_cell, lines) if cell is not None)

    def append(self, outcomes: Iterator[tuple[int, dict]]) -> Iterator[tuple[int, dict]]:
        """The outcomes, each written down before it is given on."""
        with (self.folder / _CELLS).open("ab", buffering=0) as file:
            for number, outcome in outcomes:
                # a line that broke off before takes no other with it
                file.write(b"\n" + json.dumps([number, outcome]).encode())
                yield number, outcome

    def keep(self, dataset) -> None:
        """Write the finished dataset down as netCDF."""
        _write(self.folder / _DATASET, bytes(dataset.to_netcdf(engine="scipy")))


def _cell(line: bytes) -> tuple[int, dict] | None:
    """(number, outcome) of a whole line."""
    try:
        number, outcome = json.loads(line)
    except ValueError:
        return None
    return number, outcome


def _write(path: Path, data: bytes) -> None:
    """A whole file, or none."""
    part = path.with_name(f".{path.name}-{os.getpid()}")
    part.write_bytes(data)
    os.replace(part, path)
