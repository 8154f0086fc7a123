"""Where theories come from: files of this folder, files of a user, or a paper in a notebook."""

import ast
import hashlib
import importlib
import importlib.util
import pkgutil
import re
import sys
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import ModuleType

import theorycalc
from theorycalc.core.errors import DomainError, explain, unknown_name
from theorycalc.core.records import instance
from theorycalc.theories._theory import Theory

_FOLDER = Path(__file__).parent
_PACKAGE = _FOLDER.parent


def names() -> list[str]:
    """Names of the theories of this folder."""
    found = (module.name for module in pkgutil.iter_modules([str(_FOLDER)]) if not module.ispkg)
    return sorted(name for name in found if not name.startswith("_"))


def load(name: str) -> Theory:
    """The theory of a file of this folder."""
    return importlib.import_module(f"theorycalc.theories.{name}").PAPER.theory


@dataclass(frozen=True)
class Named:
    """A theory of the package."""

    name: str

    def __post_init__(self):
        if instance(self.name, str, "the name of a theory") not in names():
            raise unknown_name("theory", self.name, names())

    @property
    def path(self) -> str:
        """Its file."""
        return str(_FOLDER / f"{self.name}.py")

    @property
    def theory(self) -> Theory:
        """What it states."""
        return load(self.name)

    @property
    def digest(self) -> str:
        """The state of all that its results depend on."""
        return _package_digest()


@dataclass(frozen=True)
class File:
    """A user's file with a ``PAPER``. It is run as the Python that it is."""

    path: str

    def __post_init__(self):
        if not Path(self.path).is_file():
            hint = "theorycalc new NAME, or a name that theorycalc list shows"
            raise DomainError(explain("no such file", got=self.path, hint=hint))

    @property
    def name(self) -> str:
        """The file's name without its ending."""
        return Path(self.path).stem

    @property
    def theory(self) -> Theory:
        """What it states.

        Raises
        ------
        DomainError
            With the line of the file that does not run; for a file without a paper.
        """
        return self._module.PAPER.theory

    @property
    def digest(self) -> str:
        """The state of the file, of what it imports from its folder, and of the package."""
        folder = Path(self.path).resolve().parent
        found = (getattr(m, "__file__", None) for m in (self._module, *sys.modules.values()))
        beside = sorted({p for p in map(Path, filter(None, found)) if p.resolve().parent == folder})
        return _digest(_package_digest().encode(), *(p.read_bytes() for p in beside if p.is_file()))

    @property
    def _module(self) -> ModuleType:
        return _run_file(self.path, Path(self.path).read_bytes())


@dataclass(frozen=True, eq=False)
class Given:
    """A paper that was written in a notebook, or what it states; nothing of it is kept."""

    stated: object

    @property
    def name(self) -> str:
        """Its title."""
        return self.theory.title

    path = ""
    digest = ""

    @property
    def theory(self) -> Theory:
        """What it states."""
        return getattr(self.stated, "theory", self.stated)


def source(what) -> Named | File | Given:
    """A theory by its name, by the path of a file, or as the paper or theory that it is."""
    if isinstance(getattr(what, "theory", what), Theory):
        return Given(what)
    allowed = "a name, the path of a file, a Paper or a Theory"
    instance(what, str | Path, "a theory", allowed=allowed)
    is_path = isinstance(what, Path) or what.endswith(".py") or "/" in what or "\\" in what
    return File(str(what)) if is_path else Named(what)


def sources(given: Iterable, folder: Path | None = None) -> list:
    """All that is asked for, each once: the package's theories where nothing is.

    Raises
    ------
    DomainError
        For an unknown name, a file that is not there, or two papers of one key.
    """
    given = list(given)
    if folder is not None:
        if not Path(folder).is_dir():
            raise DomainError(explain("no such folder", got=folder))
        given += sorted(p for p in Path(folder).glob("*.py") if not p.name.startswith("_"))
        if not given:
            raise DomainError(explain("no files of theories", got=folder, hint="theorycalc new"))
    found = list(dict.fromkeys(map(source, given or names())))
    known: dict[str, str] = {}
    for file in (x for x in found if isinstance(x, File)):
        try:
            key = file.theory.reference.key
        except DomainError:
            continue  # it becomes a line of the table
        if key in known:
            got = f"{key} in {known[key]} and {file.path}"
            raise DomainError(explain("two papers of one key", got=got))
        known[key] = file.path
    return found


@lru_cache(maxsize=256)
def _run_file(path: str, text: bytes) -> ModuleType:
    """The module of a file in this state of its text."""
    file = Path(path).resolve()
    spec = importlib.util.spec_from_file_location(f"{file.stem}_{_digest(text)}", file)
    module = importlib.util.module_from_spec(spec)
    sys.path.insert(0, str(file.parent))  # as Python does for a script
    try:
        spec.loader.exec_module(module)
    except SyntaxError as error:
        place = f"{error.filename or path}, line {error.lineno}: {error.msg}"
        raise DomainError(explain("the file is no Python", got=place)) from error
    except (Exception, SystemExit) as error:
        place = f"{place_of(error, str(file)) or path}: {type(error).__name__}: {error}"
        raise DomainError(explain("the file does not run", got=place)) from error
    finally:
        sys.path.remove(str(file.parent))
    if not isinstance(getattr(getattr(module, "PAPER", None), "theory", None), Theory):
        hint = "theorycalc new NAME for a file that has one"
        allowed = "PAPER = tc.Paper(key, authors, title, __doc__)"
        raise DomainError(explain("the file has no paper", got=path, allowed=allowed, hint=hint))
    return module


def place_of(error: BaseException, path: str) -> str:
    """The line of a file, or of one beside it, where an error came up; "" for none."""
    folder = Path(path).parent
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f for f in frames if path and Path(f.filename).is_relative_to(folder)]
    return f"{lines[-1].filename}, line {lines[-1].lineno}" if lines else ""


def rooms(source: Named | File) -> list[str]:
    """The rooms of the package that a file and its long simulations call: its topics."""
    path = Path(source.path)
    files = path, path.parent / "experiments" / path.name
    text = "".join(file.read_text(encoding="utf-8") for file in files if file.exists())
    called = set(re.findall(r"\b(?:tc|theorycalc)\.(\w+)", text))
    return sorted(called & {name for name in theorycalc.__all__ if name.islower()} - {"theories"})


def heading(source: Named | File) -> tuple[str, str]:
    """(title, key) of the paper of a file, read off its text: to run all files takes seconds."""
    tree = ast.parse(Path(source.path).read_text(encoding="utf-8"))
    values = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    key, _, title, *_ = (
        values.get(part.id) if isinstance(part, ast.Name) else part for part in values["PAPER"].args
    )
    return ast.literal_eval(title), ast.literal_eval(key)


@cache
def _package_digest() -> str:
    return _digest(*(path.read_bytes() for path in sorted(_PACKAGE.rglob("*.py"))))


def _digest(*parts: bytes) -> str:
    whole = hashlib.sha256()
    for part in parts:
        whole.update(hashlib.sha256(part).digest())
    return whole.hexdigest()[:16]
