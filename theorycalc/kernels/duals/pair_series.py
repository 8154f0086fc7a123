"""Power series of Gaussian expectations in a covariance, from certified Hermite coefficients."""

import math
from typing import NamedTuple

import sympy

from theorycalc.activations import Activation, z
from theorycalc.core.arithmetic.ball_context import (
    BallContext,
    ball_of,
    parts_of,
    working_precision,
)
from theorycalc.core.arithmetic.effort import remembered
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.hermite import parity
from theorycalc.hermite.enclosure import scaled_enclosures

# Farther series than this many times their length cost more than other ways.
_LONGEST = 4


class _Side(NamedTuple):
    """c_0, …, c_{count − 1}, and the sum of all c_k² beyond."""

    coefficients: list
    rest: object


def expectation(context, one: Activation, two: Activation, q11, q12, q22):
    """E φ(u)ψ(v) = Σ c_k(φ(s₁·)) c_k(ψ(s₂·)) ρ^k for a power series q12 and numbers q11, q22.

    Parameters
    ----------
    context : SeriesContext

    Raises
    ------
    NotSupportedError
        If a variance is a power series, or tails of the activations cannot be bounded.
    """
    if any(context.is_series(q) for q in (q11, q22)):
        raise NotSupportedError(explain("a power series in a variance"))
    s1, s2 = (context.real(context.apply("sqrt", q)) for q in (q11, q22))
    rho = q12 / (s1 * s2)
    count = _count(context, abs(context.constant_term(rho)))
    first = _side(one, parts_of(s1), count, context.bits)
    same = one == two and parts_of(s1) == parts_of(s2)
    second = first if same else _side(two, parts_of(s2), count, context.bits)
    products = [a * b for a, b in zip(first.coefficients, second.coefficients, strict=True)]
    return context.composed(products, context.apply("sqrt", first.rest * second.rest), rho)


def _count(context, size) -> int:
    """How many coefficients determine the series around a correlation of this size.

    The weights C(k, j) size^{k − j} of degree j are a bell in k around j/(1 − size), of variance
    j size/(1 − size)²: so many beyond the last of them that little is left.
    """
    length, size = context.length, float(context.as_float(size))
    if not size < 1:
        raise NotSupportedError(explain("a power series around a correlation of 1"))
    spread = math.sqrt(2 * math.log(2) * context.bits * length * size)
    needed = (length + spread) / (1 - size)
    if size > 0:
        needed += context.bits / 4
    if needed > _LONGEST * length + context.bits:
        raise NotSupportedError(explain("a power series around a correlation near 1"))
    return math.ceil(needed) + 1


@remembered(maxsize=64)
def _side(activation: Activation, scale: tuple, count: int, bits: int) -> _Side:
    """Those of φ(s·), the rest by Parseval's identity."""
    context, square = BallContext(), Activation(activation.expr**2, symbol=z)
    zero = context.real(context.number(sympy.S.Zero))
    found = scaled_enclosures(activation, count - 1, bits, ball_of(scale))
    coefficients = [zero if parity.vanishes(activation, k) else c for k, c in enumerate(found)]
    with working_precision(bits):
        moment = scaled_enclosures(square, 0, bits, ball_of(scale))[0]
        rest = context.apply("max", moment - sum(c * c for c in coefficients), zero)
    return _Side(coefficients, rest)
