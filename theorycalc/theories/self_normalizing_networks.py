"""Self-normalising networks: SELU keeps mean and variance, and pulls them back.

Setting
-------
Wide networks with independent weights of mean 0 and variance 1/n; pre-activations are Gaussian with
mean μω and variance ντ, with (ω, τ) = (0, 1) the sum and the sum of squares of the weights.

Statement
---------
1. *Exact.* SELU, λ(z for z > 0, α(e^z − 1) for z ≤ 0), maps N(0, 1) to mean 0 and variance 1 if
   α = √(2/π)/(1 − √e erfc(1/√2)) and λ follows from the second moment (equation 14).
2. *Tight.* The fixed point is attracting: the Jacobian of (μ, ν) ↦ (mean, variance) there has the
   entries ∂mean/∂ν = ½E[φ(Z)(Z² − 1)] and ∂variance/∂ν = ½E[φ(Z)²(Z² − 1)] < 1, the others vanish.
3. *Exact.* Any φ can be standardised, φ̂ = (φ − Eφ)/sd φ. The slope of its variance map is
   χ = ½E[φ̂(Z)²(Z² − 1)]: stable if below 1 (tanh, ELU, sine), marginal if equal to 1 (ReLU,
   absolute value), unstable if above (GELU).

References
----------
G. Klambauer, T. Unterthiner, A. Mayr, S. Hochreiter, "Self-normalizing neural networks", NIPS 2017,
arXiv:1706.02515.
"""

import numpy as np
import sympy
from sympy import Rational, erfc, exp, pi, sqrt

from theorycalc.activations import Activation, as_activation, selu, z
from theorycalc.core.claims import Claim
from theorycalc.core.formula import Formula
from theorycalc.core.reference import Reference
from theorycalc.hermite import coefficient
from theorycalc.kernels import dual_general
from theorycalc.networks import mlp
from theorycalc.theories._theory import Case, Theory
from theorycalc.validation import Experiment, Figure, Measurement, Report, compare, judge, plots

KLAMBAUER = Reference(
    "arXiv:1706.02515",
    title="G. Klambauer, T. Unterthiner, A. Mayr, S. Hochreiter, Self-normalizing neural networks",
)

# --- formulas -------------------------------------------------------------------------------


def constants() -> tuple[Formula, Formula]:
    """α and λ."""
    root, tail = exp(Rational(1, 2)), erfc(1 / sqrt(2))
    alpha = sqrt(2 / pi) / (1 - root * tail)
    second = (exp(2) * erfc(sqrt(2)) - 2 * root * tail + 1) / 2
    scale = 1 / sqrt(Rational(1, 2) + alpha**2 * second)
    return (
        Formula("alpha", alpha, reference=KLAMBAUER),
        Formula("lambda", scale, reference=KLAMBAUER),
    )


def moment(activation: Activation, power: int, degree: int) -> sympy.Expr:
    """E[φ(Z)^power He_degree(Z)]."""
    raised = Activation(activation.expr**power, symbol=activation.symbol)
    return coefficient(raised, degree).expr * sqrt(sympy.factorial(degree))


def variance_slope(activation) -> Formula:
    """χ = ½E[φ̂²(Z² − 1)] of the standardised activation."""
    activation = as_activation(activation)
    mean, second = moment(activation, 1, 0), moment(activation, 2, 0)
    bend = moment(activation, 2, 2) - 2 * mean * moment(activation, 1, 2)
    slope = bend / (2 * (second - mean**2))
    return Formula(f"chi[{activation.name}]", slope, reference=KLAMBAUER)


ALPHA, LAMBDA = constants()
MEAN_SLOPE = Formula("dmean", moment(selu, 1, 2) / 2, reference=KLAMBAUER)
VARIANCE_SLOPE = Formula("dvariance", moment(selu, 2, 2) / 2, reference=KLAMBAUER)
SECOND_MOMENT = Formula("second", moment(selu, 2, 0), reference=KLAMBAUER)
# 1 + mean: the mean itself is zero
SHIFTED_MEAN = Formula("1+mean", 1 + moment(selu, 1, 0), reference=KLAMBAUER)
CHI = {name: variance_slope(name) for name in ("tanh", "elu", "sin", "gelu")}

