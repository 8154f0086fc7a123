"""Proofs with several processes, little work, and users who have had enough."""

import pickle

import pytest
import sympy

import theorycalc as tc
from theorycalc.bounds import proving, reductions
from theorycalc.bounds.cells import CellSearch
from theorycalc.bounds.claimed import problems_of
from theorycalc.bounds.rules import RULES

X, Y = sympy.symbols("x y")
HOLDS, FAILS, UNDECIDED = tc.Verdict.HOLDS, tc.Verdict.FAILS, tc.Verdict.UNDECIDED
SQUARE = {"x": (-2, 2), "y": (-2, 2)}
CAMEL = (4 - sympy.Rational(21, 10) * X**2 + X**4 / 3) * X**2 + X * Y + (4 * Y**2 - 4) * Y**2
HUMPS = tc.Claim(CAMEL + sympy.Rational(10317, 10000) > 0, on=SQUARE)
# Two inequalities, each of many boxes.
CHAIN = tc.Claim([HUMPS.relation, sympy.sin(3 * X * Y) + X**2 + Y**2 + 1 > 0], on=SQUARE)
# One of so many that they are looked at in groups.
WAVES = sympy.sin(9 * X + Y**2) * sympy.cos(8 * Y - X**2) - sympy.cos(7 * X * Y)
WAVES += sympy.cos(9 * Y * X**2 - Y**3) / 5
MANY = tc.Claim(sympy.Rational("-2.192") < WAVES, on=SQUARE)
FALSE = tc.Claim([X + Y < 5, sympy.Rational("-2.186") < WAVES], on=SQUARE)


@pytest.mark.parametrize("claim", [CHAIN, MANY, FALSE], ids=["chain", "many", "false"])
def test_what_is_found_does_not_depend_on_the_number_of_processes(claim):
    alone, together = tc.prove(claim), tc.prove(claim, jobs=2)
    assert claim is FALSE or len(alone.boxes) > 200
    assert together.verdict is alone.verdict is not UNDECIDED
    assert together.counterexample == alone.counterexample
    assert together.boxes == alone.boxes
    assert together.verify()


def test_a_budget_is_the_number_of_boxes():
    little = tc.prove(MANY, budget=1)
    assert little.verdict is UNDECIDED
    assert "boxes are left" in little.reason
    assert not little.verify()
    assert tc.prove(MANY, budget=1).boxes == little.boxes


def interrupted_after(monkeypatch, count: int, rule: str = "range"):
    """A rule that the user interrupts."""
    calls, original = [], RULES[rule]

    def impatient(f, cell):
        calls.append(cell)
        if len(calls) == count:
            raise KeyboardInterrupt
        return original(f, cell)

    monkeypatch.setitem(RULES, rule, impatient)


@pytest.mark.parametrize("count", [1, 30, 90])
def test_an_interruption_keeps_what_is_closed(monkeypatch, count):
    interrupted_after(monkeypatch, count)
    proof = tc.prove(HUMPS)
    assert proof.verdict is UNDECIDED
    assert proof.reason.startswith(f"it was interrupted, with {len(proof.boxes)} boxes closed")
    [step] = proof.steps
    [leaves] = [part.detail for part in step.walk() if part.rule == "cells"]
    cells = [cell for cell, _ in leaves.closed] + list(leaves.left)
    area = sum((b - a) * (d - c) for (a, b), (c, d) in cells)
    assert area == 16
    assert not proof.verify()
    assert pickle.loads(pickle.dumps(proof)).reason == proof.reason


def test_an_interruption_outside_of_the_boxes(monkeypatch):
    def tired(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(proving, "on_half_line", tired)
    proof = tc.prove(tc.Claim(sympy.exp(-X) < 1 / (1 + X / 2), on={"x": (1, "oo")}))
    assert proof.verdict is UNDECIDED
    assert "interrupted" in proof.reason


def test_a_form_whose_conditions_are_not_shown_proves_nothing():
    """Cells that are all closed, while what the form needs besides was interrupted."""
    claim = tc.Claim(sympy.exp(X) > 1, on={"x": (1, 2)})
    _, [problem] = problems_of(claim)
    [form] = list(reductions.forms(problem))[:1]
    search = CellSearch(form.problems[0])
    search.go_on()
    assert search.is_done
    assert not proving._as_far(problem, [(form, search, [problem])]).done


def test_progress_is_told_for_every_box(monkeypatch):
    counts = []

    class Bar:
        def __init__(self, items, total, what):
            assert (items, total, what) == (None, None, "boxes")

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def update(self, count=1):
            counts.append(count)

    monkeypatch.setattr(proving, "progress", Bar)
    proof = tc.prove(MANY)
    assert sum(counts) >= len(proof.boxes)


def test_bad_numbers_of_processes():
    with pytest.raises(tc.DomainError, match="jobs"):
        tc.prove(MANY, jobs="two")
    with pytest.raises(tc.DomainError, match="processes"):
        tc.prove(MANY, jobs=0)
