"""Training by gradient descent, for many networks at once."""

import itertools
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import array_api_compat
import numpy as np

from theorycalc.core.arrays import check_array
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import record_html, record_text
from theorycalc.core.numbers import exact_integer, real_double
from theorycalc.core.progress import progress
from theorycalc.core.records import instance, one_of
from theorycalc.networks import batches
from theorycalc.networks.arrays import to_numpy
from theorycalc.networks.groups import each, join, split
from theorycalc.networks.losses import LOSSES, Loss
from theorycalc.networks.network import Network, Parameters, Slope, places_of
from theorycalc.networks.optimizers import Adam, Momentum, as_optimizer
from theorycalc.networks.stability import largest_rate

# The loss before each of so many steps is kept.
_MOST_STEPS = 10**9


class Trained(NamedTuple):
    """Parameters after training and the loss before every step and at the end.

    ``loss`` has shape (steps + 1, seeds); with minibatches it is that of the batch, scaled up, and
    with fresh samples the mean over the batch.
    """

    parameters: Parameters
    loss: np.ndarray

    def __repr__(self):
        return record_text(self)

    def _repr_html_(self):
        return record_html(self)


class _Plan(NamedTuple):
    """What a step is made of."""

    network: Network
    loss: Loss
    optimizer: Momentum | Adam
    rate: float
    decay: float
    layers: tuple[int, ...] | None
    steps: int


