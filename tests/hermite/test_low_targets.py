"""Enclosures of coefficients at targets of a few bits, where bounds bind."""

import pytest
import sympy as sp
from flint import arb
from reference import assert_low_targets_hold

from theorycalc.activations import Activation, as_activation
from theorycalc.hermite import enclosure
from theorycalc.hermite.enclosure import scaled_enclosures

Z = sp.Symbol("z", real=True)
ACTIVATIONS = [
    *map(as_activation, ("tanh", "gelu", "relu")),
    Activation(sp.cos(9 * Z), symbol=Z),
    Activation(sp.exp(Z) * sp.Abs(Z), symbol=Z),
    Activation(sp.Max(Z - 4, 0) * 100, symbol=Z),
]


@pytest.mark.parametrize("order", [0, 6, 14])
@pytest.mark.parametrize("activation", ACTIVATIONS, ids=str)
@pytest.mark.parametrize("scale", [None, arb("1.7")])
def test_coefficients(activation, order, scale):
    assert_low_targets_hold(lambda bits: scaled_enclosures(activation, order, bits, scale))


@pytest.mark.parametrize("frequency", [9, 20, 40])
@pytest.mark.parametrize("order", [0, 6, 20, 60, 150])
def test_rules_alone(frequency, order, monkeypatch):
    """Far from the cut-off nothing but the error of the rules is there, at absurdly low targets."""
    monkeypatch.setattr(enclosure, "_FIRST_CUT_OFF", 20)
    activation = Activation(sp.cos(frequency * Z), symbol=Z)
    assert_low_targets_hold(
        lambda bits: scaled_enclosures(activation, order, bits, None),
        high=80,
        targets=(-12, -8, -4, -2, 0, 2),
    )
