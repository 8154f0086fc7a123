"""Gauss–Hermite rules with enclosed nodes and weights."""

import math
from functools import lru_cache

from flint import arb, ctx, fmpz_poly


def hermite_rule(size: int) -> list:
    """Nodes, in order, and weights for E f(Y) of a standard normal Y."""
    return _rule(size, ctx.prec)


@lru_cache(maxsize=64)
def _rule(size: int, bits: int) -> list:
    before, polynomial = fmpz_poly([1]), fmpz_poly([0, 1])
    for n in range(1, size):
        before, polynomial = polynomial, fmpz_poly([0, 1]) * polynomial - n * before
    roots = sorted((root.real for root, _ in polynomial.complex_roots()), key=float)
    scale = arb(math.factorial(size)) / size**2
    return [(x, scale / _at(before, x) ** 2) for x in roots]


def _at(polynomial: fmpz_poly, x: arb) -> arb:
    value = arb(0)
    for coefficient in reversed(polynomial.coeffs()):
        value = value * x + coefficient
    return value
