"""Harmonic numbers of every order, and bivariate normal probabilities without a bound."""

from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from reference import assert_error_holds

import theorycalc as tc

N, M, RHO = sp.symbols("n m rho", real=True)
ARITHMETICS = (tc.Float(), tc.MP(20), tc.Ball(20))


def _power_sum(n, m):
    """Σ k^−m, or for other n what all differences H(n + 1) − H(n) = (n + 1)^−m add up to."""
    if n.isdecimal() and "." not in m:
        return sum((Fraction(k) ** -int(m) for k in range(1, int(n) + 1)), Fraction(0))
    with mpmath.workdps(60):
        n, m = mpmath.mpf(n), mpmath.mpf(m)
        if n == int(n) and n < 100:
            return mpmath.fsum(mpmath.mpf(k) ** -m for k in range(1, int(n) + 1))
        return mpmath.nsum(lambda k: k**-m - (k + n) ** -m, [1, mpmath.inf])


@pytest.mark.parametrize("using", ARITHMETICS, ids=str)
@pytest.mark.parametrize(
    ("n", "m"),
    [
        *(("5", "1"), ("5", "2"), ("4", "0.5"), ("7", "-3"), ("10", "0"), ("3", "1.0000001")),
        *(("0", "2"), ("0.5", "1"), ("2.5", "2"), ("-0.5", "3"), ("1e-20", "1")),
    ],
)
def test_harmonic_numbers(n, m, using):
    value = tc.Formula("H", sp.harmonic(N, M)).at(using=using, n=n, m=m)
    assert_error_holds(value, _power_sum(n, m))
    if m == "1":
        alone = tc.Formula("H", sp.harmonic(N)).at(using=using, n=n)
        assert_error_holds(alone, _power_sum(n, m))


@pytest.mark.parametrize("using", ARITHMETICS, ids=str)
@pytest.mark.parametrize("n", ["1e20", "1e300"])
def test_large_harmonic_numbers(n, using):
    with mpmath.workdps(60):
        n = mpmath.mpf(n)
        exact = mpmath.log(n) + mpmath.euler + 1 / (2 * n) - 1 / (12 * n**2)  # ± n^−4/120
    value = tc.Formula("H", sp.harmonic(N)).at(using=using, n=n)
    assert_error_holds(value, exact)


@pytest.mark.parametrize("using", ARITHMETICS, ids=str)
@pytest.mark.parametrize(("n", "m"), [("-1", "1"), ("-3", "2")])
def test_poles_of_harmonic_numbers(n, m, using):
    with pytest.raises(tc.DomainError):
        tc.Formula("H", sp.harmonic(N, M)).at(using=using, n=n, m=m)


def test_normal_probabilities_without_a_bound():
    one = sp.erfc(-1 / sp.sqrt(2)) / 2
    for h, k, expected in [
        (sp.oo, 1, one),
        (1, sp.oo, one),
        (sp.oo, sp.oo, 1),
        (-sp.oo, 1, 0),
        (1, -sp.oo, 0),
        (sp.oo, -sp.oo, 0),
    ]:
        assert tc.bivariate_normal(h, k, RHO) == expected
