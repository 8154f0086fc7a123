"""Small claims whose truth is known, made to mislead: no verdict is wrong, and none hangs."""

import pytest
import sympy
from sympy import (
    Heaviside,
    Interval,
    Max,
    Piecewise,
    Rational,
    S,
    cos,
    exp,
    log,
    oo,
    sin,
    sqrt,
    tan,
)

import theorycalc as tc
from theorycalc.bounds.goals import Goal
from theorycalc.bounds.rewrites import FORMS

x, y, z, n = sympy.symbols("x y z n")
HAIR = Rational(1, 10**12)
UNIT, SYMMETRIC, HALF_LINE, NATURAL = (0, 1), (-1, 1), (0, oo), tc.integers(1, oo)
OPEN, FROM_ZERO = Interval.open(0, 1), Interval.open(0, oo)
FAR = 10**9
# The divergence of two coins.
KL = x * log(x / y) + (1 - x) * log((1 - x) / (1 - y))
INNER = (Rational(1, 100), Rational(99, 100))


def _le(a, b):
    return sympy.Le(S(a), S(b), evaluate=False)


TRUE = [
    # touching inside, at ends that are in the range, and at open ends
    (x**2 >= 0, {"x": SYMMETRIC}),
    ((x - Rational(1, 3)) ** 2 >= 0, {"x": UNIT}),
    (exp(x) >= 1 + x, {"x": SYMMETRIC}),
    (log(x) <= x - 1, {"x": (1, 2)}),
    (sin(x) <= x, {"x": UNIT}),
    (sin(x) < x, {"x": OPEN}),
    (x < tan(x), {"x": OPEN}),
    (x**2 < x, {"x": OPEN}),
    (1 / x + 1 / (1 - x) >= 4, {"x": OPEN}),
    (cos(x) >= 1 - x**2 / 2, {"x": SYMMETRIC}),
    (sqrt(x) <= (1 + x) / 2, {"x": (0, 4)}),
    (x * exp(-x) <= exp(-1), {"x": (0, 5)}),
    (x**4 - 2 * x**2 + 1 >= 0, {"x": (-2, 2)}),
    (sympy.tanh(x) <= x, {"x": UNIT}),
    (sympy.acos(x) > 0, {"x": Interval.Ropen(-1, 1)}),
    (sympy.atan(x) < x, {"x": OPEN}),
    (sympy.sinh(x) > x, {"x": OPEN}),
    # at numbers that are not rational
    (x * log(x) >= -exp(-1), {"x": (Rational(1, 10), 1)}),
    (x ** (1 / x) <= exp(exp(-1)), {"x": (1, 5)}),
    (sin(x) + cos(x) <= sqrt(2), {"x": (0, 2)}),
    (x + 1 / x**2 >= 3 * 2 ** Rational(-2, 3), {"x": (Rational(1, 10), 5)}),
    (sympy.cosh(x) >= Rational(5, 4) + Rational(3, 4) * (x - log(2)), {"x": SYMMETRIC}),
    # by a hair
    (x**2 + HAIR > 0, {"x": SYMMETRIC}),
    (exp(x) > 1 + x - HAIR, {"x": SYMMETRIC}),
    (sin(x) < 1 + HAIR, {"x": (0, 3)}),
    (x * (1 - x) < Rational(1, 4) + HAIR, {"x": UNIT}),
    # half-lines
    (log(1 + x) <= x, {"x": HALF_LINE}),
    (x / (1 + x) < 1, {"x": HALF_LINE}),
    (exp(-x) > 0, {"x": HALF_LINE}),
    (sympy.erfc(x) <= exp(-(x**2)), {"x": HALF_LINE}),
    (1 / x > 0, {"x": FROM_ZERO}),
    (x + 1 / x >= 2, {"x": FROM_ZERO}),
    (log(x) / x < 1, {"x": (1, oo)}),
    (sympy.gamma(x) > Rational(88, 100), {"x": (1, oo)}),
    (sympy.digamma(x) < log(x), {"x": (1, oo)}),
    (sqrt(x + 1) - sqrt(x) < 1, {"x": (1, oo)}),
    (x**2 > -1, {"x": (-oo, oo)}),
    (x * exp(-(x**2)) < 1, {"x": (-oo, oo)}),
    # integers
    (log(n) / n <= Rational(3663, 10000), {"n": NATURAL}),
    ((n - 3) * (n - 4) >= 0, {"n": NATURAL}),
    (n**2 - n >= 0, {"n": tc.integers(-50, 50)}),
    ((2 * n - 7) ** 2 >= 1, {"n": tc.integers(-9, 9)}),
    (sympy.factorial(n) >= n, {"n": NATURAL}),
    (2**n > n, {"n": NATURAL}),
    (sympy.binomial(2 * n, n) >= 2**n, {"n": tc.integers(1, 60)}),
    (1 / (2 * n - 7) <= 1, {"n": tc.integers(1, 20)}),
    # kinks and jumps
    (sympy.Abs(x) >= x, {"x": SYMMETRIC}),
    (sympy.Abs(x - Rational(1, 3)) + x >= Rational(1, 3), {"x": UNIT}),
    (Max(x, -x) >= 0, {"x": SYMMETRIC}),
    (Heaviside(x) <= 1, {"x": SYMMETRIC}),
    (sympy.sign(x) ** 2 <= 1, {"x": SYMMETRIC}),
    (Piecewise((x, x < 0), (x**2, True)) >= -1, {"x": SYMMETRIC}),
    (sympy.atan2(y, x) <= Rational(22, 7), {"x": (-2, -1), "y": SYMMETRIC}),
    # several variables
    (x * y <= (x**2 + y**2) / 2, {"x": UNIT, "y": UNIT}),
    (x**2 + y**2 + HAIR > 2 * x * y - 1, {"x": SYMMETRIC, "y": SYMMETRIC}),
    (x + y <= 2, {"x": UNIT, "y": UNIT}),
    (exp(x * y) > x * y, {"x": SYMMETRIC, "y": SYMMETRIC}),
    (x**y > 0, {"x": (Rational(1, 2), 2), "y": SYMMETRIC}),
    # touching along lines and surfaces
    (2 * (x - y) ** 2 <= KL, {"x": INNER, "y": INNER}),
    ((x - y) ** 2 / (y * (1 - y)) >= KL, {"x": INNER, "y": INNER}),
    (x * log(x / y) >= x - y, {"x": (1, 2), "y": (1, 2)}),
    (exp((x + y) / 2) <= (exp(x) + exp(y)) / 2, {"x": SYMMETRIC, "y": SYMMETRIC}),
    ((1 + x) ** y >= 1 + x * y, {"x": (Rational(-1, 2), 3), "y": (1, 3)}),
    (log(1 + x + y) <= log(1 + x) + log(1 + y), {"x": UNIT, "y": UNIT}),
    (x / (y + z) + y / (z + x) + z / (x + y) >= Rational(3, 2), dict.fromkeys("xyz", (1, 2))),
    (x**3 + y**3 + z**3 >= 3 * x * y * z, dict.fromkeys("xyz", (0, 2))),
    (x**4 * y**2 + x**2 * y**4 + 1 >= 3 * x**2 * y**2, {"x": (-2, 2), "y": (-2, 2)}),
    (x**2 + 10 * y**2 + 4 * z**2 >= 6 * x * y + 4 * y * z, dict.fromkeys("xyz", (-2, 2))),
    # equations and what denies them
    (sympy.Eq((x + 1) ** 2 - 1, x**2 + 2 * x), {"x": UNIT}),
    (sympy.Eq(sin(x) ** 2 + cos(x) ** 2 + x, 1 + x), {"x": UNIT}),
    (sympy.Ne(exp(x), x), {"x": UNIT}),
    (sympy.Ne(2 * n, 7), {"n": tc.integers(0, 9)}),
    # no more than SymPy knows of the ranges
    (_le(0, sympy.Abs(log(x))), {"x": (Rational(1, 2), 1)}),
    (1 / x + x**2 > 1 / x, {"x": FROM_ZERO}),
    (sqrt(1 - x**2) <= 1, {"x": SYMMETRIC}),
]
FALSE = [
    # at one point: strict where both sides are equal
    (x**2 > 0, {"x": SYMMETRIC}),
    ((3 * x - 1) ** 2 > 0, {"x": UNIT}),
    (exp(x) > 1 + x, {"x": SYMMETRIC}),
    (sin(x) < x, {"x": UNIT}),
    (sqrt(x) < (1 + x) / 2, {"x": (0, 4)}),
    (sympy.acos(x) > 0, {"x": SYMMETRIC}),
    (n**2 - 7 * n + 12 > 0, {"n": NATURAL}),
    (sympy.Abs(x) > 0, {"x": SYMMETRIC}),
    (sympy.sign(x) ** 2 > 0, {"x": (-1, 2)}),
    (Heaviside(x) ** 2 >= Heaviside(x), {"x": (-1, 2)}),
    (sympy.floor(x) < Rational(5, 2), {"x": (0, 3)}),
    (Piecewise((x, x < 1), (-5, sympy.Eq(x, 1)), (x, True)) > -1, {"x": (0, 3)}),
    (sympy.Ne(x, Rational(1, 3)), {"x": UNIT}),
    (sympy.Ne(n**2, 49), {"n": NATURAL}),
    # the same at numbers that are not rational
    (sin(x) < 1, {"x": (0, 2)}),
    (x**2 < 2, {"x": (0, sqrt(2))}),
    (cos(x) > 0, {"x": (0, sympy.pi / 2)}),
    (x * log(x) > -exp(-1), {"x": (Rational(1, 10), 1)}),
    (x**4 - 4 * x**2 > -4, {"x": (0, 3)}),
    (x * exp(-(x**2)) < 1 / sqrt(2 * sympy.E), {"x": (0, 3)}),
    (log(x) / x < exp(-1), {"x": (1, oo)}),
    (sympy.Ne(x**2, 2), {"x": (0, 2)}),
    (sympy.Ne(exp(x * y), 2), {"x": UNIT, "y": (0, 2)}),
    # by a hair
    (x**2 > HAIR, {"x": (-1, 2)}),
    (x**2 >= HAIR, {"x": (-1, 2)}),
    (exp(x) >= 1 + x + HAIR, {"x": (-1, 2)}),
    (sin(x) <= 1 - HAIR, {"x": (0, 3)}),
    (x * (1 - x) <= Rational(1, 4) - HAIR, {"x": UNIT}),
    (x * y <= (x**2 + y**2) / 2 - HAIR, {"x": UNIT, "y": UNIT}),
    # along lines and surfaces
    (2 * (x - y) ** 2 < KL, {"x": INNER, "y": INNER}),
    (Rational(21, 10) * (x - y) ** 2 <= KL, {"x": INNER, "y": INNER}),
    ((1 + x) ** y >= 1 + x * y, {"x": (Rational(-1, 2), 3), "y": (Rational(9, 10), 3)}),
    (log(1 + x + y) <= log(1 + x) + log(1 + y), {"x": (Rational(-1, 4), 1), "y": UNIT}),
    (x / (y + z) + y / (z + x) + z / (x + y) > Rational(3, 2), dict.fromkeys("xyz", (1, 2))),
    (x**3 + y**3 + z**3 >= 3 * x * y * z, dict.fromkeys("xyz", (-1, 2))),
    (x**4 * y**2 + x**2 * y**4 + 1 - HAIR >= 3 * x**2 * y**2, {"x": (-2, 2), "y": (-2, 2)}),
    (x**2 + 9 * y**2 + 4 * z**2 >= 6 * x * y + 4 * y * z, dict.fromkeys("xyz", (-2, 2))),
    (sin(x) * sin(y) < 1, {"x": (0, 2), "y": (0, 2)}),
    # needles, dips and far away
    (1 / (1 + 10**8 * (x - Rational(271, 1000)) ** 2) < Rational(1, 2), {"x": UNIT}),
    (exp(-(10**6) * (x - Rational(1, 7)) ** 2) < Rational(99, 100), {"x": UNIT}),
    (x**2 + y**2 - 2 * exp(-(10**4) * ((x - 1) ** 2 + y**2)) > 0, {"x": (0, 2), "y": (-1, 2)}),
    (x < FAR, {"x": HALF_LINE}),
    (log(x) < 20, {"x": (1, oo)}),
    (sqrt(x) < 10**6, {"x": (1, oo)}),
    (exp(-x) > Rational(1, 10**6), {"x": HALF_LINE}),
    (x / (1 + x) < 1 - HAIR, {"x": HALF_LINE}),
    (1 + x - 3 * FAR * Heaviside(x - 2 * FAR) > 0, {"x": (1, oo)}),
    # odd contacts inside, and the wrong side of an end
    (x**3 >= 0, {"x": (-1, 2)}),
    (sin(x) >= x - x**3 / 6, {"x": (-1, 2)}),
    (x - sin(x) >= 0, {"x": (-1, 2)}),
    ((x - 1) ** 5 >= 0, {"x": (0, 3)}),
    (log(x) >= 1 - x, {"x": (Rational(1, 2), 2)}),
    # signs of what is squared, divided by, or put into logarithms
    (Rational(-1, 10) < -sqrt(x), {"x": (Rational(1, 1000), 2)}),
    ((x - 2) * sqrt(x) > -Rational(1, 2), {"x": (0, 3)}),
    (x - 1 < sqrt(x) * (x - 1), {"x": (0, 3)}),
    ((x - 2) * (x - 3) * exp(x) > 0, {"x": (0, 4)}),
    (x * exp(x) > -exp(-1) + HAIR, {"x": (-3, 1)}),
    # digamma without its own name, and integers
    (sympy.polygamma(0, x) < 1, {"x": (1, oo)}),
    (log(n) / n <= Rational(3661, 10000), {"n": NATURAL}),
    (sympy.factorial(n) <= 10**6 * n, {"n": NATURAL}),
    (n**2 >= n + 1, {"n": tc.integers(1, 1000)}),
    (2**n > n**3, {"n": NATURAL}),
    (n**2 <= 10**8, {"n": NATURAL}),
    # branches
    (sympy.atan2(y, x) > -1, {"x": (-2, -1), "y": (Rational(-1, 7), 1)}),
    (sympy.acot(x) > -1, {"x": (-1, 2)}),
    (sympy.Eq(x**2, x), {"x": UNIT}),
    (sympy.Eq(sin(x), x), {"x": UNIT}),
]
UNREAL = [
    (log(x) ** 2 + 1 > 0, {"x": SYMMETRIC}),
    (_le(0, log(x) ** 2), {"x": (-2, 1)}),
    (_le(0, sympy.Abs(log(x))), {"x": (Rational(-3, 2), 1)}),
    (cos(log(x)) <= 2, {"x": (-2, 1)}),
    (sympy.erf(log(x)) < 2, {"x": (Rational(-3, 2), 1)}),
    (sympy.tanh(sqrt(x)) < 2, {"x": (Rational(-3, 2), 1)}),
    (sympy.atan(log(x)) < 2, {"x": (Rational(-1, 7), 1)}),
    (1 / x + x**2 + 1 > 1 / x, {"x": (-1, 2)}),
    (1 / x + x**2 >= 1 / x, {"x": UNIT}),
    ((x**2 - 1) / (x - 1) > 0, {"x": (0, 2)}),
    ((x**2 - 1) / (x - 1) > 0, {"x": (0, 3)}),
    ((x + x**2) / x > 0, {"x": (0, 1)}),
    (1 / x > 0, {"x": UNIT}),
    (1 / x**2 > 0, {"x": (-1, 2)}),
    (exp(-1 / x**2) >= 0, {"x": (-1, 1)}),
    (exp(-1 / x**2) < 2, {"x": (-1, 2)}),
    (sympy.atanh(x) > -1, {"x": UNIT}),
    (sympy.atanh(x) ** 2 >= -1, {"x": (0, 2)}),
    (sympy.asin(x) < 2, {"x": (0, 2)}),
    (sympy.acosh(x) > -1, {"x": (0, 2)}),
    (sympy.erfinv(x) > -1, {"x": UNIT}),
    (sqrt(x) + 1 > 0, {"x": SYMMETRIC}),
    (x ** Rational(1, 3) > -2, {"x": (-1, 2)}),
    (sympy.loggamma(x) > -2, {"x": UNIT}),
    (tan(x) ** 2 >= -1, {"x": (0, 3)}),
    (sympy.Abs(1 / (3 * x - 1)) >= 0, {"x": UNIT}),
    (sympy.zeta(x) ** 2 > -1, {"x": (Rational(1, 2), 2)}),
    (1 / (n - 3) ** 2 > 0, {"n": tc.integers(1, 9)}),
    (1 / (1 - x - y) ** 2 > 0, {"x": UNIT, "y": UNIT}),
    (log(x) < log(y) + log(x) + 1, {"x": (-1, 2), "y": (1, 2)}),
    (x + sympy.besselk(1, x) > x, {"x": UNIT}),
    (sympy.gamma(x) ** 2 > 0, {"x": (-Rational(3, 2), 1)}),
    (sympy.polygamma(1, x) > 0, {"x": (0, 3)}),
]


