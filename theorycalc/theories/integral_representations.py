"""Polynomials as integrals over ReLU neurons, and what random networks of m neurons cost.

Derived here; the subject is that of A. Lee's paper below, whose theorems these need not be.

Setting
-------
A homogeneous polynomial P of degree k ≥ 2 on R^d, σ(t) = max(t, 0), and a representation
P(x) = E a σ(⟨w, x⟩ − b) over random neurons; f_m is the average of m independent ones.
W ~ N(0, I), Z ~ N(0, 1), w is uniform on the unit sphere, ‖P‖_F² = Σ α! c_α², ν(s)² = E σ(Z − s)²
and I_k = ∫_0^∞ s^{k−2} ν(s) ds.

References
----------
A. Lee, "Explicit integral representations and quantitative bounds for two-layer ReLU networks",
2026, arXiv:2604.23260.
R. Kan, "From moments of sum to moments of product", J. Multivariate Anal. 99 (2008), 542-554.
"""

import sympy

import theorycalc as tc
from theorycalc.theories.experiments import integral_representations as simulations

PAPER = tc.Paper("arXiv:2604.23260", "A. Lee", "Integral representations of polynomials", __doc__)
D, K = sympy.symbols("d k", integer=True, positive=True)
S, R, T = sympy.symbols("s r t", positive=True)
ALPHA, THETA, U = sympy.symbols("alpha theta u", real=True)
X = sympy.symbols("x1:81", real=True)
cos, sin, gamma, sqrt, pi = sympy.cos, sympy.sin, sympy.gamma, sympy.sqrt, sympy.pi
Gaussian, UniformSphere = tc.distributions.Gaussian, tc.distributions.UniformSphere

one = PAPER.states(
    "exact",
    "P(x) = E_w ∫_0^∞ g(w) s^{k−2} σ(⟨w, x⟩ − s) ds for all x, with "
    "g = 2/(k−2)! Σ_j (−1)^j/(2^j j!) E‖W‖^{2k−2j} Δ^j P. (“Isotropic” neurons: all directions.)",
)
POLYNOMIAL = X[0] ** 2 * X[1] + 3 * X[0] * X[1] - X[1] ** 2
POLAR = tc.Formula("f", POLYNOMIAL.subs({X[0]: R * cos(ALPHA), X[1]: R * sin(ALPHA)}))
DENSITY = tc.relu.represent(POLYNOMIAL, *X[:2], method="space").density
BIAS, ON_CIRCLE = DENSITY.args[-1], DENSITY.subs(w1=cos(THETA), w2=sin(THETA)).expr
# over the neurons that are positive at r (cos α, sin α)
NEURONS = sympy.integrate(sympy.expand(ON_CIRCLE * (T - BIAS)), (BIAS, 0, T)) / (2 * pi)
NEURONS = NEURONS.subs(T, R * cos(THETA - ALPHA))
NEURONS = tc.Integral(NEURONS, THETA, ALPHA - pi / 2, ALPHA + pi / 2)
one.equals(POLAR, NEURONS, "neurons times density, integrated", r="7/5", alpha="2/3")

two = PAPER.states(
    "exact",
    "(v·x)^k = k(k−1) ∫_0^∞ s^{k−2} [σ(v·x−s) + (−1)^k σ(−v·x−s)] ds, and every P is a sum of such "
    "powers; x_1⋯x_k is that of ε_1⋯ε_k (ε·x)^k/(2^k k!) over all signs. (“Atomic” neurons.)",
)
PAIR = sympy.Max(U - S, 0) + (-1) ** K * sympy.Max(-U - S, 0)
PAIR = tc.Integral(K * (K - 1) * S ** (K - 2) * PAIR, S, 0, abs(U))
SIGNS = [(a * b, a * X[0] + b * X[1] + X[2]) for a in (1, -1) for b in (1, -1)]
CUBES = sum(sign * form**3 for sign, form in SIGNS) / 24
two.equals(tc.Formula("power", U**K), PAIR, "the integral", u="-3/2", k=3)
two.equals(tc.Formula("P", X[0] * X[1] * X[2]), CUBES, "cubes with signs", x1=2, x2="1/3", x3=-5)

