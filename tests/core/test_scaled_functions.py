"""Scaled Bessel functions and regularised incomplete gamma functions in every arithmetic."""

import mpmath
import numpy as np
import pytest
import sympy as sp
from flint import arb, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds, value_of

import theorycalc as tc
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision

S, X = sp.symbols("s x", positive=True)
# Name: the definition in SymPy, and in mpmath.
DEFINITIONS = {
    "besseli_scaled": (
        lambda s, x: sp.exp(-x) * sp.besseli(s, x),
        lambda s, x: mpmath.exp(-x) * mpmath.besseli(s, x),
    ),
    "besselk_scaled": (
        lambda s, x: sp.exp(x) * sp.besselk(s, x),
        lambda s, x: mpmath.exp(x) * mpmath.besselk(s, x),
    ),
    "lowergamma_regularized": (
        lambda s, x: sp.lowergamma(s, x) / sp.gamma(s),
        lambda s, x: mpmath.gammainc(s, 0, x) / mpmath.gamma(s),
    ),
    "uppergamma_regularized": (
        lambda s, x: sp.uppergamma(s, x) / sp.gamma(s),
        lambda s, x: mpmath.gammainc(s, x) / mpmath.gamma(s),
    ),
}


def formula(name):
    return tc.Formula("f", getattr(tc, name)(S, X), args=(S, X))


@pytest.mark.parametrize("name", DEFINITIONS)
@settings(max_examples=25)
@given(st.fractions("1/9", 30, max_denominator=50), st.fractions("1/99", 60, max_denominator=99))
def test_errors_hold_in_every_arithmetic(name, s, x):
    with mpmath.workdps(150):
        exact = DEFINITIONS[name][1](*(mpmath.mpf(v.numerator) / v.denominator for v in (s, x)))
    for using in (tc.Float(), tc.MP(30), tc.Ball(30)):
        value = formula(name).at(using=using, s=sp.Rational(s), x=sp.Rational(x))
        assert_error_holds(value, exact)


@pytest.mark.parametrize(
    ("name", "s", "x"),
    [("besseli_scaled", "1/3", "1e6"), ("besselk_scaled", "5/2", "1e6"),
     ("besseli_scaled", 4, "1e20"),
     ("besselk_scaled", 1, "1e20"), ("lowergamma_regularized", 1000, 1100),
     ("uppergamma_regularized", 1000, 300), ("uppergamma_regularized", 2, 5000)],
)  # fmt: skip
def test_far_out(name, s, x):
    """Where the factors of the definition are beyond all doubles."""
    exact = tc.certify(DEFINITIONS[name][0](S, X), digits=50, s=s, x=x)
    for using in (tc.Float(), tc.MP(30), tc.Ball(30)):
        assert_error_holds(formula(name).at(using=using, s=s, x=x), exact)
    array = formula(name).lambdify()(np.array([float(sp.Rational(s))]), np.array([float(x)]))
    assert array[0] == pytest.approx(float(exact), rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("name", DEFINITIONS)
def test_derivatives_and_rewriting(name):
    f, plain = getattr(tc, name)(S, X), DEFINITIONS[name][0](S, X)
    rewritten = f.rewrite(getattr(sp, name.split("_")[0]))
    for point in ({"s": "3/2", "x": "1/3"}, {"s": "2", "x": "7"}):
        found = tc.certify(f.diff(X), digits=25, **point)
        assert found.overlaps(tc.certify(plain.diff(X), digits=25, **point))
        assert tc.certify(rewritten, digits=25, **point).overlaps(tc.certify(f, digits=25, **point))
    with pytest.raises(sp.core.function.ArgumentIndexError):
        f.fdiff(1)


def test_what_is_known_of_them():
    assert [tc.lowergamma_regularized(S, x) for x in (0, sp.oo)] == [0, 1]
    assert [tc.uppergamma_regularized(S, x) for x in (0, sp.oo)] == [1, 0]
    assert [tc.besseli_scaled(1, sp.oo), tc.besselk_scaled(1, sp.oo)] == [0, 0]
    for name in DEFINITIONS:
        f = getattr(tc, name)(S, X)
        assert f.is_positive
        assert f.is_real
        assert r"\left(" in sp.latex(f**2)
    assert sp.latex(tc.uppergamma_regularized(S, X)) == r"Q\left(s, x\right)"
    assert sp.N(tc.besselk_scaled(0, 3), 30) == sp.N(sp.exp(3) * sp.besselk(0, 3), 30)


@pytest.mark.parametrize(
    "order", "0 1 5 -3 1/3 -7/2 17/5 5000000001/10000000000 10000000001/10000000000".split()
)
@pytest.mark.parametrize("x", ["1/100", "2", "9", "20", "35", "60", "79", "81", "500"])
def test_k_keeps_its_digits_at_a_fixed_precision(order, x):
    """Where I_{−ν} and I_ν cancel, at orders that are integers, nearly ones or rounded."""
    with mpmath.workdps(80):
        exact = mpmath.besselk(*(mpmath.mpf(v.p) / v.q for v in map(sp.Rational, (order, x))))
    with working_precision(80):
        ball = BallContext().apply("besselk", *(_fmpq(v) for v in (order, x)))
        assert ball.rel_accuracy_bits() > 50
        assert_error_holds(value_of(ball), exact)


def _fmpq(text):
    return fmpq(*map(int, sp.Rational(text).as_numer_denom()))


@pytest.mark.parametrize("name", ["besselk", "besselk_scaled"])
def test_k_on_a_wide_ball_is_between_its_ends(name):
    with working_precision(80):
        context = BallContext()
        wide = context.apply(name, fmpq(2), arb(1).union(arb(30)))
        low, high = (context.apply(name, fmpq(2), arb(end)) for end in (30, 1))
        assert wide.contains(low)
        assert wide.contains(high)
        assert 2 * arb(wide.rad()) < (high - low) * (1 + arb(2) ** -20)


@pytest.mark.parametrize("name", ["besseli", "besseli_scaled"])
@given(
    st.sampled_from(["0", "1/4", "1/2", "1", "7/2", "6"]),
    st.floats(0.01, 40), st.floats(0, 3), st.floats(0, 1),
)  # fmt: skip
def test_i_on_a_wide_ball_holds_its_values(name, order, low, width, part):
    x = low + part * width
    with mpmath.workdps(60):
        exact = mpmath.besseli(mpmath.mpf(sp.Rational(order).p) / sp.Rational(order).q, x)
        exact *= mpmath.exp(-mpmath.mpf(x)) if name == "besseli_scaled" else 1
    with working_precision(80):
        ball = arb(low).union(arb(low + width))
        assert_error_holds(value_of(BallContext().apply(name, _fmpq(order), ball)), exact)


@pytest.mark.parametrize("order", ["1/3", "2", "7/2"])
def test_k_holds_for_all_orders_of_a_ball(order):
    for x in (1, 6, 30):
        with working_precision(80):
            ends = [arb(_fmpq(order)) + arb(shift) for shift in (-1e-3, 1e-3)]
            found = BallContext().apply("besselk", ends[0].union(ends[1]), fmpq(x))
        for shift in ("-9e-4", "0", "9e-4"):
            with mpmath.workdps(60):
                at = mpmath.mpf(sp.Rational(order).p) / sp.Rational(order).q + mpmath.mpf(shift)
                assert_error_holds(value_of(found), mpmath.besselk(at, x))
