"""Wide limits with shared weights: recurrent networks, a matrix and its transpose, spectra.

Setting
-------
Standard normal matrices and vectors of width n. (a) A recurrent network
h^t = σ_w W φ(h^{t−1})/√n + σ_u U x^t/√d + σ_b b, h^1 without its first term, with one W for all T
steps, and f = Σ_t v·φ(h^t)/√(nT). (b) x ∈ R^n with |x|² = n, and y = Wᵀφ(Wx/√n)/√n. (c) The
eigenvalues of (W+Wᵀ)/√(2n), and of WᵀW/m with W of size m×n, γ = n/m ≤ 1.

Statement
---------
1. *Limit.* The h^t_i are jointly Gaussian over times and inputs with the covariance
   C(t, s) = σ_w² V(t−1, s−1) + σ_u² x^t·x'^s/d + σ_b², V(t, s) = E φ(h^t)φ(h'^s). With many W, one
   for each step, the first term is there for t = s only: the same C(t, t), another C(t, s).
2. *Limit.* E f f' → Σ_{t,s} V(t, s)/T, and the tangent kernel tends to Σ_{t,s} [V + Π C](t, s)/T,
   Π(t, s) = E[φ'(h^t)φ'(h'^s)] (1 + σ_w² Π(t+1, s+1)), Π = 0 after T; many W: σ_w² Π if t = s.
3. *Exact.* E x·y/n = s and E |y|²/n = s² + q + (E Z²φ(Z)² − s² − q)/n with s = E φ'(Z) = E Zφ(Z),
   q = E φ(Z)²: y tends to s x plus independent noise (Gaussian conditioning). With an independent
   matrix in place of Wᵀ they are 0 and q.
4. *Limit.* The eigenvalues follow the semicircle, whose even moments are Catalan's numbers C_k, and
   Marchenko and Pastur's law with the moments m_p = Σ_i N(p, i+1) γ^i, N Narayana's numbers. For
   linear φ the |y|²/n of 3 tends to m_2 = 2 at γ = 1; with independent matrices it is 1.
5. *Asymptotic.* At size n the mean moments are larger by (4^k − binomial(2k, k))/(2n) and
   (a^p/2 + b^p/2 − E A^p)/(2n), a, b = (1 ∓ √γ)², A of the arcsine law on [a, b], up to O(n^{−2}).
6. *Upper bound.* The Kolmogorov distance from the semicircle is O(n^{−1} log^c n); that of n
   independent points is √(π/2) log 2 n^{−1/2}.

References
----------
G. Yang, "Scaling limits of wide neural networks with weight sharing", arXiv:1902.04760 (1, 3), and
"Tensor programs II", arXiv:2006.14548 (2). I. Dumitriu, A. Edelman, arXiv:math-ph/0510043 (5). F.
Götze, A. Tikhomirov, "On the rate of convergence to the semi-circular law", arXiv:1109.0611 (6).
"""

from functools import cache, partial

import numpy as np
import sympy
from sympy import Rational, asin, binomial, pi, sqrt

from theorycalc.activations import Activation, as_activation
from theorycalc.core.claims import Claim
from theorycalc.core.formula import Formula
from theorycalc.core.integration.integral import Integral
from theorycalc.core.reference import Reference
from theorycalc.hermite import coefficient
from theorycalc.kernels import dual_derivative_general, dual_general, mlp
from theorycalc.kernels.duals.formulas import RHO
from theorycalc.theories._theory import Case, Theory
from theorycalc.validation import (
    Experiment,
    Figure,
    Measurement,
    PowerLaw,
    Report,
    compare,
    compare_exponent,
    compare_means,
    judge,
    plots,
)

YANG = Reference("arXiv:1902.04760", title="G. Yang, Scaling limits with weight sharing")

# --- formulas: recurrent networks -------------------------------------------------------------

SIGMA, DUALS = sympy.Symbol("sigma_w", positive=True), (dual_general, dual_derivative_general)


