"""Values as numbers: arithmetic, comparisons, formats, JSON, and their place in expressions."""

import json
import operator
import pickle
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp
from flint import arb
from hypothesis import assume, example, given
from hypothesis import strategies as st
from mpmath import iv, libmp, mp

import theorycalc as tc
from theorycalc.core.binary import fraction

PI = tc.certify(sp.pi, digits=20)
THIRD = tc.Formula("third", sp.Rational(1, 3)).at()
doubles = st.floats(-1e6, 1e6).filter(lambda x: x == 0 or abs(x) > 1e-6)
rigors = st.sampled_from([tc.Rigor.SAMPLED, tc.Rigor.ESTIMATED, tc.Rigor.CERTIFIED])
values = st.builds(
    lambda mid, rad, rigor: tc.Value(mid=mid, rad=rad, rigor=rigor, using=tc.Ball(20)),
    doubles,
    st.floats(1e-12, 10),
    rigors,
)
inside = st.sampled_from([-1, Fraction(-1, 3), 0, Fraction(2, 7), 1])


def point(value, where):
    return fraction(value.mid) + where * fraction(value.rad)


@given(values, values, inside, inside)
def test_sums_and_products_hold_those_of_all_points(x, y, one, two):
    a, b = point(x, one), point(y, two)
    for f in (operator.add, operator.sub, operator.mul):
        found = f(x, y)
        assert found.contains(f(a, b))
        assert found.rigor is min(x.rigor, y.rigor)
    least = fraction(x.rad) + fraction(y.rad)
    assert least <= fraction((x + y).rad) <= least * Fraction(1001, 1000) + Fraction(1, 10**12)


@given(values, values, inside, inside)
def test_quotients(x, y, one, two):
    if y.lower <= 0 <= y.upper:
        with pytest.raises(tc.DomainError):
            x / y
    else:
        assert (x / y).contains(point(x, one) / point(y, two))


@given(values, inside, st.integers(-3, 5))
def test_powers(x, where, n):
    assume(n > 0 or x.lower > 0 or x.upper < 0)
    assert (x**n).contains(point(x, where) ** n)
    assert abs(x).contains(abs(point(x, where)))
    assert (-x).contains(-point(x, where))


@given(values, inside, st.fractions(-100, 100, max_denominator=50))
def test_exact_numbers_on_both_sides(x, where, r):
    a = point(x, where)
    assert (x + r).contains(a + r)
    assert (r - x).contains(r - a)
    assert (2 * x).contains(2 * a)
    assert (x / 3).contains(a / 3)


def test_one_value_twice_is_one_number():
    wide = tc.Value(mid=0, rad=1, rigor=tc.Rigor.CERTIFIED)
    same = tc.Value(mid=0, rad=1, rigor=tc.Rigor.CERTIFIED)
    assert (wide - wide).rad == 0
    assert (wide * wide).lower > -1e-8
    assert (wide - same).upper >= 2  # equal enclosures of two numbers
    assert sp.sympify(wide) is sp.sympify(wide)
    assert sp.sympify(wide) != sp.sympify(same)


def test_exact_values_stay_exact():
    two = tc.Formula("two", sp.Integer(2)).at(using=tc.Ball(10))
    for found, expected in (
        (two * two, 4),
        (two - 5, -3),
        (two / 4, Fraction(1, 2)),
        (two**10, 1024),
    ):
        assert found.rigor is tc.Rigor.EXACT
        assert fraction(found.mid) == expected
    assert (two / 3).rigor is tc.Rigor.CERTIFIED
    assert (two / 3).contains("2/3")


@pytest.mark.parametrize(
    "other", [sp.pi, sp.sqrt(2), arb(2, 0.5), iv.mpf([1, 2]), 0.5, np.float64(2)]
)
def test_whatever_is_a_number(other):
    assert isinstance(PI + other, tc.Value)
    assert isinstance(PI * other, tc.Value)


