"""Hypergeometric series for mpmath, summed to the end: it stops at the first small term."""

import functools
import itertools
import math

from mpmath import libmp

from theorycalc.core.arithmetic.hypergeometric import terms

# More terms are not summed.
_MOST_TERMS = 100_000
_GUARD_BITS = 20
# mpmath's sums are in fixed point: numbers further from 1 than these bits lose too much.
_FIXED_POINT = 20


def sums_to_the_end(mp) -> None:
    """Let every function of a private mpmath context use the series below where it has to."""
    mp.hypsum = functools.partial(_hypsum, mp, mp.hypsum)


def _hypsum(mp, summed, p, q, flags, coeffs, z, accurate_small=True, **kwargs):
    """mpmath's series where its terms cannot mislead it, and otherwise a sum with a bounded rest.

    Divergent series (p > q + 1) are mpmath's: it watches their smallest term.
    """
    upper, lower = coeffs[:p], coeffs[p:]
    if p > q + 1 or not z or not _misleads(mp, upper, lower, z):
        return summed(p, q, flags, coeffs, z, accurate_small, **kwargs)
    wp = mp.prec + _GUARD_BITS
    most = kwargs.get("maxprec", mp._default_hyper_maxprec(mp.prec))
    while True:
        with mp.workprec(wp):
            total, largest = _sum(mp, upper, lower, z)
            lost = largest - mp.mag(total) if total else mp.inf
        zero = kwargs.get("zeroprec")
        if zero is not None and lost > zero:
            return mp.zero
        if not accurate_small or lost <= wp - mp.prec - _GUARD_BITS // 2:
            return +total
        if lost > most:
            raise libmp.NoConvergence("a hypergeometric series cancels")
        wp = mp.prec + int(lost) + 2 * _GUARD_BITS if mp.isfinite(lost) else 2 * wp
        if wp > mp.prec + most:
            raise libmp.NoConvergence("a hypergeometric series cancels")


def _misleads(mp, upper, lower, z) -> bool:
    """Whether a term may be negligible before a larger one comes, or be lost in fixed point."""
    if mp.mag(z) < -_FIXED_POINT:
        return True
    if any(abs(mp.mag(x)) > _FIXED_POINT for x in (*upper, *lower) if x):
        return True
    a, b = ([_Factor(mp, x) for x in xs] for xs in (upper, lower))
    size, log_z = 0.0, float(mp.log(abs(z), 2))
    rest = _Rest([abs(x.near) for x in a], [x.near.real for x in b], log_z)
    for k in range(_MOST_TERMS):
        if rest.converges(k):
            return False
        if any(x.vanishes(k) for x in (*a, *b)):
            return False  # a polynomial, or a pole, which mpmath names
        size += log_z - math.log2(k + 1) + sum(x.size(k) for x in a) - sum(x.size(k) for x in b)
        if size < -mp.prec:
            return True
    return True


class _Factor:
    """The factors x, x + 1, x + 2, … by their sizes."""

    def __init__(self, mp, x):
        self.mp, self.x = mp, mp.convert(x)
        self.near = complex(self.x)

    def vanishes(self, k: int) -> bool:
        """Whether x + k is 0."""
        return abs(self.near + k) < 0.25 and not self.x + k

    def size(self, k: int) -> float:
        """log₂|x + k|, also where the double is not the number."""
        near = abs(self.near + k)
        return math.log2(near) if near > 0.25 else float(self.mp.log(abs(self.x + k), 2))


def _sum(mp, upper, lower, z) -> tuple:
    """(the series, the binary magnitude of its largest term)."""
    upper, lower, z = [mp.convert(x) for x in upper], [mp.convert(x) for x in lower], mp.convert(z)
    log_z = float(mp.log(abs(z), 2))
    rest = _Rest([abs(x) for x in upper], [mp.re(x) for x in lower], log_z)
    total, largest = mp.one, 1
    series = itertools.islice(terms(upper, lower, z, mp.one), 1, _MOST_TERMS + 1)
    for k, term in enumerate(series):
        total += term
        if not term:
            return total, largest
        size = mp.mag(term)
        largest = max(largest, size)
        small = min(mp.mag(total), largest) if total else largest
        if size < small - mp.prec and rest.converges(k + 1):
            return total, largest
    raise libmp.NoConvergence("a hypergeometric series is too long")


class _Rest:
    """Whether all later terms fall by a factor at least.

    From index k on, |a + j|/|b + j| ≤ max(1, (|a| + k)/(b + k)) for each a paired with a b > −k,
    where the last b is the 1 of the factorial; a b without a partner divides by at least b + k.
    """

    def __init__(self, upper: list, lower: list, log_z: float):
        self.upper, self.lower, self.log_z = sorted(upper), sorted([*lower, 1]), log_z

    def converges(self, k: int) -> bool:
        """Whether the terms after index k fall at least like (1 + |z|)/2, or like 1/2."""
        if not self.lower[0] + k > 0:
            return False
        alone = len(self.lower) - len(self.upper)
        paired = zip(self.upper, self.lower[alone:], strict=True)
        factors = [max(1, (a + k) / (b + k)) for a, b in paired]
        factors += [1 / (b + k) for b in self.lower[:alone]]
        if any(not factor > 0 for factor in factors):
            return False
        size = self.log_z + sum(math.log2(factor) for factor in factors)
        limit = -1.0 if alone else math.log2((1 + min(2.0**self.log_z, 1.0)) / 2)
        return size <= limit < 0
