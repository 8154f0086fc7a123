"""Barron norms of solutions of nonlinear elliptic equations, one gradient step after the other.

Marwah et al. bound the norms of such iterates: where the partial derivatives of the Lagrangian take
functions of norm b to norms of at most B_L b^p, a function of Barron norm
O((d B_L)^{max(p log(1/ε), p^{log(1/ε)})}) is within ε of the solution. Here their method is worked
out for one equation, on the torus; what is stated is derived here.

Setting
-------
Functions f = Σ_k f_k e^{ik·x} on the torus (R/2πZ)^d, with the spectral Barron norm
‖f‖_B = Σ_k (1+|k|)|f_k|, ‖f‖² = Σ_k |f_k|² and ‖f‖²_{H¹} = Σ_k (1+|k|²)|f_k|². The energy
∫ |∇u|²/2 + u²/2 + a u⁴/4 − f u has the equation −Δu + u + a u³ = f. Gradient descent in H¹ is
u_{t+1} = (1−η)u_t + η(I−Δ)^{−1}(f − a u_t³) with u_0 = 0 and 0 < η ≤ 1; F = ‖f‖_B, q = |a|F².

References
----------
T. Marwah, Z. C. Lipton, J. Lu, A. Risteski, "Neural network approximations of PDEs beyond
linearity: a representational perspective", ICML 2023, arXiv:2210.12101.
A. R. Barron, "Universal approximation bounds for superpositions of a sigmoidal function", IEEE
Transactions on Information Theory 39, 930-945 (1993).
"""

import sympy

import theorycalc as tc
from theorycalc.theories.experiments import barron_pde as simulations

TITLE = "Barron norms of solutions of nonlinear equations"
PAPER = tc.Paper("arXiv:2210.12101", "T. Marwah, Z. Lipton, J. Lu, A. Risteski", TITLE, __doc__)
Q, ETA, SIZE, C0, SQUARE, R, S, G = sympy.symbols("q eta S c_0 u2 r s G", positive=True)
K, L = sympy.symbols("k l", real=True)
sqrt, Rational = sympy.sqrt, sympy.Rational
THRESHOLD = Rational(4, 27)

one = PAPER.states(
    "tight",
    "‖fg‖_B ≤ ‖f‖_B ‖g‖_B, because 1+|k+l| ≤ (1+|k|)(1+|l|). (I−Δ)^{−1} divides f_k by 1+|k|², so "
    "it does not increase the norm, and (I−Δ)^{−1}∂_j at least halves it.",
)
PRODUCT = sympy.Le(1 + abs(K + L), (1 + abs(K)) * (1 + abs(L)), evaluate=False)
HALVED = sympy.Le(R / (1 + R**2), Rational(1, 2), evaluate=False)
one.proves(PRODUCT, "1+|k+l| ≤ (1+|k|)(1+|l|)", dict.fromkeys("kl", sympy.S.Reals))
one.proves(HALVED, "|k|/(1+|k|²) ≤ 1/2", {"r": (0, "oo")})

two = PAPER.states(
    "tight",
    "‖u_t‖_B ≤ r_t F with r_{t+1} = (1−η)r_t + η(1 + q r_t³), r_0 = 0, with equality if f is "
    "constant and a < 0. For q ≤ 4/27 the r_t increase to the smallest root G ≥ 1 of G = 1 + qG³, "
    "which is G = 2 sin(arcsin(√(27q/4))/3)/√(3q) = Σ_j C(3j, j) q^j/(2j+1) ≤ 3/2: the series of "
    "ternary trees. The bound knows neither t nor d nor the error.",
)


def recursion(steps: int) -> tc.Formula:
    """r_t after some steps, as a function of q and η."""
    r, where = [sympy.S.Zero, *sympy.symbols(f"r_1:{steps + 1}", positive=True)], []
    for t in range(steps):
        where.append((r[t + 1], (1 - ETA) * r[t] + ETA * (1 + Q * r[t] ** 3)))
    return tc.Formula(f"r_{steps}", r[-1], args=(Q, ETA), where=where)


ANGLE = sympy.asin(sqrt(27 * Q / 4)) / 3
GROWTH = tc.Formula("G", 2 * sympy.sin(ANGLE) / sqrt(3 * Q), domain=Q <= THRESHOLD)
TREES = sympy.hyper((Rational(1, 3), Rational(2, 3)), (Rational(3, 2),), 27 * Q / 4)
THIRD, sixth = recursion(3), recursion(6).expr
BELOW = ({"q": "4/27", "eta": 1}, {"q": "1/10", "eta": "1/2"}, {"q": "1e-6", "eta": 1})
two.shows(GROWTH, THIRD)
two.equals(GROWTH, TREES, "the generating function of ternary trees", q="0.148")
two.equals(GROWTH, sqrt(5) - 1, "a root of G = 1 + G³/8", q="1/8")
two.equals(THIRD, 1 + Q * (1 + Q) ** 3, "by hand", q="1/8", eta=1)
two.proves(Rational(3, 2) >= GROWTH, "G ≤ 3/2", {"q": (0, THRESHOLD)})
# from sG, s ≤ 1, a step goes towards what is above it, and not beyond G = 1 + qG³
TOWARDS, INSIDE = 1 + (G - 1) * S**3, {"s": (0, 1), "G": (1, "3/2")}
two.proves([S * G <= TOWARDS, TOWARDS <= G], "r_t ≤ r_{t+1} ≤ G", INSIDE)
two.holds(sixth <= GROWTH.expr, "r_6 ≤ G", *BELOW)