@pytest.mark.parametrize("other", ["1", None, [1], True + 0j, sp.Matrix([1])])
def test_what_is_no_number(other):
    with pytest.raises((TypeError, tc.DomainError)):
        PI + other


def test_the_fewest_digits_are_the_result_s():
    assert (PI * THIRD).using == tc.Float()
    assert (PI * THIRD).rigor is tc.Rigor.ESTIMATED
    assert (PI * tc.certify(sp.E, digits=5)).using == tc.Ball(5)


@given(values, values)
def test_comparisons_are_decided_by_the_ends(x, y):
    less = x < y
    assert (less is tc.Verdict.HOLDS) == bool(x.upper < y.lower)
    assert (less is tc.Verdict.FAILS) == bool(x.lower >= y.upper)
    assert (y > x) is less
    assert ((x <= y) is tc.Verdict.FAILS) == bool(x.lower > y.upper)


def test_a_number_is_as_large_as_itself():
    assert (THIRD <= THIRD) is tc.Verdict.HOLDS
    assert (THIRD < THIRD) is tc.Verdict.FAILS
    assert (PI > 3) is tc.Verdict.HOLDS
    assert (PI >= 4) is tc.Verdict.FAILS
    with pytest.raises(tc.DomainError, match="not a truth value"):
        bool(PI > 3)


@given(values, st.integers(0, 25), st.sampled_from("efgEFG"))
@example(tc.Value(mid=999.9996, rad=1e-9, rigor=tc.Rigor.CERTIFIED), 3, "f")
@example(tc.Value(mid=10.0, rad=0.05, rigor=tc.Rigor.CERTIFIED), 1, "f")
@example(tc.Value(mid=123456.7, rad=300, rigor=tc.Rigor.CERTIFIED), 2, "f")
def test_no_digit_is_shown_that_the_error_does_not_vouch_for(x, precision, kind):
    text = format(x, f".{precision}{kind}")
    if "±" in text:
        return  # nothing is known to a digit
    mantissa, _, exponent = text.lower().partition("e")
    unit = Fraction(10) ** (int(exponent or 0) - len(mantissa.partition(".")[2]))
    assert abs(Fraction(text) - fraction(x.mid)) <= unit / 2
    assert fraction(x.rad) * 2 <= unit or kind in "gG"  # %g drops zeros


def test_formats():
    assert f"{PI:.6f}" == "3.141593"
    assert f"{PI:12.3f}" == "       3.142"
    assert f"{PI:+.2e}" == "+3.14e+0"
    assert f"{PI}" == str(PI)
    assert f"{PI:>40}" == str(PI).rjust(40)
    assert f"{tc.Formula('two', sp.Integer(2)).at():.3f}" == "2.000"
    assert f"{tc.Value(mid=float('inf'), rad=0, rigor=tc.Rigor.EXACT):.2f}" == "inf"


def test_rounding():
    assert round(PI) == 3
    assert round(PI, 4) == 3.1416
    with pytest.raises(tc.PrecisionError, match="several roundings"):
        round(tc.Value(mid=2.5, rad=0.1, rigor=tc.Rigor.CERTIFIED))


@given(values)
def test_json_keeps_all(x):
    assert tc.Value.from_json(x.to_json()) == x


def test_json_keeps_where_a_value_came_from():
    value = tc.kernels.mlp(2).ntk.at(rho=0.3)
    again = tc.Value.from_json(value.to_json())
    assert again == value
    assert again.reference == value.reference
    assert json.loads(value.to_json())["value"] == str(value)
    nested = tc.kernels.mlp(2).ntk.at(rho=THIRD, using=tc.Ball(10))
    assert tc.Value.from_json(nested.to_json()) == nested
    infinite = tc.Value(mid=float("-inf"), rad=0, rigor=tc.Rigor.EXACT)
    assert tc.Value.from_json(infinite.to_json()) == infinite


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "1", None, 3, '{"mid": [1.5, 0]}', PI.to_json()[:-9]]
)
def test_other_texts_are_no_values(text):
    with pytest.raises(tc.DomainError, match="not a Value"):
        tc.Value.from_json(text)


