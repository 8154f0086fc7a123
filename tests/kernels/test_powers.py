"""Duals of real powers on half-lines: the plane integral, Hermite series, and limits."""

import mpmath
import pytest
import sympy as sp
from reference import assert_error_holds

import theorycalc as tc

Z = sp.Symbol("z", real=True)
R = sp.Rational
ARITHMETICS = (tc.Float(), tc.MP(25), tc.Ball(25))
POWERS = [
    tc.activations.relu_power("3/2"),
    tc.activations.relu_power("-1/4"),
    sp.Abs(Z) ** R(1, 3),
    2 * sp.Max(-Z, 0) ** R(2, 3) - sp.Max(Z, 0) ** R(5, 2),
]


def by_polar_integral(activation, rho):
    """E φ(u)φ(v) of powers: the radius gives Γ functions, the angle is integrated by mpmath."""
    activation = tc.activations.as_activation(activation)
    left, right = (
        [(c.as_coeff_exponent(Z)) for c in sp.Add.make_args(piece.subs(Z, side * Z))]
        for side, (_, _, piece) in zip((-1, 1), activation.pieces, strict=True)
    )
    total = mpmath.mpf(0)
    for one, first in ((1, right), (-1, left)):
        for two, second in ((1, right), (-1, left)):
            for c, p in first:
                for d, q in second:
                    orthant = quadrant_moment(mpmath.mpf(p), mpmath.mpf(q), one * two * rho)
                    total += mpmath.mpf(c * d) * orthant if c * d else 0
    return total


def quadrant_moment(p, q, rho):
    """E[u_+^p v_+^q] with u = r cos a, v = r sin(a + b), sin b = ρ."""
    shift = mpmath.asin(rho)
    width = mpmath.pi / 2 + shift

    def angular(a):
        return mpmath.sin(width - a) ** p * mpmath.sin(a) ** q

    radius = 2 ** ((p + q) / 2) * mpmath.gamma((p + q) / 2 + 1)
    return radius * mpmath.quad(angular, [0, width / 2, width]) / (2 * mpmath.pi)


@pytest.mark.parametrize("activation", POWERS, ids=str)
@pytest.mark.parametrize("rho", ["1/3", "-9/10", "0"])
def test_duals_are_plane_integrals(activation, rho):
    formula = tc.kernels.dual(activation)
    with mpmath.workdps(80):
        exact = by_polar_integral(activation, mpmath.mpf(R(rho).p) / R(rho).q)
    for using in ARITHMETICS:
        assert_error_holds(formula.at(rho=rho, using=using), exact)


@pytest.mark.parametrize("p", ["3/2", "1/3", "-1/4"])
def test_equal_inputs_have_the_second_moment(p):
    """E Z_+^{2p} = 2^{p−1} Γ(p + 1/2)/√π."""
    p = R(p)
    moment = tc.Formula("m", 2 ** (p - 1) * sp.gamma(p + R(1, 2)) / sp.sqrt(sp.pi))
    value = tc.kernels.dual(tc.activations.relu_power(p)).at(rho=1, using=tc.Ball(20))
    assert value.overlaps(moment.at(using=tc.Ball(20)))


def test_price():
    """φ̂' is the dual of φ'."""
    slope = tc.kernels.dual_derivative(tc.activations.relu_power("3/2"))
    root = tc.kernels.dual(tc.activations.relu_power("1/2"))
    for rho in ("0.2", "-0.7"):
        value = slope.at(rho=rho, using=tc.Ball(20))
        other = tc.Formula("o", R(9, 4) * root.expr, args=root.args).at(rho=rho, using=tc.Ball(20))
        assert value.overlaps(other)


def test_tangent_kernel_of_equal_inputs():
    """Normalised, and homogeneous of degree p: every layer multiplies by p²/(2p − 1)."""
    ntk = tc.kernels.mlp(2, tc.activations.relu_power("3/2")).ntk
    factor = R(9, 4) / 2
    exact = 1 + factor + factor**2
    assert_error_holds(ntk.at(rho=1, using=tc.Ball(20)), exact)


def test_tangent_kernels_need_a_square_integrable_slope():
    for p in ("1/2", "1/4"):
        with pytest.raises(tc.NotSupportedError, match="tangent kernel"):
            tc.kernels.mlp(1, tc.activations.relu_power(p)).ntk.at(rho=0)
