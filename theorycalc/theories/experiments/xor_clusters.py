"""Gradient descent in dimensions that no array holds, exactly, in the span of data and weights."""

import numpy as np

import theorycalc as tc
from theorycalc.networks import Parameters

NEURONS, FLIPPED, TESTS = 100, 0.05, 400
# Steps after which new points are classified: the last is √n.
LOOKS = (1, 2, 4, 8)


def grokking(run, setting: dict) -> None:
    """Shares of fitted labels and of new points on the right side, step by step."""
    n, p, mu = setting["n"], setting["p"], setting["mu"]
    is_strong = run.requires("|μ|² ≥ n^0.51 √p", n**0.51 * p**0.5 <= mu**2)
    if not run.requires("p ≥ n²|μ|²", p >= n**2 * mu**2) or not is_strong:
        return
    replicas = [_shares(np.random.default_rng(seed), **setting) for seed in range(run.size)]
    fitted, right = (np.array(shares).T for shares in zip(*replicas, strict=True))
    run.at(None, 1, fitted[1:].min(), error=1e-3, name="all labels fitted from step 1 on")
    run.rejects("flipped labels are not", 1 - FLIPPED)
    run.at(None, 0.5, right[0], name="step 1: new points at chance", smallest=0.3)
    run.rejects("step 1: already learned", 0.9)
    run.at(None, -0.8, -right[-1], name="step √n: 8 of 10 right", at_most=True, smallest=0.37)
    run.rejects("step √n: still at chance", -0.5, -right[-1])
    steps = np.arange(len(fitted))
    run.points([*LOOKS, steps[-1]], right, series="new points")
    run.line(steps, fitted.mean(axis=1), "training labels")
    run.axes("steps", "share that is right")


def _shares(generator, n: int, p: int, mu: float) -> tuple[list, list]:
    """Shares of fitted labels after 0, …, √n steps, and of new points after some of them.

    Coordinates: two along the means, n for the noise of the data across them, and one for what each
    neuron has beside these at the start. Gram matrices of noise are Wishart: Bartlett's triangles.
    """
    x, labels = _clusters(generator, n, mu)
    across = _bartlett(generator, n, p - 2)
    x = np.hstack((x, across, np.zeros((n, NEURONS))))
    y = np.where(generator.random(n) < FLIPPED, -labels, labels)
    new, truth = _clusters(generator, TESTS, mu)
    new = np.hstack((new, generator.standard_normal((TESTS, n + NEURONS))))
    within = generator.standard_normal((NEURONS, n + 2))
    start = np.hstack((within, _bartlett(generator, NEURONS, p - 2 - n)))
    step = 0.5 / (n**0.5 * p)
    # so small that the first step decides
    weights = 1e-6 * step * mu / n * start
    signs = np.where(np.arange(NEURONS) % 2, 1.0, -1.0) / NEURONS**0.5
    network = tc.networks.mlp(
        x.shape[1], NEURONS, 1, "relu", sigma_w=1, parameterization="standard"
    )
    layers = weights.T[None], signs[None, :, None]
    parameters = Parameters(layers, (np.zeros((1, NEURONS)), np.zeros((1, 1))))
    fitted, right, last = [], [], round(n**0.5)

    def look(step, parameters):
        fitted.append(_right(network, parameters, x, y))
        if step in (*LOOKS, last):
            right.append(_right(network, parameters, new, truth))

    options = {"learning_rate": step / n, "steps": last, "layers": [1]}
    tc.networks.train(network, parameters, x, y, loss="logistic", on_step=look, **options)
    return fitted, right


def _right(network, parameters, points, labels) -> float:
    return float(np.mean(np.sign(network(parameters, points)[0, :, 0]) == labels))


def _clusters(generator, count: int, mu: float) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates along the two means, and labels."""
    axis, sign = generator.integers(0, 2, count), generator.choice([-1.0, 1.0], count)
    x = generator.standard_normal((count, 2))
    x[np.arange(count), axis] += sign * mu
    return x, np.where(axis == 0, 1.0, -1.0)


def _bartlett(generator, count: int, freedom: int) -> np.ndarray:
    """A triangle whose rows have the Gram matrix of so many Gaussian vectors in R^freedom."""
    lower = np.tril(generator.standard_normal((count, count)), -1)
    return lower + np.diag(np.sqrt(generator.chisquare(freedom - np.arange(count))))
