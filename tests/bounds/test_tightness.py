"""How sharp a bound is along a variable: margins are certified, limits and exponents estimated."""

import matplotlib as mpl
import mpmath
import numpy as np
import pytest
import sympy
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.bounds.extrapolation import exponent, limit

mpl.use("Agg")
X, Y, N = sympy.symbols("x y n")
STIRLING = tc.Claim(
    sympy.log(sympy.sqrt(2 * sympy.pi * N)) + N * sympy.log(N) - N <= sympy.loggamma(N + 1),
    on={"n": tc.integers(1, "oo")},
)
MILLS = tc.Claim(
    tc.erfcx(X / sympy.sqrt(2)) * sympy.sqrt(sympy.pi / 2) <= 1 / X, on={"x": (0, "oo")}
)
# The largest of sin(y)(n − 1) + (1 − y)² over y, an inner point for large n.
INNER = tc.Claim(
    sympy.sin(Y) * (N - 1) + (1 - Y) ** 2 <= N, on={"n": tc.integers(1, "oo"), "y": (0, 3)}
)


def test_margins_and_ratios_are_those_of_checks():
    found = tc.tightness(STIRLING, along="n", values=[1, 3, 10])
    for point, margin, ratio in zip(found.points, found.margins, found.ratios, strict=True):
        check = tc.check(STIRLING, **point)
        assert (margin, ratio) == (check.margin, check.ratio)
        assert margin.rigor is tc.Rigor.CERTIFIED
    assert found.places == (1, 3, 10)
    assert (found.exponent, found.limit) == (None, None)


def test_exponents_and_limits():
    """log n! exceeds Stirling's formula by 1/(12 n), Mills' ratio stays below 1/x by 1/x³."""
    found = tc.tightness(STIRLING, along="n")
    assert_error_holds(found.exponent, -1)
    assert found.exponent.rigor is tc.Rigor.ESTIMATED
    assert found.exponent.rad < 0.01
    mills = tc.tightness(MILLS, along="x", values=[2**k for k in range(10)])
    assert_error_holds(mills.exponent, -3)
    assert_error_holds(mills.limit, 1)
    assert mills.sharpest == {"x": 512}


def test_a_contact_at_an_end_is_approached_in_smaller_and_smaller_steps():
    touching = tc.Claim(sympy.log(X) <= X - 1, on={"x": (0, 1)})
    found = tc.tightness(touching, along="x")
    assert_error_holds(found.exponent, 2)
    assert_error_holds(found.limit, 1)
    below = tc.Claim(sympy.sin(X) <= X, on={"x": (0, 1)})
    found = tc.tightness(below, along="x", values=[sympy.Rational(1, 2**k) for k in range(8)])
    assert_error_holds(found.exponent, 3)


def test_other_variables_are_where_the_margin_is_smallest():
    found = tc.tightness(INNER, along="n", values=[16, 64, 256])
    for n, point, margin in zip((16, 64, 256), found.points, found.margins, strict=True):
        best = mpmath.findroot(lambda y, n=n: mpmath.cos(y) * (n - 1) - 2 * (1 - y), 1.6)
        least = n - mpmath.sin(best) * (n - 1) - (1 - best) ** 2
        assert abs(float(point["y"]) - best) < 1e-6
        assert 0 <= float(margin.mid - least) < 1e-12
    fixed = tc.tightness(INNER, along="n", values=[2, 4], y="1/2")
    assert [point["y"] for point in fixed.points] == [sympy.Rational(1, 2)] * 2


def test_a_bound_of_another_order_has_no_exponent():
    claim = tc.Claim(sympy.exp(-N) <= 1 / N, on={"n": tc.integers(1, "oo")})
    assert_error_holds(tc.tightness(claim, along="n", values=range(1, 30)).exponent, -1)
    decays = tc.Claim(sympy.exp(-N) > 0, on={"n": tc.integers(1, "oo")})
    found = tc.tightness(decays, along="n", values=range(1, 30))
    assert (found.exponent, found.limit) == (None, None)
    assert found.sharpest == {"n": 29}


@pytest.mark.parametrize("ts", [2.0 ** np.arange(12), np.arange(1.0, 40)], ids=["2^k", "k"])
@pytest.mark.parametrize(
    ("sequence", "truth"),
    [
        (lambda t: 1 - 1 / t, 1),
        (lambda t: 2 + 1 / t + 3 / t**2, 2),
        (lambda t: t**-0.5 + 1 / t, 0),
        (lambda t: (1 + 1 / t) ** t, np.e),
        (lambda t: np.sqrt((t + 1) / t), 1),
        (lambda t: 3 + 0 * t, 3),
        (lambda t: 1 + np.exp(-t), 1),
        (lambda t: t, None),
    ],
)
def test_limits_hold(ts, sequence, truth):
    found = limit(ts, sequence(ts), 0 * ts)
    if truth is None:
        assert found is None
    else:
        value, error = found
        assert abs(value - truth) <= error < 0.3


@pytest.mark.parametrize(
    ("sequence", "truth"),
    [
        (lambda t: t**-2.0, -2),
        (lambda t: 1 / t + 1 / t**2, -1),
        (lambda t: t**1.5 + 3 * t + 1, 1.5),
        (lambda t: 5 - t, 1),
    ],
)
def test_exponents_hold(sequence, truth):
    ts = 2.0 ** np.arange(14)
    value, error = exponent(ts, sequence(ts), 0 * ts)
    assert abs(value - truth) <= error < 0.1


def test_table_and_picture():
    found = tc.tightness(MILLS, along="x", values=[2**k for k in range(7)])
    frame = found.to_dataframe()
    assert frame.index.name == "x"
    assert list(frame.columns) == ["margin", "margin_rad", "ratio", "ratio_rad"]
    assert frame.ratio.iloc[-1] == pytest.approx(float(found.ratios[-1].mid))
    axes = found.plot()
    assert axes.get_xscale() == "log"
    assert axes.lines[0].get_ydata() == pytest.approx(frame.ratio.to_numpy())
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["ratio", "limit"]
    assert "margin of exponent" in repr(found)


def test_bad_input():
    with pytest.raises(tc.DomainError, match="variable"):
        tc.tightness(MILLS, along="z")
    with pytest.raises(tc.DomainError, match="outside"):
        tc.tightness(MILLS, along="x", values=[-1])
    with pytest.raises(tc.DomainError, match="margin"):
        tc.tightness(MILLS, along="x", values=[0])
    with pytest.raises(tc.DomainError, match="decides"):
        tc.tightness(tc.Claim(sympy.true), along="x")
    with pytest.raises(tc.DomainError, match="no range for y"):
        tc.tightness(tc.Claim(X <= Y, on={"x": (0, 1)}), along="x")
