"""Architectures from any layers."""

from dataclasses import dataclass

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.records import check_fields, instance
from theorycalc.kernels.layers.validity import check
from theorycalc.kernels.networks.architecture import Architecture
from theorycalc.layers import Layer, check_parameterization, image_dimension


@dataclass(frozen=True)
class Serial(Architecture):
    """Layers in a row; made by `theorycalc.kernels.serial`."""

    layers: tuple[Layer, ...]
    parameterization: str = "ntk"
    width: int | None = None

    def __post_init__(self):
        check_fields(self)
        check_parameterization(self.parameterization, self.width)


def serial(*layers: Layer) -> Serial:
    """An architecture from its layers, in the NTK parameterisation.

    Parameters
    ----------
    *layers : layers
        From `dense`, `activation`, `residual`, `parallel`, `layer_norm`, `conv1d`, `conv2d`,
        `average_pool`, `global_average_pool`, `flatten`. The kernels are those of the last layer.

    Returns
    -------
    Serial
        With ``nngp``, ``ntk``, ``layer_ntk`` and ``spectrum`` (networks on vectors), ``matrices``,
        ``diagonal``, ``predict`` and ``posterior`` (all networks).

    Raises
    ------
    DomainError
        For no layers, an object that is no layer, or one that does not fit its input.
    NotSupportedError
        For an activation that does not act on Gaussian pre-activations.

    References
    ----------
    A. Jacot, F. Gabriel, C. Hongler, arXiv:1806.07572, Theorem 1; S. Arora et al.,
    arXiv:1904.11955.

    Examples
    --------
    >>> import theorycalc as tc
    >>> k = tc.kernels
    >>> block = k.residual(k.activation("relu"), k.dense("1.2", "0.3"))
    >>> network = k.serial(k.dense(), block, block, k.activation("relu"), k.dense())
    >>> print(network.ntk.at(rho="0.3"))
    1.638008436910961 ± 2e-16
    """
    for layer in layers:
        instance(layer, Layer, "a layer", allowed="dense(), activation(φ), …")
    if not layers:
        raise DomainError(explain("no layers", allowed="dense(), activation(), …"))
    check(layers, image_dimension(layers))
    return Serial(tuple(layers))
