"""Thresholds of kernel density estimators, and roots of increasing functions."""

import math

import numpy as np
import pytest
import sympy as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from reference import assert_reference, entries, label
from scipy import optimize, special
from sympy.codegen.cfunctions import expm1

import theorycalc as tc
from theorycalc.quantization import kde
from theorycalc.quantization.extremes.gamma_quantiles import GammaQuantile
from theorycalc.quantization.extremes.quantiles import BetaQuantile

QUANTITIES = {
    "kde_h_G": kde.h_G,
    "kde_h_CLT": kde.h_CLT,
    "kde_h_opt": kde.h_opt,
    "kde_KL_opt_per_d": kde.kl_per_dimension,
}
ARITHMETICS = [tc.Float(), tc.MP(30), tc.Ball(30)]
alphas = st.floats(-3, 1).map(lambda x: 10.0**x)


@pytest.mark.parametrize("using", ARITHMETICS, ids=repr)
@pytest.mark.parametrize("entry", entries("quantisation", *QUANTITIES), ids=label)
def test_reference(entry, using):
    value = QUANTITIES[entry["quantity"]](entry["params"]["alpha"]).at(using=using)
    assert_reference(value, entry)
    assert value.rad <= value.mid * (1e-11 if isinstance(using, tc.Float) else 1e-30)


@given(alphas)
def test_freezing(alpha):
    """λ φ'(λ) − φ(λ) = α at λ = u, by φ itself; u is bracketed by SciPy."""
    lam = sp.Symbol("lambda", positive=True)
    phi = -sp.log(1 + lam) / 2 - lam / (2 * (1 + lam))
    legendre = sp.lambdify(lam, lam * phi.diff(lam) - phi, "math")
    u = optimize.brentq(lambda x: legendre(x) - alpha, 1e-6, 1e12, xtol=1e-300, rtol=1e-14)
    # the difference of logarithms loses what u² is below 1
    assert float(kde.h_G(alpha).at()) == pytest.approx(u**-0.5, rel=1e-13 * max(1, u**-2))


def test_second_moment_freezes_at_the_central_limit():
    """E of the squared kernel is the kernel at 2λ: its threshold is u/2."""
    alpha = "0.7"
    ratio = kde.h_CLT(alpha).expr ** 2 / kde.h_G(alpha).expr ** 2
    assert sp.simplify(ratio) == 2
    assert kde.stable_index(alpha, kde.h_CLT(alpha).expr).at(using=tc.Ball(20)).contains(2)


@given(alphas)
def test_divergence_is_least_at_its_optimum(alpha):
    values = kde.kl_per_dimension(alpha, h=kde.H).lambdify()
    best = float(kde.h_opt(alpha).at())
    least = float(kde.kl_per_dimension(alpha).at())
    assert values(best) == pytest.approx(least, rel=1e-9, abs=1e-13)
    assert np.all(values(best * np.array([0.3, 0.9, 1.1, 3.0])) > least)
    digits = tc.Ball(20 + int(alpha))  # they differ by a factor 1 − e^{−4α}
    assert kde.h_opt(alpha).at(using=digits).upper < kde.h_G(alpha).at(using=digits).lower


@given(alphas)
@settings(max_examples=15)
def test_branches_meet(alpha):
    threshold = kde.h_G(alpha).expr
    low, high = (
        kde.kl_per_dimension(alpha, h=threshold * factor).at(using=tc.Ball(12))
        for factor in (1 - sp.Rational(1, 10**9), 1 + sp.Rational(1, 10**9))
    )
    assert abs(float(low) - float(high)) <= 1e-8 * max(1.0, alpha)


def test_optimum_by_minimisation():
    formula = kde.kl_per_dimension("0.5", h=kde.H)
    found = tc.minimize(formula, "h", ("0.4", "0.65"), using=tc.Ball(20))
    assert found.overlaps(kde.h_opt("0.5").at(using=tc.Ball(25)))


@given(st.integers(-300, 4))
def test_any_size(exponent):
    """h_G² ≈ √(3/(4α)) for small α and e^{−2α} for large α; three arithmetics agree."""
    alpha = sp.Rational(10) ** exponent
    values = [kde.h_G(alpha).at(using=using) for using in ARITHMETICS]
    assert values[0].overlaps(values[2]) or float(values[2]) == 0
    assert values[1].overlaps(values[2])
    if exponent < -20:
        assert float(values[2]) == pytest.approx((0.75 / float(alpha)) ** 0.25, rel=1e-9)
    if exponent > 1:
        assert float(sp.log(values[2].mid)) == pytest.approx(-float(alpha), rel=1e-12)


