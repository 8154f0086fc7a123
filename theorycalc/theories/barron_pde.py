"""Barron norms of solutions of nonlinear elliptic equations, one gradient step after the other.

Setting
-------
Functions f = Σ_k f_k e^{ik·x} on the torus (R/2πZ)^d, with the spectral Barron norm
‖f‖_B = Σ_k (1+|k|)|f_k|, ‖f‖² = Σ_k |f_k|² and ‖f‖²_{H¹} = Σ_k (1+|k|²)|f_k|². The energy
∫ |∇u|²/2 + u²/2 + a u⁴/4 − f u has the equation −Δu + u + a u³ = f. Gradient descent in H¹ is
u_{t+1} = (1−η)u_t + η(I−Δ)^{−1}(f − a u_t³) with u_0 = 0 and 0 < η ≤ 1; F = ‖f‖_B, q = |a|F².

Statement
---------
Marwah et al. bound the norms of such iterates: where the partial derivatives of the Lagrangian take
functions of norm b to norms of at most B_L b^p, a function of Barron norm
O((d B_L)^{max(p log(1/ε), p^{log(1/ε)})}) is within ε of the solution. Here their method is worked
out for one equation, on the torus; everything that follows is derived here.

1. *Tight upper bounds.* ‖fg‖_B ≤ ‖f‖_B ‖g‖_B, because 1+|k+l| ≤ (1+|k|)(1+|l|).
   (I−Δ)^{−1} divides f_k by 1+|k|², so it does not increase the norm, and (I−Δ)^{−1}∂_j at least
   halves it.
2. *Tight upper bound.* By 1, ‖u_t‖_B ≤ r_t F with r_{t+1} = (1−η)r_t + η(1 + q r_t³), r_0 = 0, with
   equality if f is constant and a < 0. For q ≤ 4/27 the r_t increase to the smallest root G ≥ 1 of
   G = 1 + qG³, which is G = 2 sin(arcsin(√(27q/4))/3)/√(3q) = Σ_j C(3j, j) q^j/(2j+1) ≤ 3/2: the
   series of ternary trees. The bound knows neither t nor d nor the error.
3. *Upper bound.* For q ≥ 1, r_t ≤ (2q)^{(3^{t−1}−1)/2}, with a power p^t as in the paper; for η = 1
   *at least* q^{(3^{t−1}−1)/2}.
4. *Upper bound.* Let q < 4/27, or q = 4/27 and a > 0, and κ = 3qG² ≤ 1. There is one solution with
   ‖u‖_B ≤ GF, and ‖u_{t+1} − u‖_{H¹} ≤ ρ‖u_t − u‖_{H¹} with ρ = max(1−η, η(1+κ)−1) for a > 0,
   which is 1−η for η ≤ 2/(2+κ), and ρ = 1−η(1−κ) for a < 0, to which the factor tends if f is
   constant. *Exact* for a = 0: the factor is 1−η, and ‖u‖_B = Σ_k (1+|k|)|f_k|/(1+|k|²). Proof:
   u_{t+1} − u = (1−η−ηA)(u_t − u) with A = (I−Δ)^{−1}Q and Q = a(u_t² + u_t u + u²), where
   |u_t|, |u| ≤ GF everywhere; A is self-adjoint in H¹ because ⟨Av, w⟩_{H¹} = ∫Qvw, and its spectrum
   is in [0, κ] or [−κ, 0].
5. *Exact.* u is Σ c_k cos(k·x + φ_k) with c_k ≥ 0, over one k of each pair ±k; S = Σ c_k. Draw m
   units S cos(k·x + φ_k) with probability c_k/S and average them: the mean squared distance from u
   is V/m with V = S(S + c_0)/2 − ‖u‖² ≤ S². So, by S ≤ ‖u‖_B and 2, a network of m units is within
   3F/(2√m) of the solution, in every dimension.

In the experiments functions are projected to frequencies up to N, and cubes are computed without
aliasing. The projection decreases all norms and is self-adjoint, so that 2 and 4 hold as they stand
for the projected equation.

References
----------
T. Marwah, Z. C. Lipton, J. Lu, A. Risteski, "Neural network approximations of PDEs beyond
linearity: a representational perspective", ICML 2023, arXiv:2210.12101.
A. R. Barron, "Universal approximation bounds for superpositions of a sigmoidal function", IEEE
Transactions on Information Theory 39, 930-945 (1993).
"""

from dataclasses import replace
from functools import partial
from itertools import pairwise

import numpy as np
import sympy
from numpy.fft import fftfreq, fftn, ifftn
from sympy import Max, Rational, asin, cos, hyper, pi, sin, sqrt

