"""Logistic regression with large steps is the perceptron: counts of steps, and what they cost.

The seed observes that gradient descent on the logistic loss tends to a batch perceptron. The
constants, and the exact counts for two clusters, are derived here.

Setting
-------
z_i = y_i x_i of n separable examples, the mean logistic loss of z_i · w, steps γ from w = 0. In
u = w/γ a step is u ← u + (1/n) Σ z_i σ(−γ z_i · u). R = max ‖z_i‖, μ the margin of a unit vector
that separates, T the number of steps until all margins are positive. The normalised method divides
by Σ σ instead of n.

References
----------
A. Tyurin, "From logistic regression to the perceptron algorithm: exploring gradient descent with
large step sizes", 2024, arXiv:2412.08424.
"""

from fractions import Fraction

import numpy as np
import sympy

import theorycalc as tc

TITLE = "Logistic regression with large steps"
PAPER = tc.Paper("arXiv:2412.08424", "A. Tyurin", TITLE, __doc__)
N, B, R, MU, GAMMA, M, X = sympy.symbols("n b R mu gamma m x", positive=True)
CASES = ((100, "1/2"), (1000, "1/2"), (1000, "1/10"))


def steps(n: int, b, *, normalised: bool = False) -> int:
    """Steps of the batch perceptron on n − 1 copies of (1, 0) and one (−1, b), in fractions."""
    b, u, count = Fraction(b), (Fraction(0), Fraction(0)), 0
    while True:
        margins = (u[0], b * u[1] - u[0])
        if count and min(margins) > 0:
            return count
        weights = [Fraction(1 + (margin < 0) - (margin > 0), 2) for margin in margins]
        mass = (n - 1) * weights[0] + weights[1]
        size = mass if normalised else n
        first = ((n - 1) * weights[0] - weights[1]) / size
        u, count = (u[0] + first, u[1] + b * weights[1] / size), count + 1


one = PAPER.states(
    "limit",
    "For γ → ∞ the weights are 1, ½ and 0 for margins below, at and above 0: the batch perceptron. "
    "The first step is u₁ = Σ z_i/(2n) for every γ.",
)
WEIGHT = tc.Formula("sigma", 1 / (1 + sympy.exp(GAMMA * X)))
one.shows(WEIGHT)
one.equals(WEIGHT, 1 / (1 + sympy.exp(3)), "σ(−γm)", gamma=30, x="1/10")
FALLS = WEIGHT.expr.subs(X, M / GAMMA) <= sympy.exp(-M)
one.proves(FALLS, "weights fall like e^{−m}", {"m": (0, "oo")})

two = PAPER.states(
    "upper",
    "γ = ∞: T ≤ nR²/μ² − n/2 + 1, normalised T ≤ R²/μ². Any γ: T ≤ 2n(R² + 4(n−1)W/γ)/μ², "
    "normalised (R² + 4(n−1)W/γ)/μ², with W = W₀(1/e) = max_m mσ(−m): u · u* grows by μ times the "
    "mean weight, ‖u‖² by its square times R² plus twice an overshoot of (n−1)W/γ at most.",
)
LAMBERT = tc.Formula("W", sympy.LambertW(sympy.exp(-1)))
BATCH, FREE = N * R**2 / MU**2 - N / 2 + 1, R**2 / MU**2
ANY = tc.Formula("T", 2 * N * (R**2 + 4 * (N - 1) * LAMBERT.expr / GAMMA) / MU**2)
two.shows(LAMBERT, tc.Formula("T_oo", BATCH), ANY)
two.equals(LAMBERT, "0.27846454276107379510936", "the root of W e^W = 1/e in extended precision")
TOP = sympy.LambertW(sympy.exp(-1)) + 1  # where mσ(−m) is largest
two.equals(LAMBERT, TOP / (1 + sympy.exp(TOP)), "mσ(−m) at m = 1 + W")
OVERSHOOT = M / (1 + sympy.exp(M))
two.proves(sympy.Rational("0.2784645428") >= OVERSHOOT, "mσ(−m) ≤ W, rounded up", {"m": (0, "oo")})
MARGIN = B / sympy.sqrt(4 + B**2)  # of (b, 2): both margins are b
for n, b in CASES:
    share = sympy.Rational(b)
    at = {"n": n, "mu": MARGIN.subs(B, share), "R": sympy.sqrt(1 + share**2)}
    two.holds(steps(n, b) <= BATCH, f"two clusters, n = {n}, b = {b}", at)
    at.pop("n")
    two.holds(steps(n, b, normalised=True) <= FREE, f"normalised, n = {n}, b = {b}", at)

three = PAPER.states(
    "exact",
    "n − 1 copies of (1, 0) and one (−1, b): with v = (n−2−b²)/(2(1+b²)) > 0 and ⌊v⌋ + 1 < (n−2)/2 "
    "the batch perceptron takes T = 2 + ⌊v⌋ steps: the factor n is real.",
)
COUNT = tc.Formula("T", 2 + sympy.floor((N - 2 - B**2) / (2 * (1 + B**2))))
three.shows(COUNT)
for n, b in CASES:
    three.equals(COUNT, steps(n, b), "the iteration in fractions", n=n, b=b)
three.equals(tc.Formula("T_n", sympy.Integer(steps(1000, "1/2", normalised=True))), 9, "by hand")


@three.experiment("gradient descent on two clusters for many step sizes", quick=7, full=13)
def step_sizes(run):
    """Steps and losses on the way for n = 100, b = 1/2: high losses, fewer steps."""
    n, b = 100, 0.5
    sizes, counts, highest = np.geomspace(1, 1e6, run.size), [], []
    for gamma in sizes:
        u, count, losses = np.zeros(2), 0, []
        while count == 0 or min(u[0], b * u[1] - u[0]) <= 0:
            margins = np.array([u[0], b * u[1] - u[0]])
            weights = 0.5 * (1 - np.tanh(gamma * margins / 2)) * np.array([n - 1, 1]) / n
            losses.append(np.logaddexp(0, -gamma * margins) @ np.array([n - 1, 1]) / n)
            u, count = u + np.array([weights[0] - weights[1], b * weights[1]]), count + 1
        counts.append(count)
        highest.append(max(losses))
    run.at(None, COUNT.at(n=n, b="1/2"), counts[-1], error=0.01, name="steps at γ = 10⁶")
    run.rejects("the normalised method", 9)
    run.at(None, counts[0], counts[-1], error=0.01, name="fewer steps than at γ = 1", at_most=True)
    run.at(None, highest[-1], highest[0], error=0.01, name="with a higher loss", at_most=True)
    run.points(sizes, counts, series="steps")
    run.points(sizes, highest, series="largest loss on the way")
    run.axes("step size γ", "steps and loss", log="xy")
