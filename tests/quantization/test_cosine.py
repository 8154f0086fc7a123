"""The largest cosine of n random points with a fixed direction."""

import math

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import EPS, assert_reference, entries, label, relative_error

import theorycalc as tc
from theorycalc.quantization import mean_max_cosine, mean_max_cosine_complement
from theorycalc.quantization.arguments import Points
from theorycalc.quantization.sphere.functions import CosineDeficit
from theorycalc.quantization.sphere.in_balls_survival import deficit_moment
from theorycalc.quantization.sphere.in_mp import law_of_maximum, to_mp
from theorycalc.quantization.sphere.in_mp_grid import CONTEXT, grid_step

D, N = sp.symbols("d n")
ALL = [tc.Float(), tc.MP(30), tc.Ball(30)]
QUANTITIES = {
    "one_minus_mean_max_cosine": mean_max_cosine_complement,
    "mean_max_cosine": mean_max_cosine,
}


@pytest.mark.parametrize("using", ALL, ids=repr)
@pytest.mark.parametrize("entry", entries("quantisation", *QUANTITIES), ids=label)
def test_reference(entry, using):
    formula = QUANTITIES[entry["quantity"]](entry["params"]["d"], entry["params"]["n"])
    assert_reference(formula.at(using=using), entry)


@pytest.mark.parametrize("entry", entries("quantisation", *QUANTITIES), ids=label)
def test_symbols_give_the_same(entry):
    formula = QUANTITIES[entry["quantity"]](D, N)
    params = {"d": entry["params"]["d"], "n": entry["params"]["n"]}
    for using in ALL:
        assert_reference(formula.at(using=using, **params), entry)
    value = formula.lambdify()(params["d"], float(params["n"]))
    # 1 − m of a small m loses what m is smaller
    assert value == pytest.approx(float(entry["value"]), rel=1e-12)


def test_closed_forms():
    complement = mean_max_cosine_complement
    assert mean_max_cosine(D, 1).expr == 0
    assert mean_max_cosine(5, 2).expr == sp.Rational(9, 35)
    assert mean_max_cosine(5, 4).expr == sp.Rational(333, 715)
    assert mean_max_cosine(7, 2).expr == sp.Rational(50, 231)
    assert mean_max_cosine(2, 2).expr == 4 / sp.pi**2
    assert sp.simplify(mean_max_cosine(3, N).expr - (N - 1) / (N + 1)) == 0
    assert complement(1, 7).expr == sp.Rational(1, 64)
    assert complement(1, N).expr == 2 ** (1 - N)


@pytest.mark.parametrize("d", [2, 4, 5, 6, 11, 40])
def test_three_points_against_two(d):
    """m_3 = (3/2) m_2, by the certified integral that knows no closed form."""
    two, three = (1 - unevaluated(d, n) for n in (2, 3))
    assert tc.certify(3 * two / 2, digits=25).overlaps(tc.certify(three, digits=25))
    assert mean_max_cosine(d, 2).at(using=tc.Ball(25)).overlaps(tc.certify(two, digits=25))


def unevaluated(d, n, k=1):
    """The function where a closed form would take its place."""
    return CosineDeficit(sp.S(d), sp.S(n), sp.S(k), evaluate=False)


@given(st.integers(2, 30), st.integers(1, 40), st.integers(1, 3))
@settings(max_examples=30)
def test_doubles_against_enclosures(d, n, k):
    value, error = CosineDeficit.double(float(d), float(n), float(k))
    exact = tc.certify(unevaluated(d, n, k), digits=20)
    assert abs(float(value) - float(exact)) <= float(error) + EPS * float(exact)
    assert float(error) <= 1e-12 * float(exact)


