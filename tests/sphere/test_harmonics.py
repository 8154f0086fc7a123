"""Orthonormal harmonics: addition theorem, exact orthonormality, the two forms, bad input."""

import itertools

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import EPS
from scipy import special

import theorycalc as tc
from theorycalc.sphere.harmonics_on_points import all_harmonics, harmonics, zonal_sum
from theorycalc.sphere.measure import moment, num_harmonics
from theorycalc.sphere.orthonormal_basis import basis

EXACT = [(d, k) for d in range(2, 6) for k in range(5)]


def points(d, n=6, seed=0):
    """Random points, both poles, axes, and two neighbours of the north pole."""
    x = np.random.default_rng(seed).standard_normal((n, d))
    axes = np.eye(d)
    x = np.vstack([x, axes[-1], -axes[-1], axes[:2], axes[-1] + 1e-9 * x[0]])
    x = np.vstack([x, axes[-1] + 1e-3 * x[1]])
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def zonal_values(x, degree):
    """|x|^k |y|^k P_{d,k} at the inner products of the points as they are, for k = 0 … degree.

    The norms are not 1 to the last digit: the harmonics are homogeneous, so this is what the
    addition theorem says about them without a rounding of the points.
    """
    d = x.shape[1]
    with mpmath.workdps(40):
        rows = [[mpmath.mpf(float(v)) for v in row] for row in x]
        t = np.array([[mpmath.fdot(a, b) for b in rows] for a in rows])
        square = np.multiply.outer(t.diagonal(), t.diagonal())
        values = [np.full_like(t, mpmath.mpf(1)), t]
        for k in range(1, degree):
            following = (2 * k + d - 2) * t * values[-1] - k * square * values[-2]
            values.append(following / (k + d - 2))
        return [v.astype(float) for v in values[: degree + 1]]


def by_degree(values, d, degree):
    """The columns of all_harmonics, degree by degree."""
    ends = np.cumsum([int(num_harmonics(d, k)) for k in range(degree + 1)])
    return np.split(values, ends[:-1], axis=1)


@pytest.mark.parametrize(
    ("d", "degree"), [(2, 200), (3, 100), (4, 20), (5, 12), (10, 8), (20, 3), (50, 3)]
)
def test_addition_theorem(d, degree):
    """Σ Y(x) Y(y) = N P(⟨x, y⟩), relative to N.

    What a step i of the three-term recurrence rounds goes on as a second solution, which grows to
    k − i at most: in all k²ε/2 times the few roundings of a step, 1e-12 for k = 100. The powers
    of a complex number, d = 2, have a relative error of 3kε, 1e-13 for k = 200.
    """
    x = points(d)
    parts = by_degree(all_harmonics(x, degree), d, degree)
    for part, expected in zip(parts, zonal_values(x, degree), strict=True):
        assert np.abs(part @ part.T / part.shape[1] - expected).max() < 1e-12


def test_high_degrees_lose_digits_slowly():
    """Up to the last degree whose factors a double holds; nothing is nan."""
    for degree in (500, 1400):
        x = points(3)
        part = harmonics(x, degree)
        sums = (part**2).sum(axis=1) / part.shape[1]
        assert np.abs(sums - 1).max() < degree**2 * EPS


@pytest.mark.parametrize("d", range(2, 6))
def test_exact_orthonormality(d):
    """Under the moments of the uniform measure, also across degrees."""
    symbols = sp.symbols(f"x1:{d + 1}", real=True)
    family = [f.as_poly(*symbols) for k in range(5) for f in basis(d, k)]
    moments = {}
    for i, j in itertools.combinations_with_replacement(range(len(family)), 2):
        mean = sp.S.Zero
        for (alpha, a), (beta, b) in itertools.product(family[i].terms(), family[j].terms()):
            power = tuple(m + n for m, n in zip(alpha, beta, strict=True))
            if power not in moments:
                moments[power] = moment(power, d)
            if moments[power]:
                mean += a * b * moments[power]
        assert mean == (1 if i == j else 0)


