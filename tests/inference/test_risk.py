"""Empirical risk minimisation: closed forms, bounds, and what has no minimiser."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds
from scipy.optimize import brentq, minimize
from scipy.stats import norm
from sklearn.linear_model import Lasso

import theorycalc as tc
from theorycalc.inference import Mixture, bayes, erm, lasso, loss, separability
from theorycalc.inference.losses import OMEGA, V, X, proximal


def square_in_closed_form(alpha, ridge):
    """(m, q) of a sign teacher by the iteration of its closed equations."""
    m, q, v, c = 0.3, 0.5, 1.0, np.sqrt(2 / np.pi)
    for _ in range(2000):
        total, pull = ridge + alpha / (1 + v), alpha * c / (1 + v)
        noise = alpha * (1 - 2 * m * c + q) / (1 + v) ** 2
        m, q, v = pull / total, (pull**2 + noise) / total**2, 1 / total
    return m, q


def hinge_in_closed_form(alpha, ridge, mean):
    """(m, q) of a mixture by the iteration of its closed equations."""
    m, q, v = 0.3, 0.5, 1.0
    for _ in range(3000):
        a, b = (1 - v - m) / np.sqrt(q), (1 - m) / np.sqrt(q)
        gap, slope = norm.cdf(b) - norm.cdf(a), np.sqrt(q) * (norm.pdf(b) - norm.pdf(a))
        pull = alpha * (norm.cdf(a) + ((1 - m) * gap + slope) / v)
        square = (1 - m) ** 2 * gap + 2 * (1 - m) * slope
        square += q * (gap - b * norm.pdf(b) + a * norm.pdf(a))
        noise, total = alpha * (norm.cdf(a) + square / v**2), ridge + alpha * gap / v
        m, q, v = mean * pull / total, (mean * pull**2 + noise) / total**2, 1 / total
    return m, q


def test_the_square_loss_is_ridge_regression():
    found = erm("square", 2, "1/2")
    m, q = square_in_closed_form(2, 0.5)
    assert float(found.m().at()) == pytest.approx(m, rel=1e-12)
    assert float(found.q().at()) == pytest.approx(q, rel=1e-12)
    assert_error_holds(found.q().at(), found.q().at(using=tc.MP(20)))


def test_the_hinge_of_a_mixture_has_a_closed_form():
    found = erm("hinge", 3, "1/4", teacher="mixture", mean="3/2")
    m, q = hinge_in_closed_form(3, 0.25, 1.5)
    assert float(found.m().at()) == pytest.approx(m, rel=1e-11)
    assert float(found.q().at()) == pytest.approx(q, rel=1e-11)


def test_ridgeless_least_squares_has_a_closed_form():
    """Q(D²√(1 − γ)/√(D² + γ)) for γ = 1/α, to which the plain iteration does not come."""
    for alpha, mean in ((5, 1), (2, 3)):
        found = erm("square", alpha, 0, teacher="mixture", mean=mean).error()
        gamma = sp.Rational(1, alpha)
        cosine = mean * sp.sqrt((1 - gamma) / (mean + gamma))
        exact = tc.Formula("e", sp.erfc(cosine / sp.sqrt(2)) / 2)
        for using in (tc.Float(), tc.MP(25)):
            assert_error_holds(found.at(using=using), exact.at(using=tc.Ball(40)))


def test_nothing_is_better_than_the_posterior():
    best = float(bayes("gaussian", "sign").generalisation_error(2).at())
    for name, ridge in (("square", "1/2"), ("logistic", "1/10"), ("hinge", "1/2")):
        assert best < float(erm(name, 2, ridge).error().at()) < best + 0.03


def test_a_loss_by_its_expression():
    h = sp.Symbol("h")
    ours = erm(sp.log(1 + sp.exp(-h)), 2, "1/10", teacher="mixture").error()
    assert ours.at().overlaps(erm("logistic", 2, "1/10", teacher="mixture").error().at())
    square = erm((1 - h) ** 2 / 2, 2, "1/2").m().at()
    assert square.overlaps(erm("square", 2, "1/2").m().at())


def test_separability():
    assert separability(0).expr == 2
    assert 2 < float(separability("1/4").at()) < float(separability(1).at())
    assert_error_holds(separability(1).at(), separability(1).at(using=tc.MP(25)))
    assert float(erm("logistic", 5, 0, teacher="mixture").error().at()) < 0.3


H = sp.Symbol("h")
KNOTS = st.lists(st.fractions(-2, 2, max_denominator=4), min_size=1, max_size=3, unique=True)
HEIGHTS = st.lists(st.fractions("1/4", 2, max_denominator=4), min_size=4, max_size=4)


@settings(max_examples=6)
@given(knots=KNOTS, heights=HEIGHTS, bent=st.booleans(), v=st.fractions("1/8", 4))
def test_the_prox_of_any_convex_loss(knots, heights, bent, v):
    """x̂ = ω + V·push is where l(x) + (x − ω)²/2V is smallest, on a grid around it."""
    law = sum(c * sp.Abs(X - k) for c, k in zip(heights, knots, strict=False))
    law += heights[3] * (sp.sqrt(1 + X**2) if bent else sp.Max(0, X) ** 2)
    move, strength = proximal(law), float(v)
    omega = np.linspace(-6, 6, 49)
    push, stiffness = (sp.lambdify((OMEGA, V), f) for f in (move.push, move.stiffness))
    constant, square = (float(x.subs(V, v)) for x in map(sp.sympify, move.bound))
    if bent:
        found = [float(sp.N(move.push.subs({OMEGA: w, V: v}))) for w in omega[::16]]
        omega = omega[::16]
    else:
        found = np.array([push(w, strength) for w in omega])
        assert (found**2 <= constant + square * omega**2).all()
        assert max(stiffness(w, strength) for w in omega) <= constant
    risk = sp.lambdify(X, law)
    for w, x in zip(omega, omega + strength * np.array(found), strict=True):
        near = x + np.linspace(-1, 1, 41) * 1e-3
        values = [risk(t) + (t - w) ** 2 / (2 * strength) for t in near]
        assert np.argmin(values) == 20


def test_the_least_absolute_residuals():
    """α P(|r| < V) = 1 and E = αV² E min(1, |r|/V)² for r ~ N(0, E + D), by a root of one."""
    alpha = 3.0
    cut = norm.ppf((1 + 1 / alpha) / 2)
    # E min(V, |r|)²/r² of the standard deviation
    clipped = 2 * (norm.cdf(cut) - 0.5 - cut * norm.pdf(cut)) + 2 * cut**2 * norm.sf(cut)
    spread = brentq(lambda e: e - alpha * clipped * (e + 1), 1e-9, 1e3)
    found = erm("absolute", 3, 0, teacher="linear", noise=1).error()
    assert float(found.at()) - 1 == pytest.approx(spread, rel=1e-12)
    assert_error_holds(found.at(), found.at(using=tc.MP(20)))
    # many samples: the median's variance, π/2
    many = erm("absolute", 10**4, 0, teacher="linear", noise=1).error()
    assert (float(many.at()) - 1) * 1e4 == pytest.approx(np.pi / 2, rel=1e-3)


def test_a_square_loss_of_residuals_is_ridge_regression():
    known = tc.learning_curves.ridge("1/3", "1/6", noise="1/2").test.at(using=tc.MP(20))
    law = Mixture([("1/2", 0, "1/4"), ("1/2", 0, "3/4")])
    for noise in ("1/2", law):
        found = erm("square", 3, "1/2", teacher="linear", noise=noise)
        assert_error_holds(found.error().at(), known)
    # 1 − 2m + q is what is left of the error
    m, q = (f().at().mid for f in (found.m, found.q))
    assert abs(1 - 2 * m + q + 0.5 - known.mid) < 1e-12


def test_between_squares_and_absolute_values():
    """Huber's loss of a threshold k is both, in the limits; ε = 0 and level ½ are a modulus."""
    options = {"teacher": "linear", "noise": 1}
    far = erm(loss("huber", 1000), 3, "1/2", **options).error().at()
    assert far.overlaps(erm("square", 3, "1/2", **options).error().at())
    absolute = erm("absolute", 3, "1/2", **options).error().at()
    near = erm(loss("huber", "1e-6"), 3, "1/2000000", **options).error().at()
    assert abs(near.mid - absolute.mid) < 1e-6
    for name, x, ridge in (("epsilon_insensitive", 0, "1/2"), ("quantile", "1/2", "1/4")):
        assert erm(loss(name, x), 3, ridge, **options).error().at().overlaps(absolute)
    by_hand = sp.Piecewise((-H, H < 0), (H, True))
    assert erm(by_hand, 3, "1/2", **options).error().at().overlaps(absolute)


