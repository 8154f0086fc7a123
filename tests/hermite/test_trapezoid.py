"""Many coefficients of an analytic function by trapezoids, beside those on panels."""

import mpmath
import pytest
from reference import assert_error_holds

from theorycalc.activations import as_activation
from theorycalc.core.arithmetic.ball import mid_and_rad
from theorycalc.core.value import Rigor, Value
from theorycalc.hermite import enclosure
from theorycalc.hermite.enclosure import scaled_enclosures

ORDER, BITS = 120, 70


@pytest.mark.parametrize("name", ["tanh", "silu", "softplus"])
def test_trapezoids_beside_panels(name, monkeypatch):
    activation = as_activation(name)
    found = scaled_enclosures(activation, ORDER, BITS, None)
    assert all(float(c.rad()) < 2.0 ** (4 - BITS) for c in found)
    monkeypatch.setattr(enclosure, "_LONG", ORDER + 1)
    others = scaled_enclosures(activation, ORDER, 2 * BITS, None)
    assert all(c.overlaps(other) for c, other in zip(found, others, strict=True))


@pytest.mark.parametrize("k", [1, 60, 119])
def test_definition(k):
    """mpmath, from the definition: a plain sum that converges exponentially."""
    with mpmath.workdps(60):
        step = mpmath.mpf(1) / 40
        nodes = [j * step for j in range(-800, 801)]
        exact = (
            step
            * mpmath.fsum(
                x / (1 + mpmath.exp(-x)) * _hermite(k, x) * mpmath.exp(-x * x / 2) for x in nodes
            )
            / mpmath.sqrt(2 * mpmath.pi)
        )
    c = scaled_enclosures(as_activation("silu"), ORDER, BITS, None)[k]
    mid, rad = mid_and_rad(c, BITS)
    assert_error_holds(Value(mid=mid, rad=rad, rigor=Rigor.CERTIFIED), exact)


def _hermite(k, x):
    before, now = 0, mpmath.mpf(1)
    for i in range(k):
        before, now = now, (x * now - mpmath.sqrt(i) * before) / mpmath.sqrt(i + 1)
    return now
