"""Gaussian expectations of an activation and its derivative, by the first form that is known."""

import sympy

from theorycalc.activations import Activation, z
from theorycalc.core.special import SpecialFunction
from theorycalc.kernels.duals import families, piecewise
from theorycalc.kernels.duals.mean import gaussian_mean
from theorycalc.kernels.duals.pair import pair_expectation


def covariance(activation: Activation, q11, q12, q22, theta) -> sympy.Expr:
    """E[φ(u)φ(v)]; θ is the angle of the pair."""
    family = families.family(activation)
    if family is not None:
        return family.covariance(q11, q12, q22, theta)
    return pair_expectation(activation, activation, q11, q12, q22, theta)


def slope_covariance(activation: Activation, q11, q12, q22, theta) -> sympy.Expr:
    """E[φ'(u)φ'(v)].

    Raises
    ------
    NotSupportedError
        If φ has a jump.
    """
    family = families.family(activation)
    if family is not None:
        return family.slope_covariance(q11, q12, q22, theta)
    if not activation.is_continuous:
        raise families.no_tangent_kernel()
    return covariance(activation.derivative, q11, q12, q22, theta)


def second_moment(activation: Activation, q) -> sympy.Expr:
    """E φ(√q Z)²."""
    family = families.family(activation)
    if family is not None:
        return family.second_moment(q)
    squared = gaussian_mean(Activation(activation.expr**2, symbol=z), q)
    if not squared.has(SpecialFunction):
        return squared
    angle = sympy.Dummy("theta", positive=True)
    pair = piecewise.covariance(activation, activation, q, q, q, angle)
    regular = pair is not None and piecewise.is_regular(activation, activation)
    return pair.subs(angle, 0) if regular else squared


def slope_second_moment(activation: Activation, q) -> sympy.Expr:
    """E φ'(√q Z)²."""
    family = families.family(activation)
    if family is not None:
        return family.slope_second_moment(q)
    if not activation.is_continuous:
        raise families.no_tangent_kernel()
    return second_moment(activation.derivative, q)


def mean(activation: Activation, q) -> sympy.Expr:
    """E φ(√q Z)."""
    family = families.family(activation)
    return gaussian_mean(activation, q) if family is None else family.mean(q)
