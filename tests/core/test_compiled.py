"""Loops run the machine code of the files as they are, whichever file of them was edited."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import theorycalc

# A loop of one file with an inner loop of another one.
SCRIPT = """
from theorycalc.core import machine_code
from theorycalc.core.compiled import compiled
from theorycalc.kernels.matrices import polynomials

{before}
loop = compiled(lambda t: polynomials.arcsine(t))
print(loop(0.5).hex(), loop.code.stats.cache_hits.total(), machine_code._folder())
"""


@pytest.fixture
def package(tmp_path):
    """A copy of the package, to be edited."""
    ignored = shutil.ignore_patterns("__pycache__", "theories", "validation", "relu")
    return shutil.copytree(
        Path(theorycalc.__file__).parent, tmp_path / "theorycalc", ignore=ignored
    )


def start(package, before="", **environment):
    environment = os.environ | {"PYTHONDONTWRITEBYTECODE": "1"} | environment
    command = [sys.executable, "-c", SCRIPT.format(before=before)]
    return subprocess.Popen(
        command, cwd=package.parent, env=environment, stdout=subprocess.PIPE, text=True
    )


def outcome(process):
    """(the number, how many loops were loaded, the folder)."""
    number, hits, folder = process.communicate()[0].split()
    assert process.returncode == 0
    return float.fromhex(number), int(hits), Path(folder)


def edit(package):
    """An inner loop that gives another number."""
    inner = package / "kernels" / "matrices" / "polynomials.py"
    before = inner.read_text()
    inner.write_text(before.replace("4.0 * t - 1.0, _ARCSINE[0]", "4.0 * t - 1.0, 7.0"))
    assert inner.read_text() != before


def test_an_edited_inner_loop_is_compiled_anew(package):
    first = outcome(start(package))
    again = outcome(start(package))
    assert first[1:] == (0, again[2])
    assert again[:2] == (first[0], 1)
    edit(package)
    edited = outcome(start(package))
    assert edited[0] != first[0]
    assert edited[1] == 0
    assert not first[2].exists()
    assert edited[2].parent == package / "__pycache__"


def test_what_was_edited_under_a_process_is_not_kept(package):
    """Its loops are of the files as they were, the folder's name may be that of the new ones."""
    inner = package / "kernels" / "matrices" / "polynomials.py"
    _, _, folder = outcome(start(package, f"open({str(inner)!r}, 'a').write('#')"))
    assert not list(folder.iterdir())


def test_processes_that_start_together(package):
    together = [start(package) for _ in range(2)]
    assert len({outcome(process)[::2] for process in together}) == 1
    assert outcome(start(package))[1] == 1


def test_a_folder_that_cannot_be_written(package, tmp_path):
    (tmp_path / "file").touch()
    _, _, folder = outcome(start(package, NUMBA_CACHE_DIR=str(tmp_path / "file")))
    assert folder.parent == package / "__pycache__"
    _, _, folder = outcome(start(package, NUMBA_CACHE_DIR=str(tmp_path / "own")))
    assert folder.parent.parent == tmp_path / "own"


def test_there_is_one_way_to_compile():
    house = Path(theorycalc.__file__).parent
    assert [p.name for p in house.rglob("*.py") if "njit" in p.read_text()] == ["machine_code.py"]
