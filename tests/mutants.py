"""Wrong error bounds that the tests have to see: `make mutants`.

Every mutant is one edit of a bound, an error factor or the choice of a branch, and names the tests
of its room that must fail with it. They run on copies of the package, two at a time. The exit
status is the number of mutants that survive.
"""

import argparse
import os
import queue
import shutil
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
_PARTS = ("theorycalc", "tests", "pyproject.toml")
_WORKERS = 2
# What pytest returns where tests failed; anything else is no verdict on the mutant.
_PASSED, _FAILED = 0, 1


class Mutant(NamedTuple):
    """One edit of the package, and the tests that have to fail with it."""

    file: str
    old: str
    new: str
    tests: str

    @property
    def source(self) -> str:
        """The file as it is."""
        return (ROOT / "theorycalc" / self.file).read_text(encoding="utf-8")

    @property
    def mutated(self) -> str:
        """The file with the edit.

        Raises
        ------
        ValueError
            If the old text is not found exactly once.
        """
        if (found := self.source.count(self.old)) != 1:
            raise ValueError(f"{self.file}: {self.old!r} occurs {found} times, not once")
        return self.source.replace(self.old, self.new)

    def __str__(self):
        return f"{self.file}: {self.old.strip()!r} → {self.new.strip()!r}"


LOW = "tests/{}/test_low_targets.py::{}".format
ROOTS = "tests/core/test_roots.py::{}".format
MUTANTS = (
    # Gauss–Legendre rules with a bound in an ellipse
    Mutant(
        "core/arithmetic/ball_panels.py",
        "        error += bound",
        "        error += bound / 1024",
        LOW("core", "test_rules_on_panels"),
    ),
    Mutant(
        "core/arithmetic/ball_panels.py",
        "(-2 * (size - 1))",
        "(-4 * (size - 1))",
        LOW("core", "test_rules_on_panels"),
    ),
    Mutant(
        "core/arithmetic/ball_panels.py",
        "largest = largest.max(arb(value.abs_upper()))",
        "largest = arb(value.abs_lower())",
        LOW("core", "test_rules_on_panels"),
    ),
    Mutant(
        "core/arithmetic/ball_panels.py",
        "arb(0), BallContext(analytic=True)",
        "arb(0), BallContext()",
        LOW("core", "test_rules_on_panels_with_a_kink"),
    ),
)


def outcome(mutant: Mutant | None, folder: Path) -> int:
    """The status of pytest on a copy of the package with one mutant, or on all tests with none."""
    tests = (
        mutant.tests.split() if mutant else sorted({t for m in MUTANTS for t in m.tests.split()})
    )
    if mutant:
        (folder / "theorycalc" / mutant.file).write_text(mutant.mutated, encoding="utf-8")
    environment = {
        "PYTHONPATH": str(folder),
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *tests],
        cwd=folder,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if mutant:
        (folder / "theorycalc" / mutant.file).write_text(mutant.source, encoding="utf-8")
    if done.returncode not in (_PASSED, _FAILED) or (not mutant and done.returncode):
        print(done.stdout[-3000:], done.stderr[-1000:])
    return done.returncode


def main() -> int:
    """Run the mutants, and count those that survive."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--only", default="", help="mutants whose file has this in its name")
    only = parser.parse_args().only
    chosen = [mutant for mutant in MUTANTS if only in mutant.file]
    with tempfile.TemporaryDirectory() as temporary:
        folders: queue.Queue = queue.Queue()
        for number in range(_WORKERS):
            folder = Path(temporary) / str(number)
            for part in _PARTS:
                copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
                folder.mkdir(exist_ok=True)
                copy(ROOT / part, folder / part)
            folders.put(folder)

        def run(mutant):
            folder = folders.get()
            try:
                return outcome(mutant, folder)
            finally:
                folders.put(folder)

        if not only and run(None) != _PASSED:
            raise SystemExit("the tests fail without a mutant")
        survivors = 0
        with ThreadPoolExecutor(_WORKERS) as pool:
            for mutant, status in zip(chosen, pool.map(run, chosen), strict=True):
                verdict = {_FAILED: "killed", _PASSED: "SURVIVED"}.get(status, "NO VERDICT")
                survivors += status != _FAILED
                print(f"{verdict:10} {mutant}", flush=True)
        print(f"{len(chosen) - survivors} of {len(chosen)} killed")
    return survivors


if __name__ == "__main__":
    raise SystemExit(main())
