"""Leap complexity: how large the steps are in which gradient descent finds its directions.

Setting
-------
A polynomial target f of standard normal inputs that depends on few directions, learned by a
two-layer network from n = O(d^l) samples a step.

Statement
---------
1. *Exact definition.* The information exponent is the least degree ≥ 1 in the Hermite expansion of
   f; the coordinate leap is the least l such that coordinates can be added in steps of new degree
   ≤ l until all are known.
2. *Exact definition.* The isotropic leap does the same for directions, whatever the basis: it is
   the least order whose staircase of subspaces reaches all directions of f.
3. *Exact definition.* The generative exponent is the least k for which E[He_k(Z) | f(Z)] is not
   identically zero: what a learner that may transform the labels needs.
4. *Asymptotic.* Gradient descent on correlation needs n ≳ d^{max(l − 1, 1)} samples at leap l.

The coordinate leap of z₁ + z₂ + z₁z₂ is 1 and the isotropic leap 2: only the second one is what
training sees.

References
----------
E. Abbe, E. Boix-Adsera, T. Misiakiewicz, "SGD learning on neural networks: leap complexity and
saddle-to-saddle dynamics", COLT 2023, arXiv:2302.11055.
A. Damian, L. Pillaud-Vivien, J. D. Lee, J. Bruna, "Computational-statistical gaps in Gaussian
single-index models", COLT 2024, arXiv:2403.05529.
"""

import sympy
from sympy import hermite_prob

from theorycalc.core.formula import Formula
from theorycalc.core.reference import Reference
from theorycalc.hermite import expand, generative_exponent
from theorycalc.theories._theory import Case, Theory

ABBE = Reference(
    "arXiv:2302.11055", title="E. Abbe, E. Boix-Adsera, T. Misiakiewicz, Leap complexity"
)
Z = sympy.symbols("z1:5")
z1, z2, z3, z4 = Z

# target → information exponent, coordinate leap, isotropic leap
TARGETS = {
    z1 * z2 * z3: (3, 3, 3),
    z1 + z1 * z2 * z3: (1, 2, 2),
    z1 * z2: (2, 2, 2),
    z1 + z2 + z1 * z2: (1, 1, 2),
    hermite_prob(3, z1): (3, 3, 3),
    z1 + hermite_prob(2, z2): (1, 2, 2),
    z1 + z1 * z2 + z1 * z2 * z3 + z1 * z2 * z3 * z4: (1, 1, 1),
}
# one-dimensional target → generative exponent
LINKS = {hermite_prob(2, z1): 2, hermite_prob(3, z1): 1, hermite_prob(4, z1): 2, z1**2 + z1**3: 1}
STAIRCASE = z1 + z1 * z2 + z1 * z2 * z3 + z1 * z2 * z3 * z4


def _number(name: str, target: sympy.Expr, value: int) -> Formula:
    return Formula(f"{name}[{target}]", sympy.Integer(value), args=(), reference=ABBE)


def leap_cases() -> list[Case]:
    """The three numbers of every target."""
    cases = []
    for target, expected in TARGETS.items():
        expansion = expand(target)
        found = (expansion.information_exponent, expansion.leap, expansion.isotropic_leap)
        for name, value, wanted in zip(("IE", "leap", "isotropic"), found, expected, strict=True):
            cases.append(
                Case(
                    formula=_number(name, target, value),
                    expected=str(wanted),
                    source="worked out by hand from the definition",
                )
            )
    return cases


THEORY = Theory(
    title="Leap complexity of targets",
    reference=ABBE,
    statement=__doc__,
    formulas=tuple(Formula(f"f_{i + 1}", f, reference=ABBE) for i, f in enumerate(TARGETS)),
    cases=(
        *leap_cases(),
        *(
            Case(
                formula=_number("GE", link, generative_exponent(link, z1)),
                expected=str(wanted),
                source="symmetry, or a conditional mean that is not zero",
            )
            for link, wanted in LINKS.items()
        ),
        *(
            Case(
                formula=_number(f"dimension at stage {i}", STAIRCASE, basis.cols),
                expected=str(i),
                source="one new variable at each stage",
            )
            for i, basis in enumerate(expand(STAIRCASE).staircase())
        ),
    ),
)
