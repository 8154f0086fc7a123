"""Files of proofs that were changed: nothing is run, and nothing is shown."""

import json

import pytest
import sympy

import theorycalc as tc

X = sympy.Symbol("x")


@pytest.fixture
def path(tmp_path):
    claim = tc.Claim(sympy.exp(X) * sympy.cos(X) < sympy.sqrt(2 + X), on={"x": (-1, "0.3")})
    proof = tc.prove(claim)
    assert proof.verdict is tc.Verdict.HOLDS
    return proof.save(tmp_path / "proof.json")


def _leaves(step):
    """The records of the cells of a step."""
    if isinstance(step, dict) and "Leaves" in step:
        yield step["Leaves"]
    elif isinstance(step, dict | list):
        for part in step.values() if isinstance(step, dict) else step:
            yield from _leaves(part)


def _cells(record):
    return max(_leaves(record["steps"]), key=lambda leaves: len(leaves["closed"]))


def _no_cells(record):
    _cells(record)["closed"] = []


def _one_less(record):
    _cells(record)["closed"].pop()


def _wider(record):
    _cells(record)["closed"][0][0][0][1] = {"rational": "7/2"}


def _other_rule(record):
    whole = [[{"rational": "-1"}, {"rational": "3/10"}]]
    _cells(record)["closed"] = [[whole, ""]]


def _cell_left(record):
    leaves = _cells(record)
    leaves["left"].append(leaves["closed"].pop()[0])


def _other_relation(record):
    record["claim"]["relation"] = sympy.srepr(sympy.exp(X) < sympy.sqrt(2 + X))


def _other_range(record):
    record["claim"]["on"]["x"] = sympy.srepr(sympy.Interval(-1, 5))


def _one_by_one(record):
    for step in record["steps"]:
        step["Step"] |= {"rule": "one by one", "parts": [], "detail": None}


def _unknown_rule(record):
    for step in record["steps"]:
        step["Step"]["rule"] = "magic"


def _no_steps(record):
    record["steps"] = []


def _refuted(record):
    record["verdict"] = "FAILS"


def _refuted_outside(record):
    record |= {"verdict": "FAILS", "counterexample": {"x": "Integer(5)"}}


def _many_bits(record):
    _cells(record)["bits"] = 10**9


def _text_in_a_function(record):
    record["claim"]["relation"] = (
        'Lt(exp(\'__import__("pathlib").Path("ran").touch()\'), Integer(1))'
    )


def _code(record):
    record["claim"]["relation"] = "__import__('pathlib').Path('ran').touch()"


def _code_in_a_point(record):
    record["counterexample"] = {"x": 'exp(\'__import__("pathlib").Path("ran").touch()\')'}


CHANGES = [
    *(_no_cells, _one_less, _wider, _other_rule, _cell_left, _other_relation, _other_range),
    *(_one_by_one, _unknown_rule, _no_steps, _refuted, _refuted_outside, _many_bits),
    *(_text_in_a_function, _code, _code_in_a_point),
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_file_shows_nothing(path, change, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert tc.bounds.load(path).verify()
    record = json.loads(path.read_text())
    change(record)
    path.write_text(json.dumps(record))
    try:
        shown = tc.bounds.load(path).verify()
    except tc.DomainError:
        shown = False
    assert not shown
    assert not (tmp_path / "ran").exists()


def test_a_part_with_another_goal_shows_nothing(tmp_path):
    n = sympy.Symbol("n")
    claim = tc.Claim(
        sympy.log(n) / n <= sympy.Rational(3663, 10000), on={"n": tc.integers(1, "oo")}
    )
    path = tc.prove(claim).save(tmp_path / "proof.json")
    assert tc.bounds.load(path).verify()
    text = path.read_text()
    changed = text.replace("Rational(3663, 10000)", "Rational(3661, 10000)", 1)
    path.write_text(changed)
    assert not tc.bounds.load(path).verify()


def test_refutations_at_irrational_points_are_saved(tmp_path):
    claim = tc.Claim(sympy.sin(X) > 0, on={"x": (1, sympy.pi)})
    path = tc.prove(claim).save(tmp_path / "proof.json")
    assert tc.bounds.load(path).verify()
