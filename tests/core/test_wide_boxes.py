"""Boxes with ends far out: no end is lost, crossed or taken for another."""

import mpmath
import pytest
import sympy
from flint import arb

from theorycalc.core.arithmetic.ball_context import working_precision
from theorycalc.core.arithmetic.box import Box
from theorycalc.core.arithmetic.box_context import BoxContext, as_box
from theorycalc.core.lowering import lower

X = sympy.Symbol("x", real=True)
HUGE, TINY = arb(10) ** 300, arb(10) ** -300
ENDS = {
    "huge": (HUGE, 2 * HUGE),
    "tiny": (TINY, 2 * TINY),
    "from tiny to huge": (TINY, HUGE),
    "minus huge": (-HUGE, -TINY),
    "both signs": (-HUGE, HUGE),
    "around zero": (-TINY, TINY),
    "half-line": (HUGE, arb.pos_inf()),
}
_ASYMPTOTIC = (sympy.loggamma, sympy.digamma, sympy.polygamma, sympy.cos)
EXPRESSIONS = [
    X**2, X**3 - X, 1 / X, 1 / X**2, sympy.sqrt(X), sympy.log(X), sympy.exp(X), sympy.exp(-(X**2)),
    sympy.tanh(X), sympy.atan(X), sympy.erf(X), sympy.erfc(X), sympy.loggamma(X), sympy.digamma(X),
    sympy.cos(X), sympy.Abs(X), X / (1 + X**2), sympy.sinh(X) / X, sympy.log(1 + X**2) / X,
    sympy.polygamma(1, X), sympy.asinh(X), X * sympy.exp(-X),
]  # fmt: skip


@pytest.mark.parametrize("name", ENDS)
@pytest.mark.parametrize("expr", EXPRESSIONS, ids=str)
def test_values_inside_are_in_the_range(expr, name):
    low, high = (end.mid() for end in ENDS[name])
    with working_precision(80):
        found = as_box(lower(expr, (X,), ranges=True).run(BoxContext(), [Box(low, high)]))
    if found.low.is_nan() or found.high.is_nan():
        return  # nothing is said
    assert found.low <= found.high
    last = high if high.is_finite() else (low * 8).mid()
    function = sympy.lambdify(X, expr, "mpmath")
    with mpmath.workdps(650):
        first, last = (_mpf(end) for end in (low, last))
        for share in (sympy.S.Zero, sympy.Rational(1, 1000), sympy.Rational(1, 3), sympy.S.One):
            place = first + (last - first) * int(share.p) / int(share.q)
            if place == 0 or (abs(place) > 1 and expr.has(*_ASYMPTOTIC)):
                continue  # mpmath has them from series that do not end there
            try:
                exact = function(place)
            except (OverflowError, ValueError, ZeroDivisionError):
                continue
            if isinstance(exact, mpmath.mpf):
                assert not found.low.is_finite() or _mpf(found.low) <= exact
                assert not found.high.is_finite() or exact <= _mpf(found.high)


def _mpf(x):
    mantissa, exponent = x.man_exp()
    return mpmath.mpf(int(mantissa)) * mpmath.mpf(2) ** int(exponent)


@pytest.mark.parametrize("order", ["[0, 3]", "[1/3, 5/2]"])
@pytest.mark.parametrize("name", ["besseli", "besselk"])
def test_orders_that_are_intervals(name, order):
    """The values for all orders between are in the range."""
    low, high = map(sympy.Rational, order[1:-1].split(","))
    with working_precision(80):
        ends = Box(arb(low.p) / int(low.q), arb(high.p) / int(high.q))
        ends = Box(ends.low.lower(), ends.high.upper())
        found = as_box(BoxContext().apply(name, ends, Box(arb(1), arb(2))))
    if found.low.is_nan():
        return
    with mpmath.workdps(50):
        for k in range(7):
            nu = low + (high - low) * sympy.Rational(k, 6)
            for place in (1, 1.5, 2):
                exact = getattr(mpmath, name)(mpmath.mpf(nu.p) / int(nu.q), place)
                assert _mpf(found.low) <= exact <= _mpf(found.high)
