"""Infinite sums with a proved remainder.

The terms are H(k)·A(k), where H has a ratio and A is k^−p log(k)^m times what is enclosed for all k
from some K on (`germs`, in t = 1/k). Where the ratio of H is less than 1 there, what is cut off is
less than a geometric series. Where H is z^k with |z| = 1, the sum from N on is, by parts,

    [z = 1] ∫_N^∞ A dx + Σ_{j<M} e_j A^(j)(N) + R,   Σ e_j s^j = 1/(1 − z e^s) + [z = 1]/s,

with |R| ≤ c ∫_N^∞ |A^(M)| dx, c the largest modulus of Σ s_m^−M e^{s_m y} over the poles s_m ≠ 0 of
1/(1 − z e^s), which are δ away from 0 or more: Euler–Maclaurin's formula for z = 1, Boole's for
z = −1. A is holomorphic in the discs around x ≥ N with radius θx, which Cauchy's estimates ask for:
it has an enclosure at c·x for all complex c in a square around 1.
"""

import itertools
import math
from typing import NamedTuple

from flint import acb, arb, ctx, fmpq

from theorycalc.core.arithmetic.any_ball import NAN, NotHolomorphic
from theorycalc.core.arithmetic.effort import work
from theorycalc.core.arithmetic.germs import LEAST_DEPTH, Germ, GermContext, as_germ, mass
from theorycalc.core.errors import DomainError, NotSupportedError, explain
from theorycalc.core.program import Program

# Bounds are looked for from k = 2^4 to 2^16 on; so many terms are added up at most.
_DEPTHS = range(LEAST_DEPTH, 17)
_MOST_TERMS = 200_000
# Half the side of the square around 1.
_SIDES = (fmpq(1, 2), fmpq(1, 4), fmpq(1, 8))
_GUARD_BITS = 16
# c·δ^M is at most 1 + 2·(1 + 1/9 + 1/25 + …) = 1 + π²/4.
_WAVES = 4
_ONE = fmpq(1)


class Series(NamedTuple):
    """The programs of `integration.series.Terms`, of (k, *parameters), and of (t, *parameters)."""

    term: Program
    geometric: Program
    ratio: Program
    phase: Program | None
    algebraic: Program
    mapped: Program


