"""The empirical tangent kernel of finite networks."""

from typing import Any

import array_api_compat
import numpy as np

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import instance
from theorycalc.networks.network import Network, Parameters, merged
from theorycalc.networks.torch_tangent import kernel_of_function


@np.errstate(over="ignore", invalid="ignore")  # told at the end
def tangent_kernel(
    network: Any,
    parameters,
    X1,  # noqa: N803 - arrays of data are capital
    X2=None,  # noqa: N803
    *,
    layer: int | None = None,
):
    """Θ_m(x, x') = ⟨∇f(x), ∇f(x')⟩ over all parameters, for every network.

    Parameters
    ----------
    network : Network, or a module or function of PyTorch
        A function is f(parameters, x), with a dictionary of tensors and one input, without an axis
        of inputs.
    parameters : Parameters
        Of ``seeds`` networks. Of a function, the dictionary, by whose tensors it is differentiated.
        Of a module, the names of parameters, a dictionary of tensors to take the place of some, or
        None for all that require a gradient.
    X1, X2 : array of shape (n1, d), (n2, d), or (n1, …), (n2, …) as the network takes them
        Inputs; X2=None means X1.
    layer : int, optional
        Only the parameters of this affine layer: 1, …, depth + 1, the readout last.

    Returns
    -------
    array of shape (seeds, n1, n2), or (seeds, n1, n2, outputs, outputs) for several outputs
        Θ[.., i, j, a, b] is between output a at X1[i] and output b at X2[j]. Of a module or
        function, without the first axis; the outputs for one input are flattened.

    Raises
    ------
    DomainError
        For inputs that do not fit the network, a layer or parameter that does not exist, or a
        module whose outputs do not belong to one input each (batch norm or dropout in training).
    MissingExtraError
        For a function without PyTorch.

    Notes
    -----
    Layer by layer, Θ = Σ_l (w_l² ⟨h_{l-1}, h'_{l-1}⟩ + b_l²) ⟨δ_l, δ'_l⟩ with the layer's inputs h
    and the derivatives δ of the output by its pre-activations; no Jacobian is formed.

    Examples
    --------
    >>> import numpy as np, theorycalc as tc
    >>> network = tc.networks.mlp(2, 4096, sigma_w=2**0.5)
    >>> theta = tc.networks.tangent_kernel(network, network.init(range(20)), np.eye(2))
    >>> theta.shape, bool(abs(theta.mean(0)[0, 0] - 2) < 0.1)
    ((20, 2, 2), True)

    Of a module, of two of its parameters; of a function, of what is in the dictionary:

    >>> theta = tc.networks.tangent_kernel(module, ["0.weight", "2.bias"], x)  # doctest: +SKIP
    >>> theta = tc.networks.tangent_kernel(lambda p, x: p["a"] @ torch.tanh(p["W"] @ x),
    ...                                    {"a": a, "W": W}, x)                # doctest: +SKIP
    """
    if not isinstance(network, Network) and _is_of_torch(network, parameters):
        if layer is not None:
            hint = "names of its parameters in the place of parameters"
            raise DomainError(explain("a function has no layers", got=f"layer={layer}", hint=hint))
        return kernel_of_function(network, parameters, X1, X2)
    instance(
        network, Network, "a finite network", allowed="tc.networks.mlp(…), a module of PyTorch"
    )
    instance(parameters, Parameters, "parameters", allowed="network.init(seeds)")
    layers = _layers(len(parameters.weights), layer)
    first = _Sensitivities(network, parameters, X1)
    second = first if X2 is None else _Sensitivities(network, parameters, X2)
    xp = first.xp
    outputs = range(network.outputs)
    blocks = [[first.kernel(second, a, b, layers) for b in outputs] for a in outputs]
    if len(outputs) == 1:
        kernel = blocks[0][0]
    else:
        kernel = xp.stack([xp.stack(row, axis=-1) for row in blocks], axis=-2)
    if not bool(xp.all(xp.isfinite(kernel))):
        raise DomainError(explain("the kernel leaves the range of doubles", hint="smaller inputs"))
    return kernel


def _is_of_torch(network, parameters) -> bool:
    """Whether a function is meant, and not a network that was forgotten to be made."""
    return callable(network) and not isinstance(parameters, Parameters)


def _layers(count: int, layer: int | None) -> range:
    """The affine layers that are summed, from 0."""
    if layer is None:
        return range(count)
    layer = exact_integer(layer, "layer", 1, count)
    return range(layer - 1, layer)


class _Sensitivities:
    """Layer inputs and output derivatives at one set of inputs."""

    def __init__(self, network: Network, parameters: Parameters, X):  # noqa: N803
        passed = network.forward(parameters, X)
        self.xp = array_api_compat.array_namespace(X)
        self.scales = network._scales(parameters)
        self.inputs = passed.inputs
        final = passed.outputs[-1]
        self.count = final.shape[1]
        self.deltas = []
        for output in range(network.outputs):
            one_hot = self.xp.zeros_like(final)
            one_hot[:, :, output] = 1.0
            self.deltas.append(dict(network.backward(parameters, passed, one_hot)))

    def kernel(self, other: "_Sensitivities", a: int, b: int, layers: range):
        """Θ between output a here and output b there, of shape (seeds, n1, n2)."""
        total = 0.0
        for layer in layers:
            (h, delta), (h2, delta2) = self.at(layer, a), other.at(layer, b)
            weight, bias = self.scales[layer]
            features = weight**2 * (h @ self.xp.matrix_transpose(h2)) + bias**2
            part = features * (delta @ self.xp.matrix_transpose(delta2))
            total = total + self._over_positions(part, other.count)
        return total

    def at(self, layer: int, output: int) -> tuple:
        """Inputs and derivatives of a layer, inputs and positions in one axis."""
        h, delta = self.inputs[layer], self.deltas[output][layer]
        return (merged(h), merged(delta)) if delta.ndim > 3 else (h, delta)

    def _over_positions(self, part, count: int):
        """Sums over the positions of both inputs."""
        seeds, rows, columns = part.shape
        if (rows, columns) == (self.count, count):
            return part
        shape = (seeds, self.count, rows // self.count, count, columns // count)
        return self.xp.sum(self.xp.reshape(part, shape), axis=(2, 4))
