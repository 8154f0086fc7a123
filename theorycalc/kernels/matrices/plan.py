"""From the exact description of a network to the arrays of the numerics."""

from fractions import Fraction
from functools import cache
from math import factorial

import numpy as np
import sympy
from sympy import factorial2

from theorycalc.core.errors import DomainError, explain
from theorycalc.kernels.duals import families
from theorycalc.kernels.duals.arc_cosine import angular_polynomials, c, polynomial_arrays

_TERMS = 16


def numeric_family(family):
    """The float64 twin of a symbolic family."""
    from theorycalc.kernels.matrices import dense

    if isinstance(family, families.Erf):
        return dense.Erf(*map(_number, (family.offset, family.scale, family.slope)))
    if isinstance(family, families.Gelu):
        return dense.Gelu(*map(_number, (family.linear, family.scale, family.slope)))
    p = family.degree
    b = angular_polynomials(p)[1]
    a_array, b_array = polynomial_arrays(p)
    below_a, below_b = polynomial_arrays(max(p - 1, 0))
    return dense.Homogeneous(
        degree=p,
        kink=_number(family.kink),
        smooth=_number(family.smooth),
        a=a_array,
        b=b_array,
        opposite=_opposite_series(p),
        below_a=below_a,
        below_b=below_b,
        below_opposite=_opposite_series(max(p - 1, 0)),
        loss=_coefficients((b.eval(1) - b).quo(sympy.Poly(1 - c, c))),
        gain=_coefficients((b.eval(1) + b).quo(sympy.Poly(1 + c, c))),
        odd_factorial=float(factorial2(2 * p - 1)),
    )


def numeric_layers(network, dimension: int):
    """The float64 twin of the layers of a network on inputs of this dimension."""
    from theorycalc.kernels.matrices import dense

    weight = np.array([_number(s) ** 2 for s in network.sigma_w])
    bias = np.array([_number(s) ** 2 for s in network.sigma_b])
    if network.parameterization == "ntk":
        return dense.Layers(weight, bias, forward=weight, constant=bias)
    fan_in = np.array([dimension, *[network.width] * network.depth], dtype=float)
    return dense.Layers(weight, bias, forward=fan_in, constant=np.sign(bias))


@cache
def _opposite_series(p: int) -> np.ndarray:
    """J_p(π − φ)/φ^{2p+1} as a polynomial in φ², to double precision for φ ≤ 3/2.

    J_p(π − φ) is p² times the integral of J_{p−1}(π − φ) sin φ, and J_0(π − φ) = φ.
    """
    sine = [Fraction((-1) ** k, factorial(2 * k + 1)) for k in range(_TERMS)]
    series = [Fraction(1)] + [Fraction(0)] * (_TERMS - 1)
    for m in range(1, p + 1):
        products = [sum(series[i] * sine[k - i] for i in range(k + 1)) for k in range(_TERMS)]
        series = [m**2 * term / (2 * m + 1 + 2 * k) for k, term in enumerate(products)]
    return np.array(series[::-1], dtype=float)


def _coefficients(polynomial: sympy.Poly) -> np.ndarray:
    return np.array(polynomial.all_coeffs(), dtype=float)


def _number(x: sympy.Expr) -> float:
    if x.free_symbols:
        raise DomainError(
            explain("matrices need numbers for all parameters", got=x, hint="mlp(..., sigma_w=√2)")
        )
    return float(x)
