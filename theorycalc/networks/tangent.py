"""The empirical tangent kernel of finite networks."""

import array_api_compat
import numpy as np

from theorycalc.core.errors import DomainError, explain
from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import instance
from theorycalc.networks.fully_connected import MLP, Parameters


@np.errstate(over="ignore", invalid="ignore")  # told at the end
def tangent_kernel(
    network: MLP,
    parameters: Parameters,
    X1,  # noqa: N803 - arrays of data are capital
    X2=None,  # noqa: N803
    *,
    layer: int | None = None,
):
    """Θ_m(x, x') = ⟨∇f(x), ∇f(x')⟩ over all parameters, for every network.

    Parameters
    ----------
    network : MLP
    parameters : Parameters
        Of ``seeds`` networks.
    X1, X2 : array of shape (n1, d), (n2, d)
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
    instance(network, MLP, "a finite network", allowed="tc.networks.mlp(…)")
    layers = _layers(network, layer)
    first = _Sensitivities(network, parameters, X1)
    second = first if X2 is None else _Sensitivities(network, parameters, X2)
    xp = first.xp
    outputs = range(network.widths[-1])
    blocks = [[first.kernel(second, a, b, layers) for b in outputs] for a in outputs]
    if len(outputs) == 1:
        kernel = blocks[0][0]
    else:
        kernel = xp.stack([xp.stack(row, axis=-1) for row in blocks], axis=-2)
    if not bool(xp.all(xp.isfinite(kernel))):
        raise DomainError(explain("the kernel leaves the range of doubles", hint="smaller inputs"))
    return kernel


def _layers(network: MLP, layer: int | None) -> range:
    """The affine layers that are summed, from 0."""
    count = len(network.widths) - 1
    if layer is None:
        return range(count)
    layer = exact_integer(layer, "layer", 1, count)
    return range(layer - 1, layer)


class _Sensitivities:
    """Layer inputs and output derivatives at one set of inputs."""

    def __init__(self, network: MLP, parameters: Parameters, X):  # noqa: N803
        self.network = network
        passed = network.forward(parameters, X)
        self.xp = array_api_compat.array_namespace(X)
        self.inputs = passed.inputs
        final = passed.outputs[-1]
        self.deltas = []
        for output in range(network.widths[-1]):
            one_hot = self.xp.zeros_like(final)
            one_hot[:, :, output] = 1.0
            self.deltas.append(dict(network.backward(parameters, passed, one_hot)))

    def kernel(self, other: "_Sensitivities", a: int, b: int, layers: range):
        """Θ between output a here and output b there, of shape (seeds, n1, n2)."""
        total = 0.0
        for layer in layers:
            h = self.inputs[layer]
            weight, bias = self.network.multipliers(layer)
            features = weight**2 * (h @ self.xp.matrix_transpose(other.inputs[layer])) + bias**2
            delta, transposed = self.deltas[a][layer], other.deltas[b][layer]
            total = total + features * (delta @ self.xp.matrix_transpose(transposed))
        return total
