"""Neural tangent kernel: wide networks train like kernel gradient flow.

Setting
-------
A fully-connected network f with L hidden layers in the NTK parameterisation, z = σ_w W φ/√n + σ_b b
with standard normal entries at initialisation, inputs with |x|² = d, trained by gradient descent on
½ Σ_i (f(x_i) − y_i)². Σ is the covariance of the outputs over initialisations, and
Θ_m(x, x') = ⟨∇f(x), ∇f(x')⟩ the tangent kernel of a network of width m.

Statement
---------
1. *Limit.* As m → ∞, Θ_m tends to the deterministic Θ of `theorycalc.kernels.mlp` (Theorem 1) and
   stays there during training (Theorem 2).
2. *Limit.* The trained network is Gaussian over initialisations: with
   A_k = Θ(x, X) Θ(X, X)⁻¹ (I − (I − ηΘ(X, X))^k) after k steps of size η, its mean is A_k y and its
   covariance Σ(x, x') − A_k Σ(X, x') − Σ(x, X) A_kᵀ + A_k Σ(X, X) A_kᵀ (section 5).
3. *Lower bound.* For a non-polynomial φ and L ≥ 2, or σ_b > 0, Θ is positive definite on the sphere
   (Proposition 2): all its eigenvalues μ_k are positive.
4. *Exact for one hidden layer.* E Θ_m = Θ, and m·Var Θ_m is the same V at every width.
   *Asymptotic.* The deviation of a trained network from its kernel prediction is c m^{−1/2}; with
   the network's own Θ_m in place of Θ it is at most that.

References
----------
A. Jacot, F. Gabriel, C. Hongler, "Neural Tangent Kernel: Convergence and Generalization in Neural
Networks", NeurIPS 2018, arXiv:1806.07572.
"""

import numpy as np
import sympy
from sympy import acos, cos, pi, sin, sqrt

from theorycalc.core.claims import Claim
from theorycalc.core.formula import Formula
from theorycalc.core.integration.integral import Integral, Tail
from theorycalc.core.reference import Reference
from theorycalc.kernels import arc_cosine, dual, mlp
from theorycalc.kernels.duals.formulas import CORRELATION, RHO
from theorycalc.networks import mlp as finite_mlp
from theorycalc.theories._theory import Case, Theory
from theorycalc.validation import (
    Comparison,
    Dataset,
    Experiment,
    Figure,
    FiniteSizeLaw,
    Measurement,
    Report,
    compare,
    compare_exponent,
    compare_means,
    digits,
    judge,
    plots,
    sample_kernels,
    sphere_points,
)
from theorycalc.validation.tangent import training_report

JACOT = Reference(
    "arXiv:1806.07572",
    title="A. Jacot, F. Gabriel, C. Hongler, Neural Tangent Kernel",
)

# --- formulas -------------------------------------------------------------------------------

RELU = {depth: mlp(depth, "relu") for depth in (1, 2, 3)}
ERF = mlp(1, "erf", sigma_w=1, sigma_b=1)


def neuron_variance() -> Formula:
    """V = m·Var Θ_m of one hidden ReLU layer, σ_w² = 2, σ_b = 0, as a function of ρ."""
    squared, linear, step = (
        dual(activation).expr for activation in (sympy.Max(RHO, 0) ** 2, "relu", "step")
    )
    theta = mlp(1, "relu", sigma_w=sqrt(2)).ntk.expr
    second_moment = 16 * squared + 32 * RHO * linear + 48 * RHO**2 * step
    return Formula("V", second_moment - theta**2, args=(RHO,), domain=CORRELATION, reference=JACOT)


def eigenvalue(kernel: Formula, degree: sympy.Symbol) -> sympy.Expr:
    """μ_k of a kernel on S², ½∫ Θ(cos θ) P_k(cos θ) sin θ dθ (Funk and Hecke)."""
    theta = sympy.Symbol("theta", real=True)
    in_angle = {acos(RHO): theta, sqrt(1 - RHO**2): sin(theta), RHO: cos(theta)}
    integrand = kernel.expr.xreplace(in_angle) * sympy.legendre(degree, cos(theta)) * sin(theta)
    return sympy.Integral(integrand / 2, (theta, 0, pi))


