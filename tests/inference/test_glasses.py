"""Spin glasses with a step of replica symmetry breaking: order of bounds, limits, trial values."""

import numpy as np
import pytest
from scipy import stats

import theorycalc as tc
from theorycalc import inference


def trial(beta, h, first, second, x):
    """The trial free energy of two overlaps by the trapezoidal rule, exact for Gaussian means."""
    v = np.linspace(-10, 10, 401)
    weights = stats.norm.pdf(v) * (v[1] - v[0])
    z = v[:, None]
    spins = 2 * np.cosh(beta * (h + np.sqrt(first) * z + np.sqrt(second - first) * v))
    energy = 1 - 2 * second + (1 - x) * second**2 + x * first**2
    return -beta / 4 * energy - weights @ np.log(spins**x @ weights) / (x * beta)


def test_one_step_is_the_largest_trial_value():
    """f is its trial value at the published maximum, and nothing next to it is larger."""
    broken = inference.SK("1/2").free_energy("1RSB").at()
    top = trial(2, 0, 0.214631, 0.619201, 0.281843)
    assert abs(broken.mid - top) < 1e-9
    for place in ((0.25, 0.62, 0.28), (0.21, 0.58, 0.28), (0.21, 0.62, 0.35)):
        assert trial(2, 0, *place) < broken.lower


@pytest.mark.parametrize("setting", [("1/2", "0"), ("1/2", "3/10"), ("1/10", "0")])
def test_a_step_raises_the_lower_bound(setting):
    model = inference.SK(*setting)
    symmetric, broken = model.free_energy().at(), model.free_energy("1RSB").at()
    assert symmetric.upper < broken.lower
    assert broken.rad < 1e-12


def test_where_it_is_stable_a_step_changes_nothing():
    model = inference.SK("6/5", "2/5")
    assert model.free_energy("1RSB").expr == model.free_energy().expr


def test_the_ground_state_is_the_limit():
    """−√(2/π) < one step with q₀ = 0 < one step < Parisi's −.76321."""
    symmetric, broken = (inference.sk_ground_energy(name).at() for name in ("RS", "1RSB"))
    assert symmetric.mid < -0.768828025558 < broken.mid < -0.76321
    near = [inference.SK(heat).free_energy("1RSB").at() for heat in ("1/10", "1/20")]
    assert broken.mid < near[1].mid < near[0].mid < broken.mid + 1e-3
    with pytest.raises(tc.NotSupportedError):
        inference.SK("1/100").free_energy("1RSB").at()
    with pytest.raises(tc.DomainError, match="ansatz"):
        inference.SK("1/2").free_energy("2RSB")
