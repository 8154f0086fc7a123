"""Formulas that are kernels, and the symbols that they are written in."""

import sympy

from theorycalc.core.formula import Formula

RHO = sympy.Symbol("rho", real=True)
Q11, Q22 = sympy.symbols("q11 q22", nonnegative=True)
Q12 = sympy.Symbol("q12", real=True)
DIMENSION = sympy.Symbol("d", integer=True, positive=True)
CORRELATION = (RHO >= -1) & (RHO <= 1)
COVARIANCE = Q12**2 <= Q11 * Q22


class KernelFormula(Formula):
    """The NNGP or the NTK of an architecture.

    It is a covariance, or an inner product of gradients, of inputs of any dimension: positive
    definite on every sphere.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.kernels.mlp(2).ntk.positive_definite
    True
    """

    positive_definite = True
