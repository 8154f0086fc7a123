"""Numerical span of networks with bounded parameters: how many functions they really are.

Setting
-------
Units φ(w·x + b) with x uniform in the unit ball of R^d, w uniform in the ball of radius B and b in
[−B, B]. σ_1 ≥ σ_2 ≥ … are the singular values of c ↦ E c(w, b) φ(w·x + b), with squares λ_k the
eigenvalues of k(x, y) = E φ(w·x + b)φ(w·y + b); those of m drawn units belong to their mean G_m of
φ(w·x + b)φ(w·y + b). The numerical span dimension is D_ε = #{k : σ_k > ε σ_1}: with
these functions, each further one gives a unit at most ε σ_1 more in root mean square.

Statement
---------
Liu, Yu and Yong show that networks with bounded parameters and an analytic activation are, up to a
tolerance, a space of finite dimension, and measure it. What follows is derived here.

1. *Limit.* The eigenvalues of G_m tend to λ_k for m → ∞ almost surely, so the dimension of m units
   has the limit D_ε (where ε σ_1 is no σ_k). *Exact:* E Σ_{k>n} λ_k(G_m) increases with m, to
   Σ_{k>n} λ_k: the sum is concave in G, and G_m the mean of those without one of the units.
2. *Exact.* φ(u) = u^p spans the polynomials of degree p: D_ε = C(d + p, p) for all small ε.
3. *Upper bound.* φ = tanh. For π/4 ≤ v < π/2 and s = arsinh(v/B) a unit is at most M = tan v on
   the Bernstein ellipse ρ = e^s of its direction, so it is within 2Mρ^{1−n}/(ρ − 1) of a polynomial
   of degree < n. With n = ⌈1 + log(2M/((ρ−1)τ))/s⌉ and τ = ε σ_1, D_ε ≤ C(n − 1 + d, d), for every
   network and distribution of x: of the order (B log(B/ε))^d.
4. *Exact.* φ = ReLU. k(x, y)/B² = 1/6 + x·y/(2(d+2)) + γ|x−y|³/24 with
   γ = d Γ(d/2)/((d+3)√π Γ((d+3)/2)): a quarter of E(uv + |uv|), and |w·x| ≤ B. D_ε is free of B.
5. *Asymptotic.* σ_k ~ B√A ((2π)^{−d} ω²/k)^{(d+3)/(2d)} (Birman and Solomyak's form of Weyl's law)
   with ω the volume of the ball, A = γ 2^{d+3} π^{d/2} Γ((d+3)/2)/(32√π ω): D_ε is of the order
   ε^{−2d/(d+3)}.
6. *Exact* for d = 1. σ_k = B/(4μ_k²), because λf'''' = B²f/16; the even eigenfunctions have
   6(1 + μ tan μ)(1 − μ tanh μ) = 7μ³(tan μ + tanh μ), the odd ones 5μ(tan μ − tanh μ) = 6, one in
   every branch of the tangent. μ_k − (2k−3)π/4 → 0, and D_ε ≈ 3/2 + (2μ_1/π) ε^{−1/2}.

References
----------
L. Liu, T. Yu, H. Yong, "Numerical approximation capacity of neural networks with bounded
parameters: do limits exist, and how can they be measured?", arXiv:2409.16697.
L. N. Trefethen, "Approximation theory and approximation practice", SIAM 2013, theorem 8.2.
"""

from dataclasses import replace
from functools import cache, partial
from math import comb

import numpy as np
import sympy
from numpy.polynomial.legendre import leggauss
from scipy.optimize import brentq
from sympy import Rational, asinh, cos, exp, gamma, log, pi, sin, sqrt, tan, tanh

from theorycalc.core.claims import Claim
from theorycalc.core.formula import Formula
from theorycalc.core.integration.integral import Integral
from theorycalc.core.reference import Reference
from theorycalc.theories._theory import Case, Theory
from theorycalc.validation import (
    Comparison,
    Experiment,
    Figure,
    Measurement,
    Report,
    compare,
    compare_means,
    judge,
    plots,
)

