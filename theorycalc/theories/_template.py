"""Arc-cosine kernel: random ReLU features estimate a kernel in closed form.

A template: copy this file, name the copy after the theory, and replace what it states. The copy is
found by its name; it needs no test, no entry in a list and no page of its own.

Setting
-------
Inputs x, x' of norm √d with correlation ρ = x·x'/d, and m features φ(w_i·x/√d) with the ReLU φ and
standard normal w_i.

Statement
---------
1. *Exact.* E (2/m) Σ_i φ(w_i·x/√d) φ(w_i·x'/√d) = κ₁(ρ) = (√(1−ρ²) + ρ (π − arccos ρ))/π at every
   m (section 2).
2. *Tight lower bound.* κ₁(ρ) ≥ ρ, with equality at ρ = 1.

References
----------
Y. Cho, L. K. Saul, "Kernel methods for deep learning", NeurIPS 2009, arXiv:1112.3712.
"""

import numpy as np
import sympy
from sympy import cos, pi

from theorycalc.core.claims import Claim
from theorycalc.core.integration.integral import Integral
from theorycalc.core.reference import Reference
from theorycalc.kernels import arc_cosine
from theorycalc.kernels.duals.formulas import RHO
from theorycalc.theories._theory import Case, Theory
from theorycalc.validation import (
    Experiment,
    Figure,
    Measurement,
    Report,
    compare,
    judge,
)

CHO_SAUL = Reference(
    "arXiv:1112.3712", where="eq. 4", title="Y. Cho, L. K. Saul, Kernel methods for deep learning"
)

# --- formulas: what is stated ----------------------------------------------------------------

KERNEL = arc_cosine(1)

# --- independent definitions: what the cases hold it against -----------------------------------

ANGLE = sympy.Symbol("alpha", real=True)
# both features are positive on a wedge of directions
WEDGE = Integral(
    2 * cos(ANGLE) * cos(ANGLE - sympy.acos(RHO)) / pi, ANGLE, sympy.acos(RHO) - pi / 2, pi / 2
)

# --- experiments: what is simulated ------------------------------------------------------------

CORRELATIONS = (-0.9, 0.0, 0.5)


def random_features(quick: bool) -> Report:
    """Estimates of the kernel at three correlations, beside the closed form."""
    replicas, features = (4000 if quick else 40_000), 16
    generator = np.random.default_rng(0)
    theory, measurements, comparisons = KERNEL.lambdify(), [], []
    for rho in CORRELATIONS:
        u, noise = generator.standard_normal((2, replicas, features))
        v = rho * u + (1 - rho**2) ** 0.5 * noise
        estimates = 2 * np.mean(np.maximum(u, 0) * np.maximum(v, 0), axis=1)
        measurements.append(Measurement.of(estimates))
        name = f"mean at ρ = {rho}"
        comparisons.append(compare(name, theory(rho), measurements[-1], smallest=0.2))
    # a prediction that is wrong on purpose shows that the test can see an error
    comparisons.append(compare("κ₀", arc_cosine(0).at(rho="1/2"), measurements[-1], mutant=True))

    def draw(axes):
        grid = np.linspace(-1, 1, 200)
        axes.plot(grid, theory(grid), label=r"theory, $\kappa_1$")
        means, errors = zip(*((m.mean, 2 * m.standard_error) for m in measurements), strict=True)
        axes.errorbar(CORRELATIONS, means, yerr=errors, fmt="o", label="random features ± 2 s.e.")
        axes.set_xlabel(r"correlation $\rho$")
        axes.set_ylabel("kernel")
        axes.legend(frameon=False)

    return Report(judge(comparisons), (Figure("random ReLU features", draw),))


# --- the theory, under the one name that is looked for -----------------------------------------

THEORY = Theory(
    title="Arc-cosine kernel",
    reference=CHO_SAUL,
    statement=__doc__,
    formulas=(KERNEL,),
    cases=(
        *(
            Case(
                formula=KERNEL,
                params={"rho": rho},
                expected=WEDGE,
                source="its definition, an integral over a wedge in polar coordinates",
            )
            for rho in ("-0.9", "0.5")
        ),
        Case(formula=KERNEL, params={"rho": 1}, expected="1", source="E φ(Z)² = 1/2"),
    ),
    claims=(
        (
            Claim(KERNEL.expr >= RHO, name="κ₁(ρ) ≥ ρ", reference=CHO_SAUL, sharpness="tight"),
            tuple({"rho": rho} for rho in ("-1", "0.3", "0.999999")),
        ),
    ),
    experiments=(
        Experiment(
            "random features",
            "products of ReLU features at pairs of standard normal pre-activations",
            random_features,
        ),
    ),
)
