"""Claims up to infinity: by signs of derivatives, contacts at infinity, enclosing expansions."""

import pytest
import sympy
from flint import fmpq
from sympy import Rational, atan, digamma, exp, gamma, log, oo, pi, sqrt, tanh

import theorycalc as tc
from theorycalc.bounds.ends import INVERSE, positive_near
from theorycalc.bounds.tails import positive_from
from theorycalc.core.arithmetic.ball_context import working_precision

x, n = sympy.symbols("x n")
POSITIVE = sympy.Symbol("x", positive=True)
BELOW, ABOVE = sympy.Interval(0, oo), sympy.Interval(1, oo)
TRUE = {
    "logarithm": (log(1 + x) >= 2 * x / (2 + x), BELOW),
    "arctangent": (atan(x) >= x / (1 + x**2), BELOW),
    "tangent of a bounded function": (tanh(x) <= x, BELOW),
    "exponential": (exp(x) > x**3 / 7, BELOW),
    "root": (sqrt(x + 1) - sqrt(x) < 1 / (2 * sqrt(x)), sympy.Interval.Lopen(0, oo)),
    "Mills": (tc.mills(x) < 2 / (x + sqrt(x**2 + 2)), BELOW),
    "Mills from below": (tc.mills(x) > x / (1 + x**2), ABOVE),
    "Gautschi": (gamma(x + 1) / gamma(x + Rational(1, 2)) > sqrt(x), ABOVE),
    "harmonic": (digamma(x + 1) < log(x + 1), ABOVE),
    "from below": ((x + Rational(1, 2)) * log(1 + 1 / x) > 1, ABOVE),
}


@pytest.mark.parametrize("name", TRUE)
def test_true_up_to_infinity(name):
    relation, region = TRUE[name]
    proof = tc.prove(tc.Claim(relation, on={"x": region}))
    assert proof.verdict is tc.Verdict.HOLDS, proof.reason
    assert proof.verify()


FALSE = {
    "late": (log(1 + x) <= Rational(1, 10) + x ** Rational(1, 4) * 11 / 10, BELOW),
    "at the limit": (tanh(x) < Rational(999, 1000), BELOW),
    "by a hair": (tc.mills(x) < Rational(99999, 100000) / x, ABOVE),
}


@pytest.mark.parametrize("name", FALSE)
def test_false_somewhere_far_out(name):
    relation, region = FALSE[name]
    claim = tc.Claim(relation, on={"x": region})
    proof = tc.prove(claim)
    assert proof.verdict is tc.Verdict.FAILS
    assert tc.check(claim, **proof.counterexample).verdict is tc.Verdict.FAILS


@pytest.mark.parametrize("relation", [2**n > n, sympy.factorial(n) >= 2 ** (n - 1)])
def test_all_integers(relation):
    proof = tc.prove(tc.Claim(relation, on={"n": tc.integers(1, oo)}))
    assert proof.verdict is tc.Verdict.HOLDS
    assert proof.verify()


def test_the_sign_at_infinity():
    rising = log(1 + 1 / POSITIVE) - 1 / (POSITIVE + Rational(1, 2))
    with working_precision(80):
        known = {POSITIVE: {INVERSE: fmpq(1)}}
        assert positive_near(rising, known, 6)
        assert not positive_near(-rising, known, 6)
        assert not positive_near(rising - rising, known, 6)
        assert not positive_near(rising, known, 2)  # too near for what is kept


@pytest.mark.parametrize(
    "expr",
    [
        Rational(1, 2) - log(POSITIVE) / POSITIVE - Rational(2, 5),
        digamma(POSITIVE) - log(POSITIVE) + Rational(49, 100) / POSITIVE,
        1 / POSITIVE - 1 / sqrt(POSITIVE) + pi / 13,
    ],
)
def test_no_reason_where_the_sign_changes_far_out(expr):
    first = next((k for k in range(1, 200) if sympy.N(expr.subs(POSITIVE, k)) < 0), None)
    with working_precision(80):
        assert first is not None
        assert positive_from(expr, POSITIVE, fmpq(first)) is None


QUOTIENTS = {
    "Wallis": gamma(n + 1) / gamma(n + Rational(1, 2)) < sqrt(n + Rational(1, 3)),
    "Wallis from below": gamma(n + 1) / gamma(n + Rational(1, 2)) > sqrt(n + Rational(1, 4)),
    "norm of a normal vector": sqrt(2) * gamma((n + 1) / 2) / gamma(n / 2) < sqrt(n),
    "volume of a ball": pi ** (n / 2) / gamma(n / 2 + 1) < Rational(53, 10),
    "Stirling": sympy.factorial(n) > sqrt(2 * pi * n) * (n / sympy.E) ** n,
    "central binomial": sympy.binomial(2 * n, n) >= 4**n / sqrt(4 * n),
    "Catalan": sympy.binomial(2 * n, n) / (n + 1) < 4**n / (n ** Rational(3, 2) * sqrt(pi)),
    "harmonic": sympy.harmonic(n) <= log(n) + 1,
}


@pytest.mark.parametrize("name", QUOTIENTS)
def test_quotients_of_gammas_for_all_integers(name):
    proof = tc.prove(tc.Claim(QUOTIENTS[name], on={"n": tc.integers(1, oo)}))
    assert proof.verdict is tc.Verdict.HOLDS, proof.reason
    assert proof.verify()


def test_a_quotient_of_gammas_that_fails_late():
    claim = tc.Claim(
        gamma(n + 1) / gamma(n + Rational(1, 2)) < sqrt(n + Rational(2501, 10000)),
        on={"n": tc.integers(1, oo)},
    )
    assert tc.prove(claim).verdict is not tc.Verdict.HOLDS
