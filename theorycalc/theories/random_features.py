"""Random features: as good as linear ones with noise, and what that makes of double descent.

Setting
-------
Ridge regression on P random features φ(w_j·x/√d) of n samples x ~ N(0, I_d) with w_j ~ N(0, I_d):
the kernel is FF'/P + δI. The target is y = x·β + noise with |β|² = 1 and noise of variance σ²; φ is
centred, c_1 its first Hermite coefficient and c_*² = E φ² − c_1². ψ_n = n/d and ψ_P = P/d are fixed
as d → ∞.

References
----------
S. Mei, A. Montanari, "The generalization error of random features regression: precise asymptotics
and double descent curve", Comm. Pure Appl. Math. 75 (2022), arXiv:1908.05355.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "S. Mei, A. Montanari"
PAPER = tc.Paper("arXiv:1908.05355", AUTHORS, "Random features and double descent", __doc__)
QUARTER, RIDGE = sympy.Rational(1, 4), sympy.Rational(1, 10)
DELTA, WIDTH = sympy.symbols("delta P_over_d", positive=True)
KAPPA, FACTOR, ANGLE = sympy.symbols("kappa E theta", positive=True)
SAMPLES = 2


def fit(width, ridge):
    """ReLU features of 2d samples, noise 1/4."""
    return tc.learning_curves.random_features("relu", SAMPLES, width, ridge, noise=QUARTER)


CURVE = fit(WIDTH, DELTA)


def given_weights(width) -> tc.Formula:
    """The same error by ridge regression on features of covariance c_1² WW'/d + c_*²."""
    linear, rest, size = QUARTER, QUARTER - 1 / (2 * sympy.pi), width * RIDGE / SAMPLES
    law = linear * tc.spectra.marchenko_pastur(width) + rest
    # 1/(1 − df₂) is what noise of variance 1 makes
    noisy = tc.learning_curves.ridge(width / SAMPLES, size, 0, 1, H=law)
    x = 1 + width + 2 * sympy.sqrt(width) * sympy.cos(ANGLE)
    part = linear * x / (rest + linear * x)
    # Σ^{−1} c_1 Wβ/√d is the best for given weights; what it leaves of the target is noise
    missed = 1 - part + part * (KAPPA / (rest + linear * x + KAPPA)) ** 2
    weight = 2 * width * sympy.sin(ANGLE) ** 2 / (sympy.pi * x)
    unseen = 1 - sympy.Min(1, width)
    error = sympy.Integral(missed * weight, (ANGLE, 0, sympy.pi)) + unseen + QUARTER
    found = {"kappa": noisy.kappa, "E": noisy.test}
    numbers = {name: formula.at(using=tc.Ball(40)) for name, formula in found.items()}
    return tc.Formula("R", FACTOR * error).subs(**numbers)


one = PAPER.states(
    "limit",
    "Gaussian equivalence: the errors are those of the features c_1 w·x/√d + c_*ξ with independent "
    "ξ, and these are ridge regression in P dimensions on the covariance c_1²WW'/d + c_*².",
)
one.shows(CURVE.gamma, CURVE.test)
for width in (sympy.S.Half, sympy.S(3)):
    again = given_weights(width)
    one.equals(fit(width, RIDGE).test, again, "an integral over the law of c_1²WW'/d + c_*²")

two = PAPER.states(
    "limit",
    "Double descent: without a ridge the error is infinite at P = n. A small ridge makes the peak "
    "finite, and a larger one takes it away: more features do not hurt.",
)
NARROW = fit(WIDTH, sympy.Rational(1, 1000)).test
two.shows(NARROW)
two.equals(fit(SAMPLES, 0).test, sympy.oo, "as many features as samples, no ridge")
two.holds(NARROW > 3, "a peak", {"P_over_d": "1.96"})
two.holds(NARROW < 2, "and no peak beside it", {"P_over_d": 1}, {"P_over_d": 4})
TUNED = fit(WIDTH, sympy.Rational(3, 10)).test
FALLS = TUNED.diff("P_over_d")
two.holds(FALLS < 0, "more features do not hurt", *({"P_over_d": p} for p in ("1/2", 1, 2, 3, 10)))


@one.experiment("ReLU features and their linear equivalents, d = 60", quick=18, full=120)
def both(run):
    """Test errors of both on the same weights and samples, on both sides of P = n."""
    generator, d = np.random.default_rng(0), 60
    n, rest = SAMPLES * d, 0.25 - 1 / (2 * np.pi)
    for width in (0.5, 2.0, 6.0):
        p = round(width * d)
        errors = {"ReLU": [], "linear and noise": []}
        for _ in range(run.size):
            w, x = generator.standard_normal((p, d)), generator.standard_normal((n + 800, d))
            target = x[:, 0] + np.append(generator.standard_normal(n) / 2, np.zeros(800))
            inner = x @ w.T / d**0.5
            noise = generator.standard_normal(inner.shape)
            relu = np.maximum(inner, 0) - 1 / (2 * np.pi) ** 0.5
            for kind, seen in (("ReLU", relu), ("linear and noise", inner / 2 + rest**0.5 * noise)):
                kernel = seen[:n] @ seen[:n].T / p + 0.1 * np.eye(n)
                predicted = seen[n:] @ (seen[:n].T @ np.linalg.solve(kernel, target[:n])) / p
                errors[kind].append(np.mean((predicted - target[n:]) ** 2) + 0.25)
        theory = fit(sympy.Rational(width), RIDGE).test.at()
        for kind, found in errors.items():
            options = {"name": f"{kind}, P/d = {width:g}", "series": kind, "smallest": 0.25}
            run.at(width, theory, found, bias=3 * float(theory) / d, **options)
    run.rejects("no noise in the features", float(_linear(6.0).test.at()))
    grid = np.geomspace(0.3, 10, 40)
    theory = fit(WIDTH, RIDGE).test.lambdify()(grid)
    for kind in errors:
        run.line(grid, theory, kind)
    run.axes("features over dimension", "test error", log="x")


def _linear(width: float):
    """What features without the part that is not linear would do."""
    return tc.learning_curves.random_features(
        sympy.Symbol("x") / 2, SAMPLES, width, RIDGE, noise=QUARTER
    )
