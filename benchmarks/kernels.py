"""Gram matrices of the tangent kernel, against the textbook recursion in NumPy."""

import numpy as np
import sympy
from _timing import compare

import theorycalc as tc

N, D, DEPTH = 1500, 64, 3
NETWORK = tc.kernels.mlp(DEPTH, "relu", sigma_w=sympy.sqrt(2), sigma_b="0.1")
X = np.random.default_rng(0).standard_normal((N, D))
# neighbours: what a data set with duplicates or augmentations has
X[1::2] = X[::2] + 1e-9 * np.random.default_rng(1).standard_normal((N // 2, D))
PAIRS = [(0, 1), (2, 3), (10, 11), (0, 2), (5, 700)]


def naive():
    """Jacot, Gabriel and Hongler's recursion, layer by layer on whole matrices."""
    q = 2 * X @ X.T / D + 0.01
    theta = q
    for _ in range(DEPTH):
        norms = np.sqrt(np.diag(q))
        scale = np.outer(norms, norms)
        cosine = np.clip(q / scale, -1, 1)
        angle = np.arccos(cosine)
        q = scale * (np.sqrt(1 - cosine**2) + cosine * (np.pi - angle)) / np.pi + 0.01
        theta = q + theta * (np.pi - angle) / np.pi
    return theta


def exact_entries():
    rows = [[sympy.Rational(float(v)) for v in row] for row in X]
    for i, j in PAIRS:
        q11, q12, q22 = (
            sum(a * b for a, b in zip(rows[a], rows[b], strict=True)) / D
            for a, b in ((i, i), (i, j), (j, j))
        )
        yield float(NETWORK.ntk_general.at(q11=q11, q12=q12, q22=q22, using=tc.Ball(20)))


EXACT = list(exact_entries())


def worst(matrix):
    errors = [abs(matrix[p] - e) / abs(e) for p, e in zip(PAIRS, EXACT, strict=True)]
    return f"largest relative error {max(errors):.1e}"


if __name__ == "__main__":
    NETWORK.ntk_matrix(X[:4])  # compiled once, kept on disk
    compare(
        f"tangent kernel of {N} inputs, d = {D}, {DEPTH} hidden ReLU layers",
        {"ntk_matrix": lambda: NETWORK.ntk_matrix(X), "NumPy, textbook recursion": naive},
        worst,
    )
