"""Agreement needs power: what is off by as much as matters does not agree."""

import dataclasses

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import theorycalc as tc
from theorycalc.core.decimals import two_digits
from theorycalc.validation import (
    Agreement,
    Measurement,
    compare,
    compare_exponent,
    compare_means,
    judge,
    threshold,
    validate,
)
from theorycalc.validation.statistics import power

GENERATOR = np.random.default_rng(14)


def agreeing(comparisons):
    """How many of comparisons that are judged one by one agree."""
    return sum(judge([c])[0].agreement is Agreement.AGREES for c in comparisons)


@pytest.mark.parametrize("known", [True, False])
def test_a_joint_test_has_the_power_it_states(known):
    """Means off by the smallest deviation that matters agree as rarely as stated; true ones do."""
    root = GENERATOR.normal(size=(4, 4))
    covariance = root @ root.T if known else None
    # in any direction, of length 1/2 in standard deviations
    direction = GENERATOR.normal(size=4)
    off = root @ direction / (2 * np.linalg.norm(direction))
    data = [GENERATOR.normal(size=(140, 4)) @ root.T for _ in range(500)]
    true, wrong = (
        agreeing(compare_means("", samples, mean, covariance) for samples in data)
        for mean in (0.0, off)
    )
    assert stats.binomtest(true, 500, 0.99).pvalue > 1e-3
    assert stats.binomtest(wrong, 500, 0.01, alternative="greater").pvalue > 1e-3
    (validation,) = judge([compare_means("", data[0], 0.0, covariance, smallest=0.4)])
    rejected = sum(
        judge([compare_means("", samples, 0.8 * off, covariance)])[0].agreement
        is Agreement.DEVIATES
        for samples in data
    )
    assert stats.binomtest(rejected, 500, validation.power).pvalue > 1e-3


@pytest.mark.parametrize("replicas", [2, 3, 5, 20, 200])
@pytest.mark.parametrize("comparisons", [1, 10])
def test_a_prediction_that_is_off_by_what_matters_does_not_agree(replicas, comparisons):
    """At any true spread: the probability of agreement, integrated over that of the sample.

    A mean off by 1 is d ~ N(1, s²/R), its estimated spread s√V with V ~ χ²/(R − 1) independent.
    The comparison agrees where |d| ≤ t·error and the power at this error is enough: below the
    largest error that agrees, which is found by bisection.
    """
    limit = threshold(0.01, comparisons, replicas)
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if power(limit, 1 / middle, replicas) >= 0.99 else (low, middle)
    ratio = np.sqrt(stats.chi2.ppf((np.arange(4000) + 0.5) / 4000, replicas - 1) / (replicas - 1))
    for error in np.geomspace(low / 4, 300 * low, 60):
        seen = error * ratio
        bound = limit * seen
        inside = stats.norm.cdf((bound - 1) / error) - stats.norm.cdf((-bound - 1) / error)
        assert np.mean(np.where(seen <= low, inside, 0.0)) <= 0.01


@pytest.mark.parametrize("spread", [0.02, 0.05, 0.1, 0.4])
def test_a_single_mean_keeps_its_word(spread):
    true, wrong = (
        agreeing(
            compare("", mean, Measurement.of(GENERATOR.normal(1.0, spread, size=10)), smallest=0.1)
            for _ in range(400)
        )
        for mean in (1.0, 1 / 1.1)
    )
    assert stats.binomtest(wrong, 400, 0.01, alternative="greater").pvalue > 1e-3
    if spread == 0.02:
        assert stats.binomtest(true, 400, 0.99).pvalue > 1e-3
    if spread == 0.4:
        assert true == 0


def test_eight_replicas_say_nothing_about_six_means():
    samples = np.random.default_rng(0).standard_normal((8, 6))
    for mean in (0.0, np.full(6, 1.0)):
        (validation,) = judge([compare_means("off", samples, mean)])
        assert validation.agreement is Agreement.INCONCLUSIVE
        assert f"power = {validation.power:.2f} for 0.5 sd" in repr(validation)


