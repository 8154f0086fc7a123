"""Gardner's problem for dense networks: what couplings of P spins can store, and what Hebb's do.

Setting
-------
A spin is the sign of w·x, where x has the D = C(N, P−1) products of P − 1 of the N other spins. It
has to be right on αD patterns of random signs, with y w·x ≥ κ|w|; N → ∞. Hebb's couplings are
w = Σ y x. In patterns of the whole network, K = αN^{P−1}/(P−1)!.

References
----------
E. Gardner, "Multiconnected neural network models", Journal of Physics A 20 (1987),
doi:10.1088/0305-4470/20/11/046.
E. Gardner, "The space of interactions in neural network models", Journal of Physics A 21 (1988),
doi:10.1088/0305-4470/21/1/030.
M. Shcherbina, B. Tirozzi, "Rigorous solution of the Gardner problem", Communications in
Mathematical Physics 234 (2003), doi:10.1007/s00220-002-0783-3.
"""

from itertools import combinations

import numpy as np
import sympy

import theorycalc as tc

TITLE = "Gardner's problem for dense networks"
PAPER = tc.Paper("doi:10.1088/0305-4470/20/11/046", "E. Gardner", TITLE, __doc__)
KAPPA = sympy.Symbol("kappa", nonnegative=True)
ALPHA = sympy.Symbol("alpha", positive=True)
T = sympy.Symbol("t", real=True)
exp, sqrt, pi, Rational = sympy.exp, sympy.sqrt, sympy.pi, sympy.Rational


def law(x) -> sympy.Expr:
    """P(Z < x)."""
    return sympy.erfc(-x / sqrt(2)) / 2


one = PAPER.states(
    "limit",
    "All patterns have the margin κ for α < α_c(κ) = 1/E max(Z + κ, 0)², and not above, as if the "
    "products were independent: 2N^{P−1}/(P−1)! patterns are stored.",
)
NEEDED = (1 + KAPPA**2) * law(KAPPA) + KAPPA * exp(-(KAPPA**2) / 2) / sqrt(2 * pi)
CAPACITY = tc.Formula("alpha_c", 1 / NEEDED)
one.shows(CAPACITY)
DENSITY = exp(-(T**2) / 2) / sqrt(2 * pi)
SQUARE = tc.Integral((T + Rational(1, 2)) ** 2 * DENSITY, T, -Rational(1, 2), 14)
one.equals(1 / CAPACITY, SQUARE, "the mean square as an integral, up to e^{−90}", kappa="1/2")
one.equals(CAPACITY, tc.inference.capacity(1), "the spherical perceptron", kappa=1)
# 1/α_c is 1 + κ² less φ(κ) times (1 + κ²) Q(κ)/φ(κ) − κ
BELOW = tc.mills(KAPPA) >= KAPPA / (1 + KAPPA**2)
one.proves(BELOW, "α_c ≥ 1/(1 + κ²), by Mills' ratio", {"kappa": (0, "oo")})


@one.experiment("largest margins with 364 and 378 products of spins", quick=40, full=400)
def margins(run):
    """Hard margins by non-negative least squares: 14 spins for P = 4, 28 for P = 3."""
    generator = np.random.default_rng(0)
    for order, spins in ((4, 14), (3, 28)):
        for kappa in (1.0, 1.4):
            load = float(CAPACITY.at(kappa=kappa))
            found = [_margin(_stored(generator, spins, order, load)) for _ in range(run.size)]
            run.at(load, kappa, found, series=f"P = {order}", bias=0.02, smallest=0.1)
        grid = np.linspace(0.9, 1.6, 40)
        run.line(CAPACITY.lambdify()(grid), grid, f"P = {order}")
    run.rejects("5 % less", 0.95 * kappa)
    run.axes("patterns for each coupling, α", "largest margin κ")


def _stored(generator, spins: int, order: int, load: float) -> np.ndarray:
    """Rows y x of norm 1: products of order − 1 spins of patterns that differ, by random signs."""
    groups = np.array(list(combinations(range(spins), order - 1)))
    chosen = generator.choice(2 ** (spins - 1), round(load * len(groups)), replace=False)
    patterns = 1 - 2.0 * (chosen[:, None] >> np.arange(spins) & 1)
    signs = generator.choice([-1.0, 1.0], (len(patterns), 1))
    return signs * patterns[:, groups].prod(axis=2) / len(groups) ** 0.5


def _margin(rows: np.ndarray) -> float:
    """The largest least product with a vector of norm √D; 0 if there is none."""
    from scipy.optimize import nnls

    # the residual of the corner by the cone of (x, 1) is along (−w, 1/κ²)
    sides = np.vstack((rows.T, np.ones(len(rows))))
    corner = np.append(np.zeros(rows.shape[1]), 1)
    left = corner - sides @ nnls(sides, corner, maxiter=50 * len(rows))[0]
    length = np.linalg.norm(left[:-1])
    return left[-1] / length * rows.shape[1] ** 0.5 if left[-1] > 1e-9 else 0.0


two = PAPER.states(
    "limit", "Hebb's couplings get the spin wrong on a fraction Q(1/√α) of the patterns they store."
)
WRONG = tc.Formula("epsilon", law(-1 / sqrt(ALPHA)))
two.shows(WRONG)
two.equals(WRONG, law(-2), "α = 1/4: two standard deviations", alpha="1/4")


@two.experiment("Hebb's couplings of 120 products of spins", quick=300, full=3000)
def hebb(run):
    """Fractions of wrong signs, P = 3 and 16 spins."""
    generator = np.random.default_rng(0)
    for load in (0.5, 1, 2):
        stored = (_stored(generator, 16, 3, load) for _ in range(run.size))
        found = [np.mean(rows @ rows.sum(axis=0) < 0) for rows in stored]
        run.at(load, WRONG.at(alpha=load), found, bias=0.003, smallest=0.2)
    run.rejects("5 % less", 0.95 * float(WRONG.at(alpha=load)))
    grid = np.linspace(0.2, 3, 50)
    run.line(grid, WRONG.lambdify())
    run.axes("patterns for each coupling, α", "fraction of wrong signs")


three = PAPER.states(
    "heuristic",
    "As a memory Hebb's network retrieves α = 0.2522 at most, with P = 3: an eighth of what its "
    "couplings could store, and a fourteenth with pairs, 0.1379 of 2.",
)
for order, share in ((2, "0.0689527832475"), (3, "0.1260952153853"), (4, "0.0989300595977")):
    memory = tc.inference.Hopfield(order)
    part = tc.Formula(f"a_{order}", memory.capacity().expr * memory.noise / 2)
    three.shows(part)
    three.equals(part, share, "a search for the largest load in extended precision")
X = sympy.Symbol("x", positive=True)  # of the overlap erf(x)
LOAD = sympy.erf(X) ** 4 / (2 * X**2)
three.proves(Rational("0.2522") >= LOAD, "no more at any overlap, P = 3", {"x": (0, "oo")})
