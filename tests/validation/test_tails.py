"""Heavy tails: the index and its interval, and when Student's t is in doubt."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import theorycalc as tc
from theorycalc.validation import Agreement, Measurement, compare, judge, tails, validate

GENERATOR = np.random.default_rng(21)


@pytest.mark.parametrize("index", [0.7, 1.5, 3.0, 8.0])
def test_the_interval_of_the_index_has_its_level(index):
    """Of 200 samples of a Pareto law on both sides of 0, where the tail is a power throughout."""
    inside, means = 0, []
    for _ in range(200):
        # as many on both sides: the median is 0
        sample = np.repeat([-1, 1], 150) * (1 + GENERATOR.pareto(index, 300))
        found = tails(sample, level=0.1)
        inside += found.interval[0] <= index <= found.interval[1]
        means.append(1 / found.index)
    assert stats.binomtest(inside, 200, 0.9, alternative="less").pvalue > 1e-3
    assert np.mean(means) == pytest.approx(1 / index, rel=0.15)


def failures(draw, truth, replicas, runs=1000):
    """How often one side of t-intervals at 99 % misses, and the share of samples in doubt."""
    limit = stats.t(replicas - 1).isf(0.005)
    low = high = doubts = 0
    for run in range(runs):
        sample = draw(replicas)
        z = (sample.mean() - truth) / (sample.std(ddof=1) / replicas**0.5)
        low, high = low + (z < -limit), high + (z > limit)
        if run < 200:
            doubts += bool(tails(sample).doubt())
    return max(low, high) / runs, doubts / 200


@pytest.mark.parametrize("replicas", [12, 40, 400])
@pytest.mark.parametrize(
    "draw",
    [GENERATOR.standard_normal, GENERATOR.random, GENERATOR.laplace],
    ids=lambda f: f.__name__,
)
def test_light_tails_are_not_in_doubt(draw, replicas):
    def sample(count):
        return draw(size=count)

    truth = 0.5 if draw.__name__ == "random" else 0.0
    missed, doubts = failures(sample, truth, replicas, runs=1000)
    assert missed < 0.02
    assert doubts <= 0.03


@pytest.mark.parametrize(
    ("name", "draw", "truth"),
    [
        ("no variance", lambda n: GENERATOR.pareto(1.2, n), 5.0),
        ("skewed", lambda n: GENERATOR.lognormal(0, 2.0, n), np.exp(2)),
    ],
)
def test_what_t_gets_wrong_is_in_doubt(name, draw, truth):
    missed, doubts = failures(draw, truth, 200)
    assert missed > 0.02
    assert doubts > 0.8


def test_the_skewness_of_an_interval_is_that_of_simulations():
    """The first term of Edgeworth's series, for exponential laws, where it is what matters."""
    assert tails(GENERATOR.exponential(size=10_000)).skewness == pytest.approx(2.0, rel=0.2)
    missed, _ = failures(lambda n: GENERATOR.exponential(size=n), 1.0, 400, runs=6000)
    t = stats.t(399).isf(0.005)
    more = 2 * (2 * t**2 + 1) * stats.norm.pdf(t) / (6 * 400**0.5)
    assert missed == pytest.approx(0.005 + more, rel=0.5)


def test_a_verdict_in_doubt_is_inconclusive():
    sample = np.random.default_rng(1).pareto(1.1, 300)
    measured = Measurement.of(sample)
    for prediction in (measured.mean, 100 * measured.mean):
        found = validate(prediction, measured, smallest=10)
        assert found.agreement is Agreement.INCONCLUSIVE
        assert "no variance" in repr(found)
    (wrong,) = judge([compare("", 1e6, measured, mutant=True)])
    assert wrong.passed is False


@given(st.integers(10, 60), st.integers(0, 9), st.floats(-1e6, 1e6), st.floats(1e-6, 1e6))
def test_units_and_order_do_not_matter(replicas, seed, shift, scale):
    sample = np.random.default_rng(seed).standard_t(3, replicas)
    one = tails(sample)
    two = tails(scale * (sample[::-1] + shift))
    tolerance = 1e-6 * (1 + abs(shift))
    assert two.index == pytest.approx(one.index, rel=tolerance)
    assert two.skewness == pytest.approx(one.skewness, abs=tolerance)
    assert two.gap == pytest.approx(one.gap, abs=tolerance)


@pytest.mark.parametrize("scale", [5e-324, 1e-200, 1e150])
def test_the_ends_of_the_doubles(scale):
    sample = np.random.default_rng(3).integers(-50, 50, 40)
    one, two = tails(sample), tails(scale * sample)
    assert (two.index, two.skewness, two.gap) == pytest.approx((one.index, one.skewness, one.gap))
    assert Measurement.of(scale * sample).mean == pytest.approx(scale * sample.mean(), 1e-9, 1e-323)


def test_few_different_values():
    """Most replicas are equal: nothing is known of a tail."""
    sample = np.zeros(400)
    sample[:3] = 1
    assert tails(sample).index == np.inf
    assert tails(np.arange(200) % 2).doubt() == ""


@pytest.mark.parametrize("samples", [np.ones(50), range(9), [np.nan] * 20, np.ones((4, 5)), "x"])
def test_what_has_no_tails(samples):
    with pytest.raises(tc.DomainError, match=r"too few|without spread|not an? |not finite"):
        tails(samples)
