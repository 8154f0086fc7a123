"""Infinite sums: closed forms, two sides, refusals, and errors that bind at a few digits."""

import mpmath
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds, value_of

import theorycalc as tc
from theorycalc.core.arithmetic import infinite_sum
from theorycalc.core.arithmetic.ball import enclose
from theorycalc.core.lowering import lower

K = sp.Symbol("k", integer=True)
X, S = sp.symbols("x s", real=True)
M = mpmath.mp.clone()
M.dps = 150
HALF = sp.Rational(1, 2)
ARITHMETICS = [tc.Ball(30), tc.Ball(2), tc.Ball(45), tc.MP(30), tc.Float()]


def over(term, first=1, last=sp.oo):
    return sp.Sum(term, (K, first, last))


def at(text):
    return M.mpf(sp.Rational(text).p) / sp.Rational(text).q


def lerch(z, s, a):
    with M.workdps(70):  # for at most 25 digits
        return M.re(M.lerchphi(z, s, a))


CLOSED = [
    (over(1 / K**2), lambda: M.zeta(2)),
    (over(K ** sp.Rational(-3, 2)), lambda: M.zeta(1.5)),
    (over(1 / K - 1 / (K + 1)), lambda: M.mpf(1)),
    (over(1 / (K**2 + 9)), lambda: (3 * M.pi * M.coth(3 * M.pi) - 1) / 18),
    (over(1 / (K**2 + 1), -sp.oo), lambda: M.pi * M.coth(M.pi)),
    (over(1 / (K - HALF) ** 2, -sp.oo, -3), lambda: M.zeta(2, 3.5)),
    (over(1 / K**2, 10**9), lambda: M.zeta(2, 10**9)),
    (over(sp.log(K) / K**2), lambda: -M.zeta(2, derivative=1)),
    (over(sp.log(1 + 1 / K**2)), lambda: M.log(M.sinh(M.pi) / M.pi)),
    (over((-1) ** K / K), lambda: -M.log(2)),
    (over((-1) ** K / (2 * K + 1), 0), lambda: M.pi / 4),
    (over((-1) ** K / sp.sqrt(K)), lambda: -M.altzeta(0.5)),
    (over(sp.cos(K) / K**2), lambda: M.re(M.polylog(2, M.expj(1)))),
    (over(sp.sin(K) / K), lambda: (M.pi - 1) / 2),
    (over((-1) ** K * sp.cos(K) / K), lambda: -M.log(2 * M.cos(0.5))),
    (over(sp.exp(-(K**2)), -sp.oo), lambda: M.jtheta(3, 0, M.exp(-1))),
    (over((-50) ** K / sp.factorial(K), 0), lambda: M.exp(-50)),
    (over(sp.binomial(2 * K, K) / 5**K, 0), lambda: M.sqrt(5)),
    (over((2**K + 3**K) / 5**K, 0), lambda: M.mpf(25) / 6),
    (over(K**10 / 2**K), lambda: M.polylog(-10, 0.5)),
    (over(sp.Max(K - 3, 0) / K**4), lambda: M.zeta(3) - 3 * M.zeta(4) + M.mpf(33) / 16),
    (over(sp.gamma(K) / sp.gamma(K + 2)), lambda: M.mpf(1)),
    (over(sp.Heaviside(K - 4) / K**2), lambda: M.zeta(2) - M.mpf(205) / 144 + M.mpf(1) / 32),
    (over(sp.Abs(K - 3) / 2**K, 0), lambda: M.mpf(9) / 2),
]


@pytest.mark.parametrize("using", ARITHMETICS, ids=str)
@pytest.mark.parametrize(("total", "exact"), CLOSED, ids=[str(total) for total, _ in CLOSED])
def test_closed_forms(total, exact, using):
    assert_error_holds(tc.Formula("f", total).at(using=using), exact())


HURWITZ = tc.Formula("f", over((K + X) ** -S))
LERCH = tc.Formula("f", over(X**K / (K + 2) ** S, 0))
WAVES = tc.Formula("f", over(sp.cos(K * X) / K**2))


@settings(max_examples=40)
@given(
    p=st.fractions("11/10", 6, max_denominator=20),
    shift=st.fractions(0, 20, max_denominator=9),
    digits=st.integers(1, 30),
)
def test_hurwitz_zeta(p, shift, digits):
    value = HURWITZ.at(x=shift, s=p, using=tc.Ball(digits))
    assert_error_holds(value, M.zeta(at(str(p)), at(str(shift)) + 1))


