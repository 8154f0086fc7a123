"""Augmentation complexity on the hypercube: how much a random mask smooths, in closed form.

The seed measures an augmentation by κ² = sup K(x, x) of a kernel; on the hypercube its spectrum is
exact. The seed's risk bounds are not used.

Setting
-------
K(x, x') = Σ_a p(a|x) p(a|x')/p(a) for x in {±1}^d, every coordinate masked with probability α,
those that survive flipped with probability δ; η = (1 − α)(1 − 2δ)². Or exactly r of them masked.

References
----------
R. Zhai, B. Liu, A. Risteski, J. Z. Kolter, P. Ravikumar, "Understanding augmentation-based
self-supervised representation learning via RKHS approximation and regression", ICLR 2024,
arXiv:2306.00788.
"""

import itertools

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "R. Zhai, B. Liu, A. Risteski, J. Z. Kolter, P. Ravikumar"
PAPER = tc.Paper("arXiv:2306.00788", AUTHORS, "Augmentation on the hypercube", __doc__)
D, K, R = sympy.symbols("d k r", integer=True, positive=True)
ALPHA, DELTA, RHO = sympy.symbols("alpha delta rho", real=True)
Rational, binomial = sympy.Rational, sympy.binomial


def by_force(d: int, alpha, delta, x, y) -> sympy.Expr:
    """K(x, y), all augmentations added."""
    total = sympy.S.Zero
    for a in itertools.product((-1, 0, 1), repeat=d):
        laws = [
            [alpha if s == 0 else (1 - alpha) * (1 - delta if s == t else delta)
             for s, t in zip(a, point, strict=True)]
            for point in (x, y)
        ]  # fmt: skip
        mass = sympy.Mul(*(alpha if s == 0 else (1 - alpha) / 2 for s in a))
        total += sympy.Mul(*laws[0]) * sympy.Mul(*laws[1]) / mass
    return total


one = PAPER.states(
    "exact",
    "K = Π_j (1 + η x_j x'_j): the Walsh functions of degree k have the eigenvalue η^k, C(d, k) "
    "times, and κ² = (1 + η)^d; η is the χ² coefficient of one coordinate.",
)
ETA = (1 - ALPHA) * (1 - 2 * DELTA) ** 2
EIGENVALUE = tc.Formula("lambda", ETA**K, args=(ALPHA, DELTA, K))
COMPLEXITY = tc.Formula("kappa^2", (1 + ETA) ** D, args=(ALPHA, DELTA, D))
one.shows(EIGENVALUE, COMPLEXITY)
SAME, OTHER = (1, 1, 1), (1, -1, 1)
QUARTER, TENTH = Rational(1, 4), Rational(1, 10)
AT = {"alpha": "1/4", "delta": "1/10"}
one.equals(COMPLEXITY, by_force(3, QUARTER, TENTH, SAME, SAME), "27 augmentations", d=3, **AT)
PRODUCT = tc.Formula("K", (1 + ETA) ** 2 * (1 - ETA))
one.equals(PRODUCT, by_force(3, QUARTER, TENTH, SAME, OTHER), "27 augmentations", **AT)
SPECTRUM = sympy.Sum(binomial(D, K) * ETA**K, (K, 0, D))
one.equals(COMPLEXITY, SPECTRUM, "the trace of the spectrum", alpha="4/5", delta=0, d=20)
one.equals(EIGENVALUE, "0.032768", "(8/25)³, in decimals", alpha="1/2", delta="1/10", k=3)
KEPT, FLIPPED = (1 - ALPHA) * (1 - DELTA), (1 - ALPHA) * DELTA
COIN = tc.information.contraction([[KEPT, FLIPPED, ALPHA], [FLIPPED, KEPT, ALPHA]])
one.equals(COIN, ETA, "the coefficient of a coordinate as a channel", **AT)
INSIDE = {"alpha": (0, 1), "delta": (0, "1/2")}
one.proves(ETA <= 1 - ALPHA, "flips smooth further", INSIDE, contacts=[{"delta": 0}, {"alpha": 1}])

two = PAPER.states(
    "exact",
    "Exactly r of d coordinates masked: the eigenvalue is C(d − k, r)/C(d, r) and κ² = 2^{d−r}. A "
    "Walsh function of degree k > d − r is lost.",
)
BLOCK = tc.Formula("lambda_r", binomial(D - K, R) / binomial(D, R))
two.shows(BLOCK)
FALLING = sympy.Mul(*(Rational(20 - 12 - i, 20 - i) for i in range(3)))
two.equals(BLOCK, FALLING, "three draws without replacement that miss the mask", d=20, r=12, k=3)
TOTAL = sympy.Sum(binomial(D, K) * binomial(D - K, R) / binomial(D, R), (K, 0, D - R))
two.equals(tc.Formula("trace", TOTAL, args=(D, R)), 2**5, "2^{d−r}", d=12, r=7)


@one.experiment("products of Walsh functions after two augmentations", quick=20_000, full=200_000)
def views(run):
    """E of a Walsh function at two views of one point: the eigenvalue, degree by degree."""
    generator, d, alpha, delta = np.random.default_rng(0), 6, 0.25, 0.1
    x = generator.choice([-1, 1], (run.size, d))
    seen = [
        x * (generator.random(x.shape) > alpha) * np.where(generator.random(x.shape) < delta, -1, 1)
        for _ in range(2)
    ]
    # a mask hides a coordinate with probability α in each of the views
    for k in (1, 2, 3):
        product = np.prod(seen[0][:, :k] * seen[1][:, :k], axis=1) / (1 - alpha) ** k
        run.at(k, EIGENVALUE.at(k=k, **AT), product, name=f"degree {k}", smallest=0.5)
    run.rejects("one flip counted", (0.75 * 0.8) ** 3)
    run.axes("degree", "eigenvalue", log="y")
