"""Random ReLU networks for x_1x_2, drawn from representations, and trained ones."""

import numpy as np
from numpy.polynomial.legendre import leggauss
from scipy.stats import norm

import theorycalc as tc

Measurement, PowerLaw = tc.validation.Measurement, tc.validation.PowerLaw
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


def drawn(representation, width: int, replicas: int) -> tuple:
    """Weights, biases and amplitudes of independent networks."""
    seed = len(representation.variables), width
    arrays = representation.sample(replicas * width, seed)
    return tuple(array.reshape(replicas, width, *array.shape[1:]) for array in arrays)


def errors(representation, width: int, replicas: int) -> np.ndarray:
    """Mean square errors of independent networks for N(0, I): over all x, without samples.

    (Errors at samples have no variance: the amplitudes 1/ν(b) have heavy tails.)
    """
    w, b, a = drawn(representation, width, replicas)
    with_target = w[..., 0] * w[..., 1] * norm.pdf(b)  # E x_1x_2 σ(⟨w, x⟩ − b)
    squares = np.einsum("ri,rij,rj->r", a, overlaps(w, b), a) / width**2
    return 1 - 2 * np.mean(a * with_target, axis=1) + squares


def errors_on_sphere(representation, width: int, replicas: int) -> np.ndarray:
    """Mean square errors of independent networks, at 16 points of every network's own."""
    d = len(representation.variables)
    w, b, a = drawn(representation, width, replicas)
    x = tc.distributions.UniformSphere(d).sample(16 * replicas, seed=d).reshape(replicas, 16, d)
    outputs = np.maximum(x @ w.swapaxes(1, 2) - b[:, None], 0) @ a[..., None] / width
    return np.mean((outputs[..., 0] - x[..., 0] * x[..., 1]) ** 2, axis=1)


def error(run, product, variances) -> None:
    """Errors of random networks beside V/m: against the width, and against the dimension.

    ``product(d, method)`` represents x_1x_2 in d variables; ``variances`` are V(d) by the method.
    """
    found, variance = {}, {method: formula.lambdify() for method, formula in variances.items()}
    plan = [(method, d, USUAL) for method in LABELS for d in DIMENSIONS]
    plan += [(method, 20, m) for method in ("atomic", "space") for m in WIDTHS if m != USUAL]
    for method, d, m in plan:
        replicas = run.size * (4 if method == "ball" else 1) * USUAL // m
        of_networks = errors_on_sphere if method == "ball" else errors
        found[method, d, m] = m * of_networks(product(d, method), m, replicas)
        name = f"m·error, {LABELS[method]}, d = {d}, m = {m}"
        x, predicted = d if m == USUAL else None, variance[method](d)
        run.at(x, predicted, found[method, d, m], name=name, series=LABELS[method], smallest=0.8)
    run.rejects("‖P‖² left out", variance["atomic"](20) + 1, found["atomic", 20, WIDTHS[0]])
    grid = np.geomspace(DIMENSIONS[0], DIMENSIONS[-1], 50)
    for method, label in LABELS.items():
        run.line(grid, variance[method](grid), label)
    title = "error times width, $x_1x_2$"
    run.axes("dimension $d$", "mean square error", log="xy", xticks=DIMENSIONS, title=title)
    fit = PowerLaw.fit(np.add(DIMENSIONS, 2), [found["space", d, USUAL] + 1 for d in DIMENSIONS])
    run.exponent("C² ∝ (d + 2)^p", 2, fit)
    for method in ("atomic", "space"):
        over_width(run, WIDTHS, LABELS[method], variance[method](20))
        samples = [found[method, 20, m] / m for m in WIDTHS]
        run.points(WIDTHS, samples, series=LABELS[method])
    title = "random networks for $x_1x_2$, $d$ = 20"
    run.axes("width $m$", "mean square error", log="xy", xticks=WIDTHS, title=title)


def over_width(run, widths, series: str, variance: float) -> None:
    """V/m as a line."""
    run.line(np.geomspace(widths[0], widths[-1], 50), lambda m: variance / m, series)


def training(run, product, variances) -> None:
    """Random networks for N(0, I_5) beside what gradient descent makes of them, on new points."""
    widths, d = (8, 72) if run.quick else (8, 24, 72), 5
    for method in ("atomic", "space"):
        label, samples = LABELS[method], []
        for m in widths:
            pairs = [random_and_trained(product(d, method), m, seed) for seed in range(run.size)]
            samples.append(np.array(pairs).T)
            ratio = Measurement.of(samples[-1][1] / samples[-1][0])
            name = f"{label}, m = {m}: trained/random"
            run.at(None, 1, ratio, name=name, smallest=0.6, at_most=True)
        over_width(run, widths, f"{label}, random", variances[method].lambdify()(d))
        for kind, replicas in zip(("random", "trained"), zip(*samples, strict=True), strict=True):
            run.points(widths, replicas, series=f"{label}, {kind}")
    run.rejects("training changes nothing", 1, ratio)
    title = "$x_1x_2$, $d$ = 5, at new points"
    run.axes("width $m$", "mean square error", log="xy", xticks=widths, title=title)


def random_and_trained(representation, width: int, seed: int) -> tuple[float, float]:
    """Errors on new points of a random network, and of the same after gradient descent."""
    start, law = representation.network(width, (width, seed)), tc.distributions.Gaussian(5)
    x, new = (law.sample(count, seed=2 * seed + i) for i, count in enumerate((300, 4000)))
    kernel = tc.networks.tangent_kernel(start.mlp, start.parameters, x)[0]
    rate, target = 1 / np.linalg.eigvalsh(kernel)[-1], x[:, 0] * x[:, 1]
    end, _ = tc.networks.train(start.mlp, start.parameters, x, target, learning_rate=rate, steps=60)
    outputs = start(new), start.mlp(end, new)[0, :, 0]
    return tuple(float(np.mean((y - new[:, 0] * new[:, 1]) ** 2)) for y in outputs)
