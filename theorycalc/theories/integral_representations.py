"""Polynomials as integrals over ReLU neurons, and what random networks of m neurons cost.

Derived here; the subject is that of A. Lee's paper below, whose theorems these need not be.

Setting
-------
A homogeneous polynomial P of degree k ≥ 2 on R^d, σ(t) = max(t, 0), and a representation
P(x) = E a σ(⟨w, x⟩ − b) over random neurons; f_m is the average of m independent ones.
W ~ N(0, I), Z ~ N(0, 1), w is uniform on the unit sphere, ‖P‖_F² = Σ α! c_α², ν(s)² = E σ(Z − s)²
and I_k = ∫_0^∞ s^{k−2} ν(s) ds.

Statement
---------
1. *Exact.* P(x) = E_w ∫_0^∞ g(w) s^{k−2} σ(⟨w, x⟩ − s) ds for all x, with
   g = 2/(k−2)! Σ_j (−1)^j/(2^j j!) E‖W‖^{2k−2j} Δ^j P. ("Isotropic" neurons: all directions.)
2. *Exact.* (v·x)^k = k(k−1) ∫_0^∞ s^{k−2} [σ(v·x−s) + (−1)^k σ(−v·x−s)] ds, and every P is a sum
   of such powers; x_1⋯x_k is that of ε_1⋯ε_k (ε·x)^k/(2^k k!) over all signs. ("Atomic" neurons.)
3. *Exact.* E‖P − f_m‖² = V/m for every law of x and every m. The best neurons of a density ρ have
   V = C² − ‖P‖² with C = ∫ |ρ| ‖σ(⟨w, ·⟩ − b)‖, all norms in L² of that law.
4. *Exact.* For x ~ N(0, I), C = I_k ‖g‖_{L¹} for isotropic neurons and 2k(k−1) I_k Σ_j |c_j| for
   Σ_j c_j (u_j·x)^k with ‖u_j‖ = 1. So x_1⋯x_k costs C = 2k(k−1) k^{k/2}/k! · I_k atomically, in
   every dimension, and 2/(k−2)! · (4/π)^{k/2} Γ(d/2 + k)/Γ((d + k)/2) · I_k isotropically: V grows
   like d^k.
5. *Upper bound.* On the unit sphere isotropic neurons have C ≤ 2 I_k/(k−2)! · ‖P‖_F for harmonic P,
   in every dimension. For the norm of a Gaussian point is independent of its direction, so
   I_k ≥ (E‖W‖^{2k})^{1/2} ∫ s^{k−2} ν_d(s) ds by Minkowski's inequality, ν_d that of the sphere;
   and ‖g‖_{L¹} ≤ ‖g‖_{L²} = 2/(k−2)! · (E‖W‖^{2k})^{1/2} ‖P‖_F.
   *Asymptotic.* C → 2 I_k/(k−2)! · E|P(W)| for d → ∞; for x_1x_2 the limit is 4 I_2/π. Relative to
   ‖P‖² = ‖P‖_F²/E‖W‖^{2k} these C² grow like d^k, too: the sphere is small, not cheap.
6. *Exact.* On the unit sphere uniform w, and b with density (k−1) b^{k−2} on (0, 1), have
   V = ‖g‖²_{L²} E|w_1|^{k+1}/(k (k+1) (k−1)²) − ‖P‖². (The method "ball".)

References
----------
A. Lee, on integral representations of polynomials by two-layer ReLU networks, arXiv:2604.23260.
R. Kan, "From moments of sum to moments of product", J. Multivariate Anal. 99 (2008), 542-554.
"""

from dataclasses import replace
from functools import cache, partial

import numpy as np
import sympy
from numpy.polynomial.legendre import leggauss
from scipy.stats import norm
from sympy import Rational, beta, cos, exp, factorial, gamma, oo, pi, sin, sqrt

from theorycalc import relu
from theorycalc.core.claims import Claim
from theorycalc.core.formula import Formula
from theorycalc.core.integration.integral import Integral, Tail
from theorycalc.core.reference import Reference
from theorycalc.distributions import Gaussian, UniformSphere
from theorycalc.networks import tangent_kernel, train
from theorycalc.theories._theory import Case, Theory
from theorycalc.validation import (
    Experiment,
    Figure,
    Measurement,
    PowerLaw,
    Report,
    compare,
    compare_exponent,
    judge,
)

LEE = Reference("arXiv:2604.23260", title="A. Lee, Integral representations of polynomials")

# --- formulas, for P = x_1⋯x_k, which has ‖P‖_F² = E P(W)² = 1 ----------------------------------

D, K = sympy.symbols("d k", integer=True, positive=True)
S, R, T = sympy.symbols("s r t", positive=True)
ALPHA, THETA = sympy.symbols("alpha theta", real=True)

