"""Coefficients of channels by grids and quadrature, divergences of laws by their definitions."""

import itertools

import mpmath
import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_error_holds, assert_low_targets_hold, value_of

import theorycalc as tc
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.information import channels
from theorycalc.information.channels import MeanSecant, Overlap

INFO = tc.information
rows = st.lists(st.integers(0, 9), min_size=3, max_size=4).filter(lambda x: sum(x) > 0)


def scaled(row):
    return [sp.Rational(x, sum(row)) for x in row]


def by_grid(channel):
    """sup of χ² ratios over pairs of inputs, on a grid of mixtures."""
    channel, best = np.array(channel, dtype=float), 0.0
    for a, b in itertools.combinations(channel, 2):
        weights = np.linspace(0, 1, 4001)[1:-1, None]
        mixed = weights * a + (1 - weights) * b
        safe = np.where(mixed > 0, mixed, 1.0)
        ratio = (weights * (1 - weights) * (a - b) ** 2 / safe).sum(axis=1)
        best = max(best, ratio.max())
    return best


@given(st.tuples(rows, rows, rows).filter(lambda x: len({len(r) for r in x}) == 1))
@settings(max_examples=12)
def test_contraction_on_a_grid(channel):
    channel = [scaled(row) for row in channel]
    found = INFO.contraction(channel).at(using=tc.Ball(15))
    below = by_grid(channel)
    # the supremum may be at an end of the grid, where the function is Lipschitz
    assert below - 1e-12 <= float(found) <= below + 1e-3
    variation = float(INFO.contraction(channel, "tv").at())
    assert float(found) <= variation + 1e-12
    assert INFO.contraction(channel).at(using=tc.MP(15)).overlaps(found)


def test_known_channels():
    """Binary symmetric, erasure and Z channels, and symbols in them."""
    d = sp.Symbol("d", positive=True)
    flip = INFO.contraction([[1 - d, d], [d, 1 - d]])
    assert flip.at(d="0.1", using=tc.Ball(20)).contains("0.64")
    erasure = INFO.contraction([[1 - d, 0, d], [0, 1 - d, d]])
    assert erasure.at(d="0.3", using=tc.Ball(20)).contains("0.7")
    assert INFO.contraction([[1, 0], ["0.3", "0.7"]]).expr == sp.Rational(7, 10)
    assert INFO.contraction([[1, 0], [0, 1]]).expr == 1
    assert INFO.contraction([["1/2", "1/2"]] * 2).expr == 0
    assert (
        INFO.contraction([[1, 0, 0], ["1/5", "2/5", "2/5"]]).at(using=tc.Ball(20)).contains("0.8")
    )


def test_private_channels_do_not_exceed_randomised_response():
    e = sp.log(3)
    answers = [["3/4", "1/4"], ["1/4", "3/4"]]
    for divergence in ("kl", "tv"):
        bound = INFO.privacy_contraction(e, divergence).at(using=tc.Ball(20))
        assert bound.overlaps(INFO.contraction(answers, divergence).at(using=tc.Ball(20)))
    other = [["1/2", "1/4", "1/4"], ["1/4", "1/4", "1/2"], ["1/4", "1/2", "1/4"]]
    assert float(INFO.contraction(other).at()) < float(bound)


@pytest.mark.parametrize("t", ["1e-3", "1", "7"])
def test_gaussian_noise_by_two_integrals(t):
    """E tanh(t²/4 + tZ/2), and the distance of two normal laws, in mpmath."""
    with mpmath.workdps(30):
        x = mpmath.mpf(t)
        points = [-mpmath.inf, *range(-8, 9, 2), mpmath.inf]
        mean = mpmath.quad(lambda z: mpmath.npdf(z) * mpmath.tanh(x * x / 4 + x * z / 2), points)
        variation = mpmath.quad(lambda z: abs(mpmath.npdf(z) - mpmath.npdf(z - x)),
                                [-mpmath.inf, -5, x / 2, x + 5, mpmath.inf]) / 2  # fmt: skip
    assert float(INFO.gaussian_contraction(t).at()) == pytest.approx(float(mean), rel=1e-12)
    found = INFO.gaussian_contraction(t, "tv").at(using=tc.MP(20))
    assert float(found) == pytest.approx(float(variation), rel=1e-12)


