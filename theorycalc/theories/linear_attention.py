"""Linear self-attention in context: its optimum is one preconditioned step of gradient descent.

Setting
-------
A prompt has n examples (x_i, y_i) and a query x_q: x ~ N(0, Σ) in R^d, a weight w ~ N(0, Λ) of its
own, y_i = w·x_i + noise of variance s². Of one layer of linear attention on the tokens (x_i, y_i),
(x_q, 0) remains ŷ = x_q'Γ Σ_i y_i x_i: one step of gradient descent on the examples, from 0, with
the matrix Γ for a step size. The risk is E(ŷ − w·x_q)².

References
----------
A. Mahankali, T. Hashimoto, T. Ma, "One step of gradient descent is provably the optimal in-context
learner with one layer of linear self-attention", ICLR 2024, arXiv:2307.03576.
"""

import itertools

import sympy

import theorycalc as tc
from theorycalc.theories.experiments import linear_attention as simulations

AUTHORS = "A. Mahankali, T. Hashimoto, T. Ma"
PAPER = tc.Paper("arXiv:2307.03576", AUTHORS, "Linear attention in context", __doc__)
N, D, TAU2 = sympy.symbols("n d tau2", positive=True)
S2 = sympy.Symbol("s2", nonnegative=True)
HALF, Rational = sympy.Rational(1, 2), sympy.Rational
# inputs x = Ru with rational entries: Σ = RR'
ROOT, PRIOR = sympy.Matrix([[2, HALF], [HALF, 1]]), sympy.Matrix([[1, -HALF], [-HALF, 3]])
SPECTRUM = sympy.diag(2, 1, HALF, Rational(1, 10))
SIMULATED = {"n": 10, "d": 4, "s2": "1/4", "tau2": 1}


def optimum(root, prior, n, noise=0, kurtosis=0) -> tuple[sympy.Matrix, sympy.Expr]:
    """Γ* and its risk for x = Ru, coordinates of u independent with this excess kurtosis."""
    a = root.T * prior * root
    spread = (n + 1) * a + (a.trace() + noise) * sympy.eye(a.rows)
    inverse = (spread + kurtosis * sympy.diag(*a.diagonal())).inv()
    return prior * root * inverse * root.inv(), a.trace() - n * (a * a * inverse).trace()


def normal_equations(root, prior, n, noise, kurtosis=0) -> sympy.Matrix:
    """The minimiser from the moments of u, index by index (Isserlis)."""
    a, equal = root.T * prior * root, sympy.KroneckerDelta
    pairs = list(itertools.product(range(a.rows), repeat=2))

    def fourth(i, j, k, m):
        paired = equal(i, j) * equal(k, m) + equal(i, k) * equal(j, m) + equal(i, m) * equal(j, k)
        return paired + kurtosis * (i == j == k == m)

    def moment(i, j):
        same = sum(a[k, m] * fourth(i, j, k, m) for k, m in pairs)
        return n * (same + noise * equal(i, j)) + n * (n - 1) * a[i, j]

    # E[b b'] Γ' = E[b w'] for b = Σ y_i x_i
    square = root * sympy.Matrix(a.rows, a.rows, moment) * root.T
    return square.LUsolve(n * root * root.T * prior).T


one = PAPER.states(
    "exact",
    "The best Γ is Γ* = Λ[(n+1)ΣΛ + (tr ΣΛ + s²)I]^{−1}, with risk tr ΣΛ − n tr(ΣΓ*ΣΛ). For "
    "Σ = I, Λ = τ²I it is the step size τ²/(τ²(n+d+1) + s²).",
    where="Theorems 1 and 2",
)
STEP = tc.Formula("eta", TAU2 / (TAU2 * (N + D + 1) + S2), args=(N, D, S2, TAU2))
RISK = tc.Formula("L", TAU2 * D * (TAU2 * (D + 1) + S2) / (TAU2 * (N + D + 1) + S2), args=STEP.args)
one.shows(STEP, RISK)
for d in (1, 3):
    matrix, risk = optimum(sympy.eye(d), TAU2 * sympy.eye(d), 10, Rational(1, 4))
    for formula, general in ((STEP, matrix[0, 0]), (RISK, risk)):
        known = general.subs(TAU2, 2)
        one.equals(formula, known, "Γ* for Σ = I", n=10, d=d, s2="1/4", tau2=2)
SOLVED = "normal equations, from the moments index by index"
MATRIX, SOLUTION = optimum(ROOT, PRIOR, 10, HALF)[0], normal_equations(ROOT, PRIOR, 10, HALF)
for i, j in itertools.product(range(2), repeat=2):
    one.equals(tc.Formula(f"Gamma_{i}{j}", MATRIX[i, j]), SOLUTION[i, j], SOLVED)

two = PAPER.states(
    "exact",
    "For Λ = Σ^{−1}, Γ* = Σ^{−1}/(n+d+1+s²) has the risk d(d+1+s²)/(n+d+1+s²) for every Σ.",
    where="Theorem 2",
)
WHITE = tc.Formula("L_w", D * (D + 1 + S2) / (N + D + 1 + S2), args=(N, D, S2))
two.shows(WHITE)
for n, noise in ((10, 0), (20, Rational(3, 10))):
    given = optimum(SPECTRUM.applyfunc(sympy.sqrt), SPECTRUM.inv(), n, noise)[1]
    two.equals(WHITE, given, "Γ* of a spectrum 2, 1, 1/2, 1/10", n=n, d=4, s2=noise)

three = PAPER.states(
    "exact",
    "Inputs x = Ru with independent coordinates of excess kurtosis k add k diag(A) to what is "
    "inverted, Γ* = ΛR[(n+1)A + (tr A + s²)I + k diag A]^{−1}R^{−1}, A = R'ΛR.",
)
SIGNS = [f(ROOT, PRIOR, 10, HALF, -2) for f in (optimum, normal_equations)]
for i, j in itertools.product(range(2), repeat=2):
    three.equals(tc.Formula(f"Gamma_{i}{j}", SIGNS[0][0][i, j]), SIGNS[1][i, j], SOLVED)
three.experiment(
    "prompts of random signs, and steps around the best one",
    quick=20_000,
    full=200_000,
    risk=optimum(sympy.eye(4), sympy.eye(4), 10, Rational(1, 4), -2)[1],
    gaussian=RISK.at(**SIMULATED),
)(simulations.signs)
one.experiment(
    "eight layers of attention with all of their weights, trained on fresh prompts",
    quick=(64, 1200, (0.02, 0.005, 0.0005)),
    full=(256, 6000, (0.02, 0.005, 0.001)),
    step=STEP.at(**SIMULATED),
    risk=RISK.at(**SIMULATED),
)(simulations.trained)
