"""Binomial tails by their sums, their inverses by the tails, ξ(n) by its definition."""

from fractions import Fraction
from math import comb

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import example, given, settings
from hypothesis import strategies as st
from reference import assert_error_holds, assert_low_targets_hold, value_of

import theorycalc as tc
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.information import binomial_functions

ARITHMETICS = [tc.Float(), tc.MP(25), tc.Ball(25)]
counts = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
chances = st.fractions(0, 1, max_denominator=50)


def tail(k, n, p):
    """P(X ≤ k), exactly."""
    return sum((comb(n, j) * p**j * (1 - p) ** (n - j) for j in range(k + 1)), Fraction(0))


@given(counts, chances)
@settings(max_examples=40)
def test_tails_are_their_sums(count, p):
    formula = tc.information.binomial_tail(*count, p)
    for using in ARITHMETICS:
        assert_error_holds(formula.at(using=using), tail(*count, p))


@given(counts, st.sampled_from(["1e-300", "1e-9", "0.05", "1/2", "0.999", "0.999999999999"]))
@settings(max_examples=12)
@example((2, 5), "1/2")  # log-odds of 0
def test_inverses_are_roots(count, delta):
    k, n = count
    upper = tc.information.binomial_upper(k, n, delta).at(using=tc.Ball(40))
    lower = tc.information.binomial_lower(k, n, delta).at(using=tc.Ball(40))
    exact = tc.certify(sp.Rational(delta), 20)
    if upper.upper < 1:
        assert tc.information.binomial_tail(k, n, upper).at(using=tc.Ball(15)).overlaps(exact)
    if k > 0:
        mirrored = 1 - tc.information.binomial_upper(n - k, n, delta)
        assert lower.overlaps(mirrored.at(using=tc.Ball(40)))
    assert tc.information.binomial_upper(k, n, delta).at().overlaps(upper)


def test_large_laws_beside_arb():
    """The incomplete beta function of SymPy's vocabulary is another algorithm."""
    for k, n, p in ((150, 5000, "0.031"), (2500, 5000, "0.49"), (3, 100_000, "1e-5")):
        found = tc.information.binomial_tail(k, n, p).at(using=tc.Ball(25))
        x = 1 - sp.Rational(p)
        other = sp.betainc_regularized(n - k, k + 1, 0, x)
        assert found.overlaps(tc.certify(other, 25))


def test_a_prior_of_sixty_nats():
    """A tail far below doubles, in the order of the bounds: exact tail ≤ kl ≤ McAllester."""
    delta = sp.exp(-60) / 100
    exact = tc.information.binomial_upper(15000, 50000, delta)
    relaxed = tc.information.kl_upper("3/10", (60 + sp.log(100)) / 50000)
    found, above = (f.at(using=tc.Ball(30)) for f in (exact, relaxed))
    assert found.upper < above.lower
    assert float(above) <= 0.3 + ((60 + np.log(100)) / 100000) ** 0.5
    at_root = tc.information.binomial_tail(15000, 50000, found).at(using=tc.Ball(20))
    assert at_root.overlaps(tc.certify(delta, 20))
    assert relaxed.at().overlaps(above)


def test_no_error_is_the_kl_bound():
    for delta in ("1e-9", "0.3"):
        level = -sp.log(sp.Rational(delta)) / 50
        pair = tc.information.binomial_upper(0, 50, delta), tc.information.kl_upper(0, level)
        one, two = (f.at(using=tc.Ball(30)) for f in pair)
        assert one.overlaps(two)


def test_slopes():
    """Of a tail by differences of exact numbers, of an inverse by the implicit function."""
    slope = tc.information.binomial_tail(4, 20).diff("p").at(p="1/5", using=tc.Ball(20))
    step = Fraction(1, 10**12)
    ends = [tail(4, 20, Fraction(1, 5) + s * step) for s in (-1, 1)]
    assert float(slope) == pytest.approx(float((ends[1] - ends[0]) / (2 * step)), rel=1e-12)
    formula = tc.information.binomial_upper(4, 20)
    p = formula.at(delta="1/20", using=tc.Ball(30))
    through = tc.information.binomial_tail(4, 20).diff("p").at(p=p, using=tc.Ball(20))
    assert (1 / through).overlaps(formula.diff("delta").at(delta="1/20", using=tc.Ball(20)))


def test_xi_is_its_sum():
    for n in (1, 2, 7, 40):
        exact = sum(Fraction(comb(n, k) * k**k * (n - k) ** (n - k), n**n) for k in range(n + 1))
        for using in ARITHMETICS:
            assert_error_holds(tc.information.xi(n).at(using=using), exact)
    large = tc.information.xi().at(n=10**12, using=tc.Ball(15))
    assert float(large) == pytest.approx((np.pi * 5e11) ** 0.5 + 2 / 3, rel=1e-12)
    assert (
        tc.information.xi(10**6).at().overlaps(tc.information.xi().at(n=10**6, using=tc.Ball(20)))
    )


def test_xi_is_the_mean_of_any_coin():
    n, p = 12, mpmath.mpf("0.3")
    mean = mpmath.fsum(
        comb(n, k) * p**k * (1 - p) ** (n - k)
        * mpmath.exp(n * mpmath.mpf(float(tc.information.kl(Fraction(k, n), "0.3").at())))
        for k in range(n + 1)
    )  # fmt: skip
    assert float(tc.information.xi(n).at()) == pytest.approx(float(mean), rel=1e-13)


def test_low_targets():
    """What is left out of a sum binds at few bits."""
    context = BallContext()
    for k, n, x in ((300, 1000, "-1/2"), (300, 1000, "-3/2"), (40, 45, 2)):
        odds = context.number(sp.Rational(x))

        def enclosed(bits, k=k, n=n, odds=odds):
            with working_precision(bits):
                return context.real(binomial_functions._smaller_tail(context, k, n, odds)[1])

        assert_low_targets_hold(enclosed)


class Careless(BallContext):
    """Stops a sum as soon as a sixty-fourth is left."""

    def negligible(self, x):
        return bool(abs(x) < 1 / 64)


def test_what_is_left_out_of_a_sum_is_in_the_error():
    with working_precision(100):
        odds = BallContext().number(sp.Rational(-1, 2))
        for k, n in ((300, 1000), (500, 1000), (390, 1000)):
            exact, coarse = (
                value_of(binomial_functions._smaller_tail(context, k, n, odds)[1])
                for context in (BallContext(), Careless())
            )
            assert_error_holds(coarse, exact)


@pytest.mark.parametrize(
    "call",
    [
        lambda: tc.information.binomial_tail(3, 2, "0.5"),
        lambda: tc.information.binomial_tail(-1, 2, "0.5"),
        lambda: tc.information.binomial_tail(1, 2, "1.5"),
        lambda: tc.information.binomial_upper(1, 2, 0),
        lambda: tc.information.binomial_upper(1, 2, 1),
        lambda: tc.information.binomial_upper(1, 0, "0.1"),
        lambda: tc.information.binomial_lower(1.5, 2, "0.1"),
        lambda: tc.information.binomial_upper(1, 10**9, "0.1"),
        lambda: tc.information.xi(0),
    ],
)
def test_bad_input(call):
    with pytest.raises(tc.DomainError):
        call()
