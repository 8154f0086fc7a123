"""Integrals, quantiles, samples, edges of two laws that meet: each in two ways."""

import numpy as np
import pytest
import sympy as sp
from flint import ctx
from reference import assert_error_holds, value_of

import theorycalc as tc
from theorycalc.core.binary import fraction
from theorycalc.core.lowering import lower
from theorycalc.spectra import in_balls_means, in_doubles, in_doubles_edges, quadrature

S = tc.spectra
X = sp.Symbol("x", real=True)
TWO, SIGNS = {1: "1/2", 4: "1/2"}, {-1: "1/2", 1: "1/2"}
LAWS = {
    "two_intervals": S.sample_covariance(TWO, "1/10"),
    "atom": S.sample_covariance(TWO, 2),
    "product": S.discrete({1: "1/2", 2: "1/2"}) * S.discrete({1: "1/3", 3: "2/3"}),
    "reflected": 3 - 2 * S.sample_covariance(TWO, "1/10"),
}


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_contours_and_quadratures_agree(law):
    for f in (sp.exp(-X / 4), 1 / (X + 20)):
        mean = law.integrate(f)
        certified = mean.at(using=tc.Ball(17))
        assert_error_holds(mean.at(), certified)
    assert law.integrate(X**3).at(using=tc.Ball(15)).contains(law.moment(3).expr)


def test_what_is_left_out_next_to_zero_is_in_the_error():
    """Fuss–Catalan numbers at negative s: the density is as x^{−2/3}."""
    law = S.marchenko_pastur(1) * S.marchenko_pastur(1)
    for s in (sp.Rational(-1, 4), sp.Rational(-3, 10)):
        moment = sp.gamma(3 * s + 1) / sp.gamma(s + 1) / sp.gamma(2 * s + 2)
        exact = tc.Formula("m", moment).at(using=tc.Ball(17))
        assert_error_holds(law.integrate(X**s).at(), exact)
    with pytest.raises(tc.DomainError):
        law.integrate(X ** sp.Rational(-1, 3)).at()


def test_contours_hold_where_their_bounds_bind(monkeypatch):
    """Few nodes: the rest that is left out is what is stated."""
    law = LAWS["two_intervals"]
    program, exact = lower(X**2, (X,)), law.moment(2).expr
    for size in (6.0, 1.45):
        monkeypatch.setattr(in_balls_means, "_SIZES", (size,))
        for bits in (-30, -12, 4):
            monkeypatch.setattr(in_balls_means, "working_bits", lambda bits=bits: bits)
            with ctx.workprec(200):
                found = in_balls_means.mean(law.node, program)
            assert value_of(found).contains(exact)


def test_means_of_closed_laws_are_integrals_in_the_angle():
    for law in (S.marchenko_pastur("1/4"), S.marchenko_pastur(1), S.semicircle(3)):
        assert law.integrate(X**2).at(using=tc.Ball(12)).contains(law.moment(2).expr)
    assert S.marchenko_pastur("1/4").moment(-3).expr == sp.Rational(5, 4) / sp.Rational(3, 4) ** 5


def test_logarithms_are_potentials_at_zero():
    """Closed form, potential and quadrature."""
    for c in ("1/3", "99/100"):
        law = S.marchenko_pastur(c)
        closed = law.log_moment.at(using=tc.Ball(15))
        potential = tc.Formula("U", S.functions.LogPotential(law._argument, sp.S.Zero))
        assert closed.overlaps(potential.at(using=tc.Ball(15)))
        value, error = quadrature.mean(law.node, np.log)
        assert abs(value - float(closed.mid)) <= error
    many = S.marchenko_pastur(3)
    assert many.log_moment.at().is_infinite
    value, error = quadrature.mean(many.node, np.log)
    assert abs(value - float(many.log_moment_nonzero.at())) <= error


