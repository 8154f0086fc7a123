"""Ridge regression: the fixed point against integrals over spectra, exact edges, and samples."""

from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.core.binary import fraction
from theorycalc.learning_curves import in_doubles
from theorycalc.learning_curves.effective_ridge import EffectiveRidge

L, S = tc.learning_curves, tc.spectra
TWO = {1: "1/2", 4: "1/2"}
UNEVEN = {1: "1/4", 4: "3/4"}
X, G = sp.Symbol("x"), sp.Symbol("gamma", positive=True)
BALL = tc.Ball(20)
RATIOS = st.fractions(min_value="1/10", max_value=8, max_denominator=20)
SIZES = st.fractions(min_value="1/1000", max_value=5, max_denominator=1000)


@settings(max_examples=3)
@given(RATIOS, SIZES)
def test_bias_and_variance_are_integrals_against_the_sample_spectrum(gamma, size):
    fit = L.ridge(gamma, size, "2/3", "1/4")
    law = S.marchenko_pastur(gamma)
    bias = law.integrate(sp.Rational(size) ** 2 / (X + size) ** 2).at(using=tc.MP(20))
    variance = law.integrate(gamma * X / (X + size) ** 2).at(using=tc.MP(20))
    found = [fit.bias.at(using=BALL), fit.variance.at(using=BALL)]
    assert float(found[0].mid) == pytest.approx(2 / 3 * float(bias.mid), rel=1e-14)
    assert float(found[1].mid) == pytest.approx(float(variance.mid) / 4, rel=1e-14)
    total = found[0] + found[1] + sp.Rational(1, 4)
    assert fit.test.at(using=BALL).overlaps(total)


@settings(max_examples=4)
@given(RATIOS, SIZES)
def test_kappa_is_the_resolvent_of_the_samples(gamma, size):
    """1/κ = γm + (1 − γ)/λ, m the Stieltjes transform of X'X/n at −λ."""
    kappa = L.ridge(gamma, size, H=TWO).kappa.at(using=BALL)
    m, _ = S.sample_covariance(TWO, gamma).stieltjes(-size, BALL)
    resolvent = gamma * m + (1 - gamma) / size
    assert float((1 / resolvent).mid) == pytest.approx(float(kappa.mid), rel=1e-15)
    assert kappa.overlaps(1 / resolvent)


def test_errors_are_derivatives_of_the_effective_ridge():
    """dκ/dλ = 1/(1 − df₂), which is the test error of pure noise of variance 1."""
    size = sp.Symbol("lambda_", positive=True)
    fit = L.ridge("3/2", size, 0, 1, H=TWO)
    slope = fit.kappa.diff("lambda_").at(lambda_="1/10", using=BALL)
    assert slope.overlaps(fit.test.at(lambda_="1/10", using=BALL))
    step = sp.Rational(1, 10**8)
    places = (sp.Rational(1, 10) - step, sp.Rational(1, 10) + step)
    left, right = (fit.kappa.at(lambda_=x, using=tc.Ball(30)) for x in places)
    difference = float((right - left).mid) / (2 * float(step))
    assert difference == pytest.approx(float(slope.mid), rel=1e-12)


@pytest.mark.parametrize("argument", range(6))
def test_every_derivative_of_the_effective_ridge_is_a_difference(argument):
    at, x = [2, sp.Rational(1, 3), 1, 3, 2, 5], sp.Symbol("x", positive=True)
    step = sp.Rational(1, 10**6)
    moved = [x if i == argument else y for i, y in enumerate(at)]
    kappa = tc.Formula("kappa", EffectiveRidge(*moved))
    left, right = (kappa.at(x=at[argument] + k * step, using=tc.Ball(30)) for k in (-1, 1))
    difference = float((right - left).mid) / (2 * float(step))
    assert float(kappa.diff("x").at(x=at[argument])) == pytest.approx(difference, rel=1e-9)


@settings(max_examples=20)
@given(
    st.floats(0.2, 20),
    st.floats(0, 3),
    st.lists(st.tuples(st.floats(1e-6, 1e3), st.floats(0.01, 10)), min_size=2, max_size=5),
)
@example(15.25, 1.1125369292536007e-308, [(1.0, 1.0), (1.0, 1.0)])  # fewer digits than doubles have
def test_doubles_lie_within_their_errors(level, size, pairs):
    spectrum = [x for pair in pairs for x in pair]
    exactly = map(sp.Rational, (level, size, *spectrum))
    truth = tc.certify(EffectiveRidge(*exactly), 40)
    value, error = in_doubles.of_arguments(level, size, *spectrum)
    assert abs(Fraction(float(value)) - fraction(truth.mid)) <= Fraction(float(error))


def test_symbols_are_numbers_later():
    curve = L.ridge(G, "1/10", UNEVEN, "1/10", TWO)
    for gamma in ("1/2", 1, 3):
        alone = L.ridge(gamma, "1/10", UNEVEN, "1/10", TWO)
        for name in ("test", "train", "bias", "variance", "kappa"):
            at, numbers = getattr(curve, name), getattr(alone, name)
            assert at.at(gamma=gamma, using=BALL).overlaps(numbers.at(using=BALL))
            assert_error_holds(at.at(gamma=gamma), numbers.at(using=tc.Ball(35)))


