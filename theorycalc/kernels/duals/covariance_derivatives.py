"""Derivatives of a dual activation in the covariance, by Price's theorem.

∂ⁿ/∂q₁₂ⁿ E[φ(u)φ(v)] = E[φ⁽ⁿ⁾(u)φ⁽ⁿ⁾(v)]: finite at equal inputs while φ⁽ⁿ⁻¹⁾ has no jump, and
infinite there afterwards.
"""

import sympy

from theorycalc.activations import Activation
from theorycalc.core.errors import NotSupportedError, explain
from theorycalc.kernels.duals import families, piecewise, powers
from theorycalc.kernels.duals.by_activation import covariance, slope_covariance


def slope_of_order(activation: Activation, order: int, q11, q12, q22, theta) -> sympy.Expr:
    """∂ⁿK/∂q₁₂ⁿ at a pair that is not degenerate; at any pair if `is_finite` says so.

    Raises
    ------
    NotSupportedError
        If φ is not smooth enough and K has no closed form.
    """
    family = families.family(activation)
    if order == 0:
        return covariance(activation, q11, q12, q22, theta)
    if order == 1 and activation.is_continuous:
        return slope_covariance(activation, q11, q12, q22, theta)
    if isinstance(family, families.Homogeneous):
        return family.slope_of_order(order, q11, q12, q22, theta)
    x = sympy.Dummy("x", real=True)
    if family is not None:
        slope = slope_covariance(activation, q11, x, q22, theta)
        return slope.diff(x, order - 1).xreplace({x: q12})
    smooth, rest = _differentiated(activation, order)
    if rest == 0:
        return covariance(smooth, q11, q12, q22, theta)
    closed = piecewise.covariance(smooth, smooth, q11, x, q22)
    if closed is None:
        raise NotSupportedError(
            explain(
                "a derivative of the dual of an activation with kinks has no formula",
                got=f"order {order} for {activation}",
                allowed=f"order ≤ {order - rest}",
            )
        )
    return closed.diff(x, rest).xreplace({x: q12})


def is_finite(activation: Activation, order: int) -> bool:
    """Whether ∂ⁿK/∂q₁₂ⁿ is finite for a pair of equal inputs."""
    slope, rest = _differentiated(activation, order)
    return rest == 0 and powers.is_square_integrable(slope)


def _differentiated(activation: Activation, order: int) -> tuple[Activation, int]:
    """φ differentiated until that is done or it has a jump, and how often is left."""
    for done in range(order):
        if not activation.is_continuous:
            return activation, order - done
        activation = activation.derivative
    return activation, 0
