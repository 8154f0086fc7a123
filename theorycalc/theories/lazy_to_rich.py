"""From lazy to rich training: the scale of the output decides whether features are learned.

Setting
-------
A model αh with h = 0 at the start is trained on squared losses with a rate η/α². Diagonal network:
f(x) = Σ_i (u_i² − v_i²) x_i with u = v = a at the start, where a² has the part of the scale; the
gradient flow of ½ Σ_j (f(x_j) − y_j)² on n examples of dimension d > n, β = u² − v².

References
----------
L. Chizat, E. Oyallon, F. Bach, "On lazy training in differentiable programming", NeurIPS 2019,
arXiv:1812.07956.
B. Woodworth, S. Gunasekar, et al., "Kernel and rich regimes in overparametrized models", COLT 2020,
arXiv:2002.09277.
"""

import sympy

import theorycalc as tc
from theorycalc.theories.experiments import lazy_to_rich as simulations

AUTHORS = "L. Chizat, E. Oyallon, F. Bach"
PAPER = tc.Paper("arXiv:1812.07956", AUTHORS, "From lazy to rich training", __doc__)
A, X = sympy.symbols("a x", positive=True)
Z, B = sympy.symbols("z beta", real=True)
sqrt = sympy.sqrt

one = PAPER.states(
    "exact",
    "Diagonal network: with z = −X'∫(f − y)dt, β = 2a² sinh 4z at all times, uv = a² is kept, and "
    "the tangent kernel is 4X diag(√(β² + 4a⁴)) X'. The end is the interpolation with the least "
    "Σ a² q(β_i/a²), q(x) = 2 − √(4 + x²) + x arsinh(x/2).",
    where="Theorem 1 of Woodworth et al.",
)
U, V = A * sympy.exp(2 * Z), A * sympy.exp(-2 * Z)
WEIGHT = tc.Formula("beta", 2 * A**2 * sympy.sinh(4 * Z), args=(A, Z))
Q = tc.Formula("q", 2 - sqrt(4 + X**2) + X * sympy.asinh(X / 2))
METRIC = tc.Formula("g", 4 * sqrt(B**2 + 4 * A**4), args=(A, B))
one.shows(WEIGHT, METRIC, Q)
AT = {A: sympy.Rational(1, 3), Z: sympy.Rational(2, 5)}
GIVEN = {x.name: value for x, value in AT.items()}
one.equals(WEIGHT, (U**2 - V**2).subs(AT), "u' = 2uz', v' = −2vz'", **GIVEN)
GAINED = tc.Formula("g", METRIC.expr.subs(B, WEIGHT.expr), args=(A, Z))
one.equals(GAINED, 4 * (U**2 + V**2).subs(AT), "|∂f/∂u|² + |∂f/∂v|²", **GIVEN)
# of the least q, X'λ is the slope: asinh(β/2a²) = 4z
SLOPE = tc.Formula("q'", Q.expr.diff(X).subs(X, WEIGHT.expr / A**2), args=(A, Z))
one.equals(SLOPE, 4 * AT[Z], "a multiplier for Xβ = y", **GIVEN)
one.experiment(
    "sparse regression, n = 20 and d = 40, trained from five scales",
    quick=4,
    full=60,
)(simulations.diagonal)

two = PAPER.states(
    "tight",
    "q(x) ≤ x²/4, and q(x)/x² → 1/4 for small x: from large a, the least norm, a kernel. For large "
    "x, q(x)/x − log x → −1: from small a, the least Σ|β_i|, which finds sparse β.",
)
two.proves(Q <= X**2 / 4, "q(x) ≤ x²/4", {"x": (0, "oo")})
two.equals(tc.Formula("q/x^2", Q.expr / X**2), "0.2500", "the limit for small x", x="1e-3")
two.equals(tc.Formula("q/x", Q.expr / X - sympy.log(X)), "-1.0000", "for large x", x="1e6")

three = PAPER.states(
    "asymptotic",
    "Networks whose neurons come in pairs of opposite signs: αh after k steps is what its tangent "
    "kernel at the start predicts, up to α^{−2}; without pairs the difference is of order 1/α. The "
    "alignment y'Θy/(‖Θ‖|y|²) of the kernel stays for large α, and grows for small ones.",
    where="Theorem 2.3",
)
three.experiment(
    "tanh networks with 256 neurons on 24 points of the sphere, scales from 1/4 to 64",
    quick=12,
    full=60,
)(simulations.scales)
