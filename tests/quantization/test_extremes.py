"""Extreme-value approximations against exact values, limits, and domains of attraction."""

import itertools

import mpmath
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import theorycalc as tc
from theorycalc.quantization.extremes.quantiles import BetaQuantile
from theorycalc.quantization.extremes.regimes import ElementaryCosine

Q, D = tc.quantization, tc.distributions
X = sp.Symbol("x", positive=True)

# relative errors of m_n, rounded, as a table of approximations by hand has them
TABLE = {
    (5, "1000"): {("d fixed", 1): 2e-4, ("d fixed", 3): 1e-7, ("extreme values", 2): 3e-3},
    (50, "1000000"): {("extreme values", 1): 2e-3, ("log n = αd", 1): 5e-2, ("d fixed", 2): 3e-2},
    (200, "1e30"): {("extreme values", 2): 2e-6, ("log n = αd", 2): 5e-5, ("d fixed", 3): 6e-3},
    (1000, "1e300"): {("extreme values", 2): 2e-9, ("log n = αd", 2): 2e-7},
    (10000, "1e300"): {("extreme values", 1): 6e-7, ("log n/d → 0", 1): 4e-2},
}


@pytest.mark.parametrize(("d", "n"), TABLE)
def test_errors_of_the_approximations(d, n):
    found = Q.compare_approximations(d, n).relative_error
    for which, error in TABLE[d, n].items():
        assert error / 2 < found[which] < 2 * error


@settings(max_examples=20, deadline=None)
@given(st.integers(2, 10**6))
def test_one_term_is_exact_in_three_dimensions(n):
    """1 − m = 2/(n + 1)."""
    estimate = Q.extreme_value_radius(D.UniformSphere(3), n, regime="d fixed", order=1)
    assert float(estimate.at()) == pytest.approx(1 - 2 / (n + 1), rel=1e-14)


@pytest.mark.parametrize("n", [2, 10, 100])
def test_few_points_in_many_dimensions(n):
    """Order k errs like d^{−k}."""

    def error(d, order):
        estimate = Q.extreme_value_radius(D.UniformSphere(d), n, regime="n fixed", order=order)
        return abs(float(estimate.at()) / float(Q.mean_max_cosine(d, n).at()) - 1)

    errors = {order: [error(d, order) for d in (100, 1000)] for order in (1, 2, 3)}
    assert 8 < errors[1][0] / errors[1][1] < 12
    assert 60 < errors[2][0] / errors[2][1] < 140
    assert 450 < errors[3][0] / errors[3][1] < 1500


