"""Funk–Hecke integrals ∫ κ P_{d,k} dτ_d over the angle, all degrees at once."""

import itertools
from functools import lru_cache

import numpy as np
import sympy
from sympy import Rational, S

from theorycalc.core.arithmetic.ball_context import GUARD_BITS, BallContext, working_precision
from theorycalc.core.arithmetic.effort import remembered
from theorycalc.core.arithmetic.mp_context import MPContext
from theorycalc.core.integration.certified_panels import panel_rule
from theorycalc.core.integration.recurrences import legendre_steps, spherical_legendre
from theorycalc.core.lowering import lower
from theorycalc.sphere.measure import coordinate_constant, num_harmonics
from theorycalc.sphere.zonal_kernel import THETA, ZonalKernel

# The recurrence multiplies the radius of a ball by up to 1 + √2 at every degree.
_LOST_PER_DEGREE = 1.28
# More than what rounding an angle to a double changes.
_ANGLE_ROUNDING = 2.0**-50
_DOUBLE_BITS = 53
# 2^−this is zero for a double.
_SMALLEST = 1075
# More than what rounding to doubles changes in numbers that are not normal.
SMALLEST_DOUBLE = 2.0**-1074
# Quadratures without enclosures give up at this size, and say how far they came.
_MOST_NODES = 6000


def bits_below(d: int, order: int) -> int:
    """How many bits smaller than κ an eigenvalue of this degree may be.

    N(d, k) μ_k is summable for a kernel of finite trace: μ_k is about 1/(k² N(d, k)) or smaller.
    """
    return int(num_harmonics(d, order)).bit_length() + 2 * (order + 1).bit_length()


@remembered(maxsize=32)
def enclosures(kernel: ZonalKernel, d: int, order: int, bits: int) -> tuple:
    """μ_0, …, μ_order with absolute errors of about 2^−bits.

    Raises
    ------
    PrecisionError
        If the kernel is not bounded where it is not analytic in the angle between its kinks.
    """
    with working_precision(bits + GUARD_BITS + int(_LOST_PER_DEGREE * order)):
        context = BallContext()
        tolerance = context.number(sympy.Integer(2)) ** -bits

        def log_weight(centre, width, height):
            # |sin z|² = sin² x + sinh² y, and |P_{d,k}(cos z)| ≤ e^{k|y|} by Laplace's integral
            sine = _largest_sine(centre, width)
            size = (d - 2) / 2 * np.log(sine**2 + np.sinh(height) ** 2 + 1e-300)
            return float(size + order * height)

        totals, error = [context.number(S.Zero)] * (order + 1), context.number(S.Zero)
        for function, left, right in _branches(kernel, context):

            def rounded(context, x, function=function):
                # the digits that the recurrence loses are of no use here
                with working_precision(min(context.bits, bits + GUARD_BITS)):
                    return function(context, x)

            nodes, values, slack = panel_rule(rounded, left, right, log_weight, tolerance=tolerance)
            # the recurrence would magnify radii of values; |P_{d,k}| and sines are at most 1
            middles = [context.midpoint(value) for value in values]
            doubts = (abs(value - x) for value, x in zip(values, middles, strict=True))
            error = error + sum(doubts, slack)
            _accumulate(context, totals, d, zip(nodes, middles, strict=True))
        return tuple(_normalised(context, d, [context.widen(x, error) for x in totals]))


@lru_cache(maxsize=32)
def doubles(kernel: ZonalKernel, d: int, order: int) -> tuple[np.ndarray, np.ndarray]:
    """(μ_0 … μ_order, error estimates) in double precision."""
    below, lost = bits_below(d, order), _lost_bits(kernel)
    while True:
        # the radii grow, the midpoints stay good: rounding shows in the comparison of two rules
        with working_precision(_DOUBLE_BITS + GUARD_BITS + below + lost):
            context = BallContext()
            values, errors = _refined(kernel, d, order, context, _DOUBLE_BITS, below)
            unit, smallest = (context.number(S(2)) ** -n for n in (_DOUBLE_BITS, _SMALLEST))
            reached = all(
                error <= 4 * unit * abs(x) + smallest or kernel.vanishes(k)
                for k, (x, error) in enumerate(zip(values, errors, strict=True))
            )
        if reached or below > 2 * _SMALLEST:
            rounded = np.array([*map(float, values)])
            errors = np.array([*map(float, errors)]) + abs(rounded) * 2.0**-_DOUBLE_BITS
            return rounded, errors + SMALLEST_DOUBLE
        below *= 2  # an analytic kernel: its eigenvalues fall faster


def _lost_bits(kernel: ZonalKernel) -> int:
    """How many more bits a double of the kernel takes where terms of its formula cancel."""
    lost = 0
    while lost <= 2 * _SMALLEST:
        with working_precision(_DOUBLE_BITS + GUARD_BITS + lost):
            context = BallContext()
            unit = context.number(S(2)) ** -_DOUBLE_BITS
            for function, left, right in _branches(kernel, context):
                value = function(context, context.midpoint(left + (right - left) / 3))
                if abs(value - context.midpoint(value)) <= unit * abs(value):
                    return lost
        lost = 2 * lost + GUARD_BITS
    return 0


