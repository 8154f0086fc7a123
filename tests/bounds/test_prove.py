"""Claims on ranges: true ones are proved, false ones refuted, and no verdict is wrong."""

import json
from pathlib import Path

import pytest
import sympy
from sympy.parsing.sympy_parser import parse_expr, rationalize, standard_transformations

import theorycalc as tc

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