three = PAPER.states(
    "exact",
    "E‖P − f_m‖² = V/m for every law of x and every m. The best neurons of a density ρ have "
    "V = C² − ‖P‖² with C = ∫ |ρ| ‖σ(⟨w, ·⟩ − b)‖, all norms in L² of that law.",
)


def product(d: int, method: str, k: int = 2):
    """x_1⋯x_k in d variables by a method."""
    law = UniformSphere(d) if method == "ball" else Gaussian(d)
    return tc.relu.represent(sympy.prod(X[:k]), *X[:d], method=method, source=law)


four = PAPER.states(
    "exact",
    "For x ~ N(0, I), C = I_k ‖g‖_{L¹} for isotropic neurons and 2k(k−1) I_k Σ_j |c_j| for "
    "Σ_j c_j (u_j·x)^k with ‖u_j‖ = 1. So x_1⋯x_k costs C = 2k(k−1) k^{k/2}/k! · I_k atomically, "
    "in every dimension, and 2/(k−2)! · (4/π)^{k/2} Γ(d/2 + k)/Γ((d + k)/2) · I_k isotropically: V "
    "grows like d^k.",
)
# for P = x_1⋯x_k, which has ‖P‖_F² = E P(W)² = 1; E‖W‖^k and E‖W‖^{2k}
MOMENT, SQUARE = (2 ** (p / 2) * gamma((D + p) / 2) / gamma(D / 2) for p in (K, 2 * K))
I_K, SIZE = tc.relu.gaussian_bias_constant(K).expr, 2 / sympy.factorial(K - 2)
L1, L2 = SIZE * (2 / pi) ** (K / 2) * SQUARE / MOMENT, SIZE * sqrt(SQUARE)
ATOMIC = tc.Formula("C[atomic]", 2 * K * (K - 1) * K ** (K / 2) / sympy.factorial(K) * I_K)
ISOTROPIC = tc.Formula("C[isotropic]", L1 * I_K)
# ν(s)² = ∫ u² φ(s + u) du ≤ e^{−s²/2}/2, φ the density of Z
NU, NU_SPHERE = (sqrt(law.coordinate_tail_square(S)) for law in (Gaussian(D), UniformSphere(D)))
FADING = {sympy.oo: tc.Tail(sqrt(2) * sympy.exp(-(S**2) / 4), S)}
ROOT = tc.Integral(NU, S, 0, sympy.oo, tails=FADING)
PAIRS = tuple({"d": d, "k": k} for d, k in ((2, 2), (3, 3), (1000, 2), (10**4, 6)))
four.shows(ATOMIC, ISOTROPIC)
four.equals(tc.Formula("I_2", I_K.subs(K, 2)), ROOT, "its definition")
four.equals(ISOTROPIC, product(7, "space", 3).constant(Gaussian(7)), "from P", d=7, k=3)
for d, k in ((2, 2), (7, 2), (40, 2), (5, 4)):
    found, closed = product(d, "atomic", k).constant(Gaussian(d)), ATOMIC.subs(k=k)
    same = sympy.Eq(found.expr, closed.expr, evaluate=False)
    four.holds(same, f"C[atomic], k = {k}, in R^{d}")
four.holds(ATOMIC.expr <= ISOTROPIC.expr, "C[atomic] ≤ C[isotropic] for d ≥ k", *PAIRS)
SEVERAL = {"d": tc.integers(2, 20), "k": tc.integers(2, 8)}
LARGE = {"d": tc.integers(2, sympy.oo)}
CHEAPER = ATOMIC <= ISOTROPIC
four.proves(CHEAPER, "C[atomic] ≤ C[isotropic] for d ≥ k", SEVERAL, where=K <= D)
four.proves(CHEAPER.subs(K, 2), "C[atomic] ≤ C[isotropic] for k = 2", LARGE)

