"""Sums Σ c t^p L^m with L = log(1/t), which enclose a quantity for all t in (0, ε].

Some of the c are numbers, as exact as they can be, and others enclosures of what depends on t: a
remainder is a term like any other. So the terms that cancel do so exactly, and what is left over
says which sign the quantity has up to ε, and not only in the limit.
"""

from collections.abc import Callable
from itertools import islice

from flint import arb, fmpq

from theorycalc.bounds.coefficients import Coefficient, ball, is_zero, plus, sign, times, to_the
from theorycalc.core.arithmetic.germs import Nearby

# The c of a sum by (p, m).
Key = tuple[fmpq, fmpq]
GermSum = dict[Key, Coefficient]
ONE: Key = (fmpq(0), fmpq(0))
LOG: Key = (fmpq(0), fmpq(1))
T: Key = (fmpq(1), fmpq(0))


class UnclearError(Exception):
    """What a quantity does is not seen."""


def constant(c: Coefficient) -> GermSum:
    """A sum that is a number."""
    return {} if is_zero(c) else {ONE: c}


def is_small(key: Key) -> bool:
    """Whether t^p L^m goes to 0 with t."""
    power, logs = key
    return power > 0 or (power == 0 and logs < 0)


def is_negative_at_last(x: GermSum) -> bool:
    """Whether a quantity is negative for small t, whatever is known of its smaller terms."""
    first = next(iter(x.values()), fmpq(0))
    return not isinstance(first, arb) and sign(first) < 0


class Germs:
    """The operations on such sums, of which so many terms are kept apart.

    Parameters
    ----------
    near : Nearby
        The t that are meant.
    count : int
        How many terms of a sum are kept; the others become a part of the last.
    """

    def __init__(self, near: Nearby, count: int):
        self.near, self.count = near, count

    def add(self, *sums: GermSum) -> GermSum:
        total: GermSum = {}
        for terms in sums:
            for key, c in terms.items():
                total[key] = plus(total[key], c) if key in total else c
        return self._short(total)

    def mul(self, x: GermSum, y: GermSum) -> GermSum:
        total: GermSum = {}
        for (p, m), c in x.items():
            for (q, n), d in y.items():
                key, product = (p + q, m + n), times(c, d)
                total[key] = plus(total[key], product) if key in total else product
        return self._short(total)

    def scaled(self, x: GermSum, c: Coefficient, key: Key = ONE) -> GermSum:
        """x times c t^p L^m."""
        return self.mul(x, {key: c})

    def _short(self, terms: GermSum) -> GermSum:
        found = {key: c for key, c in terms.items() if not is_zero(c)}
        kept = sorted(found, key=_order)
        if len(kept) <= self.count:
            return {key: found[key] for key in kept}
        *first, last = kept[: self.count]
        rest = sum((ball(found[key]) * self._over(key, last) for key in kept[self.count :]), arb(0))
        return {**{key: found[key] for key in first}, last: ball(found[last]) + rest}

    def _over(self, key: Key, other: Key) -> arb:
        """The values of one t^p L^m over another."""
        return self.near.range_of(key[0] - other[0], key[1] - other[1])

    def range_of(self, x: GermSum) -> arb:
        """An enclosure of the values; not finite where they are not bounded."""
        return sum((ball(c) * self._over(key, ONE) for key, c in x.items()), arb(0))

    def leading(self, x: GermSum) -> tuple[Key, Coefficient, GermSum]:
        """(key, c, u) such that the quantity is c t^p L^m (1 + u), where u goes to 0.

        Raises
        ------
        UnclearError
            If it is not seen that c is not zero.
        """
        if not x or not sign(c := x[key := next(iter(x))]):
            raise UnclearError
        inverse = to_the(c, fmpq(-1))
        rest = {k: v for k, v in x.items() if k != key}
        return key, c, self.scaled(rest, inverse, (-key[0], -key[1]))

    def power(self, x: GermSum, exponent: fmpq) -> GermSum:
        """A power with a rational exponent."""
        if not x and exponent > 0:
            return {}
        if exponent.q == 1 and 0 <= exponent <= self.count:
            found = constant(fmpq(1))
            for _ in range(int(exponent.p)):
                found = self.mul(found, x)
            return found
        (p, m), c, u = self.leading(x)
        if exponent.q != 1 and sign(c) < 0:
            raise UnclearError
        around = self.range_of(u)
        if not 1 + around > 0:
            raise UnclearError
        found = self.series(binomials(exponent), u, lambda n: _binomial(exponent, around, n))
        return self.scaled(found, to_the(c, exponent), (p * exponent, m * exponent))

    def series(self, coefficients, u: GermSum, rest: Callable[[int], arb]) -> GermSum:
        """Σ a_k u^k for a u that goes to 0: so many terms, and rest(n) u^n for the others."""
        if not all(map(is_small, u)):
            raise UnclearError
        found, power = [], constant(fmpq(1))
        for c in islice(coefficients, self.count):
            found.append(self.scaled(power, c))
            power = self.mul(power, u)
            if not power:
                return self.add(*found)
        return self.add(*found, self.scaled(power, rest(self.count)))


def binomials(exponent: fmpq):
    """The coefficients of (1 + u)^exponent."""
    c, k = fmpq(1), 0
    while True:
        yield c
        c, k = c * (exponent - k) / (k + 1), k + 1


def _binomial(exponent: fmpq, around: arb, n: int) -> arb:
    """The n-th coefficient at 1 + u for all u of a ball."""
    return arb(next(islice(binomials(exponent), n, None))) * _power(1 + around, exponent - n)


def _power(x: arb, exponent: fmpq) -> arb:
    """x^exponent for all x of a ball of positive numbers."""
    ends = (x.lower(), x.upper())
    low, high = (end ** arb(exponent) for end in ends)
    return low.union(high)


def _order(key: Key) -> tuple[fmpq, fmpq]:
    """The largest terms first."""
    return key[0], -key[1]
