"""Training of many networks: in groups that fit the cache, all at once, one by one, in PyTorch."""

import sys

import numpy as np
from _timing import compare

from theorycalc.networks import Parameters, groups, mlp, train

try:
    import torch
except ImportError:
    torch = None

SEEDS, WIDTH, DATA, DIMENSION = 64, 1024, 256, 32
STEPS, ONLINE_STEPS = map(int, sys.argv[1:3]) if len(sys.argv) > 2 else (20, 200)
RATE = 0.002


def full_batch(dtype) -> None:
    """Two layers, ReLU, the squared loss."""
    network = mlp(DIMENSION, WIDTH, sigma_w=2**0.5)
    generator = np.random.default_rng(0)
    x = generator.standard_normal((DATA, DIMENSION)).astype(dtype)
    y = x[:, 0] * x[:, 1]
    start = network.init(range(SEEDS), like=x)
    options = {"learning_rate": RATE, "steps": STEPS}
    ways = {
        "ours": lambda: train(network, start, x, y, **options),
        "ours, one group": lambda: in_one_group(network, start, x, y, options),
        "a plain loop over networks": lambda: plain_loop(start, x, y, network),
        "the matrix products alone": lambda: products(start, x),
    }
    if torch is not None:
        data = torch.asarray(x), torch.asarray(y)
        tensors = start.map(torch.asarray)
        ways["PyTorch, batched"] = lambda: in_torch(tensors, *data, network)
        ways["PyTorch, one by one"] = lambda: [
            in_torch(tensors.map(lambda p, i=i: p[i : i + 1]), *data, network) for i in range(SEEDS)
        ]
    title = f"{SEEDS} seeds × width {WIDTH}, n = {DATA}, {STEPS} steps, {np.dtype(dtype).name}"
    compare(title, ways)


def in_one_group(network, start, x, y, options):
    size, groups._CACHE = groups._CACHE, 2**40
    try:
        return train(network, start, x, y, **options)
    finally:
        groups._CACHE = size


def plain_loop(start: Parameters, x, y, network) -> list:
    """What one writes without a library: one network after another, gradients by hand."""
    ends = []
    first, second = (w for w, _ in network._scales(start))
    for w, v in zip(start.weights[0].copy(), start.weights[1][..., 0].copy(), strict=True):
        for _ in range(STEPS):
            z = first * (x @ w)
            h = np.maximum(z, 0)
            error = second * (h @ v) - y
            delta = second * np.outer(error, v) * (z > 0)
            v -= RATE * second * (h.T @ error)
            w -= RATE * first * (x.T @ delta)
        ends.append((w, v))
    return ends


def products(start: Parameters, x) -> None:
    """Both products with the data, into arrays that are there: less BLAS cannot take."""
    passed = np.empty((DATA, WIDTH), x.dtype)
    for w in start.weights[0].copy():
        for _ in range(STEPS):
            np.matmul(x, w, out=passed)
            np.matmul(x.T, passed, out=w)
            w *= 1e-3  # powers of the data would overflow


def in_torch(start: Parameters, x, y, network):
    """The same descent, batched over seeds, by automatic differentiation."""
    first, second = (w for w, _ in network._scales(start))
    w, v = (p.clone().requires_grad_() for p in start.weights)
    for _ in range(STEPS):
        outputs = second * (torch.relu(first * (x @ w)) @ v)
        loss = 0.5 * ((outputs[..., 0] - y) ** 2).sum()
        slopes = torch.autograd.grad(loss, (w, v))
        with torch.no_grad():
            for parameter, slope in zip((w, v), slopes, strict=True):
                parameter -= RATE * slope
    return w, v


def online(width: int) -> None:
    """One pass over fresh samples, one sample a step."""
    network = mlp(100, width, activation="erf", sigma_w=1, parameterization="mean_field")
    start = network.init(range(SEEDS))

    def sample(generator, n):
        x = generator.standard_normal((n, 100))
        return x, np.tanh(x[:, 0])

    options = {"one_pass": sample, "learning_rate": 0.01, "steps": ONLINE_STEPS}
    each = [start.map(lambda p, i=i: p[i : i + 1]) for i in range(SEEDS)]
    compare(
        f"one-pass SGD of {SEEDS} seeds, d = 100, width {width}, {ONLINE_STEPS} steps",
        {
            "ours": lambda: train(network, start, **options),
            "one by one": lambda: [train(network, one, **options) for one in each],
        },
    )


if __name__ == "__main__":
    for dtype in (np.float32, np.float64):
        full_batch(dtype)
    for width in (8, 64):
        online(width)
