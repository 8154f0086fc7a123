"""Certified Gauss–Legendre rules for one analytic function against a whole family of weights."""

import itertools
import math
from collections.abc import Callable, Sequence

from flint import acb, arb, ctx

from theorycalc.core.arithmetic.any_ball import NAN, NotHolomorphic
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.arithmetic.effort import spend
from theorycalc.core.errors import PrecisionError, explain

# Bernstein ellipses that are tried on every panel, by the sum of their semi-axes.
_ELLIPSES = (1.6, 2.0, 2.6, 3.4, 4.6, 6.5, 9.0)
# The upper half of the rectangle around an ellipse is cut into pieces to bound the function, and
# those where that fails once more, down to this part of its height.
_PIECES = (4, 2)
_SMALLEST_PIECE = 0.3
# Bounds need a magnitude only.
_BOUND_BITS = 64
_NARROWEST = 2.0**-40
# Doubles that bound a size are rounded outwards by this.
_OUTWARDS = 1 + 1e-12
# Added to logarithms: more than what rounding them to doubles can take away.
_ROUNDING = 1e-9
_ONE = arb(1)


def panel_rule(
    function: Callable | None, left, right, log_weight: Callable, tolerance, longest: float = 1.0
) -> tuple[list, list, arb]:
    """Nodes, weights times function values, and an error, for ∫ f·w over [left, right].

    Parameters
    ----------
    function : callable or None
        ``function(context, x)`` encloses an f that is holomorphic where it is finite, and real for
        real x; None for f = 1.
    left, right : enclosures
    log_weight : callable
        ``log_weight(centre, width, height)``, up to its rounding, is at least log|w| for every w of
        the family in the rectangle with this centre and these half-sides, all of them doubles;
        infinite where a w may not be holomorphic.
    tolerance : enclosure
        What the error may be, for all panels of ``longest`` together.
    longest : float
        Length of the panels to begin with; they are halved where needed.

    Returns
    -------
    nodes, values : list of arb
        ∫ f·w = Σ values·w(nodes) up to the error, for every w of the family.
    error : arb

    Notes
    -----
    Panels are halved towards points where f is not analytic until the integral over what is left is
    negligible, or refused if f is not seen to be bounded there.

    If |f·w| ≤ M in the ellipse around [−1, 1] with semi-axes summing to ρ, a rule with N nodes errs
    by at most (64/15) M ρ^{−2(N−1)}/(1 − ρ^{−2}) (Trefethen, Approximation Theory and Approximation
    Practice, Theorem 19.3).
    """
    left, right = arb(left), arb(right)
    count = max(1, math.ceil(float((right - left).mid()) / longest))
    ends = [left + (right - left) * i / count for i in range(1, count)]
    stack = list(zip([left, *ends], [*ends, right], strict=True))
    tolerance = arb(tolerance) / count
    nodes, values, error, context = [], [], arb(0), BallContext()
    while stack:
        a, b = stack.pop()
        centre, half = (a + b) / 2, (b - a) / 2
        found = _best_rule(function, centre, half, log_weight, tolerance)
        if found is None:
            size = _size(function, centre, half, log_weight)
            if size <= tolerance:
                error += size
                continue
            if float(half.mid()) < _NARROWEST and not size.is_finite():
                raise PrecisionError(
                    explain(
                        "the function is not analytic on a panel",
                        got=centre.str(10),
                        hint="using=MP()",
                    )
                )
            stack += [(a, centre), (centre, b)]
            continue
        size, bound = found
        error += bound
        for x, weight in context.gauss_rule(size):
            node = centre + half * x
            nodes.append(node)
            value = _ONE if function is None else _real(function(context, node))
            values.append(half * weight * value)
    return nodes, values, error


