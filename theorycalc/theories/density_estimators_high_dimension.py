"""Kernel density estimators in high dimension: from sums that concentrate to single points.

Derived here, by the random energy model; the subject is that of the paper below.

Setting
-------
n = e^{αd} points y_i and an independent x, all from N(0, I_d); a Gaussian kernel of bandwidth h,
ρ̂(x) = (1/n) Σ (2πh²)^{−d/2} e^{−‖x−y_i‖²/(2h²)}; d → ∞ at fixed α and h.
φ(λ) = lim (1/d) log E e^{−λ‖x−y‖²/2} for a given x with ‖x‖² = d; w_i are the shares of the points
in the sum, and γ is Euler's constant.

Statement
---------
1. *Limit.* φ(λ) = −log(1+λ)/2 − λ/(2(1+λ)). The sum freezes at the λ = u = 1/h_G² where
   λφ' − φ = α, which is α = (log(1+u) − u/(1+u)²)/2; its second moment freezes at h_CLT = √2 h_G.
   The nearest point is at ‖x − y‖² = td with t = 1/(1+u) + 1/(1+u)².
2. *Limit.* KL(N(0, I)‖ρ̂)/d → (log(1+h²) + 1/(1+h²) − 1)/2 for h > h_G, the divergence from
   N(0, 1+h²), and → α + (log h² + t/h² − 1)/2 for h < h_G. It is least at h_opt = √t < h_G: the
   best estimator is one of few points. Scott's rule h = n^{−1/(d+4)} → e^{−α} < h_opt.
3. *Asymptotic.* h_G² ≤ √(3/(4α)), with equality for α → 0.
4. *Limit.* For h < h_G the largest shares have the law of Poisson and Dirichlet, and
   E Σ w_i² → 1 − (h/h_G)²; for h > h_G it is → 0.
5. *Asymptotic.* With θ = (h_G/h)² > 1 the divergence is that of 2 plus c_d/d + o(1/d),
   c_d = θ log(u √(πd(3+u)/(1+u)³)) − θ log Γ(1−1/θ) − (θ−1)γ + u/(2h²(1+u)(3+u)).
   The distances that count are those of a Poisson process, td + (2/u) log Γ_i + …, with Γ_i its
   arrivals; the prefactor is that of Bahadur and Rao; Σ Γ_i^{−θ} is stable, with a known mean of
   its logarithm; the last term is the curvature of t in ‖x‖²/d. So no finite d shows the limit: at
   α = 1/2, h = 0.4 it is 0.294, but 0.401, 0.329, 0.305 for d = 50, 200, 800.

References
----------
G. Biroli, M. Mézard, "Kernel density estimators in large dimensions", arXiv:2408.05807.
B. Derrida, "Random-energy model: an exactly solvable model of disordered systems",
Phys. Rev. B 24 (1981), 2613-2626.
"""

from typing import NamedTuple

import numpy as np
import sympy
from scipy.special import ive
from sympy import EulerGamma, exp, log, oo, pi, sqrt

from theorycalc.core.claims import Claim
from theorycalc.core.formula import Formula
from theorycalc.core.integration.integral import Integral, Tail
from theorycalc.core.reference import Reference
from theorycalc.quantization import kde
from theorycalc.theories._theory import Case, Theory
from theorycalc.validation import Experiment, Figure, Measurement, Report, compare, judge, plots

BIROLI_MEZARD = Reference("arXiv:2408.05807", title="G. Biroli, M. Mézard, Density estimators")

# --- formulas -------------------------------------------------------------------------------

ALPHA, H, LAMBDA, D = sympy.symbols("alpha h lambda d", positive=True)
X, Y = sympy.symbols("x y", real=True)

FREEZING, BEST, LEAST = kde.h_G(ALPHA), kde.h_opt(ALPHA), kde.kl_per_dimension(ALPHA)
DIVERGENCE = kde.kl_per_dimension(ALPHA, H)
PHI = Formula("phi", -(log(1 + LAMBDA) + LAMBDA / (1 + LAMBDA)) / 2)
U, THETA = 1 / FREEZING.expr**2, FREEZING.expr**2 / H**2
SHARES = Formula("S", 1 - 1 / THETA, args=(ALPHA, H))  # E Σ w_i² for h < h_G
C_D = Formula(
    "c",
    THETA * (log(U) + log(pi * D * (3 + U) / (1 + U) ** 3) / 2 - sympy.loggamma(1 - 1 / THETA))
    - (THETA - 1) * EulerGamma
    + U / (2 * H**2 * (1 + U) * (3 + U)),
    args=(ALPHA, H, D),
)

