"""Layers as a user writes them."""

import re

import sympy

from theorycalc.activations import as_activation
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.numbers import exact, exact_integer, real_expression
from theorycalc.core.records import instance
from theorycalc.kernels.layers.types import (
    AveragePool,
    Conv,
    Dense,
    Flatten,
    GlobalAveragePool,
    Layer,
    LayerNorm,
    Nonlinearity,
    Sum,
    Window,
)

# Of a filter, a stride or a padding.
_LARGEST = 100_000
PADDINGS = ("circular", "same", "valid")
# Names of arguments and of intermediate quantities.
RESERVED = re.compile(
    r"rho|q11|q12|q22|d|(q|r|Sigma|Theta|theta|delta|gamma|kappa)_\d+(_rho|_q12)*\+*"
)


def dense(sigma_w=1, sigma_b=0) -> Dense:
    """A fully-connected layer z = σ_w W h/√n + σ_b b of infinite width.

    Parameters
    ----------
    sigma_w : number or Symbol
        Weight standard deviation, > 0.
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


def conv1d(filter, sigma_w=1, sigma_b=0, padding: str | int | tuple = "circular", stride=1) -> Conv:  # noqa: A002
    """A one-dimensional convolution with infinitely many channels.

    Parameters
    ----------
    filter : int
        Size f of the filter; weights have variance σ_w²/(f · channels).
    sigma_w, sigma_b : number or Symbol
    padding : {"circular", "same", "valid"}, int or pairs of int
        "same" pads with zeros, which count in f; an int is the number of zeros on every side, and
        one pair (before, after) for every axis says them one by one. With "same" and "circular"
        the result has ⌈size/stride⌉ positions; what has to be added to the image for that is
        added half before and half after it, and one more after it if it is odd (the convention of
        XLA and TensorFlow: a filter of 3 with stride 2 on 6 positions adds 0 before and 1 after;
        ``padding=1`` is PyTorch's 1 and 1).
    stride : int

    Raises
    ------
    DomainError
        For numbers out of range.

    References
    ----------
    S. Arora et al., "On Exact Computation with an Infinitely Wide Neural Net", arXiv:1904.11955,
    section 4; R. Novak et al., arXiv:1810.05148.

    Examples
    --------
    >>> import theorycalc as tc
    >>> k = tc.kernels
    >>> network = k.serial(k.conv1d(3), k.activation("relu"), k.flatten(), k.dense())
    >>> network.nngp_matrix([[1.0, 2.0, 0.0, 1.0]])
    array([[0.75]])
    """
    return _conv(1, filter, sigma_w, sigma_b, padding, stride)


def conv2d(filter, sigma_w=1, sigma_b=0, padding: str | int | tuple = "circular", stride=1) -> Conv:  # noqa: A002
    """A two-dimensional convolution with infinitely many channels.

    Parameters are those of `conv1d`; ``filter`` and ``stride`` are an int or a pair, explicit
    ``padding`` is an int or two pairs.

    Examples
    --------
    >>> import numpy as np, theorycalc as tc
    >>> k = tc.kernels
    >>> conv = k.conv2d((1, 3), padding="valid")
    >>> network = k.serial(conv, k.activation("relu"), k.global_average_pool(), k.dense())
    >>> network.nngp_matrix(np.ones((1, 4, 4)))
    array([[0.5]])
    """
    return _conv(2, filter, sigma_w, sigma_b, padding, stride)


def average_pool(filter, stride=None, padding="valid") -> AveragePool:  # noqa: A002
    """Means over windows of one- (int) or two-dimensional (pair) size.

    Parameters
    ----------
    filter : int or pair of int
    stride : int or pair of int, optional
        By default the filter: windows that do not overlap.
    padding : {"valid", "circular", "same"}, int or pairs of int
        As for `conv1d`; zeros count in the means.

    Examples
    --------
    >>> import theorycalc as tc
    >>> k = tc.kernels
    >>> network = k.serial(k.conv1d(1), k.average_pool(2), k.flatten(), k.dense())
    >>> network.nngp_matrix([[1.0, 1.0, 2.0, 0.0]])
    array([[1.]])
    """
    dimensions = len(filter) if isinstance(filter, tuple | list) else 1
    return AveragePool(_window(dimensions, filter, padding, filter if stride is None else stride))


def global_average_pool() -> GlobalAveragePool:
    """The mean over all positions.

    Examples
    --------
    >>> import theorycalc as tc
    >>> k = tc.kernels
    >>> k.serial(k.conv1d(1), k.global_average_pool(), k.dense()).nngp_matrix([[1.0, 3.0]])
    array([[4.]])
    """
    return GlobalAveragePool()


def flatten() -> Flatten:
    """All positions become channels of one vector.

    Examples
    --------
    >>> import theorycalc as tc
    >>> k = tc.kernels
    >>> k.serial(k.conv1d(1), k.flatten(), k.dense()).nngp_matrix([[1.0, 3.0]])
    array([[5.]])
    """
    return Flatten()


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


def _conv(dimensions: int, size, sigma_w, sigma_b, padding, stride) -> Conv:
    window = _window(dimensions, size, padding, stride)
    return Conv(window, deviation(sigma_w, "sigma_w"), deviation(sigma_b, "sigma_b"))


def _window(dimensions: int, size, padding, stride) -> Window:
    sizes, strides = _sizes(size, dimensions, "filter"), _sizes(stride, dimensions, "stride")
    return Window(sizes, _padding(padding, dimensions), strides)


def _padding(padding, dimensions: int) -> str | tuple[tuple[int, int], ...]:
    if isinstance(padding, str):
        if padding not in PADDINGS:
            allowed = f"{', '.join(PADDINGS)}, an int, or pairs (before, after)"
            raise DomainError(explain("unknown padding", got=padding, allowed=allowed))
        return padding
    pairs = padding if isinstance(padding, tuple | list) else ((padding, padding),) * dimensions
    if len(pairs) != dimensions or not all(
        isinstance(pair, tuple | list) and len(pair) == 2 for pair in pairs
    ):
        allowed = f"an int, or a pair (before, after) for each axis: {dimensions}"
        raise DomainError(explain("padding: wrong shape", got=padding, allowed=allowed))
    return tuple(tuple(exact_integer(x, "padding", 0, _LARGEST) for x in pair) for pair in pairs)


def _sizes(size, dimensions: int, what: str) -> tuple[int, ...]:
    sizes = tuple(size) if isinstance(size, tuple | list) else (size,) * dimensions
    if len(sizes) != dimensions:
        raise DomainError(explain(f"{what}: wrong length", got=size, allowed=f"{dimensions}"))
    return tuple(exact_integer(x, what, 1, _LARGEST) for x in sizes)
