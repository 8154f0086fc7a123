"""Empirical risk minimisation: closed forms, bounds, and what has no minimiser."""

import numpy as np
import pytest
import sympy as sp
from reference import assert_error_holds
from scipy.stats import norm

import theorycalc as tc
from theorycalc.inference import bayes, erm, separability


def square_in_closed_form(alpha, ridge):
    """(m, q) of a sign teacher by the iteration of its closed equations."""
    m, q, v, c = 0.3, 0.5, 1.0, np.sqrt(2 / np.pi)
    for _ in range(2000):
        total, pull = ridge + alpha / (1 + v), alpha * c / (1 + v)
        noise = alpha * (1 - 2 * m * c + q) / (1 + v) ** 2
        m, q, v = pull / total, (pull**2 + noise) / total**2, 1 / total
    return m, q


def hinge_in_closed_form(alpha, ridge, mean):
    """(m, q) of a mixture by the iteration of its closed equations."""
    m, q, v = 0.3, 0.5, 1.0
    for _ in range(3000):
        a, b = (1 - v - m) / np.sqrt(q), (1 - m) / np.sqrt(q)
        gap, slope = norm.cdf(b) - norm.cdf(a), np.sqrt(q) * (norm.pdf(b) - norm.pdf(a))
        pull = alpha * (norm.cdf(a) + ((1 - m) * gap + slope) / v)
        square = (1 - m) ** 2 * gap + 2 * (1 - m) * slope
        square += q * (gap - b * norm.pdf(b) + a * norm.pdf(a))
        noise, total = alpha * (norm.cdf(a) + square / v**2), ridge + alpha * gap / v
        m, q, v = mean * pull / total, (mean * pull**2 + noise) / total**2, 1 / total
    return m, q


def test_the_square_loss_is_ridge_regression():
    found = erm("square", 2, "1/2")
    m, q = square_in_closed_form(2, 0.5)
    assert float(found.m().at()) == pytest.approx(m, rel=1e-12)
    assert float(found.q().at()) == pytest.approx(q, rel=1e-12)
    assert_error_holds(found.q().at(), found.q().at(using=tc.MP(20)))


def test_the_hinge_of_a_mixture_has_a_closed_form():
    found = erm("hinge", 3, "1/4", teacher="mixture", mean="3/2")
    m, q = hinge_in_closed_form(3, 0.25, 1.5)
    assert float(found.m().at()) == pytest.approx(m, rel=1e-11)
    assert float(found.q().at()) == pytest.approx(q, rel=1e-11)


def test_ridgeless_least_squares_has_a_closed_form():
    """Q(D²√(1 − γ)/√(D² + γ)) for γ = 1/α, to which the plain iteration does not come."""
    for alpha, mean in ((5, 1), (2, 3)):
        found = erm("square", alpha, 0, teacher="mixture", mean=mean).error()
        gamma = sp.Rational(1, alpha)
        cosine = mean * sp.sqrt((1 - gamma) / (mean + gamma))
        exact = tc.Formula("e", sp.erfc(cosine / sp.sqrt(2)) / 2)
        for using in (tc.Float(), tc.MP(25)):
            assert_error_holds(found.at(using=using), exact.at(using=tc.Ball(40)))


def test_nothing_is_better_than_the_posterior():
    best = float(bayes("gaussian", "sign").generalisation_error(2).at())
    for loss, ridge in (("square", "1/2"), ("logistic", "1/10"), ("hinge", "1/2")):
        assert best < float(erm(loss, 2, ridge).error().at()) < best + 0.03


def test_a_loss_by_its_expression():
    h = sp.Symbol("h")
    ours = erm(sp.log(1 + sp.exp(-h)), 2, "1/10", teacher="mixture").error()
    assert ours.at().overlaps(erm("logistic", 2, "1/10", teacher="mixture").error().at())
    square = erm((1 - h) ** 2 / 2, 2, "1/2").m().at()
    assert square.overlaps(erm("square", 2, "1/2").m().at())


def test_separability():
    assert separability(0).expr == 2
    assert 2 < float(separability("1/4").at()) < float(separability(1).at())
    with pytest.raises(tc.NotSupportedError, match="kinks"):
        erm(sp.Abs(sp.Symbol("h") - 1), 2, 1)
    assert_error_holds(separability(1).at(), separability(1).at(using=tc.MP(25)))
    assert float(erm("logistic", 5, 0, teacher="mixture").error().at()) < 0.3


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: erm("logistic", 2, 0),
        lambda: erm("logistic", 3, 0, teacher="mixture"),
        lambda: erm("square", "1/2", 0),
        lambda: erm("cubic", 2, 1),
        lambda: erm(-(sp.Symbol("h") ** 2), 2, 1),
        lambda: erm(-sp.log(sp.Symbol("h")), 2, 1),
        lambda: erm("square", 0, 1),
        lambda: erm("square", 1, -1),
        lambda: erm("square", 1, 1, teacher="student"),
        lambda: erm("square", 1, 1, teacher="mixture", mean=0),
    ],
)
def test_bad_input_is_refused(wrong):
    with pytest.raises(tc.DomainError):
        wrong()
