"""Networks that are trained together: as many as fit the cache, on NumPy arrays."""

from collections.abc import Callable

import array_api_compat
import numpy as np

from theorycalc.core.threads import in_threads
from theorycalc.networks.network import Network, Parameters

# Activations and weights of a group take so many bytes: caches of cores have about so much, and
# smaller groups would spend their time between the arrays.
_CACHE = 2**21
# glibc gives memory that is freed at the end of the heap back to the system, page by page, and
# takes it back in the next step, unless a block of this size was freed before.
_BLOCK = 2**25 - 2**13


def split(network: Network, parameters: Parameters, inputs) -> list[Parameters]:
    """The networks in groups, in their order; one group on a device or for no ``inputs``.

    ``inputs`` are what all networks see in a step.
    """
    first = parameters.weights[0]
    count = first.shape[0]
    if inputs is None or not array_api_compat.is_numpy_array(first):
        return [parameters]
    np.empty(_BLOCK, np.uint8)
    passed = network.propagate(parameters.map(lambda p: p[:1]), inputs)
    arrays = (*passed.inputs[1:], *passed.outputs, *parameters.weights)
    size = sum(array.nbytes // array.shape[0] for array in arrays)
    together = max(1, _CACHE // size)
    parts = [slice(start, start + together) for start in range(0, count, together)]
    return [parameters.map(lambda p, part=part: p[part]) for part in parts]


def each(work: Callable, groups: list) -> list:
    """The results for every group, in threads of one core each.

    Matrices are small here: products that start threads of their own would only be in the way.
    """
    if len(groups) == 1:
        return [work(groups[0])]
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, user_api="blas"):
        return in_threads(work, groups)


def join(parts: list[Parameters]) -> Parameters:
    """All networks, in their order."""
    if len(parts) == 1:
        return parts[0]
    xp = array_api_compat.array_namespace(parts[0].weights[0])
    return parts[0].map(lambda *arrays: xp.concat(arrays, axis=0), *parts[1:])