def test_without_a_ridge_the_error_is_rational_and_diverges_at_equality():
    r2, s2 = sp.Rational(2), sp.Rational(1, 4)
    assert L.ridge("1/3", 0, r2, s2).test.at().mid == s2 * 3 / 2
    assert L.ridge("1/3", 0, r2, s2).train.expr == s2 * 2 / 3
    assert L.ridge(3, 0, r2, s2).test.expr == r2 * (1 - sp.Rational(1, 3)) + s2 * 3 / 2
    assert L.ridge(3, 0, r2, s2).train.expr == 0
    infinite = L.ridge(1, 0, r2, s2).test
    assert infinite.expr == sp.oo
    assert "diverges" in infinite.note
    limit = L.ridge(1, 0, r2, 0)
    assert [f.at().mid for f in (limit.test, limit.train, limit.bias, limit.variance)] == [0] * 4
    # only the directions with variance count
    assert L.ridge(2, 0, r2, s2, H={0: "1/2", 3: "1/2"}).test.expr == sp.oo
    small = L.ridge(3, "1e-30", r2, s2).test.at(using=tc.Ball(25))
    assert small.digits(20) == L.ridge(3, 0, r2, s2).test.at(using=tc.Ball(25)).digits(20)
    with pytest.raises(tc.DomainError, match="γ ≠ 1"):
        L.ridge(G, 0, 1, s2).test.at(gamma=1)


@pytest.mark.parametrize("gamma", ["1/2", "3/2"])
def test_negative_ridges_end_at_the_lowest_edge(gamma):
    lowest = S.sample_covariance(TWO, gamma).edges(using=tc.Ball(15))[0]
    inside = L.ridge(gamma, -(lowest.lower * sp.Rational(999, 1000)), 1, 1, TWO)
    far = L.ridge(gamma, 0, 1, 1, TWO)
    assert inside.variance.at().lower > far.variance.at().upper
    with pytest.raises(tc.DomainError, match="lowest edge"):
        L.ridge(gamma, -(lowest.upper * sp.Rational(1001, 1000)), 1, 1, TWO)


@settings(max_examples=3)
@given(RATIOS, st.fractions(min_value="1/20", max_value=3, max_denominator=20), st.booleans())
def test_no_other_ridge_is_better_than_the_best(gamma, noise, even):
    signal = 1 if even else UNEVEN
    best = L.ridge(gamma, "optimal", signal, noise, TWO)
    size, least = float(best.ridge.at()), float(best.test.at())
    others = [size * factor for factor in (0.9, 1.1) if size] + [1e-3, 1]
    assert all(
        float(L.ridge(gamma, x, signal, noise, TWO).test.at()) > least - 1e-14 for x in others
    )
    if even:
        short = sp.Rational(noise) * best.kappa.expr / best.ridge.expr  # σ²/(1 − df₁)
        assert best.test.at(using=BALL).overlaps(tc.certify(short, 20))


def test_the_best_ridge_may_be_none():
    """A signal in the large eigenvalues: more directions than samples shrink it enough."""
    fit = L.ridge(8, "optimal", {1: 0, 100: 1}, "1/100", {1: "9/10", 100: "1/10"})
    assert fit.ridge.expr == 0
    assert "without a ridge" in fit.test.note


def test_with_the_best_ridge_there_is_no_double_descent():
    for law in (None, TWO):
        assert tc.prove(L.optimal_ridge_claim(law)).verdict is tc.Verdict.HOLDS
    tuned = L.ridge(G, "optimal", noise="1/4", H=TWO).test.lambdify()(np.linspace(0.1, 4, 40))
    ridgeless = L.ridge(G, 0, noise="1/4", H=TWO).test.lambdify()(np.array([0.5, 0.97, 4]))
    assert (np.diff(tuned) > 0).all()
    assert ridgeless[1] > 2 * ridgeless[2]


def test_samples_have_these_errors():
    """30 draws of n = 120: the limit is within five standard errors and 1/n."""
    rng, n, p, size, noise = np.random.default_rng(0), 120, 180, 0.1, 0.1
    variances = np.repeat([1.0, 4.0], p // 2)
    beta = np.sqrt(np.repeat([0.25, 0.75], p // 2) / (p // 2))
    tests, trains = [], []
    for _ in range(30):
        x = rng.standard_normal((n, p)) * np.sqrt(variances)
        signs = rng.choice([-1.0, 1.0], p) * beta
        y = x @ signs + np.sqrt(noise) * rng.standard_normal(n)
        b = np.linalg.solve(x.T @ x / n + size * np.eye(p), x.T @ y / n)
        tests.append(variances @ (b - signs) ** 2 + noise)
        trains.append(np.mean((y - x @ b) ** 2))
    fit = L.ridge("3/2", "1/10", UNEVEN, "1/10", TWO)
    for drawn, formula in ((tests, fit.test), (trains, fit.train)):
        limit = float(formula.at())
        allowed = 5 * np.std(drawn) / np.sqrt(len(drawn)) + 2 * limit / n
        assert abs(np.mean(drawn) - limit) < allowed


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"gamma": 0, "ridge": 1}, "gamma is not positive"),
        ({"gamma": 1, "ridge": "best"}, "ridge is not a real number"),
        ({"gamma": 1, "ridge": 1, "noise": -1}, "noise is too small"),
        ({"gamma": 1, "ridge": 1, "H": {1: "1/2"}}, "do not sum to 1"),
        ({"gamma": 1, "ridge": 1, "H": {0: 1}}, "no law of variances"),
        ({"gamma": 1, "ridge": 1, "signal": {-1: 1}}, "eigenvalue of the signal is negative"),
        ({"gamma": 1, "ridge": sp.Symbol("l")}, "may be negative"),
        ({"gamma": 1, "ridge": "optimal", "signal": 0}, "best ridge is infinite"),
        ({"gamma": G, "ridge": "optimal", "signal": UNEVEN}, "needs numbers"),
    ],
)
def test_bad_input_is_told(arguments, reason):
    with pytest.raises(tc.DomainError, match=reason):
        L.ridge(**arguments)
