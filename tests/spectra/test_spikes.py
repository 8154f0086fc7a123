"""Spikes, batch Hessians and Coulomb gases: closed forms, the solver, and exact finite sizes."""

import itertools

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.spectra import in_balls_spikes
from theorycalc.spectra.functions import LawArgument
from theorycalc.spectra.spikes import SpikeEigenvalue, SpikeOverlap, SpikeThreshold

S = tc.spectra
C, T, R = sp.Symbol("c", positive=True), sp.Symbol("theta", positive=True), sp.Symbol("r")
TWO = {1: "1/2", 4: "1/2"}
NAMES = ("eigenvalue", "overlap", "threshold")


def by_solver(law, theta):
    """The spike of a law through its unknowns, whatever closed form it has."""
    node = LawArgument.of(law.node)
    parts = SpikeEigenvalue(node, theta), SpikeOverlap(node, theta), SpikeThreshold(node)
    return [tc.certify(part, 20) for part in parts]


@pytest.mark.parametrize(
    "law", [S.semicircle("3/2"), S.marchenko_pastur("1/4"), 2 * S.marchenko_pastur(3) + 1]
)
@pytest.mark.parametrize("theta", ["1/5", 3, 50])
def test_closed_spikes_are_those_of_the_solver(law, theta):
    closed = law.spiked(theta)
    for name, solved in zip(NAMES, by_solver(law, theta), strict=True):
        assert getattr(closed, name).at(using=tc.Ball(20)).overlaps(solved)


@settings(max_examples=6)
@given(st.fractions(min_value="1/20", max_value=20, max_denominator=30))
def test_a_spike_is_a_root_and_its_overlap_a_slope(theta):
    """λ = θ + R(1/θ), and the overlap is 1 − R'(1/θ)/θ² = dλ/dθ, by a difference."""
    law = S.sample_covariance(TWO, "1/10")
    if theta <= float(law.spiked(theta).threshold.at()):
        return
    step = sp.Rational(1, 10**8)
    at = [law.spiked(theta + k * step).eigenvalue.at(using=tc.Ball(30)) for k in (-1, 1)]
    slope = float((at[1] - at[0]).mid) / (2 * float(step))
    assert abs(slope - float(law.spiked(theta).overlap.at())) < 1e-6


def test_a_spike_at_its_threshold_is_at_the_edge():
    law = S.sample_covariance(TWO, "1/10")
    least = law.spiked(1).threshold.at(using=tc.Ball(40))
    edge = law.edges(tc.Ball(40))[-1]
    for side, beyond in ((-1, 0), (1, 1e-7)):
        theta = sp.Rational(str(least.mid)) + side * sp.Rational(1, 10**10)
        found = law.spiked(theta)
        assert abs(found.eigenvalue.at().mid - edge.mid) < 1e-9
        assert float(found.overlap.at().mid) <= beyond
    closed = S.semicircle(1).spiked(1)
    assert (closed.eigenvalue.expr, closed.overlap.expr) == (2, 0)


def test_a_spike_that_is_not_told_from_the_threshold_is_enclosed():
    from flint import arb, ctx

    law = S.sample_covariance(TWO, "1/10")
    with ctx.workprec(200):
        least = in_balls_spikes.threshold(law.node)
        wide = least + arb(0, 1e-20)
        edge = in_balls_spikes.eigenvalue(law.node, least - 1e-10)
        assert in_balls_spikes.eigenvalue(law.node, wide).overlaps(edge)
        above = in_balls_spikes.overlap(law.node, least + arb("9e-21"))
        assert in_balls_spikes.overlap(law.node, wide).contains(0)
        assert in_balls_spikes.overlap(law.node, wide).overlaps(above)


def test_spikes_below_the_support_are_those_of_the_reflected_law():
    law = S.sample_covariance(TWO, "1/10")
    down, up = law.spiked(-2), (-law).spiked(2)
    for name, sign in zip(NAMES, (-1, 1, -1), strict=True):
        one, two = (getattr(x, name).at(using=tc.Ball(20)) for x in (down, up))
        assert one.overlaps(sign * two)


def test_two_laws_that_meet_have_outliers_too():
    """±1 ⊞ ±1 is the arcsine law: G = 1/√(z² − 4)."""
    signs = S.discrete({-1: "1/2", 1: "1/2"})
    spike = (signs + signs).spiked(2)
    assert_error_holds(spike.eigenvalue.at(), tc.certify(sp.sqrt(8), 30))
    assert_error_holds(spike.overlap.at(), tc.certify(1 / sp.sqrt(2), 30))


