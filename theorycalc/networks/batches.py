"""What networks see in a step: all data, minibatches in orders of their own, or fresh samples.

A batch is (inputs, targets, factor of the sum of their losses); inputs have the shape (n, …), or
(seeds, n, …) where every network sees its own.
"""

import itertools
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from theorycalc.core.arrays import check_array, random_stream
from theorycalc.core.errors import DomainError, explain, shown
from theorycalc.networks.arrays import like, take_rows
from theorycalc.networks.losses import Loss
from theorycalc.networks.network import Network

# Samples that are drawn at once for a network that sees each of them once.
_BLOCK = 256


def everything(inputs, targets) -> Iterator[tuple]:
    """All data, again and again."""
    return itertools.repeat((inputs, targets, 1.0))


def minibatches(inputs, targets, size: int, streams: Sequence) -> Iterator[tuple]:
    """Batches in random orders of the data, of its own for every stream."""
    n = inputs.shape[0]
    while True:
        orders = np.stack([stream.permutation(n) for stream in streams])
        for start in range(0, n - size + 1, size):
            chosen = orders[:, start : start + size]
            yield take_rows(inputs, chosen), take_rows(targets, chosen), n / size


def fresh(
    sample: Callable, size: int, streams: Sequence, *, network: Network, loss: Loss, array
) -> Iterator[tuple]:
    """Samples that are seen once, of its own for every stream, as arrays like ``array``."""
    steps = max(1, _BLOCK // size)
    while True:
        drawn = [_drawn(sample, stream, steps * size, network, loss) for stream in streams]
        inputs, targets = (
            like(np.stack([x.reshape(steps, size, *x.shape[1:]) for x in part], axis=1), array)
            for part in zip(*drawn, strict=True)
        )
        for step in range(steps):
            yield inputs[step, ...], targets[step, ...], 1 / size


def _drawn(sample: Callable, stream, n: int, network: Network, loss: Loss) -> tuple:
    """So many inputs with their targets."""
    found = sample(stream, n)
    if not isinstance(found, tuple | list) or len(found) != 2:
        allowed = "a function (generator, n) → (X, y)"
        raise DomainError(explain("one_pass gives no samples", got=shown(found), allowed=allowed))
    inputs = network.as_inputs(found[0], "X of one_pass")
    check_array(inputs, "X of one_pass", (n, *inputs.shape[1:]))
    return inputs, loss.targets(found[1], n, network.outputs)


def streams(seed, networks: range) -> list[np.random.Generator]:
    """A random stream for every network, the same in any company."""
    parts = tuple(seed) if isinstance(seed, tuple | list | range) else (seed,)
    random_stream(parts)
    return [random_stream((*parts, network)) for network in networks]