@pytest.mark.parametrize(("d", "k"), [*EXACT, (3, 12), (7, 3), (12, 2)])
def test_polynomials_are_the_columns(d, k):
    symbols = sp.symbols(f"x1:{d + 1}", real=True)
    x = points(d)
    polynomials = basis(d, k)
    values = harmonics(x, k)
    assert values.shape == (len(x), len(polynomials)) == (len(x), num_harmonics(d, k))
    for column, polynomial in zip(values.T, polynomials, strict=True):
        assert sp.Poly(polynomial, *symbols).is_homogeneous or k == 0
        # the expanded form cancels: its error is that of its largest terms
        poly = sp.Poly(polynomial, *symbols)
        terms = [float(c) * np.prod(x**powers, axis=1) for powers, c in poly.terms()]
        size = np.sum(np.abs(terms), axis=0) + np.sqrt(len(polynomials))
        assert (np.abs(np.sum(terms, axis=0) - column) <= 8 * (k + d) * EPS * size).all()


@pytest.mark.parametrize(("d", "k"), EXACT)
def test_polynomials_are_harmonic(d, k):
    symbols = sp.symbols(f"x1:{d + 1}", real=True)
    for polynomial in basis(d, k):
        assert sp.expand(sum(sp.diff(polynomial, x, 2) for x in symbols)) == 0


def test_a_coefficient_has_one_square_root():
    for polynomial in basis(5, 4):
        coefficients = sp.Poly(polynomial, *sp.symbols("x1:6", real=True)).coeffs()
        assert all((c / coefficients[0]).is_rational for c in coefficients)
        assert (coefficients[0] ** 2).is_rational


def test_the_circle_is_fourier():
    """√2 cos kθ, √2 sin kθ: a relative error ε in the point is kε in the harmonic."""
    theta = np.linspace(0, 2 * np.pi, 40)
    x = np.column_stack([np.cos(theta), np.sin(theta)])
    values = all_harmonics(x, 30)
    assert (values[:, 0] == 1).all()
    for k in range(1, 31):
        expected = np.sqrt(2) * np.column_stack([np.cos(k * theta), np.sin(k * theta)])
        assert np.abs(values[:, 2 * k - 1 : 2 * k + 1] - expected).max() < 20 * k * EPS


@pytest.mark.parametrize("k", [0, 1, 2, 7, 40])
def test_the_first_harmonic_in_three_dimensions_is_legendre(k):
    """Column 0 is √(2k+1) P_k(x_3); its slope is at most k(k+1)/2 times that."""
    x = points(3, 30)
    expected = np.sqrt(2 * k + 1) * special.eval_legendre(k, x[:, 2])
    bound = 4 * EPS * np.sqrt(2 * k + 1) * (1 + k * (k + 1) / 2)
    assert np.abs(harmonics(x, k)[:, 0] - expected).max() < bound


@settings(max_examples=40)
@given(st.integers(2, 9), st.integers(0, 6), st.integers(0, 2**32 - 1))
def test_parity_degrees_and_groups(d, k, seed):
    """Exactly: Y(−x) = (−1)^k Y(x), columns by degree, and a point alone or among others."""
    x = points(d, 7, seed)
    values = harmonics(x, k)
    assert np.array_equal(harmonics(-x, k), (-1) ** k * values)
    assert np.array_equal(by_degree(all_harmonics(x, k), d, k)[-1], values)
    for i in (0, len(x) - 1):
        assert np.array_equal(harmonics(x[i : i + 1], k)[0], values[i])
    rounding = 10 * (k + d) * EPS * num_harmonics(d, k)
    assert np.abs((values**2).sum(axis=1) - num_harmonics(d, k)).max() <= rounding


