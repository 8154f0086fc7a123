"""What once was an error of Python: nested angles, irrational numbers, partial contacts."""

import mpmath
import pytest
import sympy as sp
from flint import arb
from hypothesis import given
from hypothesis import strategies as st

import theorycalc as tc
from theorycalc.core.arithmetic.box import Box
from theorycalc.core.arithmetic.box_context import BoxContext, as_box

X, Y = sp.symbols("x y")
ENDS = st.tuples(st.integers(-8, 8), st.integers(0, 8), st.integers(0, 8), st.integers(0, 8))


@given(ENDS, st.fractions(0, 1), st.fractions(0, 1))
def test_angles_over_boxes_hold_those_of_their_points(ends, s, t):
    left, width, low, height = ends
    if low == 0 and left <= 0 <= left + width:
        return
    box = as_box(
        BoxContext().atan2(Box(arb(low), arb(low + height)), Box(arb(left), arb(left + width)))
    )
    angle = arb(str(mpmath.atan2(float(low + t * height), float(left + s * width))))
    assert box.low <= angle + 1e-9
    assert box.high >= angle - 1e-9


def test_tangent_kernels_of_deep_networks():
    """κ₁(κ₁(ρ)) and κ₀(κ₁(ρ)) are angles of angles."""
    kernel = tc.kernels.mlp(2).ntk
    proof = tc.prove(tc.Claim(kernel >= 0, on={"rho": ("-1/2", "1/2")}))
    assert proof.verdict is tc.Verdict.HOLDS
    assert proof.verify()
    low = tc.prove(tc.Claim(kernel >= 2, on={"rho": (-1, 1)}))
    assert low.verdict is tc.Verdict.FAILS


@pytest.mark.parametrize(
    ("relation", "on"),
    [
        ((X - 1 / sp.sqrt(3)) ** 3 >= -sp.Rational(1, 2), {"x": (0, 1)}),
        ((X - sp.pi) ** 3 <= sp.exp(-X), {"x": (1, 3)}),
    ],
)
def test_numbers_that_are_not_rational(relation, on):
    assert tc.prove(tc.Claim(relation, on=on)).verdict is tc.Verdict.HOLDS


def test_contacts_of_some_variables_only():
    claim = tc.Claim(sp.exp(X) * Y >= Y / 3, on={"x": (-1, 1), "y": (1, 2)})
    assert tc.prove(claim, contacts=[{"x": 0}]).verdict is tc.Verdict.HOLDS
