"""Derivatives of integrals against difference quotients of closed forms of the integrals."""

import mpmath
import pytest
import sympy
from reference import assert_error_holds

import theorycalc as tc

s, t, u, x, y = (sympy.Symbol(name, real=True) for name in "stuxy")
H, PW, Int = sympy.Heaviside, sympy.Piecewise, sympy.Integral
THIRD = sympy.Rational(1, 3)


def slope_by_differences(function, point):
    """f'(point) of a plain mpmath function, to some thirty digits."""
    with mpmath.workdps(80):
        return mpmath.diff(function, mpmath.mpf(point.p) / point.q)


def _number(value):
    with mpmath.workdps(60):
        return str(value(mpmath.mpf(1) / 3))


# (expression in x, its value as a function of mpmath numbers near x = 1/3)
CASES = [
    (Int(H(t - x) * t, (t, 0, 1)), lambda x: (1 - x**2) / 2),
    (Int(H(t - x) * t, (t, 1, 0)), lambda x: -(1 - x**2) / 2),
    (
        Int(sympy.sign(2 * t - x) * sympy.exp(t), (t, 0, 1)),
        lambda x: mpmath.e + 1 - 2 * mpmath.exp(x / 2),
    ),
    (Int(PW((t, t < x), (t**2, True)), (t, 0, 1)), lambda x: x**2 / 2 + (1 - x**3) / 3),
    (Int(PW((1, (t > x) & (t < 2 * x)), (0, True)), (t, 0, 1)), lambda x: x),
    (Int(H(x - t), (t, 0, x**2)), lambda x: x**2),
    (Int(H(t - x) * t, (t, x - 1, x + 1)), lambda x: ((x + 1) ** 2 - x**2) / 2),
    (Int(H(t - 5 * x), (t, 0, 1)), lambda x: mpmath.mpf(0)),
    (Int(H(t - x) * H(2 * x - t) * t, (t, 0, 1)), lambda x: 3 * x**2 / 2),
    (Int(sympy.sign(t - x) * H(3 * t - 3 * x) * t, (t, 0, 1)), lambda x: (1 - x**2) / 2),
    (Int(sympy.Abs(t - x) * sympy.sign(t - x), (t, 0, 1)), lambda x: ((1 - x) ** 2 - x**2) / 2),
    (Int(sympy.Max(t, x) * H(t - x), (t, 0, 1)), lambda x: (1 - x**2) / 2),
    (Int(H(x * t - THIRD / 6), (t, 0, 1)), lambda x: 1 - 1 / (18 * x)),
    (Int(H(THIRD / 6 - x * t), (t, 0, 1)), lambda x: 1 / (18 * x)),
    (
        Int(PW((1, x * t > THIRD / 6), (t, True)), (t, 0, 1)),
        lambda x: 1 - 1 / (18 * x) + 1 / (648 * x**2),
    ),
    (Int(x * H(t - x), (t, 0, 1)) ** 2, lambda x: (x * (1 - x)) ** 2),
    (sympy.sin(Int(H(t - x), (t, 0, 1)) * x), lambda x: mpmath.sin(x * (1 - x))),
]
NESTED = [
    (Int(H(y - x) * t * y, (t, 0, 1), (y, 0, 1)), lambda x: (1 - x**2) / 4),
    (Int(H(t - x) * y, (t, 0, y), (y, 0, 1)), lambda x: (1 - x**3) / 3 - x * (1 - x**2) / 2),
    (Int(H(t + y - x), (t, 0, 1), (y, 0, 1)), lambda x: 1 - x**2 / 2),
    (Int(Int(H(y - x) * H(t - x), (t, 0, 1)) * y, (y, 0, 1)), lambda x: (1 - x) * (1 - x**2) / 2),
    (sympy.Sum(Int(H(t - x * u), (t, 0, 3)), (u, 1, 4)), lambda x: 12 - 10 * x),
    (sympy.Sum(Int(H(t - x) * u, (t, 0, 1)), (u, 1, 3)) * x, lambda x: 6 * x * (1 - x)),
]


@pytest.mark.parametrize(("expr", "value"), CASES)
def test_the_closed_forms(expr, value):
    formula = tc.Formula("f", expr)
    assert_error_holds(formula.at(x=THIRD, using=tc.MP(10)), _number(value))


@pytest.mark.parametrize(("expr", "value"), [*CASES, *NESTED])
def test_moving_jumps(expr, value):
    slope = tc.Formula("f", expr).diff("x")
    exact = slope_by_differences(value, THIRD)
    for using in (tc.Ball(12), tc.MP(12), tc.Float()):
        found = slope.at(x=THIRD, using=using)
        assert abs(found.mid - exact) <= found.rad + mpmath.mpf(10) ** -25


@pytest.mark.parametrize(
    "expr", [Int(sympy.Abs(t - x), (t, 0, 1)), Int(sympy.Max(t, x), (t, 0, 1))]
)
def test_second_derivatives(expr):
    second = tc.Formula("f", expr).diff("x").diff("x")
    exact = 2 if expr.has(sympy.Abs) else 1
    assert_error_holds(second.at(x=THIRD, using=tc.Ball(15)), exact)
    assert_error_holds(second.at(x=2, using=tc.Ball(15)), 0)


def test_a_function_defined_by_an_integral():
    class Above(tc.SpecialFunction):
        @classmethod
        def definition(cls, x):
            return tc.Integral(H(t - x) * t, t, 0, 1, kinks=(x,))

    class Step(tc.SpecialFunction):
        @classmethod
        def definition(cls, x):
            return H(x)

    for expr in (Above(x), Int(Step(t - x) * t, (t, 0, 1)), Above(Above(x) - (1 - x**2) / 2 + x)):
        slope = tc.Formula("f", expr).diff("x")
        assert_error_holds(slope.at(x=THIRD, using=tc.Ball(12)), -THIRD)


def test_intermediate_quantities_move_jumps():
    formula = tc.Formula("f", Int(H(t - u), (t, 0, 1)), args=(x,), where=[(u, x**2)])
    assert_error_holds(formula.diff("x").at(x=THIRD, using=tc.Ball(12)), -2 * THIRD)


def test_at_an_end_there_is_no_derivative():
    slope = tc.Formula("f", Int(H(t - x) * (t + 1), (t, 0, 1))).diff("x")
    for end in (0, 1):
        with pytest.raises(tc.TheoryCalcError):
            slope.at(x=end, using=tc.Ball(10))


@pytest.mark.parametrize(
    "expr",
    [
        Int(H(t**2 - x), (t, 0, 1)),
        Int(sympy.floor(t + x), (t, 0, 2)),
        Int(sympy.frac(t * x), (t, 0, 2)),
        Int(sympy.atan2(t - x, -1), (t, 0, 1)),
        Int(sympy.acot(t - x), (t, 0, 1)),
        Int(sympy.atan(1 / (t - x)), (t, 0, 1)),
        Int(H(sympy.sin(t * x)), (t, 0, 1)),
        Int(H(sympy.Abs(t - x) - THIRD), (t, 0, 1)),
        sympy.Sum(u, (u, 1, x)),
    ],
)
def test_what_cannot_be_read_off_is_refused(expr):
    with pytest.raises(tc.TheoryCalcError):
        tc.Formula("f", expr).diff("x").at(x=THIRD, using=tc.Ball(10))