# --- independent definitions ------------------------------------------------------------------

# φ by coordinates: those of x may all be 1
ONE = exp(-LAMBDA * (1 - Y) ** 2 / 2 - Y**2 / 2) / sqrt(2 * pi)
ONE_TAILS = {end: Tail(exp(-(Y**2) / 2), Y) for end in (-oo, oo)}
# KL of N(0, 1) and N(0, 1 + h²); log(1 + h²) ≤ h²
RATIO = log(1 + H**2) / 2 - X**2 * H**2 / (2 * (1 + H**2))
WIDE_TAILS = {end: Tail((1 + H**2) * (1 + X**2) * exp(-(X**2) / 2), X) for end in (-oo, oo)}
# the norm and the angle of the nearest point: its law given x is N(x u/(1+u), I/(1+u))
NORM = (U / (1 + U)) ** 2 + 1 / (1 + U)
COSINE = U / ((1 + U) * sqrt(NORM))
RARE = Formula("alpha", (NORM - 1 - log(NORM)) / 2 - log(1 - COSINE**2) / 2, args=(ALPHA,))
NEAREST = 1 + NORM - 2 * sqrt(NORM) * COSINE

NUMBERS = (
    (Formula("e^phi", exp(PHI.expr)), {"lambda": 3}, Integral(ONE, Y, -oo, oo, tails=ONE_TAILS),
     "its definition, by coordinates"),
    (DIVERGENCE, {"alpha": "1/2", "h": 1},
     Integral(RATIO * exp(-(X**2) / 2) / sqrt(2 * pi), X, -oo, oo, tails=WIDE_TAILS),
     "its definition, for N(0, 1 + h²)"),
    (DIVERGENCE, {"alpha": "1/2", "h": "2/5"}, ALPHA + (log(H**2) + NEAREST / H**2 - 1) / 2,
     "norm and angle of the nearest point"),
    *(
        (RARE, {"alpha": alpha}, ALPHA, "one of n points has the norm and angle of the nearest")
        for alpha in ("1/100", "1/2", "3")
    ),
)  # fmt: skip

# --- relations: relation, name, sharpness, points ---------------------------------------------

ALPHAS = tuple({"alpha": alpha} for alpha in ("1/1000", "1/10", "1/2", "2", "10"))
OTHERS = tuple({"alpha": a, "h": h} for a in ("1/10", "1/2") for h in ("1/2", "3/4", "3/2"))
SMALL = sqrt(3 / (4 * ALPHA))
RELATIONS = (
    (BEST.expr < FREEZING.expr, "h_opt < h_G", "upper", ALPHAS),
    (BEST.expr > exp(-ALPHA), "h_opt > e^{−α}", "lower", ALPHAS),
    (LEAST.expr <= DIVERGENCE.expr, "no h does better than h_opt", "tight", OTHERS),
    (FREEZING.expr**2 <= SMALL, "h_G² ≤ √(3/(4α))", "upper", ALPHAS),
    (FREEZING.expr**2 >= SMALL - 1, "h_G² ≥ √(3/(4α)) − 1", "asymptotic", ALPHAS),
)

# --- distances --------------------------------------------------------------------------------

NEAREST_POINTS, GRID = 200, 600


class Distances(NamedTuple):
    """‖x − y_i‖²/d from one x in every row: of the nearest points, and how many more there are.

    ``log_density`` is that of the Poisson process of all points, at the values ``t`` (per d).
    """

    d: int
    norm: np.ndarray
    nearest: np.ndarray
    t: np.ndarray
    log_density: np.ndarray


def distances(d: int, alpha: float, replicas: int, generator) -> Distances:
    """The nearest of e^{αd} points: arrivals of a Poisson process whose mean count is n F(td).

    F is the noncentral χ² law of ‖x − y‖²; its density is integrated between points of a grid as if
    it were exponential there, which it nearly is.
    """
    u = float(FREEZING.at(alpha=alpha)) ** -2
    norm = generator.chisquare(d, replicas) / d
    frozen = 1 / (1 + u) + norm / (1 + u) ** 2
    low = np.maximum(frozen - 60 / (u * d), frozen / 1000)
    high = 1 + norm + 9 * np.sqrt((2 + 4 * norm) / d)
    t = np.linspace(low, high, GRID, axis=1)
    order, r = d / 2 - 1, norm[:, None]
    bessel = np.log(ive(order, d * np.sqrt(r * t)))
    log_density = alpha * d + np.log(d / 2) - d * (np.sqrt(t) - np.sqrt(r)) ** 2 / 2 + bessel
    log_density += order / 2 * np.log(t / r)
    log_count = np.logaddexp.accumulate(_pieces(t, log_density), axis=1)
    arrivals = np.log(np.cumsum(generator.exponential(size=(replicas, NEAREST_POINTS)), axis=1))
    rows = zip(arrivals, log_count, t[:, 1:], strict=True)
    return Distances(d, norm, np.stack([np.interp(*row) for row in rows]), t, log_density)