from theorycalc.core.claims import Claim
from theorycalc.core.formula import Formula
from theorycalc.core.integration.integral import Integral
from theorycalc.core.reference import Reference
from theorycalc.theories._theory import Case, Theory
from theorycalc.validation import (
    Comparison,
    Experiment,
    Figure,
    Measurement,
    Report,
    compare,
    judge,
    plots,
)

MARWAH = Reference("arXiv:2210.12101", title="T. Marwah et al., Approximations of nonlinear PDEs")

# --- formulas -------------------------------------------------------------------------------

Q, ETA, S, C0, SQUARE, R = sympy.symbols("q eta S c_0 u2 r", positive=True)
THRESHOLD, STEPS = Rational(4, 27), 6

GROWTH = Formula("G", 2 * sin(asin(sqrt(27 * Q / 4)) / 3) / sqrt(3 * Q), domain=Q <= THRESHOLD)
KAPPA = 3 * Q * GROWTH.expr**2
RATES = {
    ">": Formula("rho[a > 0]", Max(1 - ETA, ETA * (1 + KAPPA) - 1)),
    "<": Formula("rho[a < 0]", 1 - ETA * (1 - KAPPA)),
}
VARIANCE = Formula("V", S * (S + C0) / 2 - SQUARE)


def recursion(steps: int) -> Formula:
    """r_t after some steps, as a function of q and η."""
    norms = [sympy.S.Zero, *sympy.symbols(f"r_1:{steps + 1}", positive=True)]
    where = [(new, (1 - ETA) * old + ETA * (1 + Q * old**3)) for old, new in pairwise(norms)]
    return Formula(f"r_{steps}", norms[-1], args=(Q, ETA), where=where)


# --- independent definitions ------------------------------------------------------------------

SERIES = hyper((Rational(1, 3), Rational(2, 3)), (Rational(3, 2),), 27 * Q / 4)
X = sympy.Symbol("x", real=True)
# c_0 = 1 and c_k = 2r^k for k = 1, 2, in one dimension
COEFFICIENTS = (1, 2 * R, 2 * R**2)
SUM = sum(COEFFICIENTS)
TARGET = sum(c * cos(k * X) for k, c in enumerate(COEFFICIENTS))
SPREAD = sum(c / SUM * (SUM * cos(k * X) - TARGET) ** 2 for k, c in enumerate(COEFFICIENTS))
GEOMETRIC = VARIANCE.subs(S=SUM, c_0=sympy.S.One, u2=1 + 2 * R**2 + 2 * R**4)
NUMBERS = (
    (GROWTH, {"q": "0.148"}, SERIES, "the generating function of ternary trees"),
    (GROWTH, {"q": "1/8"}, sqrt(5) - 1, "a root of G = 1 + G³/8"),
    (recursion(3), {"q": "1/8", "eta": 1}, 1 + Q * (1 + Q) ** 3, "by hand"),
    (GEOMETRIC, {"r": "1/3"}, Integral(SPREAD / (2 * pi), X, 0, 2 * pi), "its definition"),
)

# --- relations: two sides, name, sharpness, points -----------------------------------------------

BELOW = tuple({"q": q, "eta": eta} for q, eta in (("4/27", 1), ("1/10", "1/2"), ("1e-6", 1)))
ABOVE = tuple({"q": q, "eta": eta} for q, eta in ((1, 1), (2, "1/2"), (100, 1)))
LAST, POWER = recursion(STEPS).expr, 3 ** (STEPS - 1)
RELATIONS = (
    (sympy.Le, GROWTH.expr, Rational(3, 2), "G ≤ 3/2", "tight", ({"q": "4/27"}, {"q": "0.01"})),
    (sympy.Le, KAPPA, 1, "κ ≤ 1", "tight", ({"q": "4/27"}, {"q": "0.01"})),
    (sympy.Le, LAST, GROWTH.expr, f"r_{STEPS} ≤ G", "upper", BELOW),
    (sympy.Le, LAST, sqrt(2 * Q) ** (POWER - 1), f"r_{STEPS} ≤ √(2q)^{POWER - 1}", "upper", ABOVE),
    (sympy.Ge, LAST, sqrt(Q) ** (POWER - 1), f"r_{STEPS} ≥ √q^{POWER - 1}", "lower", ABOVE[::2]),
    (sympy.Le, R / (1 + R**2), Rational(1, 2), "|k|/(1+|k|²) ≤ 1/2", "tight", ({"r": 1},)),
)

# --- experiments ------------------------------------------------------------------------------

