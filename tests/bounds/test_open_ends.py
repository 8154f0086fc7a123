"""Ends at which a side has no value: removable singularities, logarithms, poles, roots."""

import mpmath
import pytest
import sympy
from flint import fmpq
from sympy import (
    E,
    Interval,
    Rational,
    acos,
    asin,
    atan,
    besselk,
    cos,
    coth,
    digamma,
    erf,
    exp,
    expint,
    gamma,
    log,
    loggamma,
    oo,
    pi,
    polygamma,
    sin,
    sinh,
    sqrt,
    tan,
    tanh,
)

import theorycalc as tc
from theorycalc.bounds.germ_sums import Germs, T
from theorycalc.bounds.near_ends import expanded
from theorycalc.core.arithmetic.ball_context import working_precision
from theorycalc.core.arithmetic.germs import Nearby

x, y = sympy.symbols("x y")
UNIT, WIDE, HALF_LINE = Interval.Lopen(0, 1), Interval.Lopen(0, 3), Interval.open(0, oo)
TRUE = {
    "sine": (sin(x) / x < 1, WIDE),
    "sine from below": (sin(x) / x > 1 - x**2 / 6, WIDE),
    "Cusa": (sin(x) / x < (2 + cos(x)) / 3, WIDE),
    "Wilker": ((sin(x) / x) ** 2 + tan(x) / x > 2, Interval.Lopen(0, Rational(3, 2))),
    "Lazarevic": ((sinh(x) / x) ** 3 > sympy.cosh(x), Interval.Lopen(0, 5)),
    "cosine": ((1 - cos(x)) / x**2 <= Rational(1, 2), WIDE),
    "tangent": (tanh(x) / x < 1, HALF_LINE),
    "logarithm": (log(1 + x) / x < 1, HALF_LINE),
    "Bernoulli": (x / (exp(x) - 1) > 1 - x / 2, Interval.Lopen(0, 10)),
    "Langevin": (coth(x) - 1 / x < x / 3, HALF_LINE),
    "compound interest": ((1 + 1 / x) ** x < E, HALF_LINE),
    "entropy": (x * log(x) > -Rational(36788, 100000), UNIT),
    "power": (x**x > Rational(69, 100), UNIT),
    "digamma": (digamma(x) < log(x), UNIT),
    "digamma from below": (digamma(x) > log(x) - 1 / x, HALF_LINE),
    "trigamma": (polygamma(1, x) > 1 / x + 1 / (2 * x**2), UNIT),
    "gamma": (gamma(x) * x <= 1, UNIT),
    "log gamma": (loggamma(x) < -log(x), Interval.open(0, 1)),
    "logarithmic mean": (log(x) / (x - 1) < 1 / sqrt(x), Interval.open(1, 10)),
    "the same from the left": (log(x) / (x - 1) < 1 / sqrt(x), Interval.open(0, 1)),
    "arcsine": (asin(x) / x > 1, UNIT),
    "arc cosine": (acos(x) > sqrt(2 - 2 * x), Interval.Ropen(0, 1)),
    "error function": (erf(x) / x < 2 / sqrt(pi), HALF_LINE),
    "Bessel": (x * besselk(1, x) < 1, Interval.Lopen(0, 5)),
    "exponential integral": (expint(1, x) < exp(-x) * log(1 + 1 / x), UNIT),
    "arctangent": (atan(x) / x > 3 / (1 + 2 * sqrt(1 + x**2)), UNIT),
    "root at an end of the range": (sqrt(x) >= sin(x), (0, 1)),
    "touching at 1/e": (x * log(x) >= -1 / E, UNIT),
    "touching at a root": (x * (2 - x**2) <= 4 * sqrt(6) / 9, UNIT),
}


@pytest.mark.parametrize("name", TRUE)
def test_true(name):
    relation, region = TRUE[name]
    proof = tc.prove(tc.Claim(relation, on={"x": region}))
    assert proof.verdict is tc.Verdict.HOLDS, proof.reason
    assert proof.verify()


FALSE = {
    "sine": (sin(x) / x < 1 - x**2 / 6 - x**4 / 10**6, WIDE),
    "cosine": ((1 - cos(x)) / x**2 < Rational(4999, 10000), WIDE),
    "only near the end": (log(1 + x) / x < 1 - Rational(1, 10**9), UNIT),
    "digamma": (digamma(x) < log(x) - 1 / (2 * x) - Rational(1, 12) / x**2, UNIT),
    "gamma": (gamma(x) * x < 1 - Rational(1, 10**6), UNIT),
    "Bessel": (x * besselk(1, x) < Rational(9999, 10000), Interval.Lopen(0, 5)),
    "a logarithm that wins": (x**2 * log(x) ** 2 < x**2 * 400, Interval.Lopen(0, 1)),
}


