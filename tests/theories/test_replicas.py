"""Theories of the replica method: other routes to their numbers, and their limits."""

import numpy as np
import pytest
from reference import assert_error_holds
from scipy import optimize

import theorycalc as tc
from theorycalc.theories import dense_hebbian_networks as dense
from theorycalc.theories import quadratic_networks, sampling_thresholds

HERMITE = np.polynomial.hermite_e.hermegauss(120)


def normal_mean(f, x):
    nodes, weights = HERMITE
    return weights @ f(x + np.sqrt(x) * nodes) / weights.sum()


def test_perfect_examples_are_patterns():
    """ρ = 0 at T > 0: the Hopfield network, and m = q on the line of Nishimori."""
    found = dense.retrieved(3, "1/5", 0, "1/5").at()
    assert abs(found.mid - tc.inference.Hopfield(3).overlap("1/10", "1/5").at().mid) < 1e-12
    assert abs(found.mid - 0.948732154060) < 1e-11
    assert_error_holds(found, dense.retrieved(3, "1/5", 0, "1/5").at(using=tc.MP(20)))


@pytest.mark.parametrize(("order", "rho"), [(3, 0.1), (4, 0.3), (5, 1)])
def test_no_load_is_larger_than_the_capacity(order, rho):
    load = dense.LOAD.subs(P=order, rho=rho).lambdify()
    found = optimize.minimize_scalar(
        lambda u: -load(np.array([u]))[0], bounds=(0.1, rho**-0.5), method="bounded"
    )
    capacity = dense.capacity(order, str(rho)).at()
    assert float(capacity) == pytest.approx(-found.fun, rel=1e-9)


def test_temperatures_in_order():
    """p = 4: T_K < T_d < T_tri < that of autoregression; at T_tri a curve begins to fall."""
    p = 4
    names = ("static", "dynamic", "diffusion", "autoregression")
    temperatures = [float(getattr(sampling_thresholds, name)(p).at()) for name in names]
    assert temperatures == sorted(temperatures)

    def steepest(heat):
        grid = np.linspace(0.05, 4, 400)
        overlap = np.array([normal_mean(lambda u: np.tanh(u) ** 2, x) for x in grid])
        return np.diff(grid - p / 2 / heat**2 * overlap ** (p - 1)).min()

    assert steepest(temperatures[2] * 1.01) > 0 > steepest(temperatures[2] * 0.99)


def test_the_posterior_is_no_worse_than_ridge_regression():
    """With many hidden units S is nearly Gaussian, and nothing is better than linear."""
    for kappa, alpha in ((0.5, 1), (2, 0.3), (200, 0.4)):
        best = float(tc.inference.QuadraticNetwork(str(kappa), 1).mmse(str(alpha)).at())
        linear = float(quadratic_networks.LINEAR.at(kappa=kappa, alpha=alpha, Delta=1))
        assert best < linear
    assert best > 0.98 * linear
