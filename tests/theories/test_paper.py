"""Papers: statements with evidence, and what experiments note."""

import numpy as np
import pytest
import sympy as sp

import theorycalc as tc
from theorycalc.theories._notes import Run

X = sp.Symbol("x", positive=True)
ROOT = tc.Formula("root", sp.sqrt(X))


@pytest.fixture
def paper():
    return tc.Paper("arXiv:1112.3712", "A. Author", "A title", "A setting.")


def test_a_statement_knows_its_place(paper):
    one, two = paper.states("exact", "one", where="eq. 1"), paper.quotes("upper", "two")
    assert [s.number for s in paper.statements] == [1, 2]
    assert str(one.reference) == "A. Author, arXiv:1112.3712, eq. 1"
    assert paper.unsupported() == [one]
    one.equals(ROOT, 2, "4 = 2²", x=4)
    assert paper.unsupported() == []
    assert two.quoted


def test_a_paper_is_a_theory(paper):
    one = paper.states("upper", "roots")
    one.shows(ROOT)
    one.equals(ROOT, "1.4142", "a table", x=2)
    one.holds(ROOT.expr <= (1 + X) / 2, "means", {"x": 2}, {"x": "1/3"})
    theory = paper.theory
    assert theory.formulas == (ROOT,)
    assert theory.cases[0].check(tc.Ball(10))[0] is tc.Verdict.HOLDS
    ((claim, points),) = theory.claims
    assert claim.sharpness == "upper"
    assert [tc.check(claim, **at).verdict for at in points] == [tc.Verdict.HOLDS] * 2
    assert theory.statements == tuple(paper.statements)


def test_propositions_are_decided_on_their_ranges(paper):
    one, on = paper.states("upper", "roots"), {"x": ("1/4", 4)}
    assert paper.unsupported() == [one]
    one.proves(ROOT <= (1 + X) / 2, "means", on, contacts=[{"x": 1}])
    one.proves(ROOT <= 2, "twos", on, where=X < 5)
    one.proves(ROOT < 2, "wrong", on)
    one.refutes(ROOT <= 1, "at most 1", on)
    one.refutes(ROOT <= 3, "at most 3", on)
    assert paper.unsupported() == []
    rows = tc.theories.check(paper.theory).rows
    assert [row.verdict for row in rows] == ["HOLDS", "HOLDS", "FAILS", "REJECTED", "FAILS"]
    assert "it fails at x = " in rows[2].computed
    assert rows[0].computed.startswith("proved")
    assert all("for all x in [1/4, 4]" in row.item for row in rows)
    assert "x \\in" in rows[0].detail


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda p: p.states("exakt", "x"), "exact"),
        (lambda p: p.states("exact", 3), "statement"),
        (lambda p: p.states("exact", "x").shows(X), "formula"),
        (lambda p: p.states("exact", "x").equals(ROOT, ROOT, "itself", x=2), "itself"),
        (lambda p: p.states("exact", "x").equals(ROOT, "two", "", x=2), "expected"),
        (lambda p: p.states("exact", "x").equals(2, 2, ""), "Case"),
        (lambda p: p.states("exact", "x").holds(X > 0, "decided"), "evaluate=False"),
        (lambda p: p.states("exact", "x").holds(X > 1, "nowhere"), "'x'"),
        (
            lambda p: p.states("exact", "x").proves(X > 0, "decided", {"x": (1, 2)}),
            "evaluate=False",
        ),
        (lambda p: p.states("exact", "x").proves(X > 1, "nowhere", {}), r"no range for x"),
        (lambda p: p.states("exact", "x").proves(X > 1, "y", {"y": (0, 1)}), "unknown variable"),
        (lambda p: p.states("exact", "x").refutes(sp.Lt(1, 0, evaluate=False), "no x", {}), "hold"),
        (
            lambda p: p.states("exact", "x").proves(X > 1, "x", {"x": (0, 1)}, contacts=1),
            "contacts",
        ),
        (lambda p: tc.Paper("arXiv:1", "A", "T", None), "text"),
        (lambda p: tc.Paper(3, "A", "T", ""), "key"),
    ],
)
def test_what_is_no_evidence_is_refused(paper, call, message):
    with pytest.raises(tc.DomainError, match=message):
        call(paper)


def report(paper, function, quick=True, **sizes):
    statement = paper.states("exact", "x")
    statement.experiment("what is seen", **{"quick": 50, "full": 500, **sizes})(function)
    return paper.theory.experiments[-1].run(quick)


