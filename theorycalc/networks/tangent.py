"""The empirical tangent kernel of finite networks."""

import array_api_compat
import numpy as np

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import instance
from theorycalc.networks.network import Network, Parameters, merged


@np.errstate(over="ignore", invalid="ignore")  # told at the end
def tangent_kernel(
    network: Network,
    parameters: Parameters,
    X1,  # noqa: N803 - arrays of data are capital
    X2=None,  # noqa: N803
    *,
    layer: int | None = None,
):
    """Θ_m(x, x') = ⟨∇f(x), ∇f(x')⟩ over all parameters, for every network.

    Parameters
    ----------
    network : Network
    parameters : Parameters
        Of ``seeds`` networks.
    X1, X2 : array of shape (n1, d), (n2, d), or (n1, …), (n2, …) as the network takes them
        Inputs; X2=None means X1.
    layer : int, optional
        Only the parameters of this affine layer: 1, …, depth + 1, the readout last.

    Returns
    -------
    array of shape (seeds, n1, n2), or (seeds, n1, n2, outputs, outputs) for several outputs
        Θ[.., i, j, a, b] is between output a at X1[i] and output b at X2[j].

    Raises
    ------
    DomainError
        For inputs that do not fit the network, or a layer that does not exist.

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
    """
    instance(network, Network, "a finite network", allowed="tc.networks.mlp(…)")
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