@pytest.mark.parametrize("s", ["1/2", 1, 2, 3, 4])
@pytest.mark.parametrize(("d", "most"), [(200, 1.4e-4), (1000, 5e-6)])
def test_radii_for_other_powers(d, most, s):
    law, n = D.Gaussian(d), {"log_n": d // 2}
    exact = float(Q.optimal_radius(law, s=s, **n).at())
    estimate = float(Q.extreme_value_radius(law, s=s, **n).at())
    assert abs(estimate - exact) / d**0.5 < most
    # scales
    wide = float(Q.extreme_value_radius(D.Gaussian(d, 3), s=s, **n).at())
    assert wide == pytest.approx(3 * estimate, rel=1e-14)


def test_arithmetics_agree():
    estimate = Q.extreme_value_radius(D.Gaussian(200), "1e30")
    digits = [estimate.at(using=using) for using in (tc.Float(), tc.MP(30), tc.Ball(30))]
    assert all(a.overlaps(b) for a in digits for b in digits)


def test_the_regime_is_named():
    for d, n, name in ((60, 50, "n fixed"), (4, 10**9, "d fixed"), (60, 10**9, "extreme values")):
        note = Q.extreme_value_radius(D.Gaussian(d), n).note
        assert note.startswith(f"regime {name}, order ")


@pytest.mark.parametrize("law", [D.Gaussian, D.UniformBall, D.UniformSphere])
@pytest.mark.parametrize("s", [2, "1/2", 4])
def test_errors_hold_what_is_left_out(law, s):
    """Of the regime that is chosen, against the optimal radius; they are no rounding errors."""
    dimensions = (2 if s == 2 else 6, 12, 30, 200, 10_000)
    for d, n in itertools.product(dimensions, (3, 50, 10**4, "1e30", "1e300")):
        value = Q.extreme_value_radius(law(d), n, s).at()
        exact = Q.optimal_radius(law(d), n, s).at()
        assert value.overlaps(exact), (d, n)
        assert value.rigor is tc.Rigor.ESTIMATED
        assert value.rad < 0.4 * value.mid


@pytest.mark.parametrize("level", ["1/10", "7/10", 3])
def test_signs_of_quantiles_are_those_of_their_digits(level):
    quantile = BetaQuantile(4, 4, sp.Rational(level))
    assert quantile.is_negative is bool(quantile.evalf(20) < 0)


@given(st.integers(2, 1000), st.floats(1, 3000))
@settings(max_examples=30)
def test_elementary_cosine(d, log_n):
    """1 − m² = Γ(1 + 1/a)(2a B(1/2, a) m/n)^{1/a} at the centre, in three arithmetics."""
    formula = tc.Formula("m", ElementaryCosine(sp.Integer(d), sp.Rational(log_n)))
    values = [formula.at(using=using) for using in (tc.Float(), tc.MP(30), tc.Ball(30))]
    assert all(a.overlaps(b) for a in values for b in values)
    with mpmath.workdps(1500 // d + 60):
        a, m = mpmath.mpf(d - 1) / 2, formula.at(using=tc.Ball(1400 // d + 50)).mid
        size = 2 * a * mpmath.beta(0.5, a) * m * mpmath.exp(-mpmath.mpf(log_n))
        assert mpmath.almosteq(1 - m**2, mpmath.gamma(1 + 1 / a) * size ** (1 / a), rel_eps=1e-15)


@pytest.mark.parametrize("alpha", ["1/10", "1/2", 2])
def test_limits(alpha):
    limit = float(Q.limit_radius(alpha).at())
    gaps = []
    for d in (100, 400, 1600):
        law, log_n = D.Gaussian(d), sp.Rational(alpha) * d
        gaps.append(abs(float(Q.optimal_radius(law, log_n=log_n).at()) / d**0.5 - limit))
        distortion = float(Q.optimal_distortion(law, log_n=log_n).at()) / d
    assert gaps[0] > gaps[1] > gaps[2]
    assert distortion == pytest.approx(float(Q.limit_distortion(alpha).at()), rel=0.06)
    assert Q.limit_distortion(alpha, s=4).expr == Q.limit_distortion(alpha).expr ** 2


DOMAINS = [
    (sp.exp(-X), sp.oo, "Gumbel", None),
    (sp.exp(-(X**2)), sp.oo, "Gumbel", None),
    (sp.erfc(X / sp.sqrt(2)) / 2, sp.oo, "Gumbel", None),
    (X**-3, sp.oo, "Fréchet", 3),
    (1 / (1 + X**2), sp.oo, "Fréchet", 2),
    ((1 - X) ** 2, 1, "Weibull", 2),
]


@pytest.mark.parametrize(("tail", "upper", "name", "shape"), DOMAINS)
def test_domains_of_attraction(tail, upper, name, shape):
    """n P(X > location + scale·y) tends to the limit law's −log at y."""
    found = Q.norming_constants(tail, X, upper)
    assert (found.name, found.shape) == (name, shape)
    if "x_n" in map(str, (found.location + found.scale).free_symbols):
        return
    n = sp.Symbol("n", positive=True)
    y = {"Gumbel": sp.S.Half, "Fréchet": sp.S(2), "Weibull": -sp.S.Half}[name]
    point = (found.location + found.scale * y).subs(n, sp.Integer(10) ** 40)
    rate = float(tc.certify(sp.Integer(10) ** 40 * tail.subs(X, point), digits=10))
    limits = {"Gumbel": sp.exp(-y), "Fréchet": y ** -(shape or 1), "Weibull": (-y) ** (shape or 1)}
    assert rate == pytest.approx(float(limits[name]), rel=0.05)


BAD = [
    (lambda: Q.extreme_value_radius(D.Gaussian(5), 1), tc.DomainError, "no extreme values"),
    (lambda: Q.extreme_value_radius(D.Gaussian(5), 10, regime="x"), tc.DomainError, "n fixed"),
    (lambda: Q.extreme_value_radius(D.Gaussian(50), 10, order=4), tc.DomainError, "1 … 3"),
    (
        lambda: Q.extreme_value_radius(D.Gaussian(3), 10, s=1, regime="d fixed"),
        tc.NotSupportedError,
        "optimal_radius",
    ),
    (lambda: Q.limit_radius(-1), tc.DomainError, "≥ 0"),
    (lambda: Q.norming_constants(1 + sp.exp(-X), X), tc.DomainError, "no tail"),
    (lambda: Q.norming_constants(1 / sp.log(X), X), tc.DerivationError, "von Mises"),
]


@pytest.mark.parametrize(("call", "error", "message"), BAD)
def test_bad_input(call, error, message):
    with pytest.raises(error, match=message):
        call()
