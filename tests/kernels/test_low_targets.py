"""Hermite series at a few bits, where the bound on their rest binds; errors that are carried on."""

from fractions import Fraction

import pytest
import sympy as sp
from flint import arb
from hypothesis import given
from hypothesis import strategies as st
from reference import assert_low_targets_hold

import theorycalc as tc
from theorycalc.activations import as_activation
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.kernels.duals import pair as pair_means
from theorycalc.kernels.duals.pair import _series
from theorycalc.kernels.fixed_points.depth_scales import _at_root
from theorycalc.kernels.fixed_points.half_lines import _shortened


@pytest.mark.parametrize("rho", ["0.5", "0.9", "-0.5"])
@pytest.mark.parametrize(("one", "two"), [("tanh", "tanh"), ("gelu", "gelu"), ("tanh", "erf")])
def test_series(one, two, rho):
    def series(bits):
        with working_precision(bits):
            pair = as_activation(one), as_activation(two)
            return _series(BallContext(), *pair, arb(1), arb("1.5"), arb(rho))

    assert_low_targets_hold(series, high=60, targets=(8, 16))


@pytest.mark.parametrize("order", [0, 1, 5, 16])
@pytest.mark.parametrize("rho", ["0.5", "0.97", "-0.97"])
@pytest.mark.parametrize("name", ["tanh", "gelu", "relu"])
def test_the_rest_of_a_short_series(name, rho, order, monkeypatch):
    def series(length):
        monkeypatch.setattr(pair_means, "_ORDERS", (length,))
        with working_precision(40):
            pair = (as_activation(name),) * 2
            return _series(BallContext(), *pair, arb(1), arb(1), arb(rho))

    assert series(order).overlaps(series(128))


@pytest.mark.parametrize("rad", [1e-9, 0.125])
def test_errors_of_roots_are_carried_on(rad):
    x = sp.Symbol("x")
    root = tc.Value(mid=2, rad=rad, rigor=tc.Rigor.ESTIMATED)
    cube = _at_root(tc.Formula("f", x**3, args=(x,)), tc.Float(), x=root)
    assert cube.contains((sp.Rational(2) + sp.Rational(rad)) ** 3)
    assert cube.contains((sp.Rational(2) - sp.Rational(rad)) ** 3)


@given(st.fractions(), st.fractions(), st.integers(100, 400))
def test_ranges_on_half_lines(x, y, bits):
    """What is written with fewer bits is wider."""
    third = Fraction(1, 3) ** bits
    low, high = sorted((x + third, y - third))
    shorter = _shortened((low, high))
    assert shorter[0] <= low
    assert shorter[1] >= high
