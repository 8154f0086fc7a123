"""Norms of polynomials: reference numbers, closed forms against quadrature and networks."""

from types import SimpleNamespace

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds, assert_reference, entries, label
from scipy.optimize import linprog

import theorycalc as tc
from theorycalc.relu.means import modulus, modulus_doubles

X, Y, Z, B = sp.symbols("x y z b")
ARITHMETICS = (tc.Float(), tc.MP(30), tc.Ball(30))
FEW = sp.symbols("a c e")
COEFFICIENTS = st.integers(-4, 4)
# e^{−w²/2} is nothing in doubles beyond
REACH = 14.0


def variables(entry):
    return sp.symbols(f"x1:{entry['params']['d'] + 1}")


def part(poly, degree, *xs):
    """The homogeneous part of a degree."""
    terms = sp.Poly(poly, *xs).terms()
    return sum(c * sp.Mul(*map(sp.Pow, xs, alpha)) for alpha, c in terms if sum(alpha) == degree)


def mean_of_modulus(poly, order, x):
    """E |Z|^order |Σ_k (−i)^k :P_k:(Z)| by quadrature of the definition.

    Panels end at the real parts of the zeros, in doubles: what a kink is moved by counts squared.
    """
    waves = [sp.Poly(part, x) for part in parts_of(poly, x)]
    coefficients = sum(np.poly1d([complex(c) for c in wave.all_coeffs()]) * unit
                       for wave, unit in zip(waves, (1, 1j), strict=True))  # fmt: skip
    zeros = {float(z.real) for z in coefficients.roots if 0 < z.real < REACH}
    panels = sorted({0.0, 1.0, 2.0, 4.0, 8.0, REACH} | zeros)
    real, imaginary = (sp.lambdify(x, wave.as_expr(), "mpmath") for wave in waves)
    power = mpmath.mpf(order.p) / order.q
    return 2 * mpmath.quad(
        lambda w: w**power * mpmath.hypot(real(w), imaginary(w)) * mpmath.npdf(w), panels
    )


