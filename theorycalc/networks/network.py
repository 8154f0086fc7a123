"""What all finite networks share: parameters drawn from seeds, outputs, gradients."""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import array_api_compat
import numpy as np

from theorycalc.core.arrays import check_memory, is_array, random_stream
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import Line, record_html, record_text
from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import instance, sequence
from theorycalc.networks.outer_loops import subtract_outer


class Parameters(NamedTuple):
    """Weights and biases of ``seeds`` networks, one entry per affine layer.

    ``weights[l]`` has shape (seeds, n_in, n_out), ``biases[l]`` has shape (seeds, n_out).
    """

    weights: tuple[Any, ...]
    biases: tuple[Any, ...]

    def map(self, function: Callable, *others: "Parameters") -> "Parameters":
        """The function of every array, and of those in the same places of others."""
        return Parameters(
            *(tuple(map(function, *halves)) for halves in zip(self, *others, strict=True))
        )

    def __repr__(self):
        return record_text(self)

    def _repr_html_(self):
        return record_html(self)


class Pass(NamedTuple):
    """What a forward pass leaves for the backward pass.

    ``inputs`` are those of each affine layer: of the first (n, d), then (seeds, n, width), with an
    axis of positions before the last for networks on images. ``outputs`` end with those of the
    network, (seeds, n, outputs); before them are pre-activations. ``pull`` takes the derivative by
    the outputs back through the layers, where a network is more than layers in a row.
    """

    inputs: tuple[Any, ...]
    outputs: tuple[Any, ...]
    pull: Callable | None = None

    def __repr__(self):
        return record_text(self)

    def _repr_html_(self):
        return record_html(self)


@dataclass(frozen=True)
class Slope:
    """The gradient of one layer in factors: w hᵀδ of its weights, b Σ δ of its biases."""

    layer: int
    h: Any
    delta: Any
    w: float
    b: float

    @property
    def of_weights(self):
        """w hᵀ δ; the smaller one of what goes in and what comes out is scaled."""
        xp = array_api_compat.array_namespace(self.delta)
        n, n_in = self.h.shape[-2:]
        if n == 1:  # outer products, which are cheaper without matrix products
            return xp.matrix_transpose(self.h) * (self.w * self.delta)
        if n < n_in:
            return xp.matrix_transpose(self.h) @ (self.w * self.delta)
        return self.w * (xp.matrix_transpose(self.h) @ self.delta)

    @property
    def of_biases(self):
        """b Σ δ."""
        xp = array_api_compat.array_namespace(self.delta)
        return self.b * xp.sum(self.delta, axis=1)

    def subtracted(self, weights, biases) -> tuple:
        """Weights and biases less their gradients, in their places."""
        n, count = self.h.shape[-2], self.h.shape[0] if self.h.ndim > 2 else 1
        if n == 1 and count == weights.shape[0] and array_api_compat.is_numpy_array(weights):
            subtract_outer(weights, self.h[:, 0], self.w * self.delta[:, 0])
        else:
            weights -= self.of_weights
        if self.b:
            biases -= self.of_biases
        return weights, biases


