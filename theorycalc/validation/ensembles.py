"""Ensembles of trained networks: what a kernel prediction is held against."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

import numpy as np

from theorycalc.core.arrays import check_array
from theorycalc.core.looks import Record
from theorycalc.core.numbers import exact_integer
from theorycalc.core.records import check_fields, instance
from theorycalc.kernels.predict import gradient_flow
from theorycalc.networks import MLP, tangent_kernel, train
from theorycalc.validation.data import Dataset

_MOST_REPLICAS = 10_000_000
# Networks whose activations fit into this many doubles are trained together.
_CHUNK_DOUBLES = 4_000_000


@dataclass(frozen=True, eq=False, repr=False)
class Ensemble(Record):
    """Networks of one width trained on one data set, one row a network.

    Attributes
    ----------
    initial_train, initial_test : ndarray of shape (replicas, n)
        Outputs before training.
    trained_test : ndarray of shape (replicas, n_test)
        Outputs after training.
    own_kernel : ndarray of shape (replicas, n_test)
        What each network would compute if its tangent kernel stayed as it was at initialisation.
    """

    initial_train: np.ndarray
    initial_test: np.ndarray
    trained_test: np.ndarray
    own_kernel: np.ndarray

    def __post_init__(self):
        check_fields(self)
        for field in fields(self):
            check_array(getattr(self, field.name), field.name, (None, None))

    def linearised(self, hat: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """f₀(x) + A (y − f₀(X)) of every network, for a kernel with the matrix A."""
        return self.initial_test + (targets - self.initial_train) @ hat.T

    def deviation(self, predicted: np.ndarray) -> np.ndarray:
        """Root mean square over the test inputs of trained minus predicted, per network."""
        return np.sqrt(np.mean((self.trained_test - predicted) ** 2, axis=1))


def train_ensemble(
    network: MLP, data: Dataset, replicas: int, *, seed: int, learning_rate: float, steps: int
) -> Ensemble:
    """Train ``replicas`` independent networks on a data set by full-batch gradient descent.

    Parameters
    ----------
    network : MLP
        With one output.
    data : Dataset
    replicas : int
    seed : int
        Replica r has the random stream (seed, widths of the hidden layers, r).
    learning_rate : float
    steps : int

    Examples
    --------
    >>> from theorycalc.networks import mlp
    >>> from theorycalc.validation import sphere_points
    >>> network = mlp(6, 64, sigma_w=2**0.5)
    >>> ensemble = train_ensemble(network, sphere_points(), 10, seed=0, learning_rate=0.05, steps=5)
    >>> ensemble.trained_test.shape
    (10, 12)
    """
    instance(network, MLP, "a finite network", allowed="tc.networks.mlp(…)")
    instance(data, Dataset, "a Dataset")
    parts = []
    n = len(data.y_train)
    inputs = np.vstack([data.x_train, data.x_test])
    for seeds in chunks(network, replicas, len(inputs), seed):
        start = network.init(seeds)
        initial = network(start, inputs)[..., 0]
        kernels = tangent_kernel(network, start, inputs)
        # before the training: a learning rate at which it diverges is refused here
        own = [
            f[n:]
            + gradient_flow(
                theta[:n, :n],
                theta[n:, :n],
                None,
                data.y_train - f[:n],
                steps,
                learning_rate=learning_rate,
            ).mean
            for theta, f in zip(kernels, initial, strict=True)
        ]
        trained, _ = train(
            network, start, data.x_train, data.y_train, learning_rate=learning_rate, steps=steps
        )
        outputs = network(trained, data.x_test)[..., 0]
        parts.append((initial[:, :n], initial[:, n:], outputs, np.array(own)))
    return Ensemble(*(np.concatenate(arrays) for arrays in zip(*parts, strict=True)))


def sample_kernels(network: MLP, inputs: np.ndarray, replicas: int, *, seed: int) -> np.ndarray:
    """Empirical tangent kernels at initialisation: shape (replicas, n, n).

    Parameters
    ----------
    network : MLP
        With one output.
    inputs : ndarray of shape (n, d)
    replicas, seed : int
        As for `train_ensemble`.

    Examples
    --------
    >>> from theorycalc.networks import mlp
    >>> sample_kernels(mlp(2, 64, sigma_w=2**0.5), np.eye(2), 5, seed=0).shape
    (5, 2, 2)
    """
    instance(network, MLP, "a finite network", allowed="tc.networks.mlp(…)")
    check_array(inputs, "inputs", (None, network.widths[0]))
    return np.concatenate(
        [
            tangent_kernel(network, network.init(seeds), inputs)
            for seeds in chunks(network, replicas, len(inputs), seed)
        ]
    )


def chunks(network: MLP, replicas: int, n: int, seed: int) -> Iterator[list[tuple]]:
    """The seeds of the replicas in groups that fit into memory."""
    replicas = exact_integer(replicas, "replicas", 1, _MOST_REPLICAS)
    seed = exact_integer(seed, "seed", minimum=0)
    hidden = network.widths[1:-1]
    weights = sum(a * b for a, b in zip(network.widths, network.widths[1:], strict=False))
    doubles = 3 * n * sum(hidden) + 3 * weights
    size = max(1, _CHUNK_DOUBLES // doubles)
    for first in range(0, replicas, size):
        yield [(seed, *hidden, r) for r in range(first, min(first + size, replicas))]
