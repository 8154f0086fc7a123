"""Ranges of formulas: all values are inside, and not much else."""

from fractions import Fraction

import mpmath
import pytest
import sympy as sp
from reference import fraction

import theorycalc as tc

X, Y = sp.symbols("x y", real=True)


@pytest.mark.parametrize(
    ("expr", "low", "high", "least", "most"),
    [
        (X**2, -1, 2, 0, 4),
        (sp.sin(X), 0, "22/7", "-1/100", 1),
        (X**3 - X, "1/3", 1, "-0.385", 0),
        (sp.Abs(X), "-0.1", "0.3", 0, "0.3"),
    ],
)
def test_all_values_are_inside(expr, low, high, least, most):
    f = tc.Formula("f", expr)
    found = f.range(x=(low, high))
    low, high = Fraction(low), Fraction(high)
    for k in range(41):
        value = f.at(x=low + (high - low) * k / 40)
        assert found.lower <= value.upper
        assert value.lower <= found.upper
    assert found.rigor is tc.Rigor.CERTIFIED
    width = fraction(found.upper) - fraction(found.lower)
    assert width <= Fraction(13, 10) * (Fraction(most) - Fraction(least))


@pytest.mark.parametrize(
    ("expr", "least", "most"),
    [
        (X**3 * sp.exp(X), 0, "2.7182819"),
        (sp.sqrt(1 - X**2), 0, "1.4142136"),
        (X * sp.log(1 + X), 0, "0.6931472"),
        (X * sp.Abs(X - sp.Rational(1, 2)), 0, "0.5"),
        (1 / (2 - X), "0.5", 1),
    ],
)
def test_intervals_know_their_ends(expr, least, most):
    """Balls alone give [−2.3, 2.8] for the first."""
    f = tc.Formula("f", expr)
    found = f.at(x=mpmath.iv.mpf([0, 1]))
    for k in range(21):
        assert found.overlaps(f.at(x=Fraction(k, 20), using=tc.Ball(20)))
    low, high = fraction(found.lower), fraction(found.upper)
    assert Fraction(least) - Fraction(1, 10**7) <= low
    assert high <= Fraction(most) + Fraction(1, 10**7)


def test_boxes():
    f = tc.Formula("f", X * Y, args=(X, Y))
    both = f.range(x=(0, 1), y=(-1, 1))
    assert both.contains(1)
    assert both.contains(-1)
    assert not both.contains(2)
    one = f.range(x=(0, 1), y=3)
    assert one.contains(3)
    assert not one.contains(4)
    assert f.range(x=1, y=3).contains(3)


@pytest.mark.parametrize(
    "boxes", [{"x": (1, 0)}, {"x": (0, 1, 2)}, {"x": (0, "a")}, {"z": (0, 1)}, {}]
)
def test_bad_boxes(boxes):
    with pytest.raises(tc.DomainError):
        tc.Formula("f", X**2).range(**boxes)
