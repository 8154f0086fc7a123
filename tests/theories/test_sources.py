"""Theories of one's own: files that are checked, their errors, and what is kept of results."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

import theorycalc as tc
from theorycalc.cli import app
from theorycalc.theories import _runner, _sources
from theorycalc.theories._sources import File, Named, rooms, source, sources

FILE = '''
"""Roots of two.

Setting
-------
None.
"""
import sympy
import theorycalc as tc
{extra}
PAPER = tc.Paper("doi:10/{key}", "A. Author", "Roots", __doc__)
X = sympy.Symbol("x", positive=True)
ROOT = tc.Formula("root", sympy.sqrt(X))
one = PAPER.states("upper", "Roots are below means.")
one.equals(ROOT, "{root}", "a table", x=2)
one.holds(ROOT.expr <= (1 + X) / 2, "means", {{"x": 3}})

@one.experiment("squares of samples", quick=100, full=200)
def samples(run):
    import numpy as np
    {seen}
    x = np.random.default_rng(0).normal(size=run.size)
    run.at(None, 1, x**2, name="variance", smallest=1)
'''


@pytest.fixture(autouse=True)
def own_results(monkeypatch, tmp_path):
    """Results are kept in a folder of the test."""
    from joblib import Memory

    memory = Memory(tmp_path / "results", verbose=0)
    monkeypatch.setattr(_runner, "_memory", lambda: memory)


@pytest.fixture
def write(tmp_path):
    def write(name="mine.py", *, root="1.4142", key="x", extra="", seen="pass", text=FILE):
        path = tmp_path / name
        path.write_text(text.format(root=root, key=key, extra=extra, seen=seen), encoding="utf-8")
        return str(path)

    return write


def check(*arguments):
    return CliRunner().invoke(app, ["check", "--quick", "--jobs", "1", *arguments])


def test_a_file_is_checked(write):
    result = check(write())
    assert result.exit_code == 0, result.output
    assert "4 items checked, 0 failed" in result.output
    assert "1. root(x=2) Ball" in result.output


def test_new_writes_a_file_that_passes(tmp_path):
    path = tmp_path / "my_theory.py"
    assert CliRunner().invoke(app, ["new", str(path)]).exit_code == 0
    result = check(str(path))
    assert result.exit_code == 0, result.output
    again = CliRunner().invoke(app, ["new", str(path)])
    assert isinstance(again.exception, tc.DomainError)


@pytest.mark.parametrize("name", ["2bad", "no/such/folder/x", "a-b"])
def test_new_refuses_what_is_no_file(name):
    assert isinstance(CliRunner().invoke(app, ["new", name]).exception, tc.DomainError)


def test_a_folder_is_checked(write, tmp_path):
    write("one.py", key="1"), write("two.py", key="2"), write("_no.py", key="3")
    result = check("--from", str(tmp_path))
    assert "8 items checked, 0 failed" in result.output


def test_a_wrong_constant_fails_by_its_statement(write):
    result = check(write(root="1.4152"))
    assert result.exit_code == 1
    assert "FAILS" in result.output
    assert "1. root(x=2) Float" in result.output


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"extra": "def"}, "line 10: "),
        ({"extra": "raise ValueError('no')"}, "line 10: ValueError: no"),
        ({"extra": "import sys; sys.exit()"}, "line 10: SystemExit"),
        ({"text": "x = 1"}, "no paper"),
        ({"text": "PAPER = 1"}, "no paper"),
        ({"seen": "1 / 0"}, "line 21"),
        ({"seen": "return"}, "compared nothing"),
        ({"seen": "run.at(None, 1, float('nan'), error=0.1)"}, "finite"),
        ({"text": FILE + "one.holds(X > 0, 'decided')"}, "evaluate=False"),
    ],
    ids=str,
)
def test_what_is_wrong_with_a_file_is_a_line_and_not_an_end(write, change, message):
    bad, good = write("bad.py", key="bad", **change), write("good.py", key="good")
    table = tc.theories.check(bad, good, quick=True)
    assert any(message in row.computed for row in table.failed), table
    assert all(row.theory == "bad" for row in table.failed)
    assert sum(row.theory == "good" for row in table.rows) == 4
    assert check(bad, good).exit_code == 1


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (["no/such/file.py"], "no such file"),
        (["neural_tangent"], "neural_tangent_kernel"),
        ([3], "name"),
    ],
)
def test_what_is_not_there_is_refused_before_work(given, message):
    with pytest.raises(tc.DomainError, match=message):
        tc.theories.check(*given)


def test_two_papers_of_one_key_are_refused(write, tmp_path):
    one, two = write("one.py"), write("two.py")
    with pytest.raises(tc.DomainError, match="two papers of one key"):
        sources([one, two])
    with pytest.raises(tc.DomainError, match="no such folder"):
        sources([], tmp_path / "no")


def test_files_beside_a_file_can_be_imported(write, tmp_path):
    (tmp_path / "helper_of_mine.py").write_text("ROOT = '1.4142'")
    path = write(extra="import helper_of_mine")
    before = source(path).digest
    assert check(path).exit_code == 0
    (tmp_path / "helper_of_mine.py").write_text("ROOT = '1.41'")
    assert source(path).digest != before


def test_a_paper_in_a_notebook_is_checked():
    import sympy

    x = sympy.Symbol("x", positive=True)
    paper = tc.Paper("doi:10/x", "A. Author", "Roots", "")
    one = paper.states("exact", "roots")
    one.equals(tc.Formula("root", sympy.sqrt(x)), 2, "4 = 2²", x=4)
    table = paper.check(digits=10, quick=True)
    assert [row.verdict for row in table.rows] == ["HOLDS"] * 2
    assert table.rows[0].theory == "Roots"
    assert "2 items checked, 0 failed" in repr(table)
    assert "HOLDS" in table._repr_html_()
    assert json.loads(table.to_json())["rows"][0]["statement"] == 1


def test_what_is_known_takes_no_reading_and_no_process(monkeypatch):
    work = [_runner.Whole(Named("binomial_shrinkage"), 15, False)]
    (first,) = _runner.run(work, 1)
    monkeypatch.setattr(_sources, "load", None)
    monkeypatch.setattr(_runner, "_done", None)
    (second,) = _runner.run(work, 2)
    assert [a.rows for a in first] == [b.rows for b in second]
    assert all(outcome.kept for outcome in second)


def test_what_is_known_is_not_computed_again(write, tmp_path):
    path = write(seen=f"open({str(tmp_path / 'log')!r}, 'a').write('x')")
    first, second = (tc.theories.check(path, quick=True) for _ in range(2))
    assert first.rows == second.rows
    assert "(4 known from before)" in second.summary
    assert (tmp_path / "log").read_text() == "x"
    tc.theories.check(path, quick=True, fresh=True)
    assert (tmp_path / "log").read_text() == "xx"
    tc.theories.check(path)  # another form
    assert (tmp_path / "log").read_text() == "xxx"
    write(root="1.414", seen=f"open({str(tmp_path / 'log')!r}, 'a').write('x')")
    assert "known" not in tc.theories.check(path, quick=True).summary


def test_errors_are_not_kept(write, tmp_path):
    path = write(seen=f"if not __import__('os').path.exists({str(tmp_path / 'go')!r}): 1 / 0")
    assert tc.theories.check(path, quick=True).failed
    (tmp_path / "go").touch()
    assert not tc.theories.check(path, quick=True).failed


def wait_for(path, lines: int):
    while not (path.exists() and path.read_text().count("\n") >= lines):
        time.sleep(0.01)


@pytest.mark.parametrize("end", [signal.SIGKILL, signal.SIGINT], ids=["kill", "ctrl-c"])
def test_an_interrupted_check_goes_on(write, tmp_path, end):
    """Nothing is computed twice, and the table is that of an uninterrupted check."""
    log, wait = tmp_path / "log", tmp_path / "wait"
    seen = f"open({str(log)!r}, 'a').write('0\\n')"
    experiments = "".join(
        f'''
@one.experiment("more", quick=1, full=1)
def more_{i}(run):
    import os, time
    open({str(log)!r}, "a").write("{i}\\n")
    while {i} == 3 and os.path.exists({str(wait)!r}):
        time.sleep(0.01)
    run.at(None, 1, 1, error=0.0)
'''
        for i in range(1, 6)
    )
    path = write(seen=seen, text=FILE + experiments.replace("{", "{{").replace("}", "}}"))
    wait.touch()
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "theorycalc", "check", path, "--quick", "--jobs", "1"]
    # a shell's background job ignores Ctrl-C, and so would all that it starts
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        process = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=-1)
    finally:
        signal.signal(signal.SIGINT, before)
    wait_for(log, 4)  # the fourth waits for its end
    process.send_signal(end)
    out, err = process.communicate()
    assert process.returncode == (130 if end is signal.SIGINT else -end)
    if end is signal.SIGINT:
        assert b"6 items checked, 0 failed" in out
        assert b"Traceback" not in out + err
    wait.unlink()
    table = tmp_path / "table.json"
    command += ["--resume", "--json", str(table)]
    subprocess.run(command, env=environment, check=True, capture_output=True)
    assert log.read_text().split() == ["0", "1", "2", "3", "3", "4", "5"]
    rows = json.loads(table.read_text())["rows"]
    expected = tc.theories.check(path, quick=True).rows
    assert [(r["item"], r["computed"], r["verdict"]) for r in rows] == [
        (r.item, r.computed, r.verdict) for r in expected
    ]


def test_topics_are_the_rooms_that_a_file_calls():
    assert rooms(Named("signal_propagation")) == ["kernels", "networks"]
    listed = CliRunner().invoke(app, ["list", "--topic", "networks"])
    assert "signal_propagation" in listed.output
    assert isinstance(CliRunner().invoke(app, ["list", "--topic", "x"]).exception, tc.DomainError)


def test_search_finds_words_in_statements():
    assert tc.theories.search("Edge of Chaos")[0].theory == "signal_propagation"
    found = tc.theories.search("ordered phase")
    assert [(f.theory, f.statement) for f in found][:1] == [("signal_propagation", 3)]
    assert tc.theories.search("no such words anywhere") == []
    for words in ("", " ", 3):
        with pytest.raises(tc.DomainError):
            tc.theories.search(words)


def test_a_file_can_be_shown(write):
    shown = CliRunner().invoke(app, ["show", write()])
    assert "1. Upper. Roots are below means." in shown.output
    assert File(write()).name == "mine"


def test_processes_check_whole_theories_quickly(write):
    paths = [write("one.py", key="1"), write("two.py", key="2")]
    alone, together = (tc.theories.check(*paths, quick=True, fresh=True, jobs=j) for j in (1, 2))
    found, expected = (
        sorted((r.theory, r.item, r.verdict) for r in table.rows) for table in (together, alone)
    )
    assert found == expected
