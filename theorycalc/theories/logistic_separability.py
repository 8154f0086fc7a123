"""Logistic regression of a mixture: when it has a minimiser, and what it then errs.

The seed computes what regularisation does to classifiers of a Gaussian mixture. Without it,
logistic regression exists for few enough dimensions only; both sides are numbers here.

Setting
-------
N samples x = yμ + z in R^p with labels ±1 of equal chance, D = ‖μ‖, no intercept, γ = p/N. Data
that a hyperplane through the origin separates leave the logistic loss without a minimiser.

References
----------
F. Mignacco, F. Krzakala, Y. M. Lu, P. Urbani, L. Zdeborová, "The role of regularization in
classification of high-dimensional noisy Gaussian mixture", ICML 2020, arXiv:2002.11544.
E. J. Candès, P. Sur, "The phase transition for the existence of the maximum likelihood estimate in
high-dimensional logistic regression", 2018, arXiv:1804.09753.
T. M. Cover, "Geometrical and statistical properties of systems of linear inequalities with
applications in pattern recognition", 1965, doi:10.1109/PGEC.1965.264137.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "F. Mignacco, F. Krzakala, Y. M. Lu, P. Urbani, L. Zdeborová"
PAPER = tc.Paper("arXiv:2002.11544", AUTHORS, "Logistic regression of a mixture", __doc__)
N, P, K = sympy.symbols("N p k", integer=True, positive=True)
D, GAMMA = sympy.symbols("D gamma", positive=True)
A = sympy.Symbol("a", nonnegative=True)
Z = sympy.Symbol("z", real=True)
exp, sqrt, pi, Rational = sympy.exp, sympy.sqrt, sympy.pi, sympy.Rational


def miss(x) -> sympy.Expr:
    """Q(x) = P(Z > x)."""
    return sympy.erfc(x / sqrt(2)) / 2


one = PAPER.states(
    "exact",
    "Random labels of N points in general position in R^p are separable through the origin with "
    "probability 2^{1−N} Σ_{k<p} C(N−1, k) (Cover): one half at N = 2p.",
)
SEPARABLE = 2 ** (1 - N) * sympy.Sum(sympy.binomial(N - 1, K), (K, 0, P - 1))
SEPARABLE = tc.Formula("P", SEPARABLE, args=(N, P))
TAIL = tc.information.binomial_tail(4, 11, "1/2")
one.shows(SEPARABLE)
one.equals(SEPARABLE, TAIL, "P(Bin(N − 1, ½) ≤ p − 1)", N=12, p=5)
one.equals(SEPARABLE, Rational(1, 2), "by symmetry at N = 2p", N=20, p=10)

two = PAPER.states(
    "limit",
    "A mixture is separable for γ above g* = min_a E min(0, Da + √(1 + a²) Z)², and not below: "
    "g* = ½ for D = 0, as for random labels, 0.2703 for D = 1, and less the stronger the signal: "
    "what is nearly separated anyway is separated with few dimensions.",
)
RATIO = A * D / sqrt(1 + A**2)
MISFIT = (1 + RATIO**2) * miss(RATIO) - RATIO * exp(-(RATIO**2) / 2) / sqrt(2 * pi)
MISFIT = tc.Formula("g", (1 + A**2) * MISFIT, args=(A, D))
THRESHOLD = tc.Formula("g_*", 1 / tc.inference.separability(1).expr)
two.shows(MISFIT, THRESHOLD)
NEGATIVE = (D * A - sqrt(1 + A**2) * Z) ** 2 * exp(-(Z**2) / 2) / sqrt(2 * pi)
BELOW = tc.Integral(NEGATIVE.subs({A: 2, D: 1}), Z, 2 / sqrt(5), 14)  # beyond it below e^{−90}
two.equals(MISFIT, BELOW, "the mean of the negative part squared", a=2, D=1)
two.equals(MISFIT, Rational(1, 2), "a = 0: half of the unit variance", a=0, D=1)
LEAST = MISFIT.expr.subs(D, 1)
BOUNDS = Rational("0.27026"), Rational("0.27027")
two.proves(BOUNDS[0] <= LEAST, "g* ≥ 0.27026 for D = 1", {"a": (0, 20)})
two.holds(BOUNDS[1] >= LEAST, "g* ≤ 0.27027", {"a": "0.774"})

three = PAPER.states(
    "limit",
    "Below g* the error is Q(Da/s) at the fixed point of three equations, for the square loss "
    "Q(D²√(1−γ)/√(D² + γ)): at D = 1, γ = 1/5 logistic regression has 0.2208, least squares "
    "0.2071, naive Bayes 0.1807, which knows the model.",
)
LOGISTIC = tc.inference.erm("logistic", 5, 0, teacher="mixture").error()
SQUARES = tc.Formula("e_LS", miss(D**2 * sqrt(1 - GAMMA) / sqrt(D**2 + GAMMA)), domain=GAMMA < 1)
BAYES = tc.Formula("e_NB", miss(D**2 / sqrt(D**2 + GAMMA)))
three.shows(SQUARES, BAYES)
three.equals(SQUARES, "0.239750061093476731159", "extended precision", gamma="1/3", D=1)


@three.experiment("logistic regressions of 400 samples in 80 dimensions", quick=32, full=400)
def regressions(run):
    """The errors of the fits, known exactly for each, by Newton's method."""
    n, p, generator, errors = 400, 80, np.random.default_rng(0), []
    below = tc.Formula("Q", miss(Z), args=(Z,)).lambdify()
    for _ in range(run.size):
        x = generator.standard_normal((n, p))
        x[:, 0] += 1
        w = np.zeros(p)
        for _ in range(7):
            chance = 1 / (1 + np.exp(x @ w))
            hessian = (x.T * (chance * (1 - chance))) @ x
            w += np.linalg.solve(hessian, x.T @ chance)
        errors.append(below(np.array([w[0] / np.linalg.norm(w)]))[0])
    run.at(0.2, LOGISTIC.at(), errors, series="logistic regression", bias=0.004, smallest=0.1)
    run.rejects("least squares", SQUARES.at(gamma="1/5", D=1))
    run.rejects("naive Bayes", BAYES.at(gamma="1/5", D=1))
    grid = np.linspace(0.01, 0.6, 60)
    for formula, name in ((SQUARES, "least squares"), (BAYES, "naive Bayes")):
        run.line(grid, formula.subs(D=1).lambdify(), name)
    run.axes("γ = p/N", "error", title="D = 1; separable beyond γ = 0.27")