BAND = {1: 24, 2: 8, 3: 4}  # N, by the dimension
STEP, COUNT = 0.5, 20
ENOUGH = 300  # steps after which the slowest descent, by a factor 0.88, has converged
# relative, of norms above SMALL of fewer than 10⁴ coefficients below 1
ROUNDING, SMALL = 1e-10, 1e-4
PLAN = ((">", 0.148), ("<", 0.14), (">", 1.0))


class Torus:
    """Fourier coefficients of frequencies up to N on a grid that is fine enough for cubes."""

    def __init__(self, d: int):
        self.d, self.side = d, 4 * BAND[d] + 1
        self.k = np.stack(np.meshgrid(*d * [fftfreq(self.side, 1 / self.side)], indexing="ij"))
        self.squares = np.sum(self.k**2, axis=0)

    def barron(self, u) -> float:
        return float(np.sum((1 + np.sqrt(self.squares)) * np.abs(u)))

    def project(self, values: np.ndarray, band: int) -> np.ndarray:
        """Coefficients up to a frequency of a function given on the grid."""
        return np.where(np.max(np.abs(self.k), axis=0) <= band, fftn(values, norm="forward"), 0)

    def source(self, generator, constant: float) -> np.ndarray:
        """f of norm 1: a constant, for which the bounds are exact, and random low frequencies."""
        f = self.project(generator.standard_normal(self.d * [self.side]), 2)
        f.flat[0] = 0
        f *= (1 - constant) / self.barron(f)
        f.flat[0] = constant
        return f

    def descent(self, f, a: float) -> tuple[np.ndarray, ...]:
        """Norms of the first iterates, their distances from the solution, and the solution."""
        u = [np.zeros_like(f)]
        for _ in range(ENOUGH):
            cube = self.project(ifftn(u[-1], norm="forward").real ** 3, BAND[self.d])
            u.append((1 - STEP) * u[-1] + STEP * (f - a * cube) / (1 + self.squares))
        norms = [self.barron(x) for x in u[: COUNT + 1]]
        squares = [np.sum((1 + self.squares) * np.abs(x - u[-1]) ** 2) for x in u[: COUNT + 1]]
        return np.array(norms), np.sqrt(squares), u[-1]


def at_most(name: str, bound, measured: float, mutant: bool = False) -> Comparison:
    """A number that is as good as exact, beside its bound."""
    comparison = compare(name, bound, Measurement(measured, ROUNDING, None), mutant=mutant)
    return replace(comparison, predicted=f"≤ {comparison.predicted}", one_sided=True)


def bounds(q: float) -> np.ndarray:
    """r_0, r_1, … in doubles; beyond the threshold only as far as they stay small."""
    norms = [0.0]
    for _ in range(COUNT if q < THRESHOLD else STEPS):
        norms.append((1 - STEP) * norms[-1] + STEP * (1 + q * norms[-1] ** 3))
    return np.array(norms)


def descent(quick: bool) -> Report:
    """Barron norms and errors of every step for random sources, beside recursion and rate."""
    dimensions, seeds = ((1, 2), 1) if quick else ((1, 2, 3), 10)
    comparisons, shown = exact_runs(), {}
    for sign, q in PLAN:
        limits, name, ratios, factors = bounds(q), f"q = {q:.3g}, a {sign} 0: ", [], []
        for d in dimensions:
            torus = Torus(d)
            for seed in range(seeds):
                f = torus.source(np.random.default_rng(seed), 0.8)
                norms, errors, _ = torus.descent(f, q if sign == ">" else -q)
                ratios.append(np.max(norms[1 : len(limits)] / limits[1:]))
                factors.append(np.max((errors[1:] / errors[:-1])[errors[1:] > SMALL]))
            shown[sign, q, d] = norms, errors / errors[0]
        comparisons.append(at_most(f"{name}largest ‖u_t‖_B/(r_t F)", 1, max(ratios)))
        if q < THRESHOLD:
            rate = RATES[sign].at(q=q, eta=STEP)
            comparisons.append(at_most(f"{name}largest factor", rate, max(factors)))
    titles = "Barron norms of the iterates, η = 1/2", "distances from the solution, η = 1/2"
    figures = tuple(Figure(title, partial(_draw, shown, i)) for i, title in enumerate(titles))
    return Report(judge(comparisons), figures)


