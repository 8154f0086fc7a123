"""Layers as a user writes them."""

import re

import sympy

from theorycalc.activations import as_activation
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.expressions import real_expression
from theorycalc.core.numbers import exact
from theorycalc.core.records import instance
from theorycalc.layers import (
    Dense,
    Layer,
    LayerNorm,
    Nonlinearity,
    Sum,
)

# Names of arguments and of intermediate quantities.
RESERVED = re.compile(
    r"rho|q11|q12|q22|d|(q|r|Sigma|Theta|theta|delta|gamma|kappa)_\d+(_rho|_q12)*\+*"
)


def dense(sigma_w=1, sigma_b=0) -> Dense:
    """A fully-connected layer z = σ_w W h/√n + σ_b b of infinite width.

    Parameters
    ----------
    sigma_w : number or Symbol
        Weight standard deviation, > 0; 1 by default, whatever comes before. The normalised network
        of `mlp` has 1/√(E φ(Z)²) after an activation φ, √2 after ReLU.
    sigma_b : number or Symbol
        Bias standard deviation, ≥ 0.

    Raises
    ------
    DomainError
        For numbers out of range.

    Examples
    --------
    >>> import theorycalc as tc
    >>> k = tc.kernels
    >>> network = k.serial(k.dense(), k.activation("relu"), k.dense("1.5", "0.1"))
    >>> print(network.nngp.at(rho="0.5"))
    0.6951225036747580 ± 4e-17
    """
    return Dense(deviation(sigma_w, "sigma_w"), deviation(sigma_b, "sigma_b"))


def activation(phi) -> Nonlinearity:
    """An activation on every coordinate; it acts on Gaussian pre-activations.

    Parameters
    ----------
    phi : str, Activation or sympy.Expr

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.kernels.activation("tanh").activation.name
    'tanh'
    """
    return Nonlinearity(as_activation(phi))


def residual(*branch: Layer, scale=1) -> Sum:
    """x + scale · branch(x); the branch has weights of its own and keeps the shape.

    Parameters
    ----------
    *branch : layers
        They end with a dense or convolutional layer.
    scale : number or Symbol
        β ≠ 0.

    References
    ----------
    NNGP and NTK of residual networks: G. Yang, S. Schoenholz, "Mean Field Residual Networks",
    arXiv:1712.08969; K. Huang et al., "Why Do Deep Residual Networks Generalize Better than Deep
    Feedforward Networks?", arXiv:2002.06262.

    Examples
    --------
    >>> import theorycalc as tc
    >>> k = tc.kernels
    >>> network = k.serial(k.dense(), k.residual(k.activation("erf"), k.dense(), scale="1/2"))
    >>> print(network.nngp.at(rho=0))
    0
    """
    if not branch:
        raise DomainError(explain("an empty branch", allowed="at least one layer"))
    return Sum(((), _branch(branch)), _parameter(scale, "scale"))


def parallel(*branches) -> Sum:
    """The sum of branches that act on the same input, with independent weights.

    Parameters
    ----------
    *branches : layer, or tuple of layers
        At most one of them has no weights: those of two would be correlated.

    Raises
    ------
    DomainError
        For fewer than two branches.

    Examples
    --------
    >>> import theorycalc as tc
    >>> k = tc.kernels
    >>> wide = k.parallel((k.activation("relu"), k.dense()), (k.activation("erf"), k.dense()))
    >>> print(k.serial(k.dense(), wide).nngp.at(rho=0))
    0.1591549430918953 ± 6e-17
    """
    if len(branches) < 2:
        raise DomainError(explain("a sum of branches", got=len(branches), allowed="two or more"))
    parts = (x if isinstance(x, tuple | list) else (x,) for x in branches)
    return Sum(tuple(map(_branch, parts)), sympy.S.One)


def _branch(layers) -> tuple[Layer, ...]:
    allowed = "dense(), activation(φ), …"
    return tuple(instance(layer, Layer, "a layer", allowed=allowed) for layer in layers)


def layer_norm() -> LayerNorm:
    """Layer normalisation over channels, before or after an activation; no gain, no offset.

    In the limit of infinite width it divides by the exact standard deviation, and takes off the
    exact mean, of the coordinates. On arrays a vector of equal coordinates becomes 0, as with a
    small number added to the variance.

    Examples
    --------
    >>> import theorycalc as tc
    >>> k = tc.kernels
    >>> network = k.serial(k.dense(3), k.layer_norm(), k.activation("relu"), k.dense())
    >>> network.nngp.at(rho=1).mid
    mpf('0.5')
    """
    return LayerNorm()


def deviation(sigma, what: str) -> sympy.Expr:
    """An exact standard deviation, or an expression in symbols for one."""
    number = _parameter(sigma, what)
    if number.free_symbols:
        return real_expression(number, what, 0)
    positive = what == "sigma_w"
    if number.is_negative or (positive and number.is_zero):
        allowed = f"{what} > 0" if positive else f"{what} ≥ 0"
        raise DomainError(explain(f"{what} out of range", got=number, allowed=allowed))
    return number


def _parameter(x, what: str) -> sympy.Expr:
    """An exact number, or an expression in symbols that the kernels do not use."""
    if not isinstance(x, sympy.Expr) or x.is_number:
        return exact(x, what)
    reserved = sorted(s.name for s in x.free_symbols if RESERVED.fullmatch(s.name))
    if reserved:
        raise DomainError(explain(f"{what} uses a symbol of the kernels", got=", ".join(reserved)))
    return real_expression(x, what)