three = PAPER.states(
    "upper",
    "For q ≥ 1, r_t ≤ (2q)^{(3^{t−1}−1)/2}, with a power p^t as in the paper; for η = 1 at least "
    "q^{(3^{t−1}−1)/2}.",
)
ABOVE, POWER = ({"q": 1, "eta": 1}, {"q": 100, "eta": 1}), 3**5 - 1
upper, lower = (2 * Q) ** (POWER // 2), Q ** (POWER // 2)
three.holds(sixth <= upper, f"r_6 ≤ √(2q)^{POWER}", *ABOVE, {"q": 2, "eta": "1/2"})
three.holds(sixth >= lower, f"r_6 ≥ √q^{POWER}", *ABOVE)

four = PAPER.states(
    "upper",
    "Let q < 4/27, or q = 4/27 and a > 0, and κ = 3qG² ≤ 1. There is one solution with ‖u‖_B ≤ GF, "
    "and ‖u_{t+1} − u‖_{H¹} ≤ ρ‖u_t − u‖_{H¹} with ρ = max(1−η, η(1+κ)−1) for a > 0, which is 1−η "
    "for η ≤ 2/(2+κ), and ρ = 1−η(1−κ) for a < 0, to which the factor tends if f is constant. "
    "Exact for a = 0: the factor is 1−η, and ‖u‖_B = Σ_k (1+|k|)|f_k|/(1+|k|²). Proof: with "
    "A = (I−Δ)^{−1}Q, Q = a(u_t² + u_t u + u²), u_{t+1} − u = (1−η−ηA)(u_t − u), and |u_t|, |u| "
    "are ≤ GF; A is self-adjoint in H¹ because ⟨Av, w⟩_{H¹} = ∫Qvw, and its spectrum is in "
    "[0, κ] or [−κ, 0].",
)
KAPPA = 3 * Q * GROWTH.expr**2
RATES = {
    ">": tc.Formula("rho[a > 0]", sympy.Max(1 - ETA, ETA * (1 + KAPPA) - 1)),
    "<": tc.Formula("rho[a < 0]", 1 - ETA * (1 - KAPPA)),
}
four.shows(*RATES.values())
four.proves(KAPPA <= 1, "κ ≤ 1", {"q": (0, THRESHOLD)})
four.experiment(
    "gradient descent in H¹, step by step",
    quick={"dimensions": (1, 2), "seeds": 1},
    full={"dimensions": (1, 2, 3), "seeds": 10},
    growth=GROWTH,
    rates=RATES,
)(simulations.descent)

five = PAPER.states(
    "exact",
    "u is Σ c_k cos(k·x + φ_k) with c_k ≥ 0, over one k of each pair ±k; S = Σ c_k. Draw m units "
    "S cos(k·x + φ_k) with probability c_k/S and average them: the mean squared distance from u is "
    "V/m with V = S(S + c_0)/2 − ‖u‖² ≤ S². So, by S ≤ ‖u‖_B and 2, a network of m units is within "
    "3F/(2√m) of the solution, in every dimension.",
)
VARIANCE = tc.Formula("V", SIZE * (SIZE + C0) / 2 - SQUARE)
# for example c_0 = 1 and c_k = 2r^k for k = 1, 2, in one dimension
COEFFICIENTS, X = (1, 2 * R, 2 * R**2), sympy.Symbol("x", real=True)
SUM, TARGET = sum(COEFFICIENTS), sum(c * sympy.cos(k * X) for k, c in enumerate(COEFFICIENTS))
SPREAD = sum(c / SUM * (SUM * sympy.cos(k * X) - TARGET) ** 2 for k, c in enumerate(COEFFICIENTS))
GEOMETRIC = VARIANCE.subs(S=SUM, c_0=sympy.S.One, u2=1 + 2 * R**2 + 2 * R**4)
MEAN = tc.Integral(SPREAD / (2 * sympy.pi), X, 0, 2 * sympy.pi)
five.shows(VARIANCE)
five.equals(GEOMETRIC, MEAN, "its definition", r="1/3")
DRAWN = "cosine networks for a solution, d = 2"
five.experiment(DRAWN, quick=500, full=4000, variance=VARIANCE)(simulations.networks)
