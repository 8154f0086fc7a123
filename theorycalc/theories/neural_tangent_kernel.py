"""Neural tangent kernel: wide networks train like kernel gradient flow.

Setting
-------
A fully-connected network f with L hidden layers in the NTK parameterisation, z = σ_w W φ/√n + σ_b b
with standard normal entries at initialisation, inputs with |x|² = d, trained by gradient descent on
½ Σ_i (f(x_i) − y_i)². Σ is the covariance of the outputs over initialisations, and
Θ_m(x, x') = ⟨∇f(x), ∇f(x')⟩ the tangent kernel of a network of width m.

References
----------
A. Jacot, F. Gabriel, C. Hongler, "Neural Tangent Kernel: Convergence and Generalization in Neural
Networks", NeurIPS 2018, arXiv:1806.07572.
"""

import sympy
from sympy import acos, cos, pi, sin, sqrt

import theorycalc as tc
from theorycalc.activations import as_activation
from theorycalc.theories.experiments import neural_tangent_kernel as simulations

AUTHORS = "A. Jacot, F. Gabriel, C. Hongler"
PAPER = tc.Paper("arXiv:1806.07572", AUTHORS, "Neural tangent kernel", __doc__)
RHO, ANGLE, Z = sympy.symbols("rho alpha z", real=True)
K, CUT = sympy.Symbol("k", integer=True, nonnegative=True), sympy.Symbol("R", positive=True)
# networks for each width
FULL = {64: 400, 128: 400, 256: 400, 1024: 300, 4096: 100}

one = PAPER.states(
    "limit",
    "As m → ∞, Θ_m tends to the deterministic Θ of `theorycalc.kernels.mlp` and stays there "
    "during training.",
    where="Theorems 1 and 2",
)
RELU = {depth: tc.kernels.mlp(depth, "relu").ntk for depth in (1, 2, 3)}
ERF = tc.kernels.mlp(1, "erf", sigma_w=1, sigma_b=1).ntk
one.shows(*RELU.values(), ERF)
# Σ = 2E[u₊v₊] and Σ' = 2P(u, v > 0) in polar coordinates: both are positive on a half-circle wedge
WEDGE = tc.Integral(
    (2 * cos(ANGLE) * cos(ANGLE - acos(RHO)) + RHO) / pi, ANGLE, acos(RHO) - pi / 2, pi / 2
)
for rho in ("0.3", "-0.9", "1"):
    one.equals(RELU[1], WEDGE, "its definition in polar coordinates", rho=rho)
# E[erf(U)erf(V)], the inner expectation given U = z in closed form; the tail is Mills' ratio
INNER = sympy.erf(RHO * Z / sqrt(3 - 2 * RHO**2)) * sympy.exp(-(Z**2) / 2) / sqrt(2 * pi)
TAILS = {end: tc.Tail(sympy.exp(-(CUT**2) / 2), CUT) for end in (-sympy.oo, sympy.oo)}
ERF_DUAL = tc.Integral(sympy.erf(Z) * INNER, Z, -sympy.oo, sympy.oo, tails=TAILS)
one.equals(tc.kernels.dual("erf"), ERF_DUAL, "its definition, a Gaussian integral", rho="0.3")
for depth, ntk in RELU.items():
    one.equals(ntk, depth + 1, "Θ(x, x) = L + 1 for the normalised ReLU network", rho=1)
QUADRATURE = "recursion by numerical quadrature of the Gaussian expectations, 30 digits"
one.equals(RELU[3], "1.40403372656695010886421919322", QUADRATURE, rho="0.3")
SIXTY = sympy.Rational(1, 3) + sqrt(3) / (2 * pi)
one.equals(tc.kernels.arc_cosine(1), SIXTY, "θ = π/3 in Cho and Saul's formula", rho="1/2")
one.experiment(
    "two hidden layers trained on 24 points of the sphere in R⁶, target x₁x₂, 12 held out",
    quick={128: 100},
    full={64: 1600, 128: 1000, 256: 500, 512: 200},
)(simulations.deep_relu_on_sphere)

