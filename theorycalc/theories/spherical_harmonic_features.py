"""Spherical-harmonic features: hidden units as inducing variables of a Gaussian process.

Setting
-------
Inputs on the unit sphere of R^d under the uniform probability measure; N(d, l) harmonics of degree
l, Legendre polynomials P_l with P_l(1) = 1. The prior f ~ GP(0, k) with k(x, y) = |x||y| s(t), t
the cosine of the angle, s = κ₁ the arc-cosine kernel, and H its RKHS. An activation φ gives the
features g_w(x) = |w||x| φ(t). Expansions s = Σ_l λ_l N(d, l) P_l and φ = Σ_l σ_l N(d, l) P_l.

References
----------
V. Dutordoir, J. Hensman, M. van der Wilk, C. H. Ek, Z. Ghahramani, N. Durrande, "Deep neural
networks as point estimates for deep Gaussian processes", NeurIPS 2021, arXiv:2105.04504.
"""

import sympy
from sympy import cos, gamma, pi, sin, sqrt

import theorycalc as tc
from theorycalc.theories.experiments import spherical_harmonic_features as simulations

PAPER = tc.Paper("arXiv:2105.04504", "V. Dutordoir et al.", "Spherical-harmonic features", __doc__)
D, DEGREE = sympy.symbols("d l", integer=True, positive=True)
ANGLE = sympy.Symbol("theta", real=True)
# sums go up to the even degree L = 2J
J, j = sympy.symbols("J j", integer=True, nonnegative=True)
KERNEL = tc.kernels.arc_cosine(1)
MERCER, RELU, SOFTPLUS = (
    tc.sphere.funk_hecke(kernel, D, DEGREE).expr for kernel in (KERNEL, "relu", "softplus")
)
COUNT = tc.sphere.num_harmonics(D, DEGREE)
LAMBDA = tc.Formula("lambda", MERCER, args=(D, DEGREE))
SIGMA = tc.Formula("sigma", RELU, args=(D, DEGREE))

one = PAPER.states(
    "exact",
    "For g_w in H the inducing variable u_w = ⟨f, g_w⟩_H has cov(f(x), u_w) = g_w(x), a hidden "
    "unit, and cov(u_w, u_v) = Σ_l (σ_l²/λ_l) N(d, l) P_l(⟨w, v⟩), a sum over λ_l ≠ 0.",
)

PRODUCTS = "random ReLU networks, their products with hidden units"
one.experiment(PRODUCTS, quick=1500, full=5000, coefficient=SIGMA)(simulations.inducing)

two = PAPER.states(
    "exact",
    "For the ReLU λ_l = 2d σ_l², because s(⟨x, y⟩) = 2d E φ(⟨w, x⟩)φ(⟨w, y⟩) for uniform w. Odd "
    "degrees l ≥ 3 vanish in both; N(d, 1) λ_1 = 1/2.",
)
two.shows(LAMBDA, SIGMA)
DENSITY = gamma(D / 2) / (sqrt(pi) * gamma((D - 1) / 2)) * sin(ANGLE) ** (D - 2)
HARMONIC = DENSITY * tc.sphere.legendre(D, DEGREE).subs(t=cos(ANGLE)).expr
PROFILE = (sin(ANGLE) + (pi - ANGLE) * cos(ANGLE)) / pi
SOURCE = "its definition, an integral with the Legendre polynomial of d dimensions"
for d, degree in ((3, 2), (6, 4)):
    at = {"d": d, "l": degree}
    two.equals(LAMBDA, tc.Integral(PROFILE * HARMONIC, ANGLE, 0, pi), SOURCE, **at)
    two.equals(SIGMA, tc.Integral(cos(ANGLE) * HARMONIC, ANGLE, 0, pi / 2), SOURCE, **at)
    two.equals(LAMBDA, 2 * D * RELU**2, "2d σ_l²", **at)
two.equals(LAMBDA, 0, "κ₁(t) − t/2 is even", d=4, l=7)
two.equals(tc.Formula("N lambda", COUNT * MERCER), "1/2", "the part t/2 of κ₁", d=7, l=1)

PROJECTED = "kernels of random ReLU networks, projected on harmonics"
two.experiment(PROJECTED, quick=400, full=2000, eigenvalue=LAMBDA)(simulations.spectrum)

