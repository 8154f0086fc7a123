"""Exact numbers near a place: short rationals, and numbers of which a function is one.

A table: a function that is monotone on positive numbers, and the number that it takes to a
rational.
"""

from collections.abc import Callable, Iterator

import sympy
from flint import arb, fmpq

from theorycalc.bounds.domain import fmpq_of_end, rational

# No rational with a longer numerator or denominator is short.
_LONGEST = 10_000

# Functions of positive numbers.
FORMS: tuple[tuple[Callable[[arb], arb], Callable[[sympy.Rational], sympy.Expr]], ...] = (
    (lambda x: x, lambda q: q),
    (lambda x: x * x, sympy.sqrt),
    (lambda x: x / arb.pi(), lambda q: q * sympy.pi),
    (lambda x: x.log(), sympy.exp),
    (lambda x: x.exp(), sympy.log),
    (lambda x: (2 * x).exp(), lambda q: sympy.log(q) / 2),
    (lambda x: (1 / x).exp(), lambda q: 1 / sympy.log(q)),
    (lambda x: 2 * x.log(), lambda q: sympy.exp(q / 2)),
    (lambda x: (x * x).exp(), lambda q: sympy.sqrt(sympy.log(q))),
    (lambda x: x**3, lambda q: q ** sympy.Rational(1, 3)),
    (lambda x: x * x / arb.pi(), lambda q: sympy.sqrt(q * sympy.pi)),
    (lambda x: x * x * arb.pi(), lambda q: sympy.sqrt(q / sympy.pi)),
)


def exact_numbers(low: fmpq, high: fmpq) -> Iterator[sympy.Expr]:
    """One number in an interval for every form that is found there, rationals first."""
    if low <= 0 <= high:
        yield sympy.S.Zero
        return
    sign = 1 if low > 0 else -1
    first, last = sorted((abs(low), abs(high)))
    for forward, back in FORMS:
        images = [forward(arb(x)) for x in (first, last)]
        if not all(abs(x) < _LONGEST + 1 for x in images):
            continue
        q = simplest_between(*sorted(fmpq_of_end(x.mid()) for x in images))
        if max(abs(q.p), q.q) <= _LONGEST and (number := back(rational(q))).is_finite:
            yield sign * number


def simplest_between(low: fmpq, high: fmpq) -> fmpq:
    """The rational of least denominator between two others (Stern and Brocot)."""
    floor = low.p // low.q
    if fmpq(int(floor)) == low or floor + 1 <= high:
        whole = floor if fmpq(int(floor)) == low else floor + 1
        return fmpq(int(whole))
    rest = simplest_between(1 / (high - int(floor)), 1 / (low - int(floor)))
    return fmpq(int(floor)) + 1 / rest
