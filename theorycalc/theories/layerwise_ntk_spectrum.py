"""Layers in the spectrum of the tangent kernel: who learns the high frequencies.

Setting
-------
A bias-free ReLU network with L hidden layers, normalised (σ_w = 1 on inputs with |x|² = d, √2 after
that), on the sphere of R^d. The parameters of layer l add Θ_l = ρ_l Π_{m=l}^{L} κ₀(ρ_m) to the
tangent kernel, where ρ_1 = ρ, ρ_{m+1} = κ₁(ρ_m) and κ₀, κ₁ are the arc-cosine kernels; l = L+1 is
the readout. Their eigenvalues on harmonics of degree k are μ_k^{(l)}, those of Θ are μ_k.

References
----------
A. Bietti, F. Bach, "Deep equals shallow for ReLU networks in kernel regimes", ICLR 2021,
arXiv:2009.14397. A. Jacot, F. Gabriel, C. Hongler, NeurIPS 2018, arXiv:1806.07572.
"""

import sympy
from sympy import Abs, Rational, pi, sqrt

import theorycalc as tc
from theorycalc.theories.experiments import layerwise_ntk_spectrum as simulations

TITLE = "Layers in the spectrum of the tangent kernel"
PAPER = tc.Paper("arXiv:2009.14397", "A. Bietti, F. Bach", TITLE, __doc__)
D, K = sympy.symbols("d k", integer=True, positive=True)
RHO, T, X = sympy.Symbol("rho", real=True), sympy.Symbol("t", real=True), sympy.Symbol("x")
DEPTH = 3  # L of most that is checked
NETWORK, LAYERS = tc.kernels.mlp(DEPTH), range(1, DEPTH + 2)
STEP, RAMP = (tc.kernels.arc_cosine(p).expr for p in (0, 1))
PATH = [RHO]  # ρ_1, …, ρ_4
for _ in range(3):
    PATH.append(RAMP.xreplace({RHO: PATH[-1]}))
SLOPES = [STEP.xreplace({RHO: rho}) for rho in PATH]  # κ₀(ρ_m)


def antipode(depth: int) -> tc.Formula:
    """c_L."""
    return tc.Formula(f"c_{depth}", sympy.Mul(*SLOPES[1:depth]).xreplace({RHO: sympy.Integer(-1)}))


def limit(layer: int, depth: int) -> tc.Formula:
    """The share of a layer at high degrees k; it depends on their parity."""
    sign = (-1) ** K * antipode(depth).expr
    own = depth + 1 - layer + (sign if layer == 1 else 0)
    share = own / (Rational(depth * (depth + 1), 2) + sign)
    return tc.Formula(f"s_{layer}", share, args=(K,))


one = PAPER.states(
    "exact",
    "Θ = Σ_l Θ_l, so that μ_k = Σ_l μ_k^{(l)}, and a network that trains only layer l is kernel "
    "gradient flow with Θ_l in the limit of infinite width (Jacot et al., Theorem 2).",
)
one.shows(NETWORK.layer_ntk(1), NETWORK.layer_ntk(3))
ADDED = sum(NETWORK.layer_ntk(i).expr for i in LAYERS)
SUM = tc.Formula("sum of layers", ADDED, domain=NETWORK.ntk.domain)
one.equals(SUM, NETWORK.ntk, "Θ, its recursion", rho="-0.7")
for i in LAYERS:
    product = PATH[i - 1] * sympy.Mul(*SLOPES[i - 1 : DEPTH])
    one.equals(NETWORK.layer_ntk(i), product, "the product of arc-cosine kernels", rho="0.3")
KERNELS = "tangent kernels of random networks by layer"
TRAINED = "one layer trained on 24 points of the sphere in R⁶, 12 held out"
one.experiment(KERNELS, quick=(256, 60, 3), full=(1024, 100, 5))(simulations.initialisation)
one.experiment(TRAINED, quick=(192, 50, 8), full=(512, 60, 24))(simulations.one_layer_trained)

