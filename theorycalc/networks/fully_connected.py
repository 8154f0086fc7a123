"""Fully-connected networks of finite width, many of them at once, in any array namespace."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import array_api_compat
import numpy as np

from theorycalc.activations import Activation, as_activation
from theorycalc.core.arrays import check_memory, is_array, random_stream
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import Line, record_html, record_text
from theorycalc.core.numbers import exact_integer, real_double
from theorycalc.core.records import check_fields, instance, one_of, sequence

# Layers of a network, the weights of whose every layer are held in memory.
MAX_DEPTH = 10_000
MAX_WIDTH = 10**8
PARAMETERIZATIONS = ("ntk", "standard")


class Parameters(NamedTuple):
    """Weights and biases of ``seeds`` networks, one entry per affine layer.

    ``weights[l]`` has shape (seeds, n_in, n_out), ``biases[l]`` has shape (seeds, n_out).
    """

    weights: tuple[Any, ...]
    biases: tuple[Any, ...]

    def __repr__(self):
        return record_text(self)

    def _repr_html_(self):
        return record_html(self)


class Pass(NamedTuple):
    """What a forward pass leaves for the backward pass, one entry per affine layer."""

    inputs: tuple[Any, ...]  # of each affine layer: (n, d) first, then (seeds, n, width)
    outputs: tuple[Any, ...]  # pre-activations: (seeds, n, width)

    def __repr__(self):
        return record_text(self)

    def _repr_html_(self):
        return record_html(self)


@dataclass(frozen=True)
class MLP(Line):
    """Fully-connected networks of one architecture; made by `theorycalc.networks.mlp`.

    Attributes
    ----------
    widths : tuple of int
        Input dimension, widths of the hidden layers, number of outputs.
    activation : Activation
    sigma_w, sigma_b : tuple of float
        Standard deviations, one for each affine layer.
    parameterization : {"ntk", "standard"}
    """

    widths: tuple[int, ...]
    activation: Activation
    sigma_w: tuple[float, ...]
    sigma_b: tuple[float, ...]
    parameterization: str = "ntk"

    def __post_init__(self):
        check_fields(self)
        one_of(self.parameterization, PARAMETERIZATIONS, "parameterization")
        layers = len(self.widths) - 1
        if layers < 1 or not len(self.sigma_w) == len(self.sigma_b) == layers:
            got = f"{len(self.widths)} widths, {len(self.sigma_w)} σ_w, {len(self.sigma_b)} σ_b"
            raise DomainError(
                explain("not the layers of a network", got=got, allowed="n + 1, n, n")
            )

    def init(self, seeds: Sequence, like=None) -> Parameters:
        """Independent random parameters, one network for each seed.

        Parameters
        ----------
        seeds : sequence of int or tuple of int
            Entropy of each network's own random stream, e.g. ``(experiment, width, replicate)``.
        like : array, optional
            An array whose namespace, dtype and device the parameters get; NumPy float64 if absent.
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
        count = sum((n_in + 1) * n_out for n_in, n_out in self._shapes)
        check_memory(f"parameters of {len(seeds)} networks", 8 * count * len(seeds))
        streams = [random_stream(seed) for seed in seeds]

        def draw(shape, deviation):
            normal = np.stack([stream.standard_normal(shape) for stream in streams])
            device = array_api_compat.device(like)
            return xp.asarray(deviation * normal, dtype=like.dtype, device=device)

        weights, biases = [], []
        for layer, (n_in, n_out) in enumerate(self._shapes):
            weights.append(draw((n_in, n_out), self._deviation(self.sigma_w[layer], n_in)))
            biases.append(draw((n_out,), self._deviation(self.sigma_b[layer], 1)))
        return Parameters(tuple(weights), tuple(biases))

    def __call__(self, parameters: Parameters, X):  # noqa: N803 - arrays of data are capital
        """Outputs of every network at inputs X (n, d): shape (seeds, n, outputs)."""
        return self.forward(parameters, X).outputs[-1]

    def forward(self, parameters: Parameters, X) -> Pass:  # noqa: N803
        """All layers at inputs X of shape (n, d), or (seeds, n, d) for inputs of their own."""
        _check_shape(X, self.widths[0])
        xp = array_api_compat.array_namespace(X)
        if not bool(xp.all(xp.isfinite(X))):
            raise DomainError(explain("the inputs are not finite"))
        passed = self.propagate(parameters, X)
        if not bool(xp.all(xp.isfinite(passed.outputs[-1]))):
            raise DomainError(explain("the outputs leave the range of doubles"))
        return passed

    def propagate(self, parameters: Parameters, X) -> Pass:  # noqa: N803
        """`forward`, but infinite inputs go through: to see them, a device is waited for."""
        _check_shape(X, self.widths[0])
        self._check_parameters(parameters)
        h, inputs, outputs = X, [], []
        for layer, (weight, bias) in enumerate(zip(*parameters, strict=True)):
            if layer:
                h = self.activation(outputs[-1])
            w, b = self.multipliers(layer)
            inputs.append(h)
            # what overflows is seen in the result
            with np.errstate(over="ignore", invalid="ignore"):
                outputs.append(w * (h @ weight) + b * bias[:, None, :])
        return Pass(tuple(inputs), tuple(outputs))

    def backward(self, parameters: Parameters, passed: Pass, cotangent) -> Iterator[tuple]:
        """Reverse mode: (layer, ∂/∂z of that layer) from the last layer down to the first.

        ``cotangent`` is ∂/∂outputs, of shape (seeds, n, outputs).
        """
        self._check_parameters(parameters)
        instance(passed, Pass, "a pass", allowed="network.forward(parameters, X)")
        shape = tuple(passed.outputs[-1].shape)
        if not is_array(cotangent) or tuple(cotangent.shape) != shape:
            got = getattr(cotangent, "shape", type(cotangent).__name__)
            raise DomainError(explain("cotangent does not fit the outputs", got=got, allowed=shape))
        return self._backward(parameters, passed, cotangent)

    def _backward(self, parameters: Parameters, passed: Pass, cotangent) -> Iterator[tuple]:
        xp = array_api_compat.array_namespace(cotangent)
        slope = self.activation.derivative
        for layer in reversed(range(len(self._shapes))):
            yield layer, cotangent
            if layer:
                w, _ = self.multipliers(layer)
                back = w * (cotangent @ xp.matrix_transpose(parameters.weights[layer]))
                cotangent = back * slope(passed.outputs[layer - 1])

    @np.errstate(over="ignore", invalid="ignore")
    def gradient(self, parameters: Parameters, passed: Pass, cotangent) -> Parameters:
        """The gradient with respect to all parameters, Σ over inputs and outputs."""
        weights, biases = [], []
        for layer, delta in self.backward(parameters, passed, cotangent):
            xp = array_api_compat.array_namespace(delta)
            w, b = self.multipliers(layer)
            weights.append(w * (xp.matrix_transpose(passed.inputs[layer]) @ delta))
            biases.append(b * xp.sum(delta, axis=1))
        return Parameters(tuple(reversed(weights)), tuple(reversed(biases)))

    def multipliers(self, layer: int) -> tuple[float, float]:
        """The factors in front of W and b in the layer, counted from 0."""
        layer = exact_integer(layer, "layer", 0, len(self.sigma_w) - 1)
        if self.parameterization == "standard":
            return 1.0, float(self.sigma_b[layer] > 0)
        return self.sigma_w[layer] / self.widths[layer] ** 0.5, self.sigma_b[layer]

    def _deviation(self, sigma: float, fan_in: int) -> float:
        return 1.0 if self.parameterization == "ntk" else sigma / fan_in**0.5

    def _check_parameters(self, parameters) -> None:
        """Refuse what are no parameters of such networks."""
        instance(parameters, Parameters, "parameters", allowed="network.init(seeds)")
        wanted = [shape for n_in, n_out in self._shapes for shape in ((n_in, n_out), (n_out,))]
        layers = zip(parameters.weights, parameters.biases, strict=False)
        got = [tuple(getattr(x, "shape", ()))[1:] for layer in layers for x in layer]
        if got != wanted:
            raise DomainError(explain("parameters of another network", got=got, allowed=wanted))

    @property
    def _shapes(self) -> list[tuple[int, int]]:
        return list(zip(self.widths, self.widths[1:], strict=False))