def train(
    network: Network,
    parameters: Parameters,
    X=None,  # noqa: N803
    y=None,
    *,
    learning_rate: float,
    steps: int,
    loss: str = "squared",
    optimizer: str | Momentum | Adam = "sgd",
    weight_decay: float = 0.0,
    batch_size: int | None = None,
    one_pass: Callable | None = None,
    layers: Sequence | None = None,
    seed: int | tuple = 0,
    on_step: Callable[[int, Parameters], Any] | None = None,
) -> Trained:
    """Train every network by gradient descent on the sum of the losses of all data.

    Parameters
    ----------
    network : Network
    parameters : Parameters
        Of ``seeds`` networks. Everything is computed in their dtype, on their device.
    X : array of shape (n, d), or (n, …) as the network takes them
    y : array of shape (n,) or (n, outputs)
    learning_rate : float
        η; a step is θ ← θ − η n^−c (∇ + weight_decay · θ), c of the network's parameterisation.
    steps : int
    loss : {"squared", "logistic", "softmax", "hinge"}
        Σ ½(f − y)²; Σ log(1 + e^(−yf)) and Σ max(0, 1 − yf) with labels y = ±1; Σ −log softmax of
        the outputs, with classes y = 0, …, outputs − 1.
    optimizer : {"sgd", "momentum", "adam"}, Momentum or Adam
        What takes the place of ∇; with constants of your own, ``Momentum(beta=0.5)``.
    weight_decay : float
        Decoupled from the optimiser (AdamW); for plain descent, the gradient of λ|θ|²/2.
    batch_size : int, optional
        Size of the minibatches; all data if absent. Each network visits the data in random orders
        of its own; the gradient of a batch is scaled by n/batch_size. With ``one_pass``, the
        number of fresh samples in a step, 1 if absent.
    one_pass : callable, optional
        Online learning, in the place of X and y: ``one_pass(generator, n)`` draws n samples
        (X, y) as NumPy arrays. Every network sees samples of its own, once; the loss is the mean
        over the batch, not the sum.
    layers : sequence of int, optional
        The affine layers that are trained, 1, …, depth + 1; the others are frozen.
    seed : int or tuple of int
        Of the minibatch orders and fresh samples; network r has the stream (seed, r).
    on_step : callable, optional
        Called with (step, parameters) before every step and at the end.

    Returns
    -------
    Trained

    Raises
    ------
    DomainError
        For arrays that do not fit the network or are not finite, labels that do not fit the loss,
        unknown names, η ≤ 0, a bad number, or a learning rate so large that the loss stops being
        finite: then with the step, and the largest stable rate where one is known.

    Examples
    --------
    >>> import numpy as np, theorycalc as tc
    >>> network = tc.networks.mlp(2, 256, sigma_w=2**0.5)
    >>> start = network.init(range(5))
    >>> end, loss = tc.networks.train(network, start, np.eye(2), np.array([1.0, -1.0]),
    ...                               learning_rate=0.3, steps=50)
    >>> bool((loss[-1] < 1e-3).all())
    True

    One pass over fresh samples, with a readout that stays as it was drawn:

    >>> def sample(generator, n):
    ...     x = generator.standard_normal((n, 2))
    ...     return x, np.sign(x[:, 0])
    >>> end, loss = tc.networks.train(network, start, one_pass=sample, batch_size=16, steps=200,
    ...                               learning_rate=0.5, loss="logistic", layers=[1])
    >>> bool((loss[-50:].mean(axis=0) < loss[:5].mean(axis=0)).all())
    True
    """
    instance(network, Network, "a finite network", allowed="tc.networks.mlp(…)")
    instance(parameters, Parameters, "parameters", allowed="network.init(seeds)")
    instance(on_step, Callable | None, "a function of (step, parameters)")
    instance(one_pass, Callable | None, "a function (generator, n) → (X, y)")
    plan = _Plan(
        network,
        LOSSES[one_of(loss, LOSSES, "loss")],
        as_optimizer(optimizer),
        real_double(learning_rate, "learning_rate", above=0) * network.rate_factor,
        real_double(weight_decay, "weight_decay", least=0),
        None if layers is None else places_of(layers, len(parameters.weights), first=1),
        exact_integer(steps, "steps", 0, _MOST_STEPS),
    )
    networks = parameters.weights[0].shape[0]
    see = _seen(plan, parameters, X, y, one_pass, batch_size)
    streams = batches.streams(seed, range(networks))
    # who looks at every step sees all networks
    size = None if on_step is not None else next(see(streams[:1]))[0]
    groups = split(network, parameters, size)
    places = np.cumsum([0, *(group.weights[0].shape[0] for group in groups)])
    streams = batches.streams(seed, range(networks))  # from their start
    seen = [see(streams[i:j]) for i, j in itertools.pairwise(places)]
    with progress(None, len(groups) * (plan.steps + 1), "training") as bar:
        ends = each(
            lambda part: _descend(plan, part[0], part[1], on_step, bar),
            [*zip(groups, seen, strict=True)],
        )
    losses = _together([part for _, part in ends])
    if not np.isfinite(losses).all():
        raise _diverged(plan, parameters, X, losses)
    return Trained(join([end for end, _ in ends]), losses)


def _seen(plan: _Plan, parameters, X, y, one_pass, batch_size) -> Callable:  # noqa: N803
    """A function of random streams: the batches that networks with these streams see."""
    network, array = plan.network, parameters.weights[0]
    if one_pass is not None:
        if X is not None or y is not None:
            raise DomainError(explain("data beside one_pass", allowed="X and y, or one_pass"))
        size = exact_integer(1 if batch_size is None else batch_size, "batch_size", 1)
        return lambda streams: batches.fresh(
            one_pass, size, streams, network=network, loss=plan.loss, array=array
        )
    X = network.as_inputs(X)  # noqa: N806
    check_array(X, "X", (None, *X.shape[1:]))
    network.check_parameters(parameters, X)
    y = plan.loss.targets(y, X.shape[0], network.outputs)
    xp = array_api_compat.array_namespace(X, y, array)
    X, y = (xp.astype(part, array.dtype) for part in (X, y))  # noqa: N806
    if batch_size is None:
        return lambda _: batches.everything(X, y)
    size = exact_integer(batch_size, "batch_size", 1, X.shape[0])
    return lambda streams: batches.minibatches(X, y, size, streams)