def test_few_replicas():
    with pytest.raises(tc.DomainError, match="replicas is out of range"):
        validate(1.0, Measurement(1.0, 0.001, 1))
    with pytest.raises(tc.DomainError, match="not a sample"):
        compare_means("", np.zeros((1, 2)), 0.0, np.eye(2))
    # two replicas that happen to be close together are no evidence
    assert validate(1.0, Measurement(1.02, 0.0005, 2)).agreement is Agreement.INCONCLUSIVE
    assert validate(1.0, Measurement(1.01, 0.002, 3)).agreement is Agreement.AGREES
    (known,) = judge([compare_means("", [[0.1, 0.1, 0.1], [0.1, 0.1, 0.2]], 0.0, np.eye(3))])
    assert known.agreement is Agreement.INCONCLUSIVE


def test_an_upper_bound_needs_power_too():
    weak, strong = judge(
        compare_exponent("", -0.5, -0.6, error, at_most=True) for error in (0.1, 0.01)
    )
    assert weak.agreement is Agreement.INCONCLUSIVE
    assert strong.agreement is Agreement.AGREES
    (exceeded,) = judge([compare_exponent("", -0.5, -0.1, 0.05, at_most=True)])
    assert exceeded.agreement is Agreement.DEVIATES


def test_the_radius_of_a_prediction_counts():
    """What the prediction does not know cannot deviate, and what it hides cannot agree."""
    value = tc.Formula("half", sp.Rational(1, 2)).at(using=tc.Ball(30))
    vague = dataclasses.replace(value, rad=mpmath.mpf("0.01"))
    measured = Measurement(0.511, 0.001, None)
    assert validate(value, measured).agreement is Agreement.DEVIATES
    validation = validate(vague, measured)
    assert validation.comparison.z == pytest.approx(1)
    assert validation.agreement is Agreement.AGREES
    assert "0.5 ± 0.01 against" in repr(validation)
    hopeless = dataclasses.replace(value, rad=mpmath.mpf("0.1"))
    assert validate(hopeless, measured).agreement is Agreement.INCONCLUSIVE


def test_numbers_without_an_error():
    """As of a deterministic experiment: nothing but equality agrees."""
    exact, off = (validate(0.5, Measurement(mean, 0.0, None)) for mean in (0.5, 0.5000001))
    assert exact.agreement is Agreement.AGREES
    assert off.agreement is Agreement.DEVIATES
    assert off.comparison.z == np.inf


@pytest.mark.parametrize(
    "comparison",
    [
        lambda: compare("", np.nan, Measurement(1.0, 0.1, 10)),
        lambda: compare("", 1.0, Measurement(np.nan, 0.1, 10)),
        lambda: compare("", 1.0, Measurement(1.0, np.nan, 10)),
        lambda: compare("", 1.0, Measurement(1.0, 0.1, 10), smallest=0),
        lambda: compare_exponent("", np.nan, -0.5, 0.1),
        lambda: compare_exponent("", -0.5, -0.5, 0.1, smallest=-1),
        lambda: compare_means("", np.eye(3)[:, :2], smallest=np.nan),
        lambda: compare_means("", GENERATOR.normal(size=(9, 2)), np.nan),
        lambda: compare_means("", GENERATOR.normal(size=(9, 2)), [1.0, 2.0, 3.0]),
        lambda: compare_means("", np.ones((9, 2))),
        lambda: compare_means("", np.ones((9, 2)), 0.0, -np.eye(2)),
    ],
)
def test_what_is_not_a_comparison(comparison):
    with pytest.raises(tc.DomainError, match="got"):
        comparison()


@pytest.mark.parametrize("level", [0.0, 1.0, -1.0, np.nan])
def test_what_is_not_a_level(level):
    with pytest.raises(tc.DomainError, match="the error level is out of range"):
        validate(1.0, Measurement(1.0, 0.1, 10), level=level)


def test_a_wrong_prediction_never_agrees():
    """Not even where it cannot be told from the truth, and then the experiment has failed."""
    samples = GENERATOR.normal(size=(500, 2))
    (joint,) = judge([compare_means("", samples, smallest=2, mutant=True)])
    (single,) = judge([compare("", 1.0, Measurement(1.0, 1e-6, None), mutant=True)])
    for validation in (joint, single):
        assert validation.agreement is Agreement.INCONCLUSIVE
        assert validation.passed is False


@given(
    scale=st.floats(1e-6, 1e6),
    replicas=st.integers(5, 60),
    smallest=st.floats(0.1, 3),
)
def test_a_joint_verdict_does_not_depend_on_units(scale, replicas, smallest):
    samples = np.random.default_rng(replicas).normal(0.1, 1, size=(replicas, 3))
    units = scale * np.array([1.0, 1e3, -1e-3])
    verdicts = [
        judge([compare_means("", s, smallest=smallest)])[0] for s in (samples, samples * units)
    ]
    assert verdicts[0].agreement is verdicts[1].agreement
    assert verdicts[0].power == verdicts[1].power
    assert verdicts[0].comparison.size == verdicts[1].comparison.size


