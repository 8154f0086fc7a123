"""Dimensions, moments and Legendre polynomials in d dimensions."""

import numpy as np
import pytest
import sympy as sp
from hypothesis import given
from hypothesis import strategies as st
from reference import assert_error_holds, assert_reference, entries, label

import theorycalc as tc
from theorycalc.sphere.legendre_polynomials import SphericalLegendre

D, K, T = sp.Symbol("d"), sp.Symbol("k"), sp.Symbol("t", real=True)
dimensions, degrees = st.integers(2, 12), st.integers(0, 12)
correlations = st.fractions(-1, 1, max_denominator=100).map(sp.Rational)


@pytest.mark.parametrize("entry", entries("sphere", "num_harmonics", "sphere_moment"), ids=label)
def test_exact_reference(entry):
    params = entry["params"]
    if entry["quantity"] == "num_harmonics":
        found = tc.sphere.num_harmonics(params["d"], params["k"])
    else:
        found = tc.sphere.moment(params["alpha"], params["d"])
    assert found == sp.Rational(entry["value"])


@pytest.mark.parametrize("using", [tc.Float(), tc.MP(30), tc.Ball(30)], ids=repr)
@pytest.mark.parametrize("entry", entries("sphere", "legendre"), ids=label)
def test_legendre_reference(entry, using):
    params = entry["params"]
    for formula in (
        tc.sphere.legendre(params["d"], params["k"]),
        tc.sphere.legendre(D, params["k"]).subs(d=params["d"]),
        tc.sphere.legendre(D, K).subs(d=params["d"], k=params["k"]),
    ):
        assert_reference(formula.at(t=params["t"], using=using), entry)


@given(dimensions, degrees)
def test_multiplicity(d, k):
    """Homogeneous polynomials are harmonic ones plus |x|² times those of two degrees less."""
    polynomials = sp.binomial(k + d - 1, d - 1)
    total = sum(tc.sphere.num_harmonics(d, j) for j in range(k % 2, k + 1, 2))
    assert total == polynomials
    assert tc.sphere.num_harmonics(D, k).subs(D, d) == tc.sphere.num_harmonics(d, k)
    assert tc.sphere.num_harmonics(d, K).subs(K, k) == tc.sphere.num_harmonics(d, k)
    if d > 2:
        assert sp.gammasimp(tc.sphere.num_harmonics(D, K).subs({D: d, K: k})) == (
            tc.sphere.num_harmonics(d, k)
        )


@given(dimensions, st.integers(0, 8), st.integers(0, 8))
def test_orthogonality(d, j, k):
    """∫ P_j P_k dτ_d = δ_jk/N(d, k), by the moments of one coordinate."""
    product = sp.Poly(
        sp.expand_func(SphericalLegendre(sp.S(d), sp.S(j), T))
        * sp.expand_func(SphericalLegendre(sp.S(d), sp.S(k), T)),
        T,
    )
    mean = sum(c * tc.sphere.moment((m,), d) for (m,), c in product.terms())
    assert mean == (sp.Rational(1, tc.sphere.num_harmonics(d, k)) if j == k else 0)


@given(st.integers(0, 9), correlations)
def test_classical_polynomials(k, t):
    known = (sp.chebyshevt(k, t), sp.legendre(k, t), sp.chebyshevu(k, t) / (k + 1))
    for d, exact in zip((2, 3, 4), known, strict=True):
        assert tc.sphere.legendre(d, k).at(t=t, using=tc.Ball(20)).contains(exact)
    for d in (3, 7):
        gegenbauer = tc.sphere.gegenbauer(d, k).expr.subs(T, t)
        assert gegenbauer == sp.gegenbauer(k, sp.Rational(d - 2, 2), t)


@given(dimensions, st.integers(0, 30), correlations)
def test_derivative_parity_and_hypergeometric_form(d, k, t):
    formula = tc.sphere.legendre(D, K)
    point = {"d": d, "k": k, "using": tc.Ball(20)}
    value = formula.at(t=t, **point)
    assert float(formula.at(t=-t, **point)) == (-1) ** k * float(value)
    written = tc.Formula("P", SphericalLegendre(D, K, T).definition(D, K, T), args=(D, K, T))
    if abs(t) < 1 and value.mid != 0:
        assert written.at(t=t, d=d, k=k, using=tc.MP(20)).overlaps(value)
    if k:
        slope = formula.diff("t").at(t=t, **point)
        step = sp.Rational(1, 10**12)
        ends = [formula.at(t=t + s, d=d, k=k, using=tc.MP(50)).mid for s in (-step, step)]
        assert float((ends[1] - ends[0]) * 10**12 / 2) == pytest.approx(
            float(slope), rel=1e-9, abs=1e-9
        )


def test_large_degrees_in_doubles():
    t = np.linspace(-1, 1, 101)
    for d in (2, 3, 10, 100):
        computed = tc.sphere.legendre(d, 200).lambdify()(t)
        for x, y in zip(t[::10], computed[::10], strict=True):
            exact = tc.sphere.legendre(d, 200).at(t=sp.Rational(float(x)), using=tc.Ball(20))
            # rounding in 200 steps of a stable recurrence
            assert abs(y - float(exact)) <= 200 * 2**-52


def test_coordinate_density():
    for d in (2, 3, 4, 7):
        density = tc.sphere.coordinate_density(d).expr
        t = sp.Symbol("t", real=True)
        theta = sp.Symbol("theta", real=True)
        mass = sp.integrate(
            sp.simplify(density.subs(t, sp.cos(theta)) * sp.sin(theta)), (theta, 0, sp.pi)
        )
        assert sp.simplify(mass) == 1
    assert tc.sphere.surface_area(D).subs(D, 5) == sp.Rational(8, 3) * sp.pi**2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: tc.sphere.num_harmonics(1, 2), "d is too small"),
        (lambda: tc.sphere.num_harmonics(3, -1), "k is too small"),
        (lambda: tc.sphere.legendre("2.5", 3), "d is not an integer"),
        (lambda: tc.sphere.gegenbauer(2, 3), "vanish in two dimensions"),
        (lambda: tc.sphere.moment((2, 2, 2), 2), "more exponents than coordinates"),
        (lambda: tc.sphere.moment((2, -2), 3), "exponent is too small"),
        (lambda: tc.sphere.surface_area(0), "d is too small"),
        (lambda: tc.sphere.coordinate_density(3).at(t=2), "outside the domain"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(tc.DomainError, match=message):
        call()


@pytest.mark.parametrize("d", [2, 3, 10, 1000, 10**6])
def test_the_error_of_doubles_holds(d):
    """Also close to ±1 and outside, where errors of a step grow, and not a thousand times less."""
    gaps = []
    for k in (2, 5, 40, 200, 1000):
        for t in (0.0, 0.3, -0.8, 1 - 1e-4, 1 - 1e-12, -1 + 1e-9, 1 + 1e-6, 1.02):
            value, error = map(float, SphericalLegendre.double(d, k, t))
            point = tc.Formula("P", SphericalLegendre(d, k, sp.Rational(t)), args=())
            exact = point.at(using=tc.Ball(25))
            double = tc.Value(mid=value, rad=error, rigor=tc.Rigor.ESTIMATED)
            assert_error_holds(double, exact)
            gaps.append(abs(value - float(exact)) / error)
    assert max(gaps) > 1 / 1024
