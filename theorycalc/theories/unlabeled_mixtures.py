"""Gaussian mixtures with unlabelled data: what labels are worth, and what a shift of domain costs.

The seed bounds the error of a classifier with few labelled samples and many unlabelled ones from
another domain. In high dimension the angles have limits, which are computed here.

Setting
-------
m labelled samples of N(±μ, σ²I) in R^d, n unlabelled ones of N(±μ', σ²I), s = ‖μ‖²/σ² and likewise
for μ', a = d/m, c = d/n. A direction at the angle θ to μ errs with probability Q(√s cos θ).

References
----------
A. H. Saberi, A. Najafi, A. Heidari, M. H. Movasaghinia, A. Motahari, B. H. Khalaj, "Out-of-domain
unlabeled data improves generalization", ICLR 2024, arXiv:2310.00027.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "A. H. Saberi, A. Najafi, A. Heidari, M. H. Movasaghinia, A. Motahari, B. H. Khalaj"
PAPER = tc.Paper("arXiv:2310.00027", AUTHORS, "Mixtures with unlabelled data", __doc__)
S, A, C, M, T, W = sympy.symbols("s a c m t w", positive=True)
PHI = sympy.Symbol("phi", real=True)
sqrt, cos, Rational = sympy.sqrt, sympy.cos, sympy.Rational


def miss(x) -> sympy.Expr:
    """Q(x) = P(Z > x)."""
    return sympy.erfc(x / sqrt(2)) / 2


one = PAPER.states(
    "limit",
    "The mean of y_i x_i over labelled samples has cos²θ = s/(s + a), the top eigenvector of "
    "unlabelled ones (1 − c/s²)/(1 + c/s) where s² > c, and 0 below: it says nothing of μ there.",
)
LABELLED = tc.Formula("q_m", S / (S + A))
UNLABELLED = tc.Formula("q_n", sympy.Max(0, S**2 - C) / (S * (S + C)))
ERROR = tc.Formula("e_n", miss(sqrt(S * UNLABELLED.expr)), args=(S, C))
one.shows(LABELLED, UNLABELLED, ERROR)
MEAN = tc.Formula("e_m", miss(sqrt(S * LABELLED.expr)), args=(S, A))
one.equals(MEAN, miss(S / sqrt(S + A)), "Q(D²/√(D² + γ)), naive Bayes", s="3/2", a=2)
for s, c in ((1, "1/2"), (4, 1), ("1/2", "1/2")):
    spike = tc.spectra.covariance_spike(1 + Rational(s), c).overlap
    one.equals(UNLABELLED, spike, "an outlier of a sample covariance", s=s, c=c)
one.equals(ERROR, "0.28185143082538651436552", "extended precision", s=1, c="1/2")

two = PAPER.states(
    "exact",
    "As far as angles go, one unlabelled sample is worth (s² − c)/(s(s + 1)) labelled ones: always "
    "less than one, and s/(1 + s) when there are many.",
)
WORTH = tc.Formula("w", (S**2 - C) / (S * (S + 1)))
two.shows(WORTH)
EXCHANGED = tc.Formula("q", LABELLED.expr.subs(A, C / WORTH.expr))
two.equals(EXCHANGED, UNLABELLED, "labelled samples in their place", s=2, c="3/4")
BOX = dict.fromkeys("sc", sympy.Interval.open(0, sympy.oo))
LESS = (S**2 - C) / (S * (S + C)) <= S / (S + C)
two.proves(LESS, "labels never hurt", BOX)
two.proves(WORTH < 1, "always less than one", BOX)

three = PAPER.states(
    "limit",
    "A shift multiplies cos²θ by cos²φ, φ the angle between μ and μ': with unlimited data the "
    "error stays at Q(√s cos φ). Labels choose the sign, wrongly with probability Q(√(sm) cos θ).",
)
CAP = tc.Formula("e_oo", miss(sqrt(S) * cos(PHI)))
SIGN = tc.Formula("P", miss(sqrt(S * M) * cos(PHI)))
three.shows(CAP, SIGN)
three.equals(CAP, miss(1), "s = 2 at 45°", s=2, phi=sympy.pi / 4)
SHIFTED, RANGE = miss(cos(PHI)) >= miss(1), {"phi": (0, sympy.pi / 2)}
three.proves(SHIFTED, "no less than the Bayes error", RANGE, contacts=[{"phi": 0}])


@three.experiment("top eigenvectors of 100 shifted samples in R¹⁰⁰", quick=60, full=600)
def eigenvectors(run):
    """Squared cosines to μ for a shift by 0.3, s = 4, c = 1; and of means of 25 labelled ones."""
    d, size, turn, generator = 100, 2.0, 0.3, np.random.default_rng(0)
    top, means = [], []
    for _ in range(run.size):
        x = generator.standard_normal((d, d))
        x[:, :2] += generator.choice([-size, size], (d, 1)) * [np.cos(turn), np.sin(turn)]
        top.append(np.linalg.eigh(x.T @ x)[1][0, -1] ** 2)
        mean = generator.standard_normal(d) / 5
        mean[0] += size
        means.append(mean[0] ** 2 / (mean @ mean))
    shifted = float(UNLABELLED.at(s=4, c=1)) * np.cos(turn) ** 2
    run.at(None, shifted, top, name="unlabelled", bias=0.01, smallest=0.1)
    run.rejects("without the shift", UNLABELLED.at(s=4, c=1))
    run.at(None, LABELLED.at(s=4, a=4), means, name="labelled", bias=0.01, smallest=0.15)
    run.rejects("with twice as many", LABELLED.at(s=4, a=2))
    grid = np.geomspace(0.1, 30, 80)
    run.line(grid, LABELLED.subs(s=2).lambdify(), "labelled")
    run.line(grid, UNLABELLED.subs(s=2).lambdify(), "unlabelled")
    run.axes("dimension over samples", "cos²θ", log="x", title="s = 2")


four = PAPER.states(
    "exact",
    "Unit vectors with independent errors, weighted by 1/(cos θ_i tan²θ_i), have "
    "1/tan²θ = 1/tan²θ₁ + 1/tan²θ₂, the best of all weights. Without a shift: the labelled mean "
    "and the eigenvector.",
)
ODDS = S / A + (S**2 - C) / (C * (S + 1))  # 1/tan² of both
COMBINED = tc.Formula("q", ODDS / (1 + ODDS), args=(S, A, C))
four.shows(COMBINED)
COSINES = [sqrt(LABELLED.expr), sqrt((S**2 - C) / (S * (S + C)))]
WEIGHTS = [x / (1 - x**2) for x in COSINES]
ALONG = sum(w * x for w, x in zip(WEIGHTS, COSINES, strict=True)) ** 2
ACROSS = sum(w**2 * (1 - x**2) for w, x in zip(WEIGHTS, COSINES, strict=True))
four.equals(COMBINED, ALONG / (ALONG + ACROSS), "the sum of the vectors", s=2, a=3, c="1/2")
four.equals(COMBINED, "0.5", "two directions of cos² = 1/3", s=1, a=2, c="1/2")
OTHER = (1 + W) ** 2 / ((1 + W) ** 2 + 2 * (1 + W**2))  # weights 1 and w of these two
WORSE = Rational(1, 2) >= OTHER
four.proves(WORSE, "equal weights are best", {"w": (0, "oo")})

five = PAPER.states("exact", "TV(N(μ, σ²I), N(μ', σ²I)) = erf(t/(2√2)) with t = ‖μ − μ'‖/σ.")
VARIATION = tc.Formula("TV", sympy.erf(T / (2 * sqrt(2))))
five.shows(VARIATION)
LAWS = (tc.information.Normal(x, 1) for x in (0, "1/2"))
five.equals(VARIATION, tc.information.total_variation(*LAWS), "one coordinate", t="1/2")
