"""Fully-connected networks of finite width, many of them at once, in any array namespace."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import array_api_compat
import numpy as np

from theorycalc.activations import Activation, as_activation
from theorycalc.core.arrays import check_memory, is_array, random_stream
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import Line, record_html, record_text
from theorycalc.core.numbers import exact_integer, real_double
from theorycalc.core.records import check_fields, instance, sequence
from theorycalc.networks.parameterization import Exponents, exponents

# Layers of a network, the weights of whose every layer are held in memory.
MAX_DEPTH = 10_000
MAX_WIDTH = 10**8


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
    parameterization : {"ntk", "standard", "mean_field", "mup"} or (a, b, c)
    """

    widths: tuple[int, ...]
    activation: Activation
    sigma_w: tuple[float, ...]
    sigma_b: tuple[float, ...]
    parameterization: str | tuple = "ntk"

    def __post_init__(self):
        check_fields(self)
        layers = len(self.widths) - 1
        if layers < 1 or not len(self.sigma_w) == len(self.sigma_b) == layers:
            got = f"{len(self.widths)} widths, {len(self.sigma_w)} σ_w, {len(self.sigma_b)} σ_b"
            raise DomainError(
                explain("not the layers of a network", got=got, allowed="n + 1, n, n")
            )
        _ = self.exponents

    @cached_property
    def exponents(self) -> Exponents:
        """The powers of the width in weights, their law and the learning rate."""
        return exponents(self.parameterization, len(self.widths) - 1)

    @property
    def rate_factor(self) -> float:
        """n^−c: what a learning rate η is multiplied with, n the width of the last hidden layer."""
        return self._width(len(self.widths) - 2) ** -self.exponents.c

    def init(self, seeds: Sequence, like=None, *, symmetric: bool = False) -> Parameters:
        """Independent random parameters, one network for each seed.

        Parameters
        ----------
        seeds : sequence of int or tuple of int
            Entropy of each network's own random stream, e.g. ``(experiment, width, replicate)``.
        like : array, optional
            An array whose namespace, dtype and device the parameters get; NumPy float64 if absent.
        symmetric : bool
            Of a two-layer network, the second half of the neurons has the weights of the first and
            opposite signs in the readout: all outputs are 0, and the tangent kernel has the law of
            half the width.

        Raises
        ------
        DomainError
            For no seeds, more memory than there is, or ``symmetric`` where there are not two layers
            and an even width.
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
        for layer, shape in enumerate(self._shapes):
            of_weights, of_biases = self._deviations(layer)
            weights.append(draw(shape, of_weights))
            biases.append(draw(shape[1:], of_biases))
        drawn = Parameters(tuple(weights), tuple(biases))
        return self._symmetrised(drawn) if symmetric else drawn

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
        self.check_parameters(parameters)
        return self._propagate(parameters, X)

    @np.errstate(over="ignore", invalid="ignore")  # what overflows is seen in the result
    def _propagate(self, parameters: Parameters, X) -> Pass:  # noqa: N803
        h, inputs, outputs = X, [], []
        for layer, (weight, bias) in enumerate(zip(*parameters, strict=True)):
            if layer:
                h = self.activation(outputs[-1])
            w, b = self._multipliers[layer]
            inputs.append(h)
            # weights are scaled, not what they give: that is the larger array
            z = h @ (w * weight)
            if b:
                z += b * bias[:, None, :]
            outputs.append(z)
        return Pass(tuple(inputs), tuple(outputs))

    def backward(self, parameters: Parameters, passed: Pass, cotangent) -> Iterator[tuple]:
        """Reverse mode: (layer, ∂/∂z of that layer) from the last layer down to the first.

        ``cotangent`` is ∂/∂outputs, of shape (seeds, n, outputs).
        """
        self.check_parameters(parameters)
        instance(passed, Pass, "a pass", allowed="network.forward(parameters, X)")
        shape = tuple(passed.outputs[-1].shape)
        if not is_array(cotangent) or tuple(cotangent.shape) != shape:
            got = getattr(cotangent, "shape", type(cotangent).__name__)
            raise DomainError(explain("cotangent does not fit the outputs", got=got, allowed=shape))
        return self._backward(parameters, passed, cotangent)

    def _backward(
        self, parameters: Parameters, passed: Pass, cotangent, lowest: int = 0
    ) -> Iterator[tuple]:
        xp = array_api_compat.array_namespace(cotangent)
        slope = self.activation.derivative
        for layer in reversed(range(lowest, len(self._shapes))):
            yield layer, cotangent
            if layer > lowest:
                w, _ = self._multipliers[layer]
                back = cotangent @ xp.matrix_transpose(w * parameters.weights[layer])
                back *= slope(passed.outputs[layer - 1])
                cotangent = back

    @np.errstate(over="ignore", invalid="ignore")
    def gradient(
        self, parameters: Parameters, passed: Pass, cotangent, layers: Sequence | None = None
    ) -> Parameters:
        """The gradient with respect to all parameters, Σ over inputs and outputs.

        Of ``layers``, counted from 0, if they are given: the other gradients are None.
        """
        count = len(self._shapes)
        wanted = range(count) if layers is None else layers
        weights, biases = [None] * count, [None] * count
        for layer, delta in self._backward(parameters, passed, cotangent, min(wanted)):
            if layer in wanted:
                xp = array_api_compat.array_namespace(delta)
                w, b = self._multipliers[layer]
                weights[layer] = w * (xp.matrix_transpose(passed.inputs[layer]) @ delta)
                biases[layer] = b * xp.sum(delta, axis=1)
        return Parameters(tuple(weights), tuple(biases))

    def multipliers(self, layer: int) -> tuple[float, float]:
        """The factors in front of W and b in the layer, counted from 0."""
        return self._multipliers[exact_integer(layer, "layer", 0, len(self.sigma_w) - 1)]

    @cached_property
    def _multipliers(self) -> tuple[tuple[float, float], ...]:
        return tuple(map(self._multiplier, range(len(self.sigma_w))))

    def _multiplier(self, layer: int) -> tuple[float, float]:
        of_weights, of_biases = self._sizes(layer)
        a, bias_a = self.exponents.a[layer], self._bias_exponents(layer)[0]
        weight, bias = self._width(layer) ** -a, self._bias_width(layer) ** -bias_a
        if self.parameterization == "standard":
            return weight, bias * (of_biases > 0)
        return weight * of_weights, bias * of_biases

    def _deviations(self, layer: int) -> tuple[float, float]:
        """Standard deviations of W and b in the layer, counted from 0."""
        b, bias_b = self.exponents.b[layer], self._bias_exponents(layer)[1]
        weight, bias = self._width(layer) ** -b, self._bias_width(layer) ** -bias_b
        if self.parameterization != "standard":
            return weight, bias
        of_weights, of_biases = self._sizes(layer)
        return weight * of_weights, bias * of_biases

    def _sizes(self, layer: int) -> tuple[float, float]:
        """σ_w and σ_b, with the 1/√d of the first layer."""
        root = self.widths[0] ** 0.5 if layer == 0 else 1.0
        return self.sigma_w[layer] / root, self.sigma_b[layer]

    def _width(self, layer: int) -> int:
        """n of a layer: its inputs, of the first layer its outputs, 1 without hidden layers."""
        return self.widths[layer or 1] if len(self.widths) > 2 else 1

    def _bias_width(self, layer: int) -> int:
        """n of the biases of a layer: its outputs, of the readout its inputs."""
        return self._width(min(layer + 1, len(self.widths) - 2))

    def _bias_exponents(self, layer: int) -> tuple[float, float]:
        """(a, b): biases are weights of an input that is 1, but for that of the outputs."""
        powers = self.exponents
        if layer == len(self.widths) - 2:
            return powers.readout_bias()
        return powers.a[0], powers.b[0]

    def _symmetrised(self, drawn: Parameters) -> Parameters:
        if len(self.widths) != 3 or self.widths[1] % 2:
            got = f"widths {self.widths}"
            what = "a symmetric initialisation is one of two layers and an even width"
            raise DomainError(explain(what, got=got, hint="depth=1, width=2*m"))
        xp = array_api_compat.array_namespace(drawn.weights[0])
        half = self.widths[1] // 2
        (first, readout), (bias, last) = drawn
        first, bias = first[..., :half], bias[..., :half]
        readout = readout[:, :half, :]
        weights = xp.concat([first, first], axis=-1), xp.concat([readout, -readout], axis=1)
        return Parameters(weights, (xp.concat([bias, bias], axis=-1), xp.zeros_like(last)))

    def check_parameters(self, parameters) -> None:
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
    parameterization: str | tuple = "ntk",
) -> MLP:
    """Fully-connected networks of finite width.

    Layer l+1 is z = σ_w W φ(z)/√n + σ_b b with standard normal entries at initialisation (the NTK
    parameterisation; the first layer acts on x/√d), or z = W φ(z) + b with W of variance σ_w²/n and
    b of variance σ_b² (the standard parameterisation; σ_b = 0 means no biases). In general it is
    z = n^−a σ_w W φ(z) + …, with W of variance n^−2b and the learning rate η n^−c.

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
    parameterization : {"ntk", "standard", "mean_field", "mup"} or (a, b, c)
        The powers of the width; a and b are numbers, or sequences of depth + 1 of them. n is the
        number of inputs of a layer; of the first, its outputs; in the learning rate, the width of
        the last hidden layer. See the notes.

    Raises
    ------
    DomainError
        For sizes that are no positive integers, σ_w ≤ 0, σ_b < 0, sequences of wrong length, and
        (a, b, c) with which a layer, or a step of it, grows with the width.

    Notes
    -----
    The exponents of the first layer, of layers between hidden ones, and of the readout:

    ============  ==============  ==============  ====
    name          a               b               c
    ============  ==============  ==============  ====
    ntk           0, 1/2, 1/2     0, 0, 0         0
    standard      0, 0, 0         0, 1/2, 1/2     0
    mean_field    0, 1/2, 1       0, 0, 0         −1
    mup           −1/2, 0, 1/2    1/2, 1/2, 1/2   0
    ============  ==============  ==============  ====

    Two layers in mean field are f = (1/n) Σ σ_w a_i φ(…), trained with η n. μP computes the same at
    all times, layer by layer: (a, b, c) and (a + θ, b − θ, c − 2θ) are one. In the standard
    parameterisation σ_w and 1/√d belong to the law of W, in all others they multiply it. Biases are
    weights of an input that is 1, with the exponents of the first layer; the bias of the outputs is
    of order 1 and moves so. Steps of standard networks grow with the width, unless η falls like
    1/n; that is left to the caller.

    References
    ----------
    G. Yang, E. Hu, "Feature learning in infinite-width neural networks", arXiv:2011.14522, Table 1.

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
    if not isinstance(parameterization, str):
        powers = exponents(parameterization, depth + 1)
        parameterization = powers.a, powers.b, powers.c
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
