"""The recurrences of orthogonal polynomials, in any numbers: arrays, balls, fractions, rings."""

import itertools
from collections.abc import Iterable, Iterator


def hermite(x, first) -> Iterator:
    """The first number times He_0(x), He_1(x), …."""
    before, now = 0, first
    for k in itertools.count():
        yield now
        before, now = now, x * now - k * before


def spherical_legendre(t, first, steps: Iterable) -> Iterator:
    """The first number times P_{d,0}(t), P_{d,1}(t), …, with `legendre_steps`."""
    yield first
    before, now = first, t * first
    yield now
    for a, b in steps:
        before, now = now, a * t * now - b * before
        yield now


def legendre_steps(d, one) -> Iterator[tuple]:
    """The coefficients that lead from P_{d,k} and P_{d,k−1} to P_{d,k+1}, k ≥ 1."""
    for k in itertools.count(1):
        rest = k + d - 2
        yield one * (k + rest) / rest, one * k / rest