@np.errstate(over="ignore", invalid="ignore")  # one error at the end, not a warning every time
def _descend(plan: _Plan, parameters, seen: Iterator, on_step, bar) -> tuple:
    """Parameters at the end, and losses (steps + 1, seeds) as far as they are finite."""
    network, losses = plan.network, []
    parameters = _copied(parameters)
    directions = plan.optimizer.directions()
    xp = array_api_compat.array_namespace(parameters.weights[0])
    for step in range(plan.steps + 1):
        bar.update()
        if on_step is not None:
            on_step(step, _copied(parameters))
        inputs, targets, scale = next(seen)
        # what fits in the first step fits in all
        passed = (network._propagate if step else network.propagate)(parameters, inputs)
        outputs = passed.outputs[-1]
        losses.append(scale * xp.sum(plan.loss.value(outputs, targets), axis=(1, 2)))
        # at powers of two: a device that computes is seldom waited for
        if not step & (step - 1) and not bool(xp.all(xp.isfinite(losses[-1]))):
            break
        if step < plan.steps:
            # of an optimiser that is linear, η goes where arrays are smallest
            factor = scale * plan.rate if plan.optimizer.is_linear else scale
            cotangent = factor * plan.loss.slope(outputs, targets)
            slopes = network._slopes(parameters, passed, cotangent, plan.layers)
            parameters = _step(plan, parameters, slopes, directions)
    return parameters, np.stack([to_numpy(values) for values in losses])


def _together(losses: list[np.ndarray]) -> np.ndarray:
    """Losses of groups side by side, NaN after the end of one that diverged."""
    steps = max(map(len, losses))
    padded = [
        np.pad(part, ((0, steps - len(part)), (0, 0)), constant_values=np.nan) for part in losses
    ]
    return np.concatenate(padded, axis=1)


def _step(plan: _Plan, parameters, slopes: list[Slope], directions: Callable) -> Parameters:
    """Parameters after a step, in their places; those without a slope stay."""
    weights, biases = map(list, parameters)
    for layer in [slope.layer for slope in slopes] if plan.decay else ():
        weights[layer] *= 1 - plan.rate * plan.decay
        biases[layer] *= 1 - plan.rate * plan.decay
    if plan.optimizer.is_plain:
        for slope in slopes:
            at = slope.layer
            weights[at], biases[at] = slope.subtracted(weights[at], biases[at])
    else:
        gradient = [part for slope in slopes for part in (slope.of_weights, slope.of_biases)]
        factor = 1.0 if plan.optimizer.is_linear else plan.rate
        moved = iter(directions(gradient))
        for slope, half in itertools.product(slopes, (weights, biases)):
            half[slope.layer] -= factor * next(moved)
    return Parameters(tuple(weights), tuple(biases))


def _copied(parameters: Parameters) -> Parameters:
    xp = array_api_compat.array_namespace(parameters.weights[0])
    return parameters.map(lambda p: xp.asarray(p, copy=True))


def _diverged(plan: _Plan, start, inputs, losses: np.ndarray) -> DomainError:
    """Which network at which step, and at which rates it would not have happened."""
    finite = np.isfinite(losses)
    step = int(np.argmin(finite.all(axis=1)))
    networks = np.flatnonzero(~finite[step])
    factor = plan.network.rate_factor
    got = f"step {step} of network {networks[0]}, learning_rate={plan.rate / factor:.6g}"
    largest = None
    if inputs is not None:
        largest = largest_rate(plan.network, start, inputs, plan.loss, plan.optimizer, plan.layers)
    if largest is None:
        hint = "a smaller learning rate"
        return DomainError(explain("training diverged", got=got, hint=hint))
    allowed = f"less than {largest / factor:.4g}, by the tangent kernel at initialisation"
    hint = f"learning_rate={largest / factor / 2:.2g}"
    return DomainError(explain("training diverged", got=got, allowed=allowed, hint=hint))
