"""The mean distortion and its optimal radius."""

import itertools
import math

import numpy as np
import pytest
import sympy as sp
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from quantisers import LAWS, source
from reference import assert_reference, entries, label
from scipy import integrate, special

import theorycalc as tc
from theorycalc.quantization import distortion, optimal_distortion, optimal_radius
from theorycalc.quantization.sphere.functions import SphereDistortion
from theorycalc.quantization.sphere.norm_law import NormLaw

tcd = tc.distributions
powers = st.sampled_from(["0.1", "0.5", "1", "1.5", "3", "8"])
names = st.sampled_from(sorted(LAWS))


@pytest.mark.parametrize("using", [tc.Float(), tc.MP(30)], ids=repr)
@pytest.mark.parametrize("entry", entries("quantisation", "distortion"), ids=label)
def test_distortion_reference(entry, using):
    params = entry["params"]
    value = distortion(source(params), params["n"], params["s"]).at(r=params["r"], using=using)
    assert_reference(value, entry)
    digits = 12 if isinstance(using, tc.Float) else 30
    assert value.rad <= abs(value.mid) * 10.0**-digits


@pytest.mark.parametrize("entry", entries("quantisation", "distortion"), ids=label)
def test_distortion_certified(entry):
    params = entry["params"]
    formula = distortion(source(params), params["n"], params["s"])
    value = formula.at(r=params["r"], using=tc.Ball(8))
    assert value.rigor >= tc.Rigor.CERTIFIED
    assert_reference(value, entry)


@pytest.mark.parametrize("entry", entries("quantisation", "optimal_radius"), ids=label)
def test_radius_reference(entry):
    params = entry["params"]
    formula = optimal_radius(source(params), params["n"], params["s"])
    for using in (tc.Float(), tc.MP(20)):
        value = formula.at(using=using)
        assert_reference(value, entry)
        assert value.rad <= value.mid * 1e-11


@pytest.mark.parametrize("entry", entries("quantisation", "optimal_distortion"), ids=label)
def test_optimum_reference(entry):
    params = entry["params"]
    formula = optimal_distortion(source(params), params["n"], params["s"])
    assert_reference(formula.at(), entry)


def by_scipy(density, ends, d, n, s, r):
    """E over R and the angle by nested adaptive quadrature, split at R = r."""
    norm = special.beta(0.5, (d - 1) / 2)

    def angle(theta, big):
        tail = special.betainc((d - 1) / 2, (d - 1) / 2, math.sin(theta / 2) ** 2)
        law = n * (1 - tail) ** (n - 1) * math.sin(theta) ** (d - 2) / norm
        return ((big - r) ** 2 + 4 * r * big * math.sin(theta / 2) ** 2) ** (s / 2) * law

    def radius(big):
        points = [min(abs(big - r) / r, 3.0)]
        inner = integrate.quad(angle, 0, math.pi, args=(big,), points=points, epsabs=0, limit=200)
        return density(big) * inner[0]

    pieces = np.unique(np.clip([ends[0], r, ends[1]], *ends))
    parts = [
        integrate.quad(radius, a, b, epsabs=1e-13, epsrel=1e-11)[0]
        for a, b in itertools.pairwise(pieces)
    ]
    return sum(parts)


@pytest.mark.parametrize(
    ("law", "ends", "n", "s", "r"),
    [
        (tcd.Gaussian(3), (0, 9), 7, "0.5", "1.1"),
        (tcd.UniformBall(4), (0, 1), 5, "3", "0.6"),
        (tcd.StudentT(5, 30), (0, 30), 12, "1", "1.5"),
        (tcd.StudentT(3, 8), (0, 400), 3, "1.5", "0.2"),
    ],
    ids=str,
)
def test_against_nested_quadrature(law, ends, n, s, r):
    density = law.radial_density.lambdify()
    expected = by_scipy(density, ends, int(law.dimension), n, float(s), float(r))
    # what the quadratures promise; the tail beyond the last end is below it
    assert float(distortion(law, n, s).at(r=r)) == pytest.approx(expected, rel=2e-9)


@given(
    names, st.integers(2, 40), st.integers(1, 10**6), st.fractions("1/20", 3, max_denominator=50)
)
@settings(max_examples=25)
def test_second_power(name, d, n, ratio):
    """The general way at s = 2 against E R² + r² − 2 r E R m_n."""
    law = LAWS[name](d)
    r = ratio * math.isqrt(d) if name == "gauss" else ratio
    closed = distortion(law, n, 2).at(r=r)
    general = SphereDistortion(NormLaw.of(law), sp.S(d), sp.S(n), sp.S(2), sp.Rational(r))
    value = tc.Formula("D", general).at()
    assert value.overlaps(closed)
    assert value.rad <= 1e-12 * value.mid


