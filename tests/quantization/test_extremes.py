"""Extreme-value approximations against exact values, limits, and domains of attraction."""

import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st

import theorycalc as tc

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
    """The second order errs like 1/d² where the first errs like 1/d."""
    errors = {
        order: [
            abs(
                float(Q.extreme_value_radius(D.UniformSphere(d), n, order=order).at())
                / float(Q.mean_max_cosine(d, n).at())
                - 1
            )
            for d in (100, 1000)
        ]
        for order in (1, 2)
    }
    assert 8 < errors[1][0] / errors[1][1] < 12
    assert 60 < errors[2][0] / errors[2][1] < 140


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
        assert "last correction" in note


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
    (lambda: Q.extreme_value_radius(D.Gaussian(50), 10, order=3), tc.DomainError, "1 … 2"),
    (
        lambda: Q.extreme_value_radius(D.Gaussian(3), 10, s=1),
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
