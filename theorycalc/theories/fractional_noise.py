"""Fractional noise as a sum of Ornstein–Uhlenbeck processes: the best sum, and its error.

The seed fits such sums in closed form for variational inference. Here the fit and its error are
exact expressions, for the process that starts at 0 (type II).

Setting
-------
B_H(t) = ∫₀^t (t−s)^{H−½}/Γ(H+½) dB_s, Y_k = ∫₀^t e^{−γ_k(t−s)} dB_s with given rates γ_k, and
constant weights ω that minimise ∫₀^T E(B_H − Σ ω_k Y_k)² dt.

References
----------
R. Daems, M. Opper, G. Crevecoeur, T. Birdal, "Variational inference for SDEs driven by fractional
noise", ICLR 2024, arXiv:2310.12975.
P. Carmona, L. Coutin, "Fractional Brownian motion and the Markov property", 1998,
doi:10.1214/ECP.v3-998.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "R. Daems, M. Opper, G. Crevecoeur, T. Birdal"
PAPER = tc.Paper("arXiv:2310.12975", AUTHORS, "Fractional noise", __doc__)
H, T, U, G = sympy.symbols("H T u gamma", positive=True)
exp, gamma, Rational, Matrix = sympy.exp, sympy.gamma, sympy.Rational, sympy.Matrix
RATES = tuple(map(Rational, ("1/10", "1", "10", "100")))
ROUGH, SMOOTH = {"H": "3/10", "T": 1}, {"H": "7/10", "T": 1}


def overlap(rate) -> sympy.Expr:
    """∫₀^T E B_H Y dt for one rate."""
    a, x = H + Rational(1, 2), rate * T
    lower = sympy.lowergamma(a, x) * T - sympy.lowergamma(a + 1, x) / rate
    return lower / gamma(a) / rate**a


def product(rate) -> sympy.Expr:
    """∫₀^T E Y_i Y_j dt for the sum of two rates."""
    return (rate * T + exp(-rate * T) - 1) / rate**2


TOTAL = T ** (2 * H + 1) / (2 * H * (2 * H + 1) * gamma(H + Rational(1, 2)) ** 2)


def gram(rates) -> Matrix:
    """All products, of the noise first and of the processes."""
    side = [overlap(x) for x in rates]
    inner = ([b, *(product(x + y) for y in rates)] for x, b in zip(rates, side, strict=True))
    return Matrix([[TOTAL, *side], *inner])


def determinant(matrix: Matrix) -> sympy.Expr:
    """By minors, without the simplifications of SymPy."""
    with sympy.matrices.dotprodsimp(False):
        return matrix.det(method="laplace")


def weight(rates, k: int) -> tc.Formula:
    """The best ω_k, k from 0, by Cramer's rule."""
    full = gram(rates)
    inner, other = full[1:, 1:], full[1:, 1:]
    other[:, k] = full[1:, 0]
    return tc.Formula(f"omega_{k}", determinant(other) / determinant(inner))


def error(rates) -> tc.Formula:
    """The least mean squared error, a quotient of Gram determinants."""
    full = gram(rates)
    return tc.Formula("E", determinant(full) / determinant(full[1:, 1:]))


LAG, ROOT = U**10, gamma(Rational(4, 5))  # s = u^10 is smooth for H = 3/10
one = PAPER.states(
    "exact",
    "∫E B_H² = T^{2H+1}/(2H(2H+1)Γ(H+½)²), ∫E Y_i Y_j = (gT + e^{−gT} − 1)/g² with g = γ_i + γ_j, "
    "and ∫E B_H Y = [T P(H+½, γT) − (H+½)/γ · P(H+3/2, γT)]/γ^{H+½}.",
)
VARIANCE, SIDE = tc.Formula("V", TOTAL), tc.Formula("b", overlap(G), args=(G, H, T))
INNER = tc.Formula("A", product(G))
one.shows(VARIANCE, SIDE, INNER)
one.equals(VARIANCE, "0.76851333645266329355143", "extended precision", **ROUGH)
PLAIN = (1 - LAG) * 10 * U**5 / ROOT**2
one.equals(VARIANCE, tc.Integral(PLAIN, U, 0, 1), "over the lag", **ROUGH)
CROSS = (1 - LAG) * exp(-5 * LAG) * 10 * U**7 / ROOT
one.equals(SIDE, tc.Integral(CROSS, U, 0, 1), "over the lag", gamma=5, **ROUGH)
TWICE = tc.Integral((1 - U) * exp(-3 * U), U, 0, 1)
one.equals(INNER, TWICE, "over the lag", gamma=3, T=1)

two = PAPER.states(
    "exact",
    "The best weights solve Aω = b, and the least error is the quotient of the Gram determinants "
    "of (B_H, Y) and of Y: 0.33 % of the variance for H = 0.3 with rates 0.1, 1, 10, 100, and "
    "10⁻⁵ of it for H = 0.7. A is ill-conditioned: the enclosures pay for it in digits.",
)
FOUR = error(RATES)
two.shows(weight((G,), 0), error((G,)))
two.equals(FOUR, "0.0025378167527551", "a solve in extended precision", **ROUGH)
two.equals(FOUR, "7.736e-6", "a solve in extended precision", **SMOOTH)
PAIR = (Rational(1), Rational(10))
WEIGHTS = Matrix([weight(PAIR, k).expr for k in range(2)])
PARTS = gram(PAIR)
SQUARED = (WEIGHTS.T * PARTS[1:, 1:] * WEIGHTS - 2 * WEIGHTS.T * PARTS[1:, 0])[0] + TOTAL
two.equals(error(PAIR), SQUARED, "the square, with the weights", **ROUGH)
BROWNIAN = (2 * G + exp(-2 * G) - 1) / 8 >= ((G - 1 + exp(-G)) / G) ** 2
two.proves(BROWNIAN, "one rate is not Brownian motion", {"gamma": (0, "oo")})


@two.experiment("paths of noise and of one process, H = 0.7", quick=1300, full=10_000)
def paths(run):
    """Mean squared differences over 200 steps, with weights around the best one."""
    steps, h = 200, 0.7
    step, best = 1 / steps, float(weight((sympy.S.One,), 0).at(**SMOOTH))
    lag = np.arange(steps)[:, None] - np.arange(steps) + 0.5
    past, lag = lag > 0, abs(lag) * step
    root, decay = past * lag ** (h - 0.5) / float(gamma(1.2)), past * np.exp(-lag)
    noise = np.random.default_rng(0).standard_normal((run.size, steps)) * step**0.5
    rough, process = noise @ root.T, noise @ decay.T
    least = float(error((sympy.S.One,)).at(**SMOOTH))
    curve = float(product(sympy.S(2)).subs(T, 1))
    for factor in (0.5, 1.0, 1.5):
        seen = ((rough - factor * best * process) ** 2).mean(axis=1)
        theory = least + curve * ((factor - 1) * best) ** 2
        run.at(factor, theory, seen, bias=0.02 * theory, smallest=0.25)
    run.rejects("the best weight", least)
    grid = np.linspace(0.4, 1.6, 60)
    run.line(grid, least + curve * ((grid - 1) * best) ** 2)
    run.axes("weight over the best one", "mean squared error", log="y")
