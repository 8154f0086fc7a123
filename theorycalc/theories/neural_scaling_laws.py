"""Neural scaling laws: data and features limit the error in the same way, with the same exponent.

Setting
-------
Least squares on P random features of n samples. Inputs have independent coordinates of variance
λ_i, the target has independent weights of variance 1 along them, so that it has the powers
v_i² = λ_i; a feature is a random projection. Below as many features as samples the solution is
unique, above it is the one of least norm. For a kernel P is infinite.

References
----------
Y. Bahri, E. Dyer, J. Kaplan, J. Lee, U. Sharma, "Explaining neural scaling laws", PNAS 121 (2024),
arXiv:2102.06701.
"""

import sympy

import theorycalc as tc
from theorycalc.theories.experiments import neural_scaling_laws as simulations

AUTHORS = "Y. Bahri, E. Dyer, J. Kaplan, J. Lee, U. Sharma"
PAPER = tc.Paper("arXiv:2102.06701", AUTHORS, "Neural scaling laws", __doc__)
LESS, MORE, GAMMA = sympy.symbols("n P gamma", positive=True)
THETA = sympy.Symbol("theta", real=True)
# eigenvalues i^{−2} in octaves: 4^{−j} in 2^j directions, 511 in all
OCTAVES = {sympy.Rational(1, 4**j): 2**j for j in range(simulations.OCTAVES)}
KERNEL = tc.learning_curves.kernel(OCTAVES, {t: m * t for t, m in OCTAVES.items()})
KAPPA = KERNEL.kappa.expr
LAW = tc.learning_curves.power_law(2, 2)
BOTH = tc.Formula("R", LESS * KAPPA / (1 - LESS / MORE), args=(LESS, MORE), domain=LESS < MORE)

one = PAPER.states(
    "limit",
    "Limited by resolution: for λ_i = v_i² = i^{−1−α} a kernel has an error of order n^{−α} with n "
    "samples. Before the limit the error is nκ, where n = Σ λ_i/(λ_i + κ).",
    where="section 2",
)
one.shows(LAW.exponent, LAW.error_constant)
one.equals(LAW.exponent, 1, "α = 1 for eigenvalues i^{−2}")
HALF = tc.Integral(sympy.sin(THETA) ** 2 * sympy.pi, THETA, 0, sympy.pi / 2)
one.equals(LAW.error_constant, HALF, "E₀C^{1/2} ∫ x²/(1 + x²)² dx with x = tan θ")
for n in (5, 40):
    one.equals(KERNEL.test, n * KAPPA.subs(LESS, n), "nκ", n=n)
one.experiment(
    "the tangent kernel of two hidden layers on handwritten digits",
    quick=14,
    full=60,
)(simulations.digits)

two = PAPER.states(
    "exact",
    "Duality: what P features of infinitely many samples miss, Σ λ_iγ/(λ_i + γ) with "
    "P = Σ λ_i/(λ_i + γ), is what a kernel misses with n = P samples.",
)
MISSED = sympy.Add(*(m * t * GAMMA / (t + GAMMA) for t, m in OCTAVES.items()))
for n in (5, 40):
    at = KAPPA.subs(LESS, n)
    two.equals(KERNEL.test, MISSED.subs(GAMMA, at), "the error of P features", n=n)

three = PAPER.states(
    "limit",
    "Limited by variance: with m the smaller one of n and P and M the larger one, the error is "
    "mκ(m)/(1 − m/M), whichever is which: it approaches its limit like 1/M, with a pole at n = P.",
)
three.shows(BOTH)
three.holds(
    BOTH.expr > LESS * KAPPA,
    "more of the other is better",
    *({"n": n, "P": p} for n, p in ((5, 6), (5, 500), (40, 41))),
)
three.experiment(
    "least squares on random features of 511 directions, both sides of n = P",
    quick=20,
    full=300,
    formula=BOTH,
)(simulations.features)
