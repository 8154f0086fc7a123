"""The smallest margin of a claim: found, exact, certified, and never said to prove anything."""

import matplotlib as mpl
import numpy as np
import pytest
import sympy

import theorycalc as tc
from theorycalc.bounds.sampling import Axis, least

mpl.use("Agg")


class Twice(tc.SpecialFunction):
    """2x, without an enclosure."""

    @staticmethod
    def in_mp(context, x):
        return 2 * x


X, Y, N = sympy.symbols("x y n")
FAILS, UNDECIDED = tc.Verdict.FAILS, tc.Verdict.UNDECIDED


def found_on(relation, where=True, **ranges) -> tc.bounds.Found:
    return tc.search(tc.Claim(relation, on=ranges, where=sympy.sympify(where)))


def test_the_least_margin_is_found_at_an_end_inside_and_at_a_contact():
    assert found_on(X**2 >= X - 1, x=(-3, 3)).point == {"x": sympy.Rational(1, 2)}
    assert found_on(sympy.exp(X) >= X, x=(1, 2)).point == {"x": 1}
    contact = found_on(sympy.log(X) <= X - 1, x=("1/10", "oo"))
    assert (contact.point, contact.verdict, contact.margin.mid) == ({"x": 1}, UNDECIDED, 0)
    assert found_on(sympy.log(X) < X - 1, x=("1/10", "oo")).verdict is FAILS


def test_margins_are_those_of_a_check():
    found = found_on(sympy.sin(X) * sympy.exp(Y) <= 2, x=(0, 3), y=(0, 1))
    check = tc.check(found.claim, **found.point)
    assert (found.verdict, found.margin) == (FAILS, check.margin)
    assert found.margin.rigor is tc.Rigor.CERTIFIED
    assert all(x.is_Rational for x in found.point.values())


def test_the_valley_of_two_variables():
    camel = (4 - sympy.Rational(21, 10) * X**2 + X**4 / 3) * X**2 + X * Y + (4 * Y**2 - 4) * Y**2
    found = found_on(camel >= -2, x=(-3, 3), y=(-2, 2))
    assert abs(float(found.margin.mid) - (2 - 1.0316284534898774)) < 1e-2 * 0.97


def test_the_deepest_of_many_valleys():
    """The egg holder, whose least value is −959.64."""
    first = (Y + 47) * sympy.sin(sympy.sqrt(abs(X / 2 + Y + 47)))
    second = X * sympy.sin(sympy.sqrt(abs(X - Y - 47)))
    found = found_on(first + second <= 0, x=(-512, 512), y=(-512, 512))
    assert float(found.margin.mid) < -940


def test_integers_are_looked_at_and_not_what_lies_between():
    found = found_on(sympy.log(N) / N <= sympy.Rational(3663, 10000), n=tc.integers(1, "oo"))
    assert (found.point, found.verdict) == ({"n": 3}, UNDECIDED)
    needle = found_on(sympy.Ne((N - 7919) ** 2, 0), n=tc.integers(1, 10**4))
    assert (needle.point, needle.verdict) == ({"n": 7919}, FAILS)


def test_counterexamples_where_both_sides_have_decayed():
    bump = sympy.exp(-X) * (1 - 2 * sympy.exp(-((X - 90) ** 2)))
    found = found_on(bump >= 0, x=(0, "oo"))
    assert found.verdict is FAILS
    assert 88 < found.point["x"] < 92


def test_conditions_and_open_ends_are_kept():
    found = found_on(X * Y <= 2, where=X + Y <= 2, x=(0, 3), y=(0, 3))
    assert found.point == {"x": 1, "y": 1}
    assert 0 < found_on(1 / X >= 1, x=sympy.Interval.open(0, 1)).point["x"] < 1


def test_a_condition_that_nothing_meets_is_told():
    with pytest.raises(tc.DomainError, match="no point"):
        found_on(X <= 1, where=sympy.And(X > 1, Y > X, Y < 1), x=(0, 3), y=(0, 3))
    with pytest.raises(tc.DomainError, match="decides"):
        tc.search(tc.Claim(sympy.true))
    with pytest.raises(tc.DomainError, match="no range for y"):
        tc.search(tc.Claim(X <= Y, on={"x": (0, 1)}))


def test_equations_are_searched_for_where_the_sides_differ_most():
    assert found_on(sympy.Eq(sympy.sin(X), X), x=(-1, 1)).verdict is FAILS
    assert abs(found_on(sympy.Eq(sympy.sin(X), X), x=(-1, 1)).point["x"]) == 1
    same = found_on(sympy.Eq(sympy.sin(X) ** 2 + sympy.cos(X) ** 2, 1), x=(0, 3))
    assert (same.verdict, same.margin.mid) == (UNDECIDED, 0)


def test_functions_without_an_enclosure_are_searched():
    claim = tc.Claim(Twice(X) <= 1, on={"x": (0, 2)})
    found = tc.search(claim, budget=1000)
    assert (found.verdict, found.point, found.margin.rigor) == (
        FAILS,
        {"x": 2},
        tc.Rigor.ESTIMATED,
    )
    with pytest.raises(tc.NotSupportedError, match="search"):
        tc.prove(claim)


def test_what_branch_and_bound_leaves_is_searched():
    """A needle in a function that jumps, which has no slopes."""
    jumps = sympy.floor(7 * X) / 7 + sympy.floor(5 * Y) / 5
    deep = 40 * sympy.exp(-(10**4) * ((X - sympy.pi / 5) ** 2 + (Y - sympy.E / 4) ** 2))
    claim = tc.Claim(jumps - deep >= X + Y - 1, on={"x": (0, 1), "y": (0, 1)})
    proof = tc.prove(claim, budget=10)
    assert proof.verdict is FAILS
    assert tc.check(claim, **proof.counterexample).verdict is FAILS


def test_least_is_where_a_quantity_is_a_number():
    axes = [Axis(float("-inf"), float("inf"))]
    [best, *_] = least(lambda x: (x - 3) ** 2, axes, 2000, np.isfinite)
    assert abs(best[0] - 3) < 1e-6
    assert least(lambda x: x * float("nan"), axes, 100, np.isfinite) == []


@pytest.mark.parametrize("name", [None, "y"])
def test_a_picture_shows_the_margin_and_the_point(name):
    found = found_on(X * Y <= 2, x=(0, 1), y=(0, "oo"))
    axes = found.plot(name)
    assert axes.get_xlabel() == ("$x$" if name is None else "$y$")
    [line, point, _] = axes.lines
    assert len(line.get_xdata()) > 100
    assert point.get_ydata()[0] == float(found.margin.mid)
    with pytest.raises(tc.DomainError, match="variable"):
        found.plot("z")
