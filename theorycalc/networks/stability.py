"""The largest learning rate with which gradient descent is stable where it starts."""

import numpy as np

from theorycalc.core.errors import DomainError
from theorycalc.networks.arrays import to_numpy
from theorycalc.networks.losses import Loss
from theorycalc.networks.network import Network, Parameters
from theorycalc.networks.optimizers import Adam, Momentum
from theorycalc.networks.tangent import tangent_kernel

# Inputs whose tangent kernel is diagonalised; a part of them has a smaller eigenvalue.
_MOST_INPUTS = 1000


def largest_rate(
    network: Network,
    parameters: Parameters,
    inputs,
    loss: Loss,
    optimizer: Momentum | Adam,
    layers: tuple[int, ...] | None,
) -> float | None:
    """2(1 + β)/(ℓ'' λ_max) with the largest tangent kernel of the networks; None if none is known.

    With more than a thousand inputs it is that of the first thousand. None for Adam, whose steps
    do not grow with the gradient, and for losses without a second derivative.

    References
    ----------
    Descent with momentum on a quadratic: B. Polyak, "Some methods of speeding up the convergence
    of iteration methods", 1964.
    """
    if isinstance(optimizer, Adam) or loss.curvature is None:
        return None
    seen = inputs[:_MOST_INPUTS, ...]
    parts = [None] if layers is None else [layer + 1 for layer in layers]
    try:
        kernels = [tangent_kernel(network, parameters, seen, layer=layer) for layer in parts]
    except DomainError:  # there is no finite one
        return None
    kernel = np.sum([to_numpy(kernel) for kernel in kernels], axis=0)
    if kernel.ndim == 5:
        seeds, n, _, outputs, _ = kernel.shape
        kernel = kernel.transpose(0, 1, 3, 2, 4).reshape(seeds, n * outputs, n * outputs)
    top = float(np.linalg.eigvalsh(kernel)[:, -1].max())
    return 2 * (1 + optimizer.beta) / (loss.curvature * top) if top > 0 else None
