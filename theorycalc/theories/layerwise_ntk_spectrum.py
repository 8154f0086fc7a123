"""Layers in the spectrum of the tangent kernel: who learns the high frequencies.

Setting
-------
A bias-free ReLU network with L hidden layers, normalised (σ_w = 1 on inputs with |x|² = d, √2 after
that), on the sphere of R^d. The parameters of layer l add Θ_l = ρ_l Π_{m=l}^{L} κ₀(ρ_m) to the
tangent kernel, where ρ_1 = ρ, ρ_{m+1} = κ₁(ρ_m) and κ₀, κ₁ are the arc-cosine kernels; l = L+1 is
the readout. Their eigenvalues on harmonics of degree k are μ_k^{(l)}, those of Θ are μ_k.

Statement
---------
1. *Exact.* Θ = Σ_l Θ_l, so that μ_k = Σ_l μ_k^{(l)}, and a network that trains only layer l is
   kernel gradient flow with Θ_l in the limit of infinite width (Jacot et al., Theorem 2).
2. *Exact.* Near ρ = 1 the term (1−ρ)^{1/2} of Θ_l has the coefficient −(√2/π)(L+1−l); near ρ = −1
   only Θ_1 has one, −(√2/π) c_L (1+ρ)^{1/2}, with the antipodal constant
   c_L = Π_{m=2}^{L} κ₀(ρ_m), ρ_1 = −1: c_1 = 1, c_2 = 1/2, c_3 = (π − arccos(1/π))/(2π).
3. *Limit.* By 2 and Darboux's method (Bietti and Bach, Theorem 1), for k → ∞ through even or odd
   degrees, in every dimension d and for L ≥ 2,
   μ_k^{(l)}/μ_k → [L+1−l + 1_{l=1}(−1)^k c_L]/[L(L+1)/2 + (−1)^k c_L].
   The naive ratio μ_k^{(l)}/μ_k^{(1)} = (L+1−l)/L forgets the antipode and is wrong by the factor
   1 + (−1)^k c_L/L for l ≥ 2. The parity effect fades with the depth, because c_L → 0.
4. *Asymptotic.* The distance to the limit is O(ε_k), ε_k = d/((k−3/2)(k+d−1/2)); the readout has
   μ_k^{(L+1)}/μ_k^{(1)} = ε_k (1 + O(k^{−2})) for all L and both parities: the singularities of Θ_1
   and of the readout, (1 ∓ ρ)^{1/2} and (1 ∓ ρ)^{3/2}, have the same factors L and c_L.

References
----------
A. Bietti, F. Bach, "Deep equals shallow for ReLU networks in kernel regimes", ICLR 2021,
arXiv:2009.14397. A. Jacot, F. Gabriel, C. Hongler, NeurIPS 2018, arXiv:1806.07572.
"""

from functools import partial
from math import prod

import numpy as np
import sympy
from numpy.polynomial.legendre import leggauss, legvander
from sympy import Abs, Integer, Rational, sqrt

from theorycalc import sphere
from theorycalc.core.claims import Claim
from theorycalc.core.formula import Formula
from theorycalc.core.reference import Reference
from theorycalc.kernels import arc_cosine, mlp
from theorycalc.kernels.duals.formulas import CORRELATION, RHO
from theorycalc.kernels.predict import gradient_flow
from theorycalc.networks import Parameters, tangent_kernel
from theorycalc.networks import mlp as finite_mlp
from theorycalc.theories._theory import Case, Theory
from theorycalc.validation import (
    Experiment,
    Figure,
    Measurement,
    Report,
    compare,
    compare_means,
    judge,
    plots,
    sphere_points,
)

BIETTI = Reference(
    "arXiv:2009.14397", where="Theorem 1", title="A. Bietti, F. Bach, Deep equals shallow"
)

# --- formulas -------------------------------------------------------------------------------

D, K = sympy.symbols("d k", integer=True, positive=True)
DEPTH = 3  # L of most that is checked
NETWORK, LAYERS = mlp(DEPTH), range(1, DEPTH + 2)
STEP, RAMP = (arc_cosine(p).expr for p in (0, 1))


