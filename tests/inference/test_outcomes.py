"""Enclosed means over outcomes: each part of their error against what it bounds."""

import numpy as np
import pytest
import sympy as sp
from flint import arb
from scipy.special import log_ndtr
from scipy.stats import norm

import theorycalc as tc
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.inference import Likelihood, output
from theorycalc.inference.solving import outcomes_in_balls, strips
from theorycalc.inference.solving.likelihood import likelihood

Y, Z = sp.symbols("y z")
FLIPPED = Likelihood((9 + 8 * Y * sp.sign(Z)) / 18, values=(-1, 1))


def sums(step, far, v, q):
    """Trapezoidal rules of Z'²/Z and Z log Z for P = 1 where |z| > far: Z has zeros near ω = 0."""
    last = int(12 * np.sqrt(q) / step) + 1
    omega, root = step * np.arange(-last, last + 1), np.sqrt(v)
    logs = np.logaddexp(*(log_ndtr((side * omega - far) / root) for side in (1, -1)))
    slope = (norm.pdf((omega - far) / root) - norm.pdf((omega + far) / root)) / root
    weight = step * norm.pdf(omega, scale=np.sqrt(q))
    return weight @ (np.exp(logs) * logs), weight @ (slope**2 * np.exp(-logs))


@pytest.mark.parametrize(("v", "q"), [(0.5, 0.5), (1, 0.02), (1, 100)])
def test_what_a_rule_over_overlaps_misses(v, q):
    """Never more than the bound, which is at most e^7 times the largest."""
    gaps = []
    for far in np.sqrt(v) * np.array([1, 2, 3]):
        exact = sums(0.01 * np.sqrt(v), far, v, q)
        for step in np.sqrt(v) * np.array([0.2, 0.4, 0.7, 1.4, 2]):
            for order, coarse in enumerate(sums(step, far, v, q)):
                missed = np.log(abs(coarse - exact[order]) + 1e-16)
                gaps.append(strips.log_missed(v, q, order, step, 60.0) - missed)
    assert 0 <= min(gaps) <= 7


def test_what_is_beyond_the_last_overlaps():
    """The weights miss as much of 1/V as they are said to."""
    for v, q in ((1, 2), (2, "1/100")):
        v, q = arb(v), arb(sp.Rational(q).p) / sp.Rational(q).q
        step = q.sqrt() / 4
        _, weights, left_out = outcomes_in_balls._omegas(v, q, 1, 2, step, arb(2) ** -3)
        missing = (1 - sum(weights, arb(0))) / v
        assert 0 <= missing <= left_out <= arb(2) ** -3


def test_evidence_beyond_what_is_summed():
    """P = 1 has Z = 1 and Z' = 0, in a few bits: the ends and the far pairs count."""
    certain = likelihood(sp.Integer(1), Y, Z, values=(1,))
    [pieces] = outcomes_in_balls._outcomes(certain)
    omegas = [arb(k) / 2 for k in range(-8, 9)]
    with working_precision(80):
        found = outcomes_in_balls._evidence(pieces, omegas, arb(1), 1, arb(2) ** -60, bits=0)
    assert all(zero.contains(1) and slope.contains(0) for zero, slope in found)
    assert max(zero.rad() for zero, _ in found) < 0.05


def test_terms_of_evidence_that_is_not_known():
    """P = 1 for z > t: the mean squares are the largest for their Z, but for a seventh of it."""
    for t in (8, 16, 20):
        zero, slope = norm.sf(t), norm.pdf(t)
        terms = slope**2 / zero, zero * np.log(zero)
        for order, term in ((1, terms[0]), (0, terms[1])):
            found = outcomes_in_balls._term(arb(0, zero), arb(0, slope), arb(1), order)
            assert found.contains(arb(term))
            assert found.abs_upper() < 1.3 * abs(term)


@pytest.mark.parametrize(
    "formula", [FLIPPED.channel("1/5"), output("logistic").free_entropy("1/5")], ids="F Psi".split()
)
def test_enclosures_of_outcomes(formula):
    enclosed, value = formula.at(using=tc.Ball(5)), formula.at()
    assert enclosed.rigor is tc.Rigor.CERTIFIED
    assert enclosed.overlaps(value)
    assert enclosed.rad < 1e-5


def test_a_threshold_of_symmetric_outcomes():
    """y tells whether |z| > 1: E (Z''/Z)² = φ(1)² 4/(p (1 − p))."""
    far = (1 + Y * sp.sign(sp.Abs(Z) - 1)) / 2
    chance = 2 * norm.sf(1)
    exact = chance * (1 - chance) / (4 * norm.pdf(1) ** 2)
    teacher = Likelihood(far, values=(-1, 1))
    found = teacher.weak_recovery().at(using=tc.Ball(10))
    assert found.rigor is tc.Rigor.CERTIFIED
    assert abs(float(found) - exact) < 1e-9
    assert teacher.channel(0).expr == 0


def test_a_variance_that_is_not_known_to_be_positive():
    context, law = BallContext(), output("logistic").data
    with pytest.raises(tc.PrecisionError, match="positive"):
        outcomes_in_balls.mean(context, law, 1, arb(0, 1), arb(2))
