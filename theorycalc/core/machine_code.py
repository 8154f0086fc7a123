"""Loops as machine code, kept in one folder that follows every file they use.

Numba's own cache watches the file of the outer function only: an edited inner loop in another file
would run its old machine code. Here the folder is named after the hash of all files with loops and
of what they import from this package, and after the versions that compile them.
"""

import functools
import hashlib
import os
import pickle
import re
import shutil
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import numba
import numpy as np
from numba.core import caching
from numba.core.dispatcher import Dispatcher
from numba.extending import typeof_impl
from numba.misc.appdirs import AppDirs

from theorycalc.core.compiled import LOADED, Loop

_PACKAGE = Path(__file__).parents[1]
# What a file with loops imports.
_MARK = b"core.compiled"
# Modules and names of "from theorycalc.x import y", found thirty times faster than by parsing.
_IMPORTS = re.compile(rf"^ *from ({_PACKAGE.name}[\w.]*) import (\([^)]*\)|.*)", re.MULTILINE)


# A division that may raise keeps its loop off vectors; a product and a sum may be rounded once
# instead of twice. The other liberties of fastmath break isnan.
_OPTIONS = {
    "nogil": True,
    "error_model": "numpy",
    "fastmath": {"contract"},
    "no_cfunc_wrapper": True,  # nobody hands loops to C
}
# A loop that Python never calls needs no way in from there: a sixth of the time that the first
# kernel matrix waits for its loops.
_INNER = {**_OPTIONS, "no_cpython_wrapper": True}


def machine_code(loop: Loop) -> Callable:
    """What numba makes of a loop; of an inner one it is kept as a part of the others."""
    for stub, choose in loop.choices.items():
        numba.extending.overload(stub, jit_options=_INNER)(choose)
    function = loop.__wrapped__
    if loop.is_inner:
        return numba.njit(**_INNER)(function)
    fast = numba.njit(**_OPTIONS)(function)
    if isinstance(fast, Dispatcher):  # not where numba is switched off, to debug
        fast._cache = _Cache(function)
    return fast


@typeof_impl.register(Loop)
def _type_of_loop(loop, context):
    """Loops know each other by their machine code."""
    return typeof_impl(loop.code, context)


class _Cache(caching.FunctionCache):
    """Numba's cache of one function, in our folder and with a file for every signature.

    Numba's own index of signatures may be overwritten by a second process that starts on an empty
    cache; a file that is named after its signature is the same whoever writes it.
    """

    def __init__(self, function: Callable):
        self._name, self._py_func = repr(function), function
        self._impl = _Results(function)
        self._cache_path = str(_folder())
        self._cache_file = _Files(f"{function.__module__}.{function.__qualname__}")
        self.enable()


class _Results(caching.CompileResultCacheImpl):
    """How numba writes machine code; the folder is there already."""

    def __init__(self, function: Callable):
        code = function.__code__
        self._lineno = code.co_firstlineno
        self._locator = SimpleNamespace(_py_file=code.co_filename, ensure_cache_path=lambda: None)


class _Files:
    """Machine code of one function by signature. What cannot be read or written is compiled."""

    def __init__(self, name: str):
        self.name = name

    def load(self, key):
        with suppress(OSError):
            if _usable():
                found, data = pickle.loads(self._path(key).read_bytes())
                return data if found == key else None
        return None

    def save(self, key, data) -> None:
        with suppress(OSError):
            if _usable():
                path = self._path(key)
                part = path.with_name(f"{path.name}.{uuid.uuid4().hex}")
                part.write_bytes(caching.dumps((key, data)))
                os.replace(part, path)

    def flush(self) -> None:
        if _usable():
            for path in _folder().glob(f"{self.name}-*"):
                path.unlink(missing_ok=True)

    def _path(self, key) -> Path:
        return _folder() / f"{self.name}-{_digest(repr(key).encode())}"


@functools.cache
def _folder() -> Path | None:
    """The folder of this state of the files; where none can be written, nothing is kept."""
    family = f"loops-{sys.implementation.cache_tag}-"
    name = family + _digest(
        f"{numba.__version__} {np.__version__} {sys.version}".encode(),
        *(path.read_bytes() for path in _sources()),
    )
    for root in _roots():
        with suppress(OSError):
            new = not (root / name).exists()
            (root / name).mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=root / name).close()
            for old in root.glob(f"{family}*") if new else ():
                if old.name != name:
                    shutil.rmtree(old, ignore_errors=True)  # another process may be at it
            return root / name
    return None


def _roots() -> Iterator[Path]:
    """Where the folder may be: where numba was told, beside the package, or in the home."""
    own = _digest(str(_PACKAGE).encode())
    if numba.config.CACHE_DIR:
        yield Path(numba.config.CACHE_DIR) / own
    yield _PACKAGE / "__pycache__"
    yield Path(AppDirs(appname="theorycalc", appauthor=False).user_cache_dir) / own


def _digest(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:16]


def _usable() -> bool:
    """Whether there is a folder, and the files are still those that were loaded."""
    if _folder() is None:
        return False
    stamps = _sources().items()
    return all(max(stamp[:2]) <= LOADED and _stamp(path) == stamp for path, stamp in stamps)


@functools.cache
def _sources() -> dict[Path, tuple]:
    """The files with loops, and those of the constants that they import, with their stamps."""
    found, new = set(), {path for path in _PACKAGE.rglob("*.py") if _MARK in path.read_bytes()}
    while new:
        found |= new
        new = {file for path in new for file in _imported(path)} - found
    return {path: _stamp(path) for path in sorted(found)}


def _imported(path: Path) -> Iterator[Path]:
    """The files of this package that a file imports from."""
    for module, names in _IMPORTS.findall(path.read_bytes().decode()):
        origin = _PACKAGE.parent.joinpath(*module.split("."))
        for name in re.findall(r"(?:[(,]|^)\s*(\w+)", names):
            yield _file(origin / name) or _file(origin)


def _file(module: Path) -> Path | None:
    """The file of a module or a package."""
    files = (module.with_suffix(".py"), module / "__init__.py")
    return next((file for file in files if file.exists()), None)


def _stamp(path: Path) -> tuple:
    status = path.stat()
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size
