"""Spherical harmonics and zonal sums in double precision.

With U = Y·√(k!/(d/2)_k), the factor that the degree k has in every dimension d, the recursion over
the last coordinate x is

    U^{(d)}_{k,j,m} = t_{k,j} U^{(d−1)}_{j,m},    t_{j,j} = 1,
    t_{k,j} = A_{k,j} x t_{k−1,j} − B_{k,j} r² t_{k−2,j},

where r is the norm of the first d coordinates. The harmonics of degree k in d − 1 dimensions are
the last of those in d dimensions, so a level only adds what is new in front of every degree.
Polynomials in x and r²: no angle, no division, and a change of sign of the point is exact.
"""

import numpy as np
import scipy

from theorycalc.core.compiled import compiled
from theorycalc.core.threads import CORES, in_threads

# Points that share one pass of the recursion: a line of the cache, one vector register.
_LANES = 8
# Rows of coefficients end on whole vectors, with zeros that are computed and not used.
_PADDING = 4
# With fewer numbers a second thread costs more than it brings, on a machine that has other work.
_NUMBERS_PER_THREAD = 4_000_000
# More parts than threads: a core that is busy elsewhere gets fewer of them.
_PARTS_PER_THREAD = 8
_INNER_PRODUCTS = 512


def evaluate(points: np.ndarray, lowest: int, highest: int) -> np.ndarray:
    """Harmonics of the degrees lowest … highest at points of shape (n, d), one row for a point."""
    n, d = points.shape
    sizes = _sizes(d, highest)
    values = np.empty((n, int(sizes[d, lowest : highest + 1].sum())))
    if d == 2:
        _each_part(lambda part: _circle(points[part], lowest, highest, values[part]), values)
        return values
    tables = _coefficients(d, highest)
    if d == 3:
        first, second, start = (table[0] for table in tables)
        _each_part(
            lambda part: _two_sphere(points[part], first, second, start, lowest, values[part]),
            values,
        )
    else:
        ends = np.cumsum(sizes[d - 1])
        _each_part(
            lambda part: _any_sphere(points[part], *tables, sizes, ends, lowest, values[part]),
            values,
        )
    return values


def scratch_bytes(d: int, columns: int) -> int:
    """What `evaluate` keeps besides its result, if degrees up to the highest have so many columns.

    The columns are those of d − 1 dimensions; every thread keeps them for one group of points.
    """
    return 0 if d <= 3 else 8 * _LANES * columns * CORES


def digits_of_factor(d: int, degree: int) -> float:
    """log10 of the largest factor t_{k,j}, which overflows long before a harmonic does.

    It is √N(d+2j, k−j) but for a power of the degree, looked up at a hundred j: it is smooth in j.
    """
    j = np.linspace(0, degree, 100)
    n = degree - j
    dimension = d + 2 * j
    count = (
        np.log(2 * n + dimension - 2)
        + scipy.special.gammaln(n + dimension - 2)
        - scipy.special.gammaln(n + 1)
        - scipy.special.gammaln(dimension - 1)
    )
    return float(count.max() / (2 * np.log(10)))


def zonal(t: np.ndarray, d: int, weights: np.ndarray) -> None:
    """Σ_k weights[k] P_{d,k}(t), in the place of t, which is C-contiguous."""
    k = np.arange(1.0, len(weights))
    up = np.concatenate([[1.0], (2 * k + d - 2) / (k + d - 2)])
    down = np.concatenate([[0.0], k / (k + d - 2)])
    flat = t.reshape(-1)
    _each_part(lambda part: _zonal(flat[part], up, down, weights), flat)


