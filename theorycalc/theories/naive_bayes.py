"""Generative against discriminative: naive Bayes and least squares, exactly.

The seed compares sample complexities of naive Bayes and logistic regression. In the Gaussian model
that naive Bayes assumes all of it is computed here; logistic regression has a theory of its own.

Setting
-------
x = yμ + z in R^p with labels ±1 of equal chance, N samples, D = ‖μ‖, Bayes error Q(D). Naive Bayes
with unit variances is the mean ŵ of y_i x_i; no intercept. γ = p/N.

References
----------
C. Zheng, G. Wu, F. Bao, Y. Cao, C. Li, J. Zhu, "Revisiting discriminative vs. generative
classifiers: theory and implications", ICML 2023, arXiv:2302.02334.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "C. Zheng, G. Wu, F. Bao, Y. Cao, C. Li, J. Zhu"
PAPER = tc.Paper("arXiv:2302.02334", AUTHORS, "Generative against discriminative", __doc__)
N, P = sympy.symbols("N p", integer=True, positive=True)
D, GAMMA, EDGE = sympy.symbols("D gamma alpha", positive=True)
F, Z = sympy.symbols("f z", real=True)
sin, cos, exp, sqrt, pi = sympy.sin, sympy.cos, sympy.exp, sympy.sqrt, sympy.pi
HALF = sympy.Rational(1, 2)


def miss(x) -> sympy.Expr:
    """Q(x) = P(Z > x)."""
    return sympy.erfc(x / sqrt(2)) / 2


one = PAPER.states(
    "exact",
    "The error of naive Bayes is 1/2 − (1/π) ∫₀^{π/2} sin(√N D² sin f cos f) "
    "e^{−(N+1)D² sin²f/2} cos^{p−1}f/sin f df, for every N and p; for p = 1 it is "
    "Φ(√N D)Q(D) + Q(√N D)Φ(D).",
)
ANGLE = sqrt(N) * D**2 * sin(F) * cos(F)
WAVE = sympy.sinc(ANGLE) * sqrt(N) * D**2 * cos(F)  # sin(…)/sin f, without the quotient at 0
INTEGRAND = WAVE * exp(-(N + 1) * D**2 * sin(F) ** 2 / 2) * cos(F) ** (P - 1)
ERROR = HALF - sympy.Integral(INTEGRAND, (F, 0, pi / 2)) / pi
ERROR = tc.Formula("e", ERROR, args=(N, P, D))
LINE = (1 - miss(sqrt(N) * D)) * miss(D) + miss(sqrt(N) * D) * (1 - miss(D))
one.shows(ERROR)
one.equals(ERROR, LINE, "the sign of the mean, by hand", N=1, p=1, D=1)
one.equals(ERROR, LINE, "the sign of the mean, by hand", N=5, p=1, D="1/2")
PRINTED = "E Q(DA/√(A² + C/N)) by quadrature in extended precision"
one.equals(ERROR, "0.123033846629692842261", PRINTED, N=20, p=30, D="3/2")

two = PAPER.states(
    "limit",
    "For p/N → γ: Q(D²/√(D² + γ)), and Q(D²√(1−γ)/√(D² + γ)) for least squares (γ < 1), which is "
    "worse: what it pays is the covariance, which naive Bayes knows.",
)
GENERATIVE = tc.Formula("e_NB", miss(D**2 / sqrt(D**2 + GAMMA)))
SQUARES = tc.Formula("e_LS", miss(D**2 * sqrt(1 - GAMMA) / sqrt(D**2 + GAMMA)), domain=GAMMA < 1)
two.shows(GENERATIVE, SQUARES)
two.equals(GENERATIVE, "0.193238115385616332467", "extended precision", gamma="1/3", D=1)
two.equals(SQUARES, "0.239750061093476731159", "extended precision", gamma="1/3", D=1)
# a projection: the angle between a mean with noise γ and μ
COSINE = 1 / sqrt(1 + GAMMA / D**2)
two.equals(GENERATIVE, miss(D * COSINE), "Q(D cos θ), tan²θ = γ/D²", gamma="1/5", D=2)
BOX = {"gamma": sympy.Interval.open(0, 1), "D": sympy.Interval.open(0, sympy.oo)}
LESS = D**2 * sqrt(1 - GAMMA) / sqrt(D**2 + GAMMA) <= D**2 / sqrt(D**2 + GAMMA)
two.proves(LESS, "naive Bayes is better, the model being true", BOX)
two.proves(D**2 / sqrt(D**2 + GAMMA) <= D, "the Bayes error is less", BOX)

three = PAPER.states(
    "asymptotic",
    "How many samples come within 0.02 of the Bayes error depends on the signal: D fixed needs N "
    "linear in p, a signal per feature (D² ∝ p) fewer and fewer, by the same formula.",
)
EXCESS = GENERATIVE.expr - miss(D)
three.shows(tc.Formula("excess", EXCESS, args=(GAMMA, D)))
three.equals(
    tc.Formula("x", EXCESS, args=(GAMMA, D)), "0.0345828", "with p = N/3", gamma="1/3", D=1
)
SLOPE = exp(-(D**2) / 2) / (2 * sqrt(2 * pi) * D)  # dE/dγ at γ = 0
CONCAVE = (EXCESS <= SLOPE * GAMMA).subs(D, 1)
three.proves(CONCAVE, "concave in γ at D = 1", {"gamma": (0, "oo")})


@three.experiment("mean classifiers of 60 samples in 20 dimensions", quick=3000, full=30_000)
def classifiers(run):
    """The errors of the mean and of least squares, known exactly for each fit."""
    n, p, d, generator = 60, 20, 1.0, np.random.default_rng(0)
    v = generator.standard_normal((run.size, n, p))
    v[:, :, 0] += d
    gram = np.einsum("rni,rnj->rij", v, v)
    mean = v.mean(axis=1)
    fitted = np.linalg.solve(gram, n * mean[:, :, None])[:, :, 0]
    below = tc.Formula("Q", miss(Z), args=(Z,)).lambdify()
    errors = [below(d * w[:, 0] / np.linalg.norm(w, axis=1)) for w in (mean, fitted)]
    limit = SQUARES.at(gamma="1/3", D=1)
    run.at(None, limit, errors[1], name="least squares", bias=0.02, smallest=0.1)
    run.rejects("without √(1 − γ)", GENERATIVE.at(gamma="1/3", D=1))
    run.at(None, ERROR.at(N=n, p=p, D=1), errors[0], name="naive Bayes")
    run.rejects("its limit for one dimension", ERROR.at(N=n, p=1, D=1))
    grid = np.linspace(0.01, 0.95, 60)
    for formula, name in ((GENERATIVE, "naive Bayes"), (SQUARES, "least squares")):
        run.line(grid, formula.subs(D=1).lambdify(), name)
    run.axes("γ = p/N", "error", title="D = 1")


four = PAPER.states(
    "exact",
    "Bits that agree with y with probability ½ + α, their signs estimated from N samples: the vote "
    "of p bits errs with V(p, ½ + α(2q − 1)), q = 1 − V(N, ½ + α), where V(n, x) is "
    "P(Bin(n, x) < n/2) and half of a tie.",
)


def vote(n: int, chance) -> sympy.Expr:
    """The probability that most of n voters, right with this chance, are wrong."""
    tie = sympy.binomial(n, n // 2) * (chance * (1 - chance)) ** (n // 2) / 2
    below = tc.information.binomial_tail((n - 1) // 2, n, chance).expr
    return below + (tie if n % 2 == 0 else 0)


def signs(n: int, p: int) -> tc.Formula:
    """The error of naive Bayes on p bits, from n samples."""
    known = 1 - vote(n, HALF + EDGE)
    return tc.Formula(f"e_{p}", vote(p, HALF + EDGE * (2 * known - 1)), domain=EDGE <= HALF)


four.shows(signs(1, 1))
four.equals(signs(1, 1), HALF - 2 * EDGE**2, "one bit, one sample", alpha="1/5")
four.equals(signs(20, 50), "0.18755130327939133976587", "fractions", alpha="1/10")