two = PAPER.states(
    "exact",
    "Near ρ = 1 the term (1−ρ)^{1/2} of Θ_l has the coefficient −(√2/π)(L+1−l); near ρ = −1 only "
    "Θ_1 has one, −(√2/π) c_L (1+ρ)^{1/2}, with the antipodal constant c_L = Π_{m=2}^{L} κ₀(ρ_m), "
    "ρ_1 = −1: c_1 = 1, c_2 = 1/2, c_3 = (π − arccos(1/π))/(2π).",
)
for depth, number in ((3, "0.30155762421360043263"), (4, "0.20034502081802395795")):
    two.equals(antipode(depth), number, "extended precision")
two.equals(antipode(3), (pi - sympy.acos(1 / pi)) / (2 * pi), "ρ_2 = 0, ρ_3 = 1/π")
for i in LAYERS:
    theta = NETWORK.layer_ntk(i).expr
    for end, factor in ((1, DEPTH + 1 - i), (-1, antipode(DEPTH).expr if i == 1 else 0)):
        change = (theta.xreplace({RHO: end - end * X}) - theta.xreplace({RHO: end})) / sqrt(X)
        rest = Abs(change + sqrt(2) / pi * factor, evaluate=False)
        name = f"Θ_{i} at ρ = {end}: coefficient of √x, x = 1 − |ρ|, within 3√x"
        two.holds(rest <= 3 * sqrt(X), name, {"x": "1e-4"}, {"x": "1e-8"})

three = PAPER.states(
    "limit",
    "By 2 and Darboux's method, for k → ∞ through even or odd degrees, in every dimension d and "
    "for L ≥ 2, μ_k^{(l)}/μ_k → [L+1−l + 1_{l=1}(−1)^k c_L]/[L(L+1)/2 + (−1)^k c_L]. The naive "
    "ratio μ_k^{(l)}/μ_k^{(1)} = (L+1−l)/L forgets the antipode and is wrong by the factor "
    "1 + (−1)^k c_L/L for l ≥ 2. The parity effect fades with the depth, because c_L → 0.",
    where="Theorem 1",
)
SCALE = tc.Formula("epsilon", D / ((K - Rational(3, 2)) * (K + D - Rational(1, 2))), args=(D, K))
three.shows(limit(1, 3), limit(2, 3))
FIRST, SECOND, LAST = (
    tc.sphere.funk_hecke(tc.kernels.mlp(2).layer_ntk(i), D, K).expr for i in (1, 2, 3)
)
HIGH = ({"d": 3, "k": 79}, {"d": 3, "k": 80})
off = Abs(SECOND / FIRST - limit(2, 2).expr / limit(1, 2).expr)
three.holds(off <= SCALE.expr, "L = 2: μ of layer 2 : layer 1, limit ± ε_k", *HIGH)
naive = (-1) ** K * (Rational(1, 2) - SECOND / FIRST)
three.holds(naive > Rational(1, 11), "L = 2: naive ratio off by 1/11", *HIGH)

QUICK, FULL = ((3, 3),), ((3, 3), (3, 2), (3, 4), (10, 3))  # d and L
COMPUTED, GIVEN = "computed spectra of the layers, up to k = 80", {"limit": limit, "scale": SCALE}
three.experiment(COMPUTED, quick=QUICK, full=FULL, **GIVEN)(simulations.high_degrees)

four = PAPER.states(
    "asymptotic",
    "The distance to the limit is O(ε_k), ε_k = d/((k−3/2)(k+d−1/2)); the readout has "
    "μ_k^{(L+1)}/μ_k^{(1)} = ε_k (1 + O(k^{−2})) for all L and both parities: the singularities "
    "of Θ_1 and of the readout, (1 ∓ ρ)^{1/2} and (1 ∓ ρ)^{3/2}, have the same factors L and c_L.",
)
four.shows(SCALE)
ROOT, CUBE = (tc.sphere.funk_hecke((1 - T) ** Rational(n, 2), D, K).expr for n in (1, 3))
CORNERS = -Rational(2, 3) * CUBE / ROOT
four.equals(SCALE, CORNERS, "eigenvalues of (1 − t)^{3/2} and (1 − t)^{1/2}", d=7, k=12)
readout = Abs(LAST / FIRST / SCALE.expr - 1)
name = "L = 2: readout : layer 1, ε_k ± 3ε_k²"
four.holds(readout <= 3 * SCALE.expr, name, {"d": 10, "k": 8})
