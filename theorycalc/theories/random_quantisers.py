"""Random quantisers on a sphere: the mean distortion for any number of points, not only for many.

Derived here; the subject is that of the paper below, whose theorems these need not be.

Setting
-------
X in R^d has a spherically symmetric law, R = ‖X‖. Its quantiser is Z_1, …, Z_n, independent and
uniform on a sphere of radius r, D_s(r) = E min_i ‖X − Z_i‖^s with no root and no division by d, r*
the best radius. T is the cosine between X and one Z_i, f its density and F its law, M the largest
of the n cosines, independent of R, m_n = E M.

Statement
---------
1. *Exact.* D_s(r) = E_R[|R−r|^s + ∫_{|R−r|}^{R+r} s u^{s−1} (1 − ∫_{(R²+r²−u²)/(2Rr)}^1 f)^n du].
2. *Exact.* 1 − m_n = ∫ F^n, rational in odd d, and D_2(r) = E R² + r² − 2r E R m_n, so that
   r* = E R m_n and D_2(r*) = E R² − (E R m_n)² for s = 2.
3. *Exact.* D_s(r) falls and m_n grows with n; D_s(r)^{1/s} grows with s.
4. *Upper bound.* m_n ≤ √(2 log n/d), because T is subgaussian with variance 1/d. So r*/√d → 0 for
   N(0, I) if log n/d → 0: few points belong near the origin, where D_s = E R^s.
5. *Lower bound.* No n points beat Shannon's bound, d n^{−2/d} for N(0, I) and s = 2, nor, if the
   density falls with the norm, n balls of mass 1/n, each around the mode.
6. *Limit.* For n = e^{αd} and N(0, I): m_n → √(1−e^{−2α}), which for every s is the limit of r*/√d,
   since R/√d → 1. D_2(r*)/d → e^{−2α}, which is Shannon's bound: no quantiser does better.
   *Asymptotic.* D_2(r*)/d = e^{−2α}(1 + (log(2πdm²) − 2α − 2γ)/d) + m²/(2d) + o(1/d) with
   m² = 1 − e^{−2α}, γ Euler's constant.
7. *Limit.* n → ∞ with d fixed: D_2(r*) → Var R > 0. In low dimensions other codebooks are better.

References
----------
"Non-asymptotic quantisation of spherically symmetric distributions", arXiv:2605.12568.
S. Graf, H. Luschgy, "Foundations of quantization for probability distributions", Springer, 2000.
"""

from dataclasses import replace
from functools import partial
from itertools import product

import numpy as np
import sympy
from scipy.stats import norm, qmc
from sympy import EulerGamma, Rational, beta, cos, exp, log, pi, sin, sqrt

from theorycalc.core.claims import Claim
from theorycalc.core.formula import Formula
from theorycalc.core.integration.integral import Integral
from theorycalc.core.reference import Reference
from theorycalc.distributions import Gaussian, UniformBall, UniformSphere
from theorycalc.quantization import bounds, mean_max_cosine, optimal_radius
from theorycalc.quantization.sphere.distortion import distortion
from theorycalc.theories._theory import Case, Theory
from theorycalc.validation import (
    Experiment,
    Figure,
    Measurement,
    Report,
    compare,
    compare_means,
    judge,
)

QUANTISATION = Reference("arXiv:2605.12568", title="Non-asymptotic quantisation")

# --- formulas for N(0, I) and s = 2 ---------------------------------------------------------------

D, N = sympy.symbols("d n", integer=True, positive=True)
R, ALPHA, ANGLE = sympy.symbols("r alpha theta", positive=True)

COSINE = mean_max_cosine(D, N)
NORM = Gaussian(D).mean_power(1)
RADIUS = Formula("r_opt", NORM * COSINE.expr, args=(D, N))
DISTORTION = Formula("D", D + R**2 - 2 * R * RADIUS.expr, args=(R, D, N))
LEAST = Formula("D_opt", D - RADIUS.expr**2, args=(D, N))
LIMIT = Formula("m", sqrt(1 - exp(-2 * ALPHA)))
CORRECTED = Formula(
    "D_opt/d",
    exp(-2 * ALPHA) * (1 + (log(2 * pi * D * LIMIT.expr**2) - 2 * ALPHA - 2 * EulerGamma) / D)
    + LIMIT.expr**2 / (2 * D),
    args=(ALPHA, D),
)

# --- independent definitions ------------------------------------------------------------------

