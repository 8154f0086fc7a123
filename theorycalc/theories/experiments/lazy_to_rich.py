"""Models that are trained from several scales of their output."""

import numpy as np
from scipy.optimize import minimize

import theorycalc as tc

SCALES = (0.05, 0.1, 0.3, 1.0, 3.0)
N, D, NONZERO, STEPS = 20, 40, 3, 40_000
# how often is looked whether anything moves, and the relative move that is none
LOOK, STILL = 100, 1e-9
OUTPUTS = (0.25, 1.0, 4.0, 16.0, 64.0)


def diagonal(run) -> None:
    """Errors and tangent kernels at the end of training beside those of the least q."""
    generator = np.random.default_rng(0)
    x = generator.standard_normal((run.size, N, D)) / N**0.5
    teacher = np.zeros((run.size, D))
    teacher[:, :NONZERO] = 1
    y = np.einsum("rni,ri->rn", x, teacher)
    means = []
    for a in SCALES:
        predicted = np.array([_least(a, *data) for data in zip(x, y, strict=True)])
        u, v = _train(a, x, y)
        theory, found = (((beta - teacher) ** 2).sum(axis=1) for beta in (predicted, u**2 - v**2))
        means.append(theory.mean())
        # the same data sets: what is left of a difference is where training stops
        options = {"error": 1e-4 * means[-1], "name": f"error from a = {a}"}
        run.at(a, means[-1], found.mean(), **options)
        run.rejects(f"error from a = {a}: 5 % less", 0.95 * means[-1])
        kernels = 4 * np.sqrt(predicted**2 + 4 * a**4), 4 * (u**2 + v**2)
        theory, found = (_aligned((x * g[:, None, :]) @ np.swapaxes(x, 1, 2), y) for g in kernels)
        aligned = theory.mean()
        options = {"error": 1e-4 * aligned, "name": f"alignment from a = {a}"}
        run.at(None, aligned, found.mean(), **options)
    run.axes("scale $a$ of the start", "squared error", log="xy")


def _least(a: float, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """β = 2a² sinh 4X'λ with Xβ = y: the least point of a convex function of λ."""

    def value(multiplier):
        z = 4 * x.T @ multiplier
        gradient = x @ (2 * a**2 * np.sinh(z)) - y
        return a**2 / 2 * np.cosh(z).sum() - y @ multiplier, gradient

    def curvature(multiplier):
        return (x * (8 * a**2 * np.cosh(4 * x.T @ multiplier))) @ x.T

    options = {"xtol": 1e-12}
    found = minimize(
        value, np.zeros(len(y)), jac=True, hess=curvature, method="Newton-CG", options=options
    )
    return 2 * a**2 * np.sinh(4 * x.T @ found.x)


def _train(a: float, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """u and v at the end of gradient flow, in steps that keep uv = a² as it does."""
    u = v = np.full((len(x), D), a)
    rate, turned = 0.03 / (1 + 2 * a**2), np.swapaxes(x, 1, 2)
    for step in range(STEPS):
        error = (x @ (u**2 - v**2)[..., None]) - y[..., None]
        slope = 2 * rate * (turned @ error)[..., 0]
        shrunk = np.exp(-slope)
        u, v = u * shrunk, v / shrunk
        if step % LOOK == 0 and abs(slope).max() < STILL:
            break
    return u, v


def _aligned(kernel: np.ndarray, y: np.ndarray) -> np.ndarray:
    quadratic = np.einsum("...i,...ij,...j->...", y, kernel, y)
    return quadratic / np.linalg.norm(kernel, axis=(-2, -1)) / (y**2).sum(axis=-1)


def scales(run) -> None:
    """Distances from the prediction of the first tangent kernel, and the alignment of the last."""
    data, steps = tc.validation.sphere_points(24, 12), 40
    network = tc.networks.mlp(6, 256, 1, "tanh", sigma_w=2**0.5)
    start = network.init([(1, seed) for seed in range(run.size)], symmetric=True)
    every = np.concatenate((data.x_train, data.x_test))
    kernels = tc.networks.tangent_kernel(network, start, every)
    train, cross = kernels[:, :24, :24], kernels[:, 24:, :24]
    rate = 1 / float(np.linalg.eigvalsh(train).max())
    lines = [
        tc.kernels.predict.gradient_flow(*pair, None, data.y_train, steps, learning_rate=rate).mean
        for pair in zip(train, cross, strict=True)
    ]
    distances, alignments, times = [], [], (0, 5, 10, 20, steps)
    for scale in OUTPUTS:
        seen = {}
        # h is trained on y/α: with the rate η/α² for αh this is the same
        tc.networks.train(
            network,
            start,
            data.x_train,
            data.y_train / scale,
            learning_rate=rate,
            steps=steps,
            on_step=seen.__setitem__,
        )
        outputs = scale * network(seen[steps], data.x_test)[..., 0]
        distances.append(((outputs - lines) ** 2).mean(axis=1) ** 0.5)
        kernels = [tc.networks.tangent_kernel(network, seen[t], data.x_train) for t in times]
        alignments.append([_aligned(kernel, data.y_train) for kernel in kernels])
    # the same networks at all scales: each has an exponent of its own, up to the next order in 1/α
    powers = np.polyfit(np.log(OUTPUTS[2:]), np.log(distances[2:]), 1)[0]
    run.at(None, -2, powers, name="exponent of the distance from the kernel's", bias=0.02)
    run.rejects("without pairs, 1/α", -1)
    lazy, rich = (ends[-1] / ends[0] for ends in (alignments[-1], alignments[0]))
    run.at(None, 1, lazy, name="α = 64: alignment stays", bias=1e-3)
    noticed = {"at_most": True, "smallest": 0.08}
    run.at(None, -1.02, -rich, name="α = 1/4: it grows by 2 % at least", **noticed)
    run.points(OUTPUTS, distances, series="distance")
    run.line(OUTPUTS, distances[-1].mean() * (np.array(OUTPUTS) / OUTPUTS[-1]) ** -2, "distance")
    run.axes("scale α of the output", "distance from the kernel's prediction", log="xy")
    for scale, in_time in zip(OUTPUTS, alignments, strict=True):
        if scale in (OUTPUTS[0], OUTPUTS[1], OUTPUTS[-1]):
            run.points(times, [x / in_time[0] for x in in_time], series=f"α = {scale:g}")
    run.axes("steps", "alignment of the kernel, relative")