def test_covariance_spikes_meet_the_edges_at_their_thresholds():
    """ψ at its critical points is an edge, and the sample eigenvalue is continuous there."""
    for ell in (9, "3/2", "1/2"):
        c = "1/10"
        spike = S.covariance_spike(ell, c, TWO)
        least = spike.threshold.at(using=tc.Ball(40))
        near = sp.Rational(str(least.mid)) + sp.Rational(1, 10**12)
        there = S.covariance_spike(near, c, TWO).eigenvalue.at()
        edges = S.sample_covariance(TWO, c).edges()
        assert min(abs(there.mid - edge.mid) for edge in edges) < 1e-10


def test_covariance_spikes_of_one_atom_scale():
    for ell in ("1/10", "3/2", 9):
        one = S.covariance_spike(3 * sp.Rational(ell), "1/2", {3: 1})
        two = S.covariance_spike(ell, "1/2")
        assert sp.expand(one.eigenvalue.expr - 3 * two.eigenvalue.expr) == 0
        assert one.overlap.expr == two.overlap.expr


def test_rectangular_spikes_are_covariance_spikes():
    """(θuw' + Z)(θuw' + Z)' has the spike ℓ = 1 + θ² with its left overlap."""
    rectangular, spike = S.rectangular_spike(T, C), S.covariance_spike(1 + T**2, C)
    at = {"theta": "7/5", "c": "1/3"}
    for one, two in (("squared_singular_value", "eigenvalue"), ("left_overlap", "overlap")):
        left = getattr(rectangular, one).at(using=tc.Ball(20), **at)
        assert left.overlaps(getattr(spike, two).at(using=tc.Ball(20), **at))


@pytest.mark.parametrize("model", ["wigner", "gauss_newton"])
@pytest.mark.parametrize("noise", ["1/3", 40])
def test_the_exponent_is_the_slope_of_the_stable_step(model, noise):
    """The noise is in proportion to 1/B."""
    x = sp.Symbol("x", positive=True)
    found = S.batch_hessian(3, x, model=model)
    eta = found.max_learning_rate
    slope = tc.Formula("e", -x * eta.diff("x").expr / eta.expr).at(using=tc.Ball(20), x=noise)
    assert slope.overlaps(found.exponent.at(using=tc.Ball(20), x=noise))


def test_higher_cumulants_of_a_coulomb_gas_depend_on_the_boundary():
    a = sp.symbols("a1:6")
    f = sum(x * (R - 1) ** k / sp.factorial(k) for k, x in enumerate(a, 1))
    values = {x: sp.Rational(k + 2, 3 + k) for k, x in enumerate(a)}
    f1, f2, f3, f4, _ = values.values()
    expected = {
        3: f1**3 / 8,
        4: f1**3 * (f1 + 2 * f2) / 16,
        5: f1**3 * (3 * f1**2 + 25 * f1 * f2 + 5 * f1 * f3 + 20 * f2**2) / 128,
        6: 3 * f1**3 * (15 * f1**2 * f2 + 9 * f1**2 * f3 + f1**2 * f4 + 45 * f1 * f2**2) / 256
        + 3 * f1**3 * (15 * f1 * f2 * f3 + 20 * f2**3) / 256,
    }
    for order, value in expected.items():
        assert S.ginibre_cumulant(f.subs(values), order).expr == value


def test_exact_cumulants_are_those_of_gamma_variables():
    """f = r² sums them: κ_q = (q − 1)! Σ k/N^q; and the limit is met at the rate 1/N."""
    for order, size in itertools.product((1, 2, 3, 5), (1, 7)):
        gammas = sp.factorial(order - 1) * sp.Rational(size * (size + 1), 2 * size**order)
        assert S.ginibre_cumulant(R**2, order, size).expr == gammas
    for f, order in ((R**4, 3), (sp.exp(-(R**2)), 3), (R**3, 2)):
        limit = float(S.ginibre_cumulant(f, order).at())
        gaps = [
            float(S.ginibre_cumulant(f, order, n).at()) * n ** (order - 2) - limit for n in (40, 80)
        ]
        assert np.isclose(gaps[0] / gaps[1], 2, rtol=0.15)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: S.semicircle(1).spiked(0), "no spike"),
        (lambda: S.covariance_spike(4, 1, TWO), "atom of H"),
        (lambda: S.covariance_spike(2, 10, TWO), "no gap"),
        (lambda: S.rectangular_spike(0, 1), "no spike"),
        (lambda: S.batch_hessian(1, 1, model="goe"), "unknown model"),
        (lambda: S.ginibre_cumulant(R, 0), "order"),
        (lambda: S.ginibre_cumulant(R * T, 2), "several symbols"),
        (lambda: S.ginibre_cumulant(sp.exp(2 * R**2), 2, 4), "no such moments"),
    ],
)
def test_what_makes_no_sense_is_refused(call, text):
    with pytest.raises(tc.DomainError, match=text):
        call()


def test_matrices_whose_eigenvalues_overflow_are_refused():
    with pytest.raises(tc.DomainError, match="range of doubles"):
        tc.spectra.outliers(np.full((2, 2), 1e308), tc.spectra.semicircle(1))
