"""Best polynomials: known errors, other polynomials, dense grids, bounds by Bessel functions."""

import math
from itertools import pairwise

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sympy import Rational

import theorycalc as tc
from theorycalc.core.arithmetic.ball_context import working_precision
from theorycalc.optimal import certificate
from theorycalc.optimal.remez import Problem, exchange

x = sp.Symbol("x", real=True)
FUNCTIONS = [
    (sp.exp(x), 4, (-1, 2)),
    (sp.log(x), 3, (1, 3)),
    (sp.cosh(x), 4, (-1, 1)),  # the best of degree 4 has an alternation of 7 points
    (sp.tanh(x), 3, ("-3/2", "3/2")),
    (1 / (1 + sp.exp(-x)), 3, (-1, 2)),
    (sp.sqrt(1 + x), 5, (0, 2)),
]


def deviation(found, expr, on, points=4001):
    """The largest |f − p| on a grid, in doubles."""
    low, high = (float(Rational(end)) for end in on)
    grid = np.linspace(low, high, points)
    return float(abs(sp.lambdify(x, expr - found.polynomial, "numpy")(grid) + 0 * grid).max())


@pytest.mark.parametrize(("expr", "degree", "on"), FUNCTIONS, ids=str)
def test_the_error_is_reached_and_not_exceeded(expr, degree, on):
    found = tc.optimal.polynomial(expr, degree, on, digits=10)
    assert deviation(found, expr, on) == pytest.approx(float(found.error), rel=1e-5)
    assert found.error.rad <= found.error.mid * 1e-10
    signs = [sp.sign((expr - found.polynomial).subs(x, p).n(30)) for p in found.points]
    assert all(one == -two for one, two in pairwise(signs))
    assert sp.degree(found.polynomial, x) <= degree + 1


def test_closed_forms():
    """exp by a line, by Chebyshev; a power by Chebyshev's polynomial; |degree| of itself."""
    line = tc.optimal.polynomial(sp.exp(x), 1, digits=25).error
    c, s = sp.cosh(1), sp.sinh(1)
    assert line.overlaps(tc.certify((c - s * (1 - sp.log(s))) / 2, 25))
    for k in (2, 5):
        power = tc.optimal.polynomial(x**k, k - 1, digits=15).error
        assert power.contains(Rational(1, 2 ** (k - 1)))
    constant = tc.optimal.polynomial(sp.exp(x), 0, digits=15).error
    assert constant.overlaps(tc.certify(sp.sinh(1), 15))


@pytest.mark.parametrize(("half", "degree"), [(1, 3), (4, 8), (4, 12), (8, 20)])
def test_the_bracket_by_bessel_functions(half, degree):
    """√(2 Σ I_j²) ≤ E_k ≤ 2 Σ I_j over j > k, and a bracket of derivatives."""
    error = float(tc.optimal.polynomial(sp.exp(x), degree, (-half, half), digits=12).error)
    tail = [mpmath.besseli(j, half) for j in range(degree + 1, degree + 60)]
    assert math.sqrt(2 * mpmath.fsum(t * t for t in tail)) <= error <= 2 * mpmath.fsum(tail)
    middle = error * 2**degree * math.factorial(degree + 1) / half ** (degree + 1)
    assert math.exp(-half) <= middle <= math.exp(half)


@given(st.lists(st.integers(-9, 9), min_size=3, max_size=3))
@settings(max_examples=20)
def test_no_other_polynomial_is_better(moved):
    found = tc.optimal.polynomial(sp.exp(x), 2, digits=8)
    other = found.polynomial + sum(Rational(c, 10**4) * x**j for j, c in enumerate(moved))
    grid = np.linspace(-1, 1, 2001)
    worst = abs(np.exp(grid) - sp.lambdify(x, other, "numpy")(grid)).max()
    assert worst >= float(found.error) * (1 - 1e-5)


def problem(degree=4):
    return Problem.of(sp.exp(x), x, Rational(-1), Rational(1), degree)


def test_any_polynomial_gives_bounds():
    """One that is a little off is still between what its bounds say."""
    with working_precision(200):
        task = problem()
        coefficients, places = exchange(task, 20)
        best = tc.optimal.polynomial(sp.exp(x), 4, digits=20).error
        worse = [c + Rational(j, 10**6) for j, c in enumerate(coefficients)]
        below = certificate.lower_bound(task, worse, places)
        assert below < Rational(float(best)) - Rational(1, 10**7)
        assert certificate.lower_bound(task, worse, places[:2] + places[3:]) is None