def exact_runs() -> list[Comparison]:
    """A constant source, where the bounds are exact, and the linear equation."""
    q, torus = 0.14, Torus(1)
    constant, errors, _ = torus.descent(torus.project(np.ones(torus.side), 0), -q)
    f = torus.source(np.random.default_rng(7), 0.2)
    linear, decay, _ = torus.descent(f, 0.0)
    solution = np.sum((1 + np.sqrt(torus.squares)) / (1 + torus.squares) * np.abs(f))
    # here Q = −q(u_t² + u_t u + u²), and G = u
    last, limit = constant[-2], float(GROWTH.at(q=q))
    factor = 1 - STEP * (1 - q * (last**2 + last * limit + limit**2))
    rows = (
        ("constant f, a < 0: ‖u_20‖_B/F = r_20", bounds(q)[-1], constant[-1]),
        ("constant f, a < 0: ‖u‖_B/F = G", limit, constant[-1] + errors[-1]),
        ("constant f, a < 0: last factor", factor, errors[-1] / errors[-2]),
        ("a = 0: ‖u_20‖_B", (1 - (1 - STEP) ** COUNT) * solution, linear[-1]),
        ("a = 0: error of u_20, relative", (1 - STEP) ** COUNT, decay[-1] / decay[0]),
    )
    return [
        *(compare(n, p, Measurement(x, ROUNDING, None)) for n, p, x in rows),
        at_most("constant f: the cube left out", 1, constant[-1], mutant=True),
    ]


def networks(quick: bool) -> Report:
    """Networks of m cosines drawn from the solution in two dimensions: mean squared errors."""
    replicas, widths = 400 if quick else 4000, np.array([4, 16, 64, 256])
    torus, generator = Torus(2), np.random.default_rng(1)
    u = torus.descent(torus.source(generator, 0.1), PLAN[0][1])[-1].ravel()
    k = torus.k.reshape(2, -1)
    # one of k and −k
    half = (np.abs(u) > ROUNDING) & ((k[0] > 0) | ((k[0] == 0) & (k[1] >= 0)))
    k, u = k[:, half], u[half]
    c = np.where(np.any(k != 0, axis=0), 2, 1) * np.abs(u)
    points = 2 * np.pi / torus.side * np.stack(np.meshgrid(*2 * [np.arange(torus.side)]))
    units = np.cos(k.T @ points.reshape(2, -1) + np.angle(u)[:, None])
    total, target, constant = c.sum(), c @ units, c[np.all(k == 0, axis=0)].sum()
    square = np.mean(target**2)
    predicted = VARIANCE.lambdify()(total, constant, square) / widths
    measured = []
    for m in widths:
        counts = generator.multinomial(m, c / total, size=replicas)
        errors = np.mean((total / m * counts @ units - target) ** 2, axis=1)
        measured.append(Measurement.of(errors))
    comparisons = [
        *map(partial(compare, smallest=0.25), [f"m = {m}" for m in widths], predicted, measured),
        compare("‖u‖² left out", predicted[-1] + square / m, measured[-1], mutant=True),
    ]

    def draw(axes):
        axes.plot(widths, 9 / (4 * widths), ":", color="0.5", label=r"$(3F/2)^2/m$")
        plots.profile(axes, widths, predicted, measured, "units $m$", "mean squared error")
        axes.set(xscale="log", yscale="log")

    return Report(judge(comparisons), (Figure("cosine networks for a solution, d = 2", draw),))


def _draw(shown, which: int, axes) -> None:
    """Norms (0) or errors (1), with their bounds as lines."""
    for i, (sign, q) in enumerate(PLAN[: 3 - which]):
        label = f"bound, $q$ = {q:.3g}, $a {sign} 0$"
        curve = bounds(q)
        if which:
            curve = float(RATES[sign].at(q=q, eta=STEP)) ** np.arange(COUNT + 1)
        axes.plot(curve, color=f"C{i}", label=label)
        for (*key, d), series in shown.items():
            if key == [sign, q]:
                axes.plot(series[which], " ox+"[d], color=f"C{i}", markersize=4, label=f"$d$ = {d}")
    axes.set(xlabel="step $t$", xticks=range(0, COUNT + 1, 5))
    axes.set_ylabel(r"$\|u_t - u\|_{H^1}/\|u\|_{H^1}$" if which else r"$\|u_t\|_B/\|f\|_B$")
    axes.set(yscale="log") if which else axes.set(ylim=(0, 2.2))
    axes.legend(frameon=False, fontsize="x-small", ncols=3 - which)


THEORY = Theory(
    title="Barron norms of solutions of nonlinear equations",
    reference=MARWAH,
    statement=__doc__,
    formulas=(GROWTH, *RATES.values(), recursion(3), VARIANCE),
    cases=tuple(
        Case(formula=formula, params=params, expected=expected, source=source)
        for formula, params, expected, source in NUMBERS
    ),
    claims=tuple(
        (Claim(relation(left, right, evaluate=False), name=name, sharpness=sharpness), points)
        for relation, left, right, name, sharpness, points in RELATIONS
    ),
    experiments=(
        Experiment("descent", "gradient descent in H¹ for random sources, step by step", descent),
        Experiment("networks", "networks of cosines drawn from a solution", networks),
    ),
)
