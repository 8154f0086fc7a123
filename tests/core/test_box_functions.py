"""Hulls of functions of (parameter, x) over intervals, infinite ones among them."""

import mpmath
import pytest
from flint import arb, fmpq

from theorycalc.core.arithmetic.ball_context import working_precision
from theorycalc.core.arithmetic.box import Box
from theorycalc.core.arithmetic.box_context import BoxContext

FUNCTIONS = {
    "besselk_scaled": lambda s, x: mpmath.exp(x) * mpmath.besselk(s, x),
    "expint": mpmath.expint,
    "lowergamma": lambda s, x: mpmath.gammainc(s, 0, x),
    "uppergamma": mpmath.gammainc,
    "lowergamma_regularized": lambda s, x: mpmath.gammainc(s, 0, x, regularized=True),
    "uppergamma_regularized": lambda s, x: mpmath.gammainc(s, x, regularized=True),
    "besseli": mpmath.besseli,
    "besselk": mpmath.besselk,
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize(("low", "high"), [("0.5", "2"), ("1", "30"), ("2", "inf")])
@pytest.mark.parametrize("parameter", [fmpq(1), fmpq(5, 2)])
def test_ranges_are_those_of_the_ends(name, low, high, parameter):
    with working_precision(80):
        ends = [arb(x) if x != "inf" else arb.pos_inf() for x in (low, high)]
        found = BoxContext().apply(name, parameter, Box(*ends))
    s = mpmath.mpf(int(parameter.p)) / int(parameter.q)
    with mpmath.workdps(40):
        values = [FUNCTIONS[name](s, mpmath.mpf(x)) for x in (low, high) if x != "inf"]
    for value in values:
        point = arb(mpmath.nstr(value, 30))
        assert not found.low > point
        assert not found.high < point
    if high != "inf":
        width = abs(values[0] - values[1])
        assert float(found.high - found.low) <= float(width) * (1 + 1e-9)