@pytest.mark.parametrize("name", FALSE)
def test_false(name):
    relation, region = FALSE[name]
    claim = tc.Claim(relation, on={"x": region})
    proof = tc.prove(claim)
    assert proof.verdict is tc.Verdict.FAILS
    assert tc.check(claim, **proof.counterexample).verdict is tc.Verdict.FAILS


def test_beside_a_variable_that_is_not_at_an_end():
    relation = sin(x * y) / x < y + Rational(1, 4)
    proof = tc.prove(tc.Claim(relation, on={"x": UNIT, "y": (1, 2)}))
    assert proof.verdict is tc.Verdict.HOLDS
    assert proof.verify()


EXPRESSIONS = [
    sin(x) ** 2 / (1 - cos(x)),
    (1 + 1 / x) ** (x + 1),
    log(tanh(x)) - digamma(x) * x,
    gamma(x) ** 2 / gamma(2 * x),
    polygamma(2, x) * x**3 + exp(-1 / x),
    exp(sqrt(x) * log(x)) + sympy.Abs(x - log(x)),
    x ** Rational(1, 3) / (exp(x ** Rational(1, 3)) - 1),
    besselk(0, x) + log(x) * sympy.besseli(0, x),
    besselk(Rational(1, 3), x) * x ** Rational(1, 3),
    sympy.uppergamma(Rational(1, 2), x) / log(x),
    expint(2, x) * log(x) + sympy.lowergamma(2, x) / x**2,
    tanh(1 / x) + atan(1 / sqrt(x)) + sympy.erfc(1 / x),
    exp(-1 / sqrt(x)) * log(x),
    loggamma(1 / x + Rational(1, 3)) - loggamma(1 / x),
    acos(1 - x) / sqrt(x) + asin(x - 1),
    sympy.Max(x, x**2, 2 * sin(x)) / log(1 + x),
    log(log(1 / x)) / log(x) + x ** sqrt(2),
    (pi - 2 * atan(1 / x)) * log(2 + x) / sinh(pi * x),
    tc.log_ndtr(x) + tc.erfcx(1 / x) / x,
]


@pytest.mark.parametrize("count", [2, 5, 10])
@pytest.mark.parametrize("expr", EXPRESSIONS, ids=str)
def test_the_sum_of_germs_holds_the_values(expr, count):
    t = sympy.Symbol("x", positive=True)
    expr, depth = expr.xreplace({x: t}), 6
    with working_precision(80):
        near = Nearby(depth)
        terms = expanded(expr, {t: {T: fmpq(1)}}, Germs(near, count))
        enclosed = [(p, m, tc.bounds.coefficients.ball(c)) for (p, m), c in terms.items()]
    for k in (depth, depth + 1, 3 * depth, 10 * depth):
        place = Rational(3, 2 ** (k + 2))  # whose inverse is no integer
        exact = sympy.N(expr.subs(t, place), 60)
        with mpmath.workdps(60):
            size = _mpf(fmpq(3, 2 ** (k + 2)))
            logarithm = -mpmath.log(size)
            low, high = (
                sum(_mpf(end) * size ** _mpf(p) * logarithm ** _mpf(m) for p, m, end in ends)
                for ends in zip(*(((p, m, c.lower()), (p, m, c.upper())) for p, m, c in enclosed),
                                strict=True)
            )  # fmt: skip
            slack = mpmath.mpf(10) ** -20 * (1 + abs(low) + abs(high))
            assert low - slack <= mpmath.mpf(str(exact)) <= high + slack


def _mpf(number):
    if isinstance(number, fmpq):
        return mpmath.mpf(int(number.p)) / int(number.q)
    mantissa, exponent = number.man_exp()
    return mpmath.mpf(int(mantissa)) * mpmath.mpf(2) ** int(exponent)


def test_terms_that_cancel_do_so_exactly():
    t = sympy.Symbol("t", positive=True)
    with working_precision(80):
        germs = Germs(Nearby(6), 8)
        for zero in (
            log(2 * t) - log(2) - log(t),
            exp(1 + t) - E * exp(t),
            sqrt(2 + t) ** 2 - 2 - t,
            sin(pi / 2 + t) - sin(pi / 2 - t),
        ):
            terms = expanded(zero, {t: {T: fmpq(1)}}, germs)
            assert all(power > 5 for power, _ in terms)  # nothing but remainders
