"""Fixed points of Bayes-optimal learning: closed forms, limits, branches and thresholds."""

import numpy as np
import pytest
import sympy as sp
from reference import assert_error_holds
from scipy.special import expit
from scipy.stats import norm

import theorycalc as tc
from theorycalc.core.binary import fraction
from theorycalc.inference import bayes


@pytest.mark.parametrize(("alpha", "noise"), [("1/3", "1/5"), (2, "1/2"), (7, "1/100")])
def test_a_gaussian_signal_is_optimal_ridge(alpha, noise):
    """x = 1 − q solves x² + (D + α − 1)x − D = 0."""
    a, d = sp.Rational(alpha), sp.Rational(noise)
    root = (-(d + a - 1) + sp.sqrt((d + a - 1) ** 2 + 4 * d)) / 2
    mmse = bayes("gaussian", "linear", noise).mmse(alpha)
    exact = tc.certify(root, digits=30)
    for using in (tc.Float(), tc.MP(20), tc.Ball(10)):
        assert_error_holds(mmse.at(using=using), exact)
    assert mmse.at(using=tc.Ball(10)).rigor is tc.Rigor.CERTIFIED


def test_few_samples_and_many():
    """sign: q → 2α/π; error → .441700/α; linear: mmse → D/α."""
    sign = bayes("gaussian", "sign")
    assert abs(float(sign.overlap("1/10000").at()) * 5000 * np.pi - 1) < 1e-3
    assert abs(float(sign.generalisation_error(1000).at()) * 1000 - 0.4417) < 1e-3
    assert abs(float(bayes("rademacher", "linear", 1).mmse("1/1000").at()) - 1) < 2e-3
    # beyond what is traced of the curve
    assert abs(float(sign.overlap("1e-9").at()) * 5e8 * np.pi - 1) < 1e-6
    assert abs(float(sign.generalisation_error("1e9").at()) * 1e9 - 0.4417) < 1e-6
    assert bayes("gaussian", "linear").mmse("1e-9").at().contains(1 - sp.Rational("1e-9"))


def test_the_fixed_point_is_one():
    """q = 2ψ'(αF(q)) at an overlap from the curve, with the parts evaluated apart."""
    for law, out, noise, alpha in (
        ("rademacher", "sign", 0, 1),
        ("rademacher", "probit", "1/10", "7/3"),
        ("gaussian", "relu", 0, "1/2"),
    ):
        learning = bayes(law, out, noise)
        q = learning.overlap(alpha).at(using=tc.Ball(20))
        snr = sp.Rational(alpha) * learning.output.channel(fraction(q.mid)).expr
        again = 1 - learning.prior.mmse(sp.Rational(fraction(tc.certify(snr, digits=25).mid))).expr
        assert abs(tc.certify(again, digits=22).mid - q.mid) < 1e-18


def test_all_branches_are_found_and_ordered():
    codes = bayes("rademacher", "linear", "1/200")
    points = codes.fixed_points("1/10")
    assert [p.stable for p in points] == [True, False, True]
    assert [p.start for p in points] == ["uninformative", "neither", "informative"]
    ends = {s.kind: s.alpha.at() for s in codes.spinodals()}
    transition = codes.transition().at().mid
    assert ends["informative"].mid < transition < ends["algorithmic"].mid
    found = bayes("rademacher", "linear").phase_diagram(["1/10"], noise=["1/200", "1/5"]).data
    assert found.transition[0] == pytest.approx(float(transition), rel=1e-6)
    assert np.isnan(found.transition[1])
    assert len(codes.fixed_points("3/5")) == 1
    assert not bayes("rademacher", "linear", "1/5").spinodals()


def test_potentials_are_equal_at_the_transition():
    codes = bayes("rademacher", "linear", "1/20")
    alpha = codes.transition().at()
    poor, _, rich = codes.fixed_points(fraction(alpha.mid))
    assert abs(poor.potential.mid - rich.potential.mid) < 1e-12


def test_the_binary_perceptron_jumps_to_the_truth():
    perceptron = bayes("rademacher", "sign")
    transition = perceptron.transition().at(using=tc.Ball(10))
    assert transition.rigor is tc.Rigor.CERTIFIED
    assert abs(perceptron.entropy(fraction(transition.mid)).at().mid) < 1e-9
    [end] = perceptron.spinodals()
    assert_error_holds(end.alpha.at(), end.alpha.at(using=tc.MP(22)))
    assert perceptron.mmse("3/2").expr == 0
    assert float(perceptron.mmse("149/100").at()) > 0.05
    assert float(perceptron.entropy("1/100000").at()) == pytest.approx(np.log(2), abs=1e-4)
    enclosed = end.alpha.at(using=tc.Ball(8))
    assert enclosed.rigor is tc.Rigor.CERTIFIED
    assert enclosed.overlaps(end.alpha.at())


def test_recovery_without_noise():
    assert bayes("gaussian", "linear").mmse("3/2").expr == 0
    assert bayes("gaussian", "linear").mmse("1/2").at().contains("1/2")
    sparse = bayes(tc.inference.prior("gauss_bernoulli", rho="1/5"), "linear")
    assert sparse.mmse("1/4", "informative").expr == 0
    assert float(sparse.mmse("1/4").at()) > 0.01


