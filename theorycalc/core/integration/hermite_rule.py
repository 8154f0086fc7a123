"""Gauss–Hermite rules with enclosed nodes and weights."""

import itertools
import math
from functools import lru_cache

from flint import arb, ctx, fmpz_poly

from theorycalc.core.integration.recurrences import hermite


def hermite_rule(size: int) -> list:
    """Nodes, in order, and weights for E f(Y) of a standard normal Y."""
    return _rule(size, ctx.prec)


@lru_cache(maxsize=64)
def _rule(size: int, bits: int) -> list:
    polynomials = hermite(fmpz_poly([0, 1]), fmpz_poly([1]))
    before, polynomial = itertools.islice(polynomials, size - 1, size + 1)
    roots = sorted((root.real for root, _ in polynomial.complex_roots()), key=float)
    scale = arb(math.factorial(size)) / size**2
    return [(x, scale / before(x) ** 2) for x in roots]
