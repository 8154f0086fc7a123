"""Universality for mixtures: of the noise of two classes, only means and covariances matter.

Setting
-------
n = αd samples x = yμ + z in R^d with labels y = ±1, |μ|² = s, and z of independent coordinates of
mean 0 and variance 1; d → ∞. w minimises Σ l(y w·x/√d) + (λ/2)|w|² for a convex loss l. μ is spread
over its coordinates: max |μ_i| → 0.

References
----------
Y. Dandi, L. Stephan, F. Krzakala, B. Loureiro, L. Zdeborová, "Universality laws for Gaussian
mixtures in generalized linear models", NeurIPS 2023, arXiv:2302.08933.
F. Mignacco, F. Krzakala, Y. M. Lu, P. Urbani, L. Zdeborová, "The role of regularization in
classification of high-dimensional noisy Gaussian mixture", ICML 2020, arXiv:2002.11544.
"""

import numpy as np
import sympy

import theorycalc as tc
from theorycalc.validation import Measurement

AUTHORS = "Y. Dandi, L. Stephan, F. Krzakala, B. Loureiro, L. Zdeborová"
PAPER = tc.Paper("arXiv:2302.08933", AUTHORS, "Universality for mixtures", __doc__)
ALPHA, LAMBDA, S = sympy.symbols("alpha lambda s", positive=True)
X = sympy.Symbol("x", positive=True)
Rational, sqrt = sympy.Rational, sympy.sqrt
RIDGE, DIMENSION = Rational(1, 10), 150
# samples, and characteristic functions
NOISES = {
    "Gaussian": (
        lambda generator, shape: generator.standard_normal(shape),
        lambda t: np.exp(-(t**2) / 2),
    ),
    "±1": (lambda generator, shape: 2.0 * generator.integers(0, 2, shape) - 1, np.cos),
    "exponential": (
        lambda generator, shape: generator.standard_exponential(shape) - 1,
        lambda t: np.exp(-1j * t) / (1 - 1j * t),
    ),
}
# The middles of steps in which characteristic functions are inverted: Σ w_i z_i has variance 1,
# 2π/0.1 is beyond it, and at 0.1·90 the functions have fallen below 1e-8.
STEPS = np.arange(90) + 0.5


def miss(x) -> sympy.Expr:
    """Q(x) = P(Z > x)."""
    return sympy.erfc(x / sqrt(2)) / 2


one = PAPER.states(
    "limit",
    "The square loss errs by Q(s√(1 − c²/α)/√(s + 1/α)) where c = 1 − λ tr(Z'Z/d + λ)^{-1}/d, the "
    "same for every noise by the law of Marchenko and Pastur. It is largest for λ → 0.",
)
HALF = (LAMBDA + ALPHA - 1) / 2
TRACE = (sqrt(HALF**2 + LAMBDA) - HALF) / LAMBDA
KEPT = 1 - LAMBDA * TRACE
SQUARES = miss(S * sqrt((1 - KEPT**2 / ALPHA) / (S + 1 / ALPHA)))
SQUARES = tc.Formula("epsilon", SQUARES, args=(ALPHA, LAMBDA, S))
one.shows(SQUARES)
# Z'Z/d has the law of Marchenko and Pastur of ratio 1/2, times 2
AT = {"lambda": RIDGE}
SPECTRUM = tc.spectra.marchenko_pastur("1/2").integrate(1 / (2 * X + RIDGE))
RESOLVENT = tc.Formula("g", TRACE, args=(ALPHA, LAMBDA))
one.equals(RESOLVENT, SPECTRUM, "an integral against the spectrum", alpha=2, **AT)
one.equals(SQUARES, "0.2668760391372", "state evolution, iterated", alpha=2, s=1, **AT)


@one.experiment("least squares in 150 dimensions, noise of three kinds", quick=24, full=200)
def squares(run):
    """Errors on new samples for three α."""
    generator = np.random.default_rng(0)
    state = float(tc.inference.erm("square", 2, RIDGE, teacher="mixture").error().at())
    run.at(None, SQUARES.at(alpha=2, s=1, **AT), state, error=1e-11, name="state evolution")
    for name, noise in NOISES.items():
        for alpha in (0.5, 2, 5):
            found = _errors(generator, noise, alpha, _least_squares, run.size)
            limit = SQUARES.at(alpha=alpha, s=1, **AT)
            run.at(alpha, limit, found, series=name, bias=0.002, smallest=0.1)
        grid = np.linspace(0.3, 6, 60)
        run.line(grid, SQUARES.subs(s=1, **AT).lambdify(), name)
    run.rejects("naive Bayes", SQUARES.at(alpha=5, s=1, **{"lambda": 10**6}))
    run.axes("samples for each dimension, α", "error on new samples")


