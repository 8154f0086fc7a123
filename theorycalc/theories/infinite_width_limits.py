"""Infinite-width limits: which parameterisations learn features, and whose rates transfer.

Setting
-------
Layer l of L + 1 is n^{−a_l} W with entries of W ~ N(0, n^{−2b_l}), of width n, and the learning
rate is η n^{−c}. In a step the last hidden features move by n^{−r} in each coordinate,
r = min(a + b, 2a + c) + c − 1 + min_l (2a_l + [l = 1]) with a, b of the readout and l over the
hidden layers. Of networks that start of order 1, training is stable if r ≥ 0, 2a + c ≥ 1 and
a + b + r ≥ 1; features are learned at r = 0, and r > 0 is a kernel.

References
----------
G. Yang, E. J. Hu, "Feature learning in infinite-width neural networks", ICML 2021,
arXiv:2011.14522.
G. Yang, E. J. Hu, et al., "Tensor programs V: tuning large neural networks via zero-shot
hyperparameter transfer", 2022, arXiv:2203.03466.
"""

import sympy

import theorycalc as tc
from theorycalc.theories.experiments import infinite_width_limits as simulations

TITLE = "Feature learning in infinite-width networks"
PAPER = tc.Paper("arXiv:2011.14522", "G. Yang, E. J. Hu", TITLE, __doc__)
A_1, A_H, A, B, C, SHIFT = sympy.symbols("a_1 a_h a b c theta", real=True)
ARGS, Min = (A_1, A_H, A, B, C), sympy.Min
READOUT = Min(A + B, 2 * A + C) + C - 1
R = tc.Formula("r", READOUT + Min(2 * A_1 + 1, 2 * A_H), args=ARGS)
SHALLOW = tc.Formula("r_1", READOUT + 2 * A_1 + 1, args=(A_1, A, B, C))
# name → parameterisation of `tc.networks.mlp`, r with one and with two hidden layers
TABLE = {
    "ntk": ("ntk", "1/2", "1/2"),
    "standard": ("standard", "0", "-1"),
    "standard, η/n": ("standard", "3/2", "1/2"),
    "mean_field": ("mean_field", "0", "0"),
    "mup": ("mup", "0", "0"),
}


def exponents(name: str, depth: int) -> dict[str, sympy.Expr]:
    """The exponents of networks with so many hidden layers."""
    network = tc.networks.mlp(2, 2, depth, sigma_w=1, parameterization=TABLE[name][0])
    a, b, c = network.exponents.a, network.exponents.b, network.exponents.c
    found = {"a_1": a[0], "a_h": a[1], "a": a[-1], "b": b[-1], "c": c + name.endswith("η/n")}
    return {
        key: sympy.nsimplify(value) for key, value in found.items() if depth > 1 or key != "a_h"
    }


one = PAPER.states(
    "exact",
    "NTK, and standard with the rate η/n: r ≥ 1/2, a kernel. Standard with a rate of order 1: "
    "2a + c = 0, not stable. μP, and mean field: r = 0, features are learned. "
    "(a + θ, b − θ, c − 2θ) is the same network.",
    where="Table 1, Theorem 3.2",
)
one.shows(R, SHALLOW)
for name, (_, shallow, deep) in TABLE.items():
    one.equals(SHALLOW, shallow, f"{name}, L = 1", **exponents(name, 1))
    one.equals(R, deep, f"{name}, L = 2", **exponents(name, 2))
SHIFTED = {A_1: A_1 + SHIFT, A_H: A_H + SHIFT, A: A + SHIFT, B: B - SHIFT, C: C - 2 * SHIFT}
MOVED = tc.Formula("r", R.expr.subs(SHIFTED, simultaneous=True), args=(*ARGS, SHIFT))
STABLE = tc.Formula("2a + c", 2 * A + C, args=(A, C))
for name, wanted in (("ntk", 1), ("standard", 0), ("standard, η/n", 1), ("mup", 1)):
    found = exponents(name, 2)
    one.equals(STABLE, wanted, name, a=found["a"], c=found["c"])
one.equals(MOVED, "1/2", "the symmetry", theta="1/3", **exponents("ntk", 2))

two = PAPER.states(
    "asymptotic",
    "After any number of steps the features of trained networks have moved by n^{−r}, and their "
    "outputs by order 1.",
    where="Theorem 3.4",
)
two.experiment(
    "tanh networks with two hidden layers, 20 steps on 16 points of the sphere",
    quick={32: 64, 64: 48, 128: 32},
    full={64: 64, 256: 32, 1024: 16, 4096: 4},
    powers={name: float(R.at(**exponents(name, 2))) for name in ("ntk", "standard, η/n", "mup")},
)(simulations.features)

two.experiment(
    "tanh networks with one hidden layer in the NTK parameterisation, from outputs 0",
    quick={256: 64, 1024: 24, 4096: 12},
    full={256: 512, 1024: 192, 4096: 96},
    power=float(SHALLOW.at(**exponents("ntk", 1))),
)(simulations.kernel_regime)

three = PAPER.states(
    "asymptotic",
    "The best learning rate of μP is that of narrow networks; in the standard parameterisation "
    "it falls like 1/n, as the tangent kernel grows like n.",
)
three.experiment(
    "the best of 14 rates after 15 steps, tanh networks with one hidden layer", quick=6, full=40
)(simulations.transfer)