@pytest.mark.parametrize("c", [1, "999/1000", 3])
def test_hard_edges_lose_no_mass(c):
    """x^{−1/2}, and x^{−2/3} of a product of two."""
    law = S.marchenko_pastur(c)
    for node in (law.node, (law * law).node, (2 * law - 1).node):
        value, error = quadrature.mean(node, np.ones_like)
        mass = 1 - float(sum(S.Law(node).atoms.values()))
        assert abs(value - mass) <= max(error, 1e-15)
        # the product of two of rank p/3 begins at 0, where its unknown does not
        assert error < 1e-11 or (c == 3 and node == (law * law).node)


@pytest.mark.parametrize("name", ["two_intervals", "atom", "reflected"])
def test_quantiles_invert_the_distribution_function(name):
    law = LAWS[name]
    for u in ("1/7", "4/5"):
        x = law.quantile(u, tc.Ball(20))
        if x.mid == 0:
            assert law.atoms[0] >= sp.Rational(u)
            continue
        inside = law.cdf.at(x=sp.Rational(fraction(x.mid)), using=tc.Ball(15))
        assert abs(float(inside) - float(sp.Rational(u))) < 1e-15
        assert law.quantile(u).overlaps(x)


def test_samples_have_the_moments_of_the_law():
    """Twenty thousand draws, five standard errors."""
    for law in LAWS.values():
        draws = law.sample(20_000, seed=1)
        for k in (1, 2):
            spread = float(law.moment(2 * k).expr - law.moment(k).expr ** 2) ** 0.5
            gap = (draws**k).mean() - float(law.moment(k).expr)
            assert abs(gap) <= 5 * spread / 20_000**0.5


@pytest.mark.parametrize(
    ("law", "expected"),
    [
        (S.discrete(SIGNS) + S.discrete(SIGNS), (-2, 2)),
        (S.discrete({0: "1/2", 100: "1/2"}) + S.discrete(SIGNS), (-1, 1, 99, 101)),
        (S.discrete(TWO) * S.discrete(TWO), (1, 16)),
        (S.projection("1/2") * S.projection("1/2"), (0, 1)),
    ],
)
def test_edges_with_infinite_densities_are_where_atoms_meet(law, expected):
    assert [float(edge) for edge in law.edges()] == list(expected)


def test_edges_of_two_laws_that_meet_are_those_of_moves():
    one, two = S.marchenko_pastur("1/2"), S.marchenko_pastur("1/4")
    general = in_doubles_edges.edges(S.nodes.FreeProduct(one.node, two.node))
    for (found, error), edge in zip(general, (one * two).edges(tc.Ball(20)), strict=True):
        assert abs(found - float(edge.mid)) <= error
    p, q = sp.Rational(1, 2), sp.Rational(1, 3)
    root = 2 * sp.sqrt(p * q * (1 - p) * (1 - q))
    for edge, sign in zip((S.projection(p) * S.projection(q)).edges(), (-1, 1), strict=True):
        assert_error_holds(edge, tc.certify(p + q - 2 * p * q + sign * root, 30))


def test_an_atom_in_a_gap_has_no_edges():
    """Two projections P, Q: the eigenvalues 1/2 ± √(1/4 + 2x) of 2P − 1 + Q, x those of PQP."""
    law = S.discrete(SIGNS) + S.projection("2/3")
    assert law.atoms == {0: sp.Rational(1, 6), 2: sp.Rational(1, 6)}
    x = [sp.Rational(1, 2) + sign * sp.sqrt(2) / 3 for sign in (1, -1)]
    roots = [sp.sqrt(sp.Rational(1, 4) + 2 * t) for t in x]
    exact = [0.5 - roots[0], 0.5 - roots[1], 0.5 + roots[1], 0.5 + roots[0]]
    for edge, expected in zip(law.edges(), exact, strict=True):
        assert_error_holds(edge, tc.certify(sp.nsimplify(expected), 30))
    # outside of the support the density is 0, and known to be
    gap = in_doubles.density(law.node, np.linspace(-0.05, 1.05, 50))
    assert not gap[0].any()
    assert not gap[1].any()


