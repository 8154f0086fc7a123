"""Laws of random matrices: closed forms, the solver, the algebra, each against another way."""

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds

import theorycalc as tc
from theorycalc.spectra import _build, in_doubles_roots, nodes, quadrature, series

R = sp.Rational
S = tc.spectra
TWO = {1: "1/2", 4: "1/2"}
SIGNS = {-1: "1/2", 1: "1/2"}
Z = sp.Symbol("z", real=True)

LAWS = {
    "marchenko_pastur": S.marchenko_pastur("1/3"),
    "many_zeros": S.marchenko_pastur(4),
    "hard_edge": S.marchenko_pastur(1),
    "semicircle": S.semicircle("3/2"),
    "sample_covariance": S.sample_covariance(TWO, 2),
    "two_intervals": S.sample_covariance(TWO, "1/10"),
    "signed_covariance": S.sample_covariance(SIGNS, "1/5"),
    "signs_and_semicircle": S.discrete(SIGNS) + S.semicircle("1/2"),
    "signs_and_poisson": S.discrete(SIGNS) + S.marchenko_pastur("1/2") * -2,
    "corner": S.sample_covariance(TWO, "1/2").compress("1/3"),
    "noise": S.information_plus_noise({0: "1/2", 5: "1/2"}, "1/2", 1),
    "features": S.features("relu", "1/2", "1/2"),
    "kernel": S.kernel_matrix(Z + (Z**3 - 3 * Z) / 6, 4),
    "three": S.discrete(SIGNS) + S.discrete({0: "1/3", 1: "2/3"}) + S.semicircle("1/9"),
    "product": S.discrete(TWO) * S.discrete({1: "1/3", 2: "2/3"}),
    "reflected": 1 - 2 * S.sample_covariance(TWO, "1/10"),
}


def quadrature_of(law, f):
    """∫ f over the density, and the atoms, in doubles."""
    inside, _ = quadrature.mean(law.node, f)
    return inside + sum(float(w) * f(float(t)) for t, w in law.atoms.items())


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_masses_and_moments_are_those_of_the_density(law):
    scale = in_doubles_roots.radius_of(law.node)
    for k in (0, 1, 3):
        found = quadrature_of(law, lambda x, k=k: x**k)
        expected = float(law.moment(k).expr)
        assert abs(found - expected) <= 1e-12 * max(scale**k, 1)


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_the_distribution_function_rises_from_0_to_1_with_the_density(law):
    edges = [float(edge) for edge in law.edges()]
    x = np.linspace(edges[0], edges[-1], 41)[1:-1] + 1e-3
    step = 1e-5
    below = law.cdf.lambdify()
    slope = (below(x + step) - below(x - step)) / (2 * step)
    density = law.density.lambdify()(x)
    assert np.abs(slope - density).max() <= 1e-4 * max(1, density.max())
    ends = below(np.array([edges[0] - 10, edges[-1] + 10]))
    assert np.abs(ends - [0, 1]).max() <= 1e-13


@pytest.mark.parametrize("name", ["sample_covariance", "noise", "features", "kernel", "corner"])
def test_the_equation_of_a_law_holds_in_plain_mpmath(name):
    """Fixed points of the equations of the literature, at a point of the upper half plane."""
    real, imaginary = LAWS[name].stieltjes("0.75+0.5i", tc.Ball(20))
    with mpmath.workdps(30):
        found = _FIXED_POINTS[name](mpmath.mpc(0.75, 0.5))
        assert abs(mpmath.mpc(real.mid, imaginary.mid) - found) < 1e-18


def _covariance(z, places, c):
    v = mpmath.mpc(0, 1)
    for _ in range(3000):
        v = 1 / (-z + c * sum(w * t / (1 + t * v) for t, w in places.items()))
    return (v + (1 - c) / z) / c


def _noise(z):
    m, c = mpmath.mpc(0, 1), mpmath.mpf(1) / 2
    for _ in range(3000):
        k = 1 + c * m
        m = sum(0.5 / (t / k - k * z + 1 - c) for t in (0, 5))
    return m


def _features(z):
    """An average over the eigenvalues of the inner law, by its angle."""
    c1, rest = mpmath.mpf(1) / 4, mpmath.mpf(1) / 4 - 1 / (2 * mpmath.pi)
    c = mpmath.mpf(1) / 2
    angles = [mpmath.pi * (i + 0.5) / 200 for i in range(200)]
    inner = {
        rest + c1 * (1 + c + 2 * mpmath.sqrt(c) * mpmath.cos(t)): 2
        * mpmath.sin(t) ** 2
        / (1 + c + 2 * mpmath.sqrt(c) * mpmath.cos(t))
        / 200
        for t in angles
    }
    v = mpmath.mpc(0, 1)
    for _ in range(400):
        v = 1 / (-z + c * sum(w * t / (1 + t * v) for t, w in inner.items()))
    return (v + (1 - c) / z) / c


