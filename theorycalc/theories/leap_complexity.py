"""Leap complexity: how large the steps are in which gradient descent finds its directions.

Setting
-------
A polynomial target f of standard normal inputs that depends on few directions, learned by a
two-layer network from n = O(d^l) samples a step.

References
----------
E. Abbe, E. Boix-Adsera, T. Misiakiewicz, "SGD learning on neural networks: leap complexity and
saddle-to-saddle dynamics", COLT 2023, arXiv:2302.11055.
A. Damian, L. Pillaud-Vivien, J. D. Lee, J. Bruna, "Computational-statistical gaps in Gaussian
single-index models", COLT 2024, arXiv:2403.05529.
"""

import sympy

import theorycalc as tc
from theorycalc.theories.experiments import leap_complexity as simulations

AUTHORS = "E. Abbe, E. Boix-Adsera, T. Misiakiewicz"
PAPER = tc.Paper("arXiv:2302.11055", AUTHORS, "Leap complexity of targets", __doc__)
z1, z2, z3, z4 = sympy.symbols("z1:5")
STAIRCASE = z1 + z1 * z2 + z1 * z2 * z3 + z1 * z2 * z3 * z4
# target → information exponent, coordinate leap, isotropic leap
TARGETS = {
    z1 * z2 * z3: (3, 3, 3),
    z1 + z1 * z2 * z3: (1, 2, 2),
    z1 * z2: (2, 2, 2),
    z1 + z2 + z1 * z2: (1, 1, 2),
    sympy.hermite_prob(3, z1): (3, 3, 3),
    z1 + sympy.hermite_prob(2, z2): (1, 2, 2),
    STAIRCASE: (1, 1, 1),
}
BY_HAND = "worked out by hand from the definition"


def number(name: str, target: sympy.Expr, value: int) -> tc.Formula:
    """A number that was found for a target."""
    return tc.Formula(f"{name}[{target}]", sympy.Integer(value))


one = PAPER.states(
    "exact",
    "The information exponent is the least degree ≥ 1 in the Hermite expansion of f; the "
    "coordinate leap is the least l such that coordinates can be added in steps of new degree ≤ l "
    "until all are known (definition).",
)
two = PAPER.states(
    "exact",
    "The isotropic leap does the same for directions, whatever the basis: it is the least order "
    "whose staircase of subspaces reaches all directions of f (definition). The coordinate leap of "
    "z₁ + z₂ + z₁z₂ is 1 and the isotropic leap 2: only the second one is what training sees.",
)
for i, (target, (exponent, leap, isotropic)) in enumerate(TARGETS.items(), start=1):
    expansion = tc.hermite.expand(target)
    one.shows(tc.Formula(f"f_{i}", target))
    one.equals(number("IE", target, expansion.information_exponent), exponent, BY_HAND)
    one.equals(number("leap", target, expansion.leap), leap, BY_HAND)
    two.equals(number("isotropic", target, expansion.isotropic_leap), isotropic, BY_HAND)
for i, basis in enumerate(tc.hermite.expand(STAIRCASE).staircase()):
    found = number(f"dimension at stage {i}", STAIRCASE, basis.cols)
    two.equals(found, i, "one new variable at each stage")

three = PAPER.states(
    "exact",
    "The generative exponent is the least k for which E[He_k(Z) | f(Z)] is not identically zero: "
    "what a learner that may transform the labels needs (definition).",
)
LINKS = {sympy.hermite_prob(k, z1): 2 - k % 2 for k in (2, 3, 4)} | {z1**2 + z1**3: 1}
for link, wanted in LINKS.items():
    found = number("GE", link, tc.hermite.generative_exponent(link, z1))
    three.equals(found, wanted, "symmetry, or a conditional mean that is not zero")

four = PAPER.states(
    "asymptotic",
    "Gradient descent on correlation needs n ≳ d^{max(l−1, 1)} samples at leap l: at an overlap "
    "d^{−1/2} with the direction of a target He_l, which a random start has, the gradient along it "
    "is of order d^{−(l−1)/2}, and the noise of one sample of order 1.",
)
four.experiment("a neuron Heₗ(w·x) and a target Heₗ(u·x), w·u = 1/√d", quick=300, full=2000)(
    simulations.gradients
)
