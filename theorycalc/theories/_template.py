"""Arc-cosine kernel: random ReLU features estimate a kernel in closed form.

Setting
-------
Inputs x, x' of norm √d with correlation ρ = x·x'/d, and m features φ(w_i·x/√d) with the ReLU φ and
standard normal w_i.

References
----------
Y. Cho, L. K. Saul, "Analysis and extension of arc-cosine kernels for large margin
classification", 2011, arXiv:1112.3712.
"""

import numpy as np
import sympy

import theorycalc as tc

PAPER = tc.Paper("arXiv:1112.3712", "Y. Cho, L. K. Saul", "Arc-cosine kernel", __doc__)
RHO, ANGLE = sympy.Symbol("rho", real=True), sympy.Symbol("alpha", real=True)
KERNEL = tc.kernels.arc_cosine(1)
# both features are positive on a wedge of directions
SLOPES = sympy.cos(ANGLE) * sympy.cos(ANGLE - sympy.acos(RHO))
WEDGE = tc.Integral(2 * SLOPES / sympy.pi, ANGLE, sympy.acos(RHO) - sympy.pi / 2, sympy.pi / 2)

one = PAPER.states(
    "exact",
    "E (2/m) Σ_i φ(w_i·x/√d) φ(w_i·x'/√d) = κ₁(ρ) = (√(1−ρ²) + ρ (π − arccos ρ))/π for every m.",
)
one.shows(KERNEL)
for rho in ("-0.9", "0.5"):
    one.equals(KERNEL, WEDGE, "an integral over a wedge in polar coordinates", rho=rho)
one.equals(KERNEL, 1, "E φ(Z)² = 1/2", rho=1)


@one.experiment("products of 16 random ReLU features", quick=4000, full=40_000)
def random_features(run):
    """Estimates of the kernel at three correlations."""
    generator = np.random.default_rng(0)
    for rho in (-0.9, 0.0, 0.5):
        u, noise = generator.standard_normal((2, run.size, 16))
        v = rho * u + (1 - rho**2) ** 0.5 * noise
        estimates = 2 * np.mean(np.maximum(u, 0) * np.maximum(v, 0), axis=1)
        run.at(rho, KERNEL.at(rho=rho), estimates, smallest=0.2)
    # a prediction that is wrong on purpose shows that the test can see an error
    run.rejects("κ₀", tc.kernels.arc_cosine(0).at(rho="1/2"))
    grid = np.linspace(-1, 1, 200)
    run.line(grid, KERNEL.lambdify())
    run.axes(r"correlation $\rho$", "kernel")


two = PAPER.states("tight", "κ₁(ρ) ≥ ρ, with equality at ρ = 1.")
two.holds(KERNEL.expr >= RHO, "κ₁(ρ) ≥ ρ", *({"rho": rho} for rho in ("-1", "0.3", "0.999999")))
two.proves(KERNEL >= RHO, "κ₁(ρ) ≥ ρ", {"rho": (-1, 1)}, contacts=[{"rho": 1}])
