"""Integrals: declared kinks and tails, in three arithmetics, against closed forms."""

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import theorycalc as tc

X, T, R = sp.Symbol("x", real=True), sp.Symbol("t", real=True), sp.Symbol("R", positive=True)
ARITHMETICS = (tc.Float(), tc.MP(25), tc.Ball(25))
# |∫_R^∞ exp(−x²/2) dx| ≤ exp(−R²/2) for R ≥ 1
MILLS = tc.Tail(sp.exp(-(R**2) / 2), R)
TAILS = {sp.oo: MILLS, -sp.oo: MILLS}


def gaussian(function, **options):
    """E φ(Z), unnormalised."""
    return tc.Integral(function * sp.exp(-(X**2) / 2), X, -sp.oo, sp.oo, **options)


# Every integral carries its value.
CASES = {
    "polynomial": (tc.Integral(X**3, X, 0, 2), sp.Integer(4)),
    "endpoint": (tc.Integral(sp.sqrt(X), X, 0, 1), sp.Rational(2, 3)),
    "oscillation": (tc.Integral(sp.cos(30 * X), X, 0, 1), sp.sin(30) / 30),
    "kink": (
        tc.Integral(sp.Abs(X - sp.Rational(1, 3)), X, 0, 1, kinks=(sp.Rational(1, 3),)),
        sp.Rational(5, 18),
    ),
    "two kinks": (
        tc.Integral(sp.Max(-1, sp.Min(1, X)), X, -2, 3, kinks=(1, -1)),
        sp.Integer(1),
    ),
    "jump": (tc.Integral(sp.sign(X) * sp.exp(X), X, -1, 1, kinks=(0,)), sp.E + sp.exp(-1) - 2),
    "kinks outside": (tc.Integral(X, X, 0, 1, kinks=(5, -5)), sp.Rational(1, 2)),
    "gaussian": (gaussian(sp.S.One, tails=TAILS), sp.sqrt(2 * sp.pi)),
    "one infinite end": (
        tc.Integral(sp.exp(-(X**2) / 2), X, 0, sp.oo, tails={sp.oo: MILLS}),
        sp.sqrt(sp.pi / 2),
    ),
    "backwards": (tc.Integral(sp.exp(X), X, 1, 0), 1 - sp.E),
    "empty": (tc.Integral(sp.exp(X), X, 1, 1), sp.Integer(0)),
    "inner integral": (
        tc.Integral(sp.Integral(sp.exp(X * T), (T, 0, X)), X, 1, 2),
        sp.Integral((sp.exp(X**2) - 1) / X, (X, 1, 2)),
    ),
}


@pytest.mark.parametrize("using", ARITHMETICS, ids=repr)
@pytest.mark.parametrize("name", CASES)
def test_integrals_with_known_values(name, using):
    integral, exact = CASES[name]
    value = tc.integrate(integral, using=using)
    if exact == 0:
        assert value.contains(0)
    else:
        assert value.overlaps(tc.certify(exact, digits=25))
    if isinstance(using, tc.Ball):
        assert value.rigor >= tc.Rigor.CERTIFIED


def test_parameters_and_kinks_that_move_with_them():
    b = sp.Symbol("b")
    moving = tc.Integral(sp.Abs(X - b), X, 0, 1, kinks=(b,))
    for using in ARITHMETICS:
        for value in ("1/4", "0.9", "7/2", "-1"):
            exact = sp.integrate(sp.Abs(X - sp.Rational(value)), (X, 0, 1))
            assert tc.integrate(moving, using=using, b=value).overlaps(tc.certify(exact))
    with pytest.raises(tc.DomainError, match="missing"):
        tc.integrate(moving)


@settings(max_examples=20)
@given(st.fractions(-2, 2, max_denominator=20), st.fractions(1, 3, max_denominator=20))
def test_sympy_integrals_know_their_kinks(b, upper):
    """A kink in a sympy.Integral is read from the expression, so that no arithmetic misses it."""
    b, upper = sp.Rational(b), sp.Rational(upper)
    f = tc.Formula("f", sp.Integral(sp.Max(X - b, 0) + 1, (X, 0, upper)))
    exact = upper + sp.Max(upper - b, 0) ** 2 / 2 - sp.Max(-b, 0) ** 2 / 2
    for using in ARITHMETICS:
        assert f.at(using=using).overlaps(tc.certify(exact))


def test_an_undeclared_kink_costs_the_estimates_digits():
    """The trap that declared kinks remove: two precisions of tanh–sinh disagree, and say so."""
    third = sp.Rational(1, 3)
    with pytest.raises(tc.PrecisionError, match=r"two precisions .* differ"):
        tc.integrate(tc.Integral(sp.Abs(X - third), X, 0, 1), using=tc.MP(8))


def test_infinite_integrals_need_a_tail_for_balls():
    with pytest.raises(tc.NotSupportedError, match="tail"):
        tc.integrate(gaussian(sp.S.One), using=tc.Ball(10))
    assert tc.integrate(gaussian(sp.S.One), using=tc.MP(20)).overlaps(
        tc.certify(sp.sqrt(2 * sp.pi))
    )


def test_a_kink_that_cannot_be_read_off_is_named():
    with pytest.raises(tc.NotSupportedError, match="sin"):
        tc.certify(sp.Integral(sp.Abs(sp.sin(X)), (X, 0, 4)))


@pytest.mark.parametrize(
    "bad",
    [
        lambda: tc.Integral(X, "x", 0, 1),
        lambda: tc.Integral(X, X, 0, X),
        lambda: tc.Integral(X, X, 0, 1, kinks=(X / 2,)),
        lambda: tc.integrate(X),
    ],
)
def test_bad_integrals(bad):
    with pytest.raises(tc.DomainError):
        bad()
