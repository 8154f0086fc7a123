"""Angles and losses of arc-cosine layers on wide boxes: enclosures that hold, and stay narrow."""

import mpmath
import pytest
import sympy as sp
from flint import acb, arb, fmpq
from hypothesis import given
from hypothesis import strategies as st

import theorycalc as tc
from theorycalc.core.arithmetic.ball_context import BallContext, working_precision
from theorycalc.kernels.duals.arc_cosine import AngularLossRatio, angular, angular_at_zero

x = sp.Symbol("x")
unit = st.floats(-1, 1)
boxes = st.tuples(st.floats(-0.5, 3.5), st.floats(-1.5, 1.5), st.floats(1e-6, 0.5))


def box_of(centre, height, radius):
    """A square around centre + i·height."""
    return acb(arb(centre, radius), arb(height, radius))


def inside(box, point):
    """Whether a box contains a number of mpmath, up to the digits of that."""
    with working_precision(80):
        parts = zip((box.real, box.imag), (point.real, point.imag), strict=True)
        return all((x + arb(0, 1e-12)).contains(arb(str(mpmath.nstr(y, 30)))) for x, y in parts)


@pytest.mark.parametrize("p", [1, 2, 3, 4])
@given(boxes, unit, unit)
def test_ratios_hold_on_boxes(p, parts, right, up):
    centre, height, radius = parts
    with working_precision(70):
        found = AngularLossRatio.in_ball(
            BallContext(analytic=True), fmpq(p), box_of(centre, height, radius)
        )
    with mpmath.workdps(40):
        loss = sp.lambdify(x, 1 - angular(p, x) / angular_at_zero(p), "mpmath")
        point = mpmath.mpc(centre, height) + radius * mpmath.mpc(right, up)
        exact = loss(point) / point**2 if abs(point) > 1e-6 else mpmath.mpf(p * p) / (4 * p - 2)
        error = 1e-12 if abs(point) > 1e-6 else 1e-5
    assert inside(acb(found) + box_of(0, 0, error), mpmath.mpc(exact))


@given(boxes, unit, unit)
def test_sinc_holds_on_boxes(parts, right, up):
    centre, height, radius = parts
    with working_precision(70):
        found = BallContext(analytic=True).apply("sinc", box_of(centre, height, radius))
    with mpmath.workdps(40):
        point = mpmath.mpc(centre, height) + radius * mpmath.mpc(right, up)
        assert inside(found, mpmath.mpc(mpmath.sinc(point)))


@given(st.floats(0, 1.8), st.floats(0, 0.7), st.floats(1e-6, 0.1))
def test_boxes_do_not_grow(centre, height, radius):
    """The loss over θ² changes at most by 1/3 of what its angle does, and sinc by 1/2."""
    with working_precision(70):
        box, context = box_of(centre, height, radius), BallContext(analytic=True)
        ratio = acb(AngularLossRatio.in_ball(context, fmpq(1), box))
        for value in (ratio, context.apply("sinc", box)):
            assert float(max(value.real.rad(), value.imag.rad())) < 2 * radius + 1e-15


@pytest.mark.parametrize(("d", "nodes"), [(10, 1400), (100, 2400), (300, 3000)])
def test_deep_kernels_need_few_panels(d, nodes):
    """Layers on top of each other do not blow up the boxes in which a kernel is bounded."""
    value = tc.sphere.funk_hecke(tc.kernels.mlp(10), d, 200).at(using=tc.Ball(20))
    assert value.rigor is tc.Rigor.CERTIFIED
    assert value.stats["nodes"] < nodes