def _pieces(t: np.ndarray, log_values: np.ndarray) -> np.ndarray:
    """Logarithms of the integrals from each point of the grid to the next."""
    first, last = log_values[:, :-1], log_values[:, 1:]
    gap = np.maximum(np.abs(last - first), 1e-9)
    return np.maximum(first, last) + np.log(-np.expm1(-gap) / gap * np.diff(t, axis=1))


def log_sums(points: Distances, h: float) -> tuple[np.ndarray, np.ndarray]:
    """log Σ e^{−‖x−y_i‖²/(2h²)} and Σ w_i²; points that are not drawn contribute their mean."""
    rate = points.d / (2 * h * h)
    pieces = _pieces(points.t, points.log_density - rate * points.t)
    from_end = np.logaddexp.accumulate(pieces[:, ::-1], axis=1)[:, ::-1]
    ends = zip(points.nearest[:, -1], points.t[:, :-1], from_end, strict=True)
    rest = np.array([np.interp(*row) for row in ends])
    terms = -rate * points.nearest
    total = np.logaddexp(np.logaddexp.reduce(terms, axis=1), rest)
    return total, np.sum(np.exp(2 * (terms - total[:, None])), axis=1)


def divergences(points: Distances, alpha: float, h: float) -> np.ndarray:
    """Estimates of KL/d, one for every x; ‖x‖² of known mean takes out most of the noise."""
    u = float(FREEZING.at(alpha=alpha)) ** -2
    raw = alpha + np.log(h) - 0.5 - log_sums(points, h)[0] / points.d
    return raw - (points.norm - 1) / (2 * h * h * (1 + u))


# --- experiments ------------------------------------------------------------------------------

RATE, NARROW, SIZES = 0.5, 0.4, (50, 200, 800)


def samples(quick: bool) -> Report:
    """Estimators of e^{d/2} points of N(0, I), beside those of a Poisson process of distances."""
    d, bandwidths = 14, (0.4, 0.6, 0.8, 1.0)
    n, replicas = round(np.exp(RATE * d)), 120 if quick else 600
    generator = np.random.default_rng(0)
    found = np.empty((replicas, len(bandwidths)))
    for row in found:
        x, y = generator.standard_normal((20, d)), generator.standard_normal((n, d))
        squares = np.sum(x**2, axis=1)[:, None] + np.sum(y**2, axis=1) - 2 * x @ y.T
        for j, h in enumerate(bandwidths):
            sums = np.log(np.mean(np.exp(-squares / (2 * h * h)), axis=1)) / d
            row[j] = np.mean(np.log(h) - sums - np.sum(x**2, axis=1) / (2 * d))
    points = distances(d, np.log(n) / d, 6 * replicas, generator)
    grid, comparisons, measured = np.linspace(0.35, 1.3, 20), [], []
    for column, h in zip(found.T, bandwidths, strict=True):
        process = Measurement.of(divergences(points, np.log(n) / d, h))
        here = Measurement.of(column)
        error = np.hypot(here.standard_error, process.standard_error)
        measured.append(here)
        both = Measurement(here.mean, error, replicas)
        comparisons.append(compare(f"KL/d, h = {h}", process.mean, both, smallest=0.25))
    limit = DIVERGENCE.lambdify()
    comparisons.append(compare("the limit, h = 0.4", limit(RATE, 0.4), measured[0], mutant=True))
    curve = [np.mean(divergences(points, np.log(n) / d, h)) for h in grid]

    def draw(axes):
        axes.plot(grid, limit(RATE, grid), "0.5", linestyle="--", label=r"$d\to\infty$")
        axes.plot(grid, curve, label=f"Poisson process, $d$ = {d}")
        bars = [2 * m.standard_error for m in measured]
        axes.errorbar(bandwidths, [m.mean for m in measured], bars, fmt="o", label=f"{n} points")
        axes.axvline(float(FREEZING.at(alpha=RATE)), color="0.8", zorder=0)
        axes.set(xlabel="bandwidth $h$ (grey line: $h_G$)", ylabel="KL/$d$")
        axes.legend(frameon=False)

    return Report(judge(comparisons), (Figure("density estimators, α = 1/2", draw),))


