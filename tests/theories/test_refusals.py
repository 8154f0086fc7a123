"""What bounds of theories refuse: risks, confidences, priors and constants that are none."""

import pytest

import theorycalc as tc
from theorycalc.theories import binomial_shrinkage, bounded_attention, pac_bayes_prompts

SETTING = {"K": 1, "n": 10}


@pytest.mark.parametrize("bound", [pac_bayes_prompts.MAURER, pac_bayes_prompts.MCALLESTER])
def test_risks_and_confidences_are_probabilities(bound):
    with pytest.raises(tc.DomainError, match="R ≤ 1"):
        bound.at(R="1.2", delta="0.1", **SETTING)
    with pytest.raises(tc.DomainError, match="δ < 1"):
        bound.at(R="0.2", delta=1, **SETTING)
    with pytest.raises(tc.DomainError, match="p ≤ 1"):
        binomial_shrinkage.RISK.at(l="1/2", n=3, p="3/2", c="1/4")


def test_a_grid_of_constants_is_paid_for_and_has_seen_no_data():
    with pytest.raises(tc.DomainError, match="sum 5/4"):
        pac_bayes_prompts.catoni_grid([1, 2], ["1/2", "3/4"])
    with pytest.raises(tc.DomainError, match="depends on the data"):
        pac_bayes_prompts.catoni_grid([pac_bayes_prompts.R], [1])


def test_jacobians_of_distributions():
    norm = bounded_attention.jacobian_norm
    assert float(norm(["1/4"] * 4)) == 0.25
    assert float(norm([1, 0, 0])) == 0
    assert norm(["1/2", "3/10", "1/5"]).overlaps(bounded_attention.THREE.at(p="1/2", q="3/10"))
    with pytest.raises(tc.DomainError, match="no distribution"):
        norm(["1/2", "1/3"])