def _errors(generator, noise, alpha: float, fit, count: int, mean=None) -> Measurement:
    """Errors, less what the samples have along the mean by chance; it is spread unless given."""
    found = []
    for _ in range(count):
        spread = generator.standard_normal(DIMENSION)
        along = spread / np.linalg.norm(spread) if mean is None else mean
        found.append(_fitted(generator, noise, along, alpha, fit))
    return Measurement.paired(*zip(*found, strict=True), 1)


def _fitted(generator, noise, mean: np.ndarray, alpha: float, fit) -> tuple[float, float]:
    """The error of what was fitted to αd samples; and y x·μ, a mean over them."""
    draw, function = noise
    labels = generator.choice([-1.0, 1.0], (round(alpha * DIMENSION), 1))
    # y x
    x = mean + labels * draw(generator, (len(labels), DIMENSION))
    w = fit(x)
    w /= np.linalg.norm(w)
    waves = np.prod(function(0.1 * np.multiply.outer(STEPS, w)), axis=1)
    # P(±w·z < −w·μ), either sign with the same chance
    turns = np.sin(0.1 * STEPS * (w @ mean)) * waves.real
    return 0.5 - np.sum(turns / STEPS) / np.pi, np.mean(x @ mean)


def _least_squares(x: np.ndarray) -> np.ndarray:
    # with w/√d for w
    return np.linalg.solve(x.T @ x / DIMENSION + float(RIDGE) * np.eye(DIMENSION), x.sum(axis=0))


def _logistic(x: np.ndarray) -> np.ndarray:
    """By scikit-learn, of samples with their labels as classes."""
    from sklearn.linear_model import LogisticRegression

    labels = np.where(np.arange(len(x)) % 2, 1.0, -1.0)
    fit = LogisticRegression(C=1 / float(RIDGE), fit_intercept=False, tol=1e-6)
    return fit.fit(labels[:, None] * x / DIMENSION**0.5, labels).coef_[0]


two = PAPER.states(
    "limit",
    "Logistic regression errs as for Gaussian noise whatever the noise is: 0.2322 for α = 2, "
    "λ = 1/10, s = 1.",
)
LOGISTIC = tc.inference.erm("logistic", 2, RIDGE, teacher="mixture").error()
two.shows(LOGISTIC)


@two.experiment("logistic regression in 150 dimensions, noise of three kinds", quick=20, full=400)
def logistic(run):
    """Errors on new samples, and those of a mean in one coordinate."""
    generator, limit = np.random.default_rng(1), LOGISTIC.at()
    for name, noise in NOISES.items():
        found = _errors(generator, noise, 2, _logistic, run.size)
        run.at(None, limit, found, name=f"{name} noise", bias=0.005, smallest=0.1)
    run.rejects("10 % more", 1.1 * float(limit))
    corner = np.eye(DIMENSION)[0]
    for name in ("±1", "exponential"):
        found = _errors(generator, NOISES[name], 2, _logistic, run.size, corner)
        run.rejects(f"{name} noise, the mean in one coordinate", limit, found)


three = PAPER.states(
    "exact",
    "A mean in one coordinate is another matter. For μ = e₁ and noise ±1 a direction at the angle "
    "φ to it, spread otherwise, errs with (½ + Q(2x))/2, x = cot φ: a fourth at least; for "
    "Gaussian noise with Q(cos φ), 0.1587 at best.",
)
SIGNS = tc.Formula("epsilon", (miss(2 * X) + Rational(1, 2)) / 2)
three.shows(SIGNS)
three.equals(SIGNS, "0.26137506597409", "half of ½ and of Q(2) = 0.02275", x=1)
WORSE = SIGNS.expr >= miss(X / sqrt(1 + X**2))
three.proves(WORSE, "more than for Gaussian noise", {"x": (0, "oo")})
