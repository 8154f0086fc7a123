"""Harmonic parts of polynomials: identities on random polynomials, known examples, bad input."""

import itertools
import math

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from theorycalc.sphere.extension import harmonic_extension
from theorycalc.sphere.fischer import decompose, fischer_inner, inner, project
from theorycalc.sphere.measure import moment

X = sp.symbols("x1:8")
R2 = sp.Symbol("r2", positive=True)
D = sp.Symbol("d")
T = sp.Symbol("t", real=True)
Y = sp.symbols("y1:6", real=True)
UP_TO_SIX = st.integers(0, 6)


def polynomials(d, degrees=UP_TO_SIX):
    """Integer polynomials of a few terms in the first d variables."""
    monomials = degrees.flatmap(
        lambda n: st.lists(st.sampled_from(X[:d]), min_size=n, max_size=n)
    ).map(lambda factors: sp.Mul(*factors))
    terms = st.tuples(st.integers(-9, 9), monomials).map(sp.prod)
    return st.lists(terms, min_size=1, max_size=5).map(lambda terms: sp.Add(*terms))


def with_dimension(kind):
    return st.integers(2, 5).flatmap(lambda d: st.tuples(st.just(X[:d]), kind(d)))


def homogeneous(d):
    return UP_TO_SIX.flatmap(lambda n: polynomials(d, st.just(n)))


def square(variables):
    return sum(x**2 for x in variables)


def laplacian(f, variables):
    return sp.expand(sum(sp.diff(f, x, 2) for x in variables))


def degree(h, variables):
    """The degree of a homogeneous polynomial in which r2 = |x|² counts twice."""
    scale = sp.Symbol("scale")
    scaled = h.subs({R2: scale**2 * R2, **{x: scale * x for x in variables}}, simultaneous=True)
    ((n,),) = sp.Poly(sp.expand(scaled), scale).monoms()
    return n


def on_sphere(f, variables):
    """The remainder modulo |x|² − 1: equal for polynomials that are equal on the sphere."""
    return sp.reduced(f, [square(variables) - 1], *variables)[1]


@settings(max_examples=40)
@given(with_dimension(polynomials))
def test_parts_are_harmonic_and_add_up(case):
    variables, f = case
    parts = decompose(f, *variables)
    assert sp.expand(sum(square(variables) ** j * h for j, h in parts) - f) == 0
    assert all(h != 0 and laplacian(h, variables) == 0 for _, h in parts)
    keys = [(degree(h, variables), j) for j, h in parts]
    assert keys == sorted(set(keys))


@settings(max_examples=30)
@given(with_dimension(homogeneous))
def test_fischer_norm_is_the_sum_over_the_parts(case):
    variables, f = case
    parts, half = decompose(f, *variables), sp.Rational(len(variables), 2)
    weights = [4**j * math.factorial(j) * sp.rf(degree(h, variables) + half, j) for j, h in parts]
    norms = [fischer_inner(h, h, *variables) for _, h in parts]
    assert fischer_inner(f, f, *variables) == sum(map(math.prod, zip(weights, norms, strict=True)))
    # the parts with their powers of |x|² are orthogonal
    pieces = [square(variables) ** j * h for j, h in parts]
    for p, q in itertools.combinations(pieces, 2):
        assert fischer_inner(p, q, *variables) == 0


@settings(max_examples=30)
@given(with_dimension(polynomials))
def test_both_inner_products_agree_on_harmonics(case):
    variables, f = case
    d = sp.Integer(len(variables))
    total = sp.S.Zero
    for k in range(7):
        h = project(f, k, *variables)
        fischer = fischer_inner(h, h, *variables)
        norm = inner(h, h, *variables)
        assert norm == fischer / math.prod(d + 2 * i for i in range(k))
        assert norm == sp.gamma(d / 2) * fischer / (2**k * sp.gamma(k + d / 2))
        total += norm
    assert total == inner(f, f, *variables)


@settings(max_examples=25)
@given(st.integers(2, 4).flatmap(lambda d: st.tuples(st.just(X[:d]), *[polynomials(d)] * 2)))
def test_projections_are_orthogonal(case):
    variables, f, g = case
    parts = [project(f, k, *variables) for k in range(7)]
    others = [project(g, k, *variables) for k in range(7)]
    for (k, p), (m, q) in itertools.product(enumerate(parts), enumerate(others)):
        if k != m:
            assert inner(p, q, *variables) == 0
    for k, (p, q) in enumerate(zip(parts, others, strict=True)):
        assert project(p, k, *variables) == p
        assert inner(p, g, *variables) == inner(f, q, *variables) == inner(p, q, *variables)


