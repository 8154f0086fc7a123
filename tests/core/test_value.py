"""Values: exact ends, honest digits, pickling."""

import math
import pickle
from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from hypothesis import assume, given
from hypothesis import strategies as st

import theorycalc as tc
from theorycalc.core.binary import distance, fraction

X = sp.Symbol("x")
finite = st.floats(allow_nan=False, allow_infinity=False, min_value=-1e200, max_value=1e200)
radii = st.floats(allow_nan=False, min_value=0, max_value=1e200)


def value(mid, rad, rigor=tc.Rigor.CERTIFIED, using=None):
    return tc.Value(mid=mid, rad=rad, rigor=rigor, using=using)


@given(finite, radii)
def test_the_ends_are_exact(mid, rad):
    v = value(mid, rad)
    assert fraction(v.lower) == Fraction(mid) - Fraction(rad)
    assert fraction(v.upper) == Fraction(mid) + Fraction(rad)
    assert v.contains(sp.Rational(Fraction(mid) + Fraction(rad)))
    assert not v.contains(sp.Rational(Fraction(mid) + Fraction(rad)) + sp.Rational(1, 10**400))


@given(finite, st.floats(min_value=1e-300, max_value=1e100))
def test_print_shows_an_enclosure(mid, rad):
    """What is printed as x ± r contains mid ± rad."""
    text = str(value(mid, rad))
    shown, _, radius = text.partition(" ± ")
    gap = abs(Fraction(shown) - Fraction(mid))
    assert gap + Fraction(rad) <= Fraction(radius)


@given(finite, st.integers(1, 40), st.integers(1, 60))
def test_digits_are_vouched_for(mid, places, asked):
    assume(abs(mid) > 1e-100)
    rad = abs(mid) * 10.0**-places
    v = value(mid, rad)
    if asked <= v.accuracy:
        shown = Fraction(v.digits(asked))
        leading = math.floor(math.log10(abs(mid)) + 1e-12)
        unit = Fraction(10) ** (leading - asked + 1)
        assert abs(shown - Fraction(mid)) + Fraction(rad) <= unit * Fraction(11, 10)
    else:
        with pytest.raises(tc.PrecisionError, match="vouch"):
            v.digits(asked)


@given(finite, finite, radii)
def test_distances_are_rounded_up(x, y, more):
    found = fraction(distance(*map(mpmath.mpf, (x, y, more))))
    exact = abs(Fraction(x) - Fraction(y)) + Fraction(more)
    assert exact <= found <= exact * (1 + Fraction(1, 2**50))


def test_global_precision_does_not_matter():
    v = tc.certify(sp.pi, digits=50)
    with mpmath.workdps(5):
        copy = pickle.loads(pickle.dumps(v))
        assert copy == v
        assert copy.digits(50) == v.digits(50) == str(sp.pi.n(50))
        assert copy.overlaps(v)


def test_display():
    v = tc.certify(sp.exp(-40), digits=5)
    assert str(v) == "4.2484e-18 ± 5e-23"
    assert v._repr_latex_() == r"$4.2484\times 10^{-18} \pm 5\times 10^{-23}$"
    assert repr(v) == "Value(4.2484e-18 ± 5e-23, CERTIFIED, Ball(digits=5))"
    assert str(value(4.0, 0, tc.Rigor.EXACT)) == "4"
    assert str(value(0.0, 2.0**-30)) == "0 ± 1e-09"
    assert str(value(1.0, 2.0)) == "0 ± 3"
    assert len(tc.certify(sp.sqrt(2), digits=10_000).digits(10_000)) == 10_001
    assert float(v) == pytest.approx(math.exp(-40), rel=1e-15)


def test_numbers_outside_the_range_of_doubles():
    """Exponents are compared: no exact rational of 10^12 bits is built."""
    small = tc.certify(sp.exp(-X / 2), x=10**12)
    large = tc.certify(sp.exp(X / 2), x=10**13, digits=12)
    for v, inside in ((small, False), (large, False)):
        assert not v.contains(0)
        assert not v.contains("-1e-400")
        assert v.contains(1) is inside
        assert v.lower < v.mid < v.upper
        assert pickle.loads(pickle.dumps(v)) == v
        assert hash(v) == hash(pickle.loads(pickle.dumps(v)))
    assert small.digits(10) == "2.366389199e-217147240952"
    assert not small.overlaps(large)
    assert float(small) == 0
    near_one = value(1, mpmath.ldexp(1, -(10**13)))
    assert near_one.contains(1)
    assert not near_one.contains(2)
    assert near_one.lower < 1 < near_one.upper
    with pytest.raises(tc.PrecisionError, match="too long"):
        fraction(large.mid)


def test_claims_about_numbers_outside_the_range_of_doubles():
    stirling = tc.Claim(sp.gamma(X + 1) > (X / sp.E) ** X)
    for using in (tc.Float(), tc.MP(20), tc.Ball(20)):
        assert tc.check(stirling, using=using, x="1e12").verdict is tc.Verdict.HOLDS
        decay = tc.Claim(sp.exp(-X) < sp.exp(-X / 2))
        assert tc.check(decay, using=using, x="1e13").verdict is tc.Verdict.HOLDS


def test_rigor_is_ordered():
    assert tc.Rigor.SAMPLED < tc.Rigor.ESTIMATED < tc.Rigor.CERTIFIED < tc.Rigor.EXACT


@pytest.mark.parametrize(("mid", "rad"), [(float("nan"), 0.0), (1.0, -1.0), (1.0, float("inf"))])
def test_bad_values(mid, rad):
    with pytest.raises(tc.DomainError, match="finite"):
        value(mid, rad)


def test_a_value_keeps_its_error_in_sympy():
    value = tc.certify(sp.pi, digits=40)
    twice = sp.Integer(2) * value
    assert twice.contains(2 * sp.pi) if isinstance(twice, tc.Value) else twice.free_symbols
    assert tc.certify(sp.exp(value), digits=39).contains(sp.exp(sp.pi))


@pytest.mark.parametrize("using", [tc.Float(), tc.MP(20), tc.Ball(20)])
def test_number_with_an_exponent_too_long_for_digits(using):
    """e^(e^22026) is refused where it would be written."""
    x = sp.Symbol("x")
    huge = tc.Formula("huge", sp.exp(sp.exp(sp.exp(x))))
    with pytest.raises(tc.DomainError, match="too large or too small"):
        huge.at(x=10, using=using)


def test_digits_of_a_number_far_above_its_error():
    """Their distance is an integer, which no double holds."""
    value = tc.Value(mid=mpmath.ldexp(1, 2**1100), rad=1, rigor=tc.Rigor.ESTIMATED)
    assert value.accuracy > 10**300