FITS = {
    "huber": (loss("huber", "1/2"), "linear"),
    "squared hinge": (sp.Max(0, 1 - H) ** 2, "mixture"),
    "pinball of the margin": (loss("quantile", "3/4"), "mixture"),
}
# kinks are rounded off over 10⁻⁴
TINY = sp.Rational(1, 10**8)


def fitted(risk, slope, x, shift, sign):
    """The least Σ l(shift + sign·x·w) + |w|²/4, by SciPy."""

    def total(w):
        t = shift + sign * (x @ w)
        return risk(t).sum() + w @ w / 4, sign * (x.T @ slope(t)) + w / 2

    return minimize(total, np.zeros(x.shape[1]), jac=True, method="L-BFGS-B").x


@pytest.mark.parametrize("name", FITS)
def test_real_fits_have_these_errors(name):
    """Least risks in 120 dimensions, within four standard errors and 1/d."""
    law, teacher = FITS[name]
    linear = teacher == "linear"
    found = erm(law, 3, "1/2", teacher=teacher, noise=int(linear))
    smooth = found.loss.of(teacher).replace(sp.Abs, lambda x: sp.sqrt(x**2 + TINY))
    smooth = smooth.replace(sp.Max, lambda a, b: (a + b + sp.sqrt((a - b) ** 2 + TINY)) / 2)
    risk, slope = sp.lambdify(X, smooth), sp.lambdify(X, sp.diff(smooth, X))
    generator, d, errors = np.random.default_rng(0), 120, []
    for _ in range(12):
        x, truth = generator.standard_normal((3 * d, d)) / d**0.5, generator.standard_normal(d)
        truth *= (d / (truth @ truth)) ** 0.5
        if linear:
            w = fitted(risk, slope, x, x @ truth + generator.standard_normal(3 * d), -1.0)
            errors.append((w - truth) @ (w - truth) / d + 1)
        else:
            w = fitted(risk, slope, x + truth / d, 0.0, 1.0)
            errors.append(norm.sf(w @ truth / d**0.5 / np.linalg.norm(w)))
    spread = np.std(errors, ddof=1) / 12**0.5
    assert abs(np.mean(errors) - float(found.error().at())) < 4 * spread + 1 / d


