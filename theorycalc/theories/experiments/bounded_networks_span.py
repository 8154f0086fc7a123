"""Units with random bounded parameters: their singular values, counted, and their projections."""

from functools import cache
from math import comb

import numpy as np
from numpy.polynomial.legendre import leggauss
from scipy.optimize import brentq

TOLERANCES, SCALES, HIGHEST = 10.0 ** -np.arange(1, 11), (1, 2, 4, 8, 16), 8
COARSE = TOLERANCES[:4]  # where the ReLU has no more dimensions than there are roots and units
MANY = 3000  # units that stand for infinitely many
ROUNDING = 1e-9
DIMENSION = r"$D_\epsilon$"


def relu(u: np.ndarray) -> np.ndarray:
    """max(u, 0)."""
    return np.maximum(u, 0)


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


def bound(degree, scale: float, d: int, tau: float) -> int:
    """The bound for tanh with the best v, from its degree n(B, τ, v)."""
    least = np.min(degree.lambdify()(scale, tau, np.linspace(np.pi / 4, 1.57, 200)))
    return comb(int(np.ceil(least)) - 1 + d, d)


def roots(even, odd) -> np.ndarray:
    """μ_1, …, μ_60 in doubles: even and odd functions take turns."""
    centres = [0.9, 0.9, *((2 * np.arange(3, 61) - 3) * np.pi / 4)]
    turns = [even.lambdify(), odd.lambdify()] * 30
    return np.array([brentq(f, c - 0.4, c + 0.4) for f, c in zip(turns, centres, strict=True)])


