"""Claims in several variables that scale, touch under a condition, fall apart, or have kinks."""

import pytest
import sympy
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Interval, Rational, exp, log, oo, sin, sqrt, tan

import theorycalc as tc
from theorycalc.bounds.domain import Variable
from theorycalc.bounds.scaling import _ratio, scales
from theorycalc.core.contractions import bilinear_product

x, y, z, p, t, s = sympy.symbols("x y z p t s")
X, Y, Z = sympy.symbols("x y z", positive=True)
CONE = dict.fromkeys("xy", Interval.open(0, oo))
HALF_LINES = dict.fromkeys("xy", (0, oo))
SQUARE = dict.fromkeys("xy", (-3, 3))
POSITIVE = dict.fromkeys("xy", (1, 3))
LIPSCHITZ = abs(sin(x) - sin(y))
HOEFFDING = log(1 - p + p * exp(t)) - p * t
TRUE = [
    # of ratios
    (x * log(x / y) >= x - y, CONE, True),
    (sqrt(x * y) <= (x + y) / 2, HALF_LINES, True),
    (sqrt((x**2 + y**2) / 2) >= (x + y) / 2, HALF_LINES, True),
    # of each variable by itself
    (sympy.cosh(x) * sympy.cosh(y) <= exp((x**2 + y**2) / 2), SQUARE, True),
    # on both sides of a kink
    (abs(x - y) >= LIPSCHITZ, SQUARE, True),
    # from a contact, on one side only
    (log(x / y) <= x - y, POSITIVE, sympy.Ge(x, y)),
    (exp(x) > exp(y), SQUARE, sympy.Gt(x, y)),
    (exp(x) < exp(y), SQUARE, sympy.Lt(x, y)),
    (t**2 / 8 >= HOEFFDING, {"p": (0, 1), "t": (-4, 4)}, True),
    # from a contact at an upper end
    (x * y + sqrt(x + y) <= y + sqrt(1 + y), {"x": (Rational(1, 2), 1), "y": (1, 2)}, True),
]
FALSE = [
    (x * log(x / y) > x - y, CONE, True),
    (sqrt(x * y) <= (x + y) * Rational(499, 1000), HALF_LINES, True),
    (sqrt(x**2 + y**2) >= x + y, HALF_LINES, True),
    (abs(x - y) * Rational(99, 100) >= LIPSCHITZ, SQUARE, True),
    (log(x / y) <= (x - y) / 2, POSITIVE, sympy.Ge(x, y)),
    (log(x / y) <= x - y, {"x": (Rational(1, 2), 3), "y": (Rational(1, 2), 3)}, sympy.Ge(x, y)),
    (exp(x) > exp(y), SQUARE, sympy.Ge(x, y)),
    (t**2 * Rational(124, 1000) >= HOEFFDING, {"p": (0, 1), "t": (-4, 4)}, True),
]


def _proof(relation, on, where) -> tc.bounds.Proof:
    return tc.prove(tc.Claim(relation, on=on, where=where))


@pytest.mark.parametrize(("relation", "on", "where"), TRUE, ids=str)
def test_true_claims_are_proved(relation, on, where):
    proof = _proof(relation, on, where)
    assert proof.verdict is tc.Verdict.HOLDS
    assert proof.verify()


@pytest.mark.parametrize(("relation", "on", "where"), FALSE, ids=str)
def test_false_claims_beside_them_are_refuted(relation, on, where):
    assert _proof(relation, on, where).verdict is tc.Verdict.FAILS


@pytest.mark.parametrize(
    ("relation", "on"),
    [
        (sympy.gamma(x) <= Rational(-7, 2), Interval.open(-1, 0)),
        (sympy.gamma(x) >= Rational(23, 10), Interval.open(-2, -1)),
        (2 * sin(x) + tan(x) >= 3 * x, Interval.Ropen(0, sympy.pi / 2)),
        (tan(x) / x < sympy.pi**2 / (sympy.pi**2 - 4 * x**2), Interval.open(0, sympy.pi / 2)),
    ],
)
def test_beside_poles(relation, on):
    proof = _proof(relation, {"x": on}, True)
    assert proof.verdict is tc.Verdict.HOLDS
    assert proof.verify()


def test_across_a_pole_nothing_is_claimed():
    with pytest.raises(tc.DomainError, match="not real"):
        _proof(sympy.gamma(x) <= 100, {"x": (Rational(-3, 2), Rational(-1, 2))}, True)


SCALING = [
    X * log(X / Y) - X + Y,
    X * log(X) + Y * log(Y) - (X + Y) * log((X + Y) / 2),
    (X**Z + Y**Z) ** (1 / Z) - X,
    sympy.Max(X, Y) - sqrt(X * Y),
    abs(X - Y) / (X + Y) - exp(-X / Y),
]


@pytest.mark.parametrize("expr", SCALING)
@given(st.integers(1, 40), st.integers(1, 40), st.integers(2, 9))
@settings(max_examples=5, deadline=None)
def test_what_scales_has_the_same_sign_everywhere_on_a_ray(expr, a, b, factor):
    assert scales(expr, frozenset((X, Y)))
    near, far = ({X: k * a, Y: k * b, Z: 3} for k in (1, factor))
    assert sympy.sign(expr.subs(near).n(30, chop=True)) == sympy.sign(
        expr.subs(far).n(30, chop=True)
    )


@pytest.mark.parametrize(
    "expr", [X * log(X) - Y, exp(X) - Y, X + Y - 1, sin(X / Y) - X, log(log(X / Y)) + log(X)]
)
def test_what_does_not_scale(expr):
    assert not scales(expr, frozenset((X, Y)))


RATIOS = [
    ((1, 3), (1, 2), Interval(Rational(1, 2), 3)),
    ((0, 3), (1, 2), Interval(0, 3)),
    ((1, oo), (1, 2), Interval(Rational(1, 2), oo)),
    ((1, 3), (2, oo), Interval.Lopen(0, Rational(3, 2))),
    ((0, 3), (2, oo), Interval(0, Rational(3, 2))),
    ((1, oo), (2, oo), Interval.open(0, oo)),
]


@pytest.mark.parametrize(("top", "bottom", "expected"), RATIOS)
def test_ratios_have_the_ends_that_occur(top, bottom, expected):
    one, other = (Variable(v, *map(sympy.S, ends)) for v, ends in ((X, top), (Y, bottom)))
    ratio = _ratio(one, other)
    assert sympy.Interval(ratio.low, ratio.high, ratio.low_open, ratio.high_open) == expected


def test_ratios_to_what_is_never_at_its_end():
    open_below = Variable(Y, sympy.S.Zero, sympy.S(2), low_open=True)
    ratio = _ratio(Variable(X, sympy.S.One, sympy.S(3), high_open=True), open_below)
    assert (ratio.low, ratio.low_open, ratio.high, ratio.high_open) == (
        Rational(1, 2),
        False,
        oo,
        True,
    )


@given(*[st.integers(-5, 5)] * 4)
@settings(max_examples=30, deadline=None)
def test_bilinear_sums_are_products(a, b, c, d):
    node = sympy.Add(a * X * Y, b * X * (1 - Y), c * Y * (1 - X), sympy.S(d))
    product = bilinear_product(node) if node.is_Add else None
    assert product is None or sympy.expand(product - node) == 0
