"""Thresholds, joint tests and fits against their exact laws and against simulation."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

import theorycalc as tc
from theorycalc.validation import (
    Agreement,
    FiniteSizeLaw,
    Measurement,
    PowerLaw,
    compare,
    compare_exponent,
    fit_exponent,
    judge,
    mean_test,
    tails,
    threshold,
    validate,
)
from theorycalc.validation.statistics import power

GENERATOR = np.random.default_rng(0)


@pytest.mark.parametrize(
    ("level", "comparisons", "replicas", "expected"),
    [
        # tables of the normal and of Student's t: z_{0.995}, z_{0.975}, t_{0.995, 9}, t_{0.975, 4}
        (0.01, 1, None, 2.5758),
        (0.05, 1, None, 1.9600),
        (0.01, 1, 10, 3.2498),
        (0.05, 1, 5, 2.7764),
        # Šidák for ten: single level 1 − 0.99^{1/10} = 0.00100453
        (0.01, 10, None, 3.2893),
    ],
)
def test_thresholds_of_tables(level, comparisons, replicas, expected):
    assert threshold(level, comparisons, replicas) == pytest.approx(expected, abs=1e-4)


@given(level=st.floats(1e-6, 0.5), comparisons=st.integers(1, 100))
def test_family_wise_level(level, comparisons):
    """The probability that one of ``comparisons`` independent z exceeds it is the level."""
    single = 2 * stats.norm.sf(threshold(level, comparisons))
    assert -np.expm1(comparisons * np.log1p(-single)) == pytest.approx(level, rel=1e-9)


def test_measurements():
    samples = GENERATOR.exponential(size=200_000)
    mean, variance = Measurement.of(samples), Measurement.of_variance(samples)
    assert abs(mean.mean - 1) < 5 * mean.standard_error
    assert mean.standard_error == pytest.approx(200_000**-0.5, rel=0.02)
    # an exponential has μ₄ = 9, so that the variance of its sample variance is (9 − 1)/n
    assert abs(variance.mean - 1) < 5 * variance.standard_error
    assert variance.standard_error == pytest.approx((8 / 200_000) ** 0.5, rel=0.1)


@pytest.mark.parametrize("replicas", [8, 30])
def test_the_variance_of_few_replicas_keeps_its_level(replicas):
    """Cube roots do; the variances themselves, by Student's t, miss three times as often."""
    limit = threshold(0.01, 1, replicas)
    missed = plain = doubts = 0
    for sample in GENERATOR.normal(3, 0.1, size=(800, replicas)):
        found = Measurement.of_variance(sample)
        missed += abs(compare("", 0.01, found).z) > limit
        plain += abs(found.mean - 0.01) > limit * found.standard_error
        doubts += bool(found.doubt)
    assert stats.binomtest(missed, 800, 0.015, alternative="greater").pvalue > 1e-3
    assert plain > 3 * 8
    assert doubts < 0.05 * 800


def test_a_variance_of_heavy_tails_is_in_doubt():
    found = [Measurement.of_variance(x) for x in GENERATOR.standard_t(1.5, size=(60, 400))]
    assert np.mean([bool(m.doubt) for m in found]) > 0.8
    two = Measurement.of_variance([0.0, 1.0] * 20)
    assert not two.doubt
    assert compare("", 0.25, two).z == pytest.approx(0, abs=1)
    assert compare("", 0.0, two).z == np.inf


_SPREAD = np.random.default_rng(1).standard_normal(16)


@pytest.mark.parametrize(
    "measure",
    [
        lambda: Measurement.of([1.0] * 16),
        lambda: Measurement.of([0.1] * 16),
        lambda: Measurement.of(0.1 * (1 + 1e-16 * _SPREAD)),
        lambda: Measurement.of_variance([2.0] * 5),
        lambda: Measurement.paired([1.0] * 16, _SPREAD, 0),
        lambda: Measurement.paired(2 * _SPREAD + 1, _SPREAD, 0),
        lambda: Measurement.paired(_SPREAD, _SPREAD, 0, coefficient=1),
        lambda: Measurement.from_reference([1.0] * 3, 2, 4, nested=True),
        lambda: Measurement(1.0, 0.0, 16),
        lambda: mean_test(np.ones((9, 2)), 1.0, np.eye(2)),
        lambda: mean_test(np.ones((9, 2)), 1.0),
        lambda: fit_exponent([1, 2], [[0.1] * 3, [1.0, 2.0, 3.0]]),
        lambda: tails([0.1] * 12),
        lambda: validate(1.0, lambda replicas: [1.0 for _ in replicas], until="decided"),
    ],
)
def test_replicas_without_spread_say_nothing(measure):
    with pytest.raises(tc.DomainError, match="replicas without spread have no standard error"):
        measure()


def test_an_interval_takes_three_replicas():
    for measure in (
        Measurement.of,
        Measurement.of_variance,
        lambda x: fit_exponent([1, 2], [x, x]),
    ):
        with pytest.raises(tc.DomainError, match="too few replicas for an interval: got 2"):
            measure([1.0, 2.0])
    # a number that is known is no sample
    assert validate(1.0, Measurement(1.0, 0.0, None)).agreement is Agreement.AGREES
    assert validate(1.0, Measurement(1.0 + 1e-9, 0.0, None)).agreement is Agreement.DEVIATES