def panel_integral(
    function: Callable | None,
    weight: Callable,
    ends: Sequence,
    log_weight: Callable,
    tolerance,
    longest: float = 1.0,
) -> arb:
    """∫ f·w between the first and the last of the ends, for one weight ``weight(x)``.

    The other parameters are those of `panel_rule`, which is called from end to end.
    """
    total = arb(0)
    for left, right in itertools.pairwise(ends):
        nodes, values, error = panel_rule(function, left, right, log_weight, tolerance, longest)
        total += sum((value * weight(x) for x, value in zip(nodes, values, strict=True)), arb(0))
        total += arb(0, error.abs_upper())
    return total


def _best_rule(function, centre, half, log_weight, tolerance):
    """(nodes, error) of the shortest sufficient rule on one panel, or None: halve it."""
    best = None
    for rho in _ELLIPSES:
        reach = float(half.abs_upper()) * _OUTWARDS
        width, height = reach * (rho + 1 / rho) / 2, reach * (rho - 1 / rho) / 2
        largest = _ONE if function is None else _bound(function, centre, width, height)
        if largest is None:
            break
        largest = largest * _exp(log_weight(float(centre.mid()), width, height))
        scale = half * largest * 64 / 15 / (1 - arb(rho) ** -2)
        if not scale.is_finite():
            break
        excess = float((scale / tolerance).log().abs_upper()) if scale > tolerance else 0.0
        size = 8 * math.ceil((excess / (2 * math.log(rho)) + 1) / 8)
        if best is None or size < best[0]:
            best = size, scale * arb(rho) ** (-2 * (size - 1))
        elif size > best[0]:
            break
    return best if best is not None and best[0] <= ctx.prec else None


def _size(function, centre, half, log_weight) -> arb:
    """An upper bound of the integral over a short panel, where f need not be holomorphic."""
    width = float(half.abs_upper()) * _OUTWARDS
    value = acb(_ONE if function is None else function(BallContext(), centre + arb(0, width)))
    if not value.is_finite():
        return arb("inf")
    return 2 * width * value.abs_upper() * _exp(log_weight(float(centre.mid()), width, 0.0))


def _exp(log_weight: float) -> arb:
    return arb(log_weight + _ROUNDING).exp()


def _bound(function, centre, width: float, height: float):
    """An upper bound of |f| in an ellipse, or None if f may not be holomorphic there.

    The lower half is a mirror image: f is real on the real axis.
    """
    # a narrow panel may lie where its ends have many digits in common
    bits = _BOUND_BITS + max(0, -math.frexp(width)[1])
    spend(math.prod(_PIECES), bits)
    largest, context = arb(0), BallContext(analytic=True)
    pieces = _cut(0.0, height / 2, width, height / 2, *_PIECES)
    with working_precision(bits):
        while pieces:
            x, y, half_x, half_y = piece = pieces.pop()
            nearest = max(abs(x) - half_x, 0) / width, max(y - half_y, 0) / height
            if math.hypot(*nearest) > _OUTWARDS:
                continue  # outside of the ellipse
            # pieces overlap a little: rounding must not leave a gap
            box = acb(centre + arb(x, half_x * _OUTWARDS), arb(y, half_y * _OUTWARDS))
            try:
                value = acb(function(context, box))
            except NotHolomorphic:
                value = NAN
            if value.is_finite():
                largest = largest.max(arb(value.abs_upper()))
            elif max(half_x, half_y) < height * _SMALLEST_PIECE:
                return None
            else:
                pieces += _cut(*piece, 2, 1) if half_x > half_y else _cut(*piece, 1, 2)
    return largest


def _cut(x, y, half_x, half_y, columns: int, rows: int) -> list:
    """A rectangle, given by its centre and half-sides, in equal pieces."""
    half = half_x / columns, half_y / rows
    return [
        (x + (2 * i + 1 - columns) * half[0], y + (2 * j + 1 - rows) * half[1], *half)
        for i, j in itertools.product(range(columns), range(rows))
    ]


def _real(x):
    return x.real if isinstance(x, acb) else arb(x)
