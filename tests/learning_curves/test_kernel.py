"""Kernel regression: against ridge regression, enclosures, power laws, and samples."""

import numpy as np
import pytest
import sympy as sp
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.learning_curves import samples_in_doubles

L = tc.learning_curves
POWERS = {1: "0.49", 2: "0.25", 4: "0.09"}
RELU = tc.kernels.mlp(1)


@pytest.mark.parametrize("size", ["0", "1/10"])
@pytest.mark.parametrize("gamma", ["1/2", "3"])
def test_it_is_ridge_regression_on_its_features(gamma, size):
    """λ = δ/n, γ = Σg/n."""
    n, gamma, size = 300, sp.Rational(gamma), sp.Rational(size)
    shares = {1: sp.Rational(1, 2), 4: sp.Rational(1, 2)}
    kernel = {t: w * gamma * n for t, w in shares.items()}
    fit = L.kernel(kernel, {1: "1/4", 4: 3}, n, n * size, "1/10")
    # a power is a coefficient times the variance of its direction
    other = L.ridge(gamma, size, {1: "1/4", 4: "3/4"}, "1/10", shares)
    for name in ("test", "train", "kappa"):
        one, two = (getattr(x, name).at(using=tc.Ball(20)) for x in (fit, other))
        assert one.overlaps(two)


def test_what_is_left_out_is_in_the_error():
    few, many = (L.kernel(RELU, POWERS, None, "1/1000", "1/100", d=8, degree=k) for k in (12, 60))
    for name in ("test", "train", "kappa", "overfitting"):
        for n in (30, 1000):
            short, long = (getattr(x, name).at(n=n) for x in (few, many))
            gap = abs(float(short) - float(long))
            assert gap <= float(short.rad) < 0.1 * float(short)


def test_doubles_and_formulas_agree():
    fit = L.kernel({1: 8, "1/10": 35, "1/500": 3000}, {1: 1, "1/500": "1/5"}, None, "1/50", "1/10")
    curve = fit.curve([5, 43, 500, 4000])
    for i, n in enumerate(curve.n.values):
        for name in ("test", "train", "kappa"):
            exact = getattr(fit, name).at(n=n, using=tc.Ball(25))
            assert_error_holds(getattr(fit, name).at(n=n), exact)
            row = curve[name].values[i], curve[f"{name}_error"].values[i]
            assert abs(row[0] - float(exact.mid)) <= row[1] <= 1e-12 * row[0]


def test_without_a_ridge():
    fit = L.kernel({1: 10, "1/4": 30}, {1: 1}, None, noise="1/10")
    assert fit.kappa.at(n=50).mid == 0
    assert fit.train.at(n=20).mid == 0
    # 40 directions are fitted
    assert_error_holds(fit.test.at(n=50), "0.5")
    assert_error_holds(fit.train.at(n=50), "0.02")
    walls = L.kernel({1: 10, "1/4": 30}, {1: 1}, 40, noise="1/10")
    assert walls.test.expr == sp.oo
    deep = L.kernel(RELU, POWERS, 64, 0, "1/100", d=8, degree=40)
    assert deep.train.expr == 0
    # what is left out acts as a ridge: no divergence at the number of harmonics computed
    assert float(deep.test.at()) == pytest.approx(0.19599, rel=1e-3)


def test_spectra_of_the_sphere_plug_in():
    spectrum = RELU.spectrum(8, 30)
    one = L.kernel(spectrum, POWERS, 100, "1/10")
    two = L.kernel(RELU, POWERS, 100, "1/10", d=8, degree=30)
    assert one.spectrum.tail == 0
    assert float(one.test.at()) == pytest.approx(float(two.test.at()), rel=2e-2)
    all_degrees = L.kernel(RELU, POWERS, 100, 1, d=8)
    sure = L.kernel(RELU, POWERS, 100, 1, d=8, degree=12, using=tc.Ball(30))
    assert sure.kappa.at(using=tc.Ball(20)).overlaps(all_degrees.kappa.at())


@pytest.mark.parametrize(("a", "b"), [(2.0, 2.0), (3.0, 4.0), (1.5, 6.0)])
def test_power_laws_are_limits_of_curves(a, b):
    """Sums of 10⁵ terms, with the rest of the trace as a ridge: the constants to a percent."""
    n, i = np.array([400.0, 1600.0]), np.arange(1.0, 1e5)
    tail = 1e5 ** (1 - a) / (a - 1)
    exactly = [np.stack([x, 0 * x], axis=1) for x in (i**-a, i**-b)]
    # what is never learned counts as noise
    rest = [(x, 0.0) for x in (tail, 1e5**-a, 0.0, 1e5 ** (1 - b) / (b - 1))]
    curve = samples_in_doubles.dataset(n, *exactly, np.ones_like(i), *rest)
    law = L.power_law(a, b)
    scaled = curve.test.values * n ** float(law.exponent.at())
    limit = float(law.error_constant.at())
    # the next terms fall with n
    assert abs(scaled[1] / limit - 1) < abs(scaled[0] / limit - 1) + 1e-6 < 0.05
    sizes = curve.kappa.values * n**a
    assert sizes[1] == pytest.approx(float(law.kappa_constant.at()), rel=0.01)


