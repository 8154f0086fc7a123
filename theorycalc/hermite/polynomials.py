"""Hermite polynomials as formulas and on arrays."""

import numpy as np
import sympy

from theorycalc.activations import z
from theorycalc.core.arrays import real_array
from theorycalc.core.formula import Formula
from theorycalc.core.numbers import exact_integer
from theorycalc.core.reference import Reference

_SOURCE = Reference("DLMF:18.3", where="Table 18.3.1", title="Hermite polynomials")


def prob(k) -> Formula:
    """The probabilists' Hermite polynomial He_k, with leading coefficient 1, in ``z``.

    Parameters
    ----------
    k : int
        The degree, ≥ 0.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.hermite.prob(4).expr
    z**4 - 6*z**2 + 3
    """
    k = exact_integer(k, "k", minimum=0)
    return Formula(f"He_{k}", sympy.hermite_prob(k, z), args=(z,), reference=_SOURCE)


def orthonormal(k) -> Formula:
    """h_k = He_k/√k!, orthonormal under the standard Gaussian, in ``z``.

    Parameters
    ----------
    k : int
        The degree, ≥ 0.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.hermite.orthonormal(2).expr
    sqrt(2)*(z**2 - 1)/2
    """
    k = exact_integer(k, "k", minimum=0)
    expr = sympy.hermite_prob(k, z) / sympy.sqrt(sympy.factorial(k))
    return Formula(f"h_{k}", expr, args=(z,), reference=_SOURCE)


def evaluate(order, z) -> np.ndarray:
    """h_0(z), …, h_order(z), orthonormal under the standard Gaussian, in double precision.

    Parameters
    ----------
    order : int
        The highest degree, ≥ 0.
    z : array_like

    Returns
    -------
    ndarray
        Of shape (order + 1,) followed by the shape of z.
        The recurrence carries an exponent of its own: entries that a double cannot hold are ±inf
        and those after them are right again; none is nan.

    Raises
    ------
    DomainError
        For an order that is no integer ≥ 0, or points that are not finite.

    Notes
    -----
    The relative error grows like the degree, and like its square root between the zeros.

    Examples
    --------
    >>> import numpy as np, theorycalc as tc
    >>> tc.hermite.evaluate(3, np.array([0.0, 1.0])).round(4)
    array([[ 1.    ,  1.    ],
           [ 0.    ,  1.    ],
           [-0.7071,  0.    ],
           [-0.    , -0.8165]])
    """
    from theorycalc.hermite.numeric import polynomials

    order = exact_integer(order, "order", minimum=0)
    return polynomials(order, real_array(z, "z"))