def test_arrays_of_values():
    row = np.array([PI, THIRD], dtype=object)
    assert (row * 2)[1].contains("2/3")
    assert row.sum().contains(sp.pi + sp.Rational(1, 3))
    assert (np.float64(3) * THIRD).contains(1)
    assert (THIRD * row)[0].rigor is tc.Rigor.ESTIMATED


def test_functions_of_values():
    assert tc.apply(sp.exp, PI).contains(sp.exp(sp.pi))
    assert tc.apply(lambda x, y: x * sp.log(y), PI, 2).contains(sp.pi * sp.log(2))
    assert tc.apply(sp.sin, 1).contains(sp.sin(1))
    for wrong in ((3, PI), (sp.exp, "one"), (lambda x: "x", PI), (lambda x: sp.Matrix([x]), PI)):
        with pytest.raises(tc.DomainError):
            tc.apply(*wrong)
    with pytest.raises(tc.DomainError):
        tc.apply(sp.log, tc.Value(mid=0, rad=1, rigor=tc.Rigor.CERTIFIED))


def test_a_value_in_an_expression_keeps_its_error():
    x = sp.Symbol("x")
    expr = sp.exp(PI) + x
    assert expr.free_symbols - {x} == {sp.sympify(PI)}
    assert tc.certify(expr, digits=15, x=1).contains(sp.exp(sp.pi) + 1)
    wide = tc.Value(mid=1, rad=0.25, rigor=tc.Rigor.ESTIMATED)
    value = tc.Formula("f", wide * x).at(x=2)
    assert (value.lower, value.upper) == (1.5, 2.5) or value.contains("1.5")
    assert value.contains("2.5")
    assert value.rigor is tc.Rigor.ESTIMATED
    assert value.inputs == {"x": 2}
    assert tc.check(tc.Claim(wide * x <= 3), x=2).verdict is tc.Verdict.HOLDS
    assert tc.check(tc.Claim(wide * x <= 2), x=2).verdict is tc.Verdict.UNDECIDED
    assert tc.integrate(tc.Integral(wide * x, x, 0, 2), tc.Ball(5)).contains("2.5")
    assert sp.latex(wide) in sp.latex(wide * x)
    assert str(sp.sympify(wide)) == f"({wide})"
    again = pickle.loads(pickle.dumps(sp.sympify(wide)))
    assert again == sp.sympify(wide)
    assert again.value == wide


def test_signs_are_known_to_sympy():
    assert sp.Abs(sp.sympify(PI)) == sp.sympify(PI)
    assert sp.sqrt(sp.sympify(PI) ** 2) == sp.sympify(PI)
    assert sp.sympify(tc.Value(mid=-2, rad=1, rigor=tc.Rigor.CERTIFIED)).is_negative


def test_a_value_at_a_value_keeps_its_digits():
    law, n = tc.distributions.Gaussian(3), 10
    best = tc.quantization.optimal_radius(law, n).at(using=tc.Ball(20))
    found = tc.quantization.distortion(law, n).at(r=best, using=tc.Ball(15))
    assert found.accuracy >= 15
    assert found.overlaps(tc.quantization.optimal_distortion(law, n).at(using=tc.Ball(18)))


@pytest.mark.parametrize("exponent", [-(10**6), -(10**12)])
def test_a_radius_too_small_to_be_written_out(exponent):
    rad = mp.make_mpf(libmp.from_man_exp(3, exponent))
    value = tc.Value(mid=1.5, rad=rad, rigor=tc.Rigor.CERTIFIED)
    assert f"{value:.6f} {value:.3e} {value:g}" == "1.500000 1.500e+0 1.50000"
    assert str(value).startswith("1.50000000000000000000000000000 ±")
    assert value.accuracy >= -exponent * 0.3
    assert tc.Value.from_json(value.to_json()) == value
    assert tc.apply(sp.exp, value).overlaps(tc.certify(sp.exp(sp.Rational(3, 2))))