def sizes(quick: bool) -> Report:
    """Divergences at a bandwidth below h_G, for growing d, beside the limit and its correction."""
    replicas, generator = (400 if quick else 3000), np.random.default_rng(1)
    limit = float(DIVERGENCE.at(alpha=RATE, h=NARROW))
    correction, log_part = C_D.lambdify(), (float(FREEZING.at(alpha=RATE)) / NARROW) ** 2 / 2
    measured, comparisons = [], []
    for d in SIZES:
        points = distances(d, RATE, replicas, generator)
        measured.append(Measurement.of(divergences(points, RATE, NARROW)))
        # what is left out is of the order (log d/d)²
        predicted, left = limit + correction(RATE, NARROW, d) / d, 2 * (np.log(d) / d) ** 2
        comparisons.append(
            compare(f"KL/d, d = {d}", predicted, measured[-1], bias=left, smallest=0.1)
        )
    comparisons.append(compare("the limit, d = 800", limit, measured[-1], mutant=True))
    _, small, large = SIZES
    # lines in 1/d without their term in log d/d
    straight = [m.mean - log_part * np.log(d) / d for m, d in zip(measured, SIZES, strict=True)]
    weights = np.array([-small, large]) / (large - small)
    errors = weights * [m.standard_error for m in measured[1:]]
    end = Measurement(weights @ straight[1:], np.hypot(*errors), replicas)
    left = 2 * abs(weights @ [(np.log(d) / d) ** 2 for d in SIZES[1:]])
    comparisons.append(compare("KL/d, extrapolated", limit, end, bias=left))

    def draw(axes):
        inverse = np.linspace(1e-5, 1 / SIZES[0], 200)
        axes.plot(inverse, limit + correction(RATE, NARROW, 1 / inverse) * inverse, label="theory")
        axes.axhline(limit, color="0.5", linestyle="--", label=r"$d\to\infty$")
        bars = [2 * m.standard_error for m in measured]
        axes.errorbar(
            1 / np.array(SIZES), [m.mean for m in measured], bars, fmt="o", capsize=3,
            label="Poisson process ± 2 s.e.",
        )  # fmt: skip
        axes.set(xlabel="$1/d$", ylabel="KL/$d$", ylim=(limit - 0.01, None))
        axes.legend(frameon=False)

    return Report(judge(comparisons), (Figure(f"α = {RATE}, h = {NARROW}", draw),))


def shares(quick: bool) -> Report:
    """E Σ w_i² for bandwidths on both sides of h_G."""
    d, replicas, generator = SIZES[-1], (400 if quick else 3000), np.random.default_rng(2)
    h = np.array([0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8])
    limit = np.maximum(SHARES.lambdify()(RATE, h), 0)
    points = distances(d, RATE, replicas, generator)
    measured = [Measurement.of(log_sums(points, x)[1]) for x in h]
    comparisons = [
        compare(f"h = {x}", y, m, bias=np.log(d) / d, smallest=0.25)
        for x, y, m in zip(h[:4], limit, measured, strict=False)
    ]
    wrong = 1 - (0.4 / float(kde.h_CLT(RATE).at())) ** 2
    comparisons.append(compare("h_CLT instead of h_G", wrong, measured[2], mutant=True))

    def draw(axes):
        plots.profile(axes, h, limit, measured, "bandwidth $h$", r"$E\,\sum_i w_i^2$")

    title = f"shares of single points, α = {RATE}, d = {d}"
    return Report(judge(comparisons), (Figure(title, draw),))


THEORY = Theory(
    title="Kernel density estimators in high dimension",
    reference=BIROLI_MEZARD,
    statement=__doc__,
    formulas=(PHI, FREEZING, BEST, LEAST, DIVERGENCE, SHARES, C_D),
    cases=tuple(
        Case(formula=formula, params=params, expected=expected, source=source)
        for formula, params, expected, source in NUMBERS
    ),
    claims=tuple(
        (Claim(relation, name=name, sharpness=sharpness), points)
        for relation, name, sharpness, points in RELATIONS
    ),
    experiments=(
        Experiment("samples", "estimators of real samples, and of a Poisson process", samples),
        Experiment("sizes", "a Poisson process of distances, in growing dimensions", sizes),
        Experiment("shares", "how few points make up the estimate", shares),
    ),
)