LIU = Reference("arXiv:2409.16697", title="L. Liu, T. Yu, H. Yong, Bounded parameters")

# --- formulas, with B = 1 for the ReLU ------------------------------------------------------------

D, K, N, P = sympy.symbols("d k n p", integer=True, positive=True)
B, TAU, V, MU = sympy.symbols("B tau v mu", positive=True)
PRODUCT, LENGTH, U, X, Y, W = sympy.symbols("s r u x y w", real=True)

GAMMA = D * gamma(D / 2) / ((D + 3) * sqrt(pi) * gamma((D + 3) / 2))
BALL = pi ** (D / 2) / gamma(D / 2 + 1)
SYMBOL = GAMMA * 2 ** (D + 3) * pi ** (D / 2) * gamma((D + 3) / 2) / (32 * sqrt(pi) * BALL)
RHO = exp(asinh(V / B))

POLYNOMIALS = Formula("C", sympy.binomial(D + P, P))
KERNEL = Formula("k", Rational(1, 6) + PRODUCT / (2 * (D + 2)) + GAMMA * LENGTH**3 / 24)
WEYL = Formula("sigma", sqrt(SYMBOL) * (BALL**2 / ((2 * pi) ** D * K)) ** ((D + 3) / (2 * D)))
DEGREE = Formula("n", 1 + log(2 * tan(V) / ((RHO - 1) * TAU)) / asinh(V / B))
# differences of the two sides, times cosines: without poles
COS, SIN, TANH = cos(MU), sin(MU), tanh(MU)
EVEN = Formula("E", 7 * MU**3 * (SIN + TANH * COS) - 6 * (COS + MU * SIN) * (1 - MU * TANH))
ODD = Formula("O", 5 * MU * (SIN - TANH * COS) - 6 * COS)

# --- independent definitions ------------------------------------------------------------------

LINE = KERNEL.subs(d=1, s=X * Y, r=sympy.Abs(X - Y))
LEGENDRE = sympy.Integral(tanh(B * X) * sympy.legendre(N, X), (X, -1, 1)) * sqrt(2 * N + 1) / 2
MODULUS = (sympy.sinh(U) ** 2 + sin(V) ** 2) / (sympy.sinh(U) ** 2 + cos(V) ** 2)


def over_parameters() -> Integral:
    """E (wx + b)₊(wy + b)₊; the integral over b is that of a polynomial over [−min, 1]."""
    b, low, high = sympy.Symbol("b"), sympy.Min(W * X, W * Y), sympy.Max(W * X, W * Y)
    primitive = b**3 / 3 + (low + high) * b**2 / 2 + low * high * b
    inner = (primitive.subs(b, 1) - primitive.subs(b, -low)) / 4
    return Integral(inner, W, -1, 1, kinks=(sympy.S.Zero,))


# --- relations: relation, name, sharpness, points -------------------------------------------------

RELATIONS = (
    (sympy.Le(MODULUS, tan(V) ** 2, evaluate=False), "|tanh(u + iv)| ≤ tan v", "tight",
     ({"u": 0, "v": "1.2"}, {"u": "0.5", "v": "1.5"}, {"u": 3, "v": "0.79"})),
    (sympy.Abs(LEGENDRE) <= 2 * tan(V) * RHO ** (1 - N) / (RHO - 1), "coefficients of tanh(Bx)",
     "upper", ({"B": 1, "n": 5, "v": "1.3"}, {"B": 3, "n": 11, "v": "1.5"})),
    ((-1) ** N * ODD.expr.subs(MU, (N + Rational(1, 4)) * pi) < 0, "odd: μ > (n + 1/4)π", "lower",
     ({"n": 1}, {"n": 10})),
    (EVEN.expr < 0, "even: μ_1 > 0.77287", "lower", ({"mu": "0.77287"},)),
    (EVEN.expr > 0, "even: μ_1 < 0.77288", "upper", ({"mu": "0.77288"},)),
)  # fmt: skip