def path(rho: sympy.Expr, depth: int) -> list[sympy.Expr]:
    """ρ_1, …, ρ_{L+1}."""
    correlations = [rho]
    for _ in range(depth):
        correlations.append(RAMP.xreplace({RHO: correlations[-1]}))
    return correlations


def slopes(correlations) -> sympy.Expr:
    """Π κ₀(ρ_m)."""
    return prod((STEP.xreplace({RHO: rho}) for rho in correlations), start=Integer(1))


def product(layer: int, depth: int) -> sympy.Expr:
    """ρ_l Π_{m=l}^{L} κ₀(ρ_m)."""
    correlations = path(RHO, depth)
    return correlations[layer - 1] * slopes(correlations[layer - 1 : depth])


def antipode(depth: int) -> Formula:
    """c_L."""
    constant = slopes(path(Integer(-1), depth)[1:depth])
    return Formula(f"c_{depth}", constant, reference=BIETTI)


def limit(layer: int, depth: int) -> Formula:
    """The share of a layer at high degrees k; it depends on their parity."""
    sign = (-1) ** K * antipode(depth).expr
    own = depth + 1 - layer + (sign if layer == 1 else 0)
    share = own / (Rational(depth * (depth + 1), 2) + sign)
    return Formula(f"s_{layer}", share, args=(K,), reference=BIETTI)


SCALE = Formula("epsilon", D / ((K - Rational(3, 2)) * (K + D - Rational(1, 2))), args=(D, K))

# --- independent definitions, and relations ----------------------------------------------------

SUM = Formula("sum of layers", sum(NETWORK.layer_ntk(i).expr for i in LAYERS), domain=CORRELATION)
T = sympy.Symbol("t", real=True)
CORNERS = [sphere.funk_hecke((1 - T) ** Rational(n, 2), D, K).expr for n in (1, 3)]
# at d = 10, k = 20, by quadrature with the Gegenbauer polynomial in extended precision
SHARES = (0.51313221042848, 0.31510844719817, 0.16262167248318, 0.00913766989017)

SIGN, BOUND = (-1) ** K, SCALE.expr
FIRST, SECOND, LAST = (sphere.funk_hecke(mlp(2).layer_ntk(i), D, K).expr for i in (1, 2, 3))
RATIO = limit(2, 2).expr / limit(1, 2).expr
HIGH, LOW = ({"d": 3, "k": 79}, {"d": 3, "k": 80}), ({"d": 10, "k": 8},)
RELATIONS = (
    (Abs(SECOND / FIRST - RATIO) <= BOUND, "L = 2: μ of layer 2 : layer 1, limit ± ε_k", HIGH),
    (
        SIGN * (Rational(1, 2) - SECOND / FIRST) > Rational(1, 11),
        "L = 2: naive ratio off by 1/11",
        HIGH,
    ),
    (Abs(LAST / FIRST / BOUND - 1) <= 3 * BOUND, "L = 2: readout : layer 1, ε_k ± 3ε_k²", LOW),
)

# --- experiments ------------------------------------------------------------------------------

ROUNDING = 1e-12  # of computed shares
SIGMA = (1, *[sqrt(2)] * DEPTH)  # of finite networks, as in the limit


def shares(d: int, depth: int, highest: int) -> np.ndarray:
    """μ_k^{(l)}/μ_k, of shape (layers, degrees)."""
    network = mlp(depth)
    spectra = [network.spectrum(d, highest, layer=i) for i in range(1, depth + 2)]
    parts = np.array([[float(value) for value in values] for values in spectra])
    return parts / parts.sum(axis=0)


