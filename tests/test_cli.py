"""The command line as a user types it: output, exit codes, one clear error."""

import re
import subprocess
import sys

import pytest
from typer.testing import CliRunner

import theorycalc as tc
from theorycalc.cli import app
from theorycalc.theories import Case, _runner

FEW = ("neural_tangent_kernel", "signal_propagation")


def run(*arguments):
    """A process of its own, as from a shell: (exit code, stdout, stderr)."""
    done = subprocess.run(
        [sys.executable, "-m", "theorycalc", *arguments],
        capture_output=True, text=True, check=False, encoding="utf-8",
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def only(monkeypatch):
    """Keep one kind of work, so that a command is quick."""

    def keep(kind):
        monkeypatch.setattr(_runner, "_RUN", {kind: _runner._RUN[kind]})

    return keep


def test_version():
    assert run("--version") == (0, f"theorycalc {tc.__version__}\n", "")


def test_list():
    code, out, _ = run("list")
    assert code == 0
    for name in tc.theories.list():
        assert name in out
    assert "arXiv:1806.07572" in out


def test_show():
    code, out, _ = run("show", "signal_propagation")
    assert code == 0
    for text in ("Setting", "arXiv:1611.01232", "1. Limit", "π"):
        assert text in out
    assert "Traceback" not in out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["show", "neural_tangent_kernels"], "neural_tangent_kernel"),
        (["check", "neural_tangent"], "neural_tangent_kernel"),
        (["check", "_template"], "unknown theory"),
        (["check", "--digits", "0"], "digits"),
        (["check", "--digits", "100000"], "digits"),
        (["check", "--jobs", "0"], "jobs"),
        (["check", "--report", "no/such/folder/page.html"], "no such folder"),
        (["check", "--quik"], "--quick"),
        (["chek"], "check"),
        (["show"], "NAME"),
    ],
)
def test_bad_usage_is_code_2_and_one_message(arguments, message):
    code, out, err = run(*arguments)
    assert code == 2
    assert message in out + err
    assert "Traceback" not in err
    assert "computed" not in out  # nothing was started


def test_a_table_of_cases(only):
    only("cases")
    names = ["neural_tangent_kernel", "periodic_neuron", "signal_propagation"]
    options = ["--fresh", "--jobs", "1", "--digits", "12"]
    result = CliRunner().invoke(app, ["check", *names, *options])
    assert result.exit_code == 0
    assert "48.00000000000" in result.output
    assert re.search(r"^\d+ items checked, 0 failed$", result.output, re.MULTILINE)
    assert "HOLDS" in result.output


def test_a_failing_item_is_code_1(only, monkeypatch):
    only("cases")
    monkeypatch.setattr(Case, "check", lambda case, using: 1 / 0)
    result = CliRunner().invoke(app, ["check", *FEW, "--fresh", "--jobs", "1"])
    assert result.exit_code == 1
    assert "ERROR" in result.output
    assert "ZeroDivisionError" in result.output


def test_a_report_is_one_self_contained_page(only, tmp_path):
    only("claims")
    page = tmp_path / "report.html"
    command = ["check", *FEW, "--fresh", "--jobs", "1", "--report", str(page)]
    result = CliRunner().invoke(app, command)
    assert result.exit_code == 0
    text = page.read_text(encoding="utf-8")
    assert text.count("<math") >= 5
    assert "0 failed" in text
    assert not re.search(r"<(script|link|img)\b|src=", text)