five = PAPER.states(
    "upper",
    "On the unit sphere isotropic neurons have C ≤ 2 I_k/(k−2)! · ‖P‖_F for harmonic P, in every "
    "dimension. For the norm of a Gaussian point is independent of its direction, so "
    "I_k ≥ (E‖W‖^{2k})^{1/2} ∫ s^{k−2} ν_d(s) ds by Minkowski's inequality, ν_d that of the "
    "sphere; and ‖g‖_{L¹} ≤ ‖g‖_{L²} = 2/(k−2)! · (E‖W‖^{2k})^{1/2} ‖P‖_F.",
)
SPHERE = tc.Formula("C[sphere]", L1 * sympy.Integral(S ** (K - 2) * NU_SPHERE, (S, 0, 1)))
LIMIT = tc.Formula("C[limit]", SIZE * (2 / pi) ** (K / 2) * I_K)
BOUND, NEAR = LIMIT.expr * sqrt(SQUARE) / MOMENT, ({"d": 3, "k": 2}, {"d": 30, "k": 2})
ARCHIMEDES = L1 * sympy.beta(K - 1, sympy.Rational(5, 2)) / sqrt(6)  # ν_3(s)² = (1 − s)³/6
five.shows(SPHERE)
five.equals(SPHERE, ARCHIMEDES, "one coordinate is uniform for d = 3", d=3, k=2)
five.holds(L1 <= L2, "‖g‖_{L¹} ≤ ‖g‖_{L²}", *PAIRS)
five.holds(SPHERE.expr <= BOUND, "C[sphere] ≤ I_k ‖g‖_{L¹}/(E‖W‖^{2k})^{1/2}", NEAR[0])
five.holds(BOUND <= SIZE * I_K, "the same ≤ 2 I_k/(k−2)! · ‖P‖_F", *PAIRS)
five.proves(L1 <= L2, "‖g‖_{L¹} ≤ ‖g‖_{L²}", SEVERAL, where=K <= D)
five.proves((L1 <= L2).subs(K, 2), "‖g‖_{L¹} ≤ ‖g‖_{L²}, k = 2", LARGE)
five.proves(BOUND <= SIZE * I_K, "the same ≤ 2 I_k/(k−2)! · ‖P‖_F", SEVERAL, where=K <= D)

six = PAPER.states(
    "asymptotic",
    "There C → 2 I_k/(k−2)! · E|P(W)| for d → ∞; for x_1x_2 the limit is 4 I_2/π. Relative to "
    "‖P‖² = ‖P‖_F²/E‖W‖^{2k} these C² grow like d^k, too: the sphere is small, not cheap.",
)
six.shows(LIMIT)
six.holds(BOUND / LIMIT.expr <= 1 + K**2 / (2 * D), "and close to the limit", *PAIRS)
six.proves(BOUND / LIMIT.expr <= 1 + K**2 / (2 * D), "and close to the limit", SEVERAL)
six.holds(SPHERE.expr >= LIMIT.expr, "C[sphere] ≥ its limit", *NEAR)

seven = PAPER.states(
    "exact",
    "There uniform w, and b with density (k−1) b^{k−2} on (0, 1), have "
    "V = ‖g‖²_{L²} E|w_1|^{k+1}/(k (k+1) (k−1)²) − ‖P‖². (The method “ball”.)",
)
COORDINATE = gamma(D / 2) * gamma(K / 2 + 1) / (sqrt(pi) * gamma((D + K + 1) / 2))  # E|w_1|^{k+1}
BALL = tc.Formula("V[ball]", L2**2 * COORDINATE / (K * (K + 1) * (K - 1) ** 2) - 1 / SQUARE)
VARIANCES = {"atomic": ATOMIC.expr**2 - 1, "space": ISOTROPIC.expr**2 - 1, "ball": BALL.expr}
VARIANCES = {method: tc.Formula("V", v.subs(K, 2), args=(D,)) for method, v in VARIANCES.items()}
seven.shows(BALL)
seven.equals(BALL, "73/30", "‖g‖² = 60, E|w_1|³ = 1/4, ‖P‖² = 1/15", d=3, k=2)
seven.equals(BALL, "731/420", "‖g‖² = 420, E|w_1|⁴ = 1/5, ‖P‖² = 1/105", d=3, k=3)

eight = PAPER.states("heuristic", "Gradient descent makes the error of such a network smaller.")
TRAINED = "random networks for x_1x_2, trained by gradient descent"
GIVEN = {"product": product, "variances": VARIANCES}
eight.experiment(TRAINED, quick=8, full=60, **GIVEN)(simulations.training)
# of statement 3, with the variances of 4 and 7
three.experiment("random networks for x₁x₂", quick=150, full=4000, **GIVEN)(simulations.error)
