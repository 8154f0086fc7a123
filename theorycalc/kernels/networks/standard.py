"""Well-known architectures, from layers."""

from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import one_of
from theorycalc.kernels.layers import builders, image_builders
from theorycalc.kernels.networks.serial import Serial, serial
from theorycalc.layers import MAX_DEPTH

READOUTS = {"flatten": image_builders.flatten, "gap": image_builders.global_average_pool}


def resnet(blocks: int, activation="relu", sigma_w=1, sigma_b=0, scale=1) -> Serial:
    """A dense residual network: dense, ``blocks`` times x + scale·dense(φ(x)), φ, dense.

    Parameters
    ----------
    blocks : int
        ≥ 0.
    activation : str, Activation or sympy.Expr
    sigma_w, sigma_b : number or Symbol
        Of all affine layers.
    scale : number or Symbol
        Of every branch.

    Raises
    ------
    DomainError
        For numbers out of range.

    Examples
    --------
    >>> import theorycalc as tc
    >>> print(tc.kernels.resnet(3, sigma_b="0.2").ntk.at(rho="0.3"))
    2.063504656900604 ± 3e-16
    """
    affine = builders.dense(sigma_w, sigma_b)
    block = builders.residual(builders.activation(activation), affine, scale=scale)
    count = exact_integer(blocks, "blocks", 0, MAX_DEPTH)
    return serial(affine, *[block] * count, builders.activation(activation), affine)


def cnn(
    depth: int,
    filter: int = 3,  # noqa: A002
    activation="relu",
    sigma_w=1,
    sigma_b=0,
    padding: str | int | tuple = "circular",
    readout: str = "flatten",
    dimensions: int = 2,
) -> Serial:
    """A convolutional network: ``depth`` times convolution and φ, then a readout and a dense layer.

    Parameters
    ----------
    depth : int
        ≥ 1.
    filter : int
    activation : str, Activation or sympy.Expr
    sigma_w, sigma_b : number or Symbol
        Of all affine layers.
    padding : {"circular", "same", "valid"}, int or pairs of int
        As for `conv1d`.
    readout : {"flatten", "gap"}
        All positions as channels, or their mean.
    dimensions : {1, 2}
        Of the images.

    Raises
    ------
    DomainError
        For numbers out of range and unknown names.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.kernels.cnn(1, dimensions=1).ntk_matrix([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]])
    array([[1.66666667, 0.60858473],
           [0.60858473, 0.66666667]])
    """
    one_of(readout, READOUTS, "readout")
    dimensions = exact_integer(dimensions, "dimensions", 1, 2)
    conv = image_builders.conv1d if dimensions == 1 else image_builders.conv2d
    block = conv(filter, sigma_w, sigma_b, padding), builders.activation(activation)
    depth = exact_integer(depth, "depth", 1, MAX_DEPTH)
    return serial(*block * depth, READOUTS[readout](), builders.dense(sigma_w, sigma_b))


def hierarchical_cnn(depth: int, patch: int = 2, activation="relu", sigma_w=1, sigma_b=0) -> Serial:
    """A one-dimensional network on patches that do not overlap: a tree.

    Every layer joins ``patch`` neighbours, so that inputs with patch^depth positions end at one.

    Parameters
    ----------
    depth : int
        ≥ 1.
    patch : int
        ≥ 2.
    activation : str, Activation or sympy.Expr
    sigma_w, sigma_b : number or Symbol
        Of all affine layers.

    Raises
    ------
    DomainError
        For numbers out of range.

    References
    ----------
    F. Cagnetta, A. Favero, M. Wyart, "What can be learnt with wide convolutional neural networks?",
    arXiv:2208.01003.

    Examples
    --------
    >>> import theorycalc as tc
    >>> tc.kernels.hierarchical_cnn(2).ntk_matrix([[1.0, 0.0, 2.0, 1.0]])
    array([[1.125]])
    """
    patch = exact_integer(patch, "patch", minimum=2)
    block = (
        image_builders.conv1d(patch, sigma_w, sigma_b, "valid", patch),
        builders.activation(activation),
    )
    depth = exact_integer(depth, "depth", 1, MAX_DEPTH)
    return serial(*block * depth, image_builders.flatten(), builders.dense(sigma_w, sigma_b))
