"""Claims on ranges: true ones are proved, false ones refuted, and no verdict is wrong."""

import json
from pathlib import Path

import pytest
import sympy
from sympy.parsing.sympy_parser import parse_expr, rationalize, standard_transformations

import theorycalc as tc

X = sympy.Symbol("x", real=True)
DATA = json.loads((Path(__file__).parents[1] / "data" / "claims.json").read_text())["claims"]


def read(record: dict) -> tc.Claim:
    names = {name: sympy.Symbol(name) for name in record["variables"]}
    rules = (*standard_transformations, rationalize)
    relation = parse_expr(record["relation"], local_dict=names, transformations=rules)
    on = {}
    for name, told in record["variables"].items():
        ends = [sympy.sympify(told[end], rational=True) for end in ("low", "high")]
        on[name] = tc.integers(*ends) if told["integer"] else tuple(ends)
    return tc.Claim(relation, on=on)


@pytest.mark.parametrize("record", DATA, ids=lambda record: record["name"])
def test_verdict(record):
    claim = read(record)
    proof = tc.prove(claim)
    if record["truth"] == "false":
        assert proof.verdict is tc.Verdict.FAILS
        assert tc.check(claim, **proof.counterexample).verdict is tc.Verdict.FAILS
        assert proof.margin.upper <= 0
        assert all(len(str(x)) <= 24 for x in proof.counterexample.values())
    else:
        assert proof.verdict is tc.Verdict.HOLDS
        assert proof.verify()


@pytest.mark.parametrize(
    ("side", "end"),
    [(-sympy.log(X), 0), (1 / X, 0), (sympy.tan(sympy.pi * X / 2), 1), (X * sympy.log(X), 0)],
    ids=str,
)
def test_a_side_that_is_infinite_at_an_end_is_told(side, end):
    with pytest.raises(tc.DomainError, match=f"not real at x = {end}.*Interval.open"):
        tc.prove(tc.Claim(side >= X - 1, on={"x": (0, 1)}))


def test_the_inequality_of_pinsker_says_where_a_divergence_is_infinite():
    q, p = sympy.symbols("q p")
    claim = tc.information.kl(q, p).expr >= 2 * (p - q) ** 2
    with pytest.raises(tc.DomainError, match=r"not real at .*p = 0"):
        tc.prove(tc.Claim(claim, on={"p": (0, 1), "q": ("1/4", 1)}))
    one = claim.subs(q, sympy.Rational(1, 3))
    proof = tc.prove(tc.Claim(one, on={"p": sympy.Interval.open(0, 1)}))
    assert proof.verdict is tc.Verdict.HOLDS


def test_divergences_are_searched_up_to_their_ends():
    """log 3 at q = 1, beside which they have no value."""
    claim = tc.Claim(tc.information.kl(X, "1/3").expr <= sympy.log(3), on={"x": (0, 1)})
    assert tc.search(claim, budget=300).point == {"x": 1}