# --- experiments ------------------------------------------------------------------------------

TOLERANCES, SCALES, HIGHEST = 10.0 ** -np.arange(1, 11), (1, 2, 4, 8, 16), 8
COARSE = TOLERANCES[:4]  # where the ReLU has no more dimensions than there are roots and units
MANY = 3000  # units that stand for infinitely many
relu, at_most = partial(np.maximum, 0), partial(replace, one_sided=True)


def ball(generator, d: int, count: int) -> np.ndarray:
    """Uniform points of the unit ball."""
    x = generator.standard_normal((count, d))
    return x / np.linalg.norm(x, axis=1)[:, None] * generator.random((count, 1)) ** (1 / d)


@cache
def inputs(d: int) -> tuple[np.ndarray, np.ndarray]:
    """Points and weights for the uniform distribution: exact for polynomials of high degree."""
    if d == 1:
        x, weights = leggauss(160)
        return x[:, None], weights / 2
    (t, weights), angles = leggauss(12), 2 * np.pi * np.arange(24) / 24
    around = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return (((t + 1) / 2)[:, None, None] ** 0.5 * around).reshape(-1, 2), weights.repeat(24) / 48


def drawn(generator, phi, scale: float, d: int, units: int) -> np.ndarray:
    """Singular values of units with random parameters."""
    x, weights = inputs(d)
    biases = generator.uniform(-scale, scale, (units, 1))
    values = phi(scale * ball(generator, d, units) @ x.T + biases)
    return np.linalg.svd(values * np.sqrt(weights / units), compute_uv=False)


def dimension(values: np.ndarray, tolerance: float) -> int:
    """D_ε."""
    return int(np.sum(values > tolerance * values[0]))


def bound(scale: float, d: int, tau: float) -> int:
    """The bound for tanh with the best v."""
    degree = DEGREE.lambdify()(scale, tau, np.linspace(np.pi / 4, 1.57, 200))
    return comb(int(np.ceil(np.min(degree))) - 1 + d, d)


@cache
def roots() -> np.ndarray:
    """μ_1, …, μ_60 in doubles: even and odd functions take turns."""
    centres = [0.9, 0.9, *((2 * np.arange(3, 61) - 3) * np.pi / 4)]
    turns = [EVEN.lambdify(), ODD.lambdify()] * 30
    return np.array([brentq(f, c - 0.4, c + 0.4) for f, c in zip(turns, centres, strict=True)])


