"""Hardness of the periodic neuron: a high frequency hides from low degrees.

Setting
-------
The target cos(2πγ ⟨w, x⟩) with a unit vector w and standard normal inputs x. All that matters is
the projection Z = ⟨w, x⟩, and a = 2πγ.

Statement
---------
1. *Exact.* The orthonormal Hermite coefficients are c_k = (−1)^{k/2} a^k e^{−a²/2}/√k! for even k,
   and 0 for odd k.
2. *Exact.* The part of E f² in degrees up to K is m_K = e^{−a²} Σ_{even k ≤ K} a^{2k}/k!.
3. *Upper bound.* For K < a², m_K ≤ e^{−a²} (e a²/K)^K (Chernoff's bound of a Poisson tail):
   exponentially small in γ². Learners that see low degrees only see noise.

References
----------
M. J. Song, I. Zadik, J. Bruna, "On the cryptographic hardness of learning single periodic neurons",
NeurIPS 2021, arXiv:2106.10744.
"""

import numpy as np
import sympy
from sympy import cos, exp, factorial, pi

from theorycalc.activations import Activation, z
from theorycalc.core.claims import Claim
from theorycalc.core.formula import Formula
from theorycalc.core.reference import Reference
from theorycalc.hermite import coefficient, coefficients, evaluate
from theorycalc.theories._theory import Case, Theory
from theorycalc.validation import (
    Experiment,
    Figure,
    Measurement,
    Report,
    compare_means,
    judge,
    plots,
)

SONG = Reference(
    "arXiv:2106.10744", title="M. J. Song, I. Zadik, J. Bruna, Hardness of periodic neurons"
)
GAMMA = sympy.Symbol("gamma", positive=True)
K = sympy.Symbol("K", integer=True, nonnegative=True)
J = sympy.Symbol("j", integer=True, nonnegative=True)
SQUARE = (2 * pi * GAMMA) ** 2


def low_degree_mass() -> Formula:
    """m_K as a function of γ and K."""
    terms = SQUARE ** (2 * J) / factorial(2 * J)
    mass = exp(-SQUARE) * sympy.Sum(terms, (J, 0, sympy.floor(K / 2)))
    return Formula("m", mass, args=(GAMMA, K), reference=SONG)


def from_coefficients(gamma: int, order: int) -> sympy.Expr:
    """The same from the coefficients of the activation, one by one."""
    k = sympy.Symbol("k", integer=True, nonnegative=True)
    c = coefficient(Activation(cos(2 * pi * gamma * z)), k)
    return sympy.Add(*(c.subs(k=i).expr ** 2 for i in range(order + 1)))


FREQUENCY = sympy.Rational(1, 2)
ORDER = 8


def projections(quick: bool) -> Report:
    """Monte Carlo estimates of the coefficients at a low frequency, where they can be seen."""
    replicas, samples = (200, 2000) if quick else (1000, 4000)
    neuron = Activation(cos(2 * pi * FREQUENCY * z))
    exact = np.array([float(c) for c in coefficients(neuron, ORDER)])
    generator = np.random.default_rng(0)
    points = generator.standard_normal((replicas, samples))
    estimates = np.mean(neuron(points) * evaluate(ORDER, points), axis=2).T
    wrong = np.array([float(c) for c in coefficients(Activation(cos(3 * z)), ORDER)])
    comparisons = [
        compare_means(f"c_0 … c_{ORDER} at γ = 1/2", estimates, exact),
        compare_means("γ = 0.477 instead", estimates, wrong, mutant=True),
    ]

    measured = [Measurement.of(column) for column in estimates.T]

    def draw(axes):
        degrees = np.arange(ORDER + 1)
        plots.profile(axes, degrees, exact, measured, "degree $k$", "coefficient $c_k$")

    return Report(judge(comparisons), (Figure("periodic neuron, γ = 1/2", draw),))


MASS = low_degree_mass()

THEORY = Theory(
    title="Hardness of the periodic neuron",
    reference=SONG,
    statement=__doc__,
    formulas=(MASS,),
    cases=(
        *(
            Case(
                formula=MASS,
                params={"gamma": gamma, "K": order},
                expected=from_coefficients(gamma, order),
                source="the Hermite coefficients of the activation, squared and added",
            )
            for gamma, order in ((1, 4), (2, 16), (3, 6))
        ),
        Case(
            formula=MASS,
            params={"gamma": 1, "K": 4},
            expected="7.29968434799032222831989878e-13",
            source="the sum in extended precision",
        ),
    ),
    claims=(
        (
            Claim(
                MASS.expr <= exp(-SQUARE) * (exp(1) * SQUARE / K) ** K,
                assumptions=(K < SQUARE) & (K > 0),
                name="m_K ≤ e^{−a²}(e a²/K)^K",
                reference=SONG,
                sharpness="upper",
            ),
            tuple({"gamma": g, "K": k} for g, k in ((1, 2), (1, 30), (2, 100), ("1/3", 4))),
        ),
    ),
    experiments=(
        Experiment("projections", "averages of the neuron times Hermite polynomials", projections),
    ),
)