def high_degrees(quick: bool) -> Report:
    """Computed spectra of the layers against the limit, within ε_k, and against the naive rule."""
    comparisons, drawn, degrees = [], None, np.arange(81)
    for d, depth in ((3, DEPTH),) if quick else ((3, DEPTH), (3, 2), (3, 4), (10, DEPTH)):
        found = shares(d, depth, 80)
        drawn = found if drawn is None else drawn
        for k in (79, 80):
            scale, name = float(SCALE.at(d=d, k=k)), f"d = {d}, L = {depth}, k = {k}"
            layers = [Measurement(share, ROUNDING, None) for share in found[:, k]]
            for i, seen in enumerate(layers[:-1], start=1):
                predicted = limit(i, depth).at(k=k)
                comparisons.append(compare(f"{name}: layer {i}", predicted, seen, bias=scale))
            last = scale * layers[0].mean
            name = f"{name}: readout"
            comparisons.append(compare(name, last, layers[-1], bias=3 * scale * last))
            naive = layers[0].mean * (1 - 1 / depth)
            name = f"L = {depth}, k = {k}: naive rule"
            comparisons.append(compare(name, naive, layers[1], bias=scale, mutant=True))
    for i, (share, value) in enumerate(zip(SHARES, shares(10, DEPTH, 20)[:, 20], strict=True)):
        seen = Measurement(value, ROUNDING, None)
        comparisons.append(compare(f"d = 10, k = 20: layer {i + 1}", share, seen))

    def draw(axes):
        for i, values in enumerate(drawn):
            axes.plot(degrees, values, "o", markersize=3, color=f"C{i}", label=f"layer {i + 1}")
            for k, style in ((79, "--"), (80, "-")):
                axes.axhline(float(limit(i + 1, DEPTH).at(k=k)), ls=style, color=f"C{i}", lw=1)
        axes.set_xlabel("degree $k$ (lines: limits, solid for even $k$, dashed for odd)")
        axes.set_ylabel(r"share $\mu_k^{(l)}/\mu_k$")
        axes.legend(frameon=False, ncols=2, loc=(0.35, 0.1))

    return Report(judge(comparisons), (Figure(f"layers of a spectrum, d = 3, L = {DEPTH}", draw),))


def initialisation(quick: bool) -> Report:
    """Tangent kernels of finite networks layer by layer, and their eigenvalues."""
    width, replicas, highest = (256, 60, 3) if quick else (1024, 100, 5)
    nodes, weights = leggauss(16)
    angles = (nodes + 1) * np.pi / 2  # in which the kernels are analytic
    x = np.sqrt(3) * np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)
    pole, network = np.sqrt(3) * np.eye(1, 3), finite_mlp(3, width, DEPTH, sigma_w=SIGMA)
    starts = (network.init([(3, width, r)]) for r in range(replicas))
    kernels = np.array(
        [[tangent_kernel(network, p, pole, x, layer=i)[0, 0] for i in LAYERS] for p in starts]
    )
    limits = np.array([NETWORK.layer_ntk(i).lambdify()(np.cos(angles)) for i in LAYERS])
    harmonics = legvander(np.cos(angles), highest) * (weights * np.sin(angles))[:, None]
    spectra, predicted = kernels @ harmonics, limits @ harmonics
    few, equal = slice(0, None, 3), np.full(len(LAYERS), 1 / len(LAYERS))

    def compare_shares(name, k, share, mutant=False):
        # what is left of each layer's part in the same network when its share is taken off
        rest = spectra[..., k] - share * spectra[..., k].sum(axis=1, keepdims=True)
        return compare_means(name, rest[:, :-1], smallest=1, mutant=mutant)

    comparisons = [
        *(
            compare_means(f"E Θ_{i}", kernels[:, i - 1, few], limits[i - 1, few], smallest=1)
            for i in LAYERS
        ),
        *(
            compare_shares(f"shares at k = {k}", k, predicted[:, k] / predicted[:, k].sum())
            for k in range(highest + 1)
        ),
        compare_shares("equal shares at k = 0", 0, equal, mutant=True),
    ]

    def draw(axes):
        for i, (line, samples) in enumerate(zip(limits, kernels.swapaxes(0, 1), strict=True)):
            seen = [Measurement.of(column) for column in samples.T]
            means, errors = zip(*((m.mean, 2 * m.standard_error) for m in seen), strict=True)
            axes.plot(angles, line, color=f"C{i}", label=f"layer {i + 1}")
            axes.errorbar(angles, means, yerr=errors, fmt="o", markersize=4, color=f"C{i}")
        axes.set_xlabel("angle (lines: theory, points: networks ± 2 s.e.)")
        axes.set_ylabel(r"$\Theta_l$")
        axes.legend(frameon=False)

    return Report(judge(comparisons), (Figure(f"kernels of the layers, width {width}", draw),))