@pytest.mark.parametrize(
    "comparison",
    [
        compare("estimated", 3, Measurement(3.1, 0.4, 12)),
        compare("known", 3, Measurement(3.1, 0.4, None), bias=0.05),
        compare_exponent("exponent", -0.5, -0.4, 0.1),
        compare_means("T²", GENERATOR.normal(size=(9, 3))),
        compare_means("χ²", GENERATOR.normal(size=(9, 3)), 0.0, np.eye(3)),
    ],
    ids=lambda comparison: comparison.name,
)
@pytest.mark.parametrize("company", [0, 4])
def test_what_is_inconclusive_says_what_to_buy(comparison, company):
    """So many times the replicas reach the power, and fewer do not; so for larger deviations."""
    (validation, *_) = judge([comparison] * (1 + company))
    assert validation.agreement is Agreement.INCONCLUSIVE
    assert f"about {two_digits(validation.replicas_wanted)} times the replicas" in repr(validation)
    for share, enough in ((1.1, True), (0.9, False)):
        more = comparison._scaled(share * validation.replicas_wanted, 1.0)
        limit = threshold(0.01, 1 + company, more.replicas)
        assert (more.power(limit) >= 0.99) == enough
        larger = comparison._scaled(1.0, share * validation.detectable)
        assert (larger.power(validation.threshold) >= 0.99) == enough


def test_a_verdict_that_has_power_needs_no_more():
    (validation,) = judge([compare("", 3, Measurement(3.0, 0.01, 50))])
    assert validation.replicas_wanted == 1 > validation.detectable
    (nothing_matters,) = judge([compare("", 0, Measurement(0.0, 0.01, 50))])
    assert nothing_matters.replicas_wanted == nothing_matters.detectable == np.inf


@pytest.mark.parametrize(("bias", "error"), [(0.02, 0.005), (0.2, 0.01), (0.5, 0.002)])
def test_the_width_that_would_decide(bias, error):
    """At this width the bias b/m leaves room for the power; a little below it does not."""

    def at(width):
        measured = Measurement(2.0, error, 20)
        return validate(2, measured, bias=bias * 64 / width, width=round(width))

    wanted = at(64).width_wanted
    assert f"width {int(wanted) + 1} would decide" in repr(at(64)) or wanted < 64
    assert at(1.05 * wanted).power >= 0.99 > at(0.95 * wanted).power
    noisy = validate(2, Measurement(2.0, 0.1, 20), bias=bias, width=64)
    assert noisy.width_wanted == np.inf
    assert "width" not in repr(noisy)


@pytest.mark.parametrize("off", [0.0, 0.2])
def test_looking_again_and_again_keeps_the_level(off):
    """Of 200 true predictions few deviate, of 200 that are off by what matters few agree."""
    wrong = Agreement.AGREES if off else Agreement.DEVIATES
    options = {"level": 0.1, "smallest": 0.2, "until": "decided", "most": 512}
    found = []
    for run in range(200):
        stream = np.random.default_rng((run, int(10 * off)))

        def draw(replicas, stream=stream):
            return 1 + 0.5 * stream.standard_normal(len(replicas))

        found.append(validate(1 + off, draw, **options))
    errors = sum(v.agreement is wrong for v in found)
    assert stats.binomtest(errors, 200, 0.1, alternative="greater").pvalue > 1e-3
    decided = sum(v.agreement is not Agreement.INCONCLUSIVE for v in found)
    assert decided > 190
    # most stop early
    assert np.median([v.comparison.replicas for v in found]) < 512


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"until": "decidd"}, "Try 'decided'"),
        ({"until": "decided", "measurement": Measurement(1, 0.1, 5)}, "not a function of a range"),
        ({"until": "decided", "most": 3}, "most is too small"),
        ({"until": "decided", "level": 2}, "level"),
    ],
)
def test_bad_sequences(change, message):
    options = {"measurement": lambda replicas: np.zeros(len(replicas))} | change
    with pytest.raises(tc.DomainError, match=message):
        validate(1.0, options.pop("measurement"), **options)
