"""The parts that rules are put together from: panels, recurrences, cut-offs, threads."""

import itertools
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.core.integration.cut_off import cut_off, last_place
from theorycalc.core.integration.gauss import normal_on_panels, on_panels, panel_ends, refined
from theorycalc.core.integration.recurrences import hermite, legendre_steps, spherical_legendre
from theorycalc.core.threads import in_threads


@pytest.mark.parametrize("size", [2, 5, 12])
def test_panels_are_exact_for_polynomials(size):
    x, w = on_panels(np.array([[-1.0, 0.5, 2.0], [0.0, 1.0, 3.0]]), size)
    k = 2 * size - 1
    exact = np.array([2.0 ** (k + 1) - 1, 3.0 ** (k + 1)]) / (k + 1)
    np.testing.assert_allclose((w * x**k).sum(axis=-1), exact, rtol=4 * k * np.finfo(float).eps)


def test_ends_of_panels_are_in_order_and_inside():
    ends = panel_ends(np.array([0.0, 1.0, 2.0]), np.array([[1.5, 9.0], [-9.0, 0.5]]))
    assert ends.tolist() == [[0, 1, 1.5, 2, 2], [0, 0, 0.5, 1, 2]]


def test_panels_are_halved_until_two_rules_agree():
    def rule(mesh):
        z, weights = normal_on_panels(mesh.ends(np.array([])), mesh.nodes)
        return float(weights @ np.cos(40 * z) ** 2), mesh.length

    def agree(coarse, fine):
        return abs(coarse[0] - fine[0]) < 1e-14

    coarse, fine = refined(rule, 9.0, (10, 14), 8, agree)
    assert agree(coarse, fine)
    assert fine[1] < 1
    assert fine[0] == pytest.approx(0.5, abs=1e-13)  # (1 + e^{−3200})/2


@pytest.mark.parametrize("d", [2, 3, 4, 9])
def test_recurrences_in_fractions(d):
    t = Fraction(3, 7)
    values = itertools.islice(spherical_legendre(t, 2, legendre_steps(d, Fraction(1))), 9)
    for k, value in enumerate(values):
        terms = (
            sp.rf(-k, j) * sp.rf(k + d - 2, j) / sp.rf(sp.Rational(d - 1, 2), j) / sp.factorial(j)
            for j in range(k + 1)
        )
        assert value == 2 * sum(c * sp.Rational(2, 7) ** j for j, c in enumerate(terms))
    for k, value in enumerate(itertools.islice(hermite(t, Fraction(1)), 9)):
        assert value == sp.hermite_prob(k, sp.Rational(3, 7))


def test_a_cut_off_is_the_first_place_that_will_do():
    with working_precision(60):
        context = BallContext()
        places = [context.number(sp.Integer(n)) for n in range(1, 30)]
        place, lost = cut_off(context, lambda x: 1 / x, places, context.number(sp.Rational(1, 7)))
        assert (place, lost) == (8, 1 / place)
        assert cut_off(context, lambda x: 1 / x, places) is None
        assert cut_off(context, lambda x: context.apply("exp", -x), places) is None
        assert cut_off(context, lambda x: context.apply("exp", -2 * x), places)[0] == 21


def test_the_last_place_where_a_condition_holds():
    assert last_place(lambda x: x * x < 2, 0.0, 3.0) == pytest.approx(2**0.5, rel=1e-15)
    assert last_place(lambda x: x > 1, 4.0, 1.5) == pytest.approx(1.5, rel=1e-15)


@pytest.mark.parametrize("items", [[2], [2, 1, 0]])
def test_an_exception_in_a_thread_is_raised(items):
    assert in_threads(float, items) == items
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda x: 1 / x, [*items, 0])
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda x: 1 / x, [0])
