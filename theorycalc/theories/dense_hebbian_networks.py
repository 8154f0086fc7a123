"""Dense Hebbian networks that learn from examples: what they store, and how many examples it takes.

Setting
-------
K = αN^{P−1} archetypes ξ of N spins, P ≥ 3, and M examples of each, whose spins are right with
probability (1 + r)/2. Supervised: the means η = Σ_a η^a/(Mr) of examples are stored,
H = −((P−1)!/N^{P−1}) Σ_μ Σ_{i₁<…<i_P} Π η s. They have the mean ξ and the variance
ρ = (1 − r²)/(Mr²), which is fixed while N, M → ∞. m is the overlap with an archetype, n that with
its η, q that of two states; replica symmetric.

References
----------
E. Agliari, L. Albanese, F. Alemanno, A. Alessandrelli, A. Barra, F. Giannotti, D. Lotito,
D. Pedreschi, "Dense Hebbian neural networks: a replica symmetric picture of supervised learning",
Physica A 626 (2023), arXiv:2212.00606.
E. Gardner, "Multiconnected neural network models", Journal of Physics A 20 (1987),
doi:10.1088/0305-4470/20/11/046.
"""

import sympy

import theorycalc as tc
from theorycalc.core.graph import substitute
from theorycalc.inference.solving.crossing import crossing
from theorycalc.inference.solving.fixed_point import fixed_point
from theorycalc.inference.solving.line import gaussian_mean, normal_density
from theorycalc.theories.experiments import dense_hebbian_networks as simulations

AUTHORS = "E. Agliari, L. Albanese, F. Alemanno, A. Alessandrelli, A. Barra and others"
PAPER = tc.Paper("arXiv:2212.00606", AUTHORS, "Dense networks that learn from examples", __doc__)
U, RHO, P, Q, N = sympy.symbols("u rho P q n", positive=True)
Z = sympy.Symbol("z", real=True)
erf, sqrt, Rational = sympy.erf, sympy.sqrt, sympy.Rational

# T = 0: u is the field of the pattern over the spread of what the other patterns and ρ add to it
OVERLAP = tc.Formula("m", erf(U / sqrt(2)))
MEAN = OVERLAP.expr + 2 * RHO * U * normal_density(U)
LOAD = MEAN ** (2 * P - 2) * (1 / U**2 - RHO) / (1 + RHO) ** P
LOAD = tc.Formula("alpha g", LOAD, args=(U, RHO, P))
TURN = (P - 1) * sympy.diff(MEAN, U) * (1 / U**2 - RHO) - MEAN / U**3


def capacity(p: int, rho) -> tc.Formula:
    """The largest (P − 1)! α at which archetypes are retrieved, for 0 < ρ ≤ 1 or ρ = 0."""
    rho = Rational(rho)
    end = 1 / sqrt(rho) if rho else sympy.S(6)
    place = crossing(TURN.subs({P: p, RHO: rho}), U, Rational(1, 10), end)
    return tc.Formula("alpha_c g", substitute(LOAD.expr.subs({P: p, RHO: rho}), {U: place}))


def retrieved(p: int, load, rho, heat) -> tc.Formula:
    """m at (P − 1)! α = load and a temperature, on the branch that begins at 1."""
    load, rho, heat = (Rational(str(x)) for x in (load, rho, heat))
    pull = N ** (p - 1)
    spread = sqrt(rho * pull**2 + load * Q ** (p - 1) * (1 + rho) ** p)
    field = (pull + spread * Z) / heat
    m, q = (gaussian_mean(sympy.tanh(field) ** k, Z) for k in (1, 2))
    n, q = fixed_point((N, Q), (m + rho * pull * (1 - Q) / heat, q), (sympy.S.One, sympy.S.One))
    return tc.Formula("m", substitute(m, {N: n, Q: q}))


one = PAPER.states(
    "heuristic",
    "T = 0: m = erf(u/√2) at the load (P−1)! α = n^{2P−2}(1/u² − ρ)/(1 + ρ)^P, with "
    "n = m + 2ρuφ(u). Its largest value is the capacity: 0.2522 for P = 3 and perfect examples, "
    "0.1991 for ρ = 1/10.",
)
one.shows(OVERLAP, LOAD)
HOPFIELD = tc.inference.Hopfield(3)
one.equals(capacity(3, 0), 2 * HOPFIELD.capacity(), "the Hopfield network of order 3")
one.equals(capacity(3, "1/10"), "0.199130777503", "a search for the maximum")
FEWER = LOAD.expr.subs({P: 3, RHO: Rational(1, 10)}) <= Rational("0.19914")
one.proves(FEWER, "no more than 0.19914 are retrieved for ρ = 1/10", {"u": (0, sqrt(10))})
one.experiment(
    "3-spin networks of 150 spins at T = 0, 400 examples of each pattern",
    quick=24,
    full=100,
    overlap=OVERLAP,
    load=LOAD.subs(P=3),
)(simulations.retrieval)

two = PAPER.states(
    "exact",
    "Few patterns are retrieved as the majority of their examples, m = erf(1/√(2ρ)) for many: for "
    "0.9 it takes ρ = 0.37, which is (1 − r²)/(0.37 r²) examples.",
)
MAJORITY = tc.Formula("m_0", erf(1 / sqrt(2 * RHO)))
two.shows(MAJORITY)
two.equals(MAJORITY, OVERLAP.expr.subs(U, sqrt(5)), "where the load vanishes", rho="1/5")
MINORITY = tc.information.binomial_tail(25, 51, "3/5").expr  # of 51 examples with r = 1/5
GAP = sympy.Abs(1 - 2 * MINORITY - MAJORITY.subs(rho=Rational(24, 51)).expr)
CLOSE = sympy.Le(GAP, Rational(1, 51), evaluate=False)
two.holds(CLOSE, "51 examples, r = 1/5: a majority that is counted")

three = PAPER.states(
    "heuristic",
    "At a temperature T: n = m + ρn^{P−1}(1−q)/T, where m and q are the means of tanh(x/T) and its "
    "square for x = n^{P−1} + √(ρn^{2P−2} + (P−1)! α q^{P−1}(1 + ρ)^P) z.",
)
HOT = {"load": 0.05, "rho": 0.1, "heat": 0.2}
three.shows(retrieved(3, **HOT))
three.experiment("heat baths of 150 spins", quick=16, full=100, overlap=retrieved(3, **HOT), **HOT)(
    simulations.heat_bath
)
