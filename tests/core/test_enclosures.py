"""Parameters with a radius are the enclosures that they are, in every arithmetic."""

import flint
import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st

import theorycalc as tc
from theorycalc import Rigor, Verdict
from theorycalc.core.numbers import exact

X, N = sp.symbols("x n")
P = sp.Symbol("p", positive=True)
ARITHMETICS = (tc.Float(), tc.MP(20), tc.Ball(20))
FUNCTIONS = (
    X**2, sp.exp(X) - X, sp.Abs(X - 1), sp.floor(X), sp.cos(3 * X) / (2 + X**2),
    sp.Max(X, 1 - X), sp.Integral(sp.exp(-X * N), (N, 0, 1)), sp.Piecewise((X, X < 1), (2, True)),
)  # fmt: skip


def formula(expr):
    return tc.Formula("f", expr)


@pytest.mark.parametrize("using", ARITHMETICS, ids=repr)
@given(
    mid=st.fractions(-3, 3, max_denominator=64).map(lambda q: flint.fmpq(q.numerator, 64)),
    rad=st.sampled_from([2.0, 0.1, 1e-9, 1e-40]),
    place=st.integers(-4, 4),
    which=st.integers(0, len(FUNCTIONS) - 1),
)
def test_the_image_is_enclosed(using, mid, rad, place, which):
    f = formula(FUNCTIONS[which])
    ball = flint.arb(flint.arb(mid).mid(), rad)
    inside = exact(ball.mid()) + exact(ball.rad()) * sp.Rational(place, 4)
    image = f.at(x=ball, using=using)
    assert image.overlaps(f.at(x=inside, using=tc.Ball(60)))
    assert image.rigor is (Rigor.CERTIFIED if isinstance(using, tc.Ball) else Rigor.ESTIMATED)


def test_kinds_of_enclosures():
    third = flint.arb(1) / 3
    for wide in (
        third,
        flint.acb(third, 0),
        mpmath.iv.mpf(["0.333", "0.334"]),
        tc.Value(mid=1 / 3, rad=1e-9, rigor=Rigor.CERTIFIED),
    ):
        value = formula(3 * X).at(x=wide, using=tc.Ball(30))
        assert value.contains(1)
        assert value.rad > 0
        assert value.rigor is Rigor.CERTIFIED
        assert value.inputs["x"].contains(sp.Rational(1, 3))


@pytest.mark.parametrize(
    "point",
    [
        flint.arb("0.25"), flint.acb("0.25", 0), flint.fmpq(1, 4), mpmath.iv.mpf("0.25"),
        tc.Value(mid=0.25, rad=0, rigor=Rigor.EXACT), np.float16(0.25),
    ],
    ids=repr,
)  # fmt: skip
def test_points_are_numbers(point):
    value = formula(2 * X).at(x=point, using=tc.Ball(30))
    assert value.rigor is Rigor.EXACT
    assert value.contains("1/2")
    assert value.inputs["x"] == sp.Rational(1, 4)


@pytest.mark.parametrize("rigor", [Rigor.SAMPLED, Rigor.ESTIMATED, Rigor.CERTIFIED])
@pytest.mark.parametrize("rad", [0, 1e-3])
def test_the_weakest_ingredient_decides(rigor, rad):
    x = tc.Value(mid=2.0, rad=rad, rigor=rigor)
    assert formula(X + 1).at(x=x, using=tc.Ball(10)).rigor is rigor
    assert tc.check(tc.Claim(X > 1), x=x).margin.rigor is rigor


def test_thin_enclosures_give_the_digits_asked_for():
    thin = tc.certify(sp.pi, digits=60)
    for using in ARITHMETICS:
        value = formula(sp.sin(X / 6)).at(x=thin, using=using)
        assert value.contains("1/2")
        assert value.accuracy >= using.digits - 1


@pytest.mark.parametrize(
    "bad",
    [
        flint.arb("nan"), flint.arb(0, "inf"), flint.arb("inf"), flint.acb(1, 1),
        flint.acb(1, flint.arb(0, 1)), mpmath.iv.mpf(["-inf", 2]), mpmath.pi, np.bool_(True),
        tc.Value(mid=mpmath.inf, rad=0, rigor=Rigor.EXACT),
    ],
    ids=repr,
)  # fmt: skip
def test_what_is_no_bounded_interval_is_refused(bad):
    with pytest.raises(tc.DomainError, match="not a"):
        formula(X).at(x=bad)