@pytest.mark.parametrize("known", [True, False])
def test_joint_tests_keep_their_level(known):
    """Over many true predictions the p-values are uniform; a shifted one is found."""
    root = GENERATOR.normal(size=(4, 4))
    covariance = root @ root.T
    p_values = []
    for _ in range(400):
        samples = GENERATOR.normal(size=(12, 4)) @ root.T + 1
        p_values.append(mean_test(samples, 1.0, covariance if known else None)[2])
    assert stats.kstest(p_values, "uniform").pvalue > 1e-3
    shifted = GENERATOR.normal(size=(200, 4)) @ root.T + 0.5 * np.diag(covariance) ** 0.5
    statistic, freedom, p = mean_test(shifted, 0.0, covariance if known else None)
    assert freedom == 4
    assert statistic > 30
    assert p < 1e-6


def test_hotelling_is_student_squared_in_one_dimension():
    samples = GENERATOR.normal(0.3, size=(9, 1))
    student = stats.ttest_1samp(samples[:, 0], 0)
    statistic, _, p = mean_test(samples)
    assert statistic == pytest.approx(student.statistic**2)
    assert p == pytest.approx(student.pvalue)


def test_a_power_law_and_its_drift():
    sizes = np.array([16, 32, 64, 128])
    pure = [3 * m**-0.7 * GENERATOR.lognormal(0, 0.05, size=300) for m in sizes]
    law = PowerLaw.fit(sizes, pure)
    assert law.interval[0] < -0.7 < law.interval[1]
    reach = stats.t.isf(0.025, law.freedom) * law.standard_error
    assert law.interval[1] - law.slope == pytest.approx(reach)
    assert abs(law.slope + 0.7) < 4 * law.standard_error
    bent = [samples * (1 - 6 / m) for samples, m in zip(pure, sizes, strict=True)]
    drifting = PowerLaw.fit(sizes, bent)
    assert drifting.interval[0] > -0.7
    assert drifting.slope > drifting.windows[0] > drifting.windows[1]


def test_the_window_of_a_pure_law_does_not_matter():
    """Of 60 pure power laws hardly one drifts by chance; with a correction most do."""
    sizes, drifting, bent = np.array([8, 16, 32, 64, 128]), 0, 0
    for _ in range(60):
        samples = [3 * m**-0.7 * GENERATOR.gamma(4, 0.25, 100) for m in sizes]
        drifting += not fit_exponent(sizes, samples).settled
        samples = [(1 + 16 / m) * x for m, x in zip(sizes, samples, strict=True)]
        bent += not fit_exponent(sizes[::-1], samples[::-1]).settled
    assert stats.binomtest(drifting, 60, 0.02, alternative="greater").pvalue > 1e-3
    assert bent > 40


@pytest.mark.parametrize(("replicas", "skewed"), [(4, False), (12, True)])
def test_the_interval_of_an_exponent_has_its_level(replicas, skewed):
    """Of few replicas too, and of replicas that are skew; a verdict on it has that of its own."""
    sizes, missed, wrong = np.array([8.0, 16.0, 32.0, 64.0, 128.0]), 0, 0
    for _ in range(500):
        shape = (5, replicas)
        noise = GENERATOR.gamma(4, 0.25, shape) if skewed else GENERATOR.normal(1, 0.2, shape)
        law = fit_exponent(sizes, noise / sizes[:, None])
        missed += not law.interval[0] <= -1 <= law.interval[1]
        found = compare_exponent("", -1, law)
        wrong += abs(found.z) > threshold(0.01, 1, found.replicas)
    assert stats.binomtest(missed, 500, 0.06, alternative="greater").pvalue > 1e-3
    assert stats.binomtest(wrong, 500, 0.012, alternative="greater").pvalue > 1e-3


def test_an_exponent_of_two_sizes_is_the_test_of_welch():
    """Of log(mean) instead of the mean, to first order."""
    one, two = GENERATOR.normal(100, 1, 6), GENERATOR.normal(200, 3, 11)
    law = fit_exponent([1, 2], [one, two])
    found = stats.ttest_ind(one / one.mean(), two / two.mean(), equal_var=False)
    assert law.freedom == pytest.approx(found.df)
    error = (one.var(ddof=1) / 6 / one.mean() ** 2 + two.var(ddof=1) / 11 / two.mean() ** 2) ** 0.5
    assert law.standard_error * np.log(2) == pytest.approx(error)


def test_an_exponent_that_depends_on_its_window_is_inconclusive():
    sizes = [8, 16, 32, 64]
    pure = [m**-1.0 * GENERATOR.gamma(100, 0.01, 100) for m in sizes]
    bent = [(1 + 8 / m) * x for m, x in zip(sizes, pure, strict=True)]
    for samples, wanted in ((pure, Agreement.AGREES), (bent, Agreement.INCONCLUSIVE)):
        law = fit_exponent(sizes, samples)
        (found,) = judge([compare_exponent("", -1, law)])
        assert found.agreement is wanted
        assert ("not yet asymptotic" in repr(found)) == (not law.settled)
    assert PowerLaw.fit(sizes, pure) == fit_exponent(sizes, pure)


