"""Spherical-harmonic features: hidden units as inducing variables of a Gaussian process.

Setting
-------
Inputs on the unit sphere of R^d under the uniform probability measure; N(d, l) harmonics of degree
l, Legendre polynomials P_l with P_l(1) = 1. The prior f ~ GP(0, k) with k(x, y) = |x||y| s(t), t
the cosine of the angle, s = κ₁ the arc-cosine kernel, and H its RKHS. An activation φ gives the
features g_w(x) = |w||x| φ(t). Expansions s = Σ_l λ_l N(d, l) P_l and φ = Σ_l σ_l N(d, l) P_l.

Statement
---------
1. *Exact.* For g_w in H the inducing variable u_w = ⟨f, g_w⟩_H has cov(f(x), u_w) = g_w(x), a
   hidden unit, and cov(u_w, u_v) = Σ_l (σ_l²/λ_l) N(d, l) P_l(⟨w, v⟩), a sum over λ_l ≠ 0.
2. *Exact.* For the ReLU λ_l = 2d σ_l², because s(⟨x, y⟩) = 2d E φ(⟨w, x⟩)φ(⟨w, y⟩) for uniform w.
   Odd degrees l ≥ 3 vanish in both; N(d, 1) λ_1 = 1/2.
3. *Lower and upper bound.* Even l ≥ 2: c ((l+d−1)/2)^{−2α} ≤ λ_l ≤ c ((l−1)/2)^{−2α} with
   c = dΓ(d/2)²/(8π²) and 2α = d + 2; |σ_l| decays like l^{−α}.
4. *Asymptotic.* Mercer's series up to the even degree L errs most at t = ±1, there by
   r_L = Σ_{l>L} N(d, l) λ_l ~ a/(6L³), a = 4dΓ(d/2)/(π^{3/2} Γ((d−1)/2)). *Exact for d = 3:*
   r_L = Γ((L+1)/2)²/(8π Γ(L/2+2)²).
5. *Exact.* The ReLU is not in H: up to the even degree L its squared norm is
   (C(L+d−1, d−1) + d)/(2d), so its features have to be truncated. Softplus is in H: it is t/2 plus
   an even function, and being analytic it has coefficients that decay geometrically.

References
----------
V. Dutordoir, J. Hensman, M. van der Wilk, C. H. Ek, Z. Ghahramani, N. Durrande, "Deep neural
networks as point estimates for deep Gaussian processes", NeurIPS 2021, arXiv:2105.04504.
"""

import numpy as np
import sympy
from numpy.polynomial.legendre import legval, legvander
from scipy.stats import ortho_group
from sympy import Rational, binomial, cos, gamma, pi, sin, sqrt

from theorycalc import sphere
from theorycalc.core.claims import Claim
from theorycalc.core.formula import Formula
from theorycalc.core.integration.integral import Integral
from theorycalc.core.reference import Reference
from theorycalc.kernels import arc_cosine
from theorycalc.theories._theory import Case, Theory
from theorycalc.validation import (
    Experiment,
    Figure,
    Measurement,
    Report,
    compare,
    compare_means,
    judge,
    plots,
)

DUTORDOIR = Reference("arXiv:2105.04504", title="V. Dutordoir et al., Neural networks and deep GPs")

# --- formulas -------------------------------------------------------------------------------

D, DEGREE = sympy.symbols("d l", integer=True, positive=True)
# sums go up to the even degree L = 2J
J, j = sympy.symbols("J j", integer=True, nonnegative=True)

KERNEL = arc_cosine(1)
MERCER, RELU, SOFTPLUS = (
    sphere.funk_hecke(kernel, D, DEGREE).expr for kernel in (KERNEL, "relu", "softplus")
)
COUNT = sphere.num_harmonics(D, DEGREE)
LAMBDA = Formula("lambda", MERCER, args=(D, DEGREE), reference=DUTORDOIR)
SIGMA = Formula("sigma", RELU, args=(D, DEGREE), reference=DUTORDOIR)


def even_sum(term: sympy.Expr) -> sympy.Expr:
    """Σ over the degrees 0, 2, …, 2J."""
    return sympy.Sum(term.subs(DEGREE, 2 * j), (j, 0, J))


REST = Formula("r", Rational(1, 2) - even_sum(COUNT * MERCER), args=(D, J), reference=DUTORDOIR)
SHARE = COUNT * RELU**2 / MERCER  # of degree l in |g_w|²
NORM = Formula("G", SHARE.subs(DEGREE, 1) + even_sum(SHARE), args=(D, J), reference=DUTORDOIR)

# --- independent definitions ------------------------------------------------------------------

ANGLE = sympy.Symbol("theta", real=True)


def coefficient(profile: sympy.Expr, end: sympy.Expr) -> Integral:
    """Funk and Hecke's integral over the angle."""
    density = gamma(D / 2) / (sqrt(pi) * gamma((D - 1) / 2)) * sin(ANGLE) ** (D - 2)
    polynomial = sphere.legendre(D, DEGREE).subs(t=cos(ANGLE)).expr
    return Integral(profile * density * polynomial, ANGLE, 0, end)