# four dimensions: the density of the angle, and the chance that one point is farther
DENSITY, FARTHER = 2 * sin(ANGLE) ** 2 / pi, 1 - (ANGLE - sin(ANGLE) * cos(ANGLE)) / pi
NEAREST = Integral(N * cos(ANGLE) * DENSITY * FARTHER ** (N - 1), ANGLE, 0, pi)
OUTSIDE = Integral(2 * sqrt(1 + R**2 - 2 * R * cos(ANGLE)) * DENSITY * FARTHER, ANGLE, 0, pi)

BALL, TEN, SPHERE = UniformBall(3), Gaussian(10), UniformSphere(10)
NUMBERS = (
    (COSINE, {"d": 5, "n": 4}, "333/715", "F is a polynomial in odd dimensions"),
    (COSINE, {"d": 7, "n": 2}, "50/231", "F is a polynomial in odd dimensions"),
    (COSINE, {"d": 4, "n": 7}, NEAREST, "the law of the smallest angle"),
    (optimal_radius(BALL, 10), {}, "27/44", "E R = 3/4, m_10 = 9/11"),
    (distortion(BALL, 10), {"r": "27/44"}, "2163/9680", "3/5 − (27/44)²"),
    (distortion(UniformSphere(3), 9, 1), {"r": 1}, 18 * beta(9, Rational(3, 2)), "2 E √((1−M)/2)"),
    (distortion(UniformSphere(4), 2, 1), {"r": "3/4"}, OUTSIDE, "the law of the smaller angle"),
    (distortion(BALL, 2, 1), {"r": "5/4"}, "443/375", "E_R[r − R/3 + R²/(3r) + R³/(15r²)]"),
)

# --- relations: relation, name, sharpness, points ---------------------------------------------

GRID = tuple({"d": d, "n": n} for d, n in ((2, 2), (3, 100), (10, 1000), (50, 10**6)))
RADII = tuple({"r": r} for r in ("1", "2", "3"))
FOURTH, SQUARE = (distortion(TEN, 1000, s).expr for s in (4, 2))
SHORT, LONG = (distortion(SPHERE, 1000, s).expr for s in (1, 2))
EXPONENTIAL = {d: mean_max_cosine(d, log_n=Rational(d, 2)).expr for d in (50, 200)}
at_most = partial(sympy.Le, evaluate=False)  # SymPy would compute digits
RELATIONS = (
    (COSINE.expr < COSINE.subs(n=N + 1).expr, "m_n grows with n", "tight", GRID),
    (COSINE.expr > COSINE.subs(d=D + 1).expr, "m_n falls with d", "tight", GRID),
    (COSINE.expr**2 <= 2 * log(N) / D, "m_n ≤ √(2 log n/d)", "upper", GRID),
    (LEAST.expr >= D * N ** (-2 / D), "D_2* ≥ Shannon's d n^{−2/d}", "lower", GRID),
    (LEAST.expr > D - NORM**2, "D_2* > Var R", "lower", GRID),
    *(
        (claim.relation, f"D_4 ≥ bound: {claim.name}", "lower", RADII)
        for claim in bounds.claims(TEN, 1000, 4)
    ),
    (at_most(SQUARE**2, FOURTH), "D_2^{1/2} ≤ D_4^{1/4}", "upper", RADII),
    (at_most(SHORT**2, LONG), "D_1 ≤ D_2^{1/2}, X on a sphere", "upper", RADII[1:]),
    *(
        (at_most(sign * m**2, sign * (1 - exp(-1) - gap)), f"m_n² ≈ 1 − 1/e, log n = d/2, d = {d}",
         "asymptotic", ({},))
        for d, m in EXPONENTIAL.items()
        for sign, gap in ((1, 0), (-1, exp(-1) * log(2 * pi * d) / d))
    ),
)  # fmt: skip

# --- experiments ------------------------------------------------------------------------------

CURVES = (
    *(("$N(0, I)$", TEN, n) for n in (10, 100, 1000)),
    ("uniform in the ball", UniformBall(10), 100),
    ("uniform on the sphere", SPHERE, 100),
)


def directions(generator, *shape: int) -> np.ndarray:
    """Uniform points of a sphere."""
    z = generator.standard_normal(shape)
    return z / np.linalg.norm(z, axis=-1, keepdims=True)


def distances(x: np.ndarray, points: np.ndarray) -> np.ndarray:
    """From every x to the nearest of the points."""
    inner = (points @ x.T) - np.sum(points**2, axis=1)[:, None] / 2
    return np.sqrt(np.maximum(np.sum(x**2, axis=1) - 2 * np.max(inner, axis=0), 0))