I_K = relu.gaussian_bias_constant(K).expr
NU, NU_SPHERE = (sqrt(law.coordinate_tail_square(S)) for law in (Gaussian(D), UniformSphere(D)))
SIZE = 2 / factorial(K - 2)
MOMENT = 2 ** (K / 2) * gamma((D + K) / 2) / gamma(D / 2)  # E‖W‖^k
SQUARE = 2**K * gamma(D / 2 + K) / gamma(D / 2)  # E‖W‖^{2k}
L1, L2 = SIZE * (2 / pi) ** (K / 2) * SQUARE / MOMENT, SIZE * sqrt(SQUARE)
COORDINATE = gamma(D / 2) * gamma(K / 2 + 1) / (sqrt(pi) * gamma((D + K + 1) / 2))  # E|w_1|^{k+1}

ATOMIC = Formula("C[atomic]", 2 * K * (K - 1) * K ** (K / 2) / factorial(K) * I_K)
ISOTROPIC = Formula("C[isotropic]", L1 * I_K)
SPHERE = Formula("C[sphere]", L1 * sympy.Integral(S ** (K - 2) * NU_SPHERE, (S, 0, 1)))
LIMIT = Formula("C[limit]", SIZE * (2 / pi) ** (K / 2) * I_K)
BOUND = LIMIT.expr * sqrt(SQUARE) / MOMENT
BALL = Formula("V[ball]", L2**2 * COORDINATE / (K * (K + 1) * (K - 1) ** 2) - 1 / SQUARE)
VARIANCES = {
    "atomic": Formula("V[atomic]", ATOMIC.expr**2 - 1),
    "space": Formula("V[isotropic]", ISOTROPIC.expr**2 - 1),
    "ball": BALL,
}

# --- independent definitions ------------------------------------------------------------------

X = sympy.symbols("x1:81", real=True)
POLYNOMIAL = X[0] ** 2 * X[1] + 3 * X[0] * X[1] - X[1] ** 2
TARGET = Formula("f", POLYNOMIAL.subs({X[0]: R * cos(ALPHA), X[1]: R * sin(ALPHA)}))
# I_2; ν(s)² = ∫ u² φ(s + u) du ≤ e^{−s²/2}/2, φ the density of Z
ROOT = Integral(NU, S, 0, oo, tails={oo: Tail(sqrt(2) * exp(-(S**2) / 4), S)})
# one coordinate is uniform for d = 3 (Archimedes): ν_3(s)² = (1 − s)³/6
ARCHIMEDES = L1 * beta(K - 1, Rational(5, 2)) / sqrt(6)


def over_neurons() -> Integral:
    """The density against the neurons that are positive at r (cos α, sin α)."""
    density = relu.represent(POLYNOMIAL, *X[:2], method="space").density
    bias = density.args[-1]
    on_circle = density.subs(w1=cos(THETA), w2=sin(THETA)).expr
    inner = sympy.integrate(sympy.expand(on_circle * (T - bias)), (bias, 0, T))
    body = inner.subs(T, R * cos(THETA - ALPHA)) / (2 * pi)
    return Integral(body, THETA, ALPHA - pi / 2, ALPHA + pi / 2)


@cache
def product(d: int, k: int, method: str):
    """x_1⋯x_k in d variables by a method, and the law of the inputs."""
    law = UniformSphere(d) if method == "ball" else Gaussian(d)
    return relu.represent(sympy.prod(X[:k]), *X[:d], method=method, source=law), law


def constant(d: int, k: int, method: str) -> sympy.Expr:
    """C as it comes out for the polynomial."""
    return product(d, k, method)[0].constant(Gaussian(d)).expr


NUMBERS = (
    (TARGET, {"r": "7/5", "alpha": "2/3"}, over_neurons(), "neurons, integrated with the density"),
    (Formula("I_2", I_K.subs(K, 2)), {}, ROOT, "its definition"),
    (SPHERE, {"d": 3, "k": 2}, ARCHIMEDES, "one coordinate is uniform for d = 3"),
    (ISOTROPIC, {"d": 7, "k": 3}, constant(7, 3, "space"), "from the polynomial"),
    (BALL, {"d": 3, "k": 2}, "73/30", "‖g‖² = 60, E|w_1|³ = 1/4, ‖P‖² = 1/15"),
    (BALL, {"d": 3, "k": 3}, "731/420", "‖g‖² = 420, E|w_1|⁴ = 1/5, ‖P‖² = 1/105"),
)

# --- relations: relation, name, sharpness, points -------------------------------------------------

