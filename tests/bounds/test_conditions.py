"""Conditions among variables as ranges and as branches; polynomials between the ends of ranges."""

import pytest
import sympy
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sympy import Interval, Piecewise, Rational, oo, sqrt

import theorycalc as tc
from theorycalc.bounds.conditions import in_ranges
from theorycalc.bounds.domain import with_facts
from theorycalc.bounds.goals import Goal
from theorycalc.bounds.orthants import not_negative, positive
from theorycalc.bounds.problems import Problem

x, y, z = sympy.symbols("x y z", real=True)
POSITIVE = Interval.open(0, oo)
CONE = dict.fromkeys("xy", POSITIVE)
UNIT = dict.fromkeys("xy", (0, 1))
BRANCHES = Piecewise((x / (y**2 + x), x < y**2), (Rational(1, 2), True))
INTEGER = {"x": tc.integers(2, oo), "y": (-1, 1)}
CLAIMS = [
    # true, false beside it, ranges, condition
    (x / (x + y) >= Rational(1, 2), x / (x + y) >= Rational(51, 100), CONE, sympy.Ge(x, y)),
    (y**2 + z >= 2 * x * y + 1, y**2 + z >= 2 * x * y + 2, {**CONE, "z": POSITIVE}, z >= x**2 + 1),
    (x**3 <= y**3, 100 * x**3 <= 99 * y**3, UNIT, sympy.Le(x, y)),
    (x + y - x * y <= 1, 50 * (x + y) - 49 * x * y <= 50, UNIT, True),
    (Rational(1, 2) >= BRANCHES, Rational(49, 100) >= BRANCHES, CONE, True),
    (x * y**2 + y**2 + 1 <= 2 * x, x * y**2 + y**2 + Rational(11, 10) <= 2 * x, INTEGER, True),
    (x**2 / sqrt(x**2 + y) <= x, x**2 / sqrt(x**2 + y) <= 0.99 * x, CONE, True),
    (x * sqrt(y) <= x * (1 + y) / 2, x * sqrt(y) <= x * (1 + y) * Rational(49, 100), CONE, True),
    (1 + abs(x + y) <= (1 + abs(x)) * (1 + abs(y)), 1 + abs(x + y) <= 1 + abs(x) - abs(y),
     dict.fromkeys("xy", sympy.S.Reals), True),
]  # fmt: skip


@pytest.mark.parametrize(("true", "false", "on", "where"), CLAIMS, ids=str)
def test_a_claim_and_a_false_one_beside_it(true, false, on, where):
    proof = tc.prove(tc.Claim(true, on=on, where=where))
    assert proof.verdict is tc.Verdict.HOLDS
    assert proof.verify()
    refuted = tc.prove(tc.Claim(sympy.nsimplify(false), on=on, where=where), budget=500)
    assert refuted.verdict is tc.Verdict.FAILS


_EDGE = sqrt(2) / 3
_NESTED = Piecewise((1, sympy.log(x + y) > 0), (2, True))
GAPS = [
    Piecewise((x + y, x > y + _EDGE), (x - y, x < y + _EDGE)),
    Piecewise((x, x > _EDGE), (y, x < _EDGE)),
    Piecewise((_NESTED, x > -3 * y), (0, True)),
    Piecewise((x, (sympy.log((x - _EDGE) ** 2 - Rational(1, 10**6)) < 9) & (x > y)), (y, True)),
]


@pytest.mark.parametrize("branches", GAPS, ids=str)
def test_where_no_branch_is_known_to_apply_nothing_is_shown(branches):
    claim = tc.Claim(sympy.Ge(branches, -3, evaluate=False), on=dict.fromkeys("xy", (-1, 1)))
    assert tc.prove(claim, budget=500).verdict is tc.Verdict.UNDECIDED


def test_where_no_condition_holds_nothing_is_shown():
    """What vanishes where it may is not said to be positive."""
    closed = tc.prove(tc.Claim(y > x, on=UNIT, where=sympy.Ge(y, x)), budget=500)
    assert closed.verdict is tc.Verdict.FAILS
    assert tc.prove(tc.Claim(y > x, on=UNIT, where=sympy.Gt(y, x)), budget=500).verdict is (
        tc.Verdict.HOLDS
    )


ENDS = st.tuples(st.integers(-3, 2), st.one_of(st.integers(1, 4), st.just(oo)), st.booleans())
NUMBERS = st.fractions(0, 1, max_denominator=7)


def _variable(name: str, ends):
    low, width, is_open = ends
    return with_facts(name, sympy.S(low), low + sympy.S(width), is_open, width is oo, False)


def _at(v, share) -> sympy.Expr:
    share = sympy.Rational(share.numerator, share.denominator)
    if v.high.is_infinite:
        assume(share < 1)
        return v.low + share / (1 - share)
    return v.low + share * (v.high - v.low)


def test_ends_that_belong_to_a_range_count():
    a, b = (with_facts(n, sympy.S(-2), -sympy.S.One, False, False, False) for n in "xy")
    assert not positive(-1 - a.symbol, (a, b))
    assert not not_negative(-2 - a.symbol, (a, b))
    assert not_negative(-1 - a.symbol, (a, b))


@given(st.tuples(ENDS, ENDS), st.lists(st.integers(-2, 5), min_size=9, max_size=9),
       st.lists(NUMBERS, min_size=2, max_size=2))  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_polynomials_on_boxes_have_the_signs_that_are_told(ends, coefficients, shares):
    variables = tuple(_variable(n, e) for n, e in zip("xy", ends, strict=True))
    a, b = (v.symbol for v in variables)
    p = sum(c * a ** (k // 3) * b ** (k % 3) for k, c in enumerate(coefficients))
    point = {v.symbol: _at(v, s) for v, s in zip(variables, shares, strict=True)}
    if not_negative(sympy.S(p), variables):
        assert sympy.S(p).subs(point) >= 0
    if positive(sympy.S(p), variables) and all(v.contains(point[v.symbol]) for v in variables):
        assert sympy.S(p).subs(point) > 0


@given(st.tuples(ENDS, ENDS), st.integers(-2, 2), st.integers(-1, 1), st.booleans(),
       st.lists(NUMBERS, min_size=2, max_size=2))  # fmt: skip
@settings(max_examples=20, deadline=None)
def test_new_ranges_hold_all_that_a_condition_leaves(ends, slope, constant, strict, shares):
    variables = tuple(_variable(n, e) for n, e in zip("xy", ends, strict=True))
    a, b = (v.symbol for v in variables)
    point = {v.symbol: _at(v, s) for v, s in zip(variables, shares, strict=True)}
    assume(all(v.contains(point[v.symbol]) for v in variables))
    # the point is on the side of the line that is left
    gap = point[a] - slope * point[b] - constant
    sides = (sympy.Ge, sympy.Gt) if gap > 0 else (sympy.Le, sympy.Lt)
    condition = sides[strict and gap != 0](a, slope * b + constant)
    assume(condition not in (sympy.true, sympy.false))
    problem = Problem(Goal(a, b, False), variables, condition)
    for reduction in in_ranges(problem):
        (part,) = reduction.problems
        assert part.where == sympy.true
        (new,) = set(part.variables) - set(variables)
        # the sides of the goal are what the old variables are
        places = ((part.goal.big, point[a]), (part.goal.small, point[b]))
        equations = [place.subs(point) - old for place, old in places]
        solutions = [s for e in equations if e.has(new.symbol) for s in sympy.solve(e, new.symbol)]
        whole = [e for e in equations if e.has(new.symbol)]
        assert not whole or any(new.contains(s) for s in solutions)