def codebooks(quick: bool) -> Report:
    """Random points on spheres of several radii, 20 points X for each codebook, s = 1."""
    replicas, generator = (100 if quick else 3000), np.random.default_rng(0)
    comparisons, series = [], []
    for name, law, n in CURVES:
        theory, scale = distortion(law, n, 1).lambdify(), float(law.mean_power(1))
        radii = scale * np.array([0.2, 0.5, 0.8, 1.1, 1.4])
        x = law.sample(20 * replicas, seed=n).reshape(replicas, 20, 10)
        found = np.empty((replicas, len(radii)))
        for row, points in zip(found, x, strict=True):
            code = directions(generator, n, 10)
            row[:] = [distances(points, r * code).mean() for r in radii]
        comparisons.append(
            compare_means(f"{name.strip('$')}, n = {n}", found, theory(radii), smallest=0.75)
        )
        if n == 1000:
            twice = distortion(law, 2 * n, 1).lambdify()
            comparisons.append(compare_means("twice the points", found, twice(radii), mutant=True))
            comparisons.append(compare_means("1.1 r", found, theory(1.1 * radii), mutant=True))
        series.append((f"{name}, $n$ = {n}", theory, scale, radii, found))

    def draw(axes):
        grid = np.linspace(0.02, 1.5, 150)
        for i, (label, curve, scale, radii, found) in enumerate(series):
            axes.plot(grid, curve(scale * grid) / scale, f"C{i}", label=label)
            bars = 2 * found.std(axis=0, ddof=1) / np.sqrt(len(found)) / scale
            axes.errorbar(radii / scale, found.mean(axis=0) / scale, bars, fmt=f"C{i}o", capsize=3)
        axes.set(xlabel=r"$r/E\,R$", ylabel=r"$D_1(r)/E\,R$", ylim=(0.5, 1.5))
        axes.legend(frameon=False, fontsize="small", ncols=2)

    return Report(judge(comparisons), (Figure("random codebooks in ten dimensions", draw),))


def spherical(n: int, d: int, r: float, generator) -> np.ndarray:
    """Random points on the sphere of the best radius."""
    return r * directions(generator, n, d)


def sobol(n: int, d: int, r: float, generator) -> np.ndarray:
    """Scrambled Sobol' points, taken to the normal law and on to that sphere."""
    points = norm.ppf(qmc.Sobol(d, rng=generator).random(n))
    return r * points / np.linalg.norm(points, axis=1, keepdims=True)


def lloyd(n: int, d: int, r: float, generator) -> np.ndarray:
    """Lloyd's algorithm for a sample: every point moves to the mean of its cell."""
    sample = generator.standard_normal(((20 + 5 * d) * n, d))
    points = sample[:n]
    for _ in range(15):
        nearest = np.argmax(sample @ points.T - np.sum(points**2, axis=1) / 2, axis=1)
        cells = np.eye(n)[:, nearest]
        points = cells @ sample / np.maximum(cells.sum(axis=1, keepdims=True), 1)
    return points


def gaussian(n: int, d: int, r: float, generator) -> np.ndarray:
    """A sample of the law itself."""
    return generator.standard_normal((n, d))


KINDS = {spherical: "random", sobol: "Sobol'", lloyd: "Lloyd", gaussian: "a sample of N(0, I)"}