@pytest.mark.parametrize(("d", "degree"), [(3, 40), (4, 30)])
def test_many_points_in_several_threads(d, degree):
    """So many numbers are shared among threads; each row is what it is alone."""
    columns = int(num_harmonics(d + 1, degree))
    x = points(d, 9_000_000 // columns)
    values = all_harmonics(x, degree)
    for i in range(0, len(x), len(x) // 50):
        assert np.array_equal(values[i], all_harmonics(x[i : i + 1], degree)[0])


@pytest.mark.parametrize(("d", "degree"), [(2, 20), (3, 15), (6, 6), (30, 2)])
def test_zonal_sums_are_products_of_harmonics(d, degree):
    x, y = points(d, 20, seed=1), points(d, 300, seed=2)
    c = np.random.default_rng(3).standard_normal(degree + 1)
    parts = zip(c, *(by_degree(all_harmonics(z, degree), d, degree) for z in (x, y)), strict=True)
    expected = sum(weight * a @ b.T for weight, a, b in parts)
    # an inner product has an error of dε at most, and N P has the slope N k(k+d−2)/(d−1) at most
    k = np.arange(degree + 1)
    counts = np.array([float(num_harmonics(d, i)) for i in k])
    bound = d * EPS * (np.abs(c) * counts * (1 + k * (k + d - 2) / (d - 1))).sum()
    assert np.abs(zonal_sum(x, y, c) - expected).max() < 4 * bound
    assert np.array_equal(zonal_sum(x, None, c), zonal_sum(x, x, c))


def test_zonal_sums_in_three_dimensions_are_legendre_series():
    x = points(3, 40)
    c = 1 / (1 + np.arange(60.0)) ** 4
    counts = 2 * np.arange(60) + 1
    t = np.clip(x @ x.T, -1, 1)
    expected = np.polynomial.legendre.legval(t, c * counts)
    # both start from the same inner products: 60 steps of rounding on Σ|c|N
    assert np.abs(zonal_sum(x, None, c) - expected).max() < 60 * EPS * (c * counts).sum()


@settings(max_examples=40)
@given(st.integers(2, 40), st.integers(0, 30), st.integers(0, 2**32 - 1))
def test_parity_of_zonal_sums(d, degree, seed):
    """Even coefficients give an even function, odd ones an odd function, exactly."""
    x, y = points(d, 5, seed), points(d, 5, seed + 1)
    c = np.random.default_rng(seed).standard_normal(degree + 1)
    for parity in (0, 1):
        half = np.where(np.arange(degree + 1) % 2 == parity, c, 0.0)
        assert np.array_equal(zonal_sum(-x, y, half), (-1) ** parity * zonal_sum(x, y, half))


def test_zonal_sums_hold_what_a_basis_could_not():
    """N(1000, 200) ≈ 1e233: c N is what counts, and P is 1 at ⟨x, x⟩ = 1."""
    c = np.zeros(201)
    c[200] = 1 / float(num_harmonics(1000, 200))
    assert zonal_sum(np.eye(1000)[:1], None, c) == pytest.approx(1, rel=200 * EPS)
    c[200] = 1e-300
    huge = float(sp.Rational(1, 10**300) * num_harmonics(5000, 200))
    assert zonal_sum(np.eye(5000)[:1], None, c) == pytest.approx(huge, rel=200 * EPS)


def test_other_inputs():
    x = points(4)
    assert np.array_equal(
        harmonics(x.tolist(), sp.Integer(2)), harmonics(np.asfortranarray(x), 2.0)
    )
    assert harmonics(np.zeros((0, 4)), 3).shape == (0, 16)
    assert zonal_sum(np.zeros((0, 4)), x, [1]).shape == (0, len(x))
    single = harmonics(x.astype(np.float32), 3, normalize=True)
    assert single.dtype == np.float64
    assert np.abs(single - harmonics(x, 3)).max() < 100 * np.finfo(np.float32).eps


@pytest.mark.parametrize("scale", [1e-300, 3.0, 1e300])
def test_normalize(scale):
    x = points(3)
    for function in (harmonics, all_harmonics):
        gap = function(scale * x, 4, normalize=True) - function(x, 4)
        assert np.abs(gap).max() < 100 * EPS
    gap = zonal_sum(scale * x, x, [0, 1, 1], normalize=True) - zonal_sum(x, None, [0, 1, 1])
    assert np.abs(gap).max() < 300 * EPS


FUNCTIONS = [
    pytest.param(lambda x, **k: harmonics(x, 2, **k), id="harmonics"),
    pytest.param(lambda x, **k: all_harmonics(x, 2, **k), id="all_harmonics"),
    pytest.param(lambda x, **k: zonal_sum(x, None, [1, 2], **k), id="zonal_sum"),
    pytest.param(lambda x, **k: zonal_sum([[0.6, 0.8]], x, [1, 2], **k), id="zonal_sum, Y"),
]


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize(
    ("x", "match"),
    [
        ([[1.0, 0.0], [0.6, 0.9]], r"off the unit sphere: got .* up to 0\.082.*normalize=True"),
        ([[1e200, 1e200]], "off the unit sphere"),
        ([0.6, 0.8], r"no list of points: got shape \(2,\); allowed: shape \(n, d\) with d ≥ 2"),
        ([[1.0], [-1.0]], "with d ≥ 2"),
        ([[np.nan, 1.0]], "not finite"),
        ([["a", "b"]], "not an array of real numbers"),
    ],
)
def test_points_that_are_none(function, x, match):
    with pytest.raises(tc.DomainError, match=match):
        function(x)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_zero_vector_has_no_direction(function):
    with pytest.raises(tc.DomainError, match="zero vector, which has no direction: got 1"):
        function([[1.0, 2.0], [0.0, 0.0]], normalize=True)


def test_degrees_that_are_none():
    x = points(3)
    for function, name in ((harmonics, "degree"), (all_harmonics, "max_degree")):
        for bad in (-1, 1.5, "a", None, sp.Symbol("k")):
            with pytest.raises(tc.DomainError, match=f"^{name} is"):
                function(x, bad)
        with pytest.raises(tc.DomainError, match=r"too much memory: got .* GiB.*Try zonal_sum"):
            function(points(40), 12)
        with pytest.raises(tc.DomainError, match="leaves the range of doubles: got degree 1600"):
            function(x, 1600)


def test_zonal_sums_that_are_none():
    x = points(3)
    with pytest.raises(tc.DomainError, match="different dimensions: got 3, 4"):
        zonal_sum(x, points(4), [1])
    for bad in ([], 1.0, [[1.0]]):
        with pytest.raises(tc.DomainError, match="coefficients is no list of numbers"):
            zonal_sum(x, None, bad)
    with pytest.raises(tc.DomainError, match="coefficients has an entry that is not finite"):
        zonal_sum(x, None, [np.inf])
    with pytest.raises(tc.DomainError, match=r"beyond doubles: got 1\.0 for degree 188"):
        zonal_sum(np.eye(3000)[:1], None, np.ones(401))
    many = np.tile([[1.0, 0.0]], (40_000, 1))
    with pytest.raises(tc.DomainError, match=r"40000 × 40000 matrix .* memory: got 11\.9 GiB"):
        zonal_sum(many, None, [1])


def test_bases_that_are_none():
    k = sp.Symbol("k")
    for arguments, match in (
        ((1, 2), "d is too small"),
        ((k, 2), "d is not an integer"),
        ((3, -1), "k is too small"),
        ((3, k), "k is not an integer"),
        ((20, 4), "too many monomials: got degree 4 in 20 variables.*Try harmonics"),
        ((10**9, 10**9), "too many monomials"),
    ):
        with pytest.raises(tc.DomainError, match=match):
            basis(*arguments)