@settings(max_examples=25)
@given(with_dimension(polynomials))
def test_projections_collect_the_parts_of_one_degree(case):
    variables, f = case
    collected = dict.fromkeys(range(8), sp.S.Zero)
    for _, h in decompose(f, *variables):
        collected[degree(h, variables)] += h
    for k, expected in collected.items():
        assert sp.expand(project(f, k, *variables) - expected) == 0
    assert on_sphere(f - sum(collected.values()), variables) == 0


@pytest.mark.parametrize(
    ("f", "d", "expected"),
    [
        (X[0] ** 2 * X[1], 3, {3: "8/525", 1: "1/75"}),
        (X[0] ** 4, 4, {4: "1/256", 2: "9/256", 0: "1/64"}),
    ],
)
def test_squared_norms_of_parts(f, d, expected):
    parts = decompose(f, *X[:d])
    norms = {degree(h, X[:d]): inner(h, h, *X[:d]) for _, h in parts}
    assert norms == {k: sp.Rational(value) for k, value in expected.items()}
    # and the same in a symbolic dimension: r2 = 1 on the sphere
    visible = sorted(f.free_symbols, key=str)
    for k, value in expected.items():
        h = project(f, k, *visible, d=D).subs(R2, 1)
        assert inner(h.subs(D, d), f, *visible, d=d) == sp.Rational(value)


@settings(max_examples=8)
@given(polynomials(2, st.integers(0, 5)))
def test_a_symbolic_dimension_stands_for_all(f):
    parts = decompose(f, *X[:2], d=D)
    for d in (2, 3, 6):
        values = {D: d, R2: square(X[:d])}
        found = {(j, degree(h, X[:2])): sp.expand(h.subs(values)) for j, h in parts}
        expected = {(j, degree(h, X[:d])): h for j, h in decompose(f, *X[:d])}
        # in the plane a part may vanish: there, |x|² is no variable of its own
        assert {key: h for key, h in found.items() if h != 0} == expected
        assert d == 2 or len(found) == len(expected)
        assert inner(f, f, *X[:2], d=D).subs(D, d) == inner(f, f, *X[:d])
        for k in range(6):
            symbolic = project(f, k, *X[:2], d=D).subs(values)
            assert sp.expand(symbolic - project(f, k, *X[:d])) == 0


@settings(max_examples=10)
@given(polynomials(2), st.integers(3, 7))
def test_hidden_coordinates_of_a_dimension_that_is_a_number(f, d):
    named = decompose(f, *X[:d], d=d)
    hidden = decompose(f, *X[:2], d=d)
    assert [(j, sp.expand(h.subs(R2, square(X[:d])))) for j, h in hidden] == named
    assert inner(f, f, *X[:2], d=d) == inner(f, f, *X[:d])


def test_one_coordinate_in_any_dimension():
    """t² and t⁴ in Legendre polynomials of dimension d."""
    x, d = X[0], D
    (_, low), (_, high) = decompose(x**2, x, d=d)
    assert sp.simplify(low - 1 / d) == 0
    assert sp.simplify(high - (x**2 - R2 / d)) == 0
    (j, constant), *_ = decompose(x**4, x, d=2 * d + 1)
    assert j == 2
    assert sp.simplify(constant - 3 / ((2 * d + 1) * (2 * d + 3))) == 0


@given(*[st.tuples(*[st.integers(0, 4)] * 3)] * 2)
def test_inner_is_a_moment(alpha, beta):
    p, q = (sp.Mul(*map(sp.Pow, X[:3], powers)) for powers in (alpha, beta))
    powers = [a + b for a, b in zip(alpha, beta, strict=True)]
    for d in (3, 5, D):
        assert sp.simplify(inner(p, q, *X[:3], d=d) - moment(powers, d)) == 0


