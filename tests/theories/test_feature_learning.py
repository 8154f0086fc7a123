"""Theories of feature learning: numbers that were computed elsewhere, and bad targets."""

from dataclasses import replace

import numpy as np
import pytest
import sympy
from reference import assert_reference, entries, label

import theorycalc as tc
from theorycalc.theories import giant_steps, linear_attention, mean_field, spiked_weights
from theorycalc.theories._notes import Run
from theorycalc.theories.experiments import xor_clusters
from theorycalc.theories.experiments.erf_students import Neurons, circle, influence
from theorycalc.theories.neural_tangent_kernel import neuron_variance

z, z1, z2, z3 = sympy.symbols("z z1:4", real=True)
HE2, HE3 = (sympy.hermite_prob(k, z) for k in (2, 3))
TARGETS = {
    "He1+He3/6": z + HE3 / 6,
    "He2": HE2,
    "He3": HE3,
    "He2(z1)+He2(z2)": z1**2 + z2**2 - 2,
}


def known(*quantities):
    """A test for each of these numbers."""
    found = entries("feature_learning", *quantities)
    return pytest.mark.parametrize("entry", found, ids=label)


def using(entry) -> tc.Ball:
    """Two digits more than are known."""
    return tc.Ball(entry["digits"] + 2)


@known("he2net.loss", "he2net.clt")
def test_he2_networks(entry):
    params, formula = entry["params"], {"loss": mean_field.loss, "clt": mean_field.clt}
    teacher = [sympy.Rational(x) for x in params["teacher"]]
    found = formula[entry["quantity"].split(".")[1]](teacher)
    assert_reference(found.at(t=params["t"], s2=params["s2"], using=using(entry)), entry)


@known("erfnet.loss")
def test_the_mean_field_of_erf_students(entry):
    kappa, d, time = (entry["params"][name] for name in ("kappa", "d", "t"))
    if not time:
        assert_reference(mean_field.START_LOSS.at(kappa=kappa, using=using(entry)), entry)
        return
    few, many = (
        float(next(Neurons.mean_field(d, count).at([float(time)], kappa)).risk(kappa))
        for count in (20, 28)
    )
    # nodes that are too few, and a unit of the last digit that is known
    allowed = abs(few - many) + 10.0 ** (1 - entry["digits"]) * many
    assert abs(many - float(entry["value"])) <= allowed
    assert abs(few - many) < 1e-7 * many


@known("erfnet.clt")
def test_influences_of_neurons(entry):
    (found,) = influence(entry["params"]["kappa"], [float(entry["params"]["t"])], 24)
    assert found == pytest.approx(float(entry["value"]), rel=10.0 ** (1 - entry["digits"]))


@pytest.mark.parametrize("d", [2, 3, 5])
def test_influences_at_the_start(d):
    """E K(w, w) = 1/3: of another direction the mean is 0."""
    assert influence(2.0, [0.0], 6, d=d) == pytest.approx([1 / 3], rel=1e-9)


def test_influences_in_three_dimensions_without_symmetry():
    """Six rings of eight nodes on the sphere of R³, the weight of one after the other moved."""
    count, times, change = 6, [0.5, 1.0], 1e-3
    law, rings = Neurons.beside(3, count), 2 * np.pi * np.arange(8) / 8
    z, weights = law.neurons[1, ::count], law.weights.reshape(count, -1).sum(axis=1)
    s = np.sqrt(1 - z**2)[:, None]
    sphere = np.stack(
        np.broadcast_arrays(z[:, None], s * np.cos(rings), s * np.sin(rings))
    ).reshape(3, -1)
    shares, probes = np.repeat(weights / 8, 8), np.eye(8 * count)[::8]
    flows = []
    for move in (change, -change):
        network = Neurons.network(np.broadcast_to(sphere, (count, *sphere.shape)))
        moved = replace(network, weights=(1 - move) * shares + move * probes)
        flows.append(moved.at(times, 2.0, 1e-9))
    found = [weights @ up.minus(down) / (2 * change) ** 2 for up, down in zip(*flows, strict=True)]
    assert influence(2.0, times, count, d=3) == pytest.approx(found, rel=1e-4)