@pytest.mark.parametrize("n", [4, 5, 9, 20])
def test_the_plane(n):
    """∫ (1 − θ/π)^n sin θ dθ by its series against the certified integral, and by parts."""
    series = mean_max_cosine_complement(2, n).at(using=tc.Ball(25))
    assert series.overlaps(tc.certify(unevaluated(2, n), digits=25))
    parts = 1 - n * (n - 1) / sp.pi**2 * unevaluated(2, n - 2)
    assert series.overlaps(tc.certify(parts, digits=25))


@given(st.integers(2, 12), st.integers(2, 50))
@settings(max_examples=20)
def test_monotone(d, n):
    here, more, higher = (mean_max_cosine(*x).at() for x in ((d, n), (d, n + 1), (d + 1, n)))
    assert here.upper < more.lower
    assert higher.upper < here.lower


@pytest.mark.parametrize(("d", "log_n"), [(2, 690), (1000, 500), (10_000, 690), (200, "69.0775")])
def test_huge_numbers(d, log_n):
    formula = mean_max_cosine_complement(d, log_n=log_n)
    value = formula.at()
    exact = formula.at(using=tc.MP(20)) if d <= 1000 else None
    if exact is not None and float(exact) > 1e-300:
        assert relative_error(float(value), exact) < 1e-12
    assert value.lower >= 0
    assert value.upper < 1


def test_numbers_beyond_doubles():
    """First term of the extreme-value expansion: (1 − m) n^{1/a} has a limit."""
    for d in (3, 5, 8):
        a = (d - 1) / 2
        small, large = (mean_max_cosine_complement(d, 10**k).at() for k in (200, 400))
        ratio = math.log(float(small.mid)) - float(sp.log(sp.Float(str(large.mid), 30)))
        assert ratio == pytest.approx(200 * math.log(10) / a, rel=1e-12)


@pytest.mark.parametrize(("d", "n"), [(2, 3), (3, 10), (10, 1000), (40, 7)])
def test_the_spread_law_keeps_its_mean(d, n):
    """The law on the grid of 100 bits, against the integral: two rules that share nothing."""
    from theorycalc.core.arithmetic.ball_context import working_precision

    with working_precision(140):
        first, weights = law_of_maximum(d, Points(n), 100)
        total = CONTEXT.number(sp.S.Zero)
        for i, weight in enumerate(weights, start=first):
            square = CONTEXT.apply("exp", CONTEXT.number(sp.Rational(-2 * grid_step(100) * i)))
            total += weight * 2 * square / (1 + square)
        gap = abs(total / deficit_moment(d, Points(n), 1, 120) - 1)
        assert CONTEXT.compare("<", gap, CONTEXT.number(sp.Rational(1, 2**90)))


@pytest.mark.parametrize(
    "arguments",
    [
        (0, 2),
        (2.5, 2),
        (3, 0.5),
        (3, math.nan),
        (3, math.inf),
        (3, None),
        (3, "many"),
        (sp.Symbol("d", negative=True), 2),
    ],
    ids=str,
)
def test_bad_input(arguments):
    with pytest.raises(tc.DomainError):
        mean_max_cosine(*arguments)


def test_silent_failure_of_the_naive_integral():
    """(1 − betainc)^n in doubles loses 1 − F below 1e-16; the true value is 0.69791."""
    from scipy import special

    t, w = np.polynomial.legendre.leggauss(2000)
    tail = special.betainc(99.5, 99.5, (1 - t) / 2)
    naive = 1 - w @ (1 - tail) ** 1e30
    exact = float(mean_max_cosine(200, "1e30").at(using=tc.Ball(15)))
    assert abs(naive - exact) > 0.1
    assert float(mean_max_cosine(200, "1e30").at()) == pytest.approx(exact, rel=1e-12)


def test_mp_is_of_its_context():
    from theorycalc.core.arithmetic.mp_context import MPContext

    context = MPContext(100)
    half = CONTEXT.apply("exp", CONTEXT.number(sp.S.Zero)) / 2
    assert to_mp(context, half) == context.mp.mpf("0.5")
