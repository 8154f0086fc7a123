"""Every rule bounds a quantity from below on a cell, and closes cells on which it is positive."""

import mpmath
import pytest
import sympy
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st

from theorycalc.bounds.domain import Variable
from theorycalc.bounds.enclosed import Enclosed
from theorycalc.bounds.rules import RULES
from theorycalc.core.arithmetic.ball_context import working_precision

X, Y = sympy.symbols("x y", real=True)
ONE = (
    *(sympy.exp(X) - 2 * X, sympy.sin(3 * X) + X**2, X**4 - X**3, sympy.cos(X) * sympy.exp(-X)),
    *(1 / (3 + X), sympy.log(3 + X) - X, -sympy.sin(X), sympy.exp(-(X**2)), X**3 - X),
    *(-(X**8), -(X**8) - 3 * X**2),
)
TWO = (
    *(X * Y, sympy.exp(X * Y) - X, sympy.sin(X + 2 * Y), X**2 - 3 * X * Y + Y**2, X / (3 + Y)),
    *(sympy.cos(X) * Y - X, -X * Y**2, sympy.exp(X - Y)),
)
KINKED = (sympy.Abs(X) - X / 2, -sympy.Abs(X + X**2), sympy.Max(X, X**2) * (X - 1))
ENDS = st.fractions(-2, 2, max_denominator=8)
_GRID = 12


def _least(expr, symbols, cell) -> mpmath.mpf:
    """The least of the values on a grid."""
    f = sympy.lambdify(symbols, expr, "mpmath")
    axes = [[low + (high - low) * k / fmpq(_GRID) for k in range(_GRID + 1)] for low, high in cell]
    numbers = [[mpmath.mpf(int(x.p)) / int(x.q) for x in axis] for axis in axes]
    if len(symbols) == 1:
        return min(f(x) for x in numbers[0])
    return min(f(x, y) for x in numbers[0] for y in numbers[1])


def _cell(pairs) -> tuple:
    ends = (sorted(pair) for pair in pairs)
    return tuple((_rational(a), _rational(b)) for a, b in ends)


def _rational(x) -> fmpq:
    return fmpq(x.numerator, x.denominator)


def _bound(rule, expr, symbols, cell):
    variables = [Variable(s, sympy.Integer(-2), sympy.Integer(2)) for s in symbols]
    with working_precision(80):
        return RULES[rule](Enclosed(expr, variables), cell).bound


@pytest.mark.parametrize("rule", RULES)
@given(expr=st.sampled_from(ONE), ends=st.tuples(ENDS, ENDS))
def test_one_variable(rule, expr, ends):
    cell = _cell([ends])
    bound = _bound(rule, expr, (X,), cell)
    with mpmath.workdps(40):
        assert float(bound) <= float(_least(expr, (X,), cell)) + 1e-12


@pytest.mark.parametrize("rule", ["range", "mean value", "second order"])
@given(expr=st.sampled_from(TWO), first=st.tuples(ENDS, ENDS), second=st.tuples(ENDS, ENDS))
def test_two_variables(rule, expr, first, second):
    cell = _cell([first, second])
    bound = _bound(rule, expr, (X, Y), cell)
    with mpmath.workdps(40):
        assert float(bound) <= float(_least(expr, (X, Y), cell)) + 1e-12


@pytest.mark.parametrize("rule", ["range", "mean value"])
@given(expr=st.sampled_from(KINKED), ends=st.tuples(ENDS, ENDS))
def test_kinks(rule, expr, ends):
    cell = _cell([ends])
    bound = _bound(rule, expr, (X,), cell)
    with mpmath.workdps(40):
        assert float(bound) <= float(_least(expr, (X,), cell)) + 1e-12