def recurrent(expectations, gram, steps: int, sigma, tied: bool = True) -> tuple:
    """C and V + Π C as functions of two entries; entry i is at time i mod T.

    Numbers or symbols: ``expectations`` E φφ and E φ'φ', ``gram`` x^t·x'^s/d, σ_w, σ_u and σ_b.
    """
    w, u, b = (s**2 for s in sigma)

    def joined(i, j, end):
        return end not in (i % steps, j % steps) and (tied or i % steps == j % steps)

    def mean(of, i, j):
        return expectations[of](c(i, i), c(i, j), c(j, j))

    @cache
    def c(i, j):
        term = w * mean(0, i - 1, j - 1) if joined(i, j, 0) else 0
        return term + u * gram[i][j] + b

    def back(i, j):
        term = w * back(i + 1, j + 1) if joined(i, j, steps - 1) else 0
        return mean(1, i, j) * (1 + term)

    return c, lambda i, j: mean(0, i, j) + back(i, j) * c(i, j)


def symbolic(key: tuple, entries: int, steps: int) -> tuple:
    """`recurrent` of (activation, tied): unit inputs of correlation ρ, σ_u = 1, σ_b = 0."""
    gram = [[1 if i == j else RHO for j in range(entries)] for i in range(entries)]
    duals = [sympy.Lambda(f.args, f.expr) for f in (g(key[0]) for g in DUALS)]
    return recurrent(duals, gram, steps, (SIGMA, 1, 0), key[1])


KEYS = [(activation, tied) for activation in ("erf", "relu") for tied in (True, False)]
LATER = {key: Formula("C_32", symbolic(key, 3, 3)[0](2, 1), reference=YANG) for key in KEYS}
SINGLE, DOUBLE = (symbolic(("erf", True), 2 * steps, steps)[1] for steps in (1, 2))
SHORT = Formula("Theta_1", SINGLE(0, 1), reference=YANG)
TANGENT = Formula("Theta_2", sum(DOUBLE(i, j) for i in (0, 1) for j in (2, 3)) / 2)

# --- formulas: a matrix and its transpose, random matrices ------------------------------------

N, P = sympy.symbols("n p", integer=True, positive=True)
K = sympy.Symbol("k", integer=True, nonnegative=True)
GAMMA, J, X = sympy.symbols("gamma j x", real=True)
RAMP = as_activation("relu")
SQUARED = ((Activation(RAMP.expr**2, symbol=RAMP.symbol), k) for k in (0, 2))
SLOPE, SQUARE, BEND = (coefficient(f, k).expr for f, k in ((RAMP, 1), *SQUARED))
NORM = Formula("norm", SLOPE**2 + SQUARE + (sqrt(2) * BEND - SLOPE**2) / N, (N,), reference=YANG)
CATALAN = Formula("C", binomial(2 * K, K) / (K + 1), (K,))
CATALAN_EXCESS = Formula("dC", (4**K - binomial(2 * K, K)) / 2, (K,))
NARAYANA = binomial(P, J) * binomial(P - 1, J) / (J + 1)
MOMENT = Formula("m", sympy.Sum(NARAYANA * GAMMA**J, (J, 0, P - 1)), (P, GAMMA))
LOW, HIGH = (1 - sqrt(GAMMA)) ** 2, (1 + sqrt(GAMMA)) ** 2
ARCSINE = binomial(P, 2 * J) * binomial(2 * J, J) * (1 + GAMMA) ** (P - 2 * J) * GAMMA**J
EXCESS = (LOW**P + HIGH**P) / 4 - sympy.Sum(ARCSINE, (J, 0, sympy.floor(P / 2))) / 2
MOMENT_EXCESS = Formula("dm", EXCESS, (P, GAMMA))
SEMICIRCLE = Formula("rho_sc", sqrt(4 - X**2) / (2 * pi), domain=abs(X) <= 2)
BULK = sqrt((HIGH - X) * (X - LOW)) / (2 * pi * GAMMA * X)
MARCHENKO_PASTUR = Formula("rho_mp", BULK, (X, GAMMA), domain=(LOW <= X) & (X <= HIGH))
HALF = [f.subs(gamma=Rational(1, 2)) for f in (MARCHENKO_PASTUR, MOMENT, MOMENT_EXCESS)]
DISTRIBUTION = Formula("F_sc", Rational(1, 2) + X * sqrt(4 - X**2) / (4 * pi) + asin(X / 2) / pi)

