"""Fully-connected networks of finite width, many of them at once, in any array namespace."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import array_api_compat
import numpy as np

from theorycalc.activations import Activation, as_activation
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.numbers import exact_integer, real_double
from theorycalc.core.records import check_fields, instance
from theorycalc.networks.arrays import check_inputs
from theorycalc.networks.network import Network, Parameters, Pass
from theorycalc.networks.parameterization import Exponents, exponents

# Layers of a network, the weights of whose every layer are held in memory.
MAX_DEPTH = 10_000
MAX_WIDTH = 10**8


@dataclass(frozen=True)
class MLP(Network):
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

    @property
    def outputs(self) -> int:
        """The number of outputs."""
        return self.widths[-1]

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
        instance(symmetric, bool, "a choice: symmetric")
        drawn = super().init(seeds, like)
        return self._symmetrised(drawn) if symmetric else drawn

    def as_inputs(self, X, name: str = "X"):  # noqa: N803 - arrays of data are capital
        """X, where it is an array of shape (n, d) or (seeds, n, d)."""
        return check_inputs(X, name, self.widths[:1])

    def _shapes_at(self, X) -> list[tuple[int, int]]:  # noqa: N803
        return list(zip(self.widths, self.widths[1:], strict=False))

    def _scales(self, parameters: Parameters) -> tuple:
        return self._multipliers

    def _propagate(self, parameters: Parameters, X) -> Pass:  # noqa: N803
        h, inputs, outputs = X, [], []
        for layer, (weight, bias) in enumerate(zip(*parameters, strict=True)):
            if layer:
                h = self.activation(outputs[-1])
            w, b = self._multipliers[layer]
            inputs.append(h)
            # the smaller one of two arrays is scaled
            if h.shape[-2] < weight.shape[1]:
                z = h @ weight
                z *= w
            else:
                z = h @ (w * weight)
            if b:
                z += b * bias[:, None, :]
            outputs.append(z)
        return Pass(tuple(inputs), tuple(outputs))

    def _backward(
        self, parameters: Parameters, passed: Pass, cotangent, lowest: int = 0
    ) -> Iterator[tuple]:
        xp = array_api_compat.array_namespace(cotangent)
        slope = self.activation.derivative
        for layer in reversed(range(lowest, len(self.sigma_w))):
            yield layer, cotangent
            if layer > lowest:
                back = slope(passed.outputs[layer - 1])
                w, _ = self._multipliers[layer]
                weights = xp.matrix_transpose(w * parameters.weights[layer])
                if weights.shape[1] == 1:  # of one output, an outer product: no array is made
                    back *= weights
                    back *= cotangent
                else:
                    back *= cotangent @ weights
                cotangent = back

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

    def _deviations(self, layer: int, shape: tuple[int, int]) -> tuple[float, float]:
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
