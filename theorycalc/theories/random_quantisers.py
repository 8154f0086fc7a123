"""Random quantisers on a sphere: the mean distortion for any number of points, not only for many.

Derived here; the subject is that of the paper below, whose theorems these need not be.

Setting
-------
X in R^d has a spherically symmetric law, R = ‖X‖. Its quantiser is Z_1, …, Z_n, independent and
uniform on a sphere of radius r, D_s(r) = E min_i ‖X − Z_i‖^s with no root and no division by d, r*
the best radius. T is the cosine between X and one Z_i, f its density and F its law, M the largest
of the n cosines, independent of R, m_n = E M.

References
----------
"Non-asymptotic quantisation of spherically symmetric distributions", arXiv:2605.12568.
S. Graf, H. Luschgy, "Foundations of quantization for probability distributions", Springer, 2000.
"""

import sympy

import theorycalc as tc
from theorycalc.theories.experiments import random_quantisers as simulations

SOURCE = "Non-asymptotic quantisation of spherically symmetric distributions"
PAPER = tc.Paper("arXiv:2605.12568", SOURCE, "Random quantisers on a sphere", __doc__)
D, N = sympy.symbols("d n", integer=True, positive=True)
R, ALPHA, ANGLE = sympy.symbols("r alpha theta", positive=True)
sin, cos, exp, log, pi = sympy.sin, sympy.cos, sympy.exp, sympy.log, sympy.pi
laws, quantization = tc.distributions, tc.quantization
distortion = quantization.distortion
BALL, TEN, SPHERE = laws.UniformBall(3), laws.Gaussian(10), laws.UniformSphere(10)

one = PAPER.states(
    "exact",
    "D_s(r) = E_R[|R−r|^s + ∫_{|R−r|}^{R+r} s u^{s−1} (1 − ∫_{(R²+r²−u²)/(2Rr)}^1 f)^n du].",
)
# four dimensions: the density of the angle, and the chance that one point is farther
DENSITY, FARTHER = 2 * sin(ANGLE) ** 2 / pi, 1 - (ANGLE - sin(ANGLE) * cos(ANGLE)) / pi
APART = sympy.sqrt(1 + R**2 - 2 * R * cos(ANGLE))
OUTSIDE = tc.Integral(2 * APART * DENSITY * FARTHER, ANGLE, 0, pi)
HALF_ANGLE = 18 * sympy.beta(9, sympy.Rational(3, 2))
one.equals(distortion(BALL, 10), "2163/9680", "3/5 − (27/44)²", r="27/44")
one.equals(distortion(laws.UniformSphere(3), 9, 1), HALF_ANGLE, "2 E √((1−M)/2)", r=1)
one.equals(distortion(laws.UniformSphere(4), 2, 1), OUTSIDE, "law of the smaller angle", r="3/4")
one.equals(distortion(BALL, 2, 1), "443/375", "E_R[r − R/3 + R²/(3r) + R³/(15r²)]", r="5/4")
one.experiment("random codebooks in ten dimensions", quick=100, full=3000)(simulations.codebooks)

two = PAPER.states(
    "exact",
    "1 − m_n = ∫ F^n, rational in odd d, and D_2(r) = E R² + r² − 2r E R m_n, so that r* = E R m_n "
    "and D_2(r*) = E R² − (E R m_n)² for s = 2.",
)
# N(0, I)
COSINE, NORM = quantization.mean_max_cosine(D, N), laws.Gaussian(D).mean_power(1)
RADIUS = tc.Formula("r_opt", NORM * COSINE.expr, args=(D, N))
LEAST = tc.Formula("D_opt", D - RADIUS.expr**2, args=(D, N))
two.shows(COSINE, RADIUS, LEAST)
two.shows(tc.Formula("D", D + R**2 - 2 * R * RADIUS.expr, args=(R, D, N)))
NEAREST = tc.Integral(N * cos(ANGLE) * DENSITY * FARTHER ** (N - 1), ANGLE, 0, pi)
two.equals(COSINE, "333/715", "F is a polynomial in odd dimensions", d=5, n=4)
two.equals(COSINE, "50/231", "F is a polynomial in odd dimensions", d=7, n=2)
two.equals(COSINE, NEAREST, "the law of the smallest angle", d=4, n=7)
two.equals(quantization.optimal_radius(BALL, 10), "27/44", "E R = 3/4, m_10 = 9/11")

