"""Information bottleneck, discrete and exact: what a head on few symbols can overfit.

The seed bounds the gap by an information bottleneck. Here the representation takes finitely many
values and is fixed before the data: the worst gap is exact (derived here).

Setting
-------
Z = φ(X) with an encoder that is fixed beforehand, p the law of (Z, Y), p̂ that of n samples, losses
g(z, y) in [0, 1]. ν = ⌊np⌋ + 1.

References
----------
K. Kawaguchi, Z. Deng, X. Ji, J. Huang, "How does information bottleneck help deep learning?",
ICML 2023, arXiv:2305.18887.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "K. Kawaguchi, Z. Deng, X. Ji, J. Huang"
PAPER = tc.Paper("arXiv:2305.18887", AUTHORS, "The bottleneck of a discrete code", __doc__)
N = sympy.Symbol("n", integer=True, positive=True)
P, Q = sympy.symbols("p q", nonnegative=True)
sqrt, Rational, binomial = sympy.sqrt, sympy.Rational, sympy.binomial
JOINT = [Rational(1, 2), Rational(1, 4), Rational(1, 8), Rational(1, 16), Rational(1, 16)]
MERGED = [Rational(1, 2), Rational(1, 4), Rational(1, 4)]


def part(p) -> sympy.Expr:
    """E|p̂ − p| of one symbol, by de Moivre."""
    nu = sympy.floor(N * p) + 1
    return 2 * nu * binomial(N, nu) * p**nu * (1 - p) ** (N - nu + 1) / N


def gap(joint: list) -> tc.Formula:
    """The mean of the worst gap of all loss tables."""
    return tc.Formula("gap", sympy.Add(*map(part, joint)) / 2, args=(N,))


one = PAPER.states(
    "exact",
    "The worst gap over all losses is the total variation of p̂ and p, with mean "
    "(1/2n) Σ 2ν C(n, ν) p^ν (1−p)^{n−ν+1} over the symbols (z, y).",
)
GAP = gap(JOINT)
one.shows(tc.Formula("part", part(P), args=(N, P)), GAP)
for n in (5, 9):
    law = [binomial(n, k) * Rational(1, 4) ** k * Rational(3, 4) ** (n - k) for k in range(n + 1)]
    mean = sum(w * abs(Rational(k, n) - Rational(1, 4)) for k, w in enumerate(law))
    one.equals(tc.Formula("part", part(P), args=(N, P)), mean, "the mean, added up", n=n, p="1/4")
one.equals(GAP, "0.069725264221826448319562", "extended precision", n=100)

two = PAPER.states(
    "upper",
    "It is at most ½ Σ √(p(1−p)/n), and that at most e^{H_{1/2}/2}/(2√n) with Rényi's entropy, "
    "e^{H_{1/2}} = (Σ √p)²: Shannon's may not take its place.",
)
HUNDRED = {"n": tc.integers(1, 100)}
MIDDLE = sum(sqrt(p * (1 - p)) for p in JOINT) / (2 * sqrt(N))
RENYI = tc.Formula("bound", sum(map(sqrt, JOINT)) / (2 * sqrt(N)), args=(N,))
two.shows(RENYI)
two.equals(RENYI, sympy.Add(*(p ** Rational(1, 2) for p in JOINT)) / 20, "Σ√p/(2√n)", n=100)
two.holds(GAP.expr <= MIDDLE, "exact ≤ ½Σ√(p(1−p)/n)", {"n": 5000})
two.proves(GAP.expr <= MIDDLE, "exact ≤ ½Σ√(p(1−p)/n)", HUNDRED)
two.proves(sqrt(P * (1 - P)) <= sqrt(P), "symbol by symbol", {"p": (0, 1)}, contacts=[{"p": 0}])
SHANNON = sympy.exp(sum(-p * sympy.log(p) for p in JOINT) / 2) / (2 * sqrt(N))
two.proves(RENYI >= SHANNON, "Shannon's entropy would be smaller", {"n": tc.integers(1, "oo")})

three = PAPER.states(
    "upper", "Merging symbols never increases the gap: a coarser code overfits less."
)
COARSE = gap(MERGED)
three.shows(COARSE)
three.proves(COARSE.expr <= GAP.expr, "merged ≤ exact", HUNDRED)
ROOTS = sqrt(P * (1 - P)) + sqrt(Q * (1 - Q)) >= sqrt((P + Q) * (1 - P - Q))
BOX = {"p": ("1/100", "49/100"), "q": ("1/100", "49/100")}
three.proves(ROOTS, "deviations of a sum", BOX)


@one.experiment("total variations of samples of a hundred pairs", quick=4000, full=40_000)
def samples(run):
    """Averages over multinomial samples, for both codes."""
    generator = np.random.default_rng(0)
    for joint, formula, name in ((JOINT, GAP, "five symbols"), (MERGED, COARSE, "three symbols")):
        p = np.array(joint, dtype=float)
        for n in (10, 100, 1000):
            seen = generator.multinomial(n, p, run.size) / n
            run.at(n, formula.at(n=n), np.abs(seen - p).sum(axis=1) / 2, series=name)
    run.rejects("the code of five", GAP.at(n=1000))
    run.axes("samples", "worst gap", log="xy")