def test_an_enclosure_that_is_put_in_stays_one():
    ball = flint.arb(3, 0.25)
    value = formula(X**2).subs(x=ball).at(using=tc.Ball(20))
    assert value.contains("7.5625")
    assert value.contains("10.5625")


def test_where_an_enclosure_makes_no_sense():
    ball = flint.arb(3, 0.25)
    k = sp.Symbol("k", integer=True)
    with pytest.raises(tc.DomainError, match="allowed: integer"):
        formula(k).at(k=ball)
    with pytest.raises(tc.DomainError, match="not an integer"):
        tc.hermite.prob(ball)
    with pytest.raises(tc.DomainError):
        formula(X).lambdify()(np.array([ball]))
    with pytest.raises(tc.DomainError, match="no bounded enclosure"):
        formula(1 / X).at(x=flint.arb(0, 1))


def test_verdicts_over_enclosures():
    def verdict(relation, assumptions=sp.true, **params):
        return tc.check(tc.Claim(relation, assumptions=assumptions), **params).verdict

    assert verdict(X**2 >= 1, x=flint.arb(2, 1.5)) is Verdict.UNDECIDED
    assert verdict(X**2 >= 1, x=flint.arb(4, 1.5)) is Verdict.HOLDS
    assert verdict(X**2 >= 90, x=flint.arb(3, 1.5)) is Verdict.FAILS
    assert verdict(X**2 >= 1, X > 2, x=flint.arb(3, 1.5)) is Verdict.UNDECIDED
    assert verdict(X**2 >= 1, X > 9, x=flint.arb(3, 1.5)) is Verdict.NOT_APPLICABLE
    assert verdict(sp.Ge(P + 1, 0, evaluate=False), p=flint.arb(0, 1)) is Verdict.UNDECIDED


@pytest.mark.parametrize("using", [tc.Ball(10), tc.MP(12), tc.Float()])
@pytest.mark.parametrize(
    "side", [sp.sqrt(X), sp.cbrt(X), sp.sign(sp.sqrt(X)), sp.sqrt(1 - X**2), sp.erf(sp.sqrt(X))]
)
def test_a_verdict_holds_only_where_all_places_are_real(side, using):
    def verdict(ball):
        return tc.check(tc.Claim(side >= -50), using=using, x=ball).verdict

    assert verdict(flint.arb(0, 2)) is Verdict.UNDECIDED
    assert verdict(flint.arb("0.5", "0.25")) is Verdict.HOLDS


def test_a_thin_enclosure_next_to_the_end_of_the_real_values():
    near = tc.Value(
        mid=1 - mpmath.mpf(2) ** -50, rad=mpmath.mpf(2) ** -140, rigor=tc.Rigor.CERTIFIED
    )
    assert (
        tc.check(tc.Claim(sp.sqrt(1 - X) >= 0), using=tc.Ball(5), x=near).verdict is Verdict.HOLDS
    )
    identity = sp.Ge(sp.sin(X) ** 2 + sp.cos(X) ** 2, 1, evaluate=False)
    assert tc.check(tc.Claim(identity), x=near).verdict is Verdict.HOLDS


def test_domains_over_enclosures():
    f = tc.Formula("f", X, domain={X: sp.Interval(0, 1)})
    assert f.at(x=flint.arb(1, 0.25)).contains(1)
    with pytest.raises(tc.DomainError, match="outside the domain"):
        f.at(x=flint.arb(2, 0.25))
    with pytest.raises(tc.DomainError, match="outside its domain"):
        formula(P).at(p=flint.arb(-2, 1))


def test_numbers_too_long_to_be_written_out():
    tiny = mpmath.ldexp(1, -(10**12))
    assert formula(sp.log(X, 2)).at(x=tiny, using=tc.Ball(20)).contains(-(10**12))
    with pytest.raises(tc.DomainError, match="not a real number"):
        exact(tiny)
