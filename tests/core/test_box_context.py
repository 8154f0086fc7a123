"""Ranges over boxes hold the values at the points of the boxes."""

import math
from itertools import combinations, product

import pytest
import sympy
from flint import arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

from theorycalc.core.arithmetic.ball import enclose
from theorycalc.core.arithmetic.ball_context import working_precision
from theorycalc.core.arithmetic.box import NOT_A_NUMBER, Box, is_undefined
from theorycalc.core.arithmetic.box_context import BoxContext, as_box
from theorycalc.core.errors import DomainError
from theorycalc.core.lowering import lower

X, Y = sympy.symbols("x y", real=True)
INNER = (X, X * Y, X - Y, X**2, X / Y, sympy.sqrt(X), X ** sympy.Rational(1, 3), 1 / X, X**-2)
OUTER = (
    *(sympy.exp, sympy.log, sympy.sin, sympy.cos, sympy.tan, sympy.tanh, sympy.atan, sympy.cosh),
    *(sympy.sinh, sympy.asinh, sympy.acosh, sympy.atanh, sympy.asin, sympy.acos, sympy.erf),
    *(sympy.erfc, sympy.Abs, sympy.sign, sympy.floor, sympy.ceiling, sympy.Heaviside),
    *(sympy.gamma, sympy.loggamma, sympy.digamma, lambda u: sympy.polygamma(1, u)),
    *(lambda u: sympy.zeta(u), lambda u: sympy.besselk(1, u), lambda u: sympy.uppergamma(2, u)),
    *(lambda u: sympy.Max(u, Y), lambda u: sympy.Min(u, Y), lambda u: sympy.atan2(u, Y)),
    *(lambda u: u**3 - u, lambda u: u**2 - u, lambda u: sympy.Piecewise((u, u < 1), (-u, True))),
)
ENDS = st.fractions(-6, 6, max_denominator=8) | st.sampled_from([-1, 0, 1, 10**30])
SHARES = st.fractions(0, 1, max_denominator=64)
NOTHING = {
    *("tanh", "erf", "erfc", "cos", "sin", "abs", "sign", "heaviside", "floor", "max", "exp"),
    *("gamma", "cosh", "erfcx", "log_ndtr", "softplus", "expm1", "digamma"),
}


def _rational(x) -> fmpq:
    return fmpq(x.numerator, x.denominator)


def _place(ends, share) -> tuple[Box, sympy.Rational]:
    """An interval, and a number in it."""
    low, high = sorted(ends)
    point = low + (high - low) * share
    box = Box(arb(_rational(low)).lower(), arb(_rational(high)).upper())
    return box, sympy.Rational(point.numerator, point.denominator)


@given(
    st.sampled_from(OUTER),
    st.sampled_from(INNER),
    st.tuples(ENDS, ENDS),
    st.tuples(ENDS, ENDS),
    SHARES,
    SHARES,
    st.sampled_from([30, 53, 128]),
)
def test_values_inside_are_in_the_range(outer, inner, first, second, s, t, bits):
    (box, x), (other, y) = _place(first, s), _place(second, t)
    program = lower(outer(inner), (X, Y), ranges=True)
    try:
        with working_precision(bits):
            found = as_box(program.run(BoxContext(), [box, other]))
    except (DomainError, ZeroDivisionError):
        return
    if is_undefined(found):
        return
    try:
        value = arb(enclose(program, [lower(x), lower(y)], 200))
    except DomainError:
        # an end at which a logarithm or a negative power is infinite, and no more
        assert not (found.low.is_finite() and found.high.is_finite()) or 0 in (*box, *other)
        return
    if value.is_finite():
        assert not found.low > value
        assert not found.high < value


@pytest.mark.parametrize("name", sorted(NOTHING))
def test_of_what_is_undefined_nothing_is_known(name):
    more = {"heaviside": [fmpq(1, 2)], "max": [fmpq(1)]}.get(name, [])
    assert is_undefined(BoxContext().apply(name, NOT_A_NUMBER, *more))


def test_products_and_powers_of_what_is_undefined():
    context, zero = BoxContext(), fmpq(0)
    for found in (
        context.mul(zero, NOT_A_NUMBER),
        context.power(NOT_A_NUMBER, fmpq(2)),
        context.power(NOT_A_NUMBER, fmpq(1, 2)),
        context.hull(NOT_A_NUMBER, Box(arb(0), arb(1))),
    ):
        assert is_undefined(found)


PAIRS = [(0, 0), *combinations((-math.inf, -2, 0, 3, math.inf), 2)]


@pytest.mark.parametrize("first", PAIRS, ids=str)
def test_products_go_by_the_signs(first):
    """From the least to the largest product of ends, where 0 times an infinite one is 0."""
    for second in PAIRS:
        ends = [0 if 0 in pair else math.prod(pair) for pair in product(first, second)]
        found = BoxContext().mul(Box(*map(_end, first)), Box(*map(_end, second)))
        assert (float(found.low), float(found.high)) == (min(ends), max(ends))


def _end(x: float) -> arb:
    return arb(x) if math.isfinite(x) else arb.pos_inf() if x > 0 else arb.neg_inf()


def test_long_rationals_become_boxes():
    """What has too many bits to stay exact is an interval like others, and can be multiplied."""
    context, base = BoxContext(), fmpq(3, 2)
    for long in (context.power(base, fmpq(10**4)), context.add(base**20_000, fmpq(1, 3))):
        product = context.mul(fmpq(-1), long)
        assert isinstance(product, Box)
        assert product.high <= -1