three = PAPER.states(
    "exact", "D_s(r) falls with n, m_n grows with n and falls with d; D_s(r)^{1/s} grows with s."
)
GRID = tuple({"d": d, "n": n} for d, n in ((2, 2), (3, 100), (10, 1000), (50, 10**6)))
FEW = {"d": tc.integers(2, 5), "n": tc.integers(2, 12)}
RADII = tuple({"r": r} for r in ("1", "2", "3"))
FOURTH, SQUARE, MORE = (distortion(TEN, n, s).expr for n, s in ((1000, 4), (1000, 2), (2000, 2)))
SHORT, LONG = (distortion(SPHERE, 1000, s).expr for s in (1, 2))
three.proves(COSINE.expr < COSINE.subs(n=N + 1).expr, "m_n grows with n", FEW)
three.proves(COSINE.expr > COSINE.subs(d=D + 1).expr, "m_n falls with d", FEW)
three.holds(sympy.Lt(MORE, SQUARE, evaluate=False), "D_2 falls with n", *RADII)
three.holds(sympy.Le(SQUARE**2, FOURTH, evaluate=False), "D_2^{1/2} ≤ D_4^{1/4}", *RADII)
three.holds(sympy.Le(SHORT**2, LONG, evaluate=False), "D_1 ≤ D_2^{1/2}, X on a sphere", *RADII[1:])

four = PAPER.states(
    "upper",
    "m_n ≤ √(2 log n/d), because T is subgaussian with variance 1/d. So r*/√d → 0 for N(0, I) if "
    "log n/d → 0: few points belong near the origin, where D_s = E R^s.",
)
four.holds(COSINE.expr**2 <= 2 * log(N) / D, "m_n ≤ √(2 log n/d)", *GRID)

five = PAPER.states(
    "lower",
    "No n points beat Shannon's bound, d n^{−2/d} for N(0, I) and s = 2, nor, if the density falls "
    "with the norm, n balls of mass 1/n, each around the mode.",
)
five.holds(LEAST.expr >= D * N ** (-2 / D), "D_2* ≥ Shannon's d n^{−2/d}", *GRID)
for bound in quantization.bounds.claims(TEN, 1000, 4):
    five.holds(bound.relation, f"D_4 ≥ bound: {bound.name}", *RADII)

six = PAPER.states(
    "asymptotic",
    "For n = e^{αd} and N(0, I): m_n → m = √(1−e^{−2α}), which for every s is the limit of r*/√d, "
    "since R/√d → 1. D_2(r*)/d = e^{−2α}(1 + (log(2πdm²) − 2α − 2γ)/d) + m²/(2d) + o(1/d), γ "
    "Euler's constant; its limit e^{−2α} is Shannon's bound: no quantiser does better.",
)
LIMIT = tc.Formula("m", sympy.sqrt(1 - exp(-2 * ALPHA)))
FIRST = (log(2 * pi * D * LIMIT.expr**2) - 2 * ALPHA - 2 * sympy.EulerGamma) / D
CORRECTED = exp(-2 * ALPHA) * (1 + FIRST) + LIMIT.expr**2 / (2 * D)
CORRECTED = tc.Formula("D_opt/d", CORRECTED, args=(ALPHA, D))
six.shows(LIMIT, CORRECTED)
for d in (50, 200):
    square, end = quantization.mean_max_cosine(d, log_n=sympy.Rational(d, 2)).expr ** 2, 1 - exp(-1)
    name, gap = f"m_n² ≈ 1 − 1/e, log n = d/2, d = {d}", exp(-1) * log(2 * pi * d) / d
    six.holds(sympy.Le(square, end, evaluate=False), name)
    six.holds(sympy.Ge(square, end - gap, evaluate=False), name)
six.experiment(
    "best radii for n = exp(d/2) points",
    quick=(100, 400, 1600),
    full=(100, 200, 400, 800, 1600, 3200, 6400),
    limit=LIMIT,
    corrected=CORRECTED,
)(simulations.radii)

seven = PAPER.states(
    "lower",
    "D_2(r*) > Var R > 0, the limit for n → ∞ with d fixed: in low dimensions other codebooks are "
    "better.",
)
seven.holds(LEAST.expr > D - NORM**2, "D_2* > Var R", *GRID)
seven.proves(LEAST.expr > D - NORM**2, "D_2* > Var R", FEW)
seven.experiment(
    "codebooks of 32 points for N(0, I)",
    quick={"dimensions": (2, 5, 20), "repeats": 1},
    full={"dimensions": (2, 5, 10, 20, 40), "repeats": 8},
)(simulations.others)