PAIRS = tuple({"d": d, "k": k} for d, k in ((2, 2), (3, 3), (1000, 2), (10**4, 6)))
NEAR = ({"d": 3, "k": 2}, {"d": 30, "k": 2})
RELATIONS = (
    *(
        (sympy.Eq(constant(d, k, "atomic"), ATOMIC.subs(k=k).expr, evaluate=False),
         f"C[atomic], k = {k}, in R^{d}", "tight", ({},))
        for d, k in ((2, 2), (7, 2), (40, 2), (5, 4))
    ),
    (ATOMIC.expr <= ISOTROPIC.expr, "C[atomic] ≤ C[isotropic] for d ≥ k", "upper", PAIRS),
    (L1 <= L2, "‖g‖_{L¹} ≤ ‖g‖_{L²}", "upper", PAIRS),
    (SPHERE.expr <= BOUND, "C[sphere] ≤ I_k ‖g‖_{L¹}/(E‖W‖^{2k})^{1/2}", "upper", NEAR[:1]),
    (BOUND <= SIZE * I_K, "the same ≤ 2 I_k/(k−2)! · ‖P‖_F", "upper", PAIRS),
    (BOUND / LIMIT.expr <= 1 + K**2 / (2 * D), "and close to the limit", "asymptotic", PAIRS),
    (SPHERE.expr >= LIMIT.expr, "C[sphere] ≥ its limit", "asymptotic", NEAR),
)  # fmt: skip

# --- experiments: networks for x_1x_2 -------------------------------------------------------------

DIMENSIONS, WIDTHS, USUAL = (5, 20, 80), (4, 16, 64), 16
NODES, WEIGHTS = leggauss(8)
LABELS = {"atomic": "atomic", "space": "isotropic", "ball": "unit sphere, biases below 1"}


def overlaps(weights: np.ndarray, biases: np.ndarray) -> np.ndarray:
    """E σ(⟨w, x⟩ − b) σ(⟨v, x⟩ − c) over x ~ N(0, I), for all pairs of unit vectors of a network.

    Its second derivative in the cosine of w and v is the bivariate normal density at (b, c).
    """
    cosine = np.clip(weights @ weights.swapaxes(1, 2), -1, 1)[..., None]
    b, c = biases[:, :, None, None], biases[:, None, :, None]
    end = np.arcsin(cosine)
    sine, squared_cosine = np.sin(end * (1 + NODES) / 2), np.cos(end * (1 + NODES) / 2) ** 2
    density = np.exp((2 * b * c * sine - b * b - c * c) / (2 * squared_cosine)) / (2 * np.pi)
    curved = (end / 2 * (cosine - sine) * density) @ WEIGHTS
    first, second = (norm.pdf(t) - t * norm.sf(t) for t in (b, c))
    return (first * second + cosine * norm.sf(b) * norm.sf(c))[..., 0] + curved


def errors(method: str, d: int, width: int, replicas: int) -> np.ndarray:
    """Mean square errors of independent networks: for N(0, I) over all x, without samples.

    (Errors at samples have no variance: the amplitudes 1/ν(b) have heavy tails.) On the unit sphere
    they are taken at 16 points of every network's own.
    """
    representation, law = product(d, 2, method)
    drawn = representation.sample(replicas * width, (d, width))
    w, b, a = (array.reshape(replicas, width, *array.shape[1:]) for array in drawn)
    if method == "ball":
        x = law.sample(16 * replicas, seed=d).reshape(replicas, 16, d)
        outputs = np.maximum(x @ w.swapaxes(1, 2) - b[:, None], 0) @ a[..., None] / width
        return np.mean((outputs[..., 0] - x[..., 0] * x[..., 1]) ** 2, axis=1)
    with_target = w[..., 0] * w[..., 1] * norm.pdf(b)  # E x_1x_2 σ(⟨w, x⟩ − b)
    squares = np.einsum("ri,rij,rj->r", a, overlaps(w, b), a) / width**2
    return 1 - 2 * np.mean(a * with_target, axis=1) + squares


def error(quick: bool) -> Report:
    """Errors of random networks beside V/m: against the width, and against the dimension."""
    replicas, comparisons, found = 150 if quick else 4000, [], {}
    plan = [(method, d, USUAL) for method in VARIANCES for d in DIMENSIONS]
    plan += [(method, 20, m) for method in ("atomic", "space") for m in WIDTHS if m != USUAL]
    for method, d, m in plan:
        count = replicas * (4 if method == "ball" else 1) * USUAL // m
        found[method, d, m] = m * errors(method, d, m, count)
        name = f"m·error, {LABELS[method]}, d = {d}, m = {m}"
        measured = Measurement.of(found[method, d, m])
        comparisons.append(compare(name, variance(method, d), measured, smallest=0.6))
    fit = PowerLaw.fit(np.add(DIMENSIONS, 2), [found["space", d, USUAL] + 1 for d in DIMENSIONS])
    comparisons.append(compare_exponent("C² ∝ (d + 2)^p", 2, fit.slope, fit.standard_error))
    measured = Measurement.of(found["atomic", 20, WIDTHS[0]])
    comparisons.append(compare("‖P‖² left out", variance("atomic", 20) + 1, measured, mutant=True))
    widths, dimensions = [], []
    for i, method in enumerate(VARIANCES):
        samples = [found[method, d, USUAL] for d in DIMENSIONS]
        dimensions.append((i, method, partial(variance, method), [("o", samples)]))
        if method != "ball":
            samples = [found[method, 20, m] / m for m in WIDTHS]
            widths.append((i, method, partial(over_width, method, 20), [("o", samples)]))
    first = picture("random networks for $x_1x_2$, $d$ = 20", WIDTHS, "width $m$", widths)
    second = picture("error times width, $x_1x_2$", DIMENSIONS, "dimension $d$", dimensions)
    return Report(judge(comparisons), (first, second))


