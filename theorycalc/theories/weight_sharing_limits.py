"""Wide limits with shared weights: recurrent networks, a matrix and its transpose, spectra.

Setting
-------
Standard normal matrices and vectors of width n. (a) A recurrent network
h^t = σ_w W φ(h^{t−1})/√n + σ_u U x^t/√d + σ_b b, h^1 without its first term, with one W for all T
steps, and f = Σ_t v·φ(h^t)/√(nT). (b) x ∈ R^n with |x|² = n, and y = Wᵀφ(Wx/√n)/√n. (c) The
eigenvalues of (W+Wᵀ)/√(2n), and of WᵀW/m with W of size m×n, γ = n/m ≤ 1.

References
----------
G. Yang, "Scaling limits of wide neural networks with weight sharing", arXiv:1902.04760 (1, 3), and
"Tensor programs II", arXiv:2006.14548 (2). I. Dumitriu, A. Edelman, arXiv:math-ph/0510043, and F.
Götze, A. Tikhomirov, "On the rate of convergence to the semi-circular law", arXiv:1109.0611 (5).
"""

import sympy

import theorycalc as tc
from theorycalc.theories.experiments import weight_sharing_limits as simulations

PAPER = tc.Paper("arXiv:1902.04760", "G. Yang", "Wide limits with shared weights", __doc__)
SIGMA, Z = sympy.Symbol("sigma_w", positive=True), sympy.Symbol("z", real=True)
RHO, GAMMA, J, X = sympy.symbols("rho gamma j x", real=True)
N, P = sympy.symbols("n p", integer=True, positive=True)
K = sympy.Symbol("k", integer=True, nonnegative=True)
sqrt, binomial, pi = sympy.sqrt, sympy.binomial, sympy.pi
HALF = sympy.Rational(1, 2)


def recursion(activation: str, tied: bool, entries: int, steps: int) -> tuple:
    """C and V + Π C of unit inputs of correlation ρ, σ_u = 1, σ_b = 0."""
    gram = [[1 if i == j else RHO for j in range(entries)] for i in range(entries)]
    duals = tc.kernels.dual_general(activation), tc.kernels.dual_derivative_general(activation)
    duals = [sympy.Lambda(f.args, f.expr) for f in duals]
    return simulations.recursion(duals, gram, steps, (SIGMA, 1, 0), tied)


one = PAPER.states(
    "limit",
    "The h^t_i are jointly Gaussian over times and inputs with the covariance "
    "C(t, s) = σ_w² V(t−1, s−1) + σ_u² x^t·x'^s/d + σ_b², V(t, s) = E φ(h^t)φ(h'^s). With many W, "
    "one for each step, the first term is there for t = s only: the same C(t, t), another C(t, s).",
)
LATER = {
    (name, tied): tc.Formula("C_32", recursion(name, tied, 3, 3)[0](2, 1))
    for name in ("relu", "erf")
    for tied in (True, False)
}
GAINS = {name: LATER[name, True].expr - LATER[name, False].expr for name in ("relu", "erf")}
POINTS = tuple({"sigma_w": "1.4", "rho": rho} for rho in ("-0.8", "0.3"))
one.shows(LATER["erf", True])
one.equals(LATER["relu", True], 2 * sqrt(3) / pi, "4 E h₊ E h'₊", sigma_w=2, rho=0)
one.holds(GAINS["relu"] > 0, "ReLU: sharing W adds to C(3, 2)", *POINTS)
one.holds(RHO * GAINS["erf"] > 0, "erf: it adds with the sign of ρ", *POINTS)
POSITIVE = {"sigma_w": ("1/2", 2), "rho": ("1/10", "9/10")}
one.proves(GAINS["erf"] > 0, "erf: it adds for positive ρ", POSITIVE)

two = PAPER.states(
    "limit",
    "E f f' → Σ_{t,s} V(t, s)/T, and the tangent kernel tends to Σ_{t,s} [V + Π C](t, s)/T, "
    "Π(t, s) = E[φ'(h^t)φ'(h'^s)] (1 + σ_w² Π(t+1, s+1)), Π = 0 after T; many W: σ_w² Π if t = s.",
)
ONCE, TWICE = (recursion("erf", True, 2 * steps, steps)[1] for steps in (1, 2))
ONCE = tc.Formula("Theta_1", ONCE(0, 1))
two.shows(tc.Formula("Theta_2", sum(TWICE(i, j) for i in (0, 1) for j in (2, 3)) / 2))
two.equals(ONCE, tc.kernels.mlp(1, "erf", 1).ntk, "T = 1: one hidden layer", rho="0.3")
NETWORKS = "recurrent networks and their tangent kernels"
two.experiment(NETWORKS, quick=256, full=1536)(simulations.recurrent)

three = PAPER.states(
    "exact",
    "E x·y/n = s and E |y|²/n = s² + q + (E Z²φ(Z)² − s² − q)/n with s = E φ'(Z) = E Zφ(Z), "
    "q = E φ(Z)²: y tends to s x plus independent noise (Gaussian conditioning). With an "
    "independent matrix in place of Wᵀ they are 0 and q.",
)