@pytest.mark.parametrize("t", [20, 10**3, 10**6])
def test_distant_inputs(t):
    """E sech(tZ/2) = (2/t) E over a law of density ∝ sech: √(2π)/t (1 − π²/(2t²) + …)."""
    mean = tc.Formula("m", MeanSecant(sp.Integer(t))).at(using=tc.Ball(30))
    with mpmath.workdps(40):
        exact = mpmath.quad(
            lambda u: mpmath.npdf(2 * u / t) * mpmath.sech(u) * 4 / mpmath.mpf(t), range(0, 100, 2)
        )
    assert_error_holds(mean, exact)
    assert float(INFO.gaussian_contraction(t).at()) == 1.0


def test_dropout():
    d = sp.Symbol("d", positive=True)
    assert INFO.dropout_contraction(d, 3).expr == 1 - d**3
    one = INFO.contraction([[1 - d, 0, d], [0, 1 - d, d]]).at(d="0.2", using=tc.Ball(20))
    assert one.overlaps(INFO.dropout_contraction("0.2").at(using=tc.Ball(20)))


def test_low_targets():
    context = BallContext()
    pairs = ("1/2", "1/3", "1/6", "1/9", "2/9", "2/3"), ("1/2", "1/2", "1/1000", "999/1000")
    for row in pairs:
        args = [context.number(sp.Rational(x)) for x in row]

        def enclosed(bits, args=args):
            with working_precision(bits):
                return context.real(Overlap.in_ball(context, *args))

        assert_low_targets_hold(enclosed)


def test_a_poor_place_is_still_enclosed(monkeypatch):
    """The tangent bounds a convex function wherever it touches."""
    context = BallContext()
    rows_ = "1/2", "1/3", "1/6", "1/9", "2/9", "2/3"
    with working_precision(100):
        args = [context.number(sp.Rational(x)) for x in rows_]
        exact = context.real(Overlap.in_ball(context, *args))
        for place in ("1/3", "9/10"):
            number = context.number(sp.Rational(place))
            monkeypatch.setattr(channels, "_lowest", lambda context, pairs, x=number: x)
            assert_error_holds(value_of(Overlap.in_ball(context, *args)), value_of(exact))


LAWS = [
    (INFO.Normal(0), INFO.Normal("1/2")),
    (INFO.Normal(0, 1), INFO.Normal(1, "3/2")),
    (INFO.Normal(0, "3/2"), INFO.Normal(1, "6/5")),
    (INFO.Exponential(2), INFO.Exponential(3)),
    (INFO.Exponential("5/2"), INFO.Exponential(1)),
]
# Gauss–Legendre panels on [−25, 25], that of the Gaussian tails beyond is below 1e-40.
NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)
PANELS = np.arange(-25, 25, 0.125)
PLACES = (PANELS[:, None] + (NODES + 1) / 16).ravel()
SHARES = np.tile(WEIGHTS / 16, len(PANELS))


def density(law):
    if isinstance(law, INFO.Exponential):
        rate = float(law.rate)
        return np.where(PLACES >= 0, rate * np.exp(-rate * np.abs(PLACES)), 0)
    m, s = float(law.mean), float(law.deviation)
    return np.exp(-(((PLACES - m) / s) ** 2) / 2) / (s * np.sqrt(2 * np.pi))