def training(quick: bool) -> Report:
    """Random networks for N(0, I_5) beside what gradient descent makes of them, on new points."""
    widths, replicas, comparisons, series = (8, 24, 72), 8 if quick else 60, [], []
    for i, method in enumerate(("atomic", "space")):
        samples = []
        for m in widths:
            pairs = [random_and_trained(method, m, seed) for seed in range(replicas)]
            samples.append(np.array(pairs).T)
            ratio = Measurement.of(samples[-1][1] / samples[-1][0])
            name = f"{LABELS[method]}, m = {m}: trained/random"
            comparison = compare(name, 1, ratio, smallest=0.5)
            comparisons.append(replace(comparison, one_sided=True, predicted="≤ 1"))
        kinds = list(zip("ox", zip(*samples, strict=True), strict=True))
        series.append((i, method, partial(over_width, method, 5), kinds))
    comparisons.append(compare("training changes nothing", 1, ratio, mutant=True))
    title = "$x_1x_2$, $d$ = 5, at new points: random (o), trained (x)"
    return Report(judge(comparisons), (picture(title, widths, "width $m$", series),))


def random_and_trained(method: str, width: int, seed: int) -> tuple[float, float]:
    """Errors on new points of a random network, and of the same after gradient descent."""
    representation, law = product(5, 2, method)
    start = representation.network(width, (width, seed))
    x, new = (law.sample(count, seed=2 * seed + i) for i, count in enumerate((300, 4000)))
    kernel = tangent_kernel(start.mlp, start.parameters, x)[0]
    rate = 1 / np.linalg.eigvalsh(kernel)[-1]
    end, _ = train(start.mlp, start.parameters, x, x[:, 0] * x[:, 1], learning_rate=rate, steps=60)
    outputs = start(new), start.mlp(end, new)[0, :, 0]
    return tuple(float(np.mean((y - new[:, 0] * new[:, 1]) ** 2)) for y in outputs)


def variance(method: str, d):
    """V for x_1x_2, of one or many dimensions."""
    formula = VARIANCES[method].subs(k=2)
    return formula.lambdify()(*(d for _ in formula.args)) + 0 * d


def over_width(method: str, d: int, m):
    """V/m."""
    return variance(method, d) / m


def picture(title: str, x, xlabel: str, series) -> Figure:
    """Of every (colour, method, theory, [(marker, replicas)]) a line and points ± 2 s.e."""

    def draw(axes):
        grid = np.geomspace(x[0], x[-1], 50)
        for i, method, theory, samples in series:
            axes.plot(grid, theory(grid), f"C{i}", label=f"{LABELS[method]}, theory")
            for marker, replicas in samples:
                measured = [Measurement.of(values) for values in replicas]
                means, bars = zip(*((m.mean, 2 * m.standard_error) for m in measured), strict=True)
                axes.errorbar(x, means, bars, fmt=f"C{i}{marker}", markersize=5, capsize=3)
        axes.set(xscale="log", yscale="log", xlabel=xlabel, ylabel="mean square error")
        axes.set_xticks(x, x)
        axes.set_xticks([], minor=True)
        axes.legend(frameon=False)

    return Figure(title, draw)


THEORY = Theory(
    title="Integral representations of polynomials",
    reference=LEE,
    statement=__doc__,
    formulas=(ATOMIC, ISOTROPIC, SPHERE, LIMIT, BALL),
    cases=tuple(
        Case(formula=formula, params=params, expected=expected, source=source)
        for formula, params, expected, source in NUMBERS
    ),
    claims=tuple(
        (Claim(relation, name=name, sharpness=sharpness), at)
        for relation, name, sharpness, at in RELATIONS
    ),
    experiments=(
        Experiment("error", "mean square errors of random networks for x_1x_2", error),
        Experiment("training", "random networks for x_1x_2, trained by gradient descent", training),
    ),
)
