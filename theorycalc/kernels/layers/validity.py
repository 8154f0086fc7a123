"""Which sequences of layers have a kernel."""

import functools
from dataclasses import dataclass

from theorycalc.core.errors import DomainError, NotSupportedError, explain
from theorycalc.layers import (
    AveragePool,
    Conv,
    Dense,
    Flatten,
    GlobalAveragePool,
    LayerNorm,
    Nonlinearity,
    Sum,
    affine,
)


@dataclass(frozen=True)
class Signal:
    """What flows between layers: whether coordinates are Gaussian, the axes of images, and whether
    the means of coordinates are known.
    """

    gaussian: bool
    positions: int
    known_means: bool = True


def check(layers: tuple, positions: int = 0) -> Signal:
    """What a sequence of layers makes of an input.

    Raises
    ------
    NotSupportedError
        If a layer meets coordinates for which no kernel is known.
    DomainError
        For an object that is no layer, or a layer that does not fit its input.
    """
    signal = Signal(gaussian=False, positions=positions)
    for layer in layers:
        signal = _after(layer, signal)
    return signal


@functools.singledispatch
def _after(layer, signal: Signal) -> Signal:
    raise DomainError(explain("not a layer", got=layer, allowed="dense(), activation(), …"))


@_after.register
def _(layer: Dense, signal: Signal) -> Signal:
    if signal.positions:
        raise DomainError(
            explain("a dense layer on an image", hint="flatten() or global_average_pool()")
        )
    return Signal(gaussian=True, positions=0)


@_after.register
def _(layer: Nonlinearity, signal: Signal) -> Signal:
    if not signal.gaussian:
        raise NotSupportedError(
            explain(
                "an activation needs Gaussian pre-activations: the kernel of an activation of an "
                "activation, or of the input, is not known",
                got=layer.activation.name,
                hint="a dense or convolutional layer before it",
            )
        )
    return Signal(gaussian=False, positions=signal.positions)


@_after.register
def _(layer: LayerNorm, signal: Signal) -> Signal:
    if not signal.known_means:
        raise NotSupportedError(
            explain("layer norm of pooled activations", hint="a convolutional layer before it")
        )
    return signal


@_after.register
def _(layer: Sum, signal: Signal) -> Signal:
    ends = [functools.reduce(lambda x, inner: _after(inner, x), branch, signal)
            for branch in layer.branches]  # fmt: skip
    if len({end.positions for end in ends}) > 1:
        raise DomainError(explain("branches that are added must have the same shape"))
    weightless = sum(not affine(branch) for branch in layer.branches)
    if weightless > 1 or sum(not end.gaussian for end in ends) > 1:
        raise NotSupportedError(
            explain(
                "branches without weights, or that end with activations, are correlated: the "
                "kernel of their sum is not known",
                hint="branches that end with a dense or convolutional layer",
            )
        )
    return Signal(
        gaussian=all(end.gaussian for end in ends),
        positions=ends[0].positions,
        known_means=all(end.known_means for end in ends),
    )


@_after.register
def _(layer: Conv, signal: Signal) -> Signal:
    return _window(layer, signal, gaussian=True)


@_after.register
def _(layer: AveragePool, signal: Signal) -> Signal:
    return _window(layer, signal, gaussian=signal.gaussian)


def _window(layer: Conv | AveragePool, signal: Signal, *, gaussian: bool) -> Signal:
    if signal.positions != len(layer.window.filter):
        raise DomainError(
            explain(
                "a window of another dimension than the image",
                got=f"{len(layer.window.filter)} axes",
                allowed=f"{signal.positions} axes",
            )
        )
    known = isinstance(layer, Conv) or signal.gaussian
    return Signal(gaussian, signal.positions, known_means=known)


@_after.register
def _(layer: Flatten, signal: Signal) -> Signal:
    # coordinates of different positions have different variances
    return Signal(gaussian=False, positions=_no_positions(layer, signal), known_means=False)


@_after.register
def _(layer: GlobalAveragePool, signal: Signal) -> Signal:
    positions = _no_positions(layer, signal)
    return Signal(signal.gaussian, positions, known_means=signal.gaussian)


def _no_positions(layer, signal: Signal) -> int:
    if not signal.positions:
        raise DomainError(explain("nothing to flatten or to pool", got=layer))
    return 0
