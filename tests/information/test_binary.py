"""The divergence of coins and its inverses, by bisection of the definition with many digits."""

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from reference import assert_error_holds, assert_low_targets_hold, relative_error

import theorycalc as tc
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.information import binary_arrays
from theorycalc.information.binary import LowerInverse, UpperInverse

INVERSES = {"upper": tc.information.kl_upper, "lower": tc.information.kl_lower}
ARITHMETICS = [tc.Float(), tc.MP(30), tc.Ball(30)]
chances = st.one_of(st.floats(0.01, 0.99), st.integers(-30, -2).map(lambda k: 10.0**k))
levels = st.floats(-12, 1).map(lambda x: 10.0**x)


def divergence(q, p):
    """The definition in mpmath."""
    parts = ((q, p), (1 - q, 1 - p))
    return mpmath.fsum(x * mpmath.log(x / y) for x, y in parts if x)


def inverse(q, c, side, dps=60):
    """p by bisection of the logarithm of the smaller share."""
    far = 1 - q if side == "upper" else q
    with mpmath.workdps(dps + int(c / far / 2)):
        q, c = mpmath.mpf(q), mpmath.mpf(c)
        share = 1 - q if side == "upper" else q
        low, high = mpmath.log(share) - (c + 1) / share, mpmath.log(share)
        for _ in range(int(3.4 * mpmath.mp.dps) + 150):
            middle = (low + high) / 2
            far = mpmath.exp(middle)
            p = 1 - far if side == "upper" else far
            low, high = (middle, high) if divergence(q, p) > c else (low, middle)
        return 1 - mpmath.exp(high) if side == "upper" else mpmath.exp(high)


@pytest.mark.parametrize("side", INVERSES)
@given(chances, levels)
@settings(max_examples=12)
def test_inverses_by_bisection(side, q, c):
    share = 1 - q if side == "upper" else q
    assume(c / share < 200)
    exact = inverse(q, c, side)
    formula = INVERSES[side](sp.Rational(q), sp.Rational(c))
    for using in ARITHMETICS:
        value = formula.at(using=using)
        assert_error_holds(value, exact)
        assert value.rad <= value.mid * (1e-12 if isinstance(using, tc.Float) else 1e-30)
    fast = INVERSES[side]().lambdify()(q, c)
    # the rounding of c/q in e^{−c/q} counts c/q times
    far = max(1.0, c / share / 30) if side == "lower" else 1.0
    assert relative_error(fast, tc.Value(mid=exact, rad=0, rigor=tc.Rigor.EXACT)) <= 1e-14 * far


def test_arrays_agree_with_balls():
    """1e-14 over many decades, on a grid that no case of the tests above is on."""
    q = np.concatenate([np.geomspace(1e-18, 0.5, 9), 1 - np.geomspace(1e-14, 0.4, 6)])
    for side, formula in INVERSES.items():
        for c in np.geomspace(1e-13, 3, 9):
            fast = formula().lambdify()(q, c)
            for x, computed in zip(q, fast, strict=True):
                if side == "lower" and c / x > 30:
                    continue  # e^{−c/q} feels the rounding of c
                exact = formula(sp.Rational(x), sp.Rational(c)).at(using=tc.Ball(25))
                assert relative_error(computed, exact) <= 1e-14


def test_divergences_of_arrays_keep_their_digits():
    """Also beside p = q, where logarithms cancel."""
    q = np.array([1e-9, 0.1, 0.5, 0.999])
    values = tc.information.kl().lambdify()
    for step in (1e-12, 1e-6, 1e-3, 0.3):
        p = np.minimum(q * (1 + step), 1 - 1e-6)
        for x, y, computed in zip(q, p, values(q, p), strict=True):
            exact = tc.information.kl(sp.Rational(x), sp.Rational(y)).at(using=tc.Ball(20))
            assert relative_error(computed, exact) <= 1e-14
    np.testing.assert_array_equal(values(q, q), 0)


@given(chances, chances)
@settings(max_examples=20)
def test_the_divergence_by_its_definition(q, p):
    with mpmath.workdps(80):
        exact = divergence(mpmath.mpf(q), mpmath.mpf(p))
    value = tc.information.kl(sp.Rational(q), sp.Rational(p)).at(using=tc.Ball(25))
    assert_error_holds(value, exact)


def test_ends():
    kl, upper, lower = tc.information.kl, *INVERSES.values()
    assert kl(0, 0).expr == kl("1/3", "1/3").expr == 0
    assert kl(0, "1/2").at(using=tc.Ball(20)).contains(sp.log(2).n(40))
    assert kl(1, "1/4").at(using=tc.Ball(20)).overlaps(tc.certify(sp.log(4), 20))
    c = sp.Symbol("c", positive=True)
    assert upper("1/3", 0).expr == lower("1/3", 0).expr == sp.Rational(1, 3)
    assert upper(1, c).expr == 1
    assert lower(0, c).expr == 0
    assert sp.simplify(upper("1/2", c).expr + lower("1/2", c).expr) != 0
    for q in (0, "1/2", 1):
        both = upper(q, "0.7") + lower(1 - sp.Rational(q), "0.7")
        assert both.at(using=tc.Ball(20)).contains(1)