COEFFICIENTS = (
    (LAMBDA, coefficient((sin(ANGLE) + (pi - ANGLE) * cos(ANGLE)) / pi, pi)),
    (SIGMA, coefficient(cos(ANGLE), pi / 2)),
)

# --- relations: name, sharpness, points ---------------------------------------------------------

EXPONENT = 2 * sphere.decay_exponent("relu", D).expr
CONSTANT = D * gamma(D / 2) ** 2 / (8 * pi**2)
CUBE = 4 * D * gamma(D / 2) / (6 * pi ** Rational(3, 2) * gamma((D - 1) / 2))
LOW, HIGH = (CONSTANT * (x / 2) ** -EXPONENT for x in (DEGREE + D - 1, DEGREE - 1))
POWERS = tuple({"d": d, "l": degree} for d, degree in ((2, 2), (3, 40), (10, 8), (100, 1000)))
TAILS = tuple({"d": d, "J": order} for d, order in ((3, 1), (3, 60), (10, 8), (50, 40)))
SMOOTH, SMOOTH_AT = COUNT * SOFTPLUS**2 / MERCER, ({"d": 3, "l": 6}, {"d": 10, "l": 4})
BOUNDS = (
    (sympy.Eq(MERCER, 2 * D * RELU**2), "λ_l = 2d σ_l² for all d and l", "tight", ({},)),
    (MERCER >= LOW, "λ_l ≥ c((l+d−1)/2)^{−2α}", "lower", POWERS),
    (MERCER <= HIGH, "λ_l ≤ c((l−1)/2)^{−2α}", "upper", POWERS),
    (REST.expr >= CUBE / (2 * J + D / 2) ** 3, "r_L ≥ a/(6(L+d/2)³)", "asymptotic", TAILS),
    (REST.expr <= CUBE / (2 * J) ** 3, "r_L ≤ a/(6L³)", "asymptotic", TAILS),
    (SMOOTH.subs(DEGREE, DEGREE + 2) < SMOOTH / 50, "softplus converges", "upper", SMOOTH_AT),
)

# --- experiments ------------------------------------------------------------------------------

HIGHEST, POINTS = 8, 200
SUPPORTED = np.array([0, 1, 2, 4, 6, 8])
COUNTS = 2 * np.arange(HIGHEST + 1) + 1  # N(3, l)
ROUNDING = 1e-13  # of a sum of terms below 1


