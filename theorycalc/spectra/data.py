"""Matrices and samples: what laws have to do with data, in doubles."""

import numpy as np

from theorycalc.core.arrays import check_memory, random_stream, real_array
from theorycalc.core.errors import DomainError, explain
from theorycalc.spectra import in_balls_edges, in_doubles, quadrature
from theorycalc.spectra.nodes import Node

# The largest of the eigenvalues that are no outliers stays below this with probability 0.99: the
# quantile of the Tracy–Widom law of real matrices.
_LEVEL = 2.02


def symmetric(matrix) -> np.ndarray:
    """A real symmetric matrix.

    Raises
    ------
    DomainError
        For anything else.
    """
    x = real_array(matrix, "matrix")
    if x.ndim != 2 or x.shape[0] != x.shape[1] or not len(x):
        raise DomainError(explain("not a square matrix", got=x.shape, allowed="(n, n), n ≥ 1"))
    if not np.allclose(x, x.T, rtol=1e-10, atol=1e-10 * np.abs(x).max()):
        hint = "X @ X.T / n, or (A + A.T) / 2"
        raise DomainError(explain("the matrix is not symmetric", got=x.shape, hint=hint))
    return x


def eigenvalues(matrix) -> dict[float, str]:
    """{eigenvalue: its share} of a symmetric matrix."""
    found, counts = np.unique(_eigenvalues(matrix), return_counts=True)
    size = counts.sum()
    return {float(x): f"{n}/{size}" for x, n in zip(found, counts, strict=True)}


def _eigenvalues(matrix) -> np.ndarray:
    """Ascending, with those that are the same as often as there are of them."""
    found = np.linalg.eigvalsh(symmetric(matrix))
    if not np.isfinite(found).all():
        hint = "the matrix divided by its largest entry"
        raise DomainError(explain("eigenvalues beyond the range of doubles", hint=hint))
    return found


def sample(node: Node, atoms: dict, size: int, seed) -> np.ndarray:
    """Independent draws: uniform numbers through the inverse of the distribution function."""
    check_memory(f"{size} draws", 64 * size)
    u = random_stream(seed).random(size)
    masses = [float(w) for w in atoms.values()]
    table = [(float(t), float(t), w) for t, w in zip(atoms, masses, strict=True)]
    pieces = [
        (low, high, quadrature.mass(node, low, high)) for low, high in quadrature.intervals(node)
    ]
    out, start = np.empty(size), 0.0
    every = sorted([*table, *pieces])
    whole = sum(w for *_, w in every)
    for low, high, w in every:
        w = w / whole
        chosen = (u >= start) & (u < start + w)
        share = (u[chosen] - start) / w
        out[chosen] = low if low == high else quadrature.interpolated(node, low, high, share)
        start += w
    out[u >= start] = every[-1][1]
    return out


def beyond(matrix, node: Node) -> list[tuple[float, float, float]]:
    """(eigenvalue, θ, squared overlap) of the eigenvalues of a matrix that leave a law.

    An edge of density (A/π)√(b − x) moves by (An)^{−2/3} times a Tracy–Widom variable.
    """
    found = _eigenvalues(matrix)
    ends = in_balls_edges.in_doubles(node)
    out = []
    for edge, side in ((ends[0], -1), (ends[-1], 1)):
        step = 1e-4 * (ends[-1] - ends[0])
        density = in_doubles.density(node, np.array([edge - side * step]))[0][0]
        margin = _LEVEL * (np.pi * density / np.sqrt(step) * len(found)) ** (-2 / 3)
        for x in found[side * (found - edge) > margin]:
            g, slope = in_doubles.slope_of(node, float(x))
            out.append((float(x), 1 / g, -(g**2) / slope))
    return sorted(out)
