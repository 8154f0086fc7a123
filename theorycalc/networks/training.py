"""Gradient descent on the mean-square loss, for many networks at once."""

from collections.abc import Callable
from typing import Any, NamedTuple

import array_api_compat
import numpy as np

from theorycalc.core.arrays import check_array, is_array, random_stream, real_array
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import record_html, record_text
from theorycalc.core.numbers import exact_integer, real_double
from theorycalc.core.progress import progress
from theorycalc.core.records import instance
from theorycalc.networks.fully_connected import MLP, Parameters

# The loss before each of so many steps is kept.
_MOST_STEPS = 10**9


class Trained(NamedTuple):
    """Parameters after training and the loss ½ Σ(f − y)² before every step and at the end.

    ``loss`` has shape (steps + 1, seeds); with minibatches it is that of the batch, scaled up.
    """

    parameters: Parameters
    loss: np.ndarray

    def __repr__(self):
        return record_text(self)

    def _repr_html_(self):
        return record_html(self)


def train(
    network: MLP,
    parameters: Parameters,
    X,  # noqa: N803
    y,
    *,
    learning_rate: float,
    steps: int,
    batch_size: int | None = None,
    seed: int = 0,
    on_step: Callable[[int, Parameters], Any] | None = None,
) -> Trained:
    """Train every network by gradient descent on ½ Σ_i (f(x_i) − y_i)².

    Parameters
    ----------
    network : MLP
    parameters : Parameters
        Of ``seeds`` networks.
    X : array of shape (n, d)
    y : array of shape (n,) or (n, outputs)
    learning_rate : float
        η in θ ← θ − η∇.
    steps : int
    batch_size : int, optional
        Size of the minibatches; all data if absent. Each network visits the data in random orders
        of its own; the gradient of a batch is scaled by n/batch_size.
    seed : int
        Of the minibatch orders.
    on_step : callable, optional
        Called with (step, parameters) before every step and at the end.

    Returns
    -------
    Trained

    Raises
    ------
    DomainError
        For arrays that do not fit the network or are not finite, η ≤ 0, a bad number, or a
        learning rate so large that the loss stops being finite.

    Examples
    --------
    >>> import numpy as np, theorycalc as tc
    >>> network = tc.networks.mlp(2, 256, sigma_w=2**0.5)
    >>> start = network.init(range(5))
    >>> end, loss = tc.networks.train(network, start, np.eye(2), np.array([1.0, -1.0]),
    ...                               learning_rate=0.3, steps=50)
    >>> bool((loss[-1] < 1e-3).all())
    True
    """
    instance(network, MLP, "a finite network", allowed="tc.networks.mlp(…)")
    instance(parameters, Parameters, "parameters", allowed="network.init(seeds)")
    instance(on_step, Callable | None, "a function of (step, parameters)")
    check_array(X, "X", (None, network.widths[0]))
    y = y[:, None] if getattr(y, "ndim", 0) == 1 else y
    check_array(y, "y", (X.shape[0], network.widths[-1]))
    learning_rate = real_double(learning_rate, "learning_rate", above=0)
    steps = exact_integer(steps, "steps", 0, _MOST_STEPS)
    generator = random_stream(seed)
    xp = array_api_compat.array_namespace(X)
    batches = _batches(X.shape[0], batch_size, parameters.weights[0].shape[0], generator)
    losses = []
    # a diverging run ends in one error, not in a warning from every operation
    with np.errstate(over="ignore", invalid="ignore"):
        for step in progress(range(steps + 1), steps + 1, "training"):
            if on_step is not None:
                on_step(step, parameters)
            inputs, targets, scale = X, y, 1.0
            if batches is not None:
                chosen = next(batches)
                inputs, targets = _take(xp, X, chosen), _take(xp, y, chosen)
                scale = X.shape[0] / chosen.shape[1]
            passed = network.propagate(parameters, inputs)
            error = scale * (passed.outputs[-1] - targets)
            losses.append(xp.sum(error * error, axis=(1, 2)) / (2.0 * scale))
            # at powers of two, and at the end: a device that computes is seldom waited for
            if not step & (step - 1) or step == steps:
                _check_loss(to_numpy(losses[-1]), step, learning_rate)
            if step < steps:
                gradient = network.gradient(parameters, passed, error)
                parameters = _descend(parameters, gradient, learning_rate)
    return Trained(parameters, np.stack([to_numpy(values) for values in losses]))


def _check_loss(loss: np.ndarray, step: int, rate: float) -> None:
    """Refuse to go on once the loss of one network is not finite."""
    if not np.isfinite(loss).all():
        what, got = f"training diverged within {step} steps", f"learning_rate={rate}"
        allowed = "in the limit of large width, less than 2/λ_max of the tangent kernel"
        raise DomainError(explain(what, got=got, allowed=allowed, hint="a smaller one"))


def to_numpy(array) -> np.ndarray:
    """An array of any namespace and device as a NumPy array.

    Examples
    --------
    >>> import array_api_strict
    >>> to_numpy(array_api_strict.asarray([1.0, 2.0]))
    array([1., 2.])
    """
    if array_api_compat.is_torch_array(array):
        return array.detach().cpu().numpy()
    of_numpy = isinstance(array, np.ndarray | np.generic)
    if is_array(array) and not of_numpy:
        return np.asarray(array)
    if of_numpy and array.dtype.kind in "biufc":
        return np.asarray(array)
    return real_array(array, "array", finite=False)


def _descend(parameters: Parameters, gradient: Parameters, rate: float) -> Parameters:
    return Parameters(
        *(
            tuple(p - rate * g for p, g in zip(old, slope, strict=True))
            for old, slope in zip(parameters, gradient, strict=True)
        )
    )


def _batches(n: int, batch_size: int | None, seeds: int, generator: np.random.Generator):
    """Endless index arrays (seeds, batch_size), by random orders of the data for every network."""
    if batch_size is None:
        return None
    batch_size = exact_integer(batch_size, "batch_size", 1, n)
    return _orders(n, batch_size, seeds, generator)


def _orders(n: int, batch_size: int, seeds: int, generator: np.random.Generator):
    while True:
        order = generator.permuted(np.tile(np.arange(n), (seeds, 1)), axis=1)
        for start in range(0, n - batch_size + 1, batch_size):
            yield order[:, start : start + batch_size]


def _take(xp, array, chosen: np.ndarray):
    """Rows of ``array`` (n, k) for every network: shape (seeds, batch, k)."""
    flat = xp.asarray(chosen.ravel(), device=array_api_compat.device(array))
    return xp.reshape(xp.take(array, flat, axis=0), (*chosen.shape, array.shape[1]))