def _kernel(z):
    a, y, rest = mpmath.mpf(1) / 2, 4, mpmath.mpf(1) / 6
    roots = mpmath.polyroots(
        # z = 1/g + a/(1 − yag) − a + rest·g, cleared of denominators
        [-rest * y * a, rest + y * a * (z + a), a - z - a - y * a, 1],
        maxsteps=500,
        extraprec=200,
    )
    (g,) = [g for g in roots if g.imag < 0]
    return -g


def _corner(z):
    """A third of the rows: free cumulants κ_k t^{k−1}, that is R(tg)."""
    t = mpmath.mpf(1) / 3

    def equation(w):
        g = -_covariance(w, {1: 0.5, 4: 0.5}, mpmath.mpf(1) / 2)
        return w + (t - 1) / g - z

    w = mpmath.findroot(equation, z / t)
    return _covariance(w, {1: 0.5, 4: 0.5}, mpmath.mpf(1) / 2) / t


_FIXED_POINTS = {
    "sample_covariance": lambda z: _covariance(z, {1: 0.5, 4: 0.5}, 2),
    "noise": _noise,
    "features": _features,
    "kernel": _kernel,
    "corner": _corner,
}

fractions = st.fractions(min_value=R(1, 50), max_value=20, max_denominator=50)


@st.composite
def discrete(draw, lowest=-4):
    """A law of up to four atoms."""
    places = draw(st.lists(st.integers(lowest, 6), min_size=1, max_size=4, unique=True))
    weights = draw(st.lists(st.integers(1, 5), min_size=len(places), max_size=len(places)))
    return S.discrete({t: R(w, sum(weights)) for t, w in zip(places, weights, strict=True)})


def cauchy(law, z=0.3 + 0.8j):
    """G at a point of the upper half plane, in doubles."""
    return in_doubles_roots.solve(law.node, np.array([z])).g[0]


@settings(max_examples=8)
@given(discrete(), discrete(), fractions)
def test_free_sums_commute_and_cumulants_add(one, two, v):
    third = S.semicircle(v)
    assert abs(cauchy(one + two) - cauchy(two + one)) < 1e-10
    left, right = (one + third) + two, one + (third + two)
    assert abs(cauchy(left) - cauchy(right)) < 1e-10
    for k in range(1, 5):
        parts = [law.free_cumulant(k).expr for law in (one, two, third)]
        assert left.free_cumulant(k).expr == sum(parts)


@settings(max_examples=8)
@given(discrete(lowest=1), discrete(lowest=0), fractions)
def test_free_products_commute_and_are_moves_where_they_can(one, two, c):
    if two.moment(1).expr == 0:
        return
    assert abs(cauchy(one * two) - cauchy(two * one)) < 1e-9
    poisson = S.marchenko_pastur(c)
    general = nodes.FreeProduct(one.node, poisson.node)
    assert abs(cauchy(one * poisson) - cauchy(S.Law(general))) < 1e-8
    assert series.moments(general, 4) == series.moments((one * poisson).node, 4)


@settings(max_examples=6)
@given(discrete(), st.fractions(min_value=R(1, 10), max_value=1, max_denominator=20))
def test_compression_of_a_free_sum_is_the_free_sum_of_compressions(law, t):
    left = (law + S.semicircle(1)).compress(t)
    right = law.compress(t) + S.semicircle(1).compress(t)
    assert abs(cauchy(left) - cauchy(right)) < 1e-9
    assert left.moment(4).expr == right.moment(4).expr


def test_the_arcsine_law_is_a_free_sum_of_signs():
    law = S.discrete(SIGNS) + S.discrete(SIGNS)
    for x in ("0.3", "1.9", "1.999999"):
        exact = 1 / (sp.pi * sp.sqrt(4 - sp.Rational(x) ** 2))
        assert_error_holds(law.density.at(x=x, using=tc.Ball(15)), tc.certify(exact, 40))


@pytest.mark.parametrize("c", ["1/1000", "1/4", 1, 3, 1000])
def test_closed_forms_and_the_solver_agree(c):
    law = S.marchenko_pastur(c)
    low, high = (edge.mid for edge in law.edges(tc.Ball(20)))
    for u in (1e-6, 0.3, 0.999):
        x = float(low + u * (high - low))
        closed = law.density.at(x=x, using=tc.Ball(15))
        solved = tc.Formula("rho", S.functions.SpectralDensity(law._argument, sp.Symbol("x")))
        assert closed.overlaps(solved.at(x=x, using=tc.Ball(15)))
        below = tc.Formula("F", S.functions.SpectralMass(law._argument, sp.Symbol("x")))
        assert law.cdf.at(x=x, using=tc.Ball(15)).overlaps(below.at(x=x, using=tc.Ball(15)))