# --- experiments ------------------------------------------------------------------------------

STEPS, SCALES = 4, (1.3, 1.0, 0.3)  # σ_w, σ_u, σ_b


def simulate(generator, x, width: int, activation, tied: bool) -> tuple:
    """Of one network at sequences x (2, T, d): products of the h^t, of their squares, and Θ."""
    (w, u, b), steps, dimension = SCALES, *x.shape[1:]
    draw, phi = generator.standard_normal, as_activation(activation)
    matrices = [w / width**0.5 * draw((width, width)) for _ in range(1 if tied else steps - 1)]
    matrices *= steps - 1 if tied else 1
    h = u * x @ draw((dimension, width)) / dimension**0.5 + b * draw(width)
    for t in range(1, steps):
        h[:, t] += phi(h[:, t - 1]) @ matrices[t - 1]
    back = np.tile(draw(width), (2, steps, 1))
    for t in reversed(range(steps)):
        back[:, t] *= phi.derivative(h[:, t])
        back[:, t - 1] += back[:, t] @ matrices[t - 1].T if t else 0
    active = phi(h)
    before = np.concatenate([0 * active[:, :1], active[:, :-1]], axis=1)
    flat, time = x.reshape(-1, dimension), np.arange(2 * steps) % steps
    products, squares, outer, inner, slopes = (
        v.reshape(2 * steps, -1) @ v.reshape(2 * steps, -1).T / width
        for v in (h, h**2, active, before, back)
    )
    shared = w**2 * (tied | (time[:, None] == time))
    theta = outer + slopes * (shared * inner + u**2 * flat @ flat.T / dimension + b**2)
    parts = theta.reshape(2, steps, 2, steps).sum(axis=(1, 3)) / steps
    return products, squares, parts[np.triu_indices(2)]


def recurrent_networks(quick: bool) -> Report:
    """Recurrent networks with the same W at all steps, and with independent ones."""
    width, replicas = (256, 100) if quick else (1536, 100)
    generator, times, pairs = np.random.default_rng(0), range(STEPS), np.triu_indices(STEPS)
    x, blocks = generator.standard_normal((2, STEPS, 5)), ((0, 0), (0, STEPS), (STEPS, STEPS))
    gram, comparisons, drawn = x.reshape(-1, 5) @ x.reshape(-1, 5).T / 5, [], []
    for activation in ("erf", "relu"):
        duals, limits = [f(activation).lambdify() for f in DUALS], []
        for tied in (True, False):
            c, part = recurrent(duals, gram, STEPS, SCALES, tied)
            limit = np.array([[c(i, j) for j in times] for i in times])
            theta = [
                sum(part(p + i, q + j) for i in times for j in times) / STEPS for p, q in blocks
            ]
            fourth = limit[0, 0] * np.diag(limit) + 2 * limit[0] ** 2
            limits += [limit[pairs], theta]
            runs = [simulate(generator, x, width, activation, tied) for _ in range(replicas)]
            products, squares, kernels = map(np.array, zip(*runs, strict=True))
            seen, name = products[:, *pairs], f"{activation}, {'one W' if tied else 'many W'}"
            comparisons += [
                compare_means(f"{name}: C(t, s)", seen, limit[pairs], smallest=0.8),
                compare_means(f"{name}: Θ", kernels, theta, smallest=0.8),
                compare_means(
                    f"{name}: E (h¹hᵗ)²", squares[:, 0, 1:STEPS], fourth[1:], smallest=0.8
                ),
            ]
            drawn.append((name, limit[-1], products[:, STEPS - 1, :STEPS]))
        comparisons += [
            compare_means(f"{name}, C of one", seen, limits[0], mutant=True),
            compare_means(f"{name}, Θ of one", kernels, limits[1], mutant=True),
        ]

    def draw(axes):
        t = np.arange(1, STEPS + 1)
        for i, (name, line, samples) in enumerate(drawn):
            mean, error = samples.mean(axis=0), 2 * samples.std(axis=0) / replicas**0.5
            axes.plot(t, line, color=f"C{i}", label=name)
            axes.errorbar(t, mean, error, fmt="o", markersize=4, capsize=3, color=f"C{i}")
        axes.set_xlabel("time $s$ (lines: theory, points: networks ± 2 s.e.)")
        axes.set_ylabel(f"$C({STEPS}, s)$")
        axes.legend(frameon=False)

    return Report(judge(comparisons), (Figure(f"recurrent networks, width {width}", draw),))


