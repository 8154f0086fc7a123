"""Generated data in a Gaussian mixture: what a classifier gains from its own samples.

The seed bounds the effect of generative augmentation by stability. In the Gaussian model it is
exact (derived here): a mean classifier loses a little, and how little is a formula.

Setting
-------
m real samples x = yμ + z in R^d, M synthetic ones from N(yμ̂, I) with the mean μ̂ of the real ones;
the mean classifier on the union.

References
----------
C. Zheng, G. Wu, C. Li, "Toward understanding generative data augmentation", NeurIPS 2023,
arXiv:2305.17476.
"""

import numpy as np
import sympy

import theorycalc as tc

PAPER = tc.Paper("arXiv:2305.17476", "C. Zheng, G. Wu, C. Li", "Generated data", __doc__)
REAL, MADE, D = sympy.symbols("m M d", positive=True)
RATIO, U, X = sympy.symbols("t u x", positive=True)
sqrt, pi, Rational = sympy.sqrt, sympy.pi, sympy.Rational

one = PAPER.states(
    "exact",
    "The mean of the union has the covariance (1/m)[1 + mM/(m+M)²] I: the factor is 1 at M = 0, "
    "5/4 at M = m, the worst, and 1 again for M → ∞: a mean classifier never gains.",
)
FACTOR = tc.Formula("v", 1 + REAL * MADE / (REAL + MADE) ** 2)
one.shows(FACTOR)
# what the weights of the two parts do to their variances
OF_REAL, OF_MADE = REAL / (REAL + MADE), MADE / (REAL + MADE)
PARTS = OF_REAL**2 + OF_MADE**2 * (1 + REAL / MADE) + 2 * OF_REAL * OF_MADE
one.equals(FACTOR, PARTS, "variances and the covariance of the two means", m=20, M=7)
one.equals(FACTOR, Rational(5, 4), "as many synthetic samples as real ones", m=20, M=20)
WORST = Rational(5, 4) >= 1 + RATIO / (1 + RATIO) ** 2
one.proves(WORST, "at most 5/4, M = tm", {"t": (0, "oo")})


@one.experiment("means of real and synthetic samples", quick=80_000, full=400_000)
def unions(run):
    """The variance of the mean of the union, in units of that of the real samples."""
    generator, m = np.random.default_rng(0), 20
    for made in (5, 20, 200):
        real = generator.standard_normal(run.size) / np.sqrt(m)
        synthetic = real + generator.standard_normal(run.size) / np.sqrt(made)
        union = (m * real + made * synthetic) / (m + made)
        run.at(made / m, FACTOR.at(m=m, M=made), m * union**2, name=f"M = {made}")
    run.rejects("independent samples", m / (m + 200))
    grid = np.geomspace(0.1, 20, 60)
    run.line(grid, FACTOR.subs(m=1).lambdify())
    run.axes("synthetic over real samples", "variance factor", log="x")


two = PAPER.states(
    "exact",
    "The total variation of a class and its learned version is I_{1/(4m+1)}(1/2, d/2) on average, "
    "about √(d/(2πm)): of the order m^{−1/2}, and not o(1/m).",
)
DISTANCE = sympy.betainc_regularized(Rational(1, 2), D / 2, 0, 1 / (4 * REAL + 1))
DISTANCE = tc.Formula("TV", DISTANCE, args=(D, REAL))
two.shows(DISTANCE)
# E erf(‖g‖/(2√(2m))) over a normal g, by the law of its length
DENSITY = 2 * U ** (D - 1) * sympy.exp(-(U**2) / 2) / (2 ** (D / 2) * sympy.gamma(D / 2))
LENGTH = tc.Integral(sympy.erf(U / (2 * sqrt(2 * REAL))) * DENSITY, U, 0, 40)
two.equals(DISTANCE, LENGTH, "the mean over the length of the error", d=3, m=7)
two.equals(DISTANCE, "0.268986189318448772078", "extended precision", d=10, m=20)
LINE = 2 * sympy.atan(1 / (2 * sqrt(REAL))) / pi
two.equals(DISTANCE, LINE, "an arc tangent in one dimension", d=1, m=9)
SLOPE = LINE.subs(REAL, 1 / (4 * X**2)) <= 2 * X / pi  # x = 1/(2√m)
two.proves(SLOPE, "one dimension: below √(1/(π²m))", {"x": (0, 1)}, contacts=[{"x": 0}])