def test_closed_forms_meet_the_root():
    """1 − e^{−c} and (1 + √(1 − e^{−2c}))/2 beside the general algorithm."""
    context = BallContext()
    with working_precision(150):
        for q in (sp.S.Zero, sp.S.Half, sp.S.One):
            for c in ("1e-20", "0.3", "40"):
                for inverse_, formula in ((UpperInverse, "upper"), (LowerInverse, "lower")):
                    found = inverse_.in_ball(context, *map(context.number, (q, sp.Rational(c))))
                    closed = INVERSES[formula](q, c).at(using=tc.Ball(30))
                    gap = abs(context.as_float(found) - float(closed))
                    assert gap <= 1e-15 * float(closed)


def test_derivatives():
    """By differences with many digits."""
    for side, formula in INVERSES.items():
        slopes = formula().diff("c"), formula().diff("q")
        found = [s.at(q="0.2", c="0.3", using=tc.Ball(20)) for s in slopes]
        with mpmath.workdps(80):
            step, q, c = (mpmath.mpf(x) for x in ("1e-20", "0.2", "0.3"))
            for value, (dq, dc) in zip(found, ((0, step), (step, 0)), strict=True):
                low, high = (inverse(q + s * dq, c + s * dc, side) for s in (-1, 1))
                assert abs((high - low) / (2 * step) / value.mid - 1) < 1e-15


@given(chances, levels)
@settings(max_examples=15)
def test_inverses_invert(q, c):
    p = tc.information.kl_upper(sp.Rational(q), sp.Rational(c)).at(using=tc.Ball(40))
    assume(p.upper < 1 and p.mid > q)
    assert (
        tc.information.kl(sp.Rational(q), p)
        .at(using=tc.Ball(20))
        .overlaps(tc.certify(sp.Rational(c), 20))
    )


def test_enclosures_over_boxes():
    values = tc.information.kl_upper().range(q=("1/10", "1/5"), c=("1/100", "1/50"))
    low = tc.information.kl_upper("1/10", "1/100").at()
    high = tc.information.kl_upper("1/5", "1/50").at()
    assert values.lower <= low.upper
    assert values.upper >= high.lower
    values = tc.information.kl_lower().range(q=("1/10", "1/5"), c=("1/100", "1/50"))
    assert values.lower <= tc.information.kl_lower("1/10", "1/50").at().upper
    assert values.upper >= tc.information.kl_lower("1/5", "1/100").at().lower


@pytest.mark.parametrize("function", [UpperInverse, LowerInverse])
def test_low_targets(function):
    context = BallContext()
    for q, c in (("1/7", "1/3"), ("1/1000", "1e-6"), ("9/10", 2)):
        args = [context.number(sp.Rational(x)) for x in (q, c)]

        def enclosed(bits, args=args):
            with working_precision(bits):
                return context.real(function.in_ball(context, *args))

        assert_low_targets_hold(enclosed)


@pytest.mark.parametrize(
    "call",
    [
        lambda: tc.information.kl("1.1", "0.5"),
        lambda: tc.information.kl("0.1", -1),
        lambda: tc.information.kl_upper("-0.1", 1),
        lambda: tc.information.kl_upper("0.1", "-1e-9"),
        lambda: tc.information.kl_lower(2, 1),
        lambda: tc.information.kl_lower().at(q="0.1", c=-1),
        lambda: tc.information.kl_upper().lambdify()([0.5, 1.5], [0.1, 0.1]),
        lambda: tc.information.kl("0.5", 0).at(using=tc.Ball(10)),
        lambda: tc.information.kl_upper("a", 1),
    ],
)
def test_bad_input(call):
    with pytest.raises(tc.DomainError):
        call()


def test_divergences_of_arrays_hold_where_a_share_is_small():
    """p beside 0 or 1, q far from it: 1 + (p − q)/q has no digits of p/q."""
    values = [1e-300, 1e-16, 1e-9, 0.02, 0.3, 0.49, 0.5, 0.7, 0.98, 1 - 1e-9, 1 - 2.0**-53]
    q, p = (x.ravel() for x in np.meshgrid(values, values))
    for x, y, *found in zip(q, p, *binary_arrays.divergence(q, p), strict=True):
        if x != y:
            with mpmath.workdps(700):
                exact = divergence(mpmath.mpf(x), mpmath.mpf(y))
            assert abs(found[0] - exact) <= found[1]


def test_divergences_of_arrays_reach_the_ends():
    ends = tc.information.kl().lambdify()(np.array([0.0, 1.0, 0.5]), np.array([0.5, 0.5, 1 - 1e-9]))
    assert np.allclose(ends, [np.log(2), np.log(2), -np.log(4e-9) / 2], rtol=1e-9)


@pytest.mark.parametrize("c", ["1e-60", "1e-400"])
def test_inverses_at_levels_of_the_size_of_q(c):
    """kl(c‖p) = c at p = ec·(1 − log…): the equation of Poisson laws, p = cx, log x = x − 2."""
    x = mpmath.findroot(lambda x: x - 2 - mpmath.log(x), 3)
    for using in (tc.MP(15), tc.Ball(15)):
        found = tc.information.kl_upper(c, c).at(using=using) / sp.Rational(c)
        assert found.contains(sp.Rational(str(x))) or abs(found - float(x)).upper < 1e-14