def one_layer_trained(quick: bool) -> Report:
    """Networks of which one layer is trained, against gradient flow with Θ_l."""
    width, replicas, steps = (192, 50, 8) if quick else (512, 60, 24)
    data, kernel, network = sphere_points(), mlp(2), finite_mlp(6, width, 2, sigma_w=SIGMA[:3])
    x, n, targets = np.vstack([data.x_train, data.x_test]), len(data.y_train), data.y_train
    rho, nngp = np.clip(x @ x.T / 6, -1, 1), kernel.nngp_matrix(x)
    grams = [kernel.layer_ntk(i).lambdify()(rho) for i in (1, 2, 3)]
    rate = float(1 / max(np.linalg.eigvalsh(gram[:n, :n])[-1] for gram in grams))
    prior = {"nngp_train": nngp[:n, :n], "nngp_test_train": nngp[n:, :n], "learning_rate": rate}
    flows = [
        gradient_flow(gram[:n, :n], gram[n:, :n], nngp[n:, n:], targets, steps, **prior)
        for gram in grams
    ]
    start = network.init([(5, width, r) for r in range(replicas)])
    initial, comparisons, figures = network(start, x)[..., 0], [], []
    for i in (0, 1, 2):
        weights = list(start.weights)
        for _ in range(steps):
            now = Parameters((*weights,), start.biases)
            passed = network.propagate(now, data.x_train)
            residual = passed.outputs[-1] - targets[:, None]
            weights[i] = weights[i] - rate * network.gradient(now, passed, residual).weights[i]
        trained = network(Parameters((*weights,), start.biases), data.x_test)[..., 0]
        for j in {i, 2 - i}:
            # from each network's own outputs at the start
            linear = initial[:, n:] + (targets - initial[:, :n]) @ flows[j].hat.T
            name = f"layer {i + 1} against Θ_{j + 1}"
            comparisons.append(compare_means(name, trained - linear, smallest=1.25, mutant=i != j))
        title = f"only layer {i + 1} trained, L = 2, width {width}, {steps} steps"
        outputs = {"mean": flows[i].mean, "deviation": np.sqrt(np.diag(flows[i].covariance))}
        draw = partial(plots.predictions, **outputs, samples=trained, targets=data.y_test)
        figures.append(Figure(title, draw))
    return Report(judge(comparisons), (*figures,))


THEORY = Theory(
    title="Layers in the spectrum of the tangent kernel",
    reference=BIETTI,
    statement=__doc__,
    formulas=(NETWORK.layer_ntk(1), NETWORK.layer_ntk(3), limit(1, 3), limit(2, 3), SCALE),
    cases=(
        Case(formula=SUM, params={"rho": "-0.7"}, expected=NETWORK.ntk, source="Θ, its recursion"),
        *(
            Case(
                formula=NETWORK.layer_ntk(i),
                params={"rho": "0.3"},
                expected=product(i, DEPTH),
                source="the product of arc-cosine kernels",
            )
            for i in LAYERS
        ),
        *(
            Case(formula=antipode(depth), expected=number, source="extended precision")
            for depth, number in ((3, "0.30155762421360043263"), (4, "0.20034502081802395795"))
        ),
        Case(
            formula=SCALE,
            params={"d": 7, "k": 12},
            expected=-Rational(2, 3) * CORNERS[1] / CORNERS[0],
            source="eigenvalues of (1 − t)^{3/2} and (1 − t)^{1/2}",
        ),
    ),
    claims=tuple(
        (Claim(relation, name=name, reference=BIETTI, sharpness="asymptotic"), points)
        for relation, name, points in RELATIONS
    ),
    experiments=(
        Experiment("high degrees", "computed spectra of the layers, up to k = 80", high_degrees),
        Experiment("initialisation", "tangent kernels of random networks by layer", initialisation),
        Experiment(
            "one layer trained",
            "networks trained in one layer on 24 points of the sphere in R⁶, 12 held out",
            one_layer_trained,
        ),
    ),
)