def test_symmetric_outputs_have_to_be_broken():
    retrieval = bayes("gaussian", "abs")
    assert retrieval.weak_recovery().expr == sp.Rational(1, 2)
    assert retrieval.overlap("2/5").expr == 0
    assert 0 < float(retrieval.overlap("3/5").at()) < 0.1
    assert retrieval.transition().expr == 1
    [end] = retrieval.spinodals()
    assert abs(float(end.alpha.at()) - 1.12847140667) < 1e-11
    assert retrieval.overlap(1).at(using=tc.Ball(12)).rigor is tc.Rigor.CERTIFIED
    with pytest.raises(tc.NotSupportedError):
        bayes("gaussian", "sign").weak_recovery()


def alpha_of_a_noisy_modulus(q, noise):
    """q/((1 − q)F(q)) from the two truncated normal laws of z given y, on a grid of ω and y."""
    v = 1 - q
    spread = np.sqrt(v * noise / (v + noise))
    omega = np.sqrt(q) * np.linspace(-8, 8, 401)[:, None]
    y = np.linspace(-8 * np.sqrt(noise), 8, 801)
    logs, means = [], []
    for side in (1, -1):
        centre = (side * omega * noise + y * v) / (v + noise)
        log_mass = norm.logcdf(centre / spread)
        logs.append(log_mass + norm.logpdf(y, side * omega, np.sqrt(v + noise)))
        means.append(side * (centre + spread * np.exp(norm.logpdf(centre / spread) - log_mass)))
    chance = expit(logs[0] - logs[1])
    score = (chance * means[0] + (1 - chance) * means[1] - omega) / v
    weight = norm.pdf(omega / np.sqrt(q)) * 0.04 * (y[1] - y[0])
    return q / v / (weight * score**2 * np.exp(np.logaddexp(*logs))).sum()


def test_a_little_noise_leaves_no_hard_phase_of_retrieval():
    """α(q) rises for |z| and noise of 1/100; for 1/1000 it falls behind a maximum at 0.865."""
    scanned = [alpha_of_a_noisy_modulus(q, 0.01) for q in (0.7, 0.8, 0.86)]
    assert (np.diff(scanned) > 0.005).all()
    first, last = (alpha_of_a_noisy_modulus(q, 0.001) for q in (0.86, 0.9))
    assert last < first - 0.001
    less = tc.inference.output("abs", "1/1000").channel("43/50")
    assert 43 / 7 / float(less.at()) == pytest.approx(first, rel=1e-9)


@pytest.mark.long
def test_retrieval_in_noise_has_one_branch():
    assert not bayes("gaussian", "abs", "1/100").spinodals()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: bayes("gaussian", "sign").overlap(0),
        lambda: bayes("gaussian", "sign").overlap(-1),
        lambda: bayes("gaussian", "sign").overlap(1, "middle"),
        lambda: bayes("gaussian", "sign").transition(),
        lambda: bayes("cauchy", "sign"),
    ],
)
def test_bad_input_is_refused(wrong):
    with pytest.raises(tc.DomainError):
        wrong()


def test_a_phase_diagram_is_its_cells():
    codes = bayes("rademacher", "linear")
    found = codes.phase_diagram(["1/10", "3/10", 1], noise=["1/200", "1/20", 1]).data
    assert found.phase.values.tolist()[2] == ["easy"] * 3
    assert found.phase.sel(noise=0.005, alpha=0.3) == "hard"
    for noise, alpha in (("1/200", "3/10"), ("1/20", 1)):
        one = bayes("rademacher", "linear", noise)
        points = one.fixed_points(alpha)
        best = max(points, key=lambda point: point.potential.mid)
        cell = found.sel(noise=float(sp.Rational(noise)), alpha=float(sp.Rational(alpha)))
        truths = (points[0], points[-1], best)
        for point, mid, rad in zip(truths, cell.mid.values, cell.rad.values, strict=True):
            assert abs(point.mmse.mid - mid) <= rad + point.mmse.rad
            assert rad <= 1e-8 * mid
    ends = {
        end.kind: float(end.alpha.at())
        for end in bayes("rademacher", "linear", "1/200").spinodals()
    }
    for kind, alpha in ends.items():
        assert float(found[kind][0]) == pytest.approx(alpha, rel=1e-7)
    assert np.isnan(found.algorithmic[2])
    with pytest.raises(tc.DomainError, match="no phase diagram"):
        tc.inference.PhaseDiagram(found.drop_vars("phase"))
    with pytest.raises(tc.DomainError):
        codes.phase_diagram([1])
    with pytest.raises(tc.DomainError):
        codes.phase_diagram([0], noise=[1])
    with pytest.raises(tc.DomainError):
        codes.phase_diagram([1], rho=["1/2"])


def test_a_phase_diagram_of_what_is_recovered():
    found = bayes("rademacher", "sign").phase_diagram(["1", "1.3", "1.6"], noise=[0]).data
    assert found.phase.values.tolist() == [["metastable", "hard", "easy"]]
    assert found.mid.sel(end="optimal").values[0][1:].tolist() == [0, 0]
    assert float(found.transition[0]) == pytest.approx(1.24468399, rel=1e-8)