@pytest.mark.parametrize(("P", "Q"), LAWS, ids=str)
def test_densities(P, Q):  # noqa: N803
    """The four of them from their definitions."""
    p, q = density(P), density(Q)
    inside = q > 0
    p, q, w = p[inside], q[inside], SHARES[inside]
    expected = {
        INFO.divergence: w @ (p * np.log(p / q)),
        INFO.total_variation: w @ np.abs(p - q) / 2,
        INFO.chi_squared: w @ ((p - q) ** 2 / q),
        INFO.hellinger_squared: w @ (np.sqrt(p) - np.sqrt(q)) ** 2,
    }
    for function, exact in expected.items():
        found = float(function(P, Q).at(using=tc.Ball(12)))
        # the density of the total variation has a kink inside a panel
        tolerance = 1e-4 if function is INFO.total_variation else 1e-9
        assert found == pytest.approx(exact, rel=tolerance)


def sums(p, q):
    terms = [*zip(p, q, strict=True)]
    return {
        INFO.divergence: mpmath.fsum(x * mpmath.log(x / y) for x, y in terms if x),
        INFO.total_variation: mpmath.fsum(abs(x - y) for x, y in terms) / 2,
        INFO.chi_squared: mpmath.fsum((x - y) ** 2 / y for x, y in terms),
        INFO.hellinger_squared: mpmath.fsum(
            (mpmath.sqrt(x) - mpmath.sqrt(y)) ** 2 for x, y in terms
        ),
    }


def test_counted_laws_are_their_sums():
    with mpmath.workdps(40):
        rates = mpmath.mpf(2), mpmath.mpf(7) / 2
        p, q = ([mpmath.exp(-r) * r**k / mpmath.factorial(k) for k in range(120)] for r in rates)
        poisson = INFO.Poisson(2), INFO.Poisson("7/2")
        for function, exact in sums(p, q).items():
            assert_error_holds(function(*poisson).at(using=tc.Ball(20)), exact)
        rows_ = [("1/2", "1/3", "1/6"), ("1/4", "1/4", "1/2")]
        one, two = (INFO.Categorical(row) for row in rows_)
        p, q = ([mpmath.mpf(sp.Rational(x).p) / sp.Rational(x).q for x in row] for row in rows_)
        for function, exact in sums(p, q).items():
            found = function(one, two).at(using=tc.Ball(20))
            assert abs(found.mid - exact) <= found.rad + mpmath.mpf(10) ** -35


def test_divergence_of_many_coordinates_adds_up():
    """Independent coordinates: entropies add, affinities multiply."""
    one = INFO.Normal(0, "1/10"), INFO.Normal(0, "1/5")
    many = INFO.Normal(0, "1/10", 50), INFO.Normal(0, "1/5", 50)
    single, total = (INFO.divergence(*pair).at(using=tc.Ball(20)) for pair in (one, many))
    assert (50 * single).overlaps(total)
    kept = [1 - INFO.hellinger_squared(*pair).at(using=tc.Ball(25)) / 2 for pair in (one, many)]
    assert (kept[0] ** 50).overlaps(kept[1])


def test_infinite_divergences():
    wide, narrow = INFO.Normal(0, 2), INFO.Normal(0, 1)
    assert INFO.chi_squared(wide, narrow).at().mid == mpmath.inf
    assert INFO.chi_squared(narrow, wide).at().mid < 1
    assert INFO.divergence(INFO.Categorical((1, 0)), INFO.Categorical((0, 1))).expr == sp.oo


def test_wasserstein_by_quantiles():
    """W₁ on the line is the L¹ distance of the quantile functions."""
    P, Q = INFO.Normal("1/3", 2), INFO.Normal(0, "1/2")  # noqa: N806
    with mpmath.workdps(20):
        cross = -mpmath.mpf(1) / 3 / mpmath.mpf("1.5")
        found = mpmath.quad(
            lambda z: mpmath.npdf(z) * abs(mpmath.mpf(1) / 3 + mpmath.mpf("1.5") * z),
            [-mpmath.inf, cross, mpmath.inf],
        )
    assert float(INFO.wasserstein(P, Q).at()) == pytest.approx(float(found), rel=1e-12)


