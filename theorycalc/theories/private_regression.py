"""Private regression: what local privacy contracts, for one coefficient and for many.

The seed bounds private sparse regression. Here signs are observed, and the contraction by a local
randomiser is followed from a bit to the error of all coefficients (worked out here).

Setting
-------
Users have designs x in {±1}^d, uniform, and labels y = ±1 with E[y|x] = θ·x, Σ|θ_j| ≤ 1; each
sends one bit through an ε-private channel, t = tanh(ε/2). D(θ) is the divergence of a bit of mean
θ from one of mean −θ.

References
----------
L. Zhu, M. Ding, V. Aggarwal, J. Xu, D. Wang, "Improved analysis of sparse linear regression in
local differential privacy model", ICLR 2024, arXiv:2310.07367.
J. C. Duchi, M. I. Jordan, M. J. Wainwright, "Local privacy and statistical minimax rates", 2013,
arXiv:1302.3203.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "L. Zhu, M. Ding, V. Aggarwal, J. Xu, D. Wang"
PAPER = tc.Paper("arXiv:2310.07367", AUTHORS, "Private regression", __doc__)
N, DIM = sympy.symbols("n d", integer=True, positive=True)
THETA, EPSILON, T, NORM = sympy.symbols("theta epsilon t q", positive=True)
log, sqrt, tanh, Rational = sympy.log, sympy.sqrt, sympy.tanh, sympy.Rational
KEPT = tanh(EPSILON / 2)
BOX = dict.fromkeys(("theta", "t"), sympy.Interval.Lopen(0, 1))


def bit(mean) -> tc.information.Categorical:
    """The law of a sign of this mean."""
    return tc.information.Categorical(((1 + mean) / 2, (1 - mean) / 2))


one = PAPER.states(
    "exact",
    "D(θ) = θ log((1+θ)/(1−θ)). Randomised response turns a bit of mean θ into one of mean tθ, and "
    "D(tθ) ≤ t² D(θ): no private channel keeps more than t² D(θ), and this one keeps it for small "
    "θ.",
)
DIVERGENCE = tc.Formula("D", THETA * log((1 + THETA) / (1 - THETA)), domain=THETA < 1)
PRIVATE = tc.Formula("D_eps", DIVERGENCE.expr.subs(THETA, KEPT * THETA), args=(THETA, EPSILON))
one.shows(DIVERGENCE, PRIVATE)
ONE_THIRD = tc.information.divergence(bit(Rational(1, 3)), bit(-Rational(1, 3)))
one.equals(DIVERGENCE, ONE_THIRD, "two coins", theta="1/3")
TRUTH = sympy.exp(EPSILON) / (1 + sympy.exp(EPSILON))
SENT = 2 * (TRUTH * (1 + THETA) / 2 + (1 - TRUTH) * (1 - THETA) / 2) - 1
one.equals(tc.Formula("mean", SENT), KEPT * THETA, "the bit that is sent", theta="2/5", epsilon=1)
# D(θ)/θ² rises with θ where its derivative is positive
RISES = log((1 + THETA) / (1 - THETA)) <= 2 * THETA / (1 - THETA**2)
one.proves(RISES, "D(θ)/θ² rises", {"theta": sympy.Interval.open(0, 1)})

two = PAPER.states(
    "upper",
    "Any test between θ and −θ from n private bits, sequential or not, errs with probability "
    "½(1 − t√(nD(θ)/2)) at least on average; the majority of randomised responses errs with "
    "P(Bin(n, (1 + tθ)/2) < n/2), n odd.",
)
LOWER = tc.Formula("e", (1 - KEPT * sqrt(N * DIVERGENCE.expr / 2)) / 2, args=(N, THETA, EPSILON))
two.shows(LOWER)
for n in (11, 101):
    majority = tc.information.binomial_tail((n - 1) // 2, n, (1 + KEPT * THETA) / 2)
    point = {"theta": "1/10", "epsilon": 1}
    two.holds(LOWER.expr.subs(N, n) <= majority.expr, f"bound ≤ majority, n = {n}", point)
HALVES = tc.information.binomial_tail(1, 3, (1 + KEPT * THETA) / 2)
WRONG = (1 - KEPT * THETA) / 2
BY_HAND = WRONG**3 + 3 * WRONG**2 * (1 - WRONG)
two.equals(HALVES, BY_HAND, "three users", theta="1/2", epsilon=2)
two.proves(tanh(EPSILON / 2) <= EPSILON / 2, "t ≤ ε/2", {"epsilon": (0, "oo")})

three = PAPER.states(
    "exact",
    "User i answers for coordinate i mod d, with the sign y x_j: the unbiased estimate has "
    "E‖θ̂ − θ‖² = d(d − t²‖θ‖²)/(n t²), n a multiple of d. Privacy costs 1/t² ≈ 4/ε² of the "
    "sample, and that one bit is sent a factor d.",
)
ERROR = DIM * (DIM - KEPT**2 * NORM) / (N * KEPT**2)
ERROR = tc.Formula("E", ERROR, args=(N, DIM, EPSILON, NORM))
three.shows(ERROR)
HEADS = [sympy.binomial(3, k) * (1 - WRONG) ** k * WRONG ** (3 - k) for k in range(4)]
SQUARES = sum(w * ((2 * k - 3) / (3 * KEPT) - THETA) ** 2 for k, w in enumerate(HEADS))
ALONE = ERROR.expr.subs({N: 3, DIM: 1, NORM: THETA**2})
three.equals(tc.Formula("E_1", ALONE), SQUARES, "three users, added up", theta="1/3", epsilon=1)
three.proves(1 / T**2 - THETA**2 >= 1 - THETA**2, "no less than without privacy", BOX)


@three.experiment("sparse coefficients in $R^8$ from 400 private bits", quick=2000, full=20_000)
def bits(run):
    """Squared errors over ε; one coefficient is 0.6, the others 0."""
    d, n, theta, generator = 8, 400, 0.6, np.random.default_rng(0)
    for epsilon in (0.5, 1, 2, 4):
        kept = np.tanh(epsilon / 2)
        means = np.zeros(d)
        means[0] = kept * theta
        sums = 2 * generator.binomial(n // d, (1 + means) / 2, (run.size, d)) - n // d
        errors = (((sums * d / n) / kept - means / kept) ** 2).sum(axis=1)
        run.at(epsilon, ERROR.at(n=n, d=d, epsilon=epsilon, q="0.36"), errors, smallest=0.1)
    run.rejects("without privacy", d * (d - theta**2) / n)
    grid = np.geomspace(0.4, 5, 60)
    run.line(grid, ERROR.subs(n=n, d=d, q="0.36").lambdify())
    run.line(grid, np.full(60, d * (d - theta**2) / n), "without privacy")
    run.axes("ε", "squared error", log="xy")
