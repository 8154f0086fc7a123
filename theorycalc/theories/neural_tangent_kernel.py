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

from functools import partial

import numpy as np
import sympy
from sympy import acos, cos, pi, sin, sqrt

from theorycalc.core.claims import Claim
from theorycalc.core.formula import Formula
from theorycalc.core.quadrature import Integral, Tail
from theorycalc.core.reference import Reference
from theorycalc.kernels import arc_cosine, dual, mlp
from theorycalc.kernels.duals import CORRELATION, RHO
from theorycalc.kernels.predict import gradient_flow
from theorycalc.networks import mlp as finite_mlp
from theorycalc.theories._theory import Case, Theory
from theorycalc.validation import (
    Dataset,
    Experiment,
    Figure,
    FiniteSizeLaw,
    Measurement,
    PowerLaw,
    Report,
    compare,
    compare_exponent,
    compare_means,
    digits,
    judge,
    plots,
    sample_kernels,
    sphere_points,
    train_ensemble,
)

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
RATE_STEPS = {"early": 2, "late": 20}


def fluctuation(data: Dataset, quick: bool) -> Report:
    """Tangent kernels at initialisation: their mean, their variance, and its law in the width."""
    inputs = data.x_train[:2]
    rho = float(inputs[0] @ inputs[1] / inputs.shape[1])
    limit, wrong = (mlp(1, "relu", sigma_w=s).ntk_matrix(inputs)[0] for s in (SIGMA, WRONG_SIGMA))
    predicted = neuron_variance().lambdify()(np.array([1.0, rho]))
    widths, replicas = (16, 64, 256), 2500 if quick else 10_000
    comparisons, spreads = [], []
    for width in widths:
        network = finite_mlp(inputs.shape[1], width, 1, "relu", sigma_w=SIGMA)
        kernels = sample_kernels(network, inputs, replicas, seed=1)[:, 0]
        spreads.append([Measurement.of_variance(width**0.5 * kernels[:, j]) for j in (0, 1)])
        comparisons.append(compare_means(f"E Θ_m, m={width}", kernels, limit))
        for name, value, spread in zip(("x, x", "x, x'"), predicted, spreads[-1], strict=True):
            name = f"m Var Θ_m({name}), m={width}"
            comparisons.append(compare(name, value, spread, smallest=0.1))
    comparisons.append(compare_means("σ_w² + 5 %: E Θ_m", kernels, wrong, mutant=True))
    deep = _deep_variances(inputs, 400 if quick else 2000)
    law = FiniteSizeLaw.fit([*deep], [*deep.values()])
    comparisons.append(
        compare_exponent("L=2: exponent of Var Θ_m, corrected", -1, -law.power, law.power_error)
    )

    def draw(axes):
        series = [
            (f"one hidden layer, ρ = {r:.2f}", [s[j] for s in spreads], predicted[j])
            for j, r in enumerate((1.0, rho))
        ]
        plots.width_scaling(axes, widths, series, r"$m\,\mathrm{Var}\,\Theta_m$")

    return Report(judge(comparisons), (Figure(f"Kernel at initialisation, {data.name}", draw),))


def _deep_variances(inputs: np.ndarray, replicas: int) -> dict[int, Measurement]:
    """Var Θ_m(x, x) with two hidden layers, by width."""
    networks = {m: finite_mlp(inputs.shape[1], m, 2, "relu", sigma_w=SIGMA) for m in (32, 64, 128)}
    return {
        m: Measurement.of_variance(sample_kernels(net, inputs[:1], replicas, seed=2)[:, 0, 0])
        for m, net in networks.items()
    }


def training(data: Dataset, quick: bool) -> Report:
    """Trained networks against the kernel prediction, at every width, and a wrong kernel."""
    plan = (
        {64: 150, 256: 150, 1024: 100}
        if quick
        else {64: 400, 128: 400, 256: 400, 1024: 300, 4096: 100}
    )
    widest = max(plan)
    kernels = [mlp(1, "relu", sigma_w=sigma) for sigma in (SIGMA, WRONG_SIGMA)]
    comparisons, deviations = [], {}
    for stage, steps in RATE_STEPS.items():
        rate = _learning_rate(kernels[0], data)
        theory, wrong = (_predict(kernel, data, rate, steps) for kernel in kernels)
        for width, replicas in plan.items():
            if stage == "early" and width != widest:
                continue
            network = finite_mlp(data.x_train.shape[1], width, 1, "relu", sigma_w=SIGMA)
            ensemble = train_ensemble(
                network, data, replicas, seed=steps, learning_rate=rate, steps=steps
            )
            linear = ensemble.linearised(theory.hat, data.y_train)
            deviations[width] = (
                ensemble.deviation(linear),
                ensemble.deviation(ensemble.own_kernel),
            )
        comparisons += _ensemble_comparisons(f"{steps} steps", ensemble, theory, wrong, data)
    comparisons += _width_comparisons(deviations)
    figures = _figures(data, theory, ensemble, deviations)
    return Report(judge(comparisons), figures, {"deviations": deviations})