def test_layers_by_determinants():
    """n examples of d coordinates: the entropy of the example less that given the mean."""
    d, n, sigma2, tau2 = 3, 7, sp.Rational(3, 2), sp.Rational(1, 4)
    formula = INFO.layer_information(d, n, sigma2, tau2)
    given_mean = sp.eye(d) * (sigma2 * (1 - sp.Rational(1, n)) + tau2)
    fresh = sp.eye(d) * (sigma2 + tau2)
    expected = sp.log(fresh.det() / given_mean.det()) / 2
    assert formula.at(using=tc.Ball(20)).overlaps(tc.certify(expected, 20))


def test_information_falls_from_layer_to_layer():
    W, V = [[1, 2, 0], [0, 1, -1]], [[1, 1], [2, 0], [0, 3]]  # noqa: N806
    cov = [[2, 1, 0], [1, 2, 1], [0, 1, 2]]
    one = INFO.mutual_information([W], ["1/2"], cov).at(using=tc.Ball(20))
    two = INFO.mutual_information([W, V], ["1/2", "1/3"], cov).at(using=tc.Ball(20))
    assert two.upper < one.lower
    # entropies of the joint law: log det Σ + log det Σ_Y − log det of both
    w, s = sp.Matrix(W), sp.Matrix(cov)
    out = w * s * w.T + sp.eye(2) / 2
    joint = sp.Matrix(sp.BlockMatrix([[s, s * w.T], [w * s, out]]))
    expected = sp.log(s.det() * out.det() / joint.det()) / 2
    assert one.overlaps(tc.certify(expected, 20))
    # a noiseless first layer loses nothing that an invertible map keeps
    square = [[2, 1], [1, 1]]
    kept = INFO.mutual_information([square, [[1, 0]]], [0, 1])
    direct = INFO.mutual_information([[[2, 1]]], [1])
    assert sp.simplify(kept.expr - direct.expr) == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda: INFO.contraction([["1/2", "1/3"], ["1/2", "1/2"]]),
        lambda: INFO.contraction([["3/2", "-1/2"], ["1/2", "1/2"]]),
        lambda: INFO.contraction([["1/2", "1/2"], [1]]),
        lambda: INFO.contraction([["1/2", "1/2"]]),
        lambda: INFO.contraction("channel"),
        lambda: INFO.contraction([[1, 0], [0, 1]], "chi"),
        lambda: INFO.gaussian_contraction(0),
        lambda: INFO.gaussian_contraction(1, None),
        lambda: INFO.privacy_contraction(-1),
        lambda: INFO.dropout_contraction(2, 3),
        lambda: INFO.dropout_contraction("1/2", 0),
        lambda: INFO.Normal(0, 0),
        lambda: INFO.Normal("x"),
        lambda: INFO.Poisson(-1),
        lambda: INFO.Categorical(("1/2", "1/4")),
        lambda: INFO.divergence(INFO.Poisson(1), INFO.Exponential(1)),
        lambda: INFO.divergence(INFO.Categorical((1,)), INFO.Categorical(("1/2", "1/2"))),
        lambda: INFO.divergence(INFO.Normal(0, 1, 2), INFO.Normal(0)),
        lambda: INFO.divergence(1, 2),
        lambda: INFO.layer_information(0, 5),
        lambda: INFO.layer_information(3, 1),
        lambda: INFO.layer_information(3, 5, tau2=-1),
        lambda: INFO.mutual_information([[[1]]], [0]),
        lambda: INFO.mutual_information([[[1]]], [1, 2]),
        lambda: INFO.mutual_information([[[1, 2]], [[1, 2]]], [1, 1]),
        lambda: INFO.mutual_information([[[1]]], [1], [[1, 2]]),
        lambda: INFO.wasserstein(INFO.Poisson(1), INFO.Poisson(1)),
    ],
)
def test_bad_input(call):
    with pytest.raises(tc.DomainError):
        call()


def test_total_variation_of_many_coordinates_is_refused():
    with pytest.raises(tc.NotSupportedError, match="hellinger"):
        INFO.total_variation(INFO.Normal(0, 1, 2), INFO.Normal(0, 2, 2))