def transpose(quick: bool) -> Report:
    """y of the ReLU, with Wᵀ and with an independent matrix."""
    n, replicas, generator = 256, 150 if quick else 1000, np.random.default_rng(1)
    x, y = np.linspace(-1, 1, n) * (3 * (n - 1) / (n + 1)) ** 0.5, []
    for _ in range(replicas):
        w, other = generator.standard_normal((2, n, n)) / n**0.5
        layers = np.stack([np.maximum(w @ x, 0), w @ x])
        y.append((layers @ w, layers @ other))
    y = np.array(y)
    seen = np.concatenate([y[:, :, :1] @ x, np.sum(y**2, axis=-1)], axis=-1) / n
    linear = sum(float(f.at(p=2, gamma=1)) * c for f, c in ((MOMENT, 1), (MOMENT_EXCESS, 1 / n)))
    own, other = (float(SLOPE), float(NORM.at(n=n)), linear), (0.0, float(SQUARE), 1.0)
    comparisons = [
        compare_means("Wᵀ: x·y/n, |y|²/n, linear |y|²/n", seen[:, 0], own),
        compare_means("independent: the same", seen[:, 1], other),
        compare_means("Wᵀ as if independent", seen[:, 0], other, mutant=True),
    ]
    centres, groups = (v.reshape(*v.shape[:-1], 16, -1).mean(axis=-1) for v in (x, y[:, 0, 0]))
    lines = centres, own[0] * centres, [*map(Measurement.of, groups.T)], "$x_i$", "$y_i$"
    figure = Figure(f"ReLU between W and Wᵀ, n = {n}", lambda axes: plots.profile(axes, *lines))
    return Report(judge(comparisons), (figure,))