@pytest.mark.parametrize("name", sorted(LAWS))
@pytest.mark.parametrize("s", [4, 6])
def test_even_powers(name, s):
    law, r = LAWS[name](5), sp.Rational(9, 10)
    closed = distortion(law, 11, s).at(r=r, using=tc.Ball(20))
    general = SphereDistortion(NormLaw.of(law), sp.S(5), sp.S(11), sp.S(s), r)
    assert tc.certify(general, digits=15).overlaps(closed)
    assert tc.Formula("D", general).at(using=tc.MP(20)).overlaps(closed)


@given(st.integers(1, 30), powers, st.fractions("1/10", 3, max_denominator=20))
@settings(max_examples=20)
def test_one_point(d, s, r):
    """n = 1: the Gaussian's 1F1 and the sphere's 2F1 against the general way."""
    for law in (tcd.Gaussian(d), tcd.UniformSphere(d)):
        closed = distortion(law, 1, s).at(r=r)
        general = SphereDistortion(
            NormLaw.of(law), sp.S(d), sp.S(1), sp.Rational(s), sp.Rational(r)
        )
        assert tc.Formula("D", general).at().overlaps(closed)


@given(st.integers(2, 500), powers, st.fractions("1/10", 3, max_denominator=20))
@settings(max_examples=20)
def test_three_dimensions(n, s, r):
    """d = 3: 2F1 for a source on the sphere; at r = 1 it is 2^s n B(n, 1 + s/2)."""
    law = tcd.UniformSphere(3)
    general = SphereDistortion(NormLaw.of(law), sp.S(3), sp.S(n), sp.Rational(s), sp.Rational(r))
    assert tc.Formula("D", general).at().overlaps(distortion(law, n, s).at(r=r))
    beta = 2 ** sp.Rational(s) * n * sp.beta(n, 1 + sp.Rational(s) / 2)
    at_one = distortion(law, n, s).at(r=1, using=tc.MP(20))
    assert at_one.overlaps(tc.certify(beta, digits=25))


@given(names, st.integers(1, 200), st.integers(1, 10**9), powers, st.floats(0.3, 2.0))
@settings(max_examples=15)
def test_slope(name, d, n, s, ratio):
    """The slope against a central difference of the distortion."""
    law = LAWS[name](d)
    r = ratio * (math.sqrt(d) if name == "gauss" else 1.0)
    # differences are of no use where the source is, and at the edge of its support
    assume(name == "gauss" or abs(r - 1) > 0.1)
    formula = distortion(law, n, s)
    step = 1e-4 * r
    values = formula.lambdify()(r + step * np.array([-2, -1, 1, 2]))
    central = np.array([1, -8, 8, -1]) @ values / (12 * step)
    slope = formula.diff("r").lambdify()(r)
    size = float(s) * values[0] / r
    assert slope == pytest.approx(central, abs=2e-6 * size + 1e-6 * abs(central))


@given(names, st.integers(2, 60), st.integers(2, 10**6), powers)
@settings(max_examples=25)
def test_order_of_optima(name, d, n, s):
    """D* ≤ E R^s, D* falls with n, and D_s*^{1/s} grows with s."""
    law = LAWS[name](d)
    here = optimal_distortion(law, n, s).at()
    assert here.lower <= distortion(law, n, s).at(r=0).upper
    assert optimal_distortion(law, 4 * n, s).at().lower <= here.upper
    higher = optimal_distortion(law, n, float(s) + 1).at()
    assert float(here) ** (1 / float(s)) <= float(higher) ** (1 / (float(s) + 1)) * (1 + 1e-12)


@given(names, st.integers(2, 100), st.integers(2, 10**6), powers)
@settings(max_examples=25)
def test_optimal_radius_is_stationary(name, d, n, s):
    law = LAWS[name](d)
    r = float(optimal_radius(law, n, s).at())
    formula = distortion(law, n, s)
    best = formula.lambdify()(r)
    assert np.all(formula.lambdify()(r * np.array([0.9, 0.99, 1.01, 1.1])) >= best * (1 - 1e-13))
    slope = formula.diff("r").lambdify()
    assert slope(r * (1 - 1e-6)) <= 0 <= slope(r * (1 + 1e-6))


def test_scale():
    wide, unit = (distortion(tcd.Gaussian(4, sigma=x), 9, "1.5") for x in (3, 1))
    value, scaled = wide.at(r=6, using=tc.MP(20)), unit.at(r=2, using=tc.MP(20))
    assert float(value) == pytest.approx(float(scaled) * 3**1.5, rel=1e-15)
    sigma = sp.Symbol("sigma", positive=True)
    symbolic = distortion(tcd.Gaussian(4, sigma=sigma), 9, "1.5")
    assert symbolic.at(r=6, sigma=3).overlaps(value)


@given(st.integers(1, 40), powers, st.fractions("1/10", 3, max_denominator=20))
@settings(max_examples=20)
def test_line(n, s, r):
    """d = 1: ±r, the nearer one with probability 1 − 2^−n."""
    law = tcd.UniformBall(1)
    near, far = 1 - sp.Rational(1, 2**n), sp.Rational(1, 2**n)
    s, r = sp.Rational(s), sp.Rational(r)
    inside = r ** (s + 1) + (1 - r) ** (s + 1) if r <= 1 else r ** (s + 1) - (r - 1) ** (s + 1)
    outside = (1 + r) ** (s + 1) - r ** (s + 1)
    exact = tc.certify((near * inside + far * outside) / (s + 1), digits=20)
    assert distortion(law, n, s).at(r=r).overlaps(exact)


