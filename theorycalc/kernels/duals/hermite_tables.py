r"""E[φ(u)ψ(v)] = Σ c_k d_k ρ^k of functions analytic in strips: one table serves all correlations.

c_k = E φ(sU) h_k(U) for k ≤ K and E φ(sU)² are trapezoidal sums over one lattice, with the errors
of `theorycalc.hermite.trapezoid`, that of the square with F² and k = 0. With |φ(sU)| ≤ B e^{κ|U|}
and |h_k(x)| ≤ e^{x²/4} what is cut off at L is at most

.. math:: \sqrt 2\,B\,e^{\kappa^2}\,\mathrm{erfc}\frac{L - 2\kappa}{2}, \qquad
    B^2 e^{2\kappa^2}\,\mathrm{erfc}\frac{L - 2\kappa}{\sqrt 2}.

By Parseval and Schwarz the rest of the series is at most |ρ|^{K+1} √(R_φ R_ψ), R = E φ² − Σ c_k².
"""

import math
from functools import lru_cache
from typing import NamedTuple

import sympy

from theorycalc.activations import Activation
from theorycalc.core.arithmetic.ball_context import (
    GUARD_BITS,
    BallContext,
    ball_of,
    parts_of,
    working_precision,
)
from theorycalc.core.arithmetic.effort import remembered
from theorycalc.core.integration.hermite_functions import lattice_sums
from theorycalc.hermite import parity, trapezoid
from theorycalc.kernels.duals.strip_bounds import Scaled, log_of

# Rests of series may be so many bits above the rounding.
_SPARE_BITS = 10
_FEWEST_BITS = 4
# Orders are powers of the fourth root of 2 between these, and counts multiples, so that tables
# share the Hermite functions. Longer tables cost more than sums over two lattices.
_SHORTEST, _LONGEST = 16, 1280
_COUNTS = 16
_MOST_NODES = 512
# Heights of strips that are of use, beside the root of the bits.
_WIDEST = 2.0
# Poles are so much farther than the height of the highest strip below them.
_POLE = 2.0 ** (1 / 8)
# In the exponent of what is left of a series, beside its last coefficient.
_SPARE = 3.0
# Outwards, by more than what doubles are rounded.
_ROUNDING = 1 + 1e-12
_LOG_2 = math.log(2)


class Table(NamedTuple):
    """Enclosures of c_0, …, c_K, and upper bounds of Σ_{k≥j} c_k² for j = 0, …, K + 1."""

    coefficients: tuple
    rests: tuple


def expectation(one: Activation, two: Activation, q11, q12, q22):
    """An enclosure of E[φ(u)ψ(v)] for enclosures of covariances, the variances positive.

    Returns
    -------
    enclosure or None
        None if a function is not analytic around the real line, or its series is too long.

    Raises
    ------
    NotSupportedError
        If the growth of a function is not known.
    """
    bits = BallContext().bits
    with working_precision(bits + GUARD_BITS):
        context = BallContext()
        scales = [context.real(context.apply("sqrt", q)) for q in (q11, q22)]
        sides = [(f, parts_of(s), bits) for f, s in zip((one, two), scales, strict=True)]
        orders = [_order(*side) for side in sides]
        tables = None if None in orders else [_table(*side, max(orders)) for side in sides]
        if tables is None or None in tables:
            return None
        total, error, size = _sum(context, *tables, context.real(q12) / math.prod(scales))
        known = error < size * context.number(sympy.Rational(2) ** (_SPARE_BITS - bits))
        return context.widen(total, error) if known else None


def _sum(context, first: Table, second: Table, rho) -> tuple:
    """(Σ c_k d_k ρ^k for k ≤ K, a bound of the rest, √(E φ² E ψ²))."""
    total = context.real(context.number(sympy.S.Zero))
    pairs = list(zip(first.coefficients, second.coefficients, strict=True))
    for c, d in reversed(pairs):
        total = total * rho + c * d
    power = abs(rho) ** len(pairs)
    rest, size = (context.apply("sqrt", first.rests[k] * second.rests[k]) for k in (len(pairs), 0))
    return total, power * rest, size


