"""Hermite polynomials as formulas and on arrays."""

from dataclasses import replace
from functools import lru_cache

import numpy as np
import sympy

from theorycalc import activations
from theorycalc.core.arithmetic.polynomials import polynomial
from theorycalc.core.arithmetic.special_arrays import repaired
from theorycalc.core.arrays import check_memory, real_array
from theorycalc.core.formula import Formula
from theorycalc.core.lowering import lower
from theorycalc.core.numbers import exact_integer
from theorycalc.core.program import Program
from theorycalc.core.reference import Reference
from theorycalc.core.special import SpecialFunction
from theorycalc.core.vectorised import VectorFunction
from theorycalc.hermite.in_doubles import polynomials

_SOURCE = Reference("DLMF:18.3", where="Table 18.3.1", title="Hermite polynomials")
_Z = activations.z


class _Orthonormal(SpecialFunction):
    """h_k(z): a polynomial, and on arrays its recurrence."""

    nargs = 2

    @staticmethod
    def domain(k, z):
        return sympy.Contains(k, sympy.S.Naturals0)

    @classmethod
    def definition(cls, k, z):
        written = _written(int(k), z) if k.is_Integer else sympy.hermite_prob(k, z)
        return written / sympy.sqrt(sympy.factorial(k))

    @classmethod
    def double(cls, k, z):
        return repaired(
            lambda x: polynomial("hermite_orthonormal", k, x),
            lambda context, x: _power_basis(int(k)).run(context, [x]),
            z,
        )


def _written(k: int, z: sympy.Expr) -> sympy.Expr:
    """He_k(z) in powers of z."""
    c, terms = sympy.S.One, []
    for m in range(k // 2 + 1):
        terms.append(c * z ** (k - 2 * m))
        c = -c * (k - 2 * m) * (k - 2 * m - 1) / (2 * (m + 1))
    return sympy.Add(*terms)


def _degree(k) -> int:
    return exact_integer(
        k, "k", 0, activations.MAX_DEGREE, hint="tc.hermite.evaluate(order, z) on arrays"
    )


@lru_cache(maxsize=64)
def _power_basis(k: int) -> Program:
    return lower(_Orthonormal.definition(sympy.Integer(k), _Z), (_Z,))


class _Recurrent(Formula):
    """c·h_k, written out as a polynomial; arrays go through the recurrence."""

    def __init__(self, name: str, k: int, factor: sympy.Expr):
        k = sympy.Integer(k)
        form = factor * _Orthonormal(k, _Z)
        super().__init__(name, factor * _Orthonormal.definition(k, _Z), (_Z,), reference=_SOURCE)
        object.__setattr__(self, "_array_form", form)

    def _vectorised(self) -> VectorFunction:
        return replace(super()._vectorised(), program=lower(self._array_form, self.args))


def prob(k) -> Formula:
    """The probabilists' Hermite polynomial He_k, with leading coefficient 1, in ``z``.

    Parameters
    ----------
    k : int
        The degree, between 0 and 1000.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.hermite.prob(4).expr
    z**4 - 6*z**2 + 3
    """
    k = _degree(k)
    return _Recurrent(f"He_{k}", k, sympy.sqrt(sympy.factorial(k)))


def orthonormal(k) -> Formula:
    """h_k = He_k/√k!, orthonormal under the standard Gaussian, in ``z``.

    Parameters
    ----------
    k : int
        The degree, between 0 and 1000.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.hermite.orthonormal(2).expr
    sqrt(2)*(z**2 - 1)/2
    """
    k = _degree(k)
    return _Recurrent(f"h_{k}", k, sympy.S.One)


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
    order, z = exact_integer(order, "order", minimum=0), real_array(z, "z")
    check_memory(f"{order} degrees at {z.size} points", 8 * (order + 1) * z.size)
    return polynomials(order, z)
