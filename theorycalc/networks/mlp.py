"""Fully-connected networks of finite width, many of them at once, in any array namespace."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import array_api_compat
import numpy as np

from theorycalc.activations import Activation, as_activation
from theorycalc.core.arrays import random_stream
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.numbers import exact, exact_integer

PARAMETERIZATIONS = ("ntk", "standard")


class Parameters(NamedTuple):
    """Weights and biases of ``seeds`` networks, one entry per affine layer.

    ``weights[l]`` has shape (seeds, n_in, n_out), ``biases[l]`` has shape (seeds, n_out).
    """

    weights: tuple[Any, ...]
    biases: tuple[Any, ...]


class Pass(NamedTuple):
    """What a forward pass leaves for the backward pass, one entry per affine layer."""

    inputs: tuple[Any, ...]  # of each affine layer: (n, d) first, then (seeds, n, width)
    outputs: tuple[Any, ...]  # pre-activations: (seeds, n, width)


@dataclass(frozen=True)
class MLP:
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

    def init(self, seeds: Sequence, like=None) -> Parameters:
        """Independent random parameters, one network for each seed.

        Parameters
        ----------
        seeds : sequence of int or tuple of int
            Entropy of each network's own random stream, e.g. ``(experiment, width, replicate)``.
        like : array, optional
            An array whose namespace, dtype and device the parameters get; NumPy float64 if absent.
        """
        if not isinstance(seeds, Sequence | range) or isinstance(seeds, str) or not len(seeds):
            raise DomainError(
                explain("seeds are no sequence", got=repr(seeds), allowed="range(10)")
            )
        like = np.empty(0) if like is None else like
        xp = array_api_compat.array_namespace(like)
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
        _check_inputs(X, self.widths[0])
        return self.propagate(parameters, X)

    def propagate(self, parameters: Parameters, X) -> Pass:  # noqa: N803
        """`forward` without its check of the inputs, which on a device waits for the result."""
        h, inputs, outputs = X, [], []
        for layer, (weight, bias) in enumerate(zip(*parameters, strict=True)):
            if layer:
                h = self.activation(outputs[-1])
            w, b = self.multipliers(layer)
            inputs.append(h)
            outputs.append(w * (h @ weight) + b * bias[:, None, :])
        return Pass(tuple(inputs), tuple(outputs))

    def backward(self, parameters: Parameters, passed: Pass, cotangent) -> Iterator[tuple]:
        """Reverse mode: (layer, ∂/∂z of that layer) from the last layer down to the first.

        ``cotangent`` is ∂/∂outputs, of shape (seeds, n, outputs).
        """
        xp = array_api_compat.array_namespace(cotangent)
        slope = self.activation.derivative
        for layer in reversed(range(len(self._shapes))):
            yield layer, cotangent
            if layer:
                w, _ = self.multipliers(layer)
                back = w * (cotangent @ xp.matrix_transpose(parameters.weights[layer]))
                cotangent = back * slope(passed.outputs[layer - 1])

    def gradient(self, parameters: Parameters, passed: Pass, cotangent) -> Parameters:
        """The gradient with respect to all parameters, Σ over inputs and outputs."""
        xp = array_api_compat.array_namespace(cotangent)
        weights, biases = [], []
        for layer, delta in self.backward(parameters, passed, cotangent):
            w, b = self.multipliers(layer)
            weights.append(w * (xp.matrix_transpose(passed.inputs[layer]) @ delta))
            biases.append(b * xp.sum(delta, axis=1))
        return Parameters(tuple(reversed(weights)), tuple(reversed(biases)))

    def multipliers(self, layer: int) -> tuple[float, float]:
        """The factors in front of W and b in the layer."""
        if self.parameterization == "standard":
            return 1.0, float(self.sigma_b[layer] > 0)
        return self.sigma_w[layer] / self.widths[layer] ** 0.5, self.sigma_b[layer]

    def _deviation(self, sigma: float, fan_in: int) -> float:
        return 1.0 if self.parameterization == "ntk" else sigma / fan_in**0.5

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
    depth = exact_integer(depth, "depth", minimum=0)
    hidden = list(width) if isinstance(width, Sequence | np.ndarray) else [width] * depth
    if len(hidden) != depth:
        raise DomainError(explain("width: wrong length", got=len(hidden), allowed=f"{depth}"))
    if parameterization not in PARAMETERIZATIONS:
        allowed = ", ".join(PARAMETERIZATIONS)
        raise DomainError(
            explain("unknown parameterization", got=repr(parameterization), allowed=allowed)
        )
    return MLP(
        widths=(
            exact_integer(inputs, "inputs", minimum=1),
            *(exact_integer(n, "width", minimum=1) for n in hidden),
            exact_integer(outputs, "outputs", minimum=1),
        ),
        activation=as_activation(activation),
        sigma_w=_deviations(sigma_w, depth + 1, "sigma_w", smallest="> 0"),
        sigma_b=_deviations(sigma_b, depth + 1, "sigma_b", smallest="≥ 0"),
        parameterization=parameterization,
    )


def _check_inputs(x, dimension: int) -> None:
    """Refuse what is no finite array of shape (…, n, d)."""
    allowed = f"a finite array of shape (n, {dimension})"
    if not array_api_compat.is_array_api_obj(x) or x.ndim not in (2, 3) or x.shape[-1] != dimension:
        got = tuple(x.shape) if hasattr(x, "shape") else type(x).__name__
        raise DomainError(explain("the inputs do not fit the network", got=got, allowed=allowed))
    xp = array_api_compat.array_namespace(x)
    if not bool(xp.all(xp.isfinite(x))):
        raise DomainError(explain("the inputs are not finite", allowed=allowed))


def _deviations(sigma, count: int, what: str, smallest: str) -> tuple[float, ...]:
    values = list(sigma) if isinstance(sigma, Sequence | np.ndarray) else [sigma] * count
    if len(values) != count:
        raise DomainError(explain(f"{what}: wrong length", got=len(values), allowed=f"{count}"))
    numbers = tuple(float(exact(value, what)) for value in values)
    if min(numbers) < 0 or (smallest == "> 0" and min(numbers) == 0):
        allowed = f"{what} {smallest}"
        raise DomainError(explain(f"{what} out of range", got=min(numbers), allowed=allowed))
    return numbers
