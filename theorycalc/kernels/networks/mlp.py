"""Fully-connected networks of infinite width."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import sympy
from sympy import sqrt

from theorycalc.activations import Activation, as_activation
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.formula import Formula
from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import check_fields
from theorycalc.kernels.duals import by_activation
from theorycalc.kernels.layers.builders import deviation
from theorycalc.kernels.networks.architecture import Architecture
from theorycalc.kernels.networks.deepening import deep_nngp
from theorycalc.layers import MAX_DEPTH, Dense, Nonlinearity, check_parameterization


@dataclass(frozen=True)
class MLP(Architecture):
    """A fully-connected network with ``depth`` hidden layers in the limit of infinite width.

    Made by `theorycalc.kernels.mlp`, where the conventions are stated. ``sigma_w`` and ``sigma_b``
    hold one exact number, or symbol, for each of the ``depth + 1`` affine layers.
    """

    depth: int
    activation: Activation
    sigma_w: tuple[sympy.Expr, ...]
    sigma_b: tuple[sympy.Expr, ...]
    parameterization: str = "ntk"
    width: int | None = None

    def __post_init__(self):
        check_fields(self)
        check_parameterization(self.parameterization, self.width)
        if not len(self.sigma_w) == len(self.sigma_b) == self.depth + 1:
            got = f"{len(self.sigma_w)} σ_w and {len(self.sigma_b)} σ_b"
            allowed = f"{self.depth + 1} (depth + 1)"
            raise DomainError(explain("not one for every layer", got=got, allowed=allowed))

    @cached_property
    def layers(self) -> tuple:
        """Affine layers with activations between them."""
        first, *rest = map(Dense, self.sigma_w, self.sigma_b)
        hidden = Nonlinearity(self.activation)
        return (first, *(layer for affine in rest for layer in (hidden, affine)))

    def deep_nngp(self) -> Formula:
        """Σ with any number L of hidden layers like these, expanded at the fixed point of a layer.

        The first ``depth`` hidden layers are this network's, computed as they are; those after them
        follow the slope of the layer map at its fixed point: geometrically, or at criticality (as
        for ReLU) algebraically. The deeper this network, the smaller the error.

        Returns
        -------
        Formula
            In rho and L ≥ depth, for −1 < rho < 1. Its ``error`` bounds what later layers change in
            the slope, or is twice the first order of it at criticality.

        Raises
        ------
        NotSupportedError
            For layers that differ, or do not keep the variance 1 as normalised ones do.
        DerivationError
            If deeper networks, in balls, are farther away than the error says.

        Examples
        --------
        >>> import theorycalc as tc
        >>> deep = tc.kernels.mlp(10, "relu").deep_nngp()
        >>> print(deep.at(rho="1/2", L=200, using=tc.Ball(12)))
        0.9990 ± 4e-05
        >>> print(tc.kernels.mlp(200, "relu").nngp.at(rho="1/2", using=tc.Ball(12)))
        0.999034472429 ± 3e-13
        """
        return deep_nngp(self)


def mlp(
    depth: int,
    activation="relu",
    sigma_w=None,
    sigma_b=0,
    parameterization: str = "ntk",
    width: int | None = None,
) -> MLP:
    """A fully-connected network with ``depth`` hidden layers, of infinite width.

    Layer l+1 is z = σ_w W φ(z)/√n + σ_b b with all entries of W and b standard normal (the NTK
    parameterisation); the first layer acts on x/√d. There are depth + 1 affine layers, the last of
    which is the readout.

    Parameters
    ----------
    depth : int
        Number of hidden layers, ≥ 0.
    activation : str, Activation or sympy.Expr
    sigma_w, sigma_b : number, Symbol, or sequence of depth + 1 of them
        Weight and bias standard deviations, exact. ``sigma_w=None`` is the normalised network: 1 on
        the first layer and 1/√(E φ(Z)²) after it (for ReLU: 1, √2, …, √2, so that without biases
        the NNGP is 1 and the NTK depth + 1 at rho = 1).
    parameterization : {"ntk", "standard"}
        With "standard", W has variance σ_w²/n, gradients are plain, the NTK grows with the width
        ``width`` of the hidden layers, and its formula has the input dimension d as an argument.
    width : int, optional
        Width of the hidden layers; used by the standard parameterisation only.

    Returns
    -------
    MLP
        With ``nngp``, ``ntk``, ``nngp_general``, ``ntk_general`` (Formulas) and ``nngp_matrix``,
        ``ntk_matrix``, ``matrices`` (arrays), ``predict`` and ``posterior`` (from data).

    Raises
    ------
    DomainError
        For a negative depth or width, σ_w ≤ 0, σ_b < 0, or sequences of the wrong length.

    References
    ----------
    A. Jacot, F. Gabriel, C. Hongler, "Neural Tangent Kernel: Convergence and Generalization in
    Neural Networks", NeurIPS 2018, arXiv:1806.07572, Theorem 1.

    Examples
    --------
    >>> import theorycalc as tc
    >>> network = tc.kernels.mlp(3, "relu")
    >>> print(network.ntk.at(rho="0.3", using=tc.Ball(30)))
    1.40403372656695010886421919322 ± 1e-30
    >>> network.ntk.at(rho=1).mid
    mpf('4.0')
    >>> tc.kernels.mlp(1, "relu").ntk_matrix([[1.0, 0.0], [0.0, 1.0]])
    array([[1.        , 0.15915494],
           [0.15915494, 1.        ]])
    """
    depth = exact_integer(depth, "depth", 0, MAX_DEPTH)
    activation = as_activation(activation)
    if width is not None:
        width = exact_integer(width, "width", minimum=1)
    check_parameterization(parameterization, width)
    if width is None and parameterization == "standard" and depth:
        raise DomainError(
            explain("the standard parameterisation needs a width", allowed="width=n, n ≥ 1")
        )
    if sigma_w is None:
        hidden = 1 / sqrt(by_activation.second_moment(activation, sympy.S.One))
        sigma_w = (sympy.S.One, *[hidden] * depth)
    return MLP(
        depth=depth,
        activation=activation,
        sigma_w=_deviations(sigma_w, depth + 1, "sigma_w"),
        sigma_b=_deviations(sigma_b, depth + 1, "sigma_b"),
        parameterization=parameterization,
        width=width,
    )


def _deviations(sigma, count: int, what: str) -> tuple[sympy.Expr, ...]:
    """One exact standard deviation for every affine layer."""
    if isinstance(sigma, tuple | list) or (isinstance(sigma, np.ndarray) and sigma.ndim):
        if len(sigma) != count:
            allowed = f"one number, or {count} of them (depth + 1)"
            raise DomainError(explain(f"{what}: wrong length", got=len(sigma), allowed=allowed))
        return tuple(deviation(s, what) for s in sigma)
    return (deviation(sigma, what),) * count