three = PAPER.states(
    "lower", "Even l ≥ 2: λ_l ≥ c ((l+d−1)/2)^{−2α} with c = dΓ(d/2)²/(8π²) and 2α = d + 2."
)
EXPONENT = 2 * tc.sphere.decay_exponent("relu", D).expr
LOW, HIGH = (
    D * gamma(D / 2) ** 2 / (8 * pi**2) * (x / 2) ** -EXPONENT for x in (DEGREE + D - 1, DEGREE - 1)
)
POWERS = [{"d": d, "l": degree} for d, degree in ((2, 2), (3, 40), (10, 8), (100, 1000))]
three.holds(MERCER >= LOW, "λ_l ≥ c((l+d−1)/2)^{−2α}", *POWERS)

four = PAPER.states(
    "upper", "Even l ≥ 2: λ_l ≤ c ((l−1)/2)^{−2α} with the same c, so |σ_l| decays like l^{−α}."
)
four.holds(MERCER <= HIGH, "λ_l ≤ c((l−1)/2)^{−2α}", *POWERS)
M, DIMENSIONS = sympy.Symbol("m", integer=True, positive=True), {"d": tc.integers(2, 10)}
for part, relation in ((three, MERCER >= LOW), (four, MERCER <= HIGH)):
    name = "the same, l = 2m"
    part.proves(relation.subs(DEGREE, 2 * M), name, {**DIMENSIONS, "m": tc.integers(1, 20)})

five = PAPER.states(
    "asymptotic",
    "Mercer's series up to the even degree L errs most at t = ±1, there by "
    "r_L = Σ_{l>L} N(d, l) λ_l ~ a/(6L³), a = 4dΓ(d/2)/(π^{3/2} Γ((d−1)/2)). Exact for d = 3: "
    "r_L = Γ((L+1)/2)²/(8π Γ(L/2+2)²).",
)
HALF = sympy.Rational(1, 2)
HELD = sympy.Sum((COUNT * MERCER).subs(DEGREE, 2 * j), (j, 0, J))
REST = tc.Formula("r", HALF - HELD, args=(D, J))
five.shows(REST)
CLOSED = gamma(J + HALF) ** 2 / (8 * pi * gamma(J + 2) ** 2)
five.equals(REST, CLOSED, "the terms N(3, l) λ_l are differences of this", d=3, J=20)
CUBE = 4 * D * gamma(D / 2) / (6 * sqrt(pi) ** 3 * gamma((D - 1) / 2))
TAILS = [{"d": d, "J": order} for d, order in ((3, 1), (3, 60), (10, 8), (50, 40))]
five.holds(REST.expr >= CUBE / (2 * J + D / 2) ** 3, "r_L ≥ a/(6(L+d/2)³)", *TAILS)
five.holds(REST.expr <= CUBE / (2 * J) ** 3, "r_L ≤ a/(6L³)", *TAILS)
ENDS = CUBE / (2 * J + D / 2) ** 3, CUBE / (2 * J) ** 3
SEVERAL = {"d": tc.integers(3, 10), "J": tc.integers(1, 10)}
five.proves([REST.expr >= ENDS[0], REST.expr <= ENDS[1]], "r_L between both", SEVERAL)

QUICK, FULL = (2, 4, 8, 16), (2, 4, 8, 16, 32, 64, 128)
FORMULAS = {"kernel": KERNEL, "eigenvalue": LAMBDA, "rest": REST}
five.experiment("the kernel beside its truncated series", quick=QUICK, full=FULL, **FORMULAS)(
    simulations.reconstruction
)

six = PAPER.states(
    "exact",
    "The ReLU is not in H: up to the even degree L its squared norm is (C(L+d−1, d−1) + d)/(2d), "
    "so its features have to be truncated. Softplus is in H: it is t/2 plus an even function, and "
    "being analytic it has coefficients that decay geometrically.",
)
SHARE = COUNT * RELU**2 / MERCER  # of degree l in |g_w|²
EVEN = sympy.Sum(SHARE.subs(DEGREE, 2 * j), (j, 0, J))
NORM = tc.Formula("G", SHARE.subs(DEGREE, 1) + EVEN, args=(D, J))
six.shows(NORM)
HOMOGENEOUS = (sympy.binomial(2 * J + D - 1, D - 1) + D) / (2 * D)
SOURCE = "the even degrees up to L make up the homogeneous polynomials of degree L"
six.equals(NORM, HOMOGENEOUS, SOURCE, d=20, J=3)
SMOOTH = COUNT * SOFTPLUS**2 / MERCER
CONVERGES = SMOOTH.subs(DEGREE, DEGREE + 2) < SMOOTH / 50
six.holds(CONVERGES, "softplus converges", {"d": 3, "l": 6}, {"d": 10, "l": 4})
