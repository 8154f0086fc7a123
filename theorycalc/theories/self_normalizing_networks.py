"""Self-normalising networks: SELU keeps mean and variance, and pulls them back.

Setting
-------
Wide networks with independent weights of mean 0 and variance 1/n; pre-activations are Gaussian with
mean μω and variance ντ, with (ω, τ) = (0, 1) the sum and the sum of squares of the weights.

References
----------
G. Klambauer, T. Unterthiner, A. Mayr, S. Hochreiter, "Self-normalizing neural networks", NIPS 2017,
arXiv:1706.02515.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "G. Klambauer, T. Unterthiner, A. Mayr, S. Hochreiter"
PAPER = tc.Paper("arXiv:1706.02515", AUTHORS, "Self-normalising networks", __doc__)
SELU = tc.activations.selu


def moment(activation: tc.Activation, power: int, degree: int) -> sympy.Expr:
    """E[φ(Z)^power He_degree(Z)]."""
    raised = tc.Activation(activation.expr**power, symbol=activation.symbol)
    return tc.hermite.coefficient(raised, degree).expr * sympy.sqrt(sympy.factorial(degree))


one = PAPER.states(
    "exact",
    "SELU, λ(z for z > 0, α(e^z − 1) for z ≤ 0), maps N(0, 1) to mean 0 and variance 1 if "
    "α = √(2/π)/(1 − √e erfc(1/√2)) and 1/λ² = 1/2 + α²(e² erfc(√2) − 2√e erfc(1/√2) + 1)/2.",
    where="eq. 14",
)
TAIL = sympy.sqrt(sympy.E) * sympy.erfc(1 / sympy.sqrt(2))
FACTOR = sympy.sqrt(2 / sympy.pi) / (1 - TAIL)
SQUARE = (sympy.exp(2) * sympy.erfc(sympy.sqrt(2)) - 2 * TAIL + 1) / 2
ALPHA = tc.Formula("alpha", FACTOR)
LAMBDA = tc.Formula("lambda", 1 / sympy.sqrt(sympy.Rational(1, 2) + FACTOR**2 * SQUARE))
one.shows(ALPHA, LAMBDA)
PRINTED = "equation 14, printed in the paper with 4 digits, here in extended precision"
one.equals(ALPHA, "1.6732632423543772848170429916717", PRINTED)
one.equals(LAMBDA, "1.0507009873554804934193349852946", "equation 14, in extended precision")
# 1 + mean: the mean itself is zero
SHIFTED_MEAN = tc.Formula("1+mean", 1 + moment(SELU, 1, 0))
one.equals(SHIFTED_MEAN, 1, "the fixed point has mean 0")
one.equals(tc.Formula("second", moment(SELU, 2, 0)), 1, "the fixed point has variance 1")

two = PAPER.states(
    "exact",
    "The fixed point is attracting: the Jacobian of (μ, ν) ↦ (mean, variance) there has the "
    "entries ∂mean/∂ν = ½E[φ(Z)(Z² − 1)] and ∂variance/∂ν = ½E[φ(Z)²(Z² − 1)] < 1, the others "
    "vanish.",
)
MEAN_SLOPE = tc.Formula("dmean", moment(SELU, 1, 2) / 2)
VARIANCE_SLOPE = tc.Formula("dvariance", moment(SELU, 2, 2) / 2)
two.shows(MEAN_SLOPE, VARIANCE_SLOPE)
QUADRATURE = "quadrature in extended precision"
two.equals(MEAN_SLOPE, "0.0888347551068901234827506", QUADRATURE)
two.holds(sympy.Lt(VARIANCE_SLOPE.expr, 1, evaluate=False), "SELU is stable")


@two.experiment(
    "second moments of the pre-activations of random SELU networks, started off 1",
    quick=40,
    full=300,
)
def propagation(run):
    """Variances of the pre-activations of random networks, layer by layer."""
    width, depth, start = 400, 6, 1.4
    network = tc.networks.mlp(width, width, depth, SELU, sigma_w=1)
    x = np.sqrt(start) * np.ones((1, width))
    runs = [network.forward(network.init([(7, seed)]), x).outputs for seed in range(run.size)]
    second, q = tc.Formula("second", SECOND, (P, Q)), start
    for layer in range(depth):
        squares = [np.mean(outputs[layer] ** 2) for outputs in runs]
        name = f"variance in layer {layer + 1}"
        run.at(layer + 1, q, squares, name=name, bias=4 / width, smallest=0.15)
        q = float(second.at(p=0, q=q))
    run.rejects(f"no contraction, layer {depth}", start)
    run.line([1, depth], [1, 1], "fixed point")
    run.axes("layer", "variance", title=f"SELU networks of width {width}")


three = PAPER.states(
    "exact",
    "Any φ can be standardised, φ̂ = (φ − Eφ)/sd φ. The slope of its variance map is "
    "χ = ½E[φ̂(Z)²(Z² − 1)]: stable if below 1 (tanh, ELU, sine), marginal if equal to 1 (ReLU, "
    "absolute value), unstable if above (GELU).",
)


def variance_slope(name: str) -> tc.Formula:
    """χ of the standardised activation."""
    phi = tc.activations.as_activation(name)
    mean, second = moment(phi, 1, 0), moment(phi, 2, 0)
    bend = moment(phi, 2, 2) - 2 * mean * moment(phi, 1, 2)
    return tc.Formula(f"chi[{name}]", bend / (2 * (second - mean**2)))


def direct_slope(name: str) -> sympy.Expr:
    """χ from second derivatives, of a smooth activation."""
    phi = tc.activations.as_activation(name)
    mean, slope = moment(phi, 1, 0), phi.derivative
    bent = tc.Activation((phi.expr - mean) * slope.derivative.expr + slope.expr**2)
    return moment(bent, 1, 0) / (moment(phi, 2, 0) - mean**2)


CHI = {name: variance_slope(name) for name in ("tanh", "elu", "sin", "gelu", "relu", "abs")}
three.shows(CHI["gelu"])
three.equals(CHI["sin"], direct_slope("sin"), "E[φ̂φ̂'' + φ̂'²]")
three.equals(CHI["tanh"], "0.46107083047763136142884125", QUADRATURE)
three.equals(CHI["elu"], "0.860231676267500800356452458", QUADRATURE)
for name in ("tanh", "elu", "sin"):
    three.holds(sympy.Lt(CHI[name].expr, 1, evaluate=False), f"{name} is stable")
three.holds(sympy.Gt(CHI["gelu"].expr, 1, evaluate=False), "gelu is unstable")
for name in ("relu", "abs"):
    three.equals(CHI[name], 1, "φ² is of degree 2 on each side of 0: E φ²(Z² − 1) = 2E φ²")


four = PAPER.states(
    "exact",
    "SELU keeps mean and variance in bounds: for weights of sum ω in [−0.1, 0.1] and sum of "
    "squares τ in [0.95, 1.1], a mean μ in [−0.1, 0.1] and a variance ν in [0.8, 1.5] stay there.",
    where="Theorem 1",
)
P, Q = sympy.Symbol("p", real=True), sympy.Symbol("q", positive=True)
MU, OMEGA, NU, TAU = sympy.symbols("mu omega nu tau", real=True)


def tail(k: int) -> sympy.Expr:
    """2 E[exp(k·X) for X < 0] of a Gaussian of mean p and variance q."""
    return sympy.exp(k * P + k**2 * Q / 2) * sympy.erfc((P + k * Q) / sympy.sqrt(2 * Q))


DENSITY = sympy.sqrt(2 * Q / sympy.pi) * sympy.exp(-(P**2) / (2 * Q))
FIRST = LAMBDA.expr / 2 * (P * (2 - tail(0)) + DENSITY + FACTOR * (tail(1) - tail(0)))
BENT = FACTOR**2 * (tail(2) - 2 * tail(1) + tail(0))
SECOND = LAMBDA.expr**2 / 2 * ((P**2 + Q) * (2 - tail(0)) + P * DENSITY + BENT)
MEAN = tc.Formula("mean", FIRST, (P, Q))
VARIANCE = tc.Formula("variance", SECOND - FIRST**2, (P, Q))
four.shows(MEAN, VARIANCE)
four.equals(VARIANCE, 1, "the fixed point", p=0, q=1)
OFF = {"p": "1/100", "q": "8/5"}
four.equals(MEAN, "0.063273586791728988266360", QUADRATURE, **OFF)
four.equals(VARIANCE, "1.4466103852252267816984", QUADRATURE, **OFF)
WEIGHTS = {"mu": ("-0.1", "0.1"), "omega": ("-0.1", "0.1"), "nu": (0.8, 1.5), "tau": (0.95, 1.1)}
for formula, low, high in ((MEAN, "-0.1", "0.1"), (VARIANCE, "0.8", "1.5")):
    value = formula.expr.subs({P: MU * OMEGA, Q: NU * TAU})
    bounds = [value >= sympy.Rational(low), value <= sympy.Rational(high)]
    parts = {"p": MU * OMEGA, "q": NU * TAU}
    four.proves(
        bounds, f"the {formula.name} stays within [{low}, {high}]", WEIGHTS, substitute=parts
    )
