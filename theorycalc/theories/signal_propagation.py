"""Signal propagation: order, chaos, and the edge between them.

Setting
-------
Dense networks of large width with weights of variance σ_w²/n and biases of variance σ_b². The
variance of the pre-activations follows q ← V(q) = σ_w² E φ(√q Z)² + σ_b², the correlation of two
inputs of variance q follows ρ ← (σ_w² E φ(u)φ(v) + σ_b²)/q.

Statement
---------
1. *Limit.* Near ρ = 1, 1 − ρ is multiplied in every layer by χ₁ = σ_w² E φ'(√q* Z)²: networks with
   χ₁ < 1 are ordered, those with χ₁ > 1 chaotic (equation 5 of Schoenholz et al.).
2. *Exact.* The edge χ₁ = 1, parametrised by the fixed point q*, is σ_w² = 1/E φ'(√q* Z)²,
   σ_b² = q* − σ_w² E φ(√q* Z)². For erf: σ_w² = (π/4)√(1 + 4q*).
3. *Asymptotic.* Correlations decay over the depth ξ_c = −1/log χ₁ in the ordered phase.

References
----------
B. Poole, S. Lahiri, M. Raghu, J. Sohl-Dickstein, S. Ganguli, "Exponential expressivity in deep
neural networks through transient chaos", NIPS 2016, arXiv:1606.05340.
S. S. Schoenholz, J. Gilmer, S. Ganguli, J. Sohl-Dickstein, "Deep information propagation", ICLR
2017, arXiv:1611.01232.
"""

import numpy as np
import sympy
from sympy import asin, pi, sqrt

from theorycalc.activations import as_activation
from theorycalc.core.claims import Claim
from theorycalc.core.formula import Formula
from theorycalc.core.reference import Reference
from theorycalc.kernels import dual_derivative_general, dual_general
from theorycalc.networks import mlp
from theorycalc.theories._theory import Case, Theory
from theorycalc.validation import Experiment, Figure, Measurement, Report, compare, judge, plots

SCHOENHOLZ = Reference(
    "arXiv:1611.01232",
    title="S. Schoenholz, J. Gilmer, S. Ganguli, J. Sohl-Dickstein, Deep information propagation",
)
Q = sympy.Symbol("q", positive=True)


def second_moment(activation) -> sympy.Expr:
    """E φ(√q Z)²."""
    return dual_general(activation).subs(q11=Q, q12=Q, q22=Q).expr


def slope_moment(activation) -> sympy.Expr:
    """E φ'(√q Z)²."""
    return dual_derivative_general(activation).subs(q11=Q, q12=Q, q22=Q).expr


def edge_of_chaos(activation) -> tuple[Formula, Formula]:
    """(σ_w², σ_b²) on the edge as functions of the fixed point q."""
    name = as_activation(activation).name
    weight = 1 / slope_moment(activation)
    bias = Q - weight * second_moment(activation)
    return (
        Formula(f"sigma_w^2[{name}]", weight, args=(Q,), reference=SCHOENHOLZ),
        Formula(f"sigma_b^2[{name}]", bias, args=(Q,), reference=SCHOENHOLZ),
    )


TANH, ERF = edge_of_chaos("tanh"), edge_of_chaos("erf")
ERF_WEIGHT = pi / 4 * sqrt(1 + 4 * Q)
ERF_BIAS = Q - sqrt(1 + 4 * Q) / 2 * asin(2 * Q / (1 + 2 * Q))
# the fixed point of tanh at σ_w² = 13/10, σ_b² = 1/20
WEIGHT, BIAS = sympy.Rational(13, 10), sympy.Rational(1, 20)
FIXED_POINT = "0.315316477485291338"
CHI = Formula("chi_1", WEIGHT * slope_moment("tanh"), args=(Q,), reference=SCHOENHOLZ)
VARIANCE_MAP = Formula("V", WEIGHT * second_moment("tanh") + BIAS, args=(Q,), reference=SCHOENHOLZ)

