"""Least squares on random features, and kernel regression on handwritten digits."""

import numpy as np

import theorycalc as tc

# Eigenvalues 4^{−j} in 2^j directions, j < OCTAVES.
OCTAVES = 9
# (samples, features): either may be the smaller one.
_SHAPES = ((20, 40), (40, 20), (20, 120), (120, 20), (60, 120), (120, 60))
_IMAGES, _RIDGE = 400, 0.1


def features(run, formula: tc.Formula) -> None:
    """Errors of the solutions of least norm, exact given samples and features."""
    generator = np.random.default_rng(0)
    sizes = np.repeat(0.5 ** np.arange(OCTAVES), 2 ** np.arange(OCTAVES))
    for n, p in _SHAPES:
        errors = []
        for _ in range(run.size):
            x = generator.standard_normal((n, sizes.size)) * sizes
            projection = generator.standard_normal((p, sizes.size)) / p**0.5
            # the mean over targets w of unit variance: w is estimated by Mw
            estimate = projection.T @ np.linalg.pinv(x @ projection.T) @ x
            errors.append(((np.eye(sizes.size) - estimate).T ** 2 @ sizes**2).sum())
        less, more = sorted((n, p))
        theory = formula.at(n=less, P=more)
        # before the limit the error is larger by about 1/m
        allowed, name = 1.2 * float(theory) / less, f"n = {n}, P = {p}"
        options = {"name": name, "series": f"m = {less}", "bias": allowed, "smallest": 0.25}
        run.at(float(more), theory, errors, **options)
    run.rejects("no variance", float(theory) * (1 - less / more))
    for less in (20, 60):
        grid = np.geomspace(1.3 * less, 200, 30)
        run.line(grid, formula.subs(n=less).lambdify(), f"m = {less}")
    run.axes("larger one of n and P", "mean-square error", log="xy")


def digits(run) -> None:
    """Errors on all images after training on some, beside what the spectrum says."""
    from sklearn.datasets import load_digits

    images, labels = load_digits(return_X_y=True)
    images = images[:_IMAGES] / np.linalg.norm(images[:_IMAGES], axis=1, keepdims=True) * 8
    target = np.where(labels[:_IMAGES] % 2, 1.0, -1.0)
    gram = tc.kernels.mlp(2).ntk_matrix(images)
    eigenvalues, vectors = np.linalg.eigh(gram / _IMAGES)
    powers = (vectors.T @ target) ** 2 / _IMAGES
    fit = tc.learning_curves.kernel(np.maximum(eigenvalues, 0), powers, ridge=_RIDGE)
    generator, sizes = np.random.default_rng(1), np.array([20, 50, 100])
    curve = fit.curve(sizes)
    for n, theory in zip(sizes, curve.test.values, strict=True):
        errors = []
        for _ in range(4 * run.size):
            seen = generator.permutation(_IMAGES)[:n]
            kernel = gram[np.ix_(seen, seen)] + _RIDGE * np.eye(n)
            predicted = gram[:, seen] @ np.linalg.solve(kernel, target[seen])
            errors.append(np.mean((predicted - target) ** 2))
        allowed = 0.03 * float(theory)
        run.at(float(n), float(theory), errors, name=f"n = {n}", bias=allowed, smallest=0.25)
    run.rejects("nothing is learned", 1.0)
    grid = np.geomspace(8, 150, 40)
    run.line(grid, lambda counts: fit.curve(counts).test.values)
    run.axes("training images", "mean-square error", log="xy")