def eigenfunctions(x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The first ones of the ReLU in one dimension, with norm 1, one in a row."""
    mu = roots()[:HIGHEST, None]
    c, s, t = np.cos(mu), np.sin(mu), np.tanh(mu)
    even = (1 - mu * t) * np.cos(mu * x) + (c + mu * s) * np.cosh(mu * x) / np.cosh(mu)
    odd = np.sin(mu * x) + c * np.sinh(mu * x) / np.cosh(mu)
    rows = np.where(np.arange(HIGHEST)[:, None] % 2, odd, even)
    return rows / np.sqrt(rows**2 @ weights)[:, None]


def exact(name: str, prediction, value, **options) -> Comparison:
    """A number that has rounding errors only, beside its prediction."""
    return compare(name, prediction, Measurement(float(value), 1e-9, None), **options)


def spectrum(quick: bool) -> Report:
    """Random ReLU units projected on the eigenfunctions, and the kernel in two dimensions."""
    units, generator = (20_000 if quick else 200_000), np.random.default_rng(0)
    x, weights = inputs(1)
    w, b = generator.uniform(-1, 1, (2, units, 1))
    projected = relu(w * x[:, 0] + b) @ (eigenfunctions(x[:, 0], weights) * weights).T
    k = np.arange(1, HIGHEST + 1)
    predicted, early = 1 / (16 * roots()[:HIGHEST] ** 4), float(WEYL.at(d=1, k=HIGHEST)) ** 2
    measured = [Measurement.of(column**2) for column in projected.T]
    points, (i, j) = ball(generator, 2, 3), np.triu_indices(3)
    values = relu(ball(generator, 2, units) @ points.T + generator.uniform(-1, 1, (units, 1)))
    lengths = np.linalg.norm(points[i] - points[j], axis=1)
    kernel = KERNEL.lambdify()(2, lengths, np.sum(points[i] * points[j], axis=1))
    comparisons = [
        *map(partial(compare, smallest=0.2), [f"λ_{n}" for n in k], predicted, measured),
        compare_means("neighbours are uncorrelated", projected[:, :-1] * projected[:, 1:]),
        compare("Weyl's law, too early", early, measured[-1], mutant=True),
        compare_means("k, d = 2", values[:, i] * values[:, j], kernel),
        exact("Weyl's constant, d = 2", float(WEYL.at(d=2, k=1)) ** -0.4, weyl_slope(), bias=0.05),
    ]

    def picture(axes):
        plots.profile(axes, k, predicted, measured, "$k$", r"$\lambda_k$")
        axes.set_yscale("log")

    return Report(judge(comparisons), (Figure("random ReLU units, d = 1, B = 1", picture),))


def weyl_slope() -> float:
    """Of σ_k^{−2/5} against √k for the ReLU and d = 2, because the edge shifts √k."""
    t, weights = leggauss(32)
    r2, angles = (t + 1) / 2, 2 * np.pi * np.arange(256) / 256
    products = np.multiply.outer(np.sqrt(np.outer(r2, r2)), np.cos(angles))
    squares = np.add.outer(r2, r2)[..., None] - 2 * products
    kernel = KERNEL.lambdify()(2, np.sqrt(np.maximum(squares, 0)), products)
    # turns leave the kernel as it is: one small matrix for every frequency
    blocks = np.fft.fft(kernel, norm="forward").real.transpose(2, 0, 1)
    root, k = np.sqrt(weights / 2), np.arange(50, 301)
    values = np.sort(np.linalg.eigvalsh(root[:, None] * blocks * root).ravel())[::-1]
    return np.polyfit(np.sqrt(k), values[k - 1] ** -0.2, 1)[0]


def span(quick: bool) -> Report:
    """Numerical dimensions of tanh beside their bound, in one and two dimensions."""
    generator, units, found = np.random.default_rng(2), 400 if quick else 2000, {}
    for d, scale in (*((1, scale) for scale in SCALES), (2, 1), (2, 2)):
        values = drawn(generator, np.tanh, scale, d, MANY if d == 1 else units)
        limits = [bound(scale, d, e * values[0]) for e in TOLERANCES]
        found[d, scale] = np.array([limits, [dimension(values, e) for e in TOLERANCES]])
    comparisons = [
        at_most(exact(f"tanh, d = {d}, B = {scale}: D/bound ≤ 1", 1, np.max(y / x)))
        for (d, scale), (x, y) in found.items()
    ]
    wrong = exact(
        "B = 16, bound of B = 2", 1, np.max(found[1, 16][1] / found[1, 2][0]), mutant=True
    )
    comparisons.append(at_most(wrong))
    theory = [dimension(roots() ** -2, e) for e in COARSE]
    lines = [(f"tanh, B = {n}: bound", 1 / TOLERANCES, *found[1, n]) for n in SCALES[::2]]
    networks = [drawn(generator, relu, scale, 1, MANY) for scale in SCALES]
    relus = [[dimension(values, e) for e in COARSE] for values in networks]
    lines.append(("ReLU: theory", 1 / COARSE, theory, relus[0]))
    across = [
        ("tanh: bound", SCALES, *np.array([found[1, n][:, len(COARSE) - 1] for n in SCALES]).T),
        ("ReLU: theory", SCALES, theory[-1:] * len(SCALES), [row[-1] for row in relus]),
    ]
    first = Figure("dimension, d = 1", partial(draw, lines, "1/ε"))
    second = Figure("dimension, d = 1, ε = 10⁻⁴", partial(draw, across, "bound B of parameters"))
    return Report(judge(comparisons), (first, second))


def saturation(quick: bool) -> Report:
    """Dimensions, and what the first two functions leave, against the number of units."""
    widths, replicas = (4, 16, 64, 256, 1024), 5 if quick else 50
    generator, comparisons, series = np.random.default_rng(3), [], []
    wide = drawn(generator, np.tanh, 4, 1, MANY)
    for name, phi, scale, d, eps, predicted, bias in (
        ("u³, d = 1", lambda u: u**3, 1, 1, 1e-9, POLYNOMIALS.at(d=1, p=3), 0),
        ("u³, d = 2", lambda u: u**3, 1, 2, 1e-9, POLYNOMIALS.at(d=2, p=3), 0),
        ("ReLU, d = 1, ε = 10⁻³", relu, 1, 1, 1e-3, dimension(roots() ** -2, 1e-3), 1),
        ("tanh, B = 4, ε = 10⁻⁶", np.tanh, 4, 1, 1e-6, dimension(wide, 1e-6), 1),
    ):
        networks = [[drawn(generator, phi, scale, d, m) for _ in range(replicas)] for m in widths]
        means = [np.mean([dimension(values, eps) for values in group]) for group in networks]
        series.append((f"{name}: limit", widths, [float(predicted)] * len(widths), means))
        comparisons.append(exact(name, predicted, means[-1], bias=bias, smallest=0.1))
    rest = 2 / 9 - np.sum(1 / (16 * roots()[:2] ** 4))
    for m in widths[:3]:
        samples = [np.sum(drawn(generator, relu, 1, 1, m)[2:] ** 2) for _ in range(60 * replicas)]
        tail = compare(f"{m} ReLUs: rest ≤ its limit", rest, Measurement.of(samples), smallest=0.5)
        comparisons.append(at_most(tail))
    comparisons.append(replace(comparisons[-3], name="4 are enough", one_sided=False, mutant=True))
    return Report(judge(comparisons), (Figure("dimension", partial(draw, series, "units m")),))


def draw(series, xlabel: str, axes) -> None:
    """Dimensions: theory as lines, measurements as points."""
    for i, (label, x, line, points) in enumerate(series):
        axes.plot(x, line, f"C{i}", label=label)
        axes.plot(x, points, f"C{i}o", markersize=4)
    axes.set(xscale="log", yscale="log", ylim=(1, None), xlabel=xlabel, ylabel=r"$D_\epsilon$")
    axes.legend(frameon=False, fontsize="small", loc="lower right")


THEORY = Theory(
    title="Numerical span of networks with bounded parameters",
    reference=LIU,
    statement=__doc__,
    formulas=(POLYNOMIALS, DEGREE, KERNEL, WEYL, EVEN, ODD),
    cases=tuple(
        Case(formula=formula, params=params, expected=expected, source=source)
        for formula, params, expected, source in (
            (LINE, {"x": "0.3", "y": "-0.8"}, over_parameters(), "its definition, an integral"),
            (WEYL.subs(d=1), {"k": 7}, 1 / (pi * K) ** 2, "1/(4μ²) with μ = πk/2"),
            (POLYNOMIALS, {"d": 2, "p": 3}, "10", "monomials, counted"),
        )
    ),
    claims=tuple(
        (Claim(relation, name=name, sharpness=sharpness), points)
        for relation, name, sharpness, points in RELATIONS
    ),
    experiments=(
        Experiment("spectrum", "random ReLU units, projected on eigenfunctions", spectrum),
        Experiment("span", "singular values of random tanh units, counted", span),
        Experiment("saturation", "more and more units of random parameters", saturation),
    ),
)
