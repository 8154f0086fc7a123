"""What networks are made of, at any width: layers as data."""

import itertools
import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import sympy

from theorycalc.activations import Activation
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import Line
from theorycalc.core.records import one_of

# Layers that a network has at most: its formulas have a line for each of them.
MAX_DEPTH = 2_000
PARAMETERIZATIONS = ("ntk", "standard")


@dataclass(frozen=True)
class Dense(Line):
    """z = σ_w W h/√n + σ_b b."""

    sigma_w: sympy.Expr
    sigma_b: sympy.Expr


@dataclass(frozen=True)
class Nonlinearity(Line):
    """φ of every coordinate."""

    activation: Activation


@dataclass(frozen=True)
class Sum(Line):
    """branch(x) of the first branch and scale · branch(x) of the others; () is x itself."""

    branches: tuple[tuple, ...]
    scale: sympy.Expr


@dataclass(frozen=True)
class LayerNorm(Line):
    """Mean 0 and variance 1 over the channels of each position."""


@dataclass(frozen=True)
class Window(Line):
    """Positions that a filter sees: sizes, padding and stride along the axes of an image.

    ``padding`` is a name or the numbers of zeros (before, after) along every axis.
    """

    filter: tuple[int, ...]
    padding: str | tuple[tuple[int, int], ...]
    stride: tuple[int, ...]

    def pads(self, shape: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
        """(before, after): positions added along every axis.

        Those of "same" and "circular" are as few as ⌈size/stride⌉ results need, half of them
        before and, where they are odd, one more after: the convention of XLA and TensorFlow.
        """
        if self.padding == "valid":
            return ((0, 0),) * len(shape)
        if not isinstance(self.padding, str):
            return self.padding
        needed = (
            max((math.ceil(p / s) - 1) * s + f - p, 0)
            for p, f, s in zip(shape, self.filter, self.stride, strict=True)
        )
        return tuple((total // 2, total - total // 2) for total in needed)

    def output(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """The shape of the result.

        Raises
        ------
        DomainError
            If the filter is larger than the image with the zeros around it.
        """
        padded = shape
        if self.padding != "circular":
            pads = self.pads(shape)
            padded = tuple(p + sum(pair) for p, pair in zip(shape, pads, strict=True))
        if any(f > p for f, p in zip(self.filter, padded, strict=True)):
            raise DomainError(
                explain(
                    "the filter is larger than the image", got=self.filter, allowed=f"≤ {padded}"
                )
            )
        if self.padding == "circular":
            return tuple(math.ceil(p / s) for p, s in zip(shape, self.stride, strict=True))
        sizes = zip(padded, self.filter, self.stride, strict=True)
        return tuple((p - f) // s + 1 for p, f, s in sizes)


@dataclass(frozen=True)
class Conv(Line):
    """Dense layers on windows, with shared weights."""

    window: Window
    sigma_w: sympy.Expr
    sigma_b: sympy.Expr


@dataclass(frozen=True)
class AveragePool(Line):
    """Means over windows."""

    window: Window


@dataclass(frozen=True)
class GlobalAveragePool(Line):
    """The mean over all positions."""


@dataclass(frozen=True)
class Flatten(Line):
    """All positions as channels."""


class Design:
    """A network as its layers, without a width of hidden layers but for the standard scaling."""

    layers: tuple
    parameterization: str
    width: int | None


Layer = Dense | Nonlinearity | Sum | LayerNorm | Conv | AveragePool | GlobalAveragePool | Flatten


def flat(layers: Iterable) -> Iterator[Layer]:
    """All layers, those of branches in their places."""
    for layer in layers:
        if isinstance(layer, Sum):
            yield from flat(itertools.chain(*layer.branches))
        else:
            yield layer


def affine(layers: tuple) -> list[Dense | Conv]:
    """The layers with weights."""
    return [layer for layer in flat(layers) if isinstance(layer, Dense | Conv)]


def activations(layers: tuple) -> list[Activation]:
    """The activations."""
    return [layer.activation for layer in flat(layers) if isinstance(layer, Nonlinearity)]


def output_shape(layers: tuple, shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of an image after the layers; () without positions.

    Raises
    ------
    DomainError
        If a filter is larger than what is left of the image, or branches of a sum have results
        of different shapes.
    """
    for layer in layers:
        match layer:
            case Conv() | AveragePool():
                shape = layer.window.output(shape)
            case GlobalAveragePool() | Flatten():
                shape = ()
            case Sum():
                shapes = [output_shape(branch, shape) for branch in layer.branches]
                if len(set(shapes)) > 1:
                    raise DomainError(
                        explain(
                            "branches of a sum with results of different shapes",
                            got=shapes,
                            allowed="one shape",
                            hint='padding="same" or "circular" with stride 1',
                        )
                    )
                shape = shapes[0]
    return shape


def image_dimension(layers: tuple) -> int:
    """0 for networks on vectors, 1 or 2 for networks on images."""
    windows = (x.window for x in flat(layers) if isinstance(x, Conv | AveragePool))
    return next((len(window.filter) for window in windows), 0)


def check_parameterization(name, width: int | None) -> None:
    """Refuse an unknown parameterisation, and a width below 1."""
    one_of(name, PARAMETERIZATIONS, "parameterization")
    if width is not None and width < 1:
        raise DomainError(explain("width is too small", got=width, allowed="an integer ≥ 1"))