class Network(ABC, Line):
    """Finite networks of one architecture, many at once, in any array namespace."""

    outputs: int
    # n^−c: what a learning rate η is multiplied with
    rate_factor: float = 1.0

    def init(self, seeds: Sequence, like=None) -> Parameters:
        """Independent random parameters, one network for each seed.

        Parameters
        ----------
        seeds : sequence of int or tuple of int
            Entropy of each network's own random stream, e.g. ``(experiment, width, replicate)``.
        like : array, optional
            An array whose namespace, dtype and device the parameters get; NumPy float64 if absent.

        Raises
        ------
        DomainError
            For no seeds, or more memory than there is.
        """
        seeds = sequence(seeds, "a sequence of seeds", allowed="range(10)")
        if not seeds:
            raise DomainError(explain("no seeds", allowed="range(10)"))
        like = np.empty(0) if like is None else like
        if not is_array(like):
            raise DomainError(explain("like is not an array", got=type(like).__name__))
        xp = array_api_compat.array_namespace(like)
        if not xp.isdtype(like.dtype, "real floating"):
            raise DomainError(explain("like is not an array of floats", got=like.dtype))
        shapes = self._shapes_at(like)
        count = sum((n_in + 1) * n_out for n_in, n_out in shapes)
        check_memory(f"parameters of {len(seeds)} networks", 8 * count * len(seeds))
        # all of a network at once: a call for each layer takes longer than small layers do
        normal, taken = np.empty((len(seeds), count)), 0
        for seed, row in zip(seeds, normal, strict=True):
            random_stream(seed).standard_normal(out=row)

        def draw(shape, deviation):
            nonlocal taken
            part = normal[:, taken : (taken := taken + math.prod(shape))]
            values = deviation * part.reshape(len(seeds), *shape)
            device = array_api_compat.device(like)
            return xp.asarray(values, dtype=like.dtype, device=device)

        weights, biases = [], []
        for layer, shape in enumerate(shapes):
            of_weights, of_biases = self._deviations(layer, shape)
            weights.append(draw(shape, of_weights))
            biases.append(draw(shape[1:], of_biases))
        return Parameters(tuple(weights), tuple(biases))

    def __call__(self, parameters: Parameters, X):  # noqa: N803 - arrays of data are capital
        """Outputs of every network at inputs X (n, …): shape (seeds, n, outputs)."""
        return self.forward(parameters, X).outputs[-1]

    def forward(self, parameters: Parameters, X) -> Pass:  # noqa: N803
        """All layers at inputs X of shape (n, …), or (seeds, n, …) for inputs of their own."""
        xp = array_api_compat.array_namespace(X := self.as_inputs(X))  # noqa: N806
        if not bool(xp.all(xp.isfinite(X))):
            raise DomainError(explain("the inputs are not finite"))
        passed = self.propagate(parameters, X)
        if not bool(xp.all(xp.isfinite(passed.outputs[-1]))):
            raise DomainError(explain("the outputs leave the range of doubles"))
        return passed

    def propagate(self, parameters: Parameters, X) -> Pass:  # noqa: N803
        """`forward`, but infinite inputs go through: to see them, a device is waited for."""
        X = self.as_inputs(X)  # noqa: N806
        self.check_parameters(parameters, X)
        with np.errstate(over="ignore", invalid="ignore"):  # what overflows is seen in the result
            return self._propagate(parameters, X)

    def backward(self, parameters: Parameters, passed: Pass, cotangent) -> Iterator[tuple]:
        """Reverse mode: (layer, ∂/∂z of that layer) from the last layer down to the first.

        ``cotangent`` is ∂/∂outputs, of shape (seeds, n, outputs).
        """
        self._check_cotangent(parameters, passed, cotangent)
        return self._backward(parameters, passed, cotangent)

    def gradient(
        self, parameters: Parameters, passed: Pass, cotangent, layers: Sequence | None = None
    ) -> Parameters:
        """The gradient with respect to all parameters, Σ over inputs and outputs.

        Of ``layers``, counted from 0, if they are given: the other gradients are None.
        """
        self._check_cotangent(parameters, passed, cotangent)
        if layers is not None:
            layers = places_of(layers, len(parameters.weights), first=0)
        return self._gradient(parameters, passed, cotangent, layers)

    def _gradient(
        self, parameters: Parameters, passed: Pass, cotangent, layers: Sequence | None
    ) -> Parameters:
        """`gradient` without checks, which training makes once and not at every step."""
        count = len(parameters.weights)
        weights, biases = [None] * count, [None] * count
        for slope in self._slopes(parameters, passed, cotangent, layers):
            weights[slope.layer], biases[slope.layer] = slope.of_weights, slope.of_biases
        return Parameters(tuple(weights), tuple(biases))

    def _slopes(
        self, parameters: Parameters, passed: Pass, cotangent, layers: Sequence | None
    ) -> list[Slope]:
        """The gradient in factors, from the last layer down; of ``layers``, if they are given."""
        scales = self._scales(parameters)
        wanted = range(len(parameters.weights)) if layers is None else layers
        found = []
        with np.errstate(over="ignore", invalid="ignore"):
            for layer, delta in self._backward(parameters, passed, cotangent, min(wanted)):
                if layer in wanted:
                    h = passed.inputs[layer]
                    if delta.ndim > 3:
                        h, delta = merged(h), merged(delta)
                    found.append(Slope(layer, h, delta, *scales[layer]))
        return found

    def check_parameters(self, parameters, X=None) -> None:  # noqa: N803
        """Refuse what are no parameters of such networks, on inputs like X."""
        instance(parameters, Parameters, "parameters", allowed="network.init(seeds)")
        shapes = self._shapes_at(X if X is None else self.as_inputs(X))
        wanted = [shape for n_in, n_out in shapes for shape in ((n_in, n_out), (n_out,))]
        layers = zip(parameters.weights, parameters.biases, strict=False)
        got = [tuple(getattr(x, "shape", ()))[1:] for layer in layers for x in layer]
        if got != wanted:
            raise DomainError(explain("parameters of another network", got=got, allowed=wanted))

    def _check_cotangent(self, parameters, passed, cotangent) -> None:
        """Refuse what does not come from a pass of such networks."""
        instance(passed, Pass, "a pass", allowed="network.forward(parameters, X)")
        shape = tuple(passed.outputs[-1].shape)
        if not is_array(cotangent) or tuple(cotangent.shape) != shape:
            got = getattr(cotangent, "shape", type(cotangent).__name__)
            raise DomainError(explain("cotangent does not fit the outputs", got=got, allowed=shape))
        self.check_parameters(parameters)

    @abstractmethod
    def as_inputs(self, X, name: str = "X") -> Any:  # noqa: N803
        """X, where it is an array of inputs of the network; DomainError for anything else."""

    @abstractmethod
    def _shapes_at(self, X) -> list[tuple[int, int]]:  # noqa: N803
        """(n_in, n_out) of each affine layer, on inputs like X."""

    @abstractmethod
    def _deviations(self, layer: int, shape: tuple[int, int]) -> tuple[float, float]:
        """Standard deviations of W and b, as they are drawn."""

    @abstractmethod
    def _scales(self, parameters: Parameters) -> Sequence[tuple[float, float]]:
        """The factors in front of W and b, for each affine layer."""

    @abstractmethod
    def _propagate(self, parameters: Parameters, X) -> Pass:  # noqa: N803
        """`propagate` without checks."""

    def _backward(
        self, parameters: Parameters, passed: Pass, cotangent, lowest: int = 0
    ) -> Iterator[tuple]:
        """`backward` without checks; where layers come in a row, down to the layer ``lowest``."""
        if passed.pull is None:
            raise DomainError(explain("not a pass of this network", allowed="network.forward(…)"))
        found: dict = {}
        passed.pull(cotangent, found)
        return ((layer, found[layer]) for layer in sorted(found, reverse=True))


def places_of(layers, count: int, first: int) -> tuple[int, ...]:
    """The places of layers that are counted from ``first``, in order and each once."""
    last = first + count - 1
    allowed = f"layers among {first}, …, {last}, not none"
    given = sequence(layers, "a sequence of layers", allowed=allowed)
    found = {exact_integer(layer, "layer", first, last) - first for layer in given}
    if not found:
        raise DomainError(explain("no layers", allowed=allowed))
    return tuple(sorted(found))


def merged(array):
    """(…, n, positions, k) as (…, n·positions, k)."""
    xp = array_api_compat.array_namespace(array)
    *first, n, positions, k = array.shape
    return xp.reshape(array, (*first, n * positions, k))