def others(quick: bool) -> Report:
    """Other codebooks of as many points for N(0, I), at new X: s = 2, against the dimension."""
    n, dimensions = 32, (2, 5, 20) if quick else (2, 5, 10, 20, 40)
    radius, least = RADIUS.subs(n=n), LEAST.subs(n=n)
    best, found, comparisons = {d: float(least.at(d=d)) / d for d in dimensions}, {}, []
    for kind, d in product(KINDS, dimensions):
        replicas = (8 if kind is lloyd else 24) * (1 if quick else 8)
        r, generator = float(radius.at(d=d)), np.random.default_rng((d, replicas))
        books = (kind(n, d, r, generator) for _ in range(replicas))
        found[kind, d] = Measurement.of([mean_square(z, generator) / d for z in books])
        comparison = compare(f"{KINDS[kind]}, d = {d}", best[d], found[kind, d], smallest=0.2)
        if kind in (sobol, lloyd):
            comparison = replace(comparison, one_sided=True, predicted=f"≤ {comparison.predicted}")
        if kind is not gaussian or d == dimensions[-1]:
            comparisons.append(replace(comparison, mutant=kind is gaussian))

    def draw(axes):
        grid = np.unique(np.geomspace(2, dimensions[-1], 20).round())
        theory = [float(least.at(d=int(d))) / d for d in grid]
        axes.plot(grid, theory, label=r"theory, $D_2(r^*)/d$")
        axes.plot(grid, n ** (-2 / grid), "0.5", linestyle="--", label="Shannon's bound")
        for i, (kind, label) in enumerate(KINDS.items()):
            means = [found[kind, d].mean for d in dimensions]
            bars = [2 * found[kind, d].standard_error for d in dimensions]
            axes.errorbar(dimensions, means, bars, fmt=f"C{i}{'osD^'[i]}", capsize=3, label=label)
        axes.set(xscale="log", xlabel="dimension $d$", ylabel="mean square error, over $d$")
        axes.set_xticks(dimensions, dimensions)
        axes.set_xticks([], minor=True)
        axes.legend(frameon=False, fontsize="small")

    return Report(judge(comparisons), (Figure(f"codebooks of {n} points for N(0, I)", draw),))


def mean_square(points: np.ndarray, generator) -> float:
    """E min_i ‖X − z_i‖² at new X; ‖X‖² with its known mean takes out noise."""
    x = generator.standard_normal((1000, points.shape[1]))
    squares, norms = distances(x, points) ** 2, np.sum(x**2, axis=1)
    slope = np.cov(squares, norms)[0, 1] / (2 * points.shape[1])
    return float(np.mean(squares - slope * (norms - points.shape[1])))


def radii(quick: bool) -> Report:
    """r*/√d for n = e^{d/2} and several s, and D_2(r*)/d, beside their limits."""
    dimensions = (100, 400, 1600) if quick else (100, 200, 400, 800, 1600, 3200, 6400)
    powers, limit = ("1/2", 1, 2, 4), float(LIMIT.at(alpha="1/2"))
    comparisons, found = [], {}
    for s in powers:
        best = (optimal_radius(Gaussian(d), s=s, log_n=Rational(d, 2)) for d in dimensions)
        found[s] = np.array([float(r.at()) for r in best]) / np.sqrt(dimensions)
        d = np.array(dimensions[-3:], dtype=float)
        rows = np.stack([np.ones(3), np.log(d) / d, 1 / d], axis=1)
        # terms of the order (log d/d)² are left out
        end = Measurement(np.linalg.solve(rows, found[s][-3:])[0], (np.log(d[0]) / d[0]) ** 2, None)
        comparisons.append(compare(f"limit of r*/√d, s = {s}", limit, end, smallest=0.02))
    comparisons.append(compare("√(2α) instead", 1, end, mutant=True))
    for d in dimensions:
        best = float(optimal_radius(Gaussian(d), log_n=Rational(d, 2)).at())
        seen = Measurement(1 - best**2 / d, (np.log(d) / d) ** 2, None)
        comparisons.append(compare(f"D_2(r*)/d, d = {d}", CORRECTED.at(alpha="1/2", d=d), seen))

    def draw(axes):
        for s in powers:
            axes.plot(dimensions, found[s], "o-", markersize=4, label=f"$s$ = {s}")
        axes.axhline(limit, color="0.5", linestyle="--", label=r"$\sqrt{1-1/e}$")
        axes.set(xscale="log", xlabel="dimension $d$", ylabel=r"$r^*/\sqrt{d}$")
        axes.set_xticks(dimensions, dimensions)
        axes.set_xticks([], minor=True)
        axes.legend(frameon=False)

    return Report(judge(comparisons), (Figure("best radii for n = exp(d/2) points", draw),))


THEORY = Theory(
    title="Random quantisers on a sphere",
    reference=QUANTISATION,
    statement=__doc__,
    formulas=(COSINE, RADIUS, LEAST, DISTORTION, LIMIT, CORRECTED),
    cases=tuple(
        Case(formula=formula, params=params, expected=expected, source=source)
        for formula, params, expected, source in NUMBERS
    ),
    claims=tuple(
        (Claim(relation, name=name, sharpness=sharpness), points)
        for relation, name, sharpness, points in RELATIONS
    ),
    experiments=(
        Experiment("codebooks", "random points on spheres of several radii", codebooks),
        Experiment("others", "Lloyd's, Sobol' and Gaussian codebooks of as many points", others),
        Experiment("radii", "best radii in growing dimensions with exponentially many", radii),
    ),
)
