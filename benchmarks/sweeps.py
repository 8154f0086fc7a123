"""Sweeps against the same cells one by one, and against arrays without an error statement.

A certified sweep is meant to take at most 1.2 times as long as its cells, and 10^5 points of a
formula in doubles at most two seconds.
"""

import tempfile
from pathlib import Path

import numpy as np
from _timing import compare

import theorycalc as tc

KERNEL = tc.kernels.mlp(3, "relu").ntk
DISTORTION = tc.quantization.distortion(tc.distributions.Gaussian(10), n=100, s=1)


def certified(title, formula, digits, **grid):
    ((name, points),) = grid.items()
    using = tc.Ball(digits)

    def with_a_store():
        with tempfile.TemporaryDirectory() as folder:
            return tc.sweep(formula, using=using, store=Path(folder) / "runs", **grid)

    compare(
        f"{title}: {len(points)} cells of {digits} certified digits",
        {
            "cells by Formula.at": lambda: [formula.at(using=using, **{name: p}) for p in points],
            "tc.sweep": lambda: tc.sweep(formula, using=using, **grid),
            "tc.sweep with a store": with_a_store,
        },
    )


def doubles():
    points = np.linspace(-1, 1, 100_000)
    few = points[::100].tolist()
    compare(
        "depth-3 ReLU NTK in doubles, 100 000 points",
        {
            "tc.sweep": lambda: tc.sweep(KERNEL, rho=points),
            "Formula.at, every hundredth": lambda: [KERNEL.at(rho=x) for x in few],
            "Formula.lambdify, no errors": lambda: KERNEL.lambdify()(points),
        },
    )


if __name__ == "__main__":
    certified("depth-3 ReLU NTK", KERNEL, 20, rho=np.linspace(-1, 1, 1000).tolist())
    certified("mean distortion", DISTORTION, 8, r=[0.5, 1, 2, 3, 4])
    doubles()
