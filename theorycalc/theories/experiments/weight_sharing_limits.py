"""Random networks and matrices that use one matrix of weights several times."""

from functools import cache, partial

import numpy as np

import theorycalc as tc

STEPS, SCALES = 4, (1.3, 1.0, 0.3)  # T; σ_w, σ_u, σ_b


def recursion(expectations, gram, steps: int, sigma, tied: bool = True) -> tuple:
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


def simulate(generator, x, width: int, phi, tied: bool) -> tuple:
    """Of one network at sequences x (2, T, d): products of the h^t, of their squares, and Θ."""
    (w, u, b), steps, dimension = SCALES, *x.shape[1:]
    draw = partial(generator.standard_normal, dtype=np.float32)
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


def limits(phi, x, tied: bool) -> tuple:
    """C(t, s) of one sequence, and the kernel of both."""
    duals = tc.kernels.dual_general(phi), tc.kernels.dual_derivative_general(phi)
    gram, times = x.reshape(2 * STEPS, -1) @ x.reshape(2 * STEPS, -1).T / x.shape[-1], range(STEPS)
    c, part = recursion([f.lambdify() for f in duals], gram, STEPS, SCALES, tied)
    kernel = [
        sum(part(p + i, q + j) for i in times for j in times) / STEPS
        for p, q in ((0, 0), (0, STEPS), (STEPS, STEPS))
    ]
    return np.array([[c(i, j) for j in times] for i in times]), kernel


def recurrent(run):
    """Recurrent networks with the same W at all steps, and with independent ones."""
    width, generator, pairs = run.size, np.random.default_rng(0), np.triu_indices(STEPS)
    x, times = generator.standard_normal((2, STEPS, 5)), np.arange(1, STEPS + 1)
    for activation, phi in (("erf", tc.activations.erf()), ("relu", tc.activations.relu)):
        shared = limits(phi, x, True)
        for tied in (True, False):
            limit, kernel = limits(phi, x, tied)
            runs = [simulate(generator, x, width, phi, tied) for _ in range(80)]
            products, squares, kernels = map(np.array, zip(*runs, strict=True))
            name = f"{activation}, {'one W' if tied else 'many W'}"
            run.joint(f"{name}: C(t, s)", products[:, *pairs], limit[pairs], smallest=0.9)
            if not tied:
                run.rejects(f"{name}, C of one", shared[0][pairs])
            run.joint(f"{name}: Θ", kernels, kernel, smallest=0.9)
            if not tied:
                run.rejects(f"{name}, Θ of one", shared[1])
            fourth = limit[0, 0] * np.diag(limit) + 2 * limit[0] ** 2
            run.joint(f"{name}: E (h¹hᵗ)²", squares[:, 0, 1:STEPS], fourth[1:], smallest=0.9)
            run.points(times, products[:, STEPS - 1, :STEPS].T, series=name)
            run.line(times, limit[-1], name)
    run.axes("time $s$ (lines: theory, points: networks ± 2 s.e.)", f"$C({STEPS}, s)$")


def transpose(run, slope, square, norms) -> None:
    """y of the ReLU and of linear units, with Wᵀ and with an independent matrix.

    ``norms`` are E |y|²/n of both; ``slope`` E φ' and ``square`` E φ² are those of the ReLU.
    """
    own = float(slope), *(float(norm.at(n=256)) for norm in norms)
    other = 0.0, float(square), 1.0
    n, generator = 256, np.random.default_rng(1)
    x, y = np.linspace(-1, 1, n) * (3 * (n - 1) / (n + 1)) ** 0.5, []
    for _ in range(run.size):
        w, independent = generator.standard_normal((2, n, n)) / n**0.5
        layers = np.stack([np.maximum(w @ x, 0), w @ x])
        y.append((layers @ w, layers @ independent))
    y = np.array(y)
    seen = np.concatenate([y[:, :, :1] @ x, np.sum(y**2, axis=-1)], axis=-1) / n
    run.joint("Wᵀ: x·y/n, |y|²/n, linear |y|²/n", seen[:, 0], own)
    run.rejects("Wᵀ as if independent", other)
    run.joint("independent: the same", seen[:, 1], other)
    centres, groups = (v.reshape(*v.shape[:-1], 16, -1).mean(axis=-1) for v in (x, y[:, 0, 0]))
    run.points(centres, groups.T)
    run.line(centres, own[0] * centres)
    run.axes("$x_i$", "$y_i$", title=f"ReLU between W and Wᵀ, n = {n}")


def eigenvalues(generator, count: int, rows: int, n: int) -> np.ndarray:
    """Of (W+Wᵀ)/√(2n) for n rows, of WᵀW/(2n) for 2n rows."""
    w = (generator.standard_normal((rows, n)) / (2 * n) ** 0.5 for _ in range(count))
    return np.array([np.linalg.eigvalsh(v + v.T if rows == n else v.T @ v) for v in w])


def spectra(run, semicircle, marchenko_pastur, cumulative) -> None:
    """Moments with their terms in 1/n, densities, and the distance from the semicircle.

    A law is (edges, density, moments, terms in 1/n).
    """
    laws = {"semicircle": semicircle, "Marchenko-Pastur": marchenko_pastur}
    generator, (n, replicas) = np.random.default_rng(2), run.size["spectra"]
    for multiple, (name, (edges, density, *terms)) in enumerate(laws.items(), start=1):
        values = eigenvalues(generator, replicas, multiple * n, n)
        powers = range(1, 4)
        seen = [np.mean(values ** (2 * p // multiple), axis=1) for p in powers]
        numbers = [[float(f.at(**{f.args[0].name: p})) for p in powers] for f in terms]
        means, first = np.array(numbers)
        run.joint(f"{name}: moments", np.stack(seen, axis=1), means + first / n)
        run.rejects(f"{name}: without 1/n", means)
        edges = np.linspace(*edges, 33)
        inside = edges[:-1, None] + (edges[1] - edges[0]) * (np.arange(50) + 0.5) / 50
        counts = np.array([np.histogram(v, edges)[0] for v in values]) / (edges[1] - edges[0]) / n
        run.points(inside.mean(axis=1), counts.T)
        run.line(inside.mean(axis=1), density.lambdify()(inside).mean(axis=1))
        run.axes("eigenvalue", "density", title=f"{name}, n = {n}")
    sizes, count = run.size["distances"]
    found = []
    for size in sizes:
        values = np.clip(eigenvalues(generator, count, size, size), -2, 2)
        away = np.abs(cumulative.lambdify()(values) - (np.arange(size) + 0.5) / size)
        found.append(np.max(away, axis=1) + 0.5 / size)
    law = tc.validation.PowerLaw.fit(sizes, found)
    run.exponent("distance: exponent", -0.5, law, at_most=True, smallest=0.3)
    independent = (np.pi / 2 / sizes[-1]) ** 0.5 * np.log(2)
    run.rejects("distance of independent points", independent, found[-1])
