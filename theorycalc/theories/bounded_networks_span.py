"""Numerical span of networks with bounded parameters: how many functions they really are.

Liu, Yu and Yong show that networks with bounded parameters and an analytic activation are, up to a
tolerance, a space of finite dimension, and measure it. What is stated is derived here.

Setting
-------
Units φ(w·x + b) with x uniform in the unit ball of R^d, w uniform in the ball of radius B and b in
[−B, B]. σ_1 ≥ σ_2 ≥ … are the singular values of c ↦ E c(w, b) φ(w·x + b), with squares λ_k the
eigenvalues of k(x, y) = E φ(w·x + b)φ(w·y + b); those of m drawn units belong to their mean G_m of
φ(w·x + b)φ(w·y + b). The numerical span dimension is D_ε = #{k : σ_k > ε σ_1}: with
these functions, each further one gives a unit at most ε σ_1 more in root mean square.

References
----------
L. Liu, T. Yu, H. Yong, "Numerical approximation capacity of neural networks with bounded
parameters: do limits exist, and how can they be measured?", arXiv:2409.16697.
L. N. Trefethen, "Approximation theory and approximation practice", SIAM 2013, theorem 8.2.
"""

import sympy

import theorycalc as tc
from theorycalc.theories.experiments import bounded_networks_span as simulations

TITLE = "Numerical span of networks with bounded parameters"
PAPER = tc.Paper("arXiv:2409.16697", "L. Liu, T. Yu, H. Yong", TITLE, __doc__)
D, K, N, P = sympy.symbols("d k n p", integer=True, positive=True)
B, TAU, V, MU = sympy.symbols("B tau v mu", positive=True)
PRODUCT, LENGTH, U, X, Y, W, BIAS = sympy.symbols("s r u x y w b", real=True)
sin, cos, tan, tanh, gamma = sympy.sin, sympy.cos, sympy.tan, sympy.tanh, sympy.gamma
sqrt, pi, Rational = sympy.sqrt, sympy.pi, sympy.Rational
# the eigenfunctions of 6, as differences of the two sides, times cosines: without poles
RATIO, EDGE = sin(MU) + tanh(MU) * cos(MU), cos(MU) + MU * sin(MU)
EVEN = tc.Formula("E", 7 * MU**3 * RATIO - 6 * EDGE * (1 - MU * tanh(MU)))
ODD = tc.Formula("O", 5 * MU * (sin(MU) - tanh(MU) * cos(MU)) - 6 * cos(MU))
ROOTS = {"even": EVEN, "odd": ODD}

one = PAPER.states(
    "limit",
    "The eigenvalues of G_m tend to λ_k for m → ∞ almost surely, so the dimension of m units has "
    "the limit D_ε (where ε σ_1 is no σ_k). Exact: E Σ_{k>n} λ_k(G_m) increases with m, to "
    "Σ_{k>n} λ_k: the sum is concave in G, and G_m the mean of those without one of the units.",
)
POLYNOMIALS = tc.Formula("C", sympy.binomial(D + P, P))
MORE = "more and more units of random parameters"
one.experiment(MORE, quick=3, full=50, polynomials=POLYNOMIALS, **ROOTS)(simulations.saturation)

two = PAPER.states(
    "exact", "φ(u) = u^p spans the polynomials of degree p: D_ε = C(d + p, p) for all small ε."
)
two.shows(POLYNOMIALS)
two.equals(POLYNOMIALS, 10, "monomials, counted", d=2, p=3)

three = PAPER.states(
    "upper",
    "φ = tanh. For π/4 ≤ v < π/2 and s = arsinh(v/B) a unit is at most M = tan v on the Bernstein "
    "ellipse ρ = e^s of its direction, so it is within 2Mρ^{1−n}/(ρ − 1) of a polynomial of degree "
    "< n. With n = ⌈1 + log(2M/((ρ−1)τ))/s⌉ and τ = ε σ_1, D_ε ≤ C(n − 1 + d, d), for every "
    "network and distribution of x: of the order (B log(B/ε))^d.",
)
RHO = sympy.exp(sympy.asinh(V / B))
DEGREE = tc.Formula("n", 1 + sympy.log(2 * tan(V) / ((RHO - 1) * TAU)) / sympy.asinh(V / B))
MODULUS = (sympy.sinh(U) ** 2 + sin(V) ** 2) / (sympy.sinh(U) ** 2 + cos(V) ** 2)
MODULUS = sympy.Le(MODULUS, tan(V) ** 2, evaluate=False)
POINTS = {"u": 0, "v": "1.2"}, {"u": "0.5", "v": "1.5"}, {"u": 3, "v": "0.79"}
LEGENDRE = sympy.Integral(tanh(B * X) * sympy.legendre(N, X), (X, -1, 1)) * sqrt(2 * N + 1) / 2
LEGENDRE = sympy.Abs(LEGENDRE) <= 2 * tan(V) * RHO ** (1 - N) / (RHO - 1)
SMALL, LARGE = {"B": 1, "n": 5, "v": "1.3"}, {"B": 3, "n": 11, "v": "1.5"}
three.shows(DEGREE)
three.holds(MODULUS, "|tanh(u + iv)| ≤ tan v", *POINTS)
three.holds(LEGENDRE, "coefficients of tanh(Bx)", SMALL, LARGE)
COUNTED = "singular values of random tanh units, counted"
three.experiment(COUNTED, quick=400, full=2000, degree=DEGREE, **ROOTS)(simulations.span)