def _verdict(relation, on) -> tuple[tc.Verdict | None, tc.bounds.Proof | None]:
    """What `prove` says; no verdict where it says that a side is not real."""
    try:
        proof = tc.prove(tc.Claim(relation, on=on), budget=1000)
    except tc.DomainError:
        return None, None
    return proof.verdict, proof


def _names(claims: list) -> list[str]:
    return [str(relation)[:60] for relation, _ in claims]


@pytest.mark.parametrize(("relation", "on"), TRUE, ids=_names(TRUE))
def test_true(relation, on):
    verdict, proof = _verdict(relation, on)
    assert verdict is tc.Verdict.HOLDS
    assert proof.verify()


@pytest.mark.parametrize(("relation", "on"), FALSE, ids=_names(FALSE))
def test_false(relation, on):
    verdict, proof = _verdict(relation, on)
    assert verdict is tc.Verdict.FAILS
    assert proof.verify()


@pytest.mark.parametrize(("relation", "on"), UNREAL, ids=_names(UNREAL))
def test_not_real(relation, on):
    assert _verdict(relation, on)[0] in (None, tc.Verdict.UNDECIDED)


def test_sides_that_cross_where_no_exact_number_is_found():
    on = {"x": (0, 2)}
    proof = tc.prove(tc.Claim(sympy.Ne(x**3, x + Rational(1, 10)), on=on))
    assert proof.verdict is tc.Verdict.UNDECIDED
    assert "change their order near x = 1.04668" in proof.reason


def test_squares_need_a_side_that_is_not_negative():
    positive = sympy.Symbol("x", positive=True)
    goal = Goal(-sqrt(positive), Rational(-1, 10), strict=True)
    (form,) = FORMS["squares of both sides"](goal, ())
    assert any(condition.is_negative for condition, _ in form.conditions)
