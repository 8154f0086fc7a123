"""The Kullback–Leibler risk of maximum likelihood, exact and to the order n⁻².

The seed expands the risk of maximum likelihood to the order n⁻² and asks for the sample that a
model of a given size needs. In three families it is exact (worked out here).

Setting
-------
A law of the model is fitted to n of its samples; the risk is the mean divergence of the fit from
the truth, KL(true‖fit). p̂ are the frequencies of a multinomial law with K cells.

References
----------
Y. Sheena, "MLE convergence speed to information projection of exponential family: criterion for
model dimension and sample size — complete proof version", 2021, arXiv:2105.08947.
"""

import itertools

import numpy as np
import sympy

import theorycalc as tc

PAPER = tc.Paper("arXiv:2105.08947", "Y. Sheena", "Risk of maximum likelihood", __doc__)
N, D, J = sympy.symbols("n d j", integer=True, positive=True)
T = sympy.Symbol("t", real=True)
exp, log, Rational, digamma = sympy.exp, sympy.log, sympy.Rational, sympy.digamma


def gamma_mean(f, shape) -> sympy.Expr:
    """E f(log G) for a Gamma variable of this shape; beyond the ends it is below e^{−90}."""
    weight = exp(shape * T - exp(T)) / sympy.gamma(shape)
    return tc.Integral(f * weight, T, -12, 6).to_sympy()


one = PAPER.states(
    "exact", "Exponential law: ψ(n) − log n + 1/(n − 1) = 1/(2n) + 11/(12n²) + …, for n ≥ 2."
)
RISK = tc.Formula("R", digamma(N) - log(N) + 1 / (N - 1), args=(N,), domain=N > 1)
one.shows(RISK)
FIT = T - log(10) + 10 * exp(-T) - 1  # log m + 1/m − 1 for a fitted mean m = e^t/10
one.equals(RISK, gamma_mean(FIT, 10), "the mean over the law of the fit", n=10)
one.equals(RISK, "0.060278607183786534740576", "extended precision", n=10)
TERMS = 1 / (2 * N) + Rational(11, 12) / N**2
one.proves(abs(RISK.expr - TERMS) <= 2 / N**3, "to n⁻³", {"n": tc.integers(3, "oo")})
one.proves(RISK >= 1 / (2 * N), "above 1/(2n)", {"n": tc.integers(2, "oo")})

two = PAPER.states(
    "exact",
    "Gaussian law in d dimensions, mean and covariance fitted: "
    "½[d(n+1)/(n−d−2) − d + Σ_{j≤d} ψ((n−j)/2) + d log(2/n)], n > d + 2; for d = 1 it is "
    "1/n + 61/(12n²) + …",
)
DETERMINANT = sympy.Sum(digamma((N - J) / 2), (J, 1, D)) + D * log(2 / N)
GAUSSIAN = (D * (N + 1) / (N - D - 2) - D + DETERMINANT) / 2
GAUSSIAN = tc.Formula("R_d", GAUSSIAN, args=(N, D), domain=N > D + 2)
two.shows(GAUSSIAN)
# the fitted variance is 2G/n with a Gamma variable G of shape (n − 1)/2
NORMAL = (T + log(Rational(2, 20)) + Rational(21, 20) * 10 * exp(-T) - 1) / 2
two.equals(GAUSSIAN, gamma_mean(NORMAL, Rational(19, 2)), "over the fitted variance", n=20, d=1)
two.equals(GAUSSIAN, "0.065223450527981336339375", "extended precision", n=20, d=1)
SECOND = 1 / N + Rational(61, 12) / N**2
ERROR = abs(GAUSSIAN.expr.subs(D, 1).doit() - SECOND)
two.proves(ERROR <= 40 / N**3, "to n⁻³", {"n": tc.integers(20, "oo")})
# a parameter costs 1/(2n) at least, of which a Gaussian law has d(d + 3)/2
two.holds(GAUSSIAN.expr >= D * (D + 3) / (4 * N), "above parameters/(2n)", {"n": 30, "d": 4})


@two.experiment("Gaussian laws in four dimensions, fitted to samples", quick=4000, full=40_000)
def fits(run):
    """Divergences of the fits, each known exactly."""
    d, generator = 4, np.random.default_rng(0)
    for n in (15, 30, 60):
        x = generator.standard_normal((run.size, n, d))
        centre = x.mean(axis=1)
        x -= centre[:, None]
        covariance = np.einsum("rni,rnj->rij", x, x) / n
        inverse = np.linalg.inv(covariance)
        square = np.einsum("ri,rij,rj->r", centre, inverse, centre)
        spread = np.trace(inverse, axis1=1, axis2=2) - d + np.linalg.slogdet(covariance)[1]
        run.at(n, GAUSSIAN.at(n=n, d=d), (spread + square) / 2, smallest=0.1)
        if n == 15:
            wrong = d * (n + 1) / 2 * (1 / (n - d - 1) - 1 / (n - d - 2))
            run.rejects("n − d − 1 for n − d − 2", float(GAUSSIAN.at(n=n, d=d)) + wrong)
    grid = np.arange(10, 70)
    run.line(grid, lambda sizes: [float(GAUSSIAN.at(n=int(n), d=d)) for n in sizes])
    run.line(grid, d * (d + 3) / 4 / grid, "parameters/(2n)")
    run.axes("samples", "divergence", log="xy")


three = PAPER.states(
    "exact",
    "Multinomial law: E KL(p‖p̂) = ∞, and E KL(p̂‖p), by which a fit looks too good on its own "
    "sample, is a finite sum, (K−1)/(2n) + (Σ1/p_i − 1)/(12n²) + …",
)
LAW = (Rational(1, 2), Rational(3, 10), Rational(1, 5))


def training_gap(p, n: int) -> tc.Formula:
    """E KL(p̂‖p), from the binomial laws of the cells."""
    parts = []
    for q, k in itertools.product(p, range(1, n + 1)):
        chance = sympy.binomial(n, k) * q**k * (1 - q) ** (n - k)
        parts.append(chance * Rational(k, n) * log(Rational(k, n) / q))
    return tc.Formula(f"G_{n}", sympy.Add(*parts))


three.shows(training_gap(LAW, 1))
three.equals(training_gap(LAW, 1), -sum(q * log(q) for q in LAW), "one sample: the entropy")
CELLS = [x for x in itertools.product(range(5), repeat=3) if sum(x) == 4]
GAPS = [sum(Rational(k, 4) * log(k / (4 * q)) for k, q in zip(x, LAW, strict=True) if k)
        for x in CELLS]  # fmt: skip
CHANCES = [24 * sympy.Mul(*(q**k / sympy.factorial(k) for k, q in zip(x, LAW, strict=True)))
           for x in CELLS]  # fmt: skip
DIRECT = sum(w * g for w, g in zip(CHANCES, GAPS, strict=True))
three.equals(training_gap(LAW, 4), DIRECT, "all tables of four samples")
ORDERS = Rational(2, 60) + (sum(1 / q for q in LAW) - 1) / 12 / 30**2
DEVIATION = abs(training_gap(LAW, 30).expr - ORDERS)
three.holds(sympy.Le(DEVIATION, Rational(10, 30**3), evaluate=False), "to n⁻³, at n = 30")