four = PAPER.states(
    "exact",
    "φ = ReLU. k(x, y)/B² = 1/6 + x·y/(2(d+2)) + γ|x−y|³/24 with γ = d Γ(d/2)/((d+3)√π "
    "Γ((d+3)/2)): a quarter of E(uv + |uv|), and |w·x| ≤ B. D_ε is free of B.",
)
GAMMA = D * gamma(D / 2) / ((D + 3) * sqrt(pi) * gamma((D + 3) / 2))
KERNEL = tc.Formula("k", Rational(1, 6) + PRODUCT / (2 * (D + 2)) + GAMMA * LENGTH**3 / 24)
LINE = KERNEL.subs(d=1, s=X * Y, r=sympy.Abs(X - Y))
# E (wx + b)₊(wy + b)₊; the integral over b is that of a polynomial over [−min, 1]
MIXED = BIAS**3 / 3 + W * (X + Y) * BIAS**2 / 2 + W**2 * X * Y * BIAS
MIXED = (MIXED.subs(BIAS, 1) - MIXED.subs(BIAS, -sympy.Min(W * X, W * Y))) / 4
MIXED = tc.Integral(MIXED, W, -1, 1, kinks=(sympy.S.Zero,))
four.shows(KERNEL)
four.equals(LINE, MIXED, "its definition, an integral", x="0.3", y="-0.8")

five = PAPER.states(
    "asymptotic",
    "σ_k ~ B√A ((2π)^{−d} ω²/k)^{(d+3)/(2d)} (Birman and Solomyak's form of Weyl's law) with ω the "
    "volume of the ball, A = γ 2^{d+3} π^{d/2} Γ((d+3)/2)/(32√π ω): D_ε is of the order "
    "ε^{−2d/(d+3)}.",
)
BALL = pi ** (D / 2) / gamma(D / 2 + 1)
SYMBOL = GAMMA * 2 ** (D + 3) * pi ** (D / 2) * gamma((D + 3) / 2) / (32 * sqrt(pi) * BALL)
WEYL = tc.Formula("sigma", sqrt(SYMBOL) * (BALL**2 / ((2 * pi) ** D * K)) ** ((D + 3) / (2 * D)))
five.shows(WEYL)
five.equals(WEYL.subs(d=1), 1 / (pi * K) ** 2, "1/(4μ²) with μ = πk/2", k=7)

six = PAPER.states(
    "exact",
    "For d = 1, σ_k = B/(4μ_k²), because λf'''' = B²f/16; the even eigenfunctions have "
    "6(1 + μ tan μ)(1 − μ tanh μ) = 7μ³(tan μ + tanh μ), the odd ones 5μ(tan μ − tanh μ) = 6, one "
    "in every branch of the tangent. μ_k − (2k−3)π/4 → 0, and D_ε ≈ 3/2 + (2μ_1/π) ε^{−1/2}.",
)
six.shows(EVEN, ODD)
BRANCH = (-1) ** N * ODD.expr.subs(MU, (N + Rational(1, 4)) * pi) < 0
six.holds(BRANCH, "odd: μ > (n + 1/4)π", {"n": 1}, {"n": 10})
six.holds(EVEN.expr < 0, "even: μ_1 > 0.77287", {"mu": "0.77287"})
six.holds(EVEN.expr > 0, "even: μ_1 < 0.77288", {"mu": "0.77288"})
six.proves(EVEN < 0, "even: no smaller root", {"mu": (0, "0.77287")})
six.proves(BRANCH, "odd: μ > (n + 1/4)π", {"n": tc.integers(1, 1000)})
PROJECTED, LAWS = "random ReLU units, projected on eigenfunctions", {"kernel": KERNEL, "weyl": WEYL}
six.experiment(PROJECTED, quick=20_000, full=200_000, **LAWS, **ROOTS)(simulations.spectrum)
