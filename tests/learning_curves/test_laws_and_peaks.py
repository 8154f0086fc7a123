"""Ridge regression along any law of variances, and the peak of double descent."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.learning_curves import in_doubles
from theorycalc.spectra import _build
from theorycalc.spectra.functions import LearnedRate, LearnedShare

L, S = tc.learning_curves, tc.spectra
BALL = tc.Ball(15)
G = sp.Symbol("gamma", positive=True)
TWO = {1: "1/2", 4: "1/2"}
LAWS = {
    "poisson": S.marchenko_pastur("1/2"),
    "hard": S.marchenko_pastur(1),
    "zeros": S.marchenko_pastur(3),
    "deep": S.sample_covariance(TWO, "1/10") * S.marchenko_pastur(2) + 1,
    "meet": S.discrete({1: "1/2", 2: "1/2"}) + S.discrete({1: "1/3", 3: "2/3"}),
}


def test_a_law_of_atoms_is_its_mapping():
    law, mapping = (L.ridge("3/2", "1/10", noise="1/4", H=H) for H in (S.discrete(TWO), TWO))
    assert law.test.expr == mapping.test.expr
    power = L.ridge("3/2", "1/10", lambda t: t**2, "1/4", H=TWO)
    assert power.test.expr == L.ridge("3/2", "1/10", {1: "1/2", 4: 8}, "1/4", H=TWO).test.expr


def test_atoms_that_are_treated_as_a_law_give_their_sums():
    """Twice 1/2: the general way, of a law that is one of atoms up to a semicircle of no width."""
    narrow = S.Law(_build.free_sum(S.discrete(TWO).node, S.semicircle("1e-30").node))
    for gamma, size in (("1/2", "1/10"), (3, "1/100")):
        law, atoms = (L.ridge(gamma, size, 2, "1/4", H=H) for H in (narrow, TWO))
        for name in ("test", "train", "bias", "variance", "kappa"):
            found, exact = (getattr(x, name).at(using=BALL) for x in (law, atoms))
            assert float(found.mid) == pytest.approx(float(exact.mid), rel=1e-10)


@pytest.mark.parametrize("name", LAWS)
def test_what_is_learned_is_an_integral(name):
    """∫ t/(t + κ) and ∫ tκ/(t + κ)² by quadrature over the density, in doubles and in balls."""
    law, k = LAWS[name], sp.Rational(2, 3)
    for function, integrand in (
        (LearnedShare, lambda t: t / (t + k)),
        (LearnedRate, lambda t: t * k / (t + k) ** 2),
    ):
        value = tc.Formula("L", function(law._argument, k))
        certified = value.at(using=BALL)
        whole = law.integrate(integrand).at()
        assert float(whole.mid) == pytest.approx(float(certified.mid), rel=1e-12)
        assert_error_holds(value.at(), certified)
        values, errors = function.double(law._argument, np.array([0.0, 1e-3, 0.3, 2 / 3, 5, 1e3]))
        exact = (tc.Formula("L", function(law._argument, sp.Rational(x))) for x in (0.3, 5.0, 1e3))
        for formula, value, error in zip(exact, values[[2, 4, 5]], errors[[2, 4, 5]], strict=True):
            assert abs(float(formula.at(using=BALL)) - value) <= error + 1e-15 * value
        at_zero = 0 if function is LearnedRate else 1 - float(law.atoms.get(sp.S.Zero, 0))
        assert values[0] == at_zero


@settings(max_examples=3)
@given(
    st.fractions(min_value="1/10", max_value=6, max_denominator=20),
    st.fractions(min_value="1/1000", max_value=3, max_denominator=1000),
)
def test_errors_along_a_law_are_integrals_against_the_sample_spectrum(gamma, size):
    """κ is their resolvent, and the error of pure noise ∂κ/∂λ, by a difference."""
    law = LAWS["poisson"]
    fit = L.ridge(gamma, size, 0, 1, H=law)
    m, _ = S.sample_covariance(law, gamma).stieltjes(-sp.Rational(size), BALL)
    resolvent = gamma * m + (1 - sp.Rational(gamma)) / size
    assert fit.kappa.at(using=BALL).overlaps(1 / resolvent)
    step = sp.Rational(size) / 10**6
    near = [
        L.ridge(gamma, size + s * step, 0, 1, H=law).kappa.at(using=tc.Ball(25)) for s in (1, -1)
    ]
    slope = (near[0] - near[1]) / (2 * step)
    assert float(fit.test.at()) == pytest.approx(float(slope.mid), rel=1e-8)


def test_doubles_along_a_law_lie_within_their_errors():
    for law in (LAWS["zeros"], LAWS["deep"]):
        gammas, sizes = np.array([0.25, 1.0, 2.0, 8.0]), np.array([0.0, 1e-3, 1.0, 0.0])
        values, errors = in_doubles.ridge_of_law(law.node, gammas, sizes)
        for gamma, size, value, error in zip(gammas, sizes, values, errors, strict=True):
            exact = L.ridge(sp.Rational(gamma), sp.Rational(size), H=law).kappa.at(using=BALL)
            assert abs(float(exact.mid) - value) <= error + float(exact.rad)


def test_without_a_ridge_only_directions_with_variance_count():
    many = LAWS["zeros"]  # a third of them has variance
    assert L.ridge(3, 0, 1, "1/4", H=many).test.at().is_infinite
    assert L.ridge(1, 0, 1, "1/4", H=many).test.at(using=BALL).contains(sp.Rational(3, 8))
    curve = L.ridge(G, 0, 1, "1/4", H=many).test
    assert curve.at(gamma=1).contains(sp.Rational(3, 8))
    assert curve.at(gamma=4).overlaps(L.ridge(4, "1e-40", 1, "1/4", H=many).test.at())


def test_ridgeless_features_and_laws_at_equality_are_infinite_with_a_reason():
    for curve in (L.ridge(1, 0, 1, 1, H=LAWS["poisson"]), L.random_features("relu", 2, 2, 0)):
        value = curve.test.at()
        assert value.is_infinite
        assert "diverges" in str(value)


@pytest.mark.parametrize(
    ("curve", "between"),
    [
        (L.ridge(G, "1/100", noise="1/4").test, ("1/100", 100)),
        (L.ridge(G, "1/10", {1: 1, 4: 0}, "1/2", TWO).test, ("1/10", 10)),
        (L.random_features("relu", 2, G, "1/1000", noise="1/4").test, ("1/10", 50)),
    ],
    ids=["ridge", "uneven", "features"],
)
def test_a_peak_is_above_its_sides(curve, between):
    found = L.peak(curve, between, BALL)
    assert found.at.rigor is found.height.rigor is tc.Rigor.CERTIFIED
    for side in (sp.Rational(999, 1000), sp.Rational(1001, 1000)):
        beside = curve.at(gamma=found.at.mid * side, using=BALL)
        assert beside.upper < found.height.lower
    grid = np.geomspace(*map(float, map(sp.Rational, between)), 999)
    assert curve.lambdify()(grid).max() <= float(found.height) * (1 + 1e-12)
    assert_error_holds(L.peak(curve, between).height, L.peak(curve, between, tc.Ball(25)).height)


def test_peaks_without_a_ridge_are_infinite():
    for curve, place in (
        (L.ridge(G, 0, noise="1/4").test, 1),
        (L.ridge(G, 0, noise="1/4", H={0: "1/2", 1: "1/2"}).test, 2),
        (L.random_features("relu", 3, G, 0).test, 3),
    ):
        found = L.peak(curve)
        assert found.at.mid == place
        assert found.height.is_infinite


@pytest.mark.parametrize(
    ("call", "error", "reason"),
    [
        (lambda: L.ridge(1, 1, H=S.semicircle(1)), tc.DomainError, "mass below 0"),
        (lambda: L.ridge(1, 1, {1: 1}, H=LAWS["poisson"]), tc.DomainError, "is a function"),
        (lambda: L.ridge(1, 1, lambda t: t * G, H=LAWS["hard"]), tc.DomainError, "several"),
        (lambda: L.ridge(1, -1, H=LAWS["poisson"]), tc.DomainError, "lowest edge"),
        (
            lambda: L.ridge(1, "optimal", lambda t: t, 1, LAWS["hard"]),
            tc.NotSupportedError,
            "uneven signal along a law",
        ),
        (
            lambda: L.peak(L.ridge(G, "1/100", noise=1, H=LAWS["hard"]).test),
            tc.NotSupportedError,
            "second derivative",
        ),
        (lambda: L.peak(L.ridge(G, "optimal", noise=1).test), tc.DomainError, "no maximum"),
        (lambda: L.peak(L.ridge(2, 1).test), tc.DomainError, "one argument"),
        (lambda: L.peak(L.ridge(G, 1).test, (2, 1)), tc.DomainError, "no range"),
        (lambda: L.peak(3), tc.DomainError, "a curve"),
    ],
)
def test_bad_input_is_told(call, error, reason):
    with pytest.raises(error, match=reason):
        call()


def test_as_many_samples_as_directions():
    """Without noise nothing is left of the target; what no direction sees is noise."""
    assert L.kernel({1: 8}, {1: 1}, 8).test.at().mid == 0
    assert L.kernel({1: 8, 0: 3}, {1: 1, 0: 1}, 8).test.at().is_infinite
    assert L.kernel({1: 8}, {1: 1}, 8, noise=1).test.at().is_infinite


def test_matrices_without_an_inverse_are_told():
    for gram, y, ridge in ((-np.eye(2), [1, 0], 1), (np.ones((3, 3)), [1, 2, 3], 1e-300)):
        with pytest.raises(tc.DomainError, match="no inverse"):
            L.cross_validation(gram, y, ridge)
    with pytest.raises(tc.DomainError, match="n ≥ 1"):
        L.cross_validation(np.zeros((0, 0)), [], 1)