def mlp(
    inputs: int,
    width,
    depth: int = 1,
    activation="relu",
    *,
    sigma_w,
    sigma_b=0,
    outputs: int = 1,
    parameterization: str = "ntk",
) -> MLP:
    """Fully-connected networks of finite width.

    Layer l+1 is z = σ_w W φ(z)/√n + σ_b b with standard normal entries at initialisation (the NTK
    parameterisation; the first layer acts on x/√d), or z = W φ(z) + b with W of variance σ_w²/n and
    b of variance σ_b² (the standard parameterisation; σ_b = 0 means no biases).

    Parameters
    ----------
    inputs : int
        Input dimension d.
    width : int or sequence of int
        Width of the hidden layers, one number or ``depth`` of them.
    depth : int
        Number of hidden layers, ≥ 0.
    activation : str, Activation or sympy.Expr
    sigma_w, sigma_b : number, or sequence of depth + 1 of them
    outputs : int
        Number of outputs.
    parameterization : {"ntk", "standard"}

    Raises
    ------
    DomainError
        For sizes that are no positive integers, σ_w ≤ 0, σ_b < 0, or sequences of wrong length.

    Examples
    --------
    >>> import numpy as np, theorycalc as tc
    >>> network = tc.networks.mlp(3, 64, sigma_w=2**0.5)
    >>> parameters = network.init(seeds=range(10))
    >>> network(parameters, np.eye(3)).shape
    (10, 3, 1)
    """
    depth = exact_integer(depth, "depth", 0, MAX_DEPTH)
    hidden = list(width) if _is_several(width) else [width] * depth
    if len(hidden) != depth:
        raise DomainError(explain("width: wrong length", got=len(hidden), allowed=f"{depth}"))
    one_of(parameterization, PARAMETERIZATIONS, "parameterization")
    return MLP(
        widths=(
            exact_integer(inputs, "inputs", 1, MAX_WIDTH),
            *(exact_integer(n, "width", 1, MAX_WIDTH) for n in hidden),
            exact_integer(outputs, "outputs", 1, MAX_WIDTH),
        ),
        activation=as_activation(activation),
        sigma_w=_deviations(sigma_w, depth + 1, "sigma_w", smallest="> 0"),
        sigma_b=_deviations(sigma_b, depth + 1, "sigma_b", smallest="≥ 0"),
        parameterization=parameterization,
    )