# --- independent definitions, for the cases --------------------------------------------------

ANGLE = sympy.Symbol("alpha", real=True)
Z, CUT = sympy.Symbol("z", real=True), sympy.Symbol("R", positive=True)

# Σ = 2E[u₊v₊] and Σ' = 2P(u, v > 0) in polar coordinates: both are positive on a half-circle wedge
WEDGE = Integral(
    (2 * cos(ANGLE) * cos(ANGLE - acos(RHO)) + RHO) / pi, ANGLE, acos(RHO) - pi / 2, pi / 2
)
# E[erf(U)erf(V)], the inner expectation given U = z in closed form; the tail is Mills' ratio
ERF_DUAL = Integral(
    sympy.erf(Z)
    * sympy.erf(RHO * Z / sqrt(3 - 2 * RHO**2))
    * sympy.exp(-(Z**2) / 2)
    / sqrt(2 * pi),
    Z,
    -sympy.oo,
    sympy.oo,
    tails={end: Tail(sympy.exp(-(CUT**2) / 2), CUT) for end in (-sympy.oo, sympy.oo)},
)

# --- experiments ------------------------------------------------------------------------------

# σ_w² is 2 in all experiments, and 5 % more in the kernel that has to be rejected.
SIGMA, WRONG_SIGMA = sqrt(2), sqrt(sympy.Rational(21, 10))
WRONG = "σ_w² + 5 %"
# Networks for each width: in full, and in the quick form.
RELU_PLAN = ({64: 400, 128: 400, 256: 400, 1024: 300, 4096: 100}, {64: 400, 256: 300, 1024: 100})
ERF_PLAN = ({64: 400, 256: 400, 1024: 300}, {512: 200})
DEEP_PLAN = ({64: 1200, 128: 800, 256: 400, 512: 150}, {256: 100})
# Tangent kernels with two hidden layers for each width.
KERNELS_PLAN = (
    {8: 8000, 16: 8000, 32: 4000, 64: 4000, 128: 2000, 256: 1000},
    {8: 6000, 16: 6000, 32: 6000, 64: 3000, 128: 1500},
)


def fluctuation(data: Dataset, quick: bool) -> Report:
    """Tangent kernels at initialisation: their mean, their variance, and its law in the width."""
    inputs = data.x_train[:2]
    rho = float(inputs[0] @ inputs[1] / inputs.shape[1])
    limit, wrong = (mlp(1, "relu", sigma_w=s).ntk_matrix(inputs)[0] for s in (SIGMA, WRONG_SIGMA))
    predicted = neuron_variance().lambdify()(np.array([1.0, rho]))
    widths, replicas = (16, 64, 256), 3000 if quick else 10_000
    comparisons, spreads = [], []
    for width in widths:
        network = finite_mlp(inputs.shape[1], width, 1, "relu", sigma_w=SIGMA)
        kernels = sample_kernels(network, inputs, replicas, seed=1)[:, 0]
        spreads.append([Measurement.of_variance(width**0.5 * kernels[:, j]) for j in (0, 1)])
        comparisons.append(compare_means(f"E Θ_m, m={width}", kernels, limit))
        for pair, value, spread in zip(("x, x", "x, x'"), predicted, spreads[-1], strict=True):
            name = f"m Var Θ_m({pair}), m={width}"
            comparisons.append(compare(name, value, spread, smallest=0.25))
    comparisons.append(compare_means(f"{WRONG}: E Θ_m", kernels, wrong, mutant=True))
    comparisons.append(_deep_exponent(inputs[:1], quick))

    def draw(axes):
        series = [
            (f"one hidden layer, ρ = {r:.2f}", [s[j] for s in spreads], predicted[j])
            for j, r in enumerate((1.0, rho))
        ]
        plots.width_scaling(axes, widths, series, r"$m\,\mathrm{Var}\,\Theta_m$")

    return Report(judge(comparisons), (Figure(f"{data.name}: kernel at initialisation", draw),))


