"""Layers on images as a user writes them."""

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.numbers import exact_integer
from theorycalc.kernels.layers.builders import deviation
from theorycalc.layers import (
    AveragePool,
    Conv,
    Flatten,
    GlobalAveragePool,
    Window,
)

# Of a filter, a stride or a padding.
_LARGEST = 100_000
PADDINGS = ("circular", "same", "valid")


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
