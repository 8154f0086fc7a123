"""Capacities, associative memories, the SK model, the LASSO: identities and other forms."""

import numpy as np
import pytest
import sympy as sp
from reference import assert_error_holds
from scipy import integrate, optimize, stats

import theorycalc as tc
from theorycalc import inference


@pytest.mark.parametrize("kappa", ["0", "1/3", 2])
def test_a_spherical_capacity_is_a_mean_square(kappa):
    k = float(sp.Rational(kappa))
    mean, _ = integrate.quad(lambda t: (t + k) ** 2 * stats.norm.pdf(t), -k, 40)
    value = inference.capacity(kappa).at(using=tc.Ball(15))
    assert float(value) == pytest.approx(1 / mean, rel=1e-9)


def test_binary_weights():
    load = inference.capacity(weights="binary").at(using=tc.Ball(12))
    assert load.rigor is tc.Rigor.CERTIFIED
    assert_error_holds(inference.capacity(weights="binary").at(), load)
    assert abs(float(inference.storage_entropy("1/10000").at()) - np.log(2)) < 1e-3
    assert inference.storage_entropy("9/10").note
    assert float(inference.storage_entropy("9/10").at()) < 0


@pytest.mark.parametrize("order", [2, 3, 5])
def test_a_capacity_is_the_largest_load(order):
    memory = inference.Hopfield(order)
    load = sp.lambdify(sp.Symbol("s", positive=True), memory._load()[0], "scipy")
    found = optimize.minimize_scalar(lambda x: -load(x), bounds=(0.5, 6), method="bounded")
    assert float(memory.capacity().at()) == pytest.approx(-found.fun / int(memory.noise), rel=1e-9)
    near = sp.Rational(99, 100) * sp.Rational(str(float(memory.capacity().at())))
    assert float(memory.overlap(near).at()) > float(memory.overlap_at_capacity().at())


def test_energies_differ_in_their_noise():
    """T = 0: the same at equal αg; on the Nishimori line of distinct spins m = q."""
    distinct, plain = (inference.Hopfield(3, energy) for energy in ("distinct", "plain_power"))
    assert distinct.overlap("1/20").at().overlaps(plain.overlap("1/30").at())
    m, q = (getattr(distinct, name)("1/10", "1/5").at() for name in ("overlap", "q"))
    assert abs(m.mid - q.mid) < 1e-12
    assert not distinct.overlap("1/50", "3/10").at().overlaps(plain.overlap("1/50", "3/10").at())
    four = inference.Hopfield(4, "plain_power")._correlation()
    [x] = four.free_symbols
    assert sp.expand(four - 9 * x - 6 * x**3) == 0


def test_spins_in_a_field():
    assert inference.SK("3/2").q().expr == 0
    assert inference.SK("1/2").free_energy().note
    assert not inference.SK("6/5", "2/5").free_energy().note
    assert not inference.SK(1).free_energy().note  # at the edge
    # T → 0: the ground state of the replica-symmetric ansatz
    assert abs(float(inference.SK("1e-6").free_energy().at()) + np.sqrt(2 / np.pi)) < 1e-6
    near = float(inference.sk_instability_field("999/1000").at())
    assert near == pytest.approx(np.sqrt(4 / 3 * 1e-9), rel=2e-3)
    field = inference.sk_instability_field("1/2").at()
    stable = inference.SK("1/2", sp.Rational(str(float(field)))).stability().at()
    assert abs(stable.mid - 1) < 1e-10