def test_a_point_mass_is_a_shift_and_a_scale():
    law = S.sample_covariance(TWO, 2)
    assert (law + S.discrete({3: 1})).node == (law + 3).node
    assert (law * S.discrete({3: 1})).node == (3 * law).node
    assert S.sample_covariance({1: 1}, 2).node == S.marchenko_pastur(2).node


def test_moves_are_found_behind_shifts_and_scales():
    sums = S.discrete(SIGNS) + (2 * S.semicircle("1/2") + 1)
    assert sums.node == (S.discrete(SIGNS) + 1 + S.semicircle(2)).node
    assert isinstance(_build.free_sum(LAWS["many_zeros"].node, sums.node), nodes.Node)


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: S.marchenko_pastur(0), "positive"),
        (lambda: S.semicircle(-1), "positive"),
        (lambda: S.discrete({1: "0.3", 2: "0.6"}), "sum to 1"),
        (lambda: S.projection(2), "trace"),
        (lambda: S.semicircle(1) * S.discrete(SIGNS), "both sides"),
        (lambda: S.marchenko_pastur(2).density.at(x=0), "outside the domain"),
        (lambda: S.marchenko_pastur(1).moment(-1), "infinite"),
        (lambda: S.marchenko_pastur(1).stieltjes(2), "side"),
        (lambda: S.marchenko_pastur(3).stieltjes(0), "pole"),
        (lambda: S.discrete({1: 1}).density, "no density"),
        (lambda: S.semicircle(1).compress(2), "too large"),
        (lambda: S.empirical([[0, 1], [0, 0]]), "not symmetric"),
    ],
)
def test_what_makes_no_sense_is_refused(call, text):
    with pytest.raises(tc.DomainError, match=text):
        call()


def test_a_law_with_a_symbol_has_moments():
    c = sp.Symbol("c", positive=True)
    law = S.information_plus_noise({0: "1/2", 5: "1/2"}, c, 1)
    assert law.moment(1).expr.subs(c, 3) == R(7, 2)


def test_errors_of_arrays_hold_next_to_edges():
    """Also of elements that are not computed again in balls."""
    law = S.sample_covariance(TWO, 1)
    edge = float(law.edges()[-1])
    x = edge - 10.0 ** -np.linspace(3, 11, 40)
    values, errors = S.functions.SpectralDensity.double(law._argument, x)
    for point, value, error in zip(x[::3], values[::3], errors[::3], strict=True):
        exact = law.density.at(x=R(float(point)), using=tc.Ball(20))
        assert abs(float(exact - R(float(value)))) <= error


def test_masses_up_to_an_atom_beside_a_density():
    """Half of the eigenvalues are 0, and the density of the others begins there."""
    law = S.sample_covariance({0: "1/2", 1: "1/2"}, 2)
    assert law.cdf.at(x=0).mid == R(1, 2)
    assert (1 - law).cdf.at(x=1).mid == 1
    assert law.quantile("1/2").mid == 0
    assert_error_holds(law.quantile("3/4"), S.marchenko_pastur(1).quantile("1/2", tc.Ball(30)))


def test_levels_that_are_reached_at_an_end():
    """The least x: an atom, or the end below a gap."""
    assert S.marchenko_pastur(3).quantile("2/3").mid == 0
    gap = S.sample_covariance({1: "1/2", 40: "1/2"}, "1/100")
    for using in (tc.Float(), tc.MP(20), tc.Ball(20)):
        assert gap.quantile("1/2", using).overlaps(gap.edges(using)[1])


def test_digits_next_to_an_edge_are_those_that_are_stated():
    for c in ("1e-6", 2):
        law = S.sample_covariance(TWO, c)
        edge = law.edges(tc.Ball(40))[0]
        x = R(edge.digits(38)) + R(1, 10**31)
        for quantity in (law.density, law.cdf):
            exact = quantity.at(x=x, using=tc.Ball(60))
            for using in (tc.Float(), tc.MP(20)):
                assert_error_holds(quantity.at(x=x, using=using), exact)


def test_a_part_of_tiny_mass_has_its_edges():
    """10^−90 of the population makes an interval of width 10^−46 that few bits do not show."""
    tiny = R(1, 10**90)
    law = S.sample_covariance({"1/100": tiny, 1: 1 - tiny}, "1/2")
    fine = law.edges(tc.Ball(50))
    assert len(fine) == 4
    for using in (tc.Float(), tc.MP(20), tc.Ball(10)):
        edges = law.edges(using)
        for found, exact in zip(edges, fine, strict=True):
            assert_error_holds(found, exact)