def eigenfunctions(mu: np.ndarray, x: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Of the ReLU in one dimension, with norm 1, one in a row; mu is a column."""
    c, s, t = np.cos(mu), np.sin(mu), np.tanh(mu)
    even = (1 - mu * t) * np.cos(mu * x) + (c + mu * s) * np.cosh(mu * x) / np.cosh(mu)
    odd = np.sin(mu * x) + c * np.sinh(mu * x) / np.cosh(mu)
    rows = np.where(np.arange(len(mu))[:, None] % 2, odd, even)
    return rows / np.sqrt(rows**2 @ weights)[:, None]


def spectrum(run, kernel, weyl, even, odd) -> None:
    """Random ReLU units projected on the eigenfunctions, and the kernel in two dimensions."""
    generator, (x, weights), mu = np.random.default_rng(0), inputs(1), roots(even, odd)[:HIGHEST]
    w, b = generator.uniform(-1, 1, (2, run.size, 1))
    rows = eigenfunctions(mu[:, None], x[:, 0], weights)
    projected = relu(w * x[:, 0] + b) @ (rows * weights).T
    for k, (root, column) in enumerate(zip(mu, projected.T, strict=True), start=1):
        run.at(k, 1 / (16 * root**4), column**2, name=f"λ_{k}", smallest=0.2)
    run.rejects("Weyl's law, too early", float(weyl.at(d=1, k=HIGHEST)) ** 2)
    run.axes("$k$", r"$\lambda_k$", log="y", title="random ReLU units, d = 1, B = 1")
    run.joint("neighbours are uncorrelated", projected[:, :-1] * projected[:, 1:])
    points, (i, j) = ball(generator, 2, 3), np.triu_indices(3)
    weights, biases = ball(generator, 2, run.size), generator.uniform(-1, 1, (run.size, 1))
    values, lengths = (
        relu(weights @ points.T + biases),
        np.linalg.norm(points[i] - points[j], axis=1),
    )
    expected = kernel.lambdify()(2, lengths, np.sum(points[i] * points[j], axis=1))
    run.joint("k, d = 2", values[:, i] * values[:, j], expected)
    expected, seen = float(weyl.at(d=2, k=1)) ** -0.4, weyl_slope(kernel)
    run.at(None, expected, seen, name="Weyl's constant, d = 2", error=ROUNDING, bias=0.05)


def weyl_slope(kernel) -> float:
    """Of σ_k^{−2/5} against √k for the ReLU and d = 2, because the edge shifts √k."""
    t, weights = leggauss(32)
    r2, angles = (t + 1) / 2, 2 * np.pi * np.arange(256) / 256
    products = np.multiply.outer(np.sqrt(np.outer(r2, r2)), np.cos(angles))
    squares = np.add.outer(r2, r2)[..., None] - 2 * products
    values = kernel.lambdify()(2, np.sqrt(np.maximum(squares, 0)), products)
    # turns leave the kernel as it is: one small matrix for every frequency
    blocks = np.fft.fft(values, norm="forward").real.transpose(2, 0, 1)
    root, k = np.sqrt(weights / 2), np.arange(50, 301)
    values = np.sort(np.linalg.eigvalsh(root[:, None] * blocks * root).ravel())[::-1]
    return np.polyfit(np.sqrt(k), values[k - 1] ** -0.2, 1)[0]


def span(run, degree, even, odd) -> None:
    """Numerical dimensions of tanh beside their bound, in one and two dimensions."""
    generator, found = np.random.default_rng(2), {}
    for d, scale in (*((1, scale) for scale in SCALES), (2, 1), (2, 2)):
        values = drawn(generator, np.tanh, scale, d, MANY if d == 1 else run.size)
        limits = np.array([bound(degree, scale, d, e * values[0]) for e in TOLERANCES])
        counts = np.array([dimension(values, e) for e in TOLERANCES])
        name = f"tanh, d = {d}, B = {scale}: D/bound ≤ 1"
        run.at(None, 1, np.max(counts / limits), name=name, error=ROUNDING, at_most=True)
        found[d, scale] = limits, counts
    wrong = np.max(found[1, 16][1] / found[1, 2][0])
    run.rejects("B = 16, bound of B = 2", 1, wrong, error=ROUNDING)
    theory = [dimension(roots(even, odd) ** -2, e) for e in COARSE]
    networks = [drawn(generator, relu, scale, 1, MANY) for scale in SCALES]
    relus = [[dimension(values, e) for e in COARSE] for values in networks]
    for scale in SCALES[::2]:
        shown(run, f"tanh, B = {scale}: bound", 1 / TOLERANCES, *found[1, scale])
    shown(run, "ReLU: theory", 1 / COARSE, theory, relus[0])
    run.axes("1/ε", DIMENSION, log="xy", ylim=(1, None), title="dimension, d = 1")
    tanhs = np.array([found[1, scale] for scale in SCALES])[:, :, len(COARSE) - 1]
    shown(run, "tanh: bound", SCALES, *tanhs.T)
    shown(run, "ReLU: theory", SCALES, theory[-1:] * len(SCALES), [row[-1] for row in relus])
    title = "dimension, d = 1, ε = 10⁻⁴"
    run.axes("bound B of parameters", DIMENSION, log="xy", ylim=(1, None), title=title)


def shown(run, label: str, x, theory, counts) -> None:
    """Theory as a line, counted dimensions as points."""
    run.line(x, theory, label)
    run.points(x, counts, series=label)


def saturation(run, polynomials, even, odd) -> None:
    """Dimensions, and what the first two functions leave, against the number of units."""
    widths, generator, mu = (4, 16, 64, 256, 1024), np.random.default_rng(3), roots(even, odd)
    wide = drawn(generator, np.tanh, 4, 1, MANY)
    for name, phi, scale, d, eps, predicted, bias in (
        ("u³, d = 1", lambda u: u**3, 1, 1, 1e-9, polynomials.at(d=1, p=3), 0),
        ("u³, d = 2", lambda u: u**3, 1, 2, 1e-9, polynomials.at(d=2, p=3), 0),
        ("ReLU, d = 1, ε = 10⁻³", relu, 1, 1, 1e-3, dimension(mu**-2, 1e-3), 1),
        ("tanh, B = 4, ε = 10⁻⁶", np.tanh, 4, 1, 1e-6, dimension(wide, 1e-6), 1),
    ):
        networks = [[drawn(generator, phi, scale, d, m) for _ in range(run.size)] for m in widths]
        means = [np.mean([dimension(values, eps) for values in group]) for group in networks]
        shown(run, f"{name}: limit", widths, [float(predicted)] * len(widths), means)
        options = {"error": ROUNDING, "bias": bias, "smallest": 0.1}
        run.at(None, predicted, means[-1], name=name, **options)
    run.axes("units m", DIMENSION, log="xy", ylim=(1, None), title="dimension")
    rest = 2 / 9 - np.sum(1 / (16 * mu[:2] ** 4))
    for m in widths[:3]:
        left = [np.sum(drawn(generator, relu, 1, 1, m)[2:] ** 2) for _ in range(100 * run.size)]
        run.at(None, rest, left, name=f"{m} ReLUs: rest ≤ its limit", smallest=0.5, at_most=True)
        if m == widths[0]:
            run.rejects("4 are enough", rest, left)
