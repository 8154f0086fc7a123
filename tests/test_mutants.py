"""The mutants of tests/mutants.py are still edits of the package, and their tests exist."""

import ast
import runpy
from pathlib import Path

import pytest

HERE = Path(__file__).parent
MUTANTS = runpy.run_path(str(HERE / "mutants.py"))["MUTANTS"]


@pytest.mark.parametrize("mutant", MUTANTS, ids=str)
def test_a_mutant_can_be_made(mutant):
    ast.parse(mutant.mutated)
    for test in mutant.tests.split():
        file, name = test.split("::")
        text = (HERE.parent / file).read_text(encoding="utf-8")
        assert f"\ndef {name.partition('[')[0]}(" in text


def test_every_room_has_mutants():
    """Theories and the explorer bound nothing themselves."""
    house = HERE.parent / "theorycalc"
    rooms = {path.parent.name for path in house.glob("*/__init__.py")}
    without = rooms - {mutant.file.partition("/")[0] for mutant in MUTANTS}
    assert without <= {"theories", "explorer"}
    assert len(set(MUTANTS)) == len(MUTANTS) >= 40