def test_lasso_of_scikit_learn():
    """Errors and active fractions with 300 unknowns, within four standard errors and 1/d."""
    rho, delta, noise = 0.2, 0.7, 0.01
    state = lasso("1/5", "7/10", "1/100", "6/5")
    generator, d, found = np.random.default_rng(0), 300, []
    n = round(delta * d)
    for _ in range(10):
        truth = generator.standard_normal(d) * (generator.random(d) < rho)
        a = generator.standard_normal((n, d)) / n**0.5
        y = a @ truth + noise**0.5 * generator.standard_normal(n)
        fit = Lasso(float(state.penalty().at()) / n, fit_intercept=False).fit(a, y).coef_
        found.append((np.mean((fit - truth) ** 2), np.mean(fit != 0)))
    error = np.std(found, axis=0, ddof=1) / 10**0.5
    limits = np.array([float(f().at()) for f in (state.mse, state.active_fraction)])
    assert (abs(np.mean(found, axis=0) - limits) < 4 * error + limits / d).all()


def test_without_a_ridge_one_minimiser():
    tube, options = loss("epsilon_insensitive", "1/2"), {"teacher": "linear", "noise": "1/10"}
    # students with all residuals in the tube: more than one for each unknown of small noise
    with pytest.raises(tc.DomainError, match="interpolated"):
        erm(tube, "6/5", 0, **options)
    assert float(erm(tube, 2, 0, teacher="linear", noise=1).error().at()) > 2
    with pytest.raises(tc.NotSupportedError, match="flat"):
        erm(tube, 3, 0)
    with pytest.raises(tc.DomainError, match="separable"):
        erm("hinge", "7/2", 0, teacher="mixture")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: erm("absolute", "9/10", 0, teacher="linear", noise=1),
        lambda: erm("absolute", 3, 0, teacher="linear"),
        lambda: erm("hinge", 3, 1, teacher="linear"),
        lambda: erm(sp.exp(H), "3/2", 0, teacher="linear", noise=1),
        lambda: erm(-sp.Abs(H), 2, 1),
        lambda: erm(sp.Min(H, 0), 2, 1),
        lambda: erm(sp.sign(H), 2, 1),
        lambda: erm(sp.Max(0, -H), 2, 1),
        lambda: erm(sp.cos(H), 2, 1),
        lambda: erm(sp.Integer(3), 2, 1),
        lambda: erm(0 * H, 2, 1),
        lambda: erm("square", 2, 1, noise=1),
        lambda: loss("huber"),
        lambda: loss("huber", 0),
        lambda: loss("quantile", 1),
        lambda: loss("absolute", 1),
        lambda: loss("epsilon_insensitive", -1),
        lambda: erm("logistic", 2, 0),
        lambda: erm("logistic", 3, 0, teacher="mixture"),
        lambda: erm("square", "1/2", 0),
        lambda: erm("cubic", 2, 1),
        lambda: erm(-(sp.Symbol("h") ** 2), 2, 1),
        lambda: erm(-sp.log(sp.Symbol("h")), 2, 1),
        lambda: erm("square", 0, 1),
        lambda: erm("square", 1, -1),
        lambda: erm("square", 1, 1, teacher="student"),
        lambda: erm("square", 1, 1, teacher="mixture", mean=0),
    ],
)
def test_bad_input_is_refused(wrong):
    with pytest.raises(tc.DomainError):
        wrong()