@settings(max_examples=20)
@given(
    z=st.fractions(-1, "19/20", max_denominator=20),
    p=st.fractions("1/4", 4, max_denominator=8),
    digits=st.integers(1, 25),
)
def test_powers_beside_powers(z, p, digits):
    """Geometric series, alternating ones where z = −1, and one that is 0."""
    value = LERCH.at(x=z, s=p, using=tc.Ball(digits))
    assert_error_holds(value, lerch(at(str(z)), at(str(p)), 2))


@settings(max_examples=25)
@given(x=st.fractions("1/10", 6, max_denominator=12), digits=st.integers(1, 25))
def test_waves(x, digits):
    """The Fourier series of the second Bernoulli polynomial."""
    value = WAVES.at(x=x, using=tc.Ball(digits))
    x = at(str(x))
    assert_error_holds(value, M.pi**2 / 6 - M.pi * x / 2 + x**2 / 4)


LOW = [CLOSED[i] for i in (0, 1, 9, 11)]


@pytest.mark.parametrize("order", [2, 3, 6])
@pytest.mark.parametrize(("total", "exact"), LOW, ids=[str(x) for x, _ in LOW])
def test_remainders_of_low_orders(total, exact, order, monkeypatch):
    """The formula by parts, broken off where its remainder is far larger than the rounding."""
    monkeypatch.setattr(infinite_sum, "_order", lambda *_: order)
    assert_error_holds(value_of(enclose(lower(total), [], 100)), exact())


def test_the_index_between_the_integers_is_no_index():
    """A term that has other values there is bounded there, not simplified as at integers."""
    value = tc.certify(over(sp.sin(sp.pi / K) / K), digits=25)
    odd = range(1, 121, 2)
    exact = sum((-1) ** (j // 2) * M.pi**j / M.factorial(j) * M.zeta(j + 1) for j in odd)
    assert_error_holds(value, exact)


def test_sums_inside():
    """Under an integral and a switch, with parameters in the first index, and twice."""
    dilogarithm = sp.Integral(over(X**K / K**2), (X, 0, HALF))
    exact = sum(M.mpf(1) / (k**2 * (k + 1) * 2 ** (k + 1)) for k in range(1, 400))
    assert_error_holds(tc.certify(dilogarithm, digits=20), exact)
    assert_error_holds(tc.certify(sp.Max(over(1 / K**2), 1)), M.zeta(2))
    first = sp.Symbol("n", integer=True)
    assert_error_holds(tc.certify(over(1 / K**2, first), n=5), M.zeta(2, 5))
    twice = sp.Sum(X**K * X**first / (K * first), (K, 1, sp.oo), (first, 1, sp.oo))
    assert_error_holds(tc.certify(twice, x="1/2"), M.log(2) ** 2)


def test_arrays():
    f = tc.Formula("f", over(X**K / K**2)).lambdify()
    assert f([0.25, -1.0]) == pytest.approx([0.2676526390827326, -0.8224670334241132], rel=1e-15)


DIVERGENT = [
    1 / K,
    sp.S.One,
    (-1) ** K,
    2**K / K**5,
    1 / sp.sqrt(K**2 + 1),
    1 / (K + sp.log(K)),
    sp.cos(K) ** 2 / K,
    sp.factorial(K) / 1000**K,
    K**K,
]


@pytest.mark.parametrize("using", [tc.Ball(30), tc.MP(30), tc.Float()], ids=str)
@pytest.mark.parametrize("term", DIVERGENT, ids=str)
def test_what_diverges_is_refused(term, using):
    with pytest.raises((tc.DomainError, tc.NotSupportedError), match=r"diverges|no proof"):
        tc.Formula("f", over(term)).at(using=using)


REFUSED = [
    (over(1 / (K * sp.log(K) ** 2), 2), "no proof"),
    (over(sp.besselj(0, K) / K**2), "no proof"),
    (over((1 - sp.Rational(1, 10**9)) ** K), "too slowly"),
    (over(1 / K**2, -(10**9)), "too slowly"),
    (over(1 / (K - 3) ** 2), "no value"),
    (over(K, sp.oo, 1), "from ∞"),
    (over(K, 1, -sp.oo), "from ∞"),
    (sp.Product(1 + 1 / K**2, (K, 1, sp.oo)), "infinite product"),
]


@pytest.mark.parametrize(("total", "message"), REFUSED, ids=str)
def test_what_is_not_proved_is_refused(total, message):
    with pytest.raises(tc.TheoryCalcError, match=message):
        tc.certify(total)