def test_means_that_may_be_negative():
    with pytest.raises(tc.DomainError, match="may be negative"):
        fit_exponent([8, 16], [[-1.0, 1.5, 1.0], [2.0, 3.0, 2.0]])


@pytest.mark.parametrize("free", [False, True])
def test_a_finite_size_law_finds_what_made_the_data(free):
    sizes, errors = np.array([32, 64, 128, 256, 512]), 0.004
    means = 5 * sizes**-0.5 * (1 - 7 / sizes) * (1 + errors * GENERATOR.normal(size=5))
    law = FiniteSizeLaw.fit(sizes, [Measurement(m, errors * m, 100) for m in means], 0.5, free=free)
    assert law.p_value > 1e-3
    assert abs(law.power - 0.5) <= 4 * law.power_error
    assert law.correction == pytest.approx(-7, rel=0.3)
    assert law(10_000) == pytest.approx(0.05, rel=0.15)


def test_a_wrong_power_does_not_fit():
    sizes = np.array([32, 64, 128, 256, 512])
    measurements = [Measurement(m**-0.5, 0.001 * m**-0.5, 100) for m in sizes]
    assert FiniteSizeLaw.fit(sizes, measurements, 1.0).p_value < 1e-6
    assert FiniteSizeLaw.fit(sizes[:2], measurements[:2], 0.5).p_value == 1


def test_limits_of_fits_have_the_error_of_their_spread():
    """Of 300 fits to c (1 + b/size): c and b are off by their errors, and no less."""
    generator, sizes, error = np.random.default_rng(0), np.array([50, 100, 200]), 4e-3
    c, b, fits = 0.5, -6, []
    for _ in range(300):
        means = c * (1 + b / sizes) + error * generator.standard_normal(3)
        fits.append(FiniteSizeLaw.fit(sizes, [Measurement(m, error, 9) for m in means], 0))
    off = [
        [(f.constant - c) / f.constant_error, (f.correction - b) / f.correction_error] for f in fits
    ]
    assert np.std(off, axis=0) == pytest.approx([1, 1], abs=0.13)
    assert abs(np.mean(off, axis=0)).max() < 0.25
    assert sum(bool(f.limit.doubt) for f in fits) < 12
    assert fits[0].limit.replicas == 9
    bent = [Measurement(x, error, 9) for x in (0.3, 0.6, 0.3)]
    assert FiniteSizeLaw.fit(sizes, bent, 0).limit.doubt


def test_powers_at_huge_shifts_are_numbers():
    """SciPy's noncentral t is none."""
    assert power(3.0, 1e14, 20) == 1


@pytest.mark.parametrize("samples", [[], [1.0], [1.0, np.nan], [[1.0, 2.0], [3.0, 4.0]]])
def test_what_is_no_sample(samples):
    with pytest.raises(tc.DomainError, match=r"not a sample|not finite"):
        Measurement.of(samples)


def test_too_few_replicas_for_a_covariance():
    with pytest.raises(tc.DomainError, match="too few replicas"):
        mean_test(np.eye(3))


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"power": np.nan}, "power"),
        ({"power_error": -1.0}, "power_error"),
        ({"constant": -1}, "constant"),
        ({"constant": np.inf}, "constant"),
        ({"correction": -np.inf}, "correction"),
        ({"p_value": 2}, "p_value"),
        ({"p_value": np.nan}, "p_value"),
    ],
)
def test_fits_hold_numbers(fields, wrong):
    allowed = {"power": -1, "power_error": 0, "constant": 1, "correction": 0, "p_value": 1}
    FiniteSizeLaw(**allowed)
    with pytest.raises(tc.DomainError, match=f"FiniteSizeLaw: {wrong} is out of range"):
        FiniteSizeLaw(**allowed | fields)


def test_other_records_hold_numbers():
    for call in (
        lambda: PowerLaw(np.nan, 0.1, (0.0, 1.0), ()),
        lambda: PowerLaw(1.0, -0.1, (0.0, 1.0), ()),
        lambda: Measurement(np.inf, 1.0, 3),
        lambda: Measurement(0.0, -1.0, 3),
        lambda: Measurement(0.0, 1.0, -3),
        lambda: tc.validation.Comparison(name="", predicted="", measured="", z=1.0, replicas=0),
    ):
        with pytest.raises(tc.DomainError, match="is out of range"):
            call()


@pytest.mark.parametrize("size", [1e308, 1e200, -1.5e308])
@pytest.mark.filterwarnings("error")
def test_samples_beyond_doubles_are_refused(size):
    large = size * np.array([[1.0, 1.1], [0.9, 1.0], [1.1, 0.8]])
    for call in (
        lambda: mean_test(large),
        lambda: tc.validation.compare_means("", large),
        lambda: Measurement.of_variance(large[:, 0]),
    ):
        with pytest.raises(tc.DomainError):
            call()
