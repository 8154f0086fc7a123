"""Sums of Hermite series of all pairs, each with as many terms as it needs."""

import numpy as np

from theorycalc.core.compiled import compiled, inner
from theorycalc.core.threads import in_threads
from theorycalc.kernels.duals.series_tables import LANES, TOLERANCE, Table

_BLOCK_ROWS, _TILE = 32, 64


@inner
def _correlation(q1, q2, q12):
    norm = np.sqrt(q1 * q2)  # not a product of roots: exactly q for equal variances
    return min(max(q12 / norm, -1.0), 1.0) if norm > 0.0 else 0.0


@inner
def _body(c, tails, a, b, r, front, limit):
    """Σ c_{a,m} c_{b,m} r^m until ``front`` times the rest is below the limit."""
    r2 = r * r
    r4 = r2 * r2
    r8 = r4 * r4
    power = 1.0
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
    for lane in range(tails.shape[1] - 1):
        if front * abs(power) * tails[a, lane] * tails[b, lane] <= limit:
            break
        m = LANES * lane
        s0 += c[a, m] * c[b, m] * power
        s1 += c[a, m + 1] * c[b, m + 1] * power
        s2 += c[a, m + 2] * c[b, m + 2] * power
        s3 += c[a, m + 3] * c[b, m + 3] * power
        s4 += c[a, m + 4] * c[b, m + 4] * power
        s5 += c[a, m + 5] * c[b, m + 5] * power
        s6 += c[a, m + 6] * c[b, m + 6] * power
        s7 += c[a, m + 7] * c[b, m + 7] * power
        power *= r8
    low = (s0 + s1 * r) + (s2 + s3 * r) * r2
    return low + ((s4 + s5 * r) + (s6 + s7 * r) * r2) * r4


@compiled
def _fill(table, rows_of, q, index1, index2, q12, todo, result, first, last):
    """The sums of the rows [first, last) that are to do and that the table reaches."""
    # not slices of the arrays: threads would count references to them
    moment, head, body, tails = table.moment, table.head, table.body, table.tails
    lanes, odd, dense = tails.shape[1] - 1, table.start == 3, table.stride == 1
    for tile in range(0, q12.shape[1], _TILE):
        for i in range(first, last):
            for j in range(tile, min(tile + _TILE, q12.shape[1])):
                if not todo[i, j]:
                    continue
                rho = _correlation(q[index1[i, j]], q[index2[i, j]], q12[i, j])
                a, b = rows_of[index1[i, j]], rows_of[index2[i, j]]
                if a == b and rho == 1.0:
                    result[i, j] = moment[a]
                    todo[i, j] = False
                    continue
                r = rho if dense else rho * rho
                front = rho * rho * (rho if odd else 1.0)
                rest = abs(front) * tails[a, lanes] * tails[b, lanes]
                if rest > TOLERANCE and rest * abs(r) ** (LANES * lanes) > TOLERANCE:
                    continue
                total = head[a, 0] * head[b, 0] + head[a, 1] * head[b, 1] * rho
                size = np.sqrt(moment[a] * moment[b])
                limit = TOLERANCE * abs(total) / size if size > 0.0 else TOLERANCE
                result[i, j] = total + front * _body(body, tails, a, b, r, abs(front), limit)
                todo[i, j] = False


def fill(table: Table, rows_of, q, index1, index2, q12, todo, result) -> None:
    """Sum the series of all pairs in ``todo`` that the table reaches, on all cores.

    ``q[index1[i, j]]`` and ``q[index2[i, j]]`` are the variances of the pair (i, j), and
    ``rows_of`` says in which row of the table a variance is.
    """

    def block(first: int) -> None:
        last = min(first + _BLOCK_ROWS, len(q12))
        _fill(table, rows_of, q, index1, index2, q12, todo, result, first, last)

    in_threads(block, range(0, len(q12), _BLOCK_ROWS))
