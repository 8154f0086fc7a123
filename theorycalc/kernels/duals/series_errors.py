"""What Hermite series of Gaussian expectations in doubles may be off."""

import numpy as np

from theorycalc.kernels.duals.series_tables import LANES, TOLERANCE, Table

_EPS = np.finfo(float).eps
# Roundings of a term that do not depend on its order.
_ROUNDINGS = 4


def of_sums(table: Table, a, b, rho) -> np.ndarray:
    """The errors of the sums of `fill`, for rows a, b of the table and correlations ρ.

    They are those of coefficients, weighted with ρ^k by Cauchy and Schwarz; what is cut off; and
    the roundings of the terms, of which ρ^k has k.
    """
    rho = np.abs(rho)
    front = rho**table.start
    last = table.tails.shape[1] - 1
    degrees = LANES * last * table.stride
    with np.errstate(divide="ignore"):
        # Σ ρ^{2k}, and k ρ^k at most
        length = np.minimum(1 / np.maximum(1 - rho, 0.0), degrees)
    roots = [np.sqrt(table.moment[row]) for row in (a, b)]
    safe = [np.where(root > 0, root, 1.0) for root in roots]
    heads = [np.abs(table.head[row]).T / root for row, root in zip((a, b), safe, strict=True)]
    tails = [table.tails[row] for row in (a, b)]
    weights = [
        c0 + c1 * rho + front * tail[..., 0] * np.sqrt(length)
        for (c0, c1), tail in zip(heads, tails, strict=True)
    ]
    errors = table.errors[b] * weights[0] + table.errors[a] * weights[1]
    body = front * tails[0][..., 0] * tails[1][..., 0]
    head = heads[0][0] * heads[1][0] + heads[0][1] * heads[1][1] * rho
    roundings = _EPS * (_ROUNDINGS * (head + body) + (table.start + length / 2) * body)
    beyond = front * tails[0][..., last] * tails[1][..., last] * rho**degrees
    cut = np.maximum(np.minimum(TOLERANCE * head, body), beyond)
    own = (a == b) & (rho == 1)
    relative = np.where(own, 2 * table.errors[a], errors + roundings + cut)
    return roots[0] * roots[1] * relative


def correlations(q1, q2, q12) -> np.ndarray:
    """ρ of pairs, 0 where a variance is 0."""
    norm = np.sqrt(q1 * q2)
    return np.clip(np.divide(q12, norm, out=np.zeros_like(norm), where=norm > 0), -1.0, 1.0)