DEPTH = 8


def correlation_map(rho: float, q: float) -> float:
    """ρ after one layer of tanh at variance q."""
    mixed = dual_general("tanh").at(q11=q, q12=rho * q, q22=q)
    return (float(WEIGHT) * float(mixed) + float(BIAS)) / q


def correlations(quick: bool) -> Report:
    """Correlations of two inputs in random tanh networks, layer by layer."""
    width, replicas = 400, (40 if quick else 300)
    q = float(FIXED_POINT)
    # the first layer has no biases: inputs of variance q·d/σ_w² give pre-activations of variance q
    network = mlp(
        width, width, DEPTH, "tanh",
        sigma_w=float(sqrt(WEIGHT)), sigma_b=[0, *[float(sqrt(BIAS))] * DEPTH],
    )  # fmt: skip
    angle = np.arccos(0.5)
    basis = np.zeros((2, width))
    basis[0, 0] = 1.0
    basis[1, :2] = np.cos(angle), np.sin(angle)
    x = basis * np.sqrt(q * width / float(WEIGHT))
    products = [[] for _ in range(DEPTH)]
    for seed in range(replicas):
        outputs = network.forward(network.init([(3, seed)]), x).outputs
        for layer in range(DEPTH):
            u, v = outputs[layer][0]
            products[layer].append(float(np.mean(u * v)) / q)
    predicted = [0.5]
    for _ in range(DEPTH - 1):
        predicted.append(correlation_map(predicted[-1], q))
    measured = [Measurement.of(values) for values in products]
    comparisons = [
        compare(f"layer {i + 1}", rho, m, bias=2 / width, smallest=0.15)
        for i, (rho, m) in enumerate(zip(predicted, measured, strict=True))
    ]
    comparisons.append(compare("no decay", 0.5, measured[-1], mutant=True))

    def draw(axes):
        layers = np.arange(1, DEPTH + 1)
        plots.profile(axes, layers, predicted, measured, "layer", r"$u \cdot v / (n q^*)$")

    title = f"tanh networks of width {width}, σ_w² = 1.3, σ_b² = 0.05"
    return Report(judge(comparisons), (Figure(title, draw),))


THEORY = Theory(
    title="Signal propagation",
    reference=SCHOENHOLZ,
    statement=__doc__,
    formulas=(*ERF, *TANH, CHI),
    cases=(
        *(
            Case(
                formula=formula,
                params={"q": q},
                expected=closed,
                source="the closed form for the error function",
            )
            for formula, closed in zip(ERF, (ERF_WEIGHT, ERF_BIAS), strict=True)
            for q in ("0.5", "3")
        ),
        Case(
            formula=TANH[0],
            params={"q": "0.5700478816407641499901555759"},
            expected="1.760954639606739131631552",
            source="quadrature in extended precision, at σ_b² = 0.05",
        ),
        Case(
            formula=TANH[1],
            params={"q": "0.5700478816407641499901555759"},
            expected="0.050000000000000000000000",
            source="the fixed point was computed for this bias",
        ),
        Case(
            formula=VARIANCE_MAP,
            params={"q": FIXED_POINT},
            expected=FIXED_POINT,
            source="a fixed point maps to itself",
        ),
        Case(
            formula=CHI,
            params={"q": FIXED_POINT},
            expected="0.880163509883216719",
            source="quadrature in extended precision",
        ),
    ),
    claims=(
        (
            Claim(CHI.expr < 1, name="tanh at (1.3, 0.05) is ordered", reference=SCHOENHOLZ),
            ({"q": FIXED_POINT},),
        ),
        (
            Claim(ERF[0].expr >= pi / 4, name="erf: σ_w² ≥ π/4 on the edge", sharpness="tight"),
            tuple({"q": q} for q in ("1e-6", "1", "100")),
        ),
    ),
    experiments=(
        Experiment("correlations", "two inputs through random tanh networks", correlations),
    ),
)