@remembered(maxsize=64)
def _table(activation: Activation, scale: tuple, bits: int, order: int) -> Table | None:
    """The table of φ(s·) with errors of about 2^−bits, or None if it is not worth it."""
    context, side = BallContext(), Scaled(activation, ball_of(scale))
    plan = _plan(context, side, bits, order)
    if plan is None:
        return None
    end = (plan.count + 0.5) * plan.step
    strip = side.bound(end, plan.width * float(side.scale.upper()) * _ROUNDING)
    if strip is None:
        return None
    alias = trapezoid.error(order, plan.step, plan.count, plan.width)
    tail, square_tail = _tails(context, side, end)
    h = context.number(sympy.Rational(plan.step))
    right, left = (
        side.at(context, [context.real(sign * j * h) for j in range(plan.count + 1)])
        for sign in (1, -1)
    )
    squares = [[x * x for x in values] for values in (right, left)]
    (norm,) = lattice_sums(0, plan.step, *squares)
    norm = context.widen(norm, strip * strip * alias + square_tail)
    sums = lattice_sums(order, plan.step, right, left)
    zero = context.real(context.number(sympy.S.Zero))
    coefficients, rests = [], [norm]
    for k, c in enumerate(sums):
        absent = parity.vanishes(activation, k)
        coefficients.append(zero if absent else context.widen(c, strip * alias + tail))
        # not its power, which FLINT does not have where 0 is inside
        rests.append(rests[-1] - coefficients[-1] * coefficients[-1])
    return Table(tuple(coefficients), tuple(context.real(abs(rest).upper()) for rest in rests))


def _tails(context, side: Scaled, end: float) -> tuple:
    """What a cut-off takes off a coefficient, and off the square."""
    end = context.real(context.number(sympy.Rational(end)))
    bound, rate = side.envelope(context, end)
    size, left = bound * context.apply("exp", rate * rate), end - 2 * rate
    root = context.apply("sqrt", context.real(context.number(sympy.Integer(2))))
    return (
        root * size * context.apply("erfc", left / 2),
        size * size * context.apply("erfc", left / root),
    )


class _Plan(NamedTuple):
    """The height of a strip in U, the step, the nodes on either side."""

    width: float
    step: float
    count: int


def _plan(context, side: Scaled, bits: int, order: int) -> _Plan | None:
    """What gives errors of about 2^−bits. Doubles only choose; None if it is too long."""
    size, need = side.log_size(context), bits * _LOG_2
    reach = _reach(context, side, need, size)
    if reach is None:
        return None
    step, width, excess = _widest(side, order, need, size)
    # so far out that the short sides of the rectangle are negligible
    reach = max(reach, 2 * math.sqrt(need + 2 * excess + _SPARE))
    count = _COUNTS * math.ceil(reach / (_COUNTS * step))
    return _Plan(width, step, count) if count <= _MOST_NODES else None


def _strips(side: Scaled, need: float, size: float):
    """(height in U, logarithm of the bound over the size) of strips, from the widest."""
    scale = float(side.scale.mid())
    for height, bound in side.heights(scale * _WIDEST * math.sqrt(need)):
        yield height / scale, max(bound - size, 0.0)


@remembered(maxsize=1024)
def _order(activation: Activation, scale: tuple, bits: int) -> int | None:
    """The order of the shortest series with a rest somewhat above 2^−bits, for the best strip."""
    side, best = Scaled(activation, ball_of(scale)), None
    if not 0 < float(side.scale.mid()) < math.inf:
        return None
    need = max(bits - _SPARE_BITS, _FEWEST_BITS) * _LOG_2
    for b, excess in _strips(side, need, side.log_size(BallContext())):
        # the first strip may be that below a pole
        farther = b * _POLE if best is None else b
        order = _order_below(farther, need / 2 + excess + _SPARE)
        if order is None or (best is not None and order > best):
            break
        best = order
    return best


def _widest(side: Scaled, order: int, need: float, size: float) -> tuple:
    """The widest step, the height of its strip, and the logarithm of the bound over the size."""
    best = (0.0,)
    for b, excess in _strips(side, need, size):
        found = trapezoid.widest_step(order, need + 2 * excess + _SPARE, b), b, excess
        if found[0] < best[0]:
            break
        best = found
    return best


@lru_cache(maxsize=1024)
def _order_below(width: float, need: float) -> int | None:
    """The shortest series whose last coefficient is e^−need, if a pole is so far from the line.

    By the method of Liouville and Green it is e^{y²/4 − ∫√(K + t²/4) dt} over 0 ≤ t ≤ y = width.
    """
    octaves = math.log2(_LONGEST / _SHORTEST)
    for i in range(math.floor(4 * octaves) + 1):
        order = math.floor(_SHORTEST * 2.0 ** (i / 4))
        half = width / 2
        action = half * math.sqrt(order + half**2) + order * math.asinh(half / order**0.5)
        if action - half**2 > need:
            return order
    return None


def _reach(context, side: Scaled, need: float, size: float) -> float | None:
    """Where what is cut off is negligible."""
    radius = 2 * math.sqrt(need)
    envelope = side.envelope(context, context.number(sympy.Rational(radius)))
    if envelope is None:
        return None
    bound, rate = log_of(envelope[0]) - size, float(envelope[1])
    return 2 * rate + 2 * math.sqrt(need + max(bound, 0.0) + rate**2 + 2)
