r"""E χ(dY) of a standard normal Y for small d, from χ at a few multiples of a step e.

χ is analytic and at most C for |y| ≤ b = βe. Let T be the polynomial of degree 2m − 2 that is χ at
ke, |k| < m, and Ω(y) = y Π (y² − k²e²) over 0 < k < m ≤ β. By Hermite's formula on |s| = b

.. math:: |χ(y) − T(y)| \le 2C\, \frac{|Ω(y)|}{b\,Π(b² − k²e²)}, \qquad |y| \le b/2,

and in |Ω| every factor is at most y² + k²e², and |y| at most (y² + d²)/(2d). The even part of T is
Σ λ_k (χ(ke) + χ(−ke))/2 with Lagrange's polynomials λ_k of y² at the nodes k²e², 0 ≤ k < m. Their
coefficients alternate, so that |λ_k(y)| is at most λ_k^+(y), which has the absolute ones. With
a² = 2L² the law of Y beyond a is e^{−L²/2} times e^{Y²/4} at most: E[λ_k^+(dY); |Y| > a] is at most
√2 e^{−L²/2} E λ_k^+(√2 dY).
"""

import math
from functools import lru_cache
from typing import NamedTuple

import sympy


class Weights(NamedTuple):
    """E λ_k(dY), and a bound of Σ E λ_k^+(√2 dY)."""

    values: list
    size: object


def weights(context, ratio, count: int) -> Weights:
    """The weights of χ(ke) for k < m = count, where the ratio is d/e."""
    square = ratio * ratio
    moments, doubled = (_moments(context, x, count) for x in (square, 2 * square))
    values, size = [], context.number(sympy.S.Zero)
    for coefficients, norm in _lagrange(count):
        terms = list(zip(coefficients, moments, doubled, strict=True))
        values.append(sum((c * x for c, x, _ in terms), 0 * square) / norm)
        size = size + sum((abs(c) * y for c, _, y in terms), 0 * square) / abs(norm)
    return Weights(values, size)


def error(context, ratio, count: int, beta):
    """2 E|Ω(dY)|/(b Π(b² − k²e²)); infinite if nodes may lie beyond the circle."""
    if not context.compare(">", beta, context.number(sympy.Integer(count - 1))):
        return context.real(context.number(sympy.oo))
    moments = enumerate(_moments(context, ratio * ratio, count))
    # E (Y² + 1) Y^{2n} is 2n + 2 times the product of odd numbers below 2n
    mean = sum(
        (c * (2 * n + 2) * x for c, (n, x) in zip(_rising(count), moments, strict=True)), 0 * ratio
    )
    return ratio * mean / (beta * math.prod(beta * beta - k * k for k in range(1, count)))


def log_error(ratio: float, count: int, beta: float) -> float:
    """A double near the logarithm of `error`, for a plan."""
    scale = math.log(beta) + sum(math.log(beta**2 - k * k) for k in range(1, count))
    # Π(1 + x²/k²) is sinh(πx)/(πx) at most, and E e^{πx|Y|} 2e^{π²x²/2}
    growth = (math.pi * ratio) ** 2 / 2 + math.log(4 * count * ratio)
    return 2 * math.lgamma(count) + growth - scale


def _moments(context, square, count: int) -> list:
    """E (xY)^{2n} for n < count, from x²."""
    found = [context.real(context.number(sympy.S.One))]
    for n in range(1, count):
        found.append(found[-1] * (2 * n - 1) * square)
    return found


@lru_cache(maxsize=64)
def _lagrange(count: int) -> list:
    """(coefficients in u, norm) of Lagrange's polynomials at the nodes k², all over their norms."""
    whole = _product([-k * k for k in range(count)])
    found = []
    for k in range(count):
        quotient, carry = [], 0
        for c in whole[:0:-1]:
            carry = c + k * k * carry
            quotient.append(carry)
        norm = math.prod(k * k - j * j for j in range(count) if j != k)
        found.append((quotient[::-1], norm))
    return found


@lru_cache(maxsize=64)
def _rising(count: int) -> list:
    """The coefficients of Π (u + k²) over 0 < k < count."""
    return _product([k * k for k in range(1, count)])


def _product(offsets: list) -> list:
    """The coefficients of Π (u + a), from the lowest."""
    found = [1]
    for a in offsets:
        found = [a * x + y for x, y in zip([*found, 0], [0, *found], strict=True)]
    return found