@remembered(maxsize=32)
def estimates(kernel: ZonalKernel, d: int, order: int, bits: int) -> tuple:
    """μ_0, …, μ_order in numbers of mpmath, with relative errors of about 2^−bits."""
    below = bits_below(d, order)
    context = MPContext(bits + GUARD_BITS + below)
    branches = _branches_without_edges(kernel, d, context)
    least, allowed = _least_size(order, bits, below), _allowed(context, bits, below)
    now = change = [context.number(S.Zero)] * (order + 1)
    level, reached = 0, False
    while not reached:
        level += 1
        # nodes of tanh–sinh, for ends that may be singular: a level halves the step
        rule = context.tanh_sinh_level(level)
        added = _applied(context, branches, d, order, rule)
        before, now = now, [x / 2 + y for x, y in zip(now, added, strict=True)]
        last, change = change, [abs(x - y) for x, y in zip(now, before, strict=True)]
        # changes fall at least as fast as a geometric sequence would go on
        errors = [x * x / y if y else x for x, y in zip(change, last, strict=True)]
        size = 2 * len(rule)
        settled = size >= least and _all_below(errors, allowed(now))
        reached = settled or size > _MOST_NODES
    return tuple(now)


def _refined(
    kernel: ZonalKernel, d: int, order: int, context, bits: int, below: int
) -> tuple[list, list]:
    """Eigenvalues by Gauss's rules of growing size, and what the last two disagree in.

    They agree in ``bits`` of each eigenvalue, or where it is smaller than 2^−below in as many more.
    """
    size, last = _least_size(order, bits, below), None
    branches = _branches_without_edges(kernel, d, context)
    allowed = _allowed(context, bits, below)
    while True:
        totals = _applied(context, branches, d, order, context.gauss_rule(size))
        now = [context.midpoint(x) for x in totals]
        if last is not None:
            errors = [abs(x - y) for x, y in zip(now, last, strict=True)]
            if size > _MOST_NODES or _all_below(errors, allowed(now)):
                return now, errors
        last, size = now, 3 * size // 2


def _least_size(order: int, bits: int, below: int) -> int:
    """A rule of fewer nodes may not have seen the polynomials wave."""
    return 48 + (order + bits) // 2 + below // 3


def _allowed(context, bits: int, below: int):
    """The errors that eigenvalues may have."""
    tolerance, unit = (context.number(S(2)) ** -n for n in (bits, below))
    return lambda values: [tolerance * (abs(x) + unit) for x in values]


def _all_below(errors: list, allowed: list) -> bool:
    return all(error <= most for error, most in zip(errors, allowed, strict=True))


def _applied(context, branches: list, d: int, order: int, rule: list) -> list:
    """μ_0, …, μ_order by a rule on [−1, 1] for every branch."""
    totals = [context.number(S.Zero)] * (order + 1)
    for function, left, right in branches:
        half, centre = (right - left) / 2, (right + left) / 2
        nodes = ((centre + half * x, half * w) for x, w in rule)
        # nodes may round to an end, where a kernel may be 0/0
        inside = ((x, w * function(context, x)) for x, w in nodes if left < x and x < right)
        _accumulate(context, totals, d, inside)
    return _normalised(context, d, totals)


def _branches_without_edges(kernel: ZonalKernel, d: int, context) -> list:
    """The branches where their weight is anything."""
    edge = _edge(d, context)
    return [
        (function, max(left, edge), min(right, context.number(sympy.pi) - edge))
        for function, left, right in _branches(kernel, context)
    ]


def _edge(d: int, context):
    """An angle below which sin^{d−2} is nothing in the working precision."""
    return context.number(Rational(2 ** (-context.bits / (d - 2)) if d > 2 else 0))


def _branches(kernel: ZonalKernel, context):
    """(κ(cos θ), left, right) for every piece of [0, π] between the kinks."""
    for lower_end, upper_end, piece in kernel.pieces:
        angle = piece.in_angle
        program = lower(angle.body, (THETA,), angle.where)
        ends = (lower(sympy.acos(x)).run(context, []) for x in (upper_end, lower_end))
        yield (lambda context, x, p=program: p.run(context, [x])), *ends


def _accumulate(context, totals: list, d: int, weighted):
    """Add w sin^{d−2}θ P_{d,k}(cos θ) for every k and every (θ, w)."""
    one = context.apply("exp", context.number(S.Zero))
    steps = [*itertools.islice(legendre_steps(d, one), len(totals))]
    for theta, weight in weighted:
        weight = weight * context.power(context.apply("sin", theta), context.number(S(d - 2)))
        terms = spherical_legendre(context.apply("cos", theta), weight, steps)
        for k, term in zip(range(len(totals)), terms, strict=False):
            totals[k] += term


def _normalised(context, d: int, totals: list) -> list:
    constant = lower(coordinate_constant(S(d))).run(context, [])
    return [total * constant for total in totals]


def _largest_sine(centre: float, width: float) -> float:
    """max |sin x| for |x − centre| ≤ width."""
    reach = width + _ANGLE_ROUNDING
    left, right = centre - reach, centre + reach
    # an extremum π/2 + nπ lies inside
    if np.floor(right / np.pi - 0.5) > np.floor(left / np.pi - 0.5):
        return 1.0
    return max(abs(np.sin(left)), abs(np.sin(right)))
