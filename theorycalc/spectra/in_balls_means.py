"""∫ f dμ in balls: a contour around the support, with a bound on what its nodes leave out.

On an ellipse that runs around the support ∫ f dμ = ∮ f G dz/(2πi), which the trapezoidal rule of N
nodes gives up to 2M/(e^{aN} − 1) where the integrand is holomorphic and at most M on the ellipses
that are e^{±a} times as large (Trefethen and Weideman, SIAM Review 56, 2014, theorem 3.2).
"""

import math

from flint import acb, arb

from theorycalc.core.arithmetic.any_ball import NotHolomorphic
from theorycalc.core.arithmetic.ball_context import BallContext, working_bits
from theorycalc.core.errors import DomainError, NotSupportedError, explain
from theorycalc.core.program import Program
from theorycalc.spectra import in_balls, in_balls_edges
from theorycalc.spectra.nodes import Node

# Sizes of the outer ellipse that are tried, in sums of half axes: f has to be holomorphic inside.
_SIZES = (6.0, 4.0, 3.0, 2.4, 2.0, 1.7, 1.45, 1.3, 1.2, 1.12, 1.06)
# The inner ellipse takes this share of the way from the support to the outer one, in logarithms.
_INNER = 0.2
_COLUMNS, _ROWS = 24, 8
_MOST_NODES = 4000
_EPS = math.ulp(1.0)


def mean(node: Node, program: Program) -> arb | None:
    """∫ f over the density, f a program of x; None where no contour is found."""
    ends = in_balls_edges.in_doubles(node)
    # of a short support far from 0 the rounding of its ends counts, of laws that meet their error
    slack = 4 * _EPS * max(map(abs, ends)) + in_balls_edges.error_in_doubles(node)
    middle, half = (ends[0] + ends[-1]) / 2, (ends[-1] - ends[0]) / 2 * (1 + 1e-9) + slack
    for size in _SIZES:
        bound = _largest(program, middle, half, size)
        if bound is None:
            continue
        if (found := _on_ellipse(node, program, middle, half, size, bound)) is not None:
            return found
    return None


def required(node: Node, program: Program) -> arb:
    """The same.

    Raises
    ------
    NotSupportedError
        Where no contour is found.
    """
    if (found := mean(node, program)) is None:
        what = "∫ f dμ of an f that is not holomorphic next to the support"
        raise NotSupportedError(explain(what, allowed="Float", hint="using=Float()"))
    return found


def _on_ellipse(
    node: Node, program: Program, middle: float, half: float, size: float, bound: arb
) -> arb | None:
    reach = math.log(size)
    inner, width = _INNER * reach, (1 - _INNER) / 2 * reach
    at = inner + width
    masses = {float(x): (x, w) for x, w in node.masses().items()}
    sides = {x: _side(abs(x - middle) / half, inner, reach) for x in masses}
    if None in sides.values():
        return None
    # |G| is at most 1/distance, and |dz| what it is on the outer ellipse
    places = {abs(x - middle): is_inside for x, is_inside in sides.items()}
    largest = bound * arb(half) * arb(reach).cosh() / _away(half, inner, reach, places)
    nats = working_bits() * math.log(2) + float(largest.log().upper())
    count = 2 * math.ceil(max(nats, 8) / width / 2)
    if count > _MOST_NODES:
        return None
    total = arb(0)
    context = BallContext(analytic=True)
    for j in range(count // 2):
        angle = arb(2 * j + 1) * arb.pi() / count
        turn = acb(arb(at), angle)
        z = turn.cosh() * half + middle
        g = in_balls.solve(node, z.real, z.imag)
        if g is None:
            return None
        value = acb(program.run(context, [acb(z)])) * g.g * turn.sinh() * half
        total += 2 * value.real
    error = 2 * largest / ((arb(width) * count).exp() - 1)
    found = total / count + arb(0, error.upper())
    exact = BallContext()
    for x, (place, mass) in masses.items():
        if sides[x]:
            found -= _number(mass) * arb(program.run(exact, [_number(place)]))
    return found


def _away(half: float, inner: float, outer: float, atoms: dict[float, bool]) -> arb:
    """How far the law is at least from all that lies between two ellipses.

    ``atoms`` are at distances from the middle, inside of the inner ellipse or outside of the other.
    """
    away = arb(half) * (arb(inner).cosh() - 1)
    for x, is_inside in atoms.items():
        near = inner if is_inside else outer
        away = away.min(arb(abs(x - half * math.cosh(near)) * 0.999))
    return away


def _number(x) -> arb:
    return in_balls.Balls().number(x).real


def _side(distance: float, inner: float, outer: float) -> bool | None:
    """Whether an atom lies inside of all ellipses; None if it is not clear of them."""
    if distance <= 1:
        return True
    at = math.acosh(distance)
    return True if at < 0.9 * inner else False if at > 1.05 * outer else None


def _largest(program: Program, middle: float, half: float, size: float) -> arb | None:
    """A bound of |f| on a rectangle around the outer ellipse; None if it is not holomorphic."""
    wide, high = half * math.cosh(math.log(size)), half * math.sinh(math.log(size))
    context, largest = BallContext(analytic=True), arb(0)
    for i in range(_COLUMNS):
        for j in range(_ROWS):
            x = middle + wide * (2 * (i + 0.5) / _COLUMNS - 1)
            box = acb(arb(x, 1.01 * wide / _COLUMNS), arb(high * (j + 0.5) / _ROWS, high / _ROWS))
            try:
                value = acb(program.run(context, [box]))
            except (NotHolomorphic, ZeroDivisionError, DomainError):
                return None
            if not value.is_finite():
                return None
            largest = largest.max(value.abs_upper())
    return largest + arb(2) ** -1000
