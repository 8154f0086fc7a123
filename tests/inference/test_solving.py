"""Roots, extrema and fixed points carry the errors of what they are made of."""

import mpmath
import numpy as np
import pytest
import sympy as sp

import theorycalc as tc
from theorycalc.inference.solving import broken_in_doubles, fixed_point_in_doubles
from theorycalc.inference.solving.crossing import Crossing, crossing, extremum
from theorycalc.inference.solving.fixed_point import fixed_point
from theorycalc.inference.solving.line import gaussian_mean

X, Z = sp.symbols("x z", real=True)
Q = sp.Symbol("q", positive=True)


def nearly_one(k: int) -> sp.Expr:
    """E [z² + 10⁹ sin(kz + 1)], which is 1 up to 10⁹ e^{−k²/2}: doubles lose nine digits."""
    return gaussian_mean(Z**2 + 10**9 * sp.sin(k * Z + 1), Z, 10**9, 1)


@pytest.mark.parametrize("k", range(11, 17))
def test_errors_of_a_loss_of_digits(k):
    lost = {
        "mean": nearly_one(k),
        "mean of a mean": gaussian_mean(nearly_one(k) * X**2, X),
        "root": crossing(Q - nearly_one(k), Q, sp.S.Half, sp.S(2)),
        "extremum": extremum(nearly_one(k) - (Q - 1) ** 2, Q, sp.S.Half, sp.S(2)),
        "fixed point": fixed_point((Q,), (nearly_one(k),), (sp.S.Half,))[0],
    }
    for name, expr in lost.items():
        value = tc.Formula("", expr).at()
        assert abs(value.mid - 1) <= value.rad < 1e-4, name


def test_errors_of_many_integrals():
    """Two rules agree by chance in some of them: what is rounded counts."""
    phase = sp.Symbol("a", real=True)
    mean = gaussian_mean(Z**2 + 10**9 * sp.sin(12 * Z + phase), Z, 10**9, 1)
    values, errors = mean.func.double(mean.args[0], np.linspace(-3, 3, 200))
    assert (abs(values - 1) <= errors).all()


def test_fixed_points_near_a_turn():
    """What is left of x − G(x) counts by the inverse of its slope, 1/10⁴."""
    step = Q - (Q - nearly_one(12)) / 10**4
    value = tc.Formula("", fixed_point((Q,), (step,), (sp.Rational(999, 1000),))[0]).at()
    assert abs(value.mid - 1) <= value.rad < 1e-3


def test_signs_on_both_sides_of_a_root_are_proved():
    """e^{x−5} = p for 1/50 ≤ p ≤ 99/50: the lower end is the farther one."""
    p = sp.Symbol("p", positive=True)
    root = Crossing(sp.Lambda((Q, p), sp.exp(Q - 5) - p), 0, 10, p)
    level = tc.Value(mid=1, rad=0.98, rigor=tc.Rigor.CERTIFIED)
    found = tc.Formula("x", root).at(using=tc.Ball(2), p=level)
    for end in (0.03, 1.97):
        assert found.contains(5 + mpmath.log(end))


def test_extrema_are_proved_on_both_sides():
    """A level at an extremum of x e^{−px}: 1/(pe); x³ has none, and rises on one side alone."""
    p = sp.Symbol("p", positive=True)
    value = tc.Formula("", extremum(X * sp.exp(-p * X), X, sp.S.Half, sp.S(3)))
    top = value.at(using=tc.Ball(20), p="3/4")
    assert top.rigor is tc.Rigor.CERTIFIED
    assert top.contains(4 / (3 * sp.E))
    for rises in (X**3, -(X**3)):
        with pytest.raises(tc.PrecisionError, match="both sides"):
            tc.Formula("", extremum(rises, X, sp.S(-1), sp.S(2))).at(using=tc.Ball(5))


def test_the_error_of_a_place_that_is_off():
    """The top of −(u − 1)² is 0: what is missed of it is part of the error."""
    value, error = broken_in_doubles._refined(lambda u, step: -((u[0] - 1) ** 2), [1.001], 1.0)
    assert value + error >= 0 > value


def test_what_does_not_come_to_rest_says_so():
    class Cycle:
        @staticmethod
        def run(context, x):
            return [2 - x[1], x[0]]  # a quarter of a turn around (1, 1)

    with pytest.raises(tc.PrecisionError, match="rest"):
        fixed_point_in_doubles.solve(Cycle, [1.5, 1.0])