@pytest.mark.parametrize(
    ("noise", "strength", "regime"),
    [
        (0, sp.oo, "noiseless, unregularised"),
        (0, 1, "noiseless, regularised"),
        (1, sp.oo, "noisy, unregularised"),
        (1, 1.5, "noisy, regularised"),
    ],
)
def test_the_four_regimes(noise, strength, regime):
    a, b, n, i = 2.0, 2.0, np.array([300.0, 3000.0]), np.arange(1.0, 1e5)
    law = L.power_law(a, b, noise, strength)
    assert law.regime == regime
    exactly = [np.stack([x, 0 * x], axis=1) for x in (i**-a, i**-b)]
    errors = []
    for size in n:
        ridge = 0.0 if strength == sp.oo else size ** (1 - float(strength))
        rest = [(x, 0.0) for x in (1e-5, 1e-10, ridge, noise + 1e-5)]
        found = samples_in_doubles.dataset(np.array([size]), *exactly, np.ones_like(i), *rest)
        errors.append(found.test.values[0] - noise)
    slope = -np.log10(errors[1] / errors[0])
    assert slope == pytest.approx(float(law.exponent.at()), abs=0.05)


def test_measured_regression_on_the_sphere():
    """40 draws on S⁷: three percent and five standard errors; and cross-validation sees it."""
    rng, d, n, noise, size = np.random.default_rng(1), 8, 48, 0.01, 0.05
    legendre = [tc.sphere.legendre(d, k).lambdify() for k in (1, 2)]
    counts = [float(tc.sphere.num_harmonics(d, k)) for k in (1, 2)]
    tests, validated = [], []
    for _ in range(40):
        x = rng.standard_normal((n + 400, d))
        x *= np.sqrt(d) / np.linalg.norm(x, axis=1, keepdims=True)
        t = x[:, 0] / np.sqrt(d)
        y = sum(w * np.sqrt(m) * p(t) for w, m, p in zip((0.7, 0.5), counts, legendre, strict=True))
        seen = y[:n] + np.sqrt(noise) * rng.standard_normal(n)
        gram = RELU.ntk_matrix(x)
        weights = np.linalg.solve(gram[:n, :n] + size * np.eye(n), seen)
        tests.append(np.mean((y[n:] - gram[n:, :n] @ weights) ** 2) + noise)
        validated.append(L.cross_validation(gram[:n, :n], seen, size))
    fit = L.kernel(RELU, {1: "0.49", 2: "0.25"}, n, "0.05", "0.01", d=d, degree=40)
    limit = float(fit.test.at())
    for drawn in (tests, validated):
        allowed = 5 * np.std(drawn) / np.sqrt(len(drawn)) + 0.03 * limit
        assert abs(np.mean(drawn) - limit) < allowed


def test_a_picture():
    import matplotlib

    matplotlib.use("Agg")
    points = {20: tc.validation.Measurement.of([0.5, 0.6, 0.55])}
    ax = L.kernel({1: 8}, {1: 1}, noise="1/10", ridge=1).plot([5, 10, 50], measured=points)
    assert [x.get_text() for x in ax.get_legend().get_texts()] == ["test", "train", "measured"]


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ({"n": 0}, "n is not positive"),
        ({"ridge": -1}, "ridge is too small"),
        ({"target": {5: 1}}, "kernel has not"),
        ({"target": [1]}, "not a target"),
        ({"kernel": RELU}, "needs its dimension"),
        ({"kernel": RELU, "d": 8, "target": {300: 1}}, "degree of the target"),
        ({"kernel": [1, 2], "target": [1]}, "every eigenvalue has a power"),
        ({"kernel": -sp.Symbol("t"), "d": 3}, "not positive"),
    ],
)
def test_bad_input_is_told(arguments, reason):
    with pytest.raises(tc.DomainError, match=reason):
        L.kernel(**{"kernel": {1: 3}, "target": {1: 1}} | arguments)
    with pytest.raises(tc.DomainError, match="sample sizes"):
        L.kernel({1: 3}, {1: 1}).curve([0, 1])
