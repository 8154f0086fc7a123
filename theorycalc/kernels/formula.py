"""Formulas that are kernels of architectures."""

from theorycalc.core.formula import Formula


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
