"""Singular values of networks after one large step."""

import numpy as np

import theorycalc as tc

STEPS = (1, 2.5, 4)


def spikes(run, formulas: tuple[tc.Formula, ...], at: dict) -> None:
    """Largest singular values and overlaps of tanh networks after one step."""
    generator, d, found, largest = np.random.default_rng(1), 300, [], []
    width, n = round(1.5 * d), 3 * d
    for _ in range(run.size):
        x, signs = generator.standard_normal((n, d)), generator.choice([-1.0, 1.0], width)
        w = generator.standard_normal((d, width)) / d**0.5
        z = x[:, 0]
        y = z + (z**2 - 1) / 2 + generator.standard_normal(n) / 2
        gradient = x.T @ (y[:, None] * (1 - np.tanh(x @ w) ** 2)) * signs / n
        steps = [w + eta / width**0.5 * gradient for eta in STEPS]
        largest.append([np.linalg.norm(matrix, 2) for matrix in steps])
        left, values, _ = np.linalg.svd(steps[-1], full_matrices=False)
        found.append((*values[:2], left[0, 0] ** 2, np.linalg.norm(x.T @ y / n)))
    first, second, overlap, length = np.array(found).T
    limit, share, size = (float(formula.at(eta=STEPS[-1], **at)) for formula in formulas)
    # the spike that X'y/n of the same data makes; in the limit its length is √(1 + 1.75/3)
    own = size * length / (1 + 1.75 / 3) ** 0.5
    explained = np.sqrt((1 + own**2) * (1.5 + own**2)) / own
    run.at(None, limit, first - explained + limit, name="s₁, with its own |X'y|/n", bias=3 / d)
    run.rejects("5 % less", 0.95 * limit)
    run.at(None, share, overlap, name="squared overlap", bias=3 / d, smallest=0.2)
    run.rejects("all of it along the teacher", share * (1 + 1.75 / 3))
    run.at(None, 1 + 1.5**0.5, second, name="edge of the bulk", bias=d ** (-2 / 3))
    grid = np.linspace(0.5, 5, 30)
    run.line(grid, lambda etas: [float(formulas[0].at(eta=x, **at)) for x in etas], "theory")
    run.points(STEPS, np.array(largest).T, series="d = 300")
    run.axes("step size", "largest singular value")
