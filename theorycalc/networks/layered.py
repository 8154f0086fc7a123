"""Finite networks of any layers: convolutions, residual branches, pooling, layer norm."""

import math
from dataclasses import dataclass

import array_api_compat
from array_api_compat import device

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import check_fields, instance
from theorycalc.layers import (
    AveragePool,
    Conv,
    Dense,
    Design,
    Flatten,
    GlobalAveragePool,
    Sum,
    affine,
    flat,
    image_dimension,
    output_shape,
)
from theorycalc.networks.arrays import check_inputs
from theorycalc.networks.fully_connected import MAX_WIDTH
from theorycalc.networks.layer_passes import Tape
from theorycalc.networks.network import Network, Parameters, Pass


@dataclass(frozen=True)
class Layered(Network):
    """Networks of finite width from layers; made by `theorycalc.networks.from_kernel`.

    Attributes
    ----------
    layers : tuple
    width : int
        Channels of the hidden layers.
    outputs : int
        Channels of the last layer that are seen.
    inputs : tuple of int
        The shape of one input: (d,), or (positions…, channels); () if arrays of inputs tell it.
    standard : bool
        Whether σ_w and σ_b belong to the law of the parameters, and not to the layers.
    """

    layers: tuple
    width: int
    outputs: int = 1
    inputs: tuple[int, ...] = ()
    standard: bool = False

    def __post_init__(self):
        check_fields(self)
        if not affine(self.layers):
            raise DomainError(explain("a network without weights", hint="dense()"))

    def as_inputs(self, X, name: str = "X"):  # noqa: N803 - arrays of data are capital
        """X as an array of shape (…, n, d), or (…, n, positions…, channels) for images."""
        axes = image_dimension(self.layers)
        alone = axes and getattr(X, "ndim", 0) == axes + 1
        X = X[..., None] if alone else X  # noqa: N806
        check_inputs(X, name, self.inputs or (None,) * (axes + 1))
        output_shape(self.layers, tuple(X.shape[X.ndim - axes - 1 : X.ndim - 1]))
        return X

    def _shape_of(self, X) -> tuple[int, ...]:  # noqa: N803
        """The shape of one input."""
        if self.inputs:
            return self.inputs
        if X is None or X.ndim < 2:
            hint = "from_kernel(…, inputs=d), or init(seeds, like=X)"
            raise DomainError(explain("the shape of an input is not known", hint=hint))
        return tuple(self.as_inputs(X).shape[-image_dimension(self.layers) - 1 :])

    def check_parameters(self, parameters, X=None) -> None:  # noqa: N803
        """Refuse what are no parameters of such networks, on inputs like X."""
        if X is None and not self.inputs:
            instance(parameters, Parameters, "parameters", allowed="network.init(seeds)")
        else:
            super().check_parameters(parameters, X)

    def _shapes_at(self, X) -> list[tuple[int, int]]:  # noqa: N803
        *places, channels = self._shape_of(X)
        found = _Channels(self.width)
        _, end = found.walk(self.layers, tuple(places), channels, self.outputs)
        if end < self.outputs:
            what = "the last layer has fewer channels than outputs"
            raise DomainError(explain(what, got=end, allowed=f"≥ {self.outputs}"))
        return found.shapes

    def _deviations(self, layer: int, shape: tuple[int, int]) -> tuple[float, float]:
        return self._sizes(layer, shape) if self.standard else (1.0, 1.0)

    def _scales(self, parameters: Parameters) -> list[tuple[float, float]]:
        if self.standard:
            layers = affine(self.layers)
            return [(1.0, float(layer.sigma_b != 0)) for layer in layers]
        return [
            self._sizes(layer, weight.shape[1:]) for layer, weight in enumerate(parameters.weights)
        ]

    def _sizes(self, layer: int, shape: tuple[int, int]) -> tuple[float, float]:
        """σ_w/√n and σ_b."""
        found = affine(self.layers)[layer]
        return float(found.sigma_w) / shape[0] ** 0.5, float(found.sigma_b)

    def _propagate(self, parameters: Parameters, X) -> Pass:  # noqa: N803
        axes = image_dimension(self.layers)
        tape = Tape(parameters, self._scales(parameters))
        places = tuple(X.shape[X.ndim - axes - 1 : X.ndim - 1])
        xp = array_api_compat.array_namespace(X)
        first = tuple(X.shape[: X.ndim - axes - 1])
        h = xp.reshape(X, (*first, math.prod(places), X.shape[-1]))
        if h.ndim == 3:  # the same inputs for all networks
            h = h[None, ...]
        h, _, pull = tape.run(self.layers, h, places)
        rest = h.shape[-1] - self.outputs  # channels of a sum with a wide layer

        def pull_outputs(cotangent, found: dict):
            zeros = xp.zeros((*cotangent.shape[:-1], rest), dtype=h.dtype, device=device(h))
            whole = xp.concat([cotangent, zeros], axis=-1) if rest else cotangent
            return pull(whole[..., None, :], found)

        return Pass(tuple(tape.inputs), (h[..., 0, : self.outputs],), pull_outputs)


