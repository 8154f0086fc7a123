"""Extragradient against gradient descent–ascent: spectral radii of games, and what is stable.

The seed gives a common proof for extragradient and optimistic steps. On bilinear games all methods
are linear: their factors are exact.

Setting
-------
A saddle function with F = (∂_x, −∂_y). Descent–ascent: z − ηF(z). Extragradient: z − ηF(h) with
h = z − ηF(z). Proximal: z⁺ = z − ηF(z⁺). Optimistic: z⁺ = z − 2ηF(z) + ηF(z⁻). Bilinear games have
F(z) = sJz with the rotation J; x = ηs.

References
----------
A. Mokhtari, A. Ozdaglar, S. Pattathil, "A unified analysis of extra-gradient and optimistic
gradient methods for saddle point problems: proximal point approach", AISTATS 2020,
arXiv:1901.08511.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "A. Mokhtari, A. Ozdaglar, S. Pattathil"
PAPER = tc.Paper("arXiv:1901.08511", AUTHORS, "Extragradient", __doc__)
X, MU, L = sympy.symbols("x mu L", positive=True)
sqrt, Rational = sympy.sqrt, sympy.Rational
J = sympy.Matrix([[0, 1], [-1, 0]])
ONE = sympy.eye(2)

one = PAPER.states(
    "exact",
    "Spectral radii on bilinear games: descent–ascent √(1 + x²), which diverges for every step; "
    "extragradient √(1 − x² + x⁴), < 1 iff x < 1 and least, √3/2, at x = 1/√2; proximal "
    "1/√(1 + x²).",
)
DESCENT = tc.Formula("rho_GDA", sqrt(1 + X**2))
EXTRA = tc.Formula("rho_EG", sqrt(1 - X**2 + X**4))
PROXIMAL = tc.Formula("rho_PP", 1 / sqrt(1 + X**2))
STEPS = {DESCENT: ONE - X * J, EXTRA: ONE - X * J * (ONE - X * J), PROXIMAL: (ONE + X * J).inv()}
one.shows(*STEPS)
for formula, step in STEPS.items():
    # a step is a rotation times its factor, whose square is the determinant
    one.equals(formula, sqrt(step.det()), "the determinant of a step", x="3/10")
one.equals(EXTRA, sqrt(3) / 2, "the best step", x=1 / sqrt(2))
BEST, INSIDE = {"x": 1 / sqrt(2)}, {"x": sympy.Interval.open(0, 1)}
one.proves(sqrt(3) / 2 <= EXTRA, "no step is better", {"x": (0, "oo")}, contacts=[BEST])
one.proves([DESCENT > 1, PROXIMAL < 1], "stable and not", {"x": sympy.Interval.open(0, sympy.oo)})
one.proves(EXTRA < 1, "stable for x < 1", INSIDE)

two = PAPER.states(
    "exact",
    "Optimistic steps: the largest root of r² − (1 − 2ix)r − ix, < 1 iff x < 1/√3, where a root is "
    "on the unit circle.",
)
ROOT = sqrt((1 - 2 * X * sympy.I) ** 2 + 4 * X * sympy.I)  # = √(1 − 4x²): real for x ≤ 1/2
LARGER = sqrt((1 + sqrt(1 - 4 * X**2)) ** 2 / 4 + X**2)
OPTIMISTIC = tc.Formula("rho_OG", LARGER, domain=Rational(1, 2) >= X)
two.shows(OPTIMISTIC)
two.equals(tc.Formula("D", 1 - 4 * X**2), sympy.expand(ROOT**2), "the discriminant", x="1/3")
BLOCK = np.array([[1 - 0.6j, 0.3j], [1, 0]])  # of (z, z⁻) at x = 3/10
RADIUS = f"{max(abs(np.linalg.eigvals(BLOCK))):.10f}"
two.equals(OPTIMISTIC, RADIUS, "an eigenvalue of the step on (z, z⁻), in doubles", x="3/10")
two.proves(OPTIMISTIC <= 1, "stable up to x = 1/2", {"x": (0, "1/2")}, contacts=[{"x": 0}])

three = PAPER.states(
    "upper",
    "F monotone and L-Lipschitz, η < 1/L: Σ_t ‖F(z_t)‖² ≤ ‖z_0 − z*‖²/(η²(1 − η²L²)) for "
    "extragradient; μ-strongly monotone, descent with η = μ/L²: ‖z‖² falls by 1 − μ²/L².",
)
SUM = X**2 / (1 - EXTRA.expr**2)  # Σ‖F‖² η²/‖z_0‖² on a bilinear game, s = L
three.shows(tc.Formula("S", SUM))
three.equals(tc.Formula("S", SUM), 1 / (1 - X**2), "attained on a bilinear game", x="1/2")
# F = μz + sJz with L² = μ² + s²: the factor of a step is (1 − ημ)² + η²s²
FACTOR = (1 - MU * MU / L**2) ** 2 + (MU / L**2) ** 2 * (L**2 - MU**2)
three.equals(tc.Formula("q", FACTOR), 1 - MU**2 / L**2, "one step, in closed form", mu=1, L=3)
three.proves(1 / (1 - X**2) >= 1 + X**2, "the sum is at least its first two orders", INSIDE)


@three.experiment("random monotone affine games in ten dimensions", quick=200, full=2000)
def games(run):
    """Sums of squares along extragradient, over their bounds, and steps that diverge."""
    generator, ratios, growth = np.random.default_rng(0), [], []
    for _ in range(run.size):
        skew, half = generator.standard_normal((2, 10, 10))
        matrix = skew - skew.T + 0.02 * half @ half.T
        size = np.linalg.norm(matrix, 2)
        eta, z, total = 0.9 / size, generator.standard_normal(10), 0.0
        start = z @ z
        for _ in range(200):
            total += np.sum((matrix @ z) ** 2)
            z = z - eta * matrix @ (z - eta * matrix @ z)
        ratios.append(total * eta**2 * (1 - 0.81) / start)
        pure = (skew - skew.T) / np.linalg.norm(skew - skew.T, 2)
        growth.append(max(abs(np.linalg.eigvals(np.eye(10) - 0.5 * pure))))
    run.at(None, 1.0, max(ratios), error=1e-9, name="largest sum over its bound", at_most=True)
    run.at(None, DESCENT.at(x="1/2"), max(growth), error=1e-9, name="descent–ascent diverges")
    run.rejects("extragradient", EXTRA.at(x="1/2"))
    x = np.linspace(0.01, 1.2, 60)
    for formula, name in zip(STEPS, ("descent–ascent", "extragradient", "proximal"), strict=True):
        run.line(x, formula.lambdify(), name)
    run.axes("step times singular value", "spectral radius")
