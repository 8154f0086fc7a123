"""Sensitivity sampling: leverage for every p, and the variance of a sample of rows.

The seed bounds how many sampled rows preserve all ℓ_p norms of Ax. What a single norm needs is
elementary and exact (worked out here); the exponents of the seed are not verified.

Setting
-------
A with rows a_i in R^d, s_i = max_x |a_i·x|^p/‖Ax‖_p^p, S = Σ s_i; N rows are drawn with
probabilities q_i = s_i/S and weighted by 1/(N q_i).

References
----------
D. P. Woodruff, T. Yasuda, "Sharper bounds for ℓ_p sensitivity sampling", ICML 2023,
arXiv:2306.00732.
"""

import numpy as np
import sympy

import theorycalc as tc

PAPER = tc.Paper("arXiv:2306.00732", "D. P. Woodruff, T. Yasuda", "Sensitivity sampling", __doc__)
X = sympy.Symbol("x", real=True)
V = sympy.Symbol("v", real=True)
DRAWS = sympy.Symbol("N", positive=True)
Rational = sympy.Rational
A = sympy.Matrix([[1, 0], [1, 1], [1, X]])
GRAM = A.T * A
ROWS = [A.row(i).T for i in range(3)]
LEVERAGES = [(row.T * GRAM.inv() * row)[0] for row in ROWS]

one = PAPER.states(
    "exact",
    "p = 2: s_i = a_i'(A'A)^{−1}a_i, the leverage, and S is the rank, whatever the rows are.",
)
LAST = tc.Formula("s_3", sympy.together(LEVERAGES[2]))
SUM = tc.Formula("S", sympy.Add(*LEVERAGES))
one.shows(LAST)
one.equals(SUM, 2, "the rank", x="7/3")
PLACE = GRAM.inv() * ROWS[2]  # where the maximum is
RATIO = (ROWS[2].T * PLACE)[0] ** 2 / (PLACE.T * GRAM * PLACE)[0]
one.equals(LAST, RATIO, "the ratio at (A'A)^{−1}a", x="7/3")
EXAMPLE = A.subs(X, 3)
TOP = LAST.expr.subs(X, 3)
BODY = [(row[0] + row[1] * V) ** 2 for row in EXAMPLE.tolist()]  # squares along (1, v)
RANGE = {"v": sympy.S.Reals}
one.proves(BODY[2] / sum(BODY) <= TOP, "no other direction has more", RANGE)

two = PAPER.states(
    "upper",
    "The weighted sum over the sample is unbiased for ‖Ax‖_p^p, and has the relative variance "
    "(S Σ f_i²/s_i − 1)/N ≤ (S − 1)/N for every x and p, f_i the shares of the rows: f_i ≤ s_i.",
)
SHARES = [x / sum(BODY) for x in BODY]
CHANCES = [x.subs(X, 3) / 2 for x in LEVERAGES]
VARIANCE = (sum(f**2 / q for f, q in zip(SHARES, CHANCES, strict=True)) - 1) / DRAWS
VARIANCE = tc.Formula("var", VARIANCE, args=(V, DRAWS))
two.shows(VARIANCE)
at = {"v": "1/2", "N": 5}
DEVIATIONS = [q * (f / q - 1) ** 2 for f, q in zip(SHARES, CHANCES, strict=True)]
two.equals(VARIANCE, sum(DEVIATIONS) / DRAWS, "the variance of one draw", **at)
two.proves(VARIANCE.expr.subs(DRAWS, 1) <= 1, "at most S − 1, p = 2", RANGE)

three = PAPER.quotes(
    "upper",
    "S ≤ d^{max(1, p/2)}, and N of the order S^{2/p} (p < 2) or S^{2−2/p} suffice for all x.",
)


@two.experiment("sensitivities of random matrices with two columns", quick=100, full=1000)
def matrices(run):
    """S over its bound for five p, from 400 directions, and norms of samples of twenty rows."""
    generator, angle = np.random.default_rng(0), np.linspace(0, np.pi, 400)
    directions = np.array([np.cos(angle), np.sin(angle)])
    for p in (1, 1.5, 2, 3, 4):
        largest = 0.0
        for _ in range(run.size):
            rows = generator.standard_normal((10, 2)) * generator.pareto(1, (10, 1))
            powers = np.abs(rows @ directions) ** p
            total = (powers / powers.sum(axis=0)).max(axis=1).sum()
            largest = max(largest, total / 2 ** max(1, p / 2))
        run.at(p, 1.0, largest, error=1e-9, name=f"p = {p}", at_most=True)
    matrix = np.array(EXAMPLE.tolist(), dtype=float)
    powers = (matrix @ [1.0, 0.5]) ** 2
    chances = np.array([float(q) for q in CHANCES])
    picked = generator.choice(3, (100 * run.size, 20), p=chances)
    norms = (powers / chances)[picked].mean(axis=1) / powers.sum()
    run.at(None, 1.0, norms, name="sampled norms", smallest=0.01)
    run.rejects("equal weights", 3 * (powers * chances).sum() / powers.sum())
    variance = VARIANCE.at(v="1/2", N=20)
    run.at(None, variance, (norms - 1) ** 2, name="their variance", smallest=0.1)
    run.rejects("its bound", 1 / 20)
    run.axes("p", "largest S over its bound")
