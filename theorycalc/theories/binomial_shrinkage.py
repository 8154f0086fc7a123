"""Compound estimation for binomials: shrinkage, and the risks that data can tell.

The seed develops an approximate unbiased estimate of risk. For linear shrinkage it is exact, and
which estimators have an exact one is a line of algebra (both are worked out here).

Setting
-------
Tasks X_i ~ Bin(n_i, p_i), x = X/n, estimators δ = (1 − l)x + lc that shrink towards c with one
l for all tasks; squared errors. A_i = p_i(1 − p_i)/n_i.

References
----------
Y. Chen, L. Lei, "Compound estimation for binomials", 2025, arXiv:2512.25042.
"""

from collections.abc import Callable

import numpy as np
import sympy

import theorycalc as tc

PAPER = tc.Paper("arXiv:2512.25042", "Y. Chen, L. Lei", "Binomial shrinkage", __doc__)
N, K = sympy.symbols("n k", integer=True, positive=True)
P, C, L = sympy.symbols("p c l", nonnegative=True)
Rational, binomial = sympy.Rational, sympy.binomial
CHANCES, DRAWS, TARGET = ("1/10", "3/10", "1/5"), (5, 8, 3), "1/4"


def mean(estimate: Callable, n: int, p) -> sympy.Expr:
    """E of a function of X ~ Bin(n, p), added up."""
    p = sympy.sympify(p)
    return sum(binomial(n, k) * p**k * (1 - p) ** (n - k) * estimate(k) for k in range(n + 1))


def moments(p, n, target) -> tuple[sympy.Expr, sympy.Expr]:
    """Σ A_i and Σ (p_i − c)²."""
    p = [Rational(x) for x in p]
    variance = sum(x * (1 - x) / m for x, m in zip(p, n, strict=True))
    return variance, sum((x - Rational(target)) ** 2 for x in p)


def shrinkage(p, n, target) -> tc.Formula:
    """The best common l."""
    variance, distance = moments(p, n, target)
    return tc.Formula("l", variance / (variance + distance))


def risk(p, n, target, share=L) -> tc.Formula:
    """The mean risk over the tasks, of the best l if that is given."""
    variance, distance = moments(p, n, target)
    return tc.Formula("R", ((1 - share) ** 2 * variance + share**2 * distance) / len(p))


one = PAPER.states("exact", "δ has the risk (1 − l)² p(1 − p)/n + l²(p − c)².")
RISK = (1 - L) ** 2 * P * (1 - P) / N + L**2 * (P - C) ** 2
RISK = tc.Formula("R", RISK, args=(L, N, P, C), domain=sympy.And(L <= 1, P <= 1, C <= 1))
one.shows(RISK)
THIRD, QUARTER, HALF = Rational(1, 3), Rational(1, 4), Rational(1, 2)
SQUARES = mean(lambda k: ((1 - QUARTER) * Rational(k, 5) + QUARTER * HALF - THIRD) ** 2, 5, THIRD)
one.equals(RISK, SQUARES, "squared errors, added up", l="1/4", n=5, p="1/3", c="1/2")

two = PAPER.states(
    "exact",
    "The best l is ΣA/(ΣA + Σ(p_i − c)²), and the best risk the share 1 − l of that of X/n: small "
    "samples shrink more, and a target that is right by chance shrinks all the way.",
)
BEST, MEAN = shrinkage(CHANCES, DRAWS, TARGET), risk(CHANCES, DRAWS, TARGET)
LEAST = risk(CHANCES, DRAWS, TARGET, BEST.expr)
two.shows(BEST, MEAN)
two.equals(BEST, "0.78014656895403064623584", "extended precision")
SLOPE = tc.Formula("dR", MEAN.expr.diff(L).subs(L, BEST.expr))
two.equals(SLOPE, 0, "no slope at the best l")
two.equals(LEAST, (1 - BEST.expr) * MEAN.expr.subs(L, 0), "the share 1 − l")
two.proves(MEAN >= LEAST, "no l is better", {"l": (0, 1)}, contacts=[{"l": BEST.expr}])

three = PAPER.states(
    "exact",
    "x(1 − x)/(n − 1) is unbiased for p(1 − p)/n, and X(X − 1)/(n(n − 1)) for p²: the risk of "
    "linear shrinkage has an unbiased estimate for n ≥ 2. The plug-in x(1 − x)/n is too small by "
    "the factor 1 − 1/n.",
)
VARIANCE = tc.Formula("A", P * (1 - P) / N, args=(N, P))
SECOND = tc.Formula("p^2", P**2)
three.shows(VARIANCE, SECOND)
for n, p in ((2, "1/3"), (7, "9/10")):
    spread = mean(lambda k, n=n: Rational(k * (n - k), n * n * (n - 1)), n, Rational(p))
    pairs = mean(lambda k, n=n: Rational(k * (k - 1), n * (n - 1)), n, Rational(p))
    three.equals(VARIANCE, spread, "the mean of x(1 − x)/(n − 1)", n=n, p=p)
    three.equals(SECOND, pairs, "the mean of X(X − 1)/(n(n − 1))", p=p)


@three.experiment("risk estimates of three tasks", quick=20_000, full=200_000)
def estimates(run):
    """Unbiased estimates of the mean risk for several l; the plug-in is below."""
    generator, n = np.random.default_rng(0), np.array(DRAWS)
    p, c = np.array([float(Rational(x)) for x in CHANCES]), float(Rational(TARGET))
    x = generator.binomial(n, p, (run.size, 3)) / n
    second = x * (n * x - 1) / (n - 1)
    for share in (0.0, 0.4, 0.8):
        spread = x * (1 - x) / (n - 1)
        noted = (1 - share) ** 2 * spread + share**2 * (second - 2 * c * x + c**2)
        run.at(share, MEAN.at(l=str(share)), noted.mean(axis=1), smallest=0.15)
        if share == 0:
            run.rejects("the plug-in", ((p * (1 - p) / n) * (1 - 1 / n)).mean())
    grid = np.linspace(0, 1, 60)
    run.line(grid, MEAN.lambdify())
    run.axes("share l of the target", "mean squared error")


four = PAPER.states(
    "exact",
    "p E δ(X) is the mean of some function of X iff Σ (−1)^{n−k} C(n, k) δ(k) = 0, the coefficient "
    "of p^n in E δ: for polynomials δ of degree < n, and only constants for n = 1.",
)
CUBE = sympy.Sum((-1) ** (N - K) * binomial(N, K) * K**3, (K, 0, N))
CUBE = tc.Formula("top", CUBE, args=(N,))
four.shows(CUBE)
for n in (1, 3, 4):
    top = sympy.Poly(sympy.expand(mean(lambda k: k**3, n, P)), P).coeff_monomial(P**n)
    four.equals(CUBE, top, "the coefficient of pⁿ in E X³", n=n)
