"""What a call may leave out, and what it then means."""

import pytest
import sympy

import theorycalc as tc

X, Y, D = sympy.symbols("x y d")


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_hermite_expansions_of_ten_degrees(activation):
    found = tc.hermite.series(activation)
    assert len(tc.hermite.coefficients(activation)) == len(found.coefficients) == 11
    assert found.tail.mid == tc.hermite.series(activation, 10).tail.mid


@pytest.mark.parametrize("poly", [X**2 * Y, Y**2 * X - X, D * X * Y + 1, X**3])
def test_polynomials_are_in_their_symbols_by_name(poly):
    symbols = sorted(poly.free_symbols, key=str)
    assert tc.relu.represent(poly).density.expr == tc.relu.represent(poly, *symbols).density.expr


def test_a_constant_has_no_variables_of_its_own():
    with pytest.raises(tc.DomainError, match="without variables"):
        tc.relu.represent(sympy.Integer(1))