def parts_of(poly, *xs):
    """A and B with A + iB = Σ_k (−i)^k :P_k:."""
    found = [sp.Poly(0, *xs), sp.Poly(0, *xs)]
    for alpha, c in sp.Poly(poly, *xs).terms():
        k = sum(alpha)
        hermite = sp.Mul(*map(sp.hermite_prob, alpha, xs))
        found[k % 2] += sp.Poly((-1) ** (k // 2) * c * hermite, *xs)
    return found


@pytest.mark.parametrize("entry", entries("relu", "fischer_norm_squared", "wick"), ids=label)
def test_reference_fischer(entry):
    xs, params = variables(entry), entry["params"]
    poly = sp.sympify(params["f"])
    if entry["quantity"] == "wick":
        point = dict(zip(xs, map(sp.Rational, params["x"]), strict=True))
        value = tc.relu.wick(poly, *xs).subs(point)
    else:
        value = tc.relu.fischer_norm_squared(poly, *xs)
    assert_reference(tc.certify(value, digits=40), entry)


@pytest.mark.parametrize("using", ARITHMETICS, ids=repr)
@pytest.mark.parametrize("entry", entries("relu", "window_spectral_barron"), ids=label)
def test_reference_barron(entry, using):
    params = entry["params"]
    formula = tc.relu.spectral_barron(sp.sympify(params["f"]), *variables(entry), order=params["s"])
    assert_reference(formula.at(using=using), entry)


@pytest.mark.parametrize("entry", entries("relu", "harmonic_extension_norm_squared"), ids=label)
def test_harmonic_extensions(entry):
    """E h(W)² = ‖h‖_F² of a harmonic h: as large as that of f, or larger."""
    params = entry["params"]
    xs = sp.symbols(f"x1:{max(params['d'], 2) + 1}")
    poly = part(sp.sympify(params["f"]), params["degree"], *xs)
    new = sp.symbols(f"y1:{len(xs) + 1}") if params["kind"] == "complex" else (sp.Symbol("t"),)
    harmonic = tc.sphere.harmonic_extension(poly, *xs, into=params["kind"], symbols=new)
    value = tc.relu.fischer_norm_squared(harmonic, *xs, *new)
    assert sp.expand(tc.relu.wick(harmonic, *xs, *new) - harmonic) == 0
    assert value >= tc.relu.fischer_norm_squared(poly, *xs)
    assert_reference(tc.certify(value, digits=40), entry)


@settings(max_examples=20)
@given(
    st.lists(COEFFICIENTS, min_size=4, max_size=4), st.lists(COEFFICIENTS, min_size=4, max_size=4)
)
def test_wick_polynomials_are_an_isometry(p, q):
    """E :f:(W) :g:(W) is the Fischer product, and :f: has the Hermite coefficients of f."""
    monomials = (X**2 * Y, X * Y, Y**3, X + 1)
    f, g = (sum(c * m for c, m in zip(cs, monomials, strict=True)) for cs in (p, q))
    product = sp.Poly(tc.relu.wick(f, X, Y) * tc.relu.wick(g, X, Y), X, Y)
    mean = sum(
        c * sp.Mul(*(sp.factorial2(a - 1) if a % 2 == 0 else 0 for a in alpha))
        for alpha, c in product.terms()
    )
    assert mean == tc.sphere.fischer_inner(f, g, X, Y)
    assert tc.relu.fischer_norm_squared(f, X, Y) == tc.sphere.fischer_inner(f, f, X, Y)


BARRON_1D = [
    X**3, X**6 - X**2, X**2 + X, X**3 + X**2 / 50 + 1, X**5 - 10 * X**3 + 15 * X, X - 3,
    sp.sqrt(2) * X**2 + X**4, sp.pi * X**2, X**4 - 5 * X**3 + sp.pi * X,
]  # fmt: skip


@pytest.mark.parametrize("order", [sp.S.Zero, sp.S.One, sp.S.Half], ids=str)
@pytest.mark.parametrize("poly", BARRON_1D, ids=str)
def test_barron_in_one_dimension(poly, order):
    """Three arithmetics, and quadrature that knows no algebra of the zeros."""
    formula = tc.relu.spectral_barron(poly, X, order=order)
    certified = formula.at(using=tc.Ball(25))
    assert certified.rigor in (tc.Rigor.CERTIFIED, tc.Rigor.EXACT)
    assert formula.at().overlaps(certified)
    assert formula.at(using=tc.MP(12)).overlaps(certified)
    assert float(mean_of_modulus(poly, order, X)) == pytest.approx(float(certified), rel=1e-12)


@pytest.mark.parametrize("k", [1, 2, 5, 8])
@pytest.mark.parametrize("order", [0, 1, 2, sp.Rational(3, 2)])
def test_barron_of_hermite_polynomials(k, order):
    """The Fourier transform of He_k e^{−x²/2} is a power times e^{−w²/2}: C_s = E|Z|^{k+s}."""
    poly = sp.hermite_prob(k, X)
    moment = 2 ** ((k + order) / sp.S(2)) * sp.gamma((k + order + 1) / sp.S(2)) / sp.sqrt(sp.pi)
    value = tc.relu.spectral_barron(poly, X, order=order).expr
    assert sp.simplify(value / moment) == 1
    # in two more variables w₁²/‖w‖² is a Beta variable that does not depend on ‖w‖
    one, three = ([modulus.gaussian_radial_moment(n, q) for q in (k, k + order)] for n in (1, 3))
    wide = tc.relu.spectral_barron(poly, X, Y, Z, order=order).expr
    assert sp.simplify(wide * three[0] / (one[0] * three[1])) == 1


@pytest.mark.parametrize("order", [0, 1, 2])
def test_barron_is_invariant_under_rotations(order):
    for p, q in [
        (X**2 - Y**2, 2 * X * Y),
        (X**3 - 3 * X * Y**2, 3 * X**2 * Y - Y**3),
        (X + X**3, (X + Y) / sp.sqrt(2) + (X + Y) ** 3 / sp.sqrt(8)),
    ]:
        one, two = (tc.relu.spectral_barron(f, X, Y, order=order).at() for f in (p, q))
        assert abs(float(one) - float(two)) <= 4 * float(one.rad + two.rad)


@settings(max_examples=15)
@given(st.lists(COEFFICIENTS, min_size=4, max_size=4), st.sampled_from(["-3/2", "0", "1/3", "1"]))
def test_barron_bounds(coefficients, point):
    """|f(x)| e^{−x²/2} ≤ C_0 ≤ ‖f‖_F, by the triangle inequality and Cauchy and Schwarz."""
    poly = sum(c * X**k for k, c in enumerate(coefficients))
    constant = tc.relu.spectral_barron(poly, X, order=0).at(using=tc.Ball(15))
    x = sp.Rational(point)
    size = tc.certify(abs(poly.subs(X, x)) * sp.exp(-(x**2) / 2))
    assert size.lower <= constant.upper
    fischer = tc.certify(sp.sqrt(tc.relu.fischer_norm_squared(poly, X)))
    assert constant.lower <= fischer.upper


CLOSED = [
    (X**2 * Y**2, (X, Y), 0), (X**2 * Y**2, (X, Y), 2), (X**3 * Y, (X, Y), 2),
    (X**2 + Y**2, (X, Y), 1), (X + 1, (X, Y), 1), (X**2 + Y**2, (X, Y, Z), 1),
    (X * Y * Z, (X, Y, Z), 1), (X**2 * Y - 3 * Y, (X, Y), 0), (X**2 * Y * Z, (X, Y, Z), 0),
    (X**2, (X, Y, Z), 1), (X**2 + X, (X, Y), 0),
]  # fmt: skip


@pytest.mark.parametrize(("poly", "xs", "order"), CLOSED, ids=str)
def test_closed_barron_constants_against_rays(poly, xs, order):
    """Every kind of closed form, and integrals over ‖w‖, against the rule over directions."""
    exact = tc.relu.spectral_barron(poly, *xs, order=order).at(using=tc.Ball(15))
    value, error = modulus_doubles.modulus_mean(*parts_of(poly, *xs), lambda r: r ** float(order))
    assert_error_holds(SimpleNamespace(mid=mpmath.mpf(value), rad=mpmath.mpf(error)), exact.mid)
    assert error <= 1e-3 * value


@pytest.mark.parametrize(("m", "divisor"), [(8, 17), (10, 23), (14, 17)])
def test_roundings_along_rays(m, divisor):
    """E He_m² = m!, of which coefficients that are no doubles lose what both rules do not see."""
    square = sp.Poly(sp.hermite_prob(m, X) ** 2 / divisor, X, Y)
    value, error = modulus_doubles.modulus_mean(square, sp.Poly(0, X, Y), np.ones_like)
    ours = SimpleNamespace(mid=mpmath.mpf(value), rad=mpmath.mpf(error))
    assert_error_holds(ours, sp.factorial(m) / sp.Integer(divisor))


@pytest.mark.parametrize("order", [1, sp.Rational(5, 2)])
def test_variables_that_do_not_occur(order):
    """E ‖W‖^s given the others is known: against rays in all directions of the larger space."""
    for poly, xs in ((X**2 * Y**2, (X, Y, Z)), (X**2 * Y + X, (X, Y, Z)), (X**2 + Y**2, (X, Y, Z))):
        value = tc.relu.spectral_barron(poly, *xs, order=order).at()
        wide, error = modulus_doubles.modulus_mean(
            *parts_of(poly, *xs), lambda r: r ** float(order)
        )
        assert abs(float(value) - wide) <= 2 * error + float(value.rad)
        assert error <= 1e-4 * wide
    many = sp.symbols("v:1000")
    large = tc.relu.spectral_barron(X**2 + X, X, *many, order=1).at(using=tc.Ball(15))
    small = tc.relu.spectral_barron(X**2 + X, X, order=0).at(using=tc.Ball(15))
    square = tc.relu.spectral_barron(X**2 + X, X, *many, order=2).at(using=tc.Ball(15))
    # Jensen and Cauchy–Schwarz; ‖W‖ hardly varies
    assert float(small) * 1000**0.5 < float(large) < (float(small) * float(square)) ** 0.5
    assert float(large) > 0.999 * (float(small) * float(square)) ** 0.5


@pytest.mark.parametrize(("order", "factor"), [(0, 1), (2, 4), (1, 2)])
def test_barron_scales(order, factor):
    """C_s is positively homogeneous in f, and additive in what a variable more adds to ‖w‖²."""
    poly = X**2 * Y**2 + X * Y
    size = tc.relu.spectral_barron(poly, X, Y, order=order).at()
    scaled = tc.relu.spectral_barron(-factor * poly, X, Y, order=order).at()
    assert float(scaled) == pytest.approx(factor * float(size), rel=1e-13)
    if order == 2:
        wide = tc.relu.spectral_barron(poly, X, Y, Z, order=2).at()
        zero = tc.relu.spectral_barron(poly, X, Y, order=0).at()
        assert float(wide) == pytest.approx(float(size) + float(zero), rel=1e-13)


EVEN_AND_LINEAR = (sp.S.One, X, Y * Z, X**2 * Y**2, X**4 - Z, X**2)


@settings(max_examples=20)
@given(st.lists(COEFFICIENTS, min_size=6, max_size=6), st.sampled_from([0, "1/2", "-1/3"]))
def test_f2_norm_is_that_of_the_density(coefficients, bias):
    """f = E h(w) σ(⟨w, ·⟩ − b) has the harmonic parts λ_k h_k, and its norm is ‖h‖."""
    h = sum(c * m for c, m in zip(coefficients, EVEN_AND_LINEAR, strict=True))
    h += X**3 if bias else 0
    parts = [tc.sphere.project(h, k, X, Y, Z) for k in range(5)]
    eigenvalues = [tc.relu.funk_hecke(3, k, bias=bias).expr for k in range(5)]
    if not bias:
        assert parts[3] == 0
    f = sum(e * p for e, p in zip(eigenvalues, parts, strict=True))
    found = tc.relu.f2_norm_squared(f, X, Y, Z, bias=bias)
    assert sp.simplify(found.expr - tc.sphere.inner(h, h, X, Y, Z)) == 0
    general = tc.relu.f2_norm_squared(f, X, Y, Z, bias=B)
    if bias and found.expr:
        assert general.at(b=bias, using=tc.Ball(20)).overlaps(found.at(using=tc.Ball(20)))


def test_invisible_polynomials_have_no_f2_norm():
    for poly, bias, degree in ((X**3, 0, 3), (X**4, 1 / sp.sqrt(7), 4), (X**5 + Y, 0, "3, 5")):
        formula = tc.relu.f2_norm_squared(poly, X, Y, Z, bias=bias)
        assert formula.expr is sp.oo
        assert formula.at().is_infinite
        assert f"degree {degree}" in str(formula.at())
    assert tc.relu.f2_norm_squared(0, X, Y).expr == 0


def network_norm(values, points):
    """The least Σ |c_i| of an interpolating network with kinks at these points, on either side."""
    right = np.maximum(points[:, None] - points[None, :-1], 0)
    left = np.maximum(points[None, 1:] - points[:, None], 0)
    features = np.hstack([right, left])
    count = features.shape[1]
    constraints = np.hstack(
        [features, -features, np.ones((len(points), 1)), -np.ones((len(points), 1))]
    )
    cost = np.concatenate([np.ones(2 * count), [0, 0]])
    return linprog(cost, A_eq=constraints, b_eq=values, bounds=(0, None), method="highs").fun


@settings(max_examples=15)
@given(st.lists(COEFFICIENTS, min_size=4, max_size=4), st.integers(-3, 1), st.integers(1, 3))
def test_r_norm_is_that_of_the_best_network(coefficients, left, length):
    """Linear programs over interpolating networks: below the norm, and near it on a fine grid."""
    poly = sp.Poly(coefficients, X)
    exact = float(tc.relu.r_norm(poly.as_expr(), X, domain=(left, left + length)).at())
    count = 40
    points = np.linspace(left, left + length, count + 1)
    found = network_norm(np.array([float(poly.eval(sp.Rational(str(x)))) for x in points]), points)
    # slopes of the interpolant are values of f': on each of two monotone pieces, and in
    # f'(a) + f'(b), two of them are off by h max |f''|
    curvature = np.abs(np.poly1d([float(c) for c in poly.diff((X, 2)).all_coeffs()])(points)).max()
    assert found <= exact * (1 + 1e-7) + 1e-6
    assert exact - found <= 4 * curvature * length / count + 1e-6


@settings(max_examples=20)
@given(st.lists(COEFFICIENTS, min_size=5, max_size=5), st.integers(1, 5), st.integers(-3, 3))
def test_r_norm_moves_with_the_line(coefficients, scale, shift):
    """Σ |a_i||w_i| does not feel shifts, reflections and constants, and is linear in the scale."""
    poly = sp.Poly(coefficients, X).as_expr()
    exact = tc.relu.r_norm(poly, X, domain=(0, 2)).at(using=tc.Ball(20))
    ends = sorted(sp.Rational(e - shift, scale) for e in (0, 2))
    moved = tc.relu.r_norm(poly.subs(X, scale * X + shift) + 7, X, domain=ends)
    assert scale * float(exact) == pytest.approx(float(moved.at()), rel=1e-14)
    mirrored = tc.relu.r_norm(poly.subs(X, -X), X, domain=(-2, 0)).at(using=tc.Ball(20))
    assert mirrored.overlaps(exact)


@pytest.mark.parametrize(
    ("poly", "domain", "norm"),
    [
        (X**2, (-1, 1), 4), (X**2, (0, 1), 2), (3 * X + 1, None, 6), (3 * X + 1, (0, 1), 3),
        (X**3 - X, (-1, 1), 6), (X**4, (-1, 1), 8), (5, None, 0), (X**2, None, sp.oo),
        (10 * X + X**2, (0, 1), 12), (X**3, ("-1/2", 1), sp.Rational(15, 4)),
    ],
    ids=str,
)  # fmt: skip
def test_r_norm(poly, domain, norm):
    formula = tc.relu.r_norm(poly, X, domain=domain)
    assert formula.expr == norm
    assert formula.at().is_infinite == (norm is sp.oo)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: tc.relu.wick(X * Y, X), tc.DomainError, "not variables"),
        (lambda: tc.relu.fischer_norm_squared(sp.sin(X), X), tc.DomainError, "not a polynomial"),
        (lambda: tc.relu.spectral_barron(X, X, order=-1), tc.DomainError, "order"),
        (lambda: tc.relu.spectral_barron(sp.I * X, X), tc.DomainError, "coefficient"),
        (lambda: tc.relu.spectral_barron(X**4 + sp.pi * X**2, X), tc.NotSupportedError, "zeros"),
        (lambda: tc.relu.spectral_barron(X * Y + Z**2, X, Y, Z).at(using=tc.Ball(9)),
         tc.NotSupportedError, "Ball"),
        (lambda: tc.relu.spectral_barron(X * Y + Z**2 * sp.prod(FEW), X, Y, Z, *FEW).at(),
         tc.NotSupportedError, "variables"),
        (lambda: tc.relu.f2_norm_squared(X, X), tc.DomainError, "one variable"),
        (lambda: tc.relu.f2_norm_squared(X, X, Y, bias=1), tc.DomainError, "bias"),
        (lambda: tc.relu.f2_norm_squared(X, X, Y, bias=B).at(b=2), tc.DomainError, "domain"),
        (lambda: tc.relu.r_norm(X, X, domain=(1, 1)), tc.DomainError, "interval"),
        (lambda: tc.relu.r_norm(X, X, domain=3), tc.DomainError, "interval"),
        (lambda: tc.relu.r_norm(X * Y, X), tc.DomainError, "not variables"),
    ],
)  # fmt: skip
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