def _learning_rate(kernel, data: Dataset) -> float:
    """1/λ_max of the limit kernel."""
    return float(1 / np.linalg.eigvalsh(kernel.ntk_matrix(data.x_train))[-1])


def _predict(kernel, data: Dataset, rate: float, steps: int):
    n = len(data.y_train)
    nngp, ntk = kernel.matrices(np.vstack([data.x_train, data.x_test]))
    return gradient_flow(
        ntk[:n, :n],
        ntk[n:, :n],
        nngp[n:, n:],
        data.y_train,
        steps,
        nngp_train=nngp[:n, :n],
        nngp_test_train=nngp[n:, :n],
        learning_rate=rate,
    )


def _ensemble_comparisons(stage: str, ensemble, theory, wrong, data: Dataset) -> list:
    """Mean and covariance of the trained outputs, and the paired test that a wrong kernel fails."""
    outputs = ensemble.trained_test
    spread = Measurement.of(np.sum((outputs - theory.mean) ** 2, axis=1))

    def paired(name, prediction, mutant=False):
        # f₀ of the same network in the prediction removes nearly all of the sampling noise
        residual = outputs - ensemble.linearised(prediction.hat, data.y_train)
        return compare_means(name, residual, mutant=mutant)

    return [
        compare_means(f"{stage}: ensemble mean", outputs, theory.mean, theory.covariance),
        compare(f"{stage}: trace of covariance", np.trace(theory.covariance), spread, smallest=0.5),
        paired(f"{stage}: paired mean", theory),
        paired(f"σ_w² + 5 %, {stage}: paired mean", wrong, mutant=True),
    ]


def _width_comparisons(deviations: dict) -> list:
    """Exponents of the two deviations in the width."""
    limit, own = zip(*deviations.values(), strict=True)
    squared = [Measurement.of(d**2) for d in limit]
    law = FiniteSizeLaw.fit([*deviations], squared)
    own_slope = PowerLaw.fit(list(deviations), [d**2 for d in own])
    return [
        compare_exponent(
            "deviation: exponent, corrected", -0.5, -law.power / 2, law.power_error / 2
        ),
        compare_exponent(
            "own kernel: exponent",
            -0.5,
            own_slope.slope / 2,
            own_slope.standard_error / 2,
            at_most=True,
        ),
    ]


def _figures(data: Dataset, theory, ensemble, deviations: dict) -> tuple[Figure, ...]:
    widths = list(deviations)
    limit, own = (
        [Measurement.of(d) for d in values] for values in zip(*deviations.values(), strict=True)
    )

    def scaling(axes):
        law = FiniteSizeLaw.fit(widths, limit, power=0.5)
        series = [
            ("limit kernel; line $c\\,m^{-1/2}(1+b/m)$", limit, law),
            ("own kernel", own, None),
        ]
        plots.width_scaling(axes, widths, series, "deviation of trained networks")

    def outputs(axes):
        deviation = np.sqrt(np.diag(theory.covariance))
        plots.predictions(axes, theory.mean, deviation, ensemble.trained_test, data.y_test)

    return (
        Figure(f"Deviation from the kernel prediction, {data.name}", scaling),
        Figure(f"Outputs at held-out inputs, {data.name}, m = {max(widths)}", outputs),
    )


DATA = {"sphere": sphere_points, "digits": partial(digits, 64, 16)}


def _experiment(kind: str, name: str, description: str) -> Experiment:
    compute = {"fluctuation": fluctuation, "training": training}[kind]
    return Experiment(f"{kind} on {name}", description, lambda quick: compute(DATA[name](), quick))


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
        _experiment(
            "fluctuation", "sphere", "mean and variance of Θ_m on points of the sphere in R⁶"
        ),
        _experiment("fluctuation", "digits", "mean and variance of Θ_m on handwritten digits"),
        _experiment(
            "training", "sphere", "24 points of the sphere in R⁶, target x₁x₂, 12 held-out points"
        ),
        _experiment(
            "training", "digits", "64 handwritten digits of two classes, 16 held-out digits"
        ),
    ),
)