class _Channels:
    """The channels between layers, and the shapes of the weights, in the order of the layers."""

    def __init__(self, width: int):
        self.width = width
        self.shapes: list[tuple[int, int]] = []

    def walk(self, layers: tuple, places: tuple, channels: int, wanted: int) -> tuple:
        """(positions, channels) after the layers; ``wanted`` channels, if a layer can make them."""
        for count, layer in enumerate(layers):
            target = self.width if any(map(_mixes, layers[count + 1 :])) else wanted
            match layer:
                case Dense() | Conv():
                    size = 1
                    if isinstance(layer, Conv):
                        size, places = math.prod(layer.window.filter), layer.window.output(places)
                    self.shapes.append((channels * size, target))
                    channels = target
                case Sum():
                    places, channels = self._meet(layer, places, channels, target)
                case AveragePool():
                    places = layer.window.output(places)
                case Flatten():
                    places, channels = (), channels * math.prod(places)
                case GlobalAveragePool():
                    places = ()
        return places, channels

    def _meet(self, layer: Sum, places: tuple, channels: int, target: int) -> tuple:
        """What branches end with: the channels of the input, where it is one of them."""
        target = target if all(map(affine, layer.branches)) else channels
        ends = [self.walk(branch, places, channels, target) for branch in layer.branches]
        if len(set(ends)) > 1:
            got = " and ".join(str(end[1]) for end in ends)
            raise DomainError(explain("branches of a sum with different channels", got=got))
        return ends[0]


def _mixes(layer) -> bool:
    """Whether a layer takes its input's channels as a wide layer: one channel would not do."""
    return isinstance(layer, Dense | Conv | Flatten | Sum)


def from_kernel(
    architecture: Design, width: int, inputs: int | tuple | None = None, *, outputs: int = 1
) -> Layered:
    """Networks of finite width of an architecture of `theorycalc.kernels`.

    Their covariance and tangent kernel over initialisations tend to the NNGP and NTK of the
    architecture as the width grows.

    Parameters
    ----------
    architecture : architecture of theorycalc.kernels
        `mlp`, `serial`, `resnet`, `cnn`, …, with numbers for all parameters.
    width : int
        Channels of all hidden layers.
    inputs : int or tuple of int, optional
        d, or (positions…, channels) for images. If it is absent, arrays of inputs tell it, and
        ``init(seeds, like=X)`` needs one.
    outputs : int
        Outputs: the first channels of the last layer, which has no others where it can.

    Returns
    -------
    Layered
        Inputs are arrays of shape (n, d), or (n, positions…[, channels]).

    Raises
    ------
    DomainError
        For what is no architecture, symbols among its parameters, sizes that are no positive
        integers.

    Notes
    -----
    Layers with weights are σ_w W h/√n + σ_b b with n the numbers that one output sees, the
    positions of a filter among them. Means over windows and sums over neighbours are matrices over
    positions: these are networks to hold kernels against, not to recognise photographs with.

    Examples
    --------
    >>> import numpy as np, theorycalc as tc
    >>> kernel = tc.kernels.cnn(1, dimensions=1)
    >>> network = tc.networks.from_kernel(kernel, width=256)
    >>> X = np.array([[1.0, 0.0, 2.0], [0.0, 1.0, 1.0]])
    >>> theta = tc.networks.tangent_kernel(network, network.init(range(50), like=X), X)
    >>> bool(np.allclose(theta.mean(axis=0), kernel.ntk_matrix(X), atol=0.05))
    True
    """
    allowed = "tc.kernels.mlp(…), tc.kernels.serial(…)"
    instance(architecture, Design, "an architecture", allowed=allowed)
    for layer in flat(architecture.layers):
        for name in ("sigma_w", "sigma_b", "scale"):
            symbol = getattr(layer, name, None)
            if getattr(symbol, "free_symbols", None):
                what = "finite networks need numbers for all parameters"
                raise DomainError(explain(what, got=symbol, hint=f"a number for {name}"))
    shape = inputs if isinstance(inputs, tuple | list) else () if inputs is None else (inputs,)
    axes = image_dimension(architecture.layers)
    if inputs is not None and len(shape) != axes + 1:
        allowed = "(positions…, channels)" if axes else "d"
        raise DomainError(explain("inputs of another dimension", got=inputs, allowed=allowed))
    return Layered(
        tuple(architecture.layers),
        exact_integer(width, "width", 1, MAX_WIDTH),
        exact_integer(outputs, "outputs", 1, MAX_WIDTH),
        tuple(exact_integer(size, "inputs", 1, MAX_WIDTH) for size in shape),
        architecture.parameterization == "standard",
    )