def _each_part(fill, values: np.ndarray) -> None:
    """Fill the rows of an array, in as many threads as the work is worth."""
    threads = min(CORES, 1 + values.size // _NUMBERS_PER_THREAD)
    if threads == 1:
        fill(slice(None))
        return
    edges = np.linspace(0, len(values), _PARTS_PER_THREAD * threads + 1).astype(int)
    edges[1:-1] -= edges[1:-1] % _LANES
    in_threads(fill, map(slice, edges[:-1], edges[1:]), threads)


def _sizes(d: int, degree: int) -> np.ndarray:
    """The numbers N(e, k) for e ≤ d, by N(e, k) = N(e−1, 0) + … + N(e−1, k)."""
    sizes = np.zeros((d + 1, degree + 1), dtype=np.int64)
    sizes[2] = 2
    sizes[2, 0] = 1
    for e in range(3, d + 1):
        sizes[e] = np.cumsum(sizes[e - 1])
    return sizes


def _coefficients(d: int, degree: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(A, B, t_{k,k}) for the dimensions 3 … d; the last one has the factor that turns U into Y."""
    width = (degree // _PADDING + 1) * _PADDING
    e = np.arange(3.0, d + 1)[:, None, None]
    k = np.arange(degree + 1.0)[:, None]
    j = np.arange(float(width))
    with np.errstate(divide="ignore", invalid="ignore"):
        first = 2 * k * (2 * k + e - 4) / ((k - j) * (k + j + e - 3))
        second = first * 2 * (k - 1) * (k - j - 1) * (k + j + e - 4)
        second /= (2 * k + e - 4) ** 2 * (2 * k + e - 6)
        a = np.where(k - j >= 1, np.sqrt(first), 0.0)
        b = np.where(k - j >= 2, np.sqrt(second), 0.0)
    start = np.ones((d - 2, degree + 1))
    ratios = np.sqrt((d / 2 + k[1:, 0] - 1) / k[1:, 0])
    start[-1, 1:] = np.cumprod(ratios)
    a[-1, 1:] *= ratios[:, None]
    b[-1, 2:] *= (ratios[1:] * ratios[:-1])[:, None]
    return a, b, start


@compiled
def _circle(points, lowest, highest, out):
    """1, √2 Re (x+iy)^k, √2 Im (x+iy)^k."""
    for p in range(points.shape[0]):
        x, y = points[p, 0], points[p, 1]
        re, im = np.sqrt(2.0), 0.0
        column = 0
        if lowest == 0:
            out[p, 0] = 1.0
            column = 1
        for k in range(1, highest + 1):
            re, im = x * re - y * im, x * im + y * re
            if k >= lowest:
                out[p, column] = re
                out[p, column + 1] = im
                column += 2


@compiled
def _two_sphere(points, a, b, start, lowest, out):
    """Harmonics in three dimensions, point by point: vectors run along j, rows are written once."""
    degree = len(start) - 1
    re, im = np.empty(degree + 1), np.empty(degree + 1)
    re[0], im[0] = np.sqrt(2.0), 0.0
    now, before = np.zeros(a.shape[1]), np.zeros(a.shape[1])
    for p in range(points.shape[0]):
        x, y, z = points[p, 0], points[p, 1], points[p, 2]
        square = x * x + y * y + z * z
        for k in range(1, degree + 1):
            re[k] = x * re[k - 1] - y * im[k - 1]
            im[k] = x * im[k - 1] + y * re[k - 1]
        column = 0
        for k in range(degree + 1):
            now, before = before, now
            for j in range((k + _PADDING - 1) // _PADDING * _PADDING):
                now[j] = a[k, j] * z * before[j] - b[k, j] * square * now[j]
            now[k] = start[k]
            if k >= lowest:
                row = out[p, column : column + 2 * k + 1]
                row[0] = now[0]
                for j in range(k):
                    row[2 * j + 1] = now[j + 1] * re[j + 1]
                    row[2 * j + 2] = now[j + 1] * im[j + 1]
                column += 2 * k + 1


@compiled
def _any_sphere(points, a, b, start, sizes, ends, lowest, out):
    """Harmonics in four or more dimensions: vectors run along the points of a group."""
    n, d = points.shape
    degree = len(ends) - 1
    u = np.empty((ends[degree], _LANES))
    x, square = np.zeros((d, _LANES)), np.empty(_LANES)
    now, before = np.zeros((degree + 1, _LANES)), np.zeros((degree + 1, _LANES))
    for begin in range(0, n, _LANES):
        group = out[begin : begin + _LANES]
        for p in range(len(group)):
            for i in range(d):
                x[i, p] = points[begin + p, i]
        for p in range(_LANES):
            square[p] = x[0, p] * x[0, p] + x[1, p] * x[1, p]
        _plane(x[0], x[1], ends, u)
        for e in range(3, d + 1):
            for p in range(_LANES):
                square[p] += x[e - 1, p] * x[e - 1, p]
            column = 0
            for k in range(degree + 1):
                now, before = before, now
                _advance(k, a[e - 3, k], b[e - 3, k], x[e - 1], square, now, before)
                now[k] = start[e - 3, k]
                if e < d:
                    _prepend(k, now, sizes[e - 1], ends, u)
                elif k >= lowest:
                    _write(k, now, ends, u, group[:, column : column + ends[k]])
                    column += ends[k]


@compiled
def _plane(x, y, ends, u):
    """The harmonics of the plane, each degree at the end of its place."""
    u[0] = 1.0
    re, im = np.full(_LANES, np.sqrt(2.0)), np.zeros(_LANES)
    for k in range(1, len(ends)):
        for p in range(_LANES):
            re[p], im[p] = x[p] * re[p] - y[p] * im[p], x[p] * im[p] + y[p] * re[p]
            u[ends[k] - 2, p] = re[p]
            u[ends[k] - 1, p] = im[p]


@compiled
def _advance(k, a, b, x, square, now, before):
    """t_{k,j} for j < k from t_{k−1,j} (before) and t_{k−2,j} (now), in the place of the latter."""
    for j in range(k):
        for p in range(_LANES):
            now[j, p] = a[j] * x[p] * before[j, p] - b[j] * square[p] * now[j, p]


@compiled
def _prepend(k, factors, sizes, ends, u):
    """Put the new harmonics of degree k, those with j < k, in front of the old ones."""
    place = ends[k] - sizes[k]
    for j in range(k - 1, -1, -1):
        for i in range(ends[j] - 1, ends[j] - sizes[j] - 1, -1):
            place -= 1
            for p in range(_LANES):
                u[place, p] = factors[j, p] * u[i, p]


@compiled
def _write(k, factors, ends, u, out):
    """The products of the last level, one row for each point."""
    i = 0
    for j in range(k + 1):
        while i < ends[j]:
            # the constant number of lanes unrolls
            if len(out) == _LANES:
                for p in range(_LANES):
                    out[p, i] = factors[j, p] * u[i, p]
            else:
                for p in range(len(out)):
                    out[p, i] = factors[j, p] * u[i, p]
            i += 1


@compiled
def _zonal(t, up, down, weights):
    """The three-term recurrence, on as many inner products at a time as the cache keeps."""
    now, before = np.empty(_INNER_PRODUCTS), np.empty(_INNER_PRODUCTS)
    total = np.empty(_INNER_PRODUCTS)
    for begin in range(0, t.size, _INNER_PRODUCTS):
        part = t[begin : begin + _INNER_PRODUCTS]
        now[:], before[:], total[:] = 1.0, 0.0, weights[0]
        for k in range(len(weights) - 1):
            for i in range(part.size):
                following = up[k] * part[i] * now[i] - down[k] * before[i]
                before[i], now[i] = now[i], following
                total[i] += weights[k + 1] * following
        part[:] = total[: part.size]
