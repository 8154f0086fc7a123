"""Verdicts: what agrees, what deviates, what says nothing."""

import numpy as np
import pytest
import sympy as sp
from scipy import stats

import theorycalc as tc
from theorycalc.validation import (
    Agreement,
    Measurement,
    compare,
    compare_exponent,
    compare_means,
    judge,
    validate,
)

GENERATOR = np.random.default_rng(8)
EXACT_HALF = tc.Formula("half", sp.Rational(1, 2))


@pytest.mark.parametrize(
    "prediction", [0.5, EXACT_HALF, EXACT_HALF.at(using=tc.Ball(30)), sp.Rational(1, 2)]
)
def test_forms_of_a_prediction(prediction):
    validation = validate(prediction, Measurement(0.501, 0.001, 100))
    assert validation.comparison.z == pytest.approx(1)
    assert validation.agreement is Agreement.AGREES
    assert validation.passed is True


def test_deviation_and_wrong_predictions():
    measurement = Measurement(0.55, 0.001, 100)
    assert validate(0.5, measurement).agreement is Agreement.DEVIATES
    (mutant,) = judge([compare("", 0.5, measurement, mutant=True)])
    assert mutant.passed is True
    (overlooked,) = judge([compare("", 0.55, measurement, mutant=True)])
    assert overlooked.passed is False


def test_an_allowed_bias_is_subtracted_on_both_sides():
    for mean in (0.45, 0.55):
        assert validate(0.5, Measurement(mean, 0.001, 100), bias=0.0495).comparison.z == (
            pytest.approx(np.sign(mean - 0.5) * 0.5)
        )


def test_weak_evidence_is_no_agreement():
    """With an error of 30 % a deviation of 5 % could not have been seen."""
    weak = validate(1.0, Measurement(1.1, 0.3, 20))
    assert weak.agreement is Agreement.INCONCLUSIVE
    assert weak.passed is None
    # but it is enough to see that a prediction is wrong by far
    assert validate(5.0, Measurement(1.1, 0.3, 20)).agreement is Agreement.DEVIATES
    assert validate(0.0, Measurement(0.1, 0.3, 20)).agreement is Agreement.INCONCLUSIVE


def test_an_upper_bound_is_one_sided():
    below, above = judge(
        [
            compare_exponent("", -0.5, -0.9, 0.02, at_most=True),
            compare_exponent("", -0.5, -0.3, 0.02, at_most=True),
        ]
    )
    assert below.agreement is Agreement.AGREES
    assert above.agreement is Agreement.DEVIATES
    assert "≤ -0.5" in below.comparison.predicted


def test_a_joint_test_reports_a_normal_deviate():
    samples = GENERATOR.normal(size=(60, 3))
    comparison = compare_means("", samples, 0.0, np.eye(3))
    statistic = float(60 * np.sum(samples.mean(axis=0) ** 2))
    assert comparison.z == pytest.approx(stats.norm.isf(stats.chi2.sf(statistic, 3) / 2))


def test_the_level_is_shared_by_all_comparisons():
    """Of 500 experiments with ten true predictions each, about one per cent deviate."""
    deviating = 0
    for _ in range(500):
        samples = GENERATOR.normal(1.0, 0.01, size=(10, 30))
        validations = judge(compare("", 1.0, Measurement.of(row)) for row in samples)
        deviating += any(v.agreement is Agreement.DEVIATES for v in validations)
    assert stats.binomtest(deviating, 500, 0.01).pvalue > 1e-3


def test_an_agreement_is_not_a_truth_value():
    with pytest.raises(tc.DomainError, match="not a truth value"):
        bool(Agreement.AGREES)