@known("giantstep.overlap")
def test_overlaps_after_one_step(entry):
    params = entry["params"]
    limit, _ = giant_steps.overlap(params["activation"], TARGETS[params["target"]])
    assert_reference(limit.at(alpha=params["alpha"], using=using(entry)), entry)


@known("giantstep.spike_singular_value", "giantstep.spike_overlap")
def test_spikes(entry):
    params = entry["params"]
    value, share, _ = spiked_weights.spike(params["activation"], 1, sympy.Rational(7, 4))
    formula = share if entry["quantity"].endswith("overlap") else value
    given = {name: params[name] for name in ("eta", "N_over_d", "n_over_d")}
    assert_reference(formula.at(using=using(entry), **given), entry)


@known("lsa.step", "lsa.excess_risk")
def test_linear_attention(entry):
    params, noise = entry["params"], sympy.Rational(entry["params"]["noise"])
    if "spectrum" in params:
        spectrum = sympy.diag(*map(sympy.Rational, params["spectrum"]))
        risk = linear_attention.optimum(
            spectrum.applyfunc(sympy.sqrt), spectrum.inv(), params["n"], noise
        )[1]
        found = tc.Formula("L", risk)
        assert_reference(found.at(using=using(entry)), entry)
        return
    formula = {"lsa.step": linear_attention.STEP, "lsa.excess_risk": linear_attention.RISK}
    given = {"n": params["n"], "d": params["d"], "s2": noise, "tau2": params["tau2"]}
    assert_reference(formula[entry["quantity"]].at(using=using(entry), **given), entry)


@pytest.mark.parametrize("entry", entries("trained", "ntk.neuron_variance"), ids=label)
def test_the_variance_of_one_neuron(entry):
    rho = sympy.cos(sympy.pi * sympy.Rational(entry["params"]["angle_over_pi"]))
    found = neuron_variance(entry["params"]["activation"]).at(rho=rho, using=using(entry))
    assert_reference(found, entry)


def test_a_rotation_changes_no_overlap():
    """z₁z₂ is (He₂(u) − He₂(v))/2 in other coordinates."""
    one, two = (giant_steps.overlap("relu", f)[0] for f in (z1 * z2, (z1**2 - z2**2) / 2))
    assert one.at(alpha=2, using=tc.Ball(20)).mid == two.at(alpha=2, using=tc.Ball(20)).mid


@pytest.mark.parametrize("target", [z1 * z2 * z3, z1**2 + 2 * z2**2])
def test_targets_without_a_formula_are_refused(target):
    with pytest.raises(tc.DomainError, match="no such tensor"):
        giant_steps.overlap("relu", target)


def test_the_flow_of_erf_students_is_a_gradient():
    """Forces against differences of the risk, for a finite network in the plane."""
    network = Neurons.network(circle(np.array([0.3, 1.7, 4.0])))
    forces, step = network._forces(network.neurons, 2.0), 1e-6
    for place in np.ndindex(network.neurons.shape):
        risks = []
        for sign in (step, -step):
            moved = network.neurons.copy()
            moved[place] += sign
            risks.append(type(network)(network.weights, moved, *_fixed(network)).risk(2.0))
        slope = (risks[0] - risks[1]) / (2 * step) / network.weights[place[1]]
        assert forces[place] == pytest.approx(-slope, abs=1e-8)


@pytest.mark.parametrize(("p", "mu"), [(40_000, 60), (10**14, 100)])
def test_xor_clusters_outside_of_the_conditions(p, mu):
    """Nothing is trained where nothing is claimed."""
    run = Run(3, quick=True)
    xor_clusters.grokking(run, {"n": 200, "p": p, "mu": mu})
    (verdict,) = run.report("").validations
    assert verdict.agreement.name == "NOT_APPLICABLE"
    assert verdict.passed is None
    assert "outside of the conditions" in repr(verdict)


def _fixed(network: Neurons) -> tuple:
    return network.cosines, network.probabilities