def test_derivatives():
    formula, step = kde.h_G(), 1e-6
    slope = formula.diff("alpha").at(alpha="0.3", using=tc.Ball(20))
    values = formula.lambdify()(np.array([0.3 - step, 0.3 + step]))
    assert float(slope) == pytest.approx((values[1] - values[0]) / (2 * step), rel=1e-8)


def test_arrays_agree_with_balls():
    alpha = np.geomspace(1e-12, 40, 60)
    doubles = kde.h_G().lambdify()(alpha)
    exactly = [float(kde.h_G(float(x)).at(using=tc.Ball(17))) for x in alpha]
    # h_G falls like e^{−α}: rounding of α counts α times
    np.testing.assert_array_less(abs(doubles / exactly - 1), 1e-15 * (8 + 4 * alpha))


@pytest.mark.parametrize(
    ("h", "phase"),
    [("0.6", kde.Phase.CONDENSED), ("0.7", kde.Phase.STABLE), (1, kde.Phase.CENTRAL_LIMIT)],
)
def test_phases(h, phase):
    assert kde.phase("0.5", h) is phase


def test_threshold_is_no_phase():
    with pytest.raises(tc.PrecisionError, match="threshold"):
        kde.phase("0.5", kde.h_G("0.5").expr)


@given(st.floats(0.1, 40), st.floats(1, 40), st.floats(1e-4, 50), st.sampled_from(ARITHMETICS))
def test_quantiles(a, b, level, using):
    """Laws at their quantiles, by SciPy."""
    eta = float(tc.Formula("eta", BetaQuantile(*map(sp.Rational, (a, b, level)))).at(using=using))
    xi = float(tc.Formula("xi", GammaQuantile(*map(sp.Rational, (a, level)))).at(using=using))
    if eta < 5:  # beyond, level ≤ 3, and 1 − w would be rounded
        log_law = math.log(special.betainc(a, b, special.expit(eta)))
    else:
        log_law = math.log1p(-special.betainc(b, a, special.expit(-eta)))
    # SciPy's laws are good for about 1e-12; a rounding of η counts a times
    assert log_law == pytest.approx(-level, rel=1e-10, abs=1e-12 * (1 + a) * (1 + abs(eta)))
    log_law = math.log(special.gammainc(a, math.exp(xi)))
    assert log_law == pytest.approx(-level, rel=1e-10, abs=1e-12 * (1 + a) * (1 + abs(xi)))


def test_quantile_slopes():
    a, b, level = sp.Rational(7, 2), sp.Integer(5), sp.Symbol("level", positive=True)
    for function in (BetaQuantile(a, b, level), GammaQuantile(a, level)):
        formula = tc.Formula("q", function)
        values = formula.lambdify()(np.array([2 - 1e-5, 2 + 1e-5]))
        slope = float(formula.diff("level").at(level=2, using=tc.Ball(20)))
        assert slope == pytest.approx((values[1] - values[0]) / 2e-5, rel=1e-8)


@pytest.mark.parametrize("level", ["1e-300", "1e-20", "1e-5", "0.49", "0.51", "1e4"])
@pytest.mark.parametrize(("a", "b"), [("1/2", "1/2"), ("1/2", 20), (40, "1/2"), (30, 30)])
def test_extreme_levels(a, b, level):
    """In three arithmetics; I_w(a, b) = 1 − I_{1−w}(b, a) at the tiny ones."""
    a, b, level = map(sp.Rational, (a, b, level))
    for function in (BetaQuantile(a, b, level), GammaQuantile(a, level)):
        values = [tc.Formula("q", function).at(using=using) for using in ARITHMETICS]
        assert values[0].overlaps(values[2])
        assert values[1].overlaps(values[2])
    if level < sp.Rational(1, 10**6):
        rest = -sp.log(-expm1(-level))
        mirrored = tc.Formula("q", -BetaQuantile(b, a, rest)).at(using=tc.MP(20))
        assert mirrored.overlaps(tc.Formula("q", BetaQuantile(a, b, level)).at(using=tc.MP(25)))


def test_median_of_a_symmetric_law():
    assert BetaQuantile(3, 3, sp.log(2)) == 0


@pytest.mark.parametrize(
    "call",
    [
        lambda: kde.h_G(0),
        lambda: kde.h_CLT(-1),
        lambda: kde.h_opt("a"),
        lambda: kde.kl_per_dimension(math.nan),
        lambda: kde.kl_per_dimension(1, h=0),
        lambda: kde.stable_index(1, -1),
        lambda: kde.phase(math.inf, 1),
        lambda: kde.h_G().at(alpha=-1),
    ],
)
def test_bad_input(call):
    with pytest.raises(tc.DomainError):
        call()
