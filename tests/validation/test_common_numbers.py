"""Common random numbers: what they save, and what they bias."""

import numpy as np
import pytest
from scipy import stats

import theorycalc as tc
from theorycalc.validation import Measurement, compare

GENERATOR = np.random.default_rng(22)


def test_a_control_removes_what_it_saw():
    """Of normal pairs the interval has its level, and nothing is biased."""
    missed, biases = 0, []
    for _ in range(300):
        control = GENERATOR.normal(2.0, 1.0, 12)
        samples = 5 + 3 * (control - 2) + 0.2 * GENERATOR.standard_normal(12)
        found = Measurement.paired(samples, control, 2)
        missed += abs(found.mean - 5) > stats.t(10).isf(0.05) * found.standard_error
        biases.append(found.mean - 5)
        assert found.replicas == 11
    assert stats.binomtest(missed, 300, 0.1).pvalue > 1e-3
    assert abs(np.mean(biases)) < 4 * np.std(biases) / 300**0.5


def test_the_bias_of_a_fitted_coefficient_is_named():
    """Samples are the square of a skewed control: β is as far off as the control is."""
    runs = [GENERATOR.exponential(size=9) for _ in range(2000)]
    found = [Measurement.paired(x**2, x, 1.0) for x in runs]
    off = np.array([m.mean - 2 for m in found])
    bias, error = off.mean(), off.std() / len(off) ** 0.5
    assert abs(bias) > 8 * error
    # of one sample it is an estimate, of thousands it is right to the order
    assert abs(bias) / 3 < np.mean([m.bias for m in found]) < 3 * abs(bias)
    fixed = np.array([Measurement.paired(x**2, x, 1.0, coefficient=4).mean - 2 for x in runs])
    assert abs(fixed.mean()) < 4 * fixed.std() / len(fixed) ** 0.5


def test_the_jackknife_against_leaving_out():
    x, y = GENERATOR.normal(1, 1, 9), GENERATOR.normal(size=9)

    def fitted(keep):
        return np.polynomial.polynomial.polyfit(x[keep] - 0.5, y[keep], 1)[0]

    everything = np.arange(9)
    left_out = [fitted(np.delete(everything, i)) for i in everything]
    wanted = 8 * abs(np.mean(left_out) - fitted(everything))
    assert Measurement.paired(y, x, 0.5).bias == pytest.approx(wanted)


def test_a_named_bias_is_allowed():
    measured = Measurement(1.03, 0.001, None, bias=0.02)
    assert compare("", 1, measured).z == pytest.approx(10)
    assert compare("", 1, measured).resolution == pytest.approx(0.001 / 0.03)


@pytest.mark.parametrize("nested", [True, False])
def test_references_of_finite_width(nested):
    """f_m − f is a mean of m independent vectors: E‖f_m − f_M‖² is known at all widths."""
    m, reference, size = 8, 32, 4000
    others = GENERATOR.standard_normal((size, reference, 3))
    narrow = others[:, :m] if nested else GENERATOR.standard_normal((size, m, 3))
    squared = ((narrow.mean(axis=1) - others.mean(axis=1)) ** 2).sum(axis=1)
    found = Measurement.from_reference(squared, m, reference, nested=nested)
    assert abs(found.mean - 3) < 4 * found.standard_error
    plain = m * squared.mean()
    assert abs(plain - 3) > 8 * m * found.standard_error / m


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Measurement.paired([1, 2, 3, 4], [1, 2, 3], 0), "no pairs"),
        (lambda: Measurement.paired([1, 2, 3], [1, 2, 3], 0), "too little for a coefficient"),
        (lambda: Measurement.paired([1, 2, 3, 4], [1, 1, 1, 1], 0), "controls that are not all"),
        (lambda: Measurement.paired([1, 2, 3, 4], [1, 2, 3, 5], np.nan), "expected"),
        (lambda: Measurement.from_reference([1, 2], 4, 4, nested=True), "reference is too small"),
        (lambda: Measurement.from_reference([1, 2], 4, 8, nested=3), "nested"),
        (lambda: Measurement(1, 0, None, bias=-1), "bias is out of range"),
    ],
)
def test_bad_pairs(make, message):
    with pytest.raises(tc.DomainError, match=message):
        make()