def reconstruction(quick: bool) -> Report:
    """The kernel from its first harmonics: the largest error, beside what the others hold."""
    d, degrees = 10, (2, 4, 8, 16) if quick else (2, 4, 8, 16, 32, 64, 128)
    t = np.linspace(-1, 1, 401)
    points = np.zeros((t.size, d))
    points[:, 0], points[:, 1] = t, np.sqrt(1 - t**2)
    exact, values = KERNEL.lambdify()(t), LAMBDA.lambdify()(d, np.arange(degrees[-1] + 1))
    series = [sphere.zonal_sum(np.eye(1, d), points, values[: k + 1])[0] for k in degrees]
    measured = [Measurement(float(np.max(np.abs(s - exact))), ROUNDING, None) for s in series]
    predicted = [float(REST.at(d=d, J=k // 2)) for k in degrees]
    names = [f"largest error, L = {k}" for k in degrees]
    comparisons = [*map(compare, names, predicted, measured)]
    wrong = REST.at(d=d, J=degrees[-1] // 2 + 1)
    comparisons.append(compare("two degrees more", wrong, measured[-1], mutant=True))

    def draw(axes):
        plots.profile(axes, degrees, predicted, measured, "degree $L$", "largest error")
        axes.set_xscale("log", base=2)
        axes.set_yscale("log")

    return Report(judge(comparisons), (Figure(f"κ₁ up to degree L, d = {d}", draw),))


def directions(generator, *shape: int) -> np.ndarray:
    """Uniform points of the sphere in R³."""
    x = generator.standard_normal((*shape, 3))
    return x / np.linalg.norm(x, axis=-1, keepdims=True)


def lattices(generator, replicas: int) -> np.ndarray:
    """Fibonacci lattices turned at random: each point is uniform, so averages have no bias."""
    i = np.arange(POINTS)
    height, turn = 1 - (2 * i + 1) / POINTS, np.pi * (3 - np.sqrt(5)) * i
    radius = np.sqrt(1 - height**2)
    lattice = np.stack([radius * np.cos(turn), radius * np.sin(turn), height], axis=1)
    return lattice @ ortho_group.rvs(3, size=replicas, random_state=generator)


def spectrum(quick: bool) -> Report:
    """The empirical kernel of random networks, projected on one harmonic of each degree."""
    replicas, width = (400 if quick else 2000), 32
    generator = np.random.default_rng(0)
    weights, projected = directions(generator, replicas, width), []
    for x in (lattices(generator, replicas), lattices(generator, replicas)):
        features = np.maximum(weights @ x.swapaxes(1, 2), 0)
        harmonics = legvander(x[..., 2], HIGHEST) * np.sqrt(COUNTS)
        projected.append(features @ harmonics / POINTS)
    # k = 2d E φφ; lattices that are independent leave the product without bias
    estimates = 6 * np.mean(projected[0] * projected[1], axis=1)
    predicted, wrong = (LAMBDA.lambdify()(d, np.arange(HIGHEST + 1)) for d in (3, 4))
    measured = [Measurement.of(column) for column in estimates.T]
    comparisons = [compare(f"λ_{k}", predicted[k], measured[k], smallest=0.2) for k in SUPPORTED]
    comparisons.append(compare_means("λ_3, λ_5, λ_7", estimates[:, 3::2]))
    comparisons.append(compare("λ_4 of four dimensions", wrong[4], measured[4], mutant=True))

    def draw(axes):
        seen = [measured[k] for k in SUPPORTED]
        plots.profile(axes, SUPPORTED, predicted[SUPPORTED], seen, "degree $l$", r"$\lambda_l$")
        axes.set_yscale("log")

    title = f"random ReLU networks of width {width}, d = 3"
    return Report(judge(comparisons), (Figure(title, draw),))


def inducing(quick: bool) -> Report:
    """Covariances of random networks with their RKHS products with ReLU features up to L = 4."""
    replicas, width, degrees = (1500 if quick else 5000), 8, np.array([0, 1, 2, 4])
    generator = np.random.default_rng(1)
    weights = directions(generator, replicas, width)
    outer = np.sqrt(6 / width) * generator.standard_normal((replicas, 1, width))

    def network(x):
        return (outer @ np.maximum(weights @ x.swapaxes(-1, -2), 0))[:, 0]

    # P_l has the coefficients N σ_l in the unit, N σ_l/λ_l = N/(6σ_l) in the product with it
    unit, dual, gram = np.zeros((3, 5))
    sigma = SIGMA.lambdify()(3, degrees)
    unit[degrees], dual[degrees] = COUNTS[degrees] * sigma, COUNTS[degrees] / (6 * sigma)
    gram[degrees] = COUNTS[degrees] / 6
    angles = np.linspace(0, np.pi, 7)
    t = np.cos(angles)
    around = np.stack([np.sin(angles), 0 * t, t], axis=1)
    x, y = lattices(generator, replicas), lattices(generator, replicas)
    first = np.mean(network(x) * legval(x[..., 2], dual), axis=1)[:, None]
    others = np.mean(network(y)[..., None] * legval(y @ around.T, dual), axis=1)
    hidden, relu = network(around) * first, np.maximum(t, 0)
    comparisons = [
        compare_means("cov(f(x), u_w)", hidden, legval(t, unit)),
        compare_means("cov(u_w, u_v)", others * first, legval(t, gram)),
        compare_means("the ReLU, not truncated", hidden, relu, mutant=True),
    ]
    measured = [Measurement.of(column) for column in hidden.T]

    def draw(axes):
        axes.plot(angles, relu, ":", color="0.5", label="ReLU, not truncated")
        plots.profile(axes, angles, legval(t, unit), measured, "angle", "cov$(f(x), u_w)$")

    title = "inter-domain covariance, ReLU up to degree 4, d = 3"
    return Report(judge(comparisons), (Figure(title, draw),))


THEORY = Theory(
    title="Spherical-harmonic features",
    reference=DUTORDOIR,
    statement=__doc__,
    formulas=(LAMBDA, SIGMA, REST, NORM),
    cases=(
        *(
            Case(
                formula=formula,
                params={"d": d, "l": degree},
                expected=integral,
                source="its definition, an integral with the Legendre polynomial of d dimensions",
            )
            for formula, integral in COEFFICIENTS
            for d, degree in ((3, 2), (6, 4))
        ),
        Case(formula=LAMBDA, params={"d": 4, "l": 7}, expected="0", source="κ₁(t) − t/2 is even"),
        Case(
            formula=REST,
            params={"d": 3, "J": 20},
            expected=gamma(J + Rational(1, 2)) ** 2 / (8 * pi * gamma(J + 2) ** 2),
            source="the terms N(3, l) λ_l are differences of this",
        ),
        Case(
            formula=NORM,
            params={"d": 20, "J": 3},
            expected=(binomial(2 * J + D - 1, D - 1) + D) / (2 * D),
            source="the even degrees up to L make up the homogeneous polynomials of degree L",
        ),
    ),
    claims=tuple(
        (Claim(relation, name=name, sharpness=sharpness), points)
        for relation, name, sharpness, points in BOUNDS
    ),
    experiments=(
        Experiment("reconstruction", "the kernel beside its truncated series", reconstruction),
        Experiment("spectrum", "kernels of random ReLU networks, projected on harmonics", spectrum),
        Experiment("inducing", "random ReLU networks, their products with hidden units", inducing),
    ),
)