def spectra(quick: bool) -> Report:
    """Moments of random matrices with their terms in 1/n, densities, and the distance."""
    n, replicas, powers = (128, 160, range(1, 4)) if quick else (400, 300, range(1, 4))
    normal, comparisons, figures, distances = np.random.default_rng(2).standard_normal, [], [], []

    def eigenvalues(count, rows, n):
        w = (normal((rows, n)) / (2 * n) ** 0.5 for _ in range(count))
        return np.array([np.linalg.eigvalsh(v + v.T if rows == n else v.T @ v) for v in w])

    semicircle = "semicircle", n, SEMICIRCLE, CATALAN, CATALAN_EXCESS
    for name, rows, density, *laws in (semicircle, ("Marchenko-Pastur", 2 * n, *HALF)):
        values = eigenvalues(replicas, rows, n)
        seen = np.stack([np.mean(values ** (p * 2 * n // rows), axis=1) for p in powers], axis=1)
        numbers = [[float(f.at(**{f.args[0].name: p})) for p in powers] for f in laws]
        means, first = np.array(numbers)
        comparisons.append(compare_means(f"{name}: moments", seen, means + first / n))
        comparisons.append(compare_means(f"{name}: without 1/n", seen, means, mutant=True))
        edges = np.linspace(*((-2, 2) if rows == n else (1.5 - 2**0.5, 1.5 + 2**0.5)), 33)
        inside = edges[:-1, None] + (edges[1] - edges[0]) * (np.arange(50) + 0.5) / 50
        counts = np.array([np.histogram(v, edges)[0] for v in values]) / (edges[1] - edges[0]) / n
        x, y = inside.mean(axis=1), density.lambdify()(inside).mean(axis=1)
        lines = {"x": x, "predicted": y, "measurements": [*map(Measurement.of, counts.T)]}
        draw = partial(plots.profile, **lines, xlabel="eigenvalue", ylabel="density")
        figures.append(Figure(f"{name}, n = {n}", draw))
    sizes = (64, 128, 256) if quick else (64, 128, 256, 512, 1024)
    for size in sizes:
        values = np.clip(eigenvalues(40 if quick else 60, size, size), -2, 2)
        away = np.abs(DISTRIBUTION.lambdify()(values) - (np.arange(size) + 0.5) / size)
        distances.append(np.max(away, axis=1) + 0.5 / size)
    law, last = PowerLaw.fit(sizes, distances), Measurement.of(distances[-1])
    points, rate = (np.pi / 2 / sizes[-1]) ** 0.5 * np.log(2), (law.slope, law.standard_error)
    comparisons.append(
        compare_exponent("distance: exponent", -0.5, *rate, at_most=True, smallest=0.3)
    )
    comparisons.append(compare("distance of independent points", points, last, mutant=True))
    return Report(judge(comparisons), (*figures,))


THIRD = {"gamma": Rational(1, 3)}
CASES = (
    (SHORT, {"rho": "0.3"}, mlp(1, "erf", 1).ntk, "T = 1: one hidden layer"),
    (LATER["relu", True], {"sigma_w": 2, "rho": 0}, 2 * sqrt(3) / pi, "4 E h₊ E h'₊"),
    (NORM, {"n": 10}, "33/40", "1/4 + 1/2 + (3/2 − 3/4)/10, moments of one Gaussian"),
    (CATALAN, {"k": 5}, Integral(X ** (2 * K) * SEMICIRCLE.expr, X, -2, 2), "the integral"),
    (CATALAN_EXCESS, {"k": 2}, "5", "E tr X⁴/n = 2 + 5/n + 5/n², by Wick's theorem"),
    (MOMENT, {"p": 4, **THIRD}, Integral(X**P * BULK, X, LOW, HIGH), "the integral"),
    (MOMENT, {"p": 6, "gamma": 1}, "132", "C_6"),
    (MOMENT_EXCESS, {"p": 3, **THIRD}, 3 * GAMMA * (1 + GAMMA), "Wick's theorem"),
    (Formula("mass", sympy.Integral(SEMICIRCLE.expr, (X, -2, 2))), {}, "1", "a probability"),
    (Formula("mass", sympy.Integral(BULK, (X, LOW, HIGH))), THIRD, "1", "a probability"),
)
GAINS = {name: LATER[name, True].expr - LATER[name, False].expr for name in ("erf", "relu")}
TIMES = tuple({"sigma_w": "1.4", "rho": rho} for rho in ("-0.8", "0.3"))

THEORY = Theory(
    title="Wide limits with shared weights",
    reference=YANG,
    statement=__doc__,
    formulas=(LATER["erf", True], TANGENT, NORM, CATALAN, CATALAN_EXCESS, MOMENT, MOMENT_EXCESS),
    cases=tuple(
        Case(formula=formula, params=params, expected=expected, source=source)
        for formula, params, expected, source in CASES
    ),
    claims=(
        (Claim(GAINS["relu"] > 0, name="ReLU: sharing W adds to C(3, 2)"), TIMES),
        (Claim(RHO * GAINS["erf"] > 0, name="erf: it adds with the sign of ρ"), TIMES),
    ),
    experiments=(
        Experiment(
            "recurrent", "random recurrent networks, their tangent kernels", recurrent_networks
        ),
        Experiment("transpose", "a random matrix, the ReLU, and the transpose", transpose),
        Experiment("spectra", "eigenvalues of symmetric and of covariance matrices", spectra),
    ),
)