two = PAPER.states(
    "limit",
    "The trained network is Gaussian over initialisations: with A_k = Θ(x, X) Θ(X, X)⁻¹ "
    "(I − (I − ηΘ(X, X))^k) after k steps of size η, its mean is A_k y and its covariance "
    "Σ(x, x') − A_k Σ(X, x') − Σ(x, X) A_kᵀ + A_k Σ(X, X) A_kᵀ.",
    where="section 5",
)
DIGITS = "one hidden layer trained on 64 digits of two classes, 16 held out"
two.experiment(DIGITS, quick={256: 100}, full=FULL)(simulations.relu_on_digits)
two.experiment(
    "a smooth activation, trained on 24 points of the sphere in R⁶, target x₁x₂, 12 held out",
    quick={128: 110},
    full={64: 400, 256: 400, 1024: 300},
)(simulations.erf_on_sphere)

three = PAPER.states(
    "lower",
    "For a non-polynomial φ and L ≥ 2, or σ_b > 0, Θ is positive definite on the sphere: all its "
    "eigenvalues μ_k are positive.",
    where="Proposition 2",
)
for kernel, name in ((RELU[2], "μ_k > 0, ReLU, L = 2"), (ERF, "μ_k > 0, erf, σ_b = 1")):
    # ½∫ Θ(cos θ) P_k(cos θ) sin θ dθ on S² (Funk and Hecke)
    in_angle = kernel.expr.xreplace({acos(RHO): Z, sqrt(1 - RHO**2): sin(Z), RHO: cos(Z)})
    harmonic = sympy.legendre(K, cos(Z)) * sin(Z)
    eigenvalue = sympy.Integral(in_angle * harmonic / 2, (Z, 0, pi))
    three.holds(eigenvalue > 0, name, *({"k": k} for k in range(5)))

four = PAPER.states(
    "exact", "For one hidden layer E Θ_m = Θ, and m·Var Θ_m is the same V at every width."
)


def neuron_variance(activation, weight=2, bias=0) -> tc.Formula:
    """V for one hidden layer and inputs with |x|² = d, in ρ, for σ_w² = weight, σ_b² = bias."""
    phi = as_activation(activation)
    value, slope, first = phi.expr, phi.derivative.expr, weight * RHO + bias

    def mean(function):
        dual = tc.kernels.dual_general(function)
        return dual(q11=weight + bias, q12=first, q22=weight + bias).expr

    # of one neuron: φφ' + a² φ̇φ̇' Σ¹ with a ~ N(0, 1)
    moment = mean(value**2) + 2 * first * mean(value * slope) + 3 * first**2 * mean(slope**2)
    variance = moment - (mean(value) + first * mean(slope)) ** 2
    return tc.Formula("V", weight**2 * variance, args=(RHO,), domain={RHO: sympy.Interval(-1, 1)})


VARIANCE = neuron_variance("relu")
four.shows(VARIANCE)
four.equals(VARIANCE, 48, "moments of one Gaussian: 16·3/2 + 32/2 + 48/2 − 16", rho=1)
ANGLES = (pi - acos(RHO), sqrt(1 - RHO**2) + (pi - acos(RHO)) * RHO)
LAST = 3 * sqrt(1 - RHO**2) * RHO + (pi - acos(RHO)) * (1 + 2 * RHO**2)
IN_ANGLES = (16 * LAST + 32 * RHO * ANGLES[1] + 48 * RHO**2 * ANGLES[0]) / (2 * pi)
IN_ANGLES -= (4 * (ANGLES[1] + RHO * ANGLES[0]) / (2 * pi)) ** 2
for rho in ("1/2", "-0.3"):
    known = IN_ANGLES.subs(RHO, sympy.Rational(rho))
    four.equals(VARIANCE, known, "integrals over angles, by Cho and Saul", rho=rho)
ERF_DIGITS = "13.867236969247595582"
four.equals(neuron_variance("erf"), ERF_DIGITS, "quadrature in extended precision", rho=1)
SEEN = "tangent kernels of random ReLU networks at two"
GIVEN = {"quick": 3000, "full": 10_000, "variance": VARIANCE}
four.experiment(f"{SEEN} points of the sphere in R⁶", **GIVEN)(simulations.fluctuation_on_sphere)
four.experiment(f"{SEEN} handwritten digits", **GIVEN)(simulations.fluctuation_on_digits)

five = PAPER.states(
    "asymptotic",
    "The deviation of a trained network from its kernel prediction is c m^{−1/2}; with the "
    "network's own Θ_m in place of Θ it is at most that.",
)
SPHERE = "one hidden layer trained on 24 points of the sphere in R⁶, target x₁x₂, 12 held out"
QUICK = {48: 400, 192: 300, 768: 100}
five.experiment(SPHERE, quick=QUICK, full=FULL)(simulations.relu_on_sphere)
