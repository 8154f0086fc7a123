"""Hardness of the periodic neuron: a high frequency hides from low degrees.

Setting
-------
The target cos(2πγ ⟨w, x⟩) with a unit vector w and standard normal inputs x. All that matters is
the projection Z = ⟨w, x⟩, and a = 2πγ.

References
----------
M. J. Song, I. Zadik, J. Bruna, "On the cryptographic hardness of learning single periodic neurons",
NeurIPS 2021, arXiv:2106.10744.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "M. J. Song, I. Zadik, J. Bruna"
PAPER = tc.Paper("arXiv:2106.10744", AUTHORS, "Hardness of the periodic neuron", __doc__)
GAMMA = sympy.Symbol("gamma", positive=True)
K, J = sympy.symbols("K j", integer=True, nonnegative=True)
SQUARE = (2 * sympy.pi * GAMMA) ** 2


def neuron(frequency) -> tc.Activation:
    """The target, of its projection."""
    return tc.Activation(sympy.cos(2 * sympy.pi * frequency * tc.activations.z))


one = PAPER.states(
    "exact",
    "The orthonormal Hermite coefficients are c_k = (−1)^{k/2} a^k e^{−a²/2}/√k! for even k, and "
    "0 for odd k.",
)
STATED = sympy.cos(sympy.pi * K / 2) * SQUARE ** (K / 2) * sympy.exp(-SQUARE / 2)
COEFFICIENT = tc.Formula("c", STATED / sympy.sqrt(sympy.factorial(K)), args=(GAMMA, K))
one.shows(COEFFICIENT)
for gamma, k in ((1, 6), ("1/2", 4), (1, 3)):
    known = tc.hermite.coefficient(neuron(sympy.Rational(gamma)), k)
    one.equals(COEFFICIENT, known, "the coefficient of the activation", gamma=gamma, K=k)


@one.experiment(
    "averages of the neuron times Hermite polynomials", quick=(200, 2000), full=(1000, 4000)
)
def projections(run):
    """Monte Carlo estimates of the coefficients at a low frequency, where they can be seen."""
    order, target = 8, neuron(sympy.Rational(1, 2))
    points = np.random.default_rng(0).standard_normal(run.size)
    estimates = np.mean(target(points) * tc.hermite.evaluate(order, points), axis=2).T
    exact, wrong = (
        np.array([float(c) for c in tc.hermite.coefficients(f, order)])
        for f in (target, tc.Activation(sympy.cos(3 * tc.activations.z)))
    )
    run.joint(f"c_0 … c_{order} at γ = 1/2", estimates, exact, x=range(order + 1))
    run.rejects("γ = 0.477 instead", wrong)
    run.axes("degree $k$", "coefficient $c_k$", title="periodic neuron, γ = 1/2")


two = PAPER.states(
    "exact", "The part of E f² in degrees up to K is m_K = e^{−a²} Σ_{even k ≤ K} a^{2k}/k!."
)
TERMS = SQUARE ** (2 * J) / sympy.factorial(2 * J)
UP_TO = sympy.Sum(TERMS, (J, 0, sympy.floor(K / 2)))
MASS = tc.Formula("m", sympy.exp(-SQUARE) * UP_TO, args=(GAMMA, K))
two.shows(MASS)
for gamma, order in ((1, 4), (2, 16), (3, 6)):
    c = tc.hermite.coefficient(neuron(gamma), K)
    added = sympy.Add(*(c.subs(K=k).expr ** 2 for k in range(order + 1)))
    source = "the Hermite coefficients of the activation, squared and added"
    two.equals(MASS, added, source, gamma=gamma, K=order)
two.equals(MASS, "7.29968434799032222831989878e-13", "the sum in extended precision", gamma=1, K=4)

three = PAPER.states(
    "upper",
    "For K < a², m_K ≤ e^{−a²} (e a²/K)^K (Chernoff's bound of a Poisson tail): exponentially "
    "small in γ². Learners that see low degrees only see noise.",
)
three.holds(
    MASS.expr <= sympy.exp(-SQUARE) * (sympy.E * SQUARE / K) ** K,
    "m_K ≤ e^{−a²}(e a²/K)^K",
    *({"gamma": gamma, "K": k} for gamma, k in ((1, 2), (1, 30), (2, 100), ("1/3", 4))),
    assumptions=(K < SQUARE) & (K > 0),
)
for k in (2, 4):
    chernoff = sympy.exp(-SQUARE) * (sympy.E * SQUARE / k) ** k
    name = f"m_{k} ≤ e^{{−a²}}(e a²/{k})^{k}"
    three.proves(MASS.subs(K=k) <= chernoff, name, {"gamma": ("1/2", 3)})
