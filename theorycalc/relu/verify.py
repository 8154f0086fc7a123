"""The identity of a representation at random points, by quadrature that knows no closed form."""

from dataclasses import replace

import numpy as np
import sympy
from sympy import Rational

from theorycalc.core.arithmetic import Ball, Float
from theorycalc.core.arithmetic.ball import bits_of
from theorycalc.core.arithmetic.ball_context import working_precision
from theorycalc.core.arrays import random_stream
from theorycalc.core.checks import Check, Verdict
from theorycalc.core.claims import Claim
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.core.evaluation import Arithmetic, check_arithmetic
from theorycalc.core.numbers import exact_integer
from theorycalc.core.value import Rigor, Value
from theorycalc.relu.means.rules import Balls
from theorycalc.relu.routes._route import Route

_GUARD_BITS = 64
_MOST_POINTS = 1000
# What `Float` is held to; `MP` is held to its own digits.
_FLOAT_DIGITS = 12
# Random points have coordinates ±1/8, …, ±7/8 before they are moved to where the identity holds.
_GRID = 8


def verify(route: Route, using: Arithmetic, points: int, seed: int) -> Check:
    """The worst of several random points: |f − representation| ≤ 10^−digits Σ |c_α x^α|."""
    check_arithmetic(using)
    if isinstance(using, Ball):
        raise NotSupportedError(
            explain("the quadrature has no enclosure", got=using, allowed="Float(), MP(digits)")
        )
    points = exact_integer(points, "points", 1, _MOST_POINTS)
    rng = random_stream(seed)
    checks = [_check(route, _point(route, rng), using) for _ in range(points)]
    return min(checks, key=lambda check: check.margin.mid)


def _point(route: Route, rng: np.random.Generator) -> tuple:
    d = route.target.dimension
    sizes, signs = rng.integers(1, _GRID, size=d), rng.choice([-1, 1], size=d)
    raw = tuple(Rational(int(n * sign), _GRID) for n, sign in zip(sizes, signs, strict=True))
    return route.move_inside(raw)


def _check(route: Route, point: tuple, using: Arithmetic) -> Check:
    target = route.target
    digits = _FLOAT_DIGITS if isinstance(using, Float) else using.digits
    bits = bits_of(digits) + _GUARD_BITS
    tolerance = _size(route, point) * Rational(10) ** -digits
    mine = [point[i] for i in target.places]
    exact = target.polynomial(*mine) - route.affine(*mine)
    with working_precision(bits):
        numbers = Balls()
        x = np.array([numbers.number(t) for t in point], dtype=object)
        size = bits // 4 + 8
        coarse, fine = (route.quadrature(numbers, x, n) for n in (size, 3 * size // 2))
        gap = abs(fine - numbers.number(exact))
        doubt = abs(fine - coarse)
        sides = gap, numbers.number(tolerance), numbers.number(tolerance) - gap
        lhs, rhs, margin = (_value(side, doubt, using, bits) for side in sides)
    verdict = Verdict.UNDECIDED
    if margin.lower > 0 or margin.upper < 0:
        verdict = Verdict.HOLDS if margin.lower > 0 else Verdict.FAILS
    error = sympy.Symbol("|f − A − M ∫ρσ|")
    claim = Claim(sympy.Le(error, tolerance), name=f"{route.method} at {point}")
    return Check(claim=claim, verdict=verdict, lhs=lhs, rhs=rhs, margin=margin)


def _size(route: Route, point: tuple) -> sympy.Expr:
    """Σ |c_α x^α|, the size of what is added up."""
    mine = [point[i] for i in route.target.places]
    terms = route.target.polynomial.as_dict().items()
    size = sympy.Add(*(abs(c * sympy.Mul(*map(sympy.Pow, mine, alpha))) for alpha, c in terms))
    return size or sympy.S.One


def _value(x, doubt, using: Arithmetic, bits: int) -> Value:
    """A ball as a Value whose error includes the difference of two rules."""
    value = Ball(using.digits).to_value(x, bits=bits)
    slack = Ball(using.digits).to_value(doubt, bits=bits)
    rad = value.rad + abs(slack.mid) + slack.rad
    return replace(value, rad=rad, rigor=Rigor.ESTIMATED, using=using)