@pytest.mark.parametrize("setting", [("1/10", "1/2", "1/100", "3/2"), ("1/3", 2, "1/4", "4/5")])
def test_the_lasso_by_the_identity_of_stein(setting):
    """mse = τ²(2 act − 1) + E min(u², θ²) for u = x + τ z."""
    state = inference.lasso(*setting)
    tau, act, mse = (float(getattr(state, x)().at()) for x in ("tau", "active_fraction", "mse"))
    rho, theta = float(sp.Rational(setting[0])), float(sp.Rational(setting[3])) * tau
    clipped = 0.0
    for weight, spread in ((rho, np.hypot(1, tau)), (1 - rho, tau)):
        u = np.linspace(-12, 12, 400001) * spread
        density = stats.norm.pdf(u, scale=spread)
        clipped += weight * np.sum(np.minimum(u**2, theta**2) * density) * (u[1] - u[0])
    assert mse == pytest.approx(tau**2 * (2 * act - 1) + clipped, rel=1e-7)
    assert tau**2 == pytest.approx(float(sp.Rational(setting[2])) + mse / float(state.delta))
    assert_error_holds(state.mse().at(), state.mse().at(using=tc.Ball(30)))


def test_recovery_by_its_other_form():
    def ratio(z, delta):
        g = (1 + z**2) * stats.norm.cdf(-z) - z * stats.norm.pdf(z)
        return -(1 - 2 / delta * g) / (1 + z**2 - 2 * g)

    found = optimize.minimize_scalar(ratio, bounds=(0.05, 5), args=(0.25,), method="bounded")
    value = inference.sparse_recovery("1/4").at(using=tc.Ball(12))
    assert float(value) == pytest.approx(-found.fun, rel=1e-9)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: inference.capacity(weights="ternary"),
        lambda: inference.Hopfield(1),
        lambda: inference.Hopfield(2, "other"),
        lambda: inference.Hopfield(2).overlap("1/5"),
        lambda: inference.Hopfield(2).overlap("1/20", -1),
        lambda: inference.Hopfield(2).overlap("1/1000", "3/2"),
        lambda: inference.Hopfield(3).overlap("1/100", "3/5"),
        lambda: inference.storage_entropy(2),
        lambda: inference.lasso("1/10", "1/2", "1/100", "1e400"),
        lambda: inference.franz_parisi(3, "1/2"),
        lambda: inference.franz_parisi(1, -1),
        lambda: inference.SK(0),
        lambda: inference.SK(1, -1),
        lambda: inference.sk_instability_field(1),
        lambda: inference.storage_entropy(0),
        lambda: inference.lasso("1/10", "1/2", "1/100", "1/10"),
        lambda: inference.lasso(0, 1, 1, 1),
        lambda: inference.sparse_recovery(1),
    ],
)
def test_bad_input_is_refused(wrong):
    with pytest.raises(tc.DomainError):
        wrong()


def test_students_are_where_the_posterior_is():
    """At the overlap of the posterior the entropy is its own, and largest; far below annealed."""
    perceptron = inference.bayes("rademacher", "sign")
    place = sp.Rational(str(float(perceptron.overlap(1).at())))
    top = float(inference.franz_parisi(1, place).at())
    assert top == pytest.approx(float(perceptron.entropy(1).at()), abs=1e-10)
    for m in (0.3, 0.7):
        found, p = float(inference.franz_parisi(1, m).at()), (1 + m) / 2
        annealed = -p * np.log(p) - (1 - p) * np.log(1 - p) + np.log(1 - np.arccos(m) / np.pi)
        assert found < min(top, annealed)
    with pytest.raises(tc.DomainError):
        inference.franz_parisi(1, 1)


def test_students_that_know_nothing_of_the_teacher_store():
    """S(0) is the entropy of storage, and S goes on smoothly to negative overlaps."""
    storage = float(inference.storage_entropy("1/2").at())
    assert float(inference.franz_parisi("1/2", 0).at()) == storage
    near = [float(inference.franz_parisi("1/2", m).at()) for m in ("-1/1000", "1/1000")]
    assert near[0] < storage < near[1]
    assert sum(near) / 2 == pytest.approx(storage, abs=1e-5)
    # a damped iteration of the equations in doubles
    assert float(inference.franz_parisi("1/2", "-3/10").at()) == pytest.approx(0.093581965059)


def test_negative_margins_are_bounds_only():
    with pytest.raises(tc.NotSupportedError, match="above only"):
        inference.capacity("-1/2")