def _deep_exponent(inputs: np.ndarray, quick: bool) -> Comparison:
    """The exponent of Var Θ_m(x, x) with two hidden layers, where V depends on the width."""
    plan, variances = KERNELS_PLAN[quick], []
    for width, replicas in plan.items():
        network = finite_mlp(inputs.shape[1], width, 2, "relu", sigma_w=SIGMA)
        kernels = sample_kernels(network, inputs, replicas, seed=2)
        variances.append(Measurement.of_variance(kernels[:, 0, 0]))
    law = FiniteSizeLaw.fit([*plan], variances, 1.0, free=True)
    return compare_exponent(
        "L=2: exponent of Var Θ_m, corrected", -1, -law.power, law.power_error, smallest=0.4
    )


def training(data: Dataset, activation: str, depth: int, plan: dict) -> Report:
    """Trained networks against the kernel prediction, and against a wrong kernel."""
    kernel, wrong = (mlp(depth, activation, sigma_w=sigma) for sigma in (SIGMA, WRONG_SIGMA))
    return training_report(kernel, {WRONG: wrong}, data, plan)


K = sympy.Symbol("k", integer=True, nonnegative=True)

THEORY = Theory(
    title="Neural tangent kernel",
    reference=JACOT,
    statement=__doc__,
    formulas=(*(network.ntk for network in RELU.values()), ERF.ntk, neuron_variance()),
    cases=(
        *(
            Case(
                formula=RELU[1].ntk,
                params={"rho": rho},
                expected=WEDGE,
                source="its definition, an integral over a wedge in polar coordinates",
            )
            for rho in ("0.3", "-0.9", "1")
        ),
        Case(
            formula=dual("erf"),
            params={"rho": "0.3"},
            expected=ERF_DUAL,
            source="its definition, a Gaussian integral",
        ),
        *(
            Case(
                formula=network.ntk,
                params={"rho": 1},
                expected=str(depth + 1),
                source="Θ(x, x) = L + 1 for the normalised ReLU network",
            )
            for depth, network in RELU.items()
        ),
        Case(
            formula=RELU[3].ntk,
            params={"rho": "0.3"},
            expected="1.40403372656695010886421919322",
            source="recursion by numerical quadrature of the Gaussian expectations, 30 digits",
        ),
        Case(
            formula=neuron_variance(),
            params={"rho": 1},
            expected="48",
            source="moments of one Gaussian: 16·3/2 + 32/2 + 48/2 − 16",
        ),
        Case(
            formula=arc_cosine(1),
            params={"rho": "1/2"},
            expected=sympy.Rational(1, 3) + sqrt(3) / (2 * pi),
            source="θ = π/3 in Cho and Saul's formula",
        ),
    ),
    claims=(
        (
            Claim(eigenvalue(RELU[2].ntk, K) > 0, name="μ_k > 0, ReLU, L = 2", reference=JACOT),
            tuple({"k": k} for k in range(5)),
        ),
        (
            Claim(eigenvalue(ERF.ntk, K) > 0, name="μ_k > 0, erf, σ_b = 1", reference=JACOT),
            tuple({"k": k} for k in range(5)),
        ),
    ),
    experiments=(
        Experiment(
            "fluctuation on sphere",
            "tangent kernels of random ReLU networks at two points of the sphere in R⁶",
            lambda quick: fluctuation(sphere_points(), quick),
        ),
        Experiment(
            "fluctuation on digits",
            "tangent kernels of random ReLU networks at two handwritten digits",
            lambda quick: fluctuation(digits(64, 16), quick),
        ),
        Experiment(
            "ReLU on digits",
            "one hidden layer trained on 64 handwritten digits of two classes, 16 held out",
            lambda quick: training(digits(64, 16), "relu", 1, RELU_PLAN[quick]),
        ),
        Experiment(
            "ReLU on sphere",
            "one hidden layer trained on 24 points of the sphere in R⁶, target x₁x₂, 12 held out",
            lambda quick: training(sphere_points(), "relu", 1, RELU_PLAN[quick]),
        ),
        Experiment(
            "erf on sphere",
            "a smooth activation; the same points and target",
            lambda quick: training(sphere_points(), "erf", 1, ERF_PLAN[quick]),
        ),
        Experiment(
            "deep ReLU on sphere",
            "two hidden layers; the same points and target",
            lambda quick: training(sphere_points(), "relu", 2, DEEP_PLAN[quick]),
        ),
    ),
)
