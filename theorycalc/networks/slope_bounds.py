"""Bounds on the slope of one hidden layer that need no cells, exact or certified.

f(x) = a · relu(Wx + b): its gradient is W'(s∘a) with s in {0, 1}^m. Vectors and matrices are lists
of rational numbers.
"""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import mpmath

from theorycalc.core.binary import fraction
from theorycalc.core.errors import PrecisionError, explain

Vector = Sequence[Fraction]
Matrix = Sequence[Vector]

# Digits of the eigenvectors that prove what the largest eigenvalue is.
_DIGITS = 40
_SPARE = Fraction(1, 10**34)
_MOST_SPARE = Fraction(1, 10**6)


def gradient(rows: Matrix, shares: Vector, active: Sequence[bool]) -> list[Fraction]:
    """W'(s∘a)."""
    on = [(share, row) for share, row, s in zip(shares, rows, active, strict=True) if s]
    return [sum((share * row[j] for share, row in on), Fraction(0)) for j in range(len(rows[0]))]


def over_patterns(
    rows: Matrix, shares: Vector, size: Callable, fixed: Vector | None = None
) -> Fraction:
    """max_s size(fixed + W'(s∘a)) over all s, one neuron turned at a time."""
    columns = [[share * x for x in row] for share, row in zip(shares, rows, strict=True)]
    start = [Fraction(0)] * len(rows[0]) if fixed is None else fixed
    scale = math.lcm(*(x.denominator for row in (*columns, start) for x in row))
    now = [int(x * scale) for x in start]
    whole = [[int(x * scale) for x in row] for row in columns]
    best, states = size(now), [False] * len(whole)
    for code in range(1, 1 << len(whole)):
        turned = (code & -code).bit_length() - 1
        way = -1 if states[turned] else 1
        states[turned] = not states[turned]
        now = [x + way * y for x, y in zip(now, whole[turned], strict=True)]
        best = max(best, size(now))
    return Fraction(best) / (scale**2 if size is squared else scale)


def squared(vector: Sequence) -> Any:
    """The square of the Euclidean norm."""
    return sum(x * x for x in vector)


def sum_of_sizes(vector: Sequence) -> Any:
    """The sum of the absolute values."""
    return sum(map(abs, vector))


def gram(rows: Matrix, weights: Vector) -> list[list[Fraction]]:
    """W' diag(weights) W."""
    d = range(len(rows[0]))
    pairs = list(zip(weights, rows, strict=True))
    return [[sum((t * w[i] * w[j] for t, w in pairs), Fraction(0)) for j in d] for i in d]


def multiplier_matrix(rows: Matrix, shares: Vector, multipliers: Vector) -> list[list[Fraction]]:
    """The matrix whose largest eigenvalue bounds the square of the slope, for any T > 0.

    2u'T(Wx − u) ≥ 0 is added to (a'u)² for differences u of the hidden layer, and the maximum over
    u taken: W'TW/2 + W'aa'W/(4(1 − q/2)) with q = Σ a_i²/T_i < 2.
    """
    q = sum((x * x / t for x, t in zip(shares, multipliers, strict=True)), Fraction(0))
    whole = gradient(rows, shares, [True] * len(shares))
    factor = 1 / (4 * (1 - q / 2))
    quadratic = gram(rows, multipliers)
    return [
        [x / 2 + factor * whole[i] * whole[j] for j, x in enumerate(row)]
        for i, row in enumerate(quadratic)
    ]


def largest_eigenvalue(matrix: Matrix) -> tuple[Fraction, Fraction]:
    """Rational numbers below and above the largest eigenvalue of a symmetric matrix.

    Below is a quotient of Rayleigh; above, a number λ for which λ − M is positive definite.

    Raises
    ------
    PrecisionError
        If none is found near it.
    """
    with mpmath.workdps(_DIGITS):
        numbers = mpmath.matrix([[mpmath.mpf(x.numerator) / x.denominator for x in row]
                                 for row in matrix])  # fmt: skip
        values, vectors = mpmath.eigsy(numbers)
        top = max(range(len(matrix)), key=lambda i: values[i])
        found = fraction(mpmath.mpf(values[top]))
        vector = [fraction(mpmath.mpf(vectors[i, top])) for i in range(len(matrix))]
    image = [sum((x * v for x, v in zip(row, vector, strict=True)), Fraction(0)) for row in matrix]
    below = sum((x * v for x, v in zip(image, vector, strict=True)), Fraction(0)) / squared(vector)
    size, spare = max(abs(found), sum(sum_of_sizes(row) for row in matrix)), _SPARE
    while not _is_above(matrix, below + spare * size):
        if spare > _MOST_SPARE:
            what = "the largest eigenvalue of a matrix is not enclosed"
            raise PrecisionError(explain(what, got=f"{len(matrix)} × {len(matrix)}"))
        spare *= 10
    return below, below + spare * size


def _is_above(matrix: Matrix, number: Fraction) -> bool:
    """Whether number − M is positive definite: all pivots of Gauss's elimination are positive."""
    rows = [[(number if i == j else 0) - x for j, x in enumerate(row)]
            for i, row in enumerate(matrix)]  # fmt: skip
    for k in range(len(rows)):
        pivot = rows[k][k]
        if pivot <= 0:
            return False
        for i in range(k + 1, len(rows)):
            share = rows[i][k] / pivot
            if share:
                rows[i] = [x - share * y for x, y in zip(rows[i], rows[k], strict=True)]
    return True