def test_wide_windows_are_bounded():
    """Of a polynomial that errs most inside, with windows that are off the place where it does."""
    with working_precision(200):
        task = problem(3)
        (first, *rest), places = exchange(task, 20)
        at_end = sp.exp(1) - sum(c for c in (first, *rest))
        coefficients = [first + sp.sign(at_end) * Rational(1, 10**4), *rest]
        width = Rational(1, 1000)
        off = [p + width / 2 if -1 < p < 1 else p for p in places]
        above = certificate.upper_bound(task, coefficients, off, True, width)
        true = max(abs((sp.exp(p) - sum(c * p**j for j, c in enumerate(coefficients))).n(40))
                   for p in places[1:-1])  # fmt: skip
        assert true <= above <= true * Rational(3, 2)


def test_windows_without_the_derivative_criterion():
    """Monotone pieces are proved one by one."""
    with working_precision(200):
        task = problem(3)
        coefficients, places = exchange(task, 10)
        width = Rational(1, 2**16)
        few, many = (
            certificate.upper_bound(task, coefficients, places, way, width) for way in (True, False)
        )
        assert few == many
        with pytest.raises(tc.CertificationError, match="monotone"):
            certificate.upper_bound(task, coefficients, [Rational(-1), *places[2:]], False, width)


def test_minimal_degrees():
    degree = tc.optimal.minimal_degree
    assert degree(sp.exp(x), "1e-4") == 5
    assert degree(sp.exp(x), "1e-4", on=(-4, 4)) == 11
    assert degree(sp.exp(x), 100) == 0
    k = degree(sp.cos(x), "1e-3", on=(-2, 2))
    errors = [tc.optimal.polynomial(sp.cos(x), j, (-2, 2), digits=5).error for j in (k - 1, k)]
    assert errors[1].upper <= Rational(1, 1000) < errors[0].lower


@pytest.mark.parametrize(
    "call",
    [
        lambda: tc.optimal.polynomial(x * sp.Symbol("y"), 2),
        lambda: tc.optimal.polynomial(sp.Integer(3), 2),
        lambda: tc.optimal.polynomial("exp(x)", 2),
        lambda: tc.optimal.polynomial(sp.exp(x), -1),
        lambda: tc.optimal.polynomial(sp.exp(x), 1000),
        lambda: tc.optimal.polynomial(sp.exp(x), 2, on=(1, 1)),
        lambda: tc.optimal.polynomial(sp.exp(x), 2, on=(0, "oo")),
        lambda: tc.optimal.polynomial(sp.exp(x), 2, on=(0, sp.sqrt(2))),
        lambda: tc.optimal.polynomial(sp.exp(x), 2, on=3),
        lambda: tc.optimal.polynomial(sp.exp(x), 2, digits=0),
        lambda: tc.optimal.minimal_degree(sp.exp(x), 0),
        lambda: tc.optimal.polynomial(sp.log(x), 2, on=(-1, 1)),
        lambda: tc.optimal.polynomial(sp.Abs(x), 3),
    ],
)
def test_bad_input(call):
    with pytest.raises(tc.DomainError):
        call()


def test_a_polynomial_is_no_worse_than_itself():
    itself = tc.optimal.polynomial(x**2 + x, 2)
    assert (itself.error.mid, itself.error.rad) == (0, 0)
    assert itself.polynomial == x**2 + x
    assert tc.optimal.polynomial(sp.Abs(x) + sp.Max(x, 2), 1, on=(0, 2)).polynomial == x + 2
    assert [tc.optimal.minimal_degree(x**2, y) for y in ("0.1", "0.6")] == [2, 0]


def test_an_accuracy_that_is_reached_exactly_is_not_decided():
    """E_k(1/(x − 5/4)) = 16/9 · 2^−k (Chebyshev)."""
    f = 1 / (x - Rational(5, 4))
    assert tc.optimal.polynomial(f, 2).error.contains(Rational(4, 9))
    with pytest.raises(tc.PrecisionError, match="not told"):
        tc.optimal.minimal_degree(f, "4/9")
    assert tc.optimal.minimal_degree(f, Rational(4, 9) + Rational(1, 10**12)) == 2


@pytest.mark.parametrize("f", [sp.sqrt(x), sp.log(x), 1 / x, x**x], ids=str)
def test_functions_that_are_infinite_at_an_end_are_refused(f):
    with pytest.raises(tc.DomainError, match="infinite"):
        tc.optimal.polynomial(f, 2, on=(0, 1))
