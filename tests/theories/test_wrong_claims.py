"""What theories prove is sharp where it touches: two per cent more is refuted by the same call."""

from dataclasses import replace

import pytest
import sympy

import theorycalc as tc

TOUCHING = [
    ("extragradient", "no step is better"),
    ("lazy_to_rich", "q(x) ≤ x²/4"),
    ("naive_bayes", "the Bayes error is less"),
    ("private_regression", "t ≤ ε/2"),
    ("unlabeled_mixtures", "labels never hurt"),
]


@pytest.mark.parametrize(("theory", "name"), TOUCHING)
def test_a_little_more_is_refuted(theory, name):
    found = (p for p in tc.theories.get(theory).propositions if p.claim.name == name)
    proposition = next(found)
    relation = proposition.claim.relation
    more = sympy.Ge(relation.gts, relation.lts * sympy.Rational(102, 100), evaluate=False)
    wrong = tc.Claim(more, on=proposition.claim.on, where=proposition.claim.where)
    proof = replace(proposition, claim=wrong, contacts=()).decide()
    assert proof.verdict is tc.Verdict.FAILS
    assert tc.check(wrong, **proof.counterexample).verdict is tc.Verdict.FAILS
