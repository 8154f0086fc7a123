"""Local Lipschitz constants of ReLU networks: cells, certificates, intervals.

The seed propagates bounds on Clarke Jacobians through deep networks. What is stated is elementary
or derived here; numbers belong to one network of six neurons.

Setting
-------
f(x) = a · relu(Wx + b), with gradient W'(s∘a) where the neurons s are active; L is the largest
length of a gradient on a cell that meets the inside of a box.

References
----------
Z. Shi, Y. Wang, H. Zhang, J. Z. Kolter, C.-J. Hsieh, "Efficiently computing local Lipschitz
constants of neural networks via bound propagation", NeurIPS 2022, arXiv:2210.07394.
M. Fazlyab, A. Robey, H. Hassani, M. Morari, G. J. Pappas, "Efficient and accurate estimation of
Lipschitz constants for deep neural networks", NeurIPS 2019, arXiv:1906.04893.
"""

import itertools

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "Z. Shi, Y. Wang, H. Zhang, J. Z. Kolter, C.-J. Hsieh"
PAPER = tc.Paper("arXiv:2210.07394", AUTHORS, "Local Lipschitz constants", __doc__)
# two of the six lines are the same
W = [[1, 2], [-2, 1], [3, -1], [1, -3], [-1, -1], [2, 2]]
BIASES, READOUT = [1, -1, 2, "1/2", 1, -2], [1, -2, 1, 3, -1, 2]
NETWORK, NEAR, WIDE = (W, BIASES, READOUT), [("-1/5", "1/5")] * 2, [(-1, 1)] * 2
M, T, S = sympy.symbols("m T s", positive=True)
lipschitz = tc.networks.lipschitz


def constant(name: str, **options) -> tc.Formula:
    """A constant or a bound of the network."""
    return tc.Formula(name, sympy.sympify(lipschitz(*NETWORK, **options)))


def squared(name: str, **options) -> tc.Formula:
    """Its square, a rational number."""
    found = lipschitz(*NETWORK, **options).stats["squared"]
    return tc.Formula(name, sympy.Rational(found.numerator, found.denominator))


one = PAPER.states(
    "exact",
    "L is attained on one of the cells of the hyperplanes w_i · x + b_i = 0, of which there are "
    "at most Σ_{k≤d} C(m, k): a list of them is complete by deletion and restriction, and L² is "
    "rational.",
)
REGIONS = tc.Formula("r", 1 + M + M * (M - 1) / 2)
FOUND = lipschitz(*NETWORK)
CELLS = tc.Formula("cells", sympy.Integer(FOUND.stats["cells"]))
LINES = 5  # different ones, in general position
one.shows(REGIONS)
one.equals(REGIONS, 16, "1 + m + C(m, 2) of five lines", m=LINES)
one.equals(CELLS, REGIONS.expr.subs(M, LINES), "lines in general position")
SLOPES = [np.array(s) * READOUT @ np.array(W) for s in itertools.product((0, 1), repeat=6)]
ACTIVE = [(np.array(W) @ p + [1, -1, 2, 0.5, 1, -2] > 0) * READOUT @ np.array(W)
          for p in itertools.product(np.linspace(-3, 3, 61), repeat=2)]  # fmt: skip
one.equals(squared("L^2"), max(int(g @ g) for g in ACTIVE), "gradients on a grid of 61² points")
one.equals(squared("L_near^2", box=NEAR), 113, "the two cells that meet the box, by hand")

two = PAPER.states(
    "upper",
    "L is at most the maximum over all patterns s, ‖W‖‖a‖, Σ|a_i|‖w_i‖, (‖W'a‖ + ‖W‖‖a‖)/2 "
    "(since s = ½ + ½(2s − 1)), and λ_max(W'TW/2 + W'aa'W/(4(1 − q/2)))^{1/2} for every T > 0 "
    "with q = Σ a_i²/T_i < 2.",
)
PATTERNS = squared("L_all^2", method="patterns")
two.equals(PATTERNS, max(int(g @ g) for g in SLOPES), "all 64 gradients")
two.equals(squared("product^2", norm=float("inf"), method="product"), 1600, "(Σ|a|) max Σ|w_ij|")
ORDER = "patterns certificate centred product".split()
PARTS = {name: constant(f"L_{name}", method=name) for name in ORDER}
for one_, other in itertools.pairwise(ORDER):
    relation = sympy.Le(PARTS[one_].expr, PARTS[other].expr, evaluate=False)
    two.holds(relation, f"{one_} ≤ {other}")
# two equal neurons: the bound for T = (t, t) against the square of the slope, 4
TWO = T + T / (T - 1)
two.shows(tc.Formula("B", TWO))
two.proves(TWO >= 4, "any T proves", {"T": sympy.Interval.open(1, sympy.oo)})

three = PAPER.states(
    "upper",
    "On a box the slope of a neuron is 1, 0 or in [0, 1]; interval products backwards bound every "
    "gradient, at any depth. Bisection converges where the undecided neurons of one hidden layer "
    "are tried out in all patterns, and does not by intervals alone.",
)
three.equals(squared("I^2", method="interval", box=WIDE), 400, "interval products by hand")
EXACT, BRANCH = squared("L_wide^2", box=WIDE), squared("B^2", method="branch", box=WIDE)
three.equals(BRANCH, EXACT, "the cells that meet the box")
SIZES = (2, 4, 4)


@three.experiment("gradients of random networks of two layers on a box", quick=20, full=200)
def gradients(run):
    """The largest gradient at 500 points, beside the bound of branch and bound."""
    generator, ratios = np.random.default_rng(0), []
    points = generator.uniform(-1, 1, (500, SIZES[0]))
    for _ in range(run.size):
        shapes = list(zip(SIZES[1:], SIZES, strict=False))
        weights = [generator.integers(-3, 4, shape) for shape in shapes]
        biases = [generator.integers(-3, 4, rows) for rows, _ in shapes]
        readout = generator.integers(1, 4, SIZES[-1])
        first = points @ weights[0].T + biases[0]
        second = np.maximum(first, 0) @ weights[1].T + biases[1]
        slopes = ((second > 0) * readout @ weights[1] * (first > 0)) @ weights[0]
        found = lipschitz(weights, biases, readout, method="branch", box=WIDE, budget=40)
        largest = np.linalg.norm(slopes, axis=1).max()
        ratios.append(largest / float(found) if largest else 0.0)
    run.at(None, 1.0, max(ratios), error=1e-9, name="largest ratio", at_most=True)
    run.rejects("half of the bound", 0.5)
    run.points(range(run.size), ratios)
    run.axes("network", "largest gradient seen over the bound")