def norm(phi: sympy.Expr) -> tuple:
    """s, q and E |y|²/n."""
    slope, square = tc.hermite.coefficient(phi, 1).expr, tc.hermite.coefficient(phi**2, 0).expr
    bend = sqrt(2) * tc.hermite.coefficient(phi**2, 2).expr
    return slope, square, tc.Formula("norm", slope**2 + square + (bend - slope**2) / N, (N,))


SLOPE, SQUARE, NORM = norm(sympy.Max(Z, 0))
three.shows(NORM)
three.equals(NORM, "33/40", "1/4 + 1/2 + (3/2 − 3/4)/10, moments of one Gaussian", n=10)
MATRIX = "a random matrix, the ReLU, and the transpose"
RELU = {"slope": SLOPE, "square": SQUARE, "norms": (NORM, norm(Z)[2])}
three.experiment(MATRIX, quick=150, full=1000, **RELU)(simulations.transpose)

four = PAPER.states(
    "limit",
    "The eigenvalues follow the semicircle, whose even moments are Catalan's numbers C_k, and "
    "Marchenko and Pastur's law with the moments m_p = Σ_i N(p, i+1) γ^i, N Narayana's numbers. "
    "For linear φ the |y|²/n of 3 tends to m_2 = 2 at γ = 1; with independent matrices it is 1.",
)
CATALAN = tc.Formula("C", binomial(2 * K, K) / (K + 1), (K,))
NARAYANA = binomial(P, J) * binomial(P - 1, J) / (J + 1)
MOMENT = tc.Formula("m", sympy.Sum(NARAYANA * GAMMA**J, (J, 0, P - 1)), (P, GAMMA))
SEMICIRCLE = tc.Formula("rho_sc", sqrt(4 - X**2) / (2 * pi), domain=abs(X) <= 2)
LOW, HIGH = (1 - sqrt(GAMMA)) ** 2, (1 + sqrt(GAMMA)) ** 2
BULK = sqrt((HIGH - X) * (X - LOW)) / (2 * pi * GAMMA * X)
MASSES = sympy.Integral(SEMICIRCLE.expr, (X, -2, 2)), sympy.Integral(BULK, (X, LOW, HIGH))
MASSES = [tc.Formula("mass", integral) for integral in MASSES]
EVEN = tc.Integral(X ** (2 * K) * SEMICIRCLE.expr, X, -2, 2)
four.shows(CATALAN, MOMENT)
four.equals(CATALAN, EVEN, "the integral", k=5)
four.equals(MOMENT, tc.Integral(X**P * BULK, X, LOW, HIGH), "the integral", p=4, gamma="1/3")
four.equals(MOMENT, 132, "C_6", p=6, gamma=1)
four.equals(MOMENT, norm(Z)[1] + 1, "E |y|²/n for linear φ and n → ∞", p=2, gamma=1)
four.equals(MASSES[0], 1, "a probability")
four.equals(MASSES[1], 1, "a probability", gamma="1/3")

five = PAPER.states(
    "asymptotic",
    "At size n the mean moments are larger by (4^k − binomial(2k, k))/(2n) and "
    "(a^p/2 + b^p/2 − E A^p)/(2n), a, b = (1 ∓ √γ)², A of the arcsine law on [a, b], up to "
    "O(n^{−2}). The Kolmogorov distance from the semicircle is O(n^{−1} log^c n); that of n "
    "independent points is √(π/2) log 2 n^{−1/2}.",
)
ARCSINE = binomial(P, 2 * J) * binomial(2 * J, J) * (1 + GAMMA) ** (P - 2 * J) * GAMMA**J
EXCESS = (LOW**P + HIGH**P) / 4 - sympy.Sum(ARCSINE, (J, 0, sympy.floor(P / 2))) / 2
MOMENT_EXCESS = tc.Formula("dm", EXCESS, (P, GAMMA))
CATALAN_EXCESS = tc.Formula("dC", (4**K - binomial(2 * K, K)) / 2, (K,))
five.shows(CATALAN_EXCESS, MOMENT_EXCESS)
five.equals(CATALAN_EXCESS, 5, "E tr X⁴/n = 2 + 5/n + 5/n², by Wick's theorem", k=2)
five.equals(MOMENT_EXCESS, 3 * GAMMA * (1 + GAMMA), "Wick's theorem", p=3, gamma="1/3")
EDGES = [float(edge.subs(GAMMA, HALF)) for edge in (LOW, HIGH)]
BULKS = tc.Formula("rho_mp", BULK, (X, GAMMA)), MOMENT, MOMENT_EXCESS
CUMULATIVE = HALF + X * sqrt(4 - X**2) / (4 * pi) + sympy.asin(X / 2) / pi
five.experiment(
    "eigenvalues of symmetric and of covariance matrices",
    quick={"spectra": (128, 160), "distances": ((64, 128, 256), 40)},
    full={"spectra": (400, 300), "distances": ((64, 128, 256, 512, 1024), 60)},
    semicircle=((-2, 2), SEMICIRCLE, CATALAN, CATALAN_EXCESS),
    marchenko_pastur=(EDGES, *(f.subs(gamma=HALF) for f in BULKS)),
    cumulative=tc.Formula("F_sc", CUMULATIVE),
)(simulations.spectra)