def infinite_sum(series: Series, first: int, parameters: list, values, bounds):
    """Σ of the terms from ``first`` on, in the context ``values``; ``bounds`` is an analytic one.

    It is not finite where nothing is known for all the parameters in wide enclosures.

    Raises
    ------
    NotSupportedError
        If no proof of convergence was found, or it is too slow.
    DomainError
        If the terms surely have no sum.
    """
    try:
        return _infinite_sum(series, first, parameters, values, bounds)
    except (NotSupportedError, DomainError):
        if all(acb(x).rel_accuracy_bits() > ctx.prec // 2 for x in parameters):
            raise
        return NAN


def _infinite_sum(series: Series, first: int, parameters: list, values, bounds):
    for depth in _DEPTHS:
        context = GermContext(values, depth)
        ratio = context.enclosed(_germ(context, series.ratio, parameters))
        rest = _germ(context, series.algebraic, parameters)
        if not (acb(ratio).is_finite() and acb(rest.factor).is_finite()):
            continue
        gap = _gap(series, ratio, parameters, values)
        if not acb(rest.factor).contains(0):
            _refuse_divergent(ratio, gap, rest)
        if acb(ratio).abs_upper() < 1:
            return _falling(series, first, parameters, values, ratio, rest, 2**depth)
        if gap is not None and rest.power > (ratio == 1):
            return _by_parts(series, first, parameters, values, bounds, ratio, gap)
    raise _unproved("no proof was found that an infinite sum converges")


def _unproved(what: str) -> NotSupportedError:
    return NotSupportedError(
        explain(
            what,
            allowed="terms that fall geometrically, or like k^−p·z^k with |z| = 1",
            hint=".doit() for a closed form, or a finite upper limit with a bound on the rest",
        )
    )


def _germ(context: GermContext, program: Program, parameters: list, factor=_ONE) -> Germ:
    """A program of k for all k = factor/t; not finite where nothing is known."""
    try:
        return as_germ(program.run(context, [Germ(-_ONE, fmpq(0), factor), *parameters]))
    except (DomainError, NotHolomorphic, NotSupportedError, ZeroDivisionError):
        return as_germ(NAN)


def _gap(series: Series, ratio, parameters: list, values) -> arb | None:
    """δ of a ratio z with |z| = 1; None where that is not known."""
    if ratio == 1:
        return 2 * arb.pi()
    if ratio == -1:
        return arb.pi()
    if series.phase is None:
        return None
    # the phase has no index in it
    phase = series.phase.run(values, [_ONE, *parameters])
    gap = acb(ratio).log().imag
    return abs(gap) if values.is_real(phase) and not gap.contains(0) else None


def _refuse_divergent(ratio, gap: arb | None, rest: Germ) -> None:
    """Refuse terms whose sizes are surely too large for a sum."""
    limit = fmpq(int(ratio == 1))
    slow = rest.power < limit or (rest.power == limit and rest.logs >= -limit)
    if acb(ratio).abs_lower() > 1 or (gap is not None and slow):
        raise DomainError(
            explain(
                "an infinite sum, or a part of it, diverges",
                allowed="sums that converge",
                hint="a finite upper limit",
            )
        )


def _falling(series: Series, first: int, parameters, values, ratio, rest: Germ, start: int):
    """The sum of so many terms that the others are negligible beside them."""
    rate = _late_rate(series, parameters, values)
    if start - first > _MOST_TERMS or ctx.prec * math.log(2) > _MOST_TERMS * rate:
        raise _unproved("an infinite sum converges too slowly")
    total, largest = arb(0), arb(0)
    for k in range(first, first + _MOST_TERMS):
        term = _term(series, k, parameters, values)
        total = total + term
        size = acb(term).abs_upper()
        largest = largest.max(size)
        known = largest / 2**ctx.prec + acb(total).rad()
        if k >= start and size <= known:
            power = acb(series.geometric.run(values, [fmpq(k), *parameters])).abs_upper()
            beyond = power * _series_bound(acb(ratio).abs_upper(), rest, k)
            if beyond <= known:
                return values.widen(total, beyond)
    raise _unproved("an infinite sum converges too slowly")


def _term(series: Series, k: int, parameters: list, values):
    try:
        term = series.term.run(values, [fmpq(k), *parameters])
    except ZeroDivisionError:
        term = NAN
    if not acb(term).is_finite():
        raise DomainError(explain("a term of an infinite sum has no value", got=f"index {k}"))
    return term


def _late_rate(series: Series, parameters: list, values) -> float:
    """About −log of the ratio of late terms, which may be far below that of early ones."""
    context = GermContext(values, _DEPTHS[-1])
    late = context.enclosed(_germ(context, series.ratio, parameters))
    return -float(acb(late).abs_upper().log())


def _series_bound(ratio: arb, rest: Germ, k: int) -> arb:
    """At least Σ_{j>0} ratio^j |A(k + j)|: neighbours of k^−p log(k)^m grow less and less."""
    k = arb(k)
    ratio = ratio * (1 + 1 / k) ** arb(0).max(-arb(rest.power))
    ratio = ratio * ((k + 1).log() / k.log()) ** arb(0).max(arb(rest.logs))
    size = acb(rest.factor).abs_upper() * k ** -arb(rest.power) * k.log() ** arb(rest.logs)
    return size * ratio / (1 - ratio) if ratio < 1 else arb("inf")


def _by_parts(series: Series, first: int, parameters, values, bounds, z, gap: arb):
    """The sum of the first terms, and the formula by parts for the others."""
    for depth, side in itertools.product(_DEPTHS, _SIDES):
        start = max(first, 2**depth)
        if start - first > _MOST_TERMS:
            break
        if not gap * arb(side) * start > ctx.prec:
            continue
        square = acb(arb(1, side), arb(0, side))
        rest = _germ(GermContext(bounds, depth), series.algebraic, parameters, square)
        if acb(rest.factor).is_finite() and rest.power > (z == 1):
            begin = (_term(series, k, parameters, values) for k in range(first, start))
            total = sum(begin, arb(0))
            power = series.geometric.run(values, [fmpq(start), *parameters])
            tail = _tail(series, start, parameters, bounds, z, gap, rest, arb(side))
            if z == 1:
                ends = [fmpq(0), fmpq(1, start)]
                tail = tail + values.integral(series.mapped, parameters, ends)
            whole = total + power * tail
            return whole.real if all(map(values.is_real, (total, z, power, *parameters))) else whole
    raise _unproved("an infinite sum converges too slowly")


def _tail(series: Series, start: int, parameters, bounds, z, gap: arb, rest: Germ, side: arb):
    """Σ_j e_j A^(j)(start) and the remainder."""
    order = _order(float((gap * side * start).lower()), ctx.prec)
    size = acb(rest.factor).abs_upper()
    moments = mass(rest.power + order - 1, rest.logs, arb(start).log()).abs_upper()
    remainder = _WAVES * arb(order).gamma() * order / (gap * side) ** order * size * moments
    largest = size * arb(start) ** -arb(rest.power) * arb(start).log() ** arb(rest.logs)
    with ctx.workprec(ctx.prec + 3 * order + _GUARD_BITS):
        radius = side * start / 2
        found = _scaled_derivatives(
            lambda x: series.algebraic.run(bounds, [x, *parameters]), start, radius, largest, order
        )
        weights = _weights(z, order)
        scales = (arb(j + 1).gamma() / radius**j for j in range(order))
        total = sum((w * s * x for w, s, x in zip(weights, scales, found, strict=True)), acb(0))
    error = arb(0, remainder.abs_upper())
    return total + acb(error, error)


def _order(reach: float, bits: int) -> int:
    """The least M ≥ 2 with M!/reach^M below 2^−bits: there is one, as reach > bits."""
    order, gain = 2, 2 * math.log2(reach) - 1
    while gain < bits and order < reach:
        order += 1
        gain += math.log2(reach / order)
    return order


def _scaled_derivatives(function, centre: int, radius: arb, largest: arb, count: int) -> list:
    """f^(j)(centre)·radius^j/j! for j < count, where |f| ≤ largest within twice the radius.

    The rule of n points on the circle has an error of Σ_{m>0} |c_{j+mn}| radius^(j+mn), where the
    coefficients of Taylor's series are at most largest·(2·radius)^−j.
    """
    points = ctx.prec + count
    work(points * points.bit_length(), 4 * points, 0, ctx.prec)
    values = [acb(function(centre + radius * _root(k, points))) for k in range(points)]
    alias = largest / arb(2) ** points / (1 - arb(2) ** -points)
    errors = (arb(0, (alias / 2**j).abs_upper()) for j in range(count))
    found = acb.dft(values)[:count]
    return [x / points + acb(e, e) for x, e in zip(found, errors, strict=True)]


def _root(k: int, n: int) -> acb:
    return acb(fmpq(2 * k, n)).exp_pi_i()


def _weights(z, count: int) -> list:
    """e_0, e_1, …: 1/(1 − z e^s), without its pole at 0, as a power series."""
    if z == 1:
        return [arb(-fmpq.bernoulli(j + 1)) / arb(j + 2).gamma() for j in range(count)]
    work(count**2, count, 0, ctx.prec)
    inverse = [1 / arb(j + 1).gamma() for j in range(count)]
    found = [1 / (1 - acb(z))]
    for j in range(1, count):
        found.append(
            z * found[0] * sum((inverse[i] * found[j - i] for i in range(1, j + 1)), acb(0))
        )
    return found