def test_a_gap_closes_where_it_has_to():
    """±1 ⊞ SC(v): four edges below v = 1, two from there on."""
    counts = [len((S.discrete(SIGNS) + S.semicircle(v)).edges()) for v in ("0.99999", 1, "1.00001")]
    assert counts == [4, 2, 2]
    gap = (S.discrete(SIGNS) + S.semicircle(1)).density
    assert gap.at(x="1e-6").mid > 0
    assert gap.at(x="0.001", using=tc.Ball(20)).overlaps(gap.at(x="-0.001", using=tc.Ball(20)))


def test_next_to_an_edge_the_density_is_enclosed():
    law = LAWS["two_intervals"]
    edge = law.edges(tc.Ball(40))[0]
    for power in (8, 20, 30):
        step = sp.Rational(1, 10**power)
        x = sp.Rational(fraction(edge.mid))
        inside, outside = (law.density.at(x=x + s * step, using=tc.Ball(10)) for s in (1, -1))
        assert inside.lower > 0
        assert outside.mid == 0
        # the square root of the edge
        further = law.density.at(x=x + 4 * step, using=tc.Ball(10))
        assert abs(float(further.mid / inside.mid) - 2) < 10 ** (-power / 2 + 2)


def test_outliers_of_a_matrix_are_its_spikes():
    rng = np.random.default_rng(3)
    x = rng.standard_normal((500, 1000))
    x[0] *= 3.0  # a population eigenvalue of 9
    found = S.outliers(x @ x.T / 1000, S.marchenko_pastur("1/2"))
    spike = S.covariance_spike(9, "1/2").eigenvalue.at()
    assert len(found) == 1
    # a Gaussian spike moves by ℓ√(2/n) and a little less
    assert abs(found[0].eigenvalue - float(spike)) <= 4 * 9 * (2 / 1000) ** 0.5


@pytest.mark.parametrize(
    ("call", "text"),
    [
        (lambda: S.semicircle(1).quantile(1), "no level"),
        (lambda: S.semicircle(1).integrate(X * sp.Symbol("y")), "several symbols"),
        (lambda: S.information_plus_noise({1: 1}, 2, 1), "at most n eigenvalues"),
        (lambda: S.sample_covariance({-1: 1}, 2).log_moment, "below 0"),
        (lambda: S.outliers(np.eye(2), S.discrete({1: 1})), "no bulk"),
    ],
)
def test_what_makes_no_sense_is_refused(call, text):
    with pytest.raises(tc.DomainError, match=text):
        call()


def test_short_supports_far_from_zero_are_inside_of_their_contours():
    """A semicircle of variance 10^−24 about atoms 10^−12 apart, of which doubles see little."""
    law = S.discrete({1000: "1/2", 1000 + sp.Rational(1, 10**12): "1/2"}) + S.semicircle("1e-24")
    assert law.integrate(X**2).at(using=tc.Ball(20)).contains(law.moment(2).expr)


@pytest.mark.parametrize(("place", "is_inside"), [(0.88, True), (1.06, False)])
def test_atoms_next_to_a_contour_bound_the_transform(place, is_inside):
    """|G| on both ellipses is at most 1/distance, also with an atom near one of them."""
    law = S.discrete({-1: "1/2", 1: "1/2"}).compress("3/4")
    half = float(law.edges()[1])
    at = np.arccosh(1 / half) / place
    inner, outer = (at, 2 * at) if is_inside else (at / 2, at)
    z = half * np.cosh(np.array([inner, outer])[:, None] + 1j * np.linspace(0, np.pi, 50))
    largest = abs(in_doubles.solve(law.node, z).g).max()
    assert largest <= 1 / float(in_balls_means._away(half, inner, outer, {1.0: is_inside}).lower())
