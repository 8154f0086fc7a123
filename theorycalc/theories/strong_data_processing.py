"""Strong data processing through noise layers, and a linear network where all of it is exact.

The seed bounds the generalisation gap by divergences of internal representations, which noise
layers contract. Coefficients are known ones; the network with its numbers is worked out here.

Setting
-------
A channel K, η the least number with D(PK‖QK) ≤ η D(P‖Q); layers multiply. The network: x = yμ + σz
in R^d with labels y = ±1, the mean classifier ŵ of n examples, v = y₁x₁ of one of them. Inputs have
a known diameter D, t = D/σ for noise of deviation σ.

References
----------
H. He, Z. Goldfeld, "Information-theoretic generalization bounds for deep neural networks", 2024,
arXiv:2404.03176.
Y. Polyanskiy, Y. Wu, "Strong data-processing inequalities for channels and Bayesian networks",
2017, arXiv:1508.06025.
O. Ordentlich, Y. Polyanskiy, "Strong data processing constant is achieved by binary inputs", 2020,
arXiv:2010.01987.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "H. He, Z. Goldfeld"
PAPER = tc.Paper("arXiv:2404.03176", AUTHORS, "Strong data processing in networks", __doc__)
A, B, D = sympy.symbols("a b d", positive=True)
T, EPSILON = sympy.symbols("t epsilon", positive=True)
SIGMA, TAU = sympy.symbols("sigma2 tau2", positive=True)
Z, CUT = sympy.Symbol("z", real=True), sympy.Symbol("R", positive=True)
exp, sqrt, tanh = sympy.exp, sympy.sqrt, sympy.tanh
contraction = tc.information.contraction

one = PAPER.states(
    "exact",
    "A channel of two outputs with rows (a, 1−a), (b, 1−b) has η = 1 − (√(ab) + √((1−a)(1−b)))², "
    "and |a − b| for total variation; the symmetric one (1−2d)² and |1−2d|. The erasure channel "
    "and Z have 1−d for both.",
)
PAIR = contraction([[A, 1 - A], [B, 1 - B]])
SYMMETRIC = contraction([[1 - D, D], [D, 1 - D]])
ERASURE = contraction([[1 - D, 0, D], [0, 1 - D, D]])
one.shows(PAIR, SYMMETRIC)
one.equals(SYMMETRIC, (1 - 2 * D) ** 2, "(1 − 2d)²", d="0.1")
one.equals(ERASURE, 1 - D, "what is not erased", d="0.3")
# the χ² ratio of two inputs at the mixture where it is largest: half and half, by symmetry
MIXED = [(x - y) ** 2 / (2 * (x + y)) for x, y in ((1 - D, D), (D, 1 - D))]
one.equals(SYMMETRIC, sum(MIXED), "the χ² ratio at equal weights", d="1/5")
POINTS = {"a": "0.9", "b": "0.3"}, {"a": "1e-3", "b": 1}
one.holds(PAIR.expr <= sympy.Abs(A - B), "η ≤ η_TV", *POINTS)
EQUAL = [{"d": 0}, {"d": "1/2"}]
one.proves((1 - 2 * D) ** 2 <= 1 - 2 * D, "(1−2d)² ≤ 1−2d", {"d": (0, "1/2")}, contacts=EQUAL)

two = PAPER.states(
    "exact",
    "Gaussian noise after inputs of diameter D = tσ: η_TV = erf(t/(2√2)) and "
    "η = E tanh(t²/4 + tZ/2) = 1 − e^{−t²/8} E sech(tZ/2). For small t it is t²/4.",
)
NOISE, VARIATION = (tc.information.gaussian_contraction(divergence=x) for x in ("kl", "tv"))
GAUSS = exp(-(Z**2) / 2) / sqrt(2 * sympy.pi)
TAIL = tc.Tail(exp(-(CUT**2) / 2), CUT)
ENDS = {sympy.oo: TAIL, -sympy.oo: TAIL}
MEAN = tc.Integral(GAUSS * tanh(T**2 / 4 + T * Z / 2), Z, -sympy.oo, sympy.oo, tails=ENDS)
two.shows(NOISE, VARIATION)
two.equals(NOISE, MEAN, "E tanh(t²/4 + tZ/2)", t=1)
for t in ("1/10", 1, 4):
    two.holds(NOISE.expr <= VARIATION.expr, f"η ≤ η_TV at {t}", {"t": t})
SLOPE = T / sqrt(2 * sympy.pi)
two.proves(VARIATION <= SLOPE, "erf(t/(2√2)) ≤ t/√(2π)", {"t": (0, "oo")})

three = PAPER.states(
    "upper",
    "Pure ε-local privacy: η_TV ≤ tanh(ε/2) and η ≤ tanh²(ε/2), attained by randomised response. "
    "Transcripts of n users are within n tanh²(ε/2) D(P‖Q), so that any test between P and Q errs "
    "with probability ½(1 − √(n tanh²(ε/2) D(P‖Q)/2)) at least on average.",
)
PRIVATE = tc.information.privacy_contraction()
SHARE = exp(EPSILON) / (1 + exp(EPSILON))
RESPONSE = contraction([[SHARE, 1 - SHARE], [1 - SHARE, SHARE]])
three.shows(PRIVATE)
three.equals(PRIVATE, RESPONSE, "randomised response", epsilon=1)
HALF, ALL = EPSILON / 2, {"epsilon": (0, "oo")}
three.proves(tanh(HALF) <= HALF, "tanh(ε/2) ≤ ε/2", ALL, contacts=[{"epsilon": 0}])

four = PAPER.states(
    "exact",
    "Given ŵ, v is N(ŵ, σ²(1 − 1/n) I), a fresh one N(μ, σ²I): through an orthonormal map of rank "
    "r and noise τ² their mean divergence is −(r/2) log(1 − σ²/(n(σ²+τ²))); r = d and τ = 0 give "
    "I(ŵ; z₁). The gap of the errors is at most √(KL/2) at every layer, and less at later ones.",
)
LAYER = tc.information.layer_information(3, 30, SIGMA, TAU)
GIVEN = sympy.eye(3) * (SIGMA * sympy.Rational(29, 30) + TAU)
DETERMINANTS = sympy.log((sympy.eye(3) * (SIGMA + TAU)).det() / GIVEN.det()) / 2
four.shows(LAYER)
four.equals(LAYER, DETERMINANTS, "determinants of the covariances", sigma2=1, tau2="1/4")
FALLS = tc.information.layer_information(3, 30, 1, TAU) <= tc.information.layer_information(3, 30)
four.proves(FALLS, "noise lowers it", {"tau2": (0, "oo")})
MISS = tc.Formula("Q", sympy.erfc(Z / sqrt(2)) / 2, args=(Z,))


@four.experiment("mean classifiers of 6 examples in 8 dimensions", quick=8000, full=80_000)
def gaps(run):
    """The law of an example given the classifier, and the gap of the errors."""
    d, n, generator = 8, 6, np.random.default_rng(0)
    v = generator.standard_normal((run.size, n, d))
    v[:, :, 0] += 1
    w = v.mean(axis=1)
    spread = ((v[:, 0] - w) ** 2).mean(axis=1)
    run.at(None, 1 - 1 / n, spread, name="variance given ŵ")
    run.rejects("n − 1 for n", 1 - 1 / (n - 1))
    length = np.linalg.norm(w, axis=1)
    train = (np.einsum("rnd,rd->rn", v, w) < 0).mean(axis=1)
    test = MISS.lambdify()(w[:, 0] / length)
    bound = float((tc.information.layer_information(d, n).at() / 2) ** sympy.Rational(1, 2))
    run.at(None, bound, test - train, name="gap ≤ √(KL/2) at the input", at_most=True)
    t = np.linspace(0.05, 6, 60)
    run.line(t, VARIATION.lambdify(), "total variation")
    run.line(t, NOISE.lambdify(), "Kullback–Leibler")
    run.axes("diameter over noise $t$", "coefficient", title="Gaussian noise")
