"""Many networks at once: training and tangent kernels, against loops."""

import numpy as np
from _timing import compare

from theorycalc.networks import Parameters, mlp, tangent_kernel, train

SEEDS, STEPS = 50, 20
NETWORK = mlp(6, 64, 2, "relu", sigma_w=2**0.5)
GENERATOR = np.random.default_rng(0)
X, Y = GENERATOR.standard_normal((24, 6)), GENERATOR.standard_normal(24)
START = NETWORK.init(range(SEEDS))
EACH = [Parameters(*(tuple(p[i : i + 1] for p in half) for half in START)) for i in range(SEEDS)]


def one_by_one():
    return [train(NETWORK, start, X, Y, learning_rate=0.01, steps=STEPS) for start in EACH]


def jacobian_products():
    """The tangent kernel from whole Jacobians, one backward pass per input."""
    kernels = []
    for start in EACH:
        rows = []
        for i in range(len(X)):
            passed = NETWORK.forward(start, X[i : i + 1])
            gradient = NETWORK.gradient(start, passed, np.ones((1, 1, 1)))
            rows.append(np.concatenate([g.ravel() for half in gradient for g in half]))
        jacobian = np.array(rows)
        kernels.append(jacobian @ jacobian.T)
    return np.array(kernels)


if __name__ == "__main__":
    compare(
        f"training {SEEDS} networks of width 64, two hidden layers, {STEPS} steps",
        {
            "one batch": lambda: train(NETWORK, START, X, Y, learning_rate=0.01, steps=STEPS),
            "one by one": one_by_one,
        },
    )
    compare(
        f"tangent kernels of {SEEDS} networks at 24 inputs",
        {
            "tangent_kernel": lambda: tangent_kernel(NETWORK, START, X),
            "products of Jacobians": jacobian_products,
        },
        lambda kernels: f"deviation {np.abs(kernels - jacobian_products()).max():.0e}",
    )