@pytest.mark.parametrize("n", range(7))
def test_powers_of_one_direction_are_zonal(n):
    """⟨x, e⟩^n in d = 3: the part of degree k is a multiple of |x|^k P_k(⟨x, e⟩/|x|)."""
    x, e, t, r = X[:3], sp.Matrix([2, 3, 6]) / 7, sp.Symbol("t"), sp.Symbol("r")
    along = sum(a * b for a, b in zip(x, e, strict=True))
    for k in range(n + 2):
        p = sp.legendre(k, t)
        weight = sp.Rational(2 * k + 1, 2) * sp.integrate(t**n * p, (t, -1, 1))
        zonal = sp.expand(r**k * p.subs(t, t / r)).subs(r, sp.sqrt(square(x))).subs(t, along)
        assert sp.expand(project(along**n, k, *x) - weight * zonal) == 0


@settings(max_examples=25)
@given(polynomials(2))
def test_harmonics_of_the_plane_are_the_fourier_terms(f):
    """With x = (z + 1/z)/2 and y = (z − 1/z)/2i, degree k on the circle is z^k and z^{−k}."""
    z = sp.Symbol("z")
    circle = {X[0]: (z + 1 / z) / 2, X[1]: (z - 1 / z) / (2 * sp.I)}
    series = sp.expand(f.subs(circle, simultaneous=True))
    for k in range(7):
        expected = sum(series.coeff(z, m) * z**m for m in {k, -k})
        found = project(f, k, *X[:2]).subs(circle, simultaneous=True)
        assert sp.expand(found - expected) == 0


@settings(max_examples=25)
@given(with_dimension(polynomials))
def test_extensions_are_harmonic_and_extend(case):
    variables, f = case
    up = harmonic_extension(f, *variables)
    assert laplacian(up, (*variables, T)) == 0
    assert sp.expand(up.subs(T, 0) - f) == 0
    new = Y[: len(variables)]
    real = harmonic_extension(f, *variables, into="complex")
    assert laplacian(real, (*variables, *new)) == 0
    assert sp.expand(real.subs(dict.fromkeys(new, 0)) - f) == 0
    ball = harmonic_extension(f, *variables, into="ball")
    assert laplacian(ball, variables) == 0
    assert on_sphere(ball - f, variables) == 0


def test_complex_extension_is_the_real_part():
    x, y, u, v = sp.symbols("x y u v", real=True)
    f = x**3 * y - 2 * x**2 + y
    moved = f.subs({x: x + sp.I * u, y: y + sp.I * v}, simultaneous=True)
    found = harmonic_extension(f, x, y, into="complex", symbols=(u, v))
    assert sp.expand(sp.re(sp.expand(moved)) - found) == 0


def test_new_variables_can_be_named():
    s = sp.Symbol("s")
    assert harmonic_extension(T**2, T, X[0], symbols=s) == T**2 - s**2
    assert harmonic_extension(Y[0] ** 2, *Y[:2], into="complex", symbols=[s, T]) == Y[0] ** 2 - s**2


def test_coefficients_of_every_kind():
    x, y = X[:2]
    f = (sp.sqrt(2) * x + sp.pi * y) ** 3 + sp.I * x**2
    parts = decompose(f, x, y)
    assert sp.expand(sum((x**2 + y**2) ** j * h for j, h in parts) - f) == 0
    assert all(laplacian(h, (x, y)) == 0 for _, h in parts)
    assert inner(sp.I * x, x, x, y) == sp.I / 2
    # numbers that are exact in binary, so that nothing is rounded
    assert decompose(0.5 * x**2, x, y) == [(1, sp.Float(0.25)), (0, 0.25 * x**2 - 0.25 * y**2)]


def test_constants_and_zero():
    x, y = X[:2]
    assert decompose(0, x, y) == decompose(x - x, x, d=D) == []
    assert decompose(5, x, y) == [(0, 5)]
    assert decompose(x**2 + y**2, x, y) == [(1, 1)]
    assert project(x**2 + y**2 - 1, 0, x, y) == project(x, 3, x, y) == 0
    assert project(x**2 + y**2, 2, x, y) == inner(0, x, x, y) == fischer_inner(x, y, x, y) == 0
    assert harmonic_extension(0, x, y, into="ball") == 0
    assert (inner(1, 1, x, d=D), fischer_inner(3, 2, x, y)) == (1, 6)


def test_a_variable_may_be_called_r2_where_all_coordinates_have_names():
    r2 = sp.Symbol("r2")
    assert decompose(r2**2 + X[0] ** 2, X[0], r2) == [(1, 1)]
