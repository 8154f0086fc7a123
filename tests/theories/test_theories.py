"""Every theory, by discovery: a new file in the folder is tested without a line here."""

import pickle
from pathlib import Path

import pytest

import theorycalc as tc
from theorycalc import theories
from theorycalc.theories import _runner
from theorycalc.theories._notes import Run
from theorycalc.theories._sources import Named, heading, load
from theorycalc.theories._theory import Case, Theory
from theorycalc.validation import judge

DIGITS = 20
NAMES = theories.list()


def stated(name):
    """What is run of a theory: the short experiments, and the cases in every arithmetic."""
    return [
        task
        for quick in (False, True)
        for task in _runner.tasks([Named(name)], digits=DIGITS, quick=quick, pictures=True)
        if quick == (task.kind == "experiments")
    ]


# How many predictions of short experiments are seen to be off by 5 % upwards and downwards.
SEEN = {
    "giant_steps": 1,
    "infinite_width_limits": 1,
    "lazy_to_rich": 12,
    "linear_attention": 3,
    "logistic_perceptron": 1,
    "mean_field": 21,
    "spiked_weights": 2,
    "xor_clusters": 1,
}


def off_by_5_percent(monkeypatch) -> list:
    """Filled with runs, and comparisons with 95 % and 105 % of each prediction that they note."""
    notes, note = [], Run._note

    def twice(run, compared, name, prediction):
        note(run, compared, name, prediction)
        value = float(prediction.at() if hasattr(prediction, "at") else prediction)
        notes.append((run, [compared(name, share * value) for share in (0.95, 1.05)]))

    monkeypatch.setattr(Run, "_note", twice)
    return notes


@pytest.mark.parametrize("name", NAMES)
def test_what_a_theory_states(name, monkeypatch):
    notes = off_by_5_percent(monkeypatch) if name in SEEN else []
    outcomes = [task(fresh=True) for task in stated(name)]
    verdicts = [
        {judge([*run._comparisons, one])[-1].agreement.name for one in pair} for run, pair in notes
    ]
    assert verdicts.count({"DEVIATES"}) >= SEEN.get(name, 0)
    assert all(outcome.rows for outcome in outcomes)
    rows = [row for outcome in outcomes for row in outcome.rows]
    assert not [row for row in rows if row.failed or row.verdict == "UNDECIDED"]
    for title, svg in (picture for outcome in outcomes for picture in outcome.pictures):
        assert title
        assert svg.endswith("</svg>")
        assert len(svg) < 60_000  # all of them share a report with 1.5 MB


@pytest.mark.long
@pytest.mark.parametrize("name", NAMES)
def test_experiments_in_full(name):
    work = _runner.tasks([Named(name)], digits=30, quick=False, pictures=False)
    found = [task(fresh=True) for task in work if task.kind == "experiments"]
    verdicts = {row.item: row.verdict for outcome in found for row in outcome.rows}
    assert set(verdicts.values()) <= {"AGREES", "REJECTED"}, verdicts


@pytest.mark.parametrize("name", ["_template", *NAMES])
def test_a_theory_is_complete(name):
    theory = load(name)
    assert isinstance(theory, Theory)
    if name != "_template":
        assert heading(Named(name)) == (theory.title, theory.reference.key)
    for section in ("Setting\n-------", "References\n----------"):
        assert section in theory.statement
    assert theory.reference.url.startswith("https://")
    assert theory.formulas
    assert not [s for s in theory.statements if not (s.quoted or s.has_evidence)]
    assert theory.cases
    assert all(formula.latex() for formula in theory.formulas)
    assert all(case.source for case in theory.cases)
    labels = [experiment.name for experiment in theory.experiments]
    assert len(set(labels)) == len(labels)


def test_theories_have_no_doctests():
    """They are not collected: that would have to read all theories."""
    files = [Path(Named(name).path) for name in NAMES]
    assert not [file for file in files if ">>>" in file.read_text(encoding="utf-8")]


def test_the_template_is_a_theory_that_passes():
    template = load("_template")
    for case in template.cases:
        for using in (tc.Float(), tc.MP(DIGITS), tc.Ball(DIGITS)):
            verdict, computed, _ = case.check(using)
            assert verdict is tc.Verdict.HOLDS
            assert computed.rad >= 0
    for claim, points in template.claims:
        for params in points:
            assert tc.check(claim, **params).verdict is tc.Verdict.HOLDS
    for experiment in template.experiments:
        assert all(v.passed for v in experiment.run(True).validations)
    assert "_template" not in theories.list()


def test_an_unknown_theory_has_close_matches():
    with pytest.raises(tc.DomainError, match="neural_tangent_kernel"):
        theories.get("neural_tangent_kernels")
    with pytest.raises(tc.DomainError, match="unknown theory"):
        theories.get("_template")


@pytest.mark.parametrize(
    ("expected", "holds"),
    [
        ("2", True),
        ("2.0", True),
        ("1.999999999999999999999999", True),
        ("2.1", True),
        ("2.2", False),
        ("1.99", True),
        ("1.98", False),
        ("3", False),
        ("2e0", True),
        ("199/100", False),
    ],
)
def test_a_printed_number_is_trusted_to_a_unit_of_its_last_digit(expected, holds):
    case = Case(formula=tc.kernels.mlp(1).ntk, params={"rho": 1}, expected=expected, source="here")
    for using in (tc.Float(), tc.MP(30), tc.Ball(30)):
        assert case.check(using)[0] is (tc.Verdict.HOLDS if holds else tc.Verdict.FAILS)


def test_whatever_goes_wrong_is_a_line_and_not_an_end(monkeypatch):
    task = stated("periodic_neuron")[0]
    monkeypatch.setitem(_runner._RUN, "cases", lambda task: 1 / 0)
    (row,) = task(fresh=True).rows
    assert row.failed
    assert "ZeroDivisionError" in row.computed


def test_tasks_travel_to_other_processes():
    tasks = stated("periodic_neuron")
    assert pickle.loads(pickle.dumps(tasks)) == tasks
    two = [task for task in tasks if task.kind == "cases"][:2]
    rows = [outcome.rows for [outcome] in _runner.run(two, jobs=2, fresh=True)]
    assert [r.item for group in rows for r in group] == [
        r.item for task in two for r in task(fresh=True).rows
    ]