def test_limits_of_many_points():
    """n → ∞: r* is the s-centre of R, the median for s = 1."""
    radius = optimal_radius(tcd.Gaussian(2), "1e300", 1).at()
    assert float(radius) == pytest.approx(math.sqrt(2 * math.log(2)), rel=1e-12)


def test_density_of_the_user():
    rho = sp.Symbol("rho", positive=True)
    gauss = tcd.Gaussian(3)
    density = gauss.radial_density.expr.subs(gauss.radial_density.args[0], rho)
    own = distortion(tcd.Radial(3, density=density), 10, 1)
    known = distortion(gauss, 10, 1)
    for using in (tc.Float(), tc.MP(20)):
        assert own.at(r="1.25", using=using).overlaps(known.at(r="1.25", using=using))


def test_integral_is_shown():
    formula = distortion(tcd.Gaussian(5), 10, 1)
    shown = formula.expr.rewrite(sp.Integral)
    assert isinstance(shown, sp.Integral)
    assert shown.atoms(sp.Integral) - {shown}


def test_nothing_but_doubles_for_nothing():
    """r = 0 is E R^s."""
    law = tcd.Gaussian(5)
    mean = law.mean_power(sp.Rational(3, 2))
    formula = distortion(law, 10, "1.5")
    for using in (tc.Float(), tc.MP(20)):
        assert formula.at(r=0, using=using).overlaps(tc.certify(mean, digits=30))
    with pytest.raises(tc.NotSupportedError, match="r = 0"):
        formula.at(r=0, using=tc.Ball(10))


@pytest.mark.parametrize(
    "call",
    [
        lambda: distortion(tcd.Gaussian(3), "0.5"),
        lambda: distortion(tcd.Gaussian(3), math.nan),
        lambda: distortion(tcd.Gaussian(3), 5, 0),
        lambda: distortion(tcd.Gaussian(3), 5, -1),
        lambda: distortion(tcd.StudentT(3, 2), 5, 2),
        lambda: distortion(tcd.Gaussian(3), 5).at(r=-1),
        lambda: distortion(tcd.Gaussian(1 + sp.Symbol("d")), 5),
        lambda: distortion("gauss", 5),
        lambda: distortion(tcd.Gaussian(3), 5, log_n=2),
        lambda: distortion(tcd.Gaussian(3), log_n=-1),
    ],
)
def test_bad_input(call):
    with pytest.raises(tc.DomainError):
        call()


@pytest.mark.parametrize("s", [1, 2, 4])
@pytest.mark.parametrize(
    "law", [tcd.Gaussian, tcd.UniformBall, tcd.UniformSphere, lambda d: tcd.StudentT(d, 5)]
)
def test_arrays_of_dimensions_and_numbers_of_points(law, s):
    """Symbols of d and n are arguments: arrays, and exact numbers in three arithmetics."""
    d, n = sp.symbols("d n")
    formula, best = distortion(law(d), n, s), optimal_radius(law(d), n, s)
    assert [str(x) for x in formula.args] == ["r", "d", "n"]
    dimensions, points = np.array([[1], [2], [5], [40]]), np.array([1, 10, 1e12])
    if law is tcd.Gaussian:
        assert optimal_radius(tcd.UniformSphere(1), "1e300", 3).at(using=tc.MP(9)).contains(1)
    values = formula.lambdify()(0.7, dimensions, points)
    radii = best.lambdify()(dimensions, points)
    for i, j in np.ndindex(values.shape):
        where = int(dimensions[i, 0]), int(points[j])
        single = distortion(law(where[0]), where[1], s)
        assert values[i, j] == pytest.approx(float(single.at(r="0.7")), rel=1e-12)
        single = optimal_radius(law(where[0]), where[1], s)
        assert radii[i, j] == pytest.approx(float(single.at()), rel=1e-11)
    same = distortion(law(5), 10, s).at(r="0.7")
    for using in (tc.Float(), tc.MP(15), tc.Ball(8)):
        assert formula.at(r="0.7", d=5, n=10, using=using).overlaps(same)


def test_symbols_have_a_domain():
    d, nu = sp.symbols("d nu", positive=True)
    formula = distortion(tcd.Gaussian(d), 10, 1)
    for wrong in ({"d": 0}, {"d": "2.5"}):
        with pytest.raises(tc.DomainError, match="d"):
            formula.at(r=1, **wrong)
    with pytest.raises(tc.DomainError, match="ℕ"):
        formula.lambdify()(1.0, 2.5)
    with pytest.raises(tc.DomainError, match="nu"):
        distortion(tcd.StudentT(3, nu), 10, 1)
