"""Coulomb gases: cumulants from the third on know the boundary of the droplet alone.

Setting
-------
N particles in the plane with the weight Π |z_i − z_j|² e^{−N Σ|z_i|²}: the eigenvalues of a complex
Ginibre matrix with entries of variance 1/N, which fill the unit disc. L = Σ f(|z_i|) with a smooth
f, and f_j its j-th derivative at the boundary r = 1; κ_q is the q-th cumulant of L.

References
----------
B. De Bruyne, P. Le Doussal, S. N. Majumdar, G. Schehr, "Linear statistics for Coulomb gases: higher
order cumulants", J. Phys. A 57 (2024), arXiv:2310.16420.
"""

import numpy as np
import sympy

import theorycalc as tc

AUTHORS = "B. De Bruyne, P. Le Doussal, S. N. Majumdar, G. Schehr"
PAPER = tc.Paper("arXiv:2310.16420", AUTHORS, "Cumulants of Coulomb gases", __doc__)
cumulant, Rational = tc.spectra.ginibre_cumulant, sympy.Rational
R = sympy.Symbol("r", positive=True)
QUARTIC, GAUSS = R**4, sympy.exp(-(R**2))
# the same as r⁴ in value and first four derivatives at the boundary, and nowhere else
BENT = R**4 + 3 * (1 - R**2) ** 5


def at_the_boundary(f) -> dict[int, sympy.Expr]:
    """What N^{q−2} κ_q tends to by the formulas of the paper, q = 3, 4, 5."""
    one, two, three = (f.diff(R, j).subs(R, 1) for j in (1, 2, 3))
    last = 3 * one**2 + 25 * one * two + 5 * one * three + 20 * two**2
    return {3: one**3 / 8, 4: one**3 * (one + 2 * two) / 16, 5: one**3 * last / 128}


def said(f) -> str:
    """A function as one writes it."""
    return str(f).replace("**", "^").replace("*", " ")


one = PAPER.states(
    "limit",
    "N κ₃ → f₁³/8, N²κ₄ → f₁³(f₁ + 2f₂)/16, N³κ₅ → f₁³(3f₁² + 25f₁f₂ + 5f₁f₃ + 20f₂²)/128: the "
    "derivatives of f at the boundary, and nothing of the inside.",
)
one.shows(cumulant(GAUSS, 3), cumulant(GAUSS, 4))
for q in (3, 4, 5):
    for f in (QUARTIC, GAUSS, BENT):
        one.equals(cumulant(f, q), at_the_boundary(f)[q], f"the formula at r = 1, f = {said(f)}")

two = PAPER.states(
    "limit",
    "κ₁/N and κ₂ = ½ ∫₀¹ r f'(r)² dr see the inside: a function that is another one there has "
    "another variance, and the same higher cumulants.",
)
two.shows(cumulant(BENT, 2))
for f in (QUARTIC, BENT):
    variance = tc.Integral(R * f.diff(R) ** 2 / 2, R, 0, 1)
    two.equals(cumulant(f, 2), variance, f"the integral over the disc, f = {said(f)}")
LARGER = sympy.Gt(cumulant(BENT, 2).expr, 2 * cumulant(QUARTIC, 2).expr, evaluate=False)
two.holds(LARGER, "the variance of one is more than twice that of the other", {})

three = PAPER.states(
    "exact",
    "At every N the squares N|z_i|² are independent Gamma variables of shapes 1, …, N, so that "
    "κ_q is a finite sum; the limit is off by a share of order 1/N.",
    where="section 4",
)
for size in (50, 200):
    terms = (2 * k * (k + 1) * (2 * k + 3) / Rational(size) ** 4 for k in range(1, size + 1))
    three.equals(cumulant(QUARTIC, 2, N=size), sympy.Add(*terms), "Σ_k Var G_k²/N⁴")
for q, limit in at_the_boundary(QUARTIC).items():
    for size in (50, 800):
        scaled = cumulant(QUARTIC, q, N=size).expr * sympy.Integer(size) ** (q - 2)
        off = size * (scaled / limit - 1)
        three.holds(sympy.Gt(off, 6, evaluate=False), f"κ_{q}, N = {size}: off by 6/N", {})
        three.holds(
            sympy.Lt(off, 20, evaluate=False), f"κ_{q}, N = {size}: by no more than 20/N", {}
        )


SQUARE = R**2
# a bump that is gone outside: powers of a statistic that grows there have too heavy tails
BUMP = SQUARE + 3 * (1 - R**2) ** 5 * sympy.exp(-4 * R**2)


@three.experiment("eigenvalues of Ginibre matrices, N = 6", quick=4000, full=40_000)
def eigenvalues(run):
    """Variances and third cumulants of r², and of what differs from it inside."""
    generator, size = np.random.default_rng(0), 6
    x, y = generator.standard_normal((2, run.size, size, size))
    radius = np.abs(np.linalg.eigvals((x + 1j * y) / (2 * size) ** 0.5))
    for f, name in ((SQUARE, "r²"), (BUMP, "r² and a bump inside")):
        mean, variance, third = (cumulant(f, q, N=size).at() for q in (1, 2, 3))
        centred = sympy.lambdify(R, f, "numpy")(radius).sum(axis=1) - float(mean)
        run.at(None, third, centred**3, name=f"third cumulant of {name}", smallest=1)
        run.rejects("none, as of a Gaussian", 0.0)
        run.at(None, variance, centred**2, name=f"variance of {name}", smallest=0.3)
    run.rejects("that of r²", cumulant(SQUARE, 2, N=size).at())