def test_notes_become_verdicts_and_a_picture(paper):
    from matplotlib.figure import Figure

    def squares(run):
        normal = np.random.default_rng(run.size).standard_normal((run.size, 4))
        for s in (1, 2):
            run.at(s, s**2, s**2 + 0.01 * normal[:, s], series="one")
            run.rejects(f"{s} instead", s)
        run.at(3, 10, 9, error=0.01, at_most=True, series="two")
        run.rejects("8 is no bound", 8)
        run.line(np.arange(1, 5), lambda x: x**2, "two")
        run.axes("$x$", "$y$", log="xy")
        run.joint("normal", normal, x=range(4), smallest=1)
        run.rejects("off by one", np.ones(4))
        run.axes("i", "mean")
        run.exponent("square", 2, 2.01, 0.02)
        run.rejects("cube", 3)

    found = report(paper, squares, full=1)
    passed = {v.comparison.name: v.passed for v in found.validations}
    assert passed.pop("1 instead") is False  # 1² = 1: it is not rejected
    assert set(passed.values()) == {True}
    assert "one at 1" in passed
    assert [figure.title for figure in found.figures] == ["what is seen"] * 2
    for figure in found.figures:
        axes = Figure().subplots()
        figure.draw(axes)
        assert axes.get_xlabel()
        assert axes.get_ylabel()
        assert axes.get_legend()


def test_what_is_only_shown_is_not_compared(paper):
    from matplotlib.figure import Figure

    def shown(run):
        normal = np.random.default_rng(0).standard_normal(run.size)
        run.at(2, 0.3, 3 + normal, name="at most 0.3", series="line", at_most=True, smallest=20)
        run.points([1, 4], [normal, 2.0], series="points")
        run.rejects("far below 5", 5, 3 + normal)
        run.rejects("a number", 3.5, 3, error=0.1)
        run.rejects("rows", np.ones(2), normal.reshape(-1, 2))
        run.line([1, 4], [0, 0], "below")
        run.line([1, 4], [5, 5], "above")
        run.axes("$x$", "$y$", log="x", xticks=(1, 2, 4))

    found = report(paper, shown)
    assert [v.passed for v in found.validations] == [False, True, True, True]
    assert [v.comparison.one_sided for v in found.validations] == [True, False, False, False]
    axes = Figure().subplots()
    found.figures[0].draw(axes)
    assert [text.get_text() for text in axes.get_legend().get_texts()] == [
        "line",
        "below",
        "above",
        "points",
    ]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["1", "2", "4"]
    assert not axes.get_xticklabels(minor=True)


def test_a_theory_of_one_point_is_seen(paper):
    from matplotlib.figure import Figure

    def one(run):
        run.at(1, 2, 1.0, error=0.01)
        run.axes("x", "y")

    axes = Figure().subplots()
    report(paper, one).figures[0].draw(axes)
    assert axes.get_lines()[0].get_marker() == "_"


def test_a_report_of_others_is_included(paper):
    def one(run):
        run.at(1, 1, 1.0, error=0.01)
        run.rejects("two", 2)
        run.axes("x", "y", title="one")

    other = report(paper, one)
    included = report(paper, lambda run: run.include(other))
    assert included.validations == other.validations
    assert [figure.title for figure in included.figures] == ["one"]


def test_the_full_form_has_its_own_size(paper):
    sizes = []

    def one(run):
        sizes.append((run.size, run.quick))
        run.at(None, 1, 1, error=0.0, name="one")

    report(paper, one)
    report(paper, one, quick=False)
    assert sizes == [(50, True), (500, False)]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (lambda run: None, "compared nothing"),
        (lambda run: run.at(1, 1, [1.0, 2.0, 3.0]), "labels"),
        (lambda run: run.rejects("all", 1), "nothing to reject"),
        (lambda run: run.axes("x", "y"), "nothing is on the picture"),
        (lambda run: run.at(1, 1, [1.0, float("nan")]), "finite"),
        (lambda run: run.at(1, float("nan"), [1.0, 2.0, 3.0]), "prediction"),
    ],
)
def test_notes_without_sense_are_refused(paper, function, message):
    with pytest.raises(tc.DomainError, match=message):
        report(paper, function)


def test_an_experiment_is_given_what_it_compares(paper):
    def one(run, formula):
        run.at(None, formula.at(x=run.size), 3.0, error=0.01, name="root")

    assert report(paper, one, False, full=9, formula=ROOT).validations[0].passed


def test_two_experiments_need_two_names(paper):
    one = paper.states("exact", "x")

    def seen(run):
        run.at(None, 1, 1, error=0.0)

    one.experiment("first", quick=1, full=1)(seen)
    with pytest.raises(tc.DomainError, match="two experiments"):
        one.experiment("second", quick=1, full=1)(seen)


def test_axes_are_linear_or_logarithmic():
    run = Run(1, quick=True)
    run.line([1, 2], [1, 2])
    with pytest.raises(tc.DomainError, match="xy"):
        run.axes("x", "y", log="z")