def _check_shape(x, dimension: int) -> None:
    """Refuse what is no array of real numbers of shape (…, n, d)."""
    allowed = f"a finite array of shape (n, {dimension})"
    if not is_array(x) or x.ndim not in (2, 3) or x.shape[-1] != dimension:
        got = getattr(x, "shape", type(x).__name__)
        raise DomainError(explain("the inputs do not fit the network", got=got, allowed=allowed))
    xp = array_api_compat.array_namespace(x)
    if not xp.isdtype(x.dtype, "real floating") and not xp.isdtype(x.dtype, "integral"):
        raise DomainError(explain("the inputs are not real", got=x.dtype, allowed=allowed))


def _is_several(x) -> bool:
    """Whether an argument has one number for each layer."""
    return isinstance(x, tuple | list | range) or (isinstance(x, np.ndarray) and x.ndim > 0)


def _deviations(sigma, count: int, what: str, smallest: str) -> tuple[float, ...]:
    values = list(sigma) if _is_several(sigma) else [sigma] * count
    if len(values) != count:
        raise DomainError(explain(f"{what}: wrong length", got=len(values), allowed=f"{count}"))
    numbers = tuple(real_double(value, what) for value in values)
    if min(numbers) < 0 or (smallest == "> 0" and min(numbers) == 0):
        allowed = f"{what} {smallest}"
        raise DomainError(explain(f"{what} out of range", got=min(numbers), allowed=allowed))
    return numbers
