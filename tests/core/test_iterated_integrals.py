"""Iterated integrals with kinks, jumps and roots in every variable, against closed forms."""

import itertools
from fractions import Fraction

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.core.integration.pieces import smooth_pieces

X, Y, Z, B = sp.symbols("x y z b", real=True)
THIRD, HALF = sp.Rational(1, 3), sp.Rational(1, 2)
UNIT_X, UNIT_Y = (X, 0, 1), (Y, 0, 1)
DISC = (X, -sp.sqrt(1 - Y**2), sp.sqrt(1 - Y**2)), (Y, -1, 1)

# Every integral carries its value.
CASES = {
    "kink outside": (X * sp.Abs(Y - THIRD), (UNIT_X, UNIT_Y), sp.Rational(5, 36)),
    "jump outside": (X * sp.sign(Y - THIRD), (UNIT_X, UNIT_Y), sp.Rational(1, 6)),
    "branches outside": (
        sp.Piecewise((X, Y < THIRD), (X**2, True)),
        (UNIT_X, UNIT_Y),
        sp.Rational(7, 18),
    ),
    "root of both": (sp.sqrt(X * Y), (UNIT_X, UNIT_Y), sp.Rational(4, 9)),
    "moving kink": (sp.Abs(X - Y), (UNIT_X, UNIT_Y), THIRD),
    "larger of both": (sp.Max(X, Y), (UNIT_X, UNIT_Y), 2 * THIRD),
    "moving jump": (sp.sign(X - Y) * sp.exp(X), (UNIT_X, UNIT_Y), 3 - sp.E),
    "moving step": (sp.Heaviside(X - Y) * X * Y, (UNIT_X, UNIT_Y), sp.Rational(1, 8)),
    "moving limit": (X * Y, ((X, 0, Y**2), UNIT_Y), sp.Rational(1, 12)),
    "moving limit and root": (sp.sqrt(Y - X), ((X, 0, Y), UNIT_Y), sp.Rational(4, 15)),
    "disc": (sp.S.One, DISC, sp.pi),
    "two kinks of one switch": (
        sp.Abs(sp.Abs(X - Y) - sp.Rational(1, 4)),
        (UNIT_X, UNIT_Y),
        sp.Rational(19, 96),
    ),
    "reversed": (sp.Abs(X - Y), ((X, 1, 0), (Y, 0, 2)), -sp.Rational(4, 3)),
    "not separable": (
        sp.exp(X * Y) * sp.Abs(Y - HALF) * Y,
        (UNIT_X, UNIT_Y),
        sp.Integral((sp.exp(Y) - 1) * sp.Abs(Y - HALF), UNIT_Y),
    ),
    "three variables": (
        X * sp.Abs(Y - THIRD) * sp.sign(Z),
        (UNIT_X, UNIT_Y, (Z, -1, 3)),
        sp.Rational(5, 18),
    ),
}


@pytest.mark.parametrize("using", [tc.Float(), tc.MP(12), tc.Ball(15)], ids=repr)
@pytest.mark.parametrize("name", CASES)
def test_iterated_integrals(name, using):
    integrand, limits, exact = CASES[name]
    value = tc.Formula("f", sp.Integral(integrand, *limits)).at(using=using)
    assert_error_holds(value, tc.certify(exact, digits=40))
    if isinstance(using, tc.Ball):
        assert value.rigor >= tc.Rigor.CERTIFIED


@settings(max_examples=15)
@given(*[st.fractions(-1, 2, max_denominator=9)] * 3, st.booleans())
def test_the_kinks_of_both_variables(a, b, c, jump):
    """|x − a y − b| and its sign over a rectangle, against integration over x by hand."""
    a, b, c = map(sp.Rational, (a, b, c))
    k = a * Y + b
    switch = sp.sign(X - k) if jump else sp.Abs(X - k)
    inner = sp.Integral(switch * (1 + X * Y), (X, c, 2), (Y, -1, 1))

    def antiderivative(x):  # of (1 + x y) sign(x − k) or |x − k|, continuous in x
        power = 0 if jump else 1
        u = sp.Symbol("u")
        smooth = sp.integrate((u**power * (1 + (u + k) * Y)).expand(), u)
        return lambda point: sp.sign(x - k).subs(Y, point) * smooth.subs(u, x - k).subs(Y, point)

    def outer(y):
        return antiderivative(sp.S(2))(y) - antiderivative(c)(y)

    ends = [-1, 1]
    if a:
        ends += [(x - b) / a for x in (c, sp.S(2)) if -1 < (x - b) / a < 1]
    ends = sorted(set(map(Fraction, ends)))
    exact = sp.S.Zero
    for left, right in itertools.pairwise(ends):
        # a polynomial of degree ≤ 5 between the kinks: five points of Gauss, by interpolation
        nodes = [sp.Rational(left + (right - left) * Fraction(i, 8)) for i in range(1, 8)]
        polynomial = sp.interpolate([(y, outer(y)) for y in nodes], Y)
        exact += sp.integrate(polynomial, (Y, sp.Rational(left), sp.Rational(right)))
    value = tc.certify(inner, digits=10) if exact else tc.Formula("f", inner).at()
    assert_error_holds(value, Fraction(int(exact.p), int(exact.q)))


class Kinked(tc.SpecialFunction):
    """∫_0^1 x |y − 1/3| dx: its kink is inside its definition."""

    nargs = 1

    @classmethod
    def definition(cls, y):
        return tc.Integral(X * sp.Abs(y - THIRD), X, 0, 1)


@pytest.mark.parametrize("using", [tc.Float(), tc.MP(12), tc.Ball(12)], ids=repr)
def test_kinks_inside_a_special_function(using):
    value = tc.Formula("f", sp.Integral(Kinked(Y), UNIT_Y)).at(using=using)
    assert_error_holds(value, Fraction(5, 36))


def test_a_switch_that_cannot_be_read_is_refused_in_every_variable():
    for limits in ((UNIT_X, UNIT_Y), (UNIT_Y, UNIT_X)):
        with pytest.raises(tc.NotSupportedError, match="sin"):
            tc.certify(sp.Integral(X * sp.Abs(sp.sin(3 * Y)), *limits))


def test_pieces_of_parameters_stay_whole():
    node = sp.Integral(sp.Abs(X - B), (X, 0, 1))
    assert smooth_pieces(node) == node
    assert not smooth_pieces(node.subs(B, HALF)).has(sp.Abs)
