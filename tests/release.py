"""`make release`: wheel and sdist, installed where nothing else is, and tried outside the checkout.

What it prints is what a release says of itself: sizes, and how long a user waits at first.
"""

import subprocess
import sys
import tempfile
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
FIRST = """
import time
begun = time.process_time()
import theorycalc as tc
print(f"seconds of CPU: import {time.process_time() - begun:.3f},", end=" ")
tc.kernels.mlp(3, "relu").ntk
print(f"first kernel after {time.process_time() - begun:.2f}")
"""


def run(*command, where: Path) -> None:
    print("$", *(Path(x).name if isinstance(x, Path) else x for x in command), flush=True)
    subprocess.run([str(x) for x in command], cwd=where, check=True)


def built(folder: Path) -> tuple[Path, Path]:
    """(wheel, sdist); the wheel is made of the sdist, so that nothing is missing in that."""
    run(sys.executable, "-m", "build", "--outdir", folder, ROOT, where=folder)
    [wheel], [sdist] = folder.glob("*.whl"), folder.glob("*.tar.gz")
    return wheel, sdist


def check_content(wheel: Path) -> None:
    """Every file of the package is in the wheel, and nothing else."""
    packed = set(zipfile.ZipFile(wheel).namelist())
    packed = {name for name in packed if ".dist-info/" not in name}
    tracked = subprocess.run(
        ["git", "ls-files", "theorycalc"], cwd=ROOT, check=True, capture_output=True, text=True
    )
    assert packed == set(tracked.stdout.split()), packed ^ set(tracked.stdout.split())


def try_out(wheel: Path, folder: Path) -> None:
    """The wheel in an empty environment: command line, first kernel, the blocks of the README."""
    venv.create(folder / "empty", with_pip=True)
    binaries = folder / "empty" / "bin"
    run(binaries / "pip", "install", "--quiet", wheel, where=folder)
    run(binaries / "theorycalc", "--version", where=folder)
    run(binaries / "theorycalc", "list", where=folder)
    run(binaries / "theorycalc", "new", "mine", where=folder)
    run(binaries / "theorycalc", "check", "--quick", "mine.py", where=folder)
    options = ("-o", "ELLIPSIS", "-o", "NORMALIZE_WHITESPACE")
    run(binaries / "python", "-m", "doctest", *options, ROOT / "README.md", where=folder)
    run(binaries / "python", "-c", FIRST, where=folder)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        wheel, sdist = built(folder)
        check_content(wheel)
        try_out(wheel, folder)
        (ROOT / "dist").mkdir(exist_ok=True)
        for made in (wheel, sdist):
            print(f"{made.name}: {made.stat().st_size / 1024:.0f} KiB")
            (ROOT / "dist" / made.name).write_bytes(made.read_bytes())


if __name__ == "__main__":
    main()
