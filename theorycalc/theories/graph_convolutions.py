"""Graph convolutions and transductive bounds, on a block model where both are numbers.

The seed bounds the generalisation of graph networks by transductive Rademacher complexity. The
exact second moment of a random split, and the norms on a block model, are derived here.

Setting
-------
N = m + u nodes, features H = SX with the graph operator S, predictors Hw, ‖w‖ ≤ B; m labels are a
random subset. Two equal blocks with densities p, q inside and between, l = (p − q)/(p + q),
S = expected adjacency over expected degree, X = ±μ + noise of variance s² in R^d.

References
----------
P. Esser, L. C. Vankadara, D. Ghoshdastidar, "Learning theory can (sometimes) explain generalisation
in graph neural networks", NeurIPS 2021, arXiv:2112.03968.
"""

import itertools

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "P. Esser, L. C. Vankadara, D. Ghoshdastidar"
PAPER = tc.Paper("arXiv:2112.03968", AUTHORS, "Graph convolutions on a block model", __doc__)
N, M, D = sympy.symbols("N m d", integer=True, positive=True)
MU2, S2, NORM, B = sympy.symbols("mu2 s2 H B", positive=True)
L = sympy.Symbol("l", real=True)
sqrt, Rational = sympy.sqrt, sympy.Rational

one = PAPER.states(
    "exact",
    "Over a random split, E‖mean_U H − mean_M H‖² = N/(mu(N−1)) ‖H − mean‖²_F: test and training "
    "means of Hw differ by at most B √(N/(mu(N−1))) ‖H − mean‖_F on average, for all w.",
)
SPLIT = tc.Formula("E", N / (M * (N - M) * (N - 1)) * NORM, args=(N, M, NORM))
one.shows(SPLIT)
VALUES = [sympy.Integer(x) for x in (3, -1, 4, 1, -5, 9)]
for m in (2, 3):
    splits, total = list(itertools.combinations(range(6), m)), sum(VALUES)
    squares = []
    for chosen in splits:
        part = sum(VALUES[i] for i in chosen)
        squares.append(((total - part) / Rational(6 - m) - part / Rational(m)) ** 2)
    centred = sum((x - total / Rational(6)) ** 2 for x in VALUES)
    mean = sum(squares) / len(splits)
    one.equals(SPLIT, mean, "all splits of six nodes, counted", N=6, m=m, H=centred)


@one.experiment("random splits of twelve nodes", quick=40_000, full=200_000)
def splits(run):
    """Squared differences of the means of features, over splits."""
    generator, n, m = np.random.default_rng(0), 12, 4
    h = generator.standard_normal((n, 3)) + np.repeat([[1.0], [-1.0]], n // 2, axis=0)
    orders = generator.permuted(np.tile(np.arange(n), (run.size, 1)), axis=1)
    train, test = h[orders[:, :m]].mean(axis=1), h[orders[:, m:]].mean(axis=1)
    norm = float(((h - h.mean(axis=0)) ** 2).sum())
    squares = ((test - train) ** 2).sum(axis=1)
    run.at(m, SPLIT.at(N=n, m=m, H=norm), squares, name="squared difference of the means")
    run.rejects("sampling with replacement", norm / n * (1 / m + 1 / (n - m)))
    run.rejects("training nodes alone", norm / n / m)
    sizes = np.arange(1, 12)
    run.line(sizes, SPLIT.subs(N=n, H=norm).lambdify())
    run.axes("labelled nodes", "squared difference")


two = PAPER.states(
    "exact",
    "E‖SX‖²_F = N l²‖μ‖² + (1 + l²) d s² with the expected graph, N(‖μ‖² + d s²) without one: a "
    "graph with l near 1 keeps the signal and removes all but 2 in N parts of the noise.",
)
GRAPH = tc.Formula("S", N * L**2 * MU2 + (1 + L**2) * D * S2)
PLAIN = tc.Formula("X", N * (MU2 + D * S2))
two.shows(GRAPH, PLAIN)
two.equals(GRAPH, "106.125", "in decimals", N=400, l="1/2", mu2=1, d=10, s2="0.49")
# S on four nodes: its rows are (p, p, q, q)/(2(p + q)), twice each
P, Q = Rational(3, 10), Rational(1, 10)
S = sympy.Matrix(4, 4, lambda i, j: (P if i // 2 == j // 2 else Q) / (2 * (P + Q)))
SIGNAL = S * sympy.Matrix([1, 1, -1, -1])
FROBENIUS = sum(x**2 for x in SIGNAL) * 3 + sum(x**2 for x in S) * 5 * Rational(1, 4)
two.equals(GRAPH, FROBENIUS, "a matrix of four nodes", N=4, l="1/2", mu2=3, d=5, s2="1/4")
BOX = {"N": tc.integers(2, "oo"), "l": (-1, 1)}
KEEPS = (GRAPH <= PLAIN).subs({MU2: 1, S2: 1, D: 1})
two.proves(KEEPS, "averaging does not add", BOX)

three = PAPER.states(
    "upper",
    "R ≤ B √(2/(mu)) ‖H‖_F for the transductive Rademacher complexity; that of the split itself is "
    "smaller by √(N/(2(N−1))).",
)
RADEMACHER = tc.Formula("R", B * sqrt(2 / (M * (N - M)) * NORM), args=(N, M, B, NORM))
three.shows(RADEMACHER)
SHARE = sqrt(N / (2 * (N - 1)))
SMALLER = SPLIT.expr.subs(NORM, 1) * B**2
at = {"N": 40, "m": 12, "B": 2, "H": 1}
three.equals(RADEMACHER * SHARE, sqrt(SMALLER), "from the split", **at)
three.proves(SHARE <= 1, "smaller", {"N": tc.integers(2, "oo")})
# E|Σ σ_i h_i| of three nodes with features 1, 2, −1 and one label: 27 signs, added up
SIGNS = itertools.product((-1, 0, 1), repeat=3)
CHANCE = {0: Rational(5, 9), 1: Rational(2, 9), -1: Rational(2, 9)}
MEAN = sum(sympy.Mul(*(CHANCE[x] for x in s)) * abs(s[0] + 2 * s[1] - s[2]) for s in SIGNS)
three.holds(
    RADEMACHER.expr >= MEAN * N / (M * (N - M)), "by hand", {"N": 3, "m": 1, "B": 1, "H": 6}
)
