"""Signal propagation: order, chaos, and the edge between them.

Setting
-------
Dense networks of large width with weights of variance σ_w²/n and biases of variance σ_b². The
variance of the pre-activations follows q ← V(q) = σ_w² E φ(√q Z)² + σ_b², the correlation of two
inputs of variance q follows ρ ← (σ_w² E φ(u)φ(v) + σ_b²)/q.

References
----------
B. Poole, S. Lahiri, M. Raghu, J. Sohl-Dickstein, S. Ganguli, "Exponential expressivity in deep
neural networks through transient chaos", NIPS 2016, arXiv:1606.05340.
S. S. Schoenholz, J. Gilmer, S. Ganguli, J. Sohl-Dickstein, "Deep information propagation", ICLR
2017, arXiv:1611.01232.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "S. Schoenholz, J. Gilmer, S. Ganguli, J. Sohl-Dickstein"
PAPER = tc.Paper("arXiv:1611.01232", AUTHORS, "Signal propagation", __doc__)
Q = sympy.Symbol("q", positive=True)


def moments(activation: str) -> tuple[sympy.Expr, sympy.Expr]:
    """E φ(√q Z)² and E φ'(√q Z)²."""
    both = tc.kernels.dual_general(activation), tc.kernels.dual_derivative_general(activation)
    square, slope = (f.subs(q11=Q, q12=Q, q22=Q).expr for f in both)
    return square, slope


def edge_of_chaos(activation: str) -> tuple[tc.Formula, tc.Formula]:
    """(σ_w², σ_b²) on the edge as functions of the fixed point q."""
    square, slope = moments(activation)
    weight = tc.Formula(f"sigma_w^2[{activation}]", 1 / slope, args=(Q,))
    return weight, tc.Formula(f"sigma_b^2[{activation}]", Q - square / slope, args=(Q,))


TANH, ERF = edge_of_chaos("tanh"), edge_of_chaos("erf")
# tanh at σ_w² = 13/10, σ_b² = 1/20, and its fixed point
WEIGHT, BIAS, FIXED_POINT = sympy.Rational(13, 10), sympy.Rational(1, 20), "0.315316477485291338"
SQUARE, SLOPE = moments("tanh")
VARIANCE = tc.Formula("V", WEIGHT * SQUARE + BIAS, args=(Q,))
CHI = tc.Formula("chi_1", WEIGHT * SLOPE, args=(Q,))

one = PAPER.states(
    "limit",
    "Near ρ = 1, 1 − ρ is multiplied in every layer by χ₁ = σ_w² E φ'(√q* Z)²: networks with "
    "χ₁ < 1 are ordered, those with χ₁ > 1 chaotic.",
    where="eq. 5",
)
one.shows(CHI)
one.equals(CHI, "0.880163509883216719", "quadrature in extended precision", q=FIXED_POINT)
one.equals(VARIANCE, FIXED_POINT, "a fixed point maps to itself", q=FIXED_POINT)
one.holds(CHI.expr < 1, "tanh at (1.3, 0.05) is ordered", {"q": FIXED_POINT})

two = PAPER.states(
    "exact",
    "The edge χ₁ = 1, parametrised by the fixed point q*, is σ_w² = 1/E φ'(√q* Z)², "
    "σ_b² = q* − σ_w² E φ(√q* Z)². For erf: σ_w² = (π/4)√(1 + 4q*).",
)
two.shows(*ERF, *TANH)
CLOSED = (
    sympy.pi / 4 * sympy.sqrt(1 + 4 * Q),
    Q - sympy.sqrt(1 + 4 * Q) / 2 * sympy.asin(2 * Q / (1 + 2 * Q)),
)
for q in ("0.5", "3"):
    for formula, closed in zip(ERF, CLOSED, strict=True):
        two.equals(formula, closed, "the closed form for the error function", q=q)
ON_EDGE = "0.5700478816407641499901555759"
two.equals(TANH[0], "1.760954639606739131631552", "quadrature in extended precision", q=ON_EDGE)
two.equals(TANH[1], "0.050000000000000000000000", "it was computed for this bias", q=ON_EDGE)
two.proves(ERF[0] >= sympy.pi / 4, "erf: σ_w² ≥ π/4", {"q": (0, "oo")})

three = PAPER.states(
    "asymptotic", "Correlations decay over the depth ξ_c = −1/log χ₁ in the ordered phase."
)


@three.experiment("two inputs through random tanh networks of width 400", quick=40, full=300)
def correlations(run):
    """Correlations of two inputs, layer by layer, beside the map of the correlations."""
    width, depth, q, rho = 400, 8, float(FIXED_POINT), 0.5
    network = tc.networks.mlp(
        width, width, depth, "tanh",
        sigma_w=float(WEIGHT) ** 0.5, sigma_b=[0, *[float(BIAS) ** 0.5] * depth],
    )  # fmt: skip
    x = np.zeros((2, width))
    x[0, 0], x[1, :2] = 1, (rho, (1 - rho**2) ** 0.5)
    # the first layer has no biases: inputs of variance q·d/σ_w² give pre-activations of variance q
    x *= (q * width / float(WEIGHT)) ** 0.5
    runs = [network.forward(network.init([(3, seed)]), x).outputs for seed in range(run.size)]
    dual = tc.kernels.dual_general("tanh")
    for layer in range(depth):
        products = [np.mean(outputs[layer][0, 0] * outputs[layer][0, 1]) / q for outputs in runs]
        run.at(layer + 1, rho, products, name=f"layer {layer + 1}", bias=2 / width, smallest=0.15)
        mixed = float(dual.at(q11=q, q12=rho * q, q22=q))
        rho = (float(WEIGHT) * mixed + float(BIAS)) / q
    run.rejects("no decay", 0.5)
    run.axes("layer", r"$u \cdot v / (n q^*)$")