# --- experiments ------------------------------------------------------------------------------

START = 1.4
DEPTH = 6


def propagation(quick: bool) -> Report:
    """Variances of the pre-activations of random networks, layer by layer."""
    width, replicas = 400, (40 if quick else 300)
    network = mlp(width, width, DEPTH, selu, sigma_w=1)
    x = np.sqrt(START) * np.ones((1, width))
    layers = [[] for _ in range(DEPTH)]
    for seed in range(replicas):
        outputs = network.forward(network.init([(7, seed)]), x).outputs
        for layer, values in enumerate(outputs[:DEPTH]):
            layers[layer].append(float(np.mean(values**2)))
    predicted = [START]
    second = dual_general(selu)
    for _ in range(DEPTH - 1):
        q = predicted[-1]
        predicted.append(float(second.at(q11=q, q12=q, q22=q)))
    measured = [Measurement.of(values) for values in layers]
    comparisons = [
        compare(f"variance in layer {i + 1}", q, m, bias=4 / width, smallest=0.15)
        for i, (q, m) in enumerate(zip(predicted, measured, strict=True))
    ]
    comparisons.append(compare(f"no contraction, layer {DEPTH}", START, measured[-1], mutant=True))

    def draw(axes):
        layers = np.arange(1, DEPTH + 1)
        plots.profile(axes, layers, predicted, measured, "layer", "variance")
        axes.axhline(1, color="0.7", linewidth=1)

    return Report(judge(comparisons), (Figure(f"SELU networks of width {width}", draw),))


def _direct_slope(name: str) -> sympy.Expr:
    """χ from second derivatives, E[φ̂φ̂'' + φ̂'²], of a smooth activation."""
    phi = as_activation(name)
    mean, slope = moment(phi, 1, 0), phi.derivative
    bent = Activation((phi.expr - mean) * slope.derivative.expr + slope.expr**2, symbol=z)
    return moment(bent, 1, 0) / (moment(phi, 2, 0) - mean**2)


THEORY = Theory(
    title="Self-normalising networks",
    reference=KLAMBAUER,
    statement=__doc__,
    formulas=(ALPHA, LAMBDA, MEAN_SLOPE, VARIANCE_SLOPE, CHI["gelu"]),
    cases=(
        Case(
            formula=ALPHA,
            expected="1.6732632423543772848170429916717",
            source="equation 14, printed in the paper with 4 digits, here in extended precision",
        ),
        Case(
            formula=LAMBDA,
            expected="1.0507009873554804934193349852946",
            source="equation 14, in extended precision",
        ),
        Case(formula=SHIFTED_MEAN, expected="1", source="the fixed point has mean 0"),
        Case(formula=SECOND_MOMENT, expected="1", source="the fixed point has variance 1"),
        Case(
            formula=MEAN_SLOPE,
            expected="0.0888347551068901234827506",
            source="quadrature in extended precision",
        ),
        Case(formula=CHI["sin"], expected=_direct_slope("sin"), source="E[φ̂φ̂'' + φ̂'²]"),
        Case(
            formula=CHI["tanh"],
            expected="0.46107083047763136142884125",
            source="quadrature in extended precision",
        ),
        Case(
            formula=CHI["elu"],
            expected="0.860231676267500800356452458",
            source="quadrature in extended precision",
        ),
    ),
    claims=(
        (
            Claim(
                sympy.Lt(VARIANCE_SLOPE.expr, 1, evaluate=False),
                name="SELU is stable",
                reference=KLAMBAUER,
            ),
            ({},),
        ),
        *(
            (Claim(sympy.Lt(CHI[name].expr, 1, evaluate=False), name=f"{name} is stable"), ({},))
            for name in ("tanh", "elu", "sin")
        ),
        (Claim(sympy.Gt(CHI["gelu"].expr, 1, evaluate=False), name="gelu is unstable"), ({},)),
        *(
            (Claim(sympy.Eq(variance_slope(name).expr, 1), name=f"{name} is marginal"), ({},))
            for name in ("relu", "abs")
        ),
    ),
    experiments=(
        Experiment(
            "propagation",
            "second moments of the pre-activations of random SELU networks, started off 1",
            propagation,
        ),
    ),
)
