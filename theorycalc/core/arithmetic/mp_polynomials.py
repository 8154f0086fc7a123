"""Orthogonal polynomials of integer degree by their finite sums, exact where the arguments are.

mpmath knows a zero of a polynomial by its size only, and gives up there.
"""

import itertools
from fractions import Fraction
from math import comb

from theorycalc.core.arithmetic.hypergeometric import terms
from theorycalc.core.arithmetic.mp_exact import is_integer

# Longer sums cost more than the hypergeometric series that they are.
HIGHEST = 256


def applies(n) -> bool:
    """Whether a degree is an integer that is small enough."""
    return is_integer(n) and 0 <= n.value <= HIGHEST


def hyper(context, a: list, b: list, z, degree: int):
    """pFq that ends after the power ``degree``: mpmath's expansions for large z do not know it."""
    one = context.exact(Fraction(1))
    return context.add(*itertools.islice(terms(a, b, z, one), degree + 1))


def jacobi(context, n, a, b, x):
    """Σ C(n + a, n − s) C(n + b, s) ((x − 1)/2)^s ((x + 1)/2)^(n − s) (DLMF 18.5.8)."""
    n = int(n)
    left, right = _falling(context, a + n, n), _falling(context, b + n, n)
    minus, plus = _powers(context, (x - 1) / 2, n), _powers(context, (x + 1) / 2, n)
    return context.add(
        *(context.mul(left[n - s], right[s], minus[s], plus[n - s]) for s in range(n + 1))
    )


def legendre(context, n, x):
    """P_n, the Jacobi polynomial with weight 1."""
    zero = context.exact(Fraction(0))
    return jacobi(context, n, zero, zero, x)


def gegenbauer(context, n, a, x):
    """Σ (−1)^k (a)_{n−k}/(k! (n − 2k)!) (2x)^{n−2k} (DLMF 18.5.10)."""
    n = int(n)
    powers, rising = _powers(context, 2 * x, n), [context.exact(Fraction(1))]
    for j in range(n):
        rising.append(context.mul(rising[-1], a + j, context.exact(Fraction(1, j + 1))))
    summands = (
        context.mul(
            context.exact(Fraction((-1) ** k * comb(n - k, k))), rising[n - k], powers[n - 2 * k]
        )
        for k in range(n // 2 + 1)
    )
    return context.add(*summands)


def laguerre(context, n, a, x):
    """Σ (−x)^i/i! C(n + a, n − i) (DLMF 18.5.12)."""
    n = int(n)
    binomials, powers = _falling(context, a + n, n), [context.exact(Fraction(1))]
    for i in range(n):
        powers.append(context.mul(powers[-1], -x, context.exact(Fraction(1, i + 1))))
    return context.add(*(context.mul(binomials[n - i], powers[i]) for i in range(n + 1)))


def hermite(context, n, x):
    """H_n by its recurrence."""
    return _recurrence(n, context.exact(Fraction(1)), 2 * x, lambda k: (2 * x, -2 * k))


def chebyshevt(context, n, x):
    """T_n by its recurrence."""
    return _recurrence(n, context.exact(Fraction(1)), x, lambda k: (2 * x, -1))


def chebyshevu(context, n, x):
    """U_n by its recurrence."""
    return _recurrence(n, context.exact(Fraction(1)), 2 * x, lambda k: (2 * x, -1))


def _recurrence(n, before, now, factors):
    """p_{k+1} = a p_k + b p_{k−1} from p_0 and p_1, up to p_n."""
    if n == 0:
        return before
    for k in range(1, int(n)):
        a, b = factors(k)
        before, now = now, a * now + b * before
    return now


def _falling(context, x, count: int) -> list:
    """C(x, 0), …, C(x, count)."""
    found = [context.exact(Fraction(1))]
    for k in range(count):
        found.append(context.mul(found[-1], x - k, context.exact(Fraction(1, k + 1))))
    return found


def _powers(context, x, count: int) -> list:
    found = [context.exact(Fraction(1))]
    for _ in range(count):
        found.append(context.mul(found[-1], x))
    return found
