"""What single layers compute, and how derivatives come back through them.

Arrays have the axes (seeds, n, positions, channels). A layer gives its result, the shape of its
positions, and a function ``pull`` that takes ∂/∂result to ∂/∂input; what it meets on its way at
layers with weights it puts into a dictionary, by the numbers of the layers.
"""

import itertools
import math
from collections.abc import Callable, Sequence

import array_api_compat
import numpy as np

from theorycalc.core.errors import DomainError, explain, shown
from theorycalc.layers import (
    AveragePool,
    Conv,
    Dense,
    Flatten,
    GlobalAveragePool,
    LayerNorm,
    Nonlinearity,
    Sum,
    Window,
)
from theorycalc.networks.arrays import like
from theorycalc.networks.network import Parameters


class Tape:
    """One pass through layers; ``inputs`` are those of layers with weights, in their order."""

    def __init__(self, parameters: Parameters, scales: Sequence[tuple[float, float]]):
        self.parameters, self.scales = parameters, scales
        self.inputs: list = []

    def run(self, layers: tuple, h, places: tuple) -> tuple:
        """Layers in a row: (result, positions, pull)."""
        pulls: list[Callable] = []
        for layer in layers:
            h, places, pull = self._layer(layer, h, places)
            pulls.append(pull)

        def pull_all(cotangent, found: dict):
            for pull in reversed(pulls):
                cotangent = pull(cotangent, found)
            return cotangent

        return h, places, pull_all

    def _layer(self, layer, h, places: tuple) -> tuple:
        match layer:
            case Dense():
                result, pull = self._affine(h)
                return result, places, pull
            case Conv():
                patches, pull_patches = _patches(layer.window, h, places)
                result, pull = self._affine(patches)
                after = layer.window.output(places)
                return result, after, lambda c, found: pull_patches(pull(c, found))
            case Nonlinearity():
                slope = layer.activation.derivative
                return layer.activation(h), places, lambda c, _: c * slope(h)
            case LayerNorm():
                result, pull = _normalised(h)
                return result, places, pull
            case Sum():
                return self._sum(layer, h, places)
            case Flatten():
                xp = array_api_compat.array_namespace(h)
                flat = xp.reshape(h, (*h.shape[:2], 1, h.shape[2] * h.shape[3]))
                return flat, (), lambda c, _: xp.reshape(c, (*c.shape[:2], *h.shape[2:]))
            case AveragePool():
                size = math.prod(layer.window.filter)
                means = windows(layer.window, places)
                means = means.reshape(-1, size, means.shape[1]).mean(axis=1)
                result, pull = _mixed(means, h)
                return result, layer.window.output(places), pull
            case GlobalAveragePool():
                result, pull = _mixed(np.full((1, h.shape[2]), 1 / h.shape[2]), h)
                return result, (), pull
        raise DomainError(explain("not a layer", got=shown(layer)))

    def _affine(self, h) -> tuple:
        """w W h + b β at every position."""
        index = len(self.inputs)
        self.inputs.append(h)
        weight, bias = self.parameters.weights[index], self.parameters.biases[index]
        w, b = self.scales[index]
        scaled = (w * weight)[:, None, ...]
        result = h @ scaled + b * bias[:, None, None, :]
        xp = array_api_compat.array_namespace(weight)

        def pull(cotangent, found: dict):
            found[index] = cotangent
            return cotangent @ xp.matrix_transpose(scaled)

        return result, pull

    def _sum(self, layer: Sum, h, places: tuple) -> tuple:
        """The first branch and the others, scaled."""
        factors = [1.0, *[float(layer.scale)] * (len(layer.branches) - 1)]
        ends = [self.run(branch, h, places) for branch in layer.branches]
        result = sum(factor * end[0] for factor, end in zip(factors, ends, strict=True))

        def pull(cotangent, found: dict):
            return sum(
                end[2](factor * cotangent, found) for factor, end in zip(factors, ends, strict=True)
            )

        return result, ends[0][1], pull


def windows(window: Window, places: tuple[int, ...]) -> np.ndarray:
    """The matrix (windows · positions of the filter, positions) that reads what windows see.

    A row of zeros is a position outside, where the padding has zeros.
    """
    results, pads = window.output(places), window.pads(places)
    rows = []
    for result in itertools.product(*map(range, results)):
        for offset in itertools.product(*map(range, window.filter)):
            row = np.zeros(places)
            place = [
                r * s + o - before
                for r, s, o, (before, _) in zip(result, window.stride, offset, pads, strict=True)
            ]
            if window.padding == "circular":
                place = [p % size for p, size in zip(place, places, strict=True)]
            if all(0 <= p < size for p, size in zip(place, places, strict=True)):
                row[tuple(place)] = 1.0
            rows.append(row.ravel())
    return np.array(rows)


def _patches(window: Window, h, places: tuple) -> tuple:
    """What the windows see, their positions as channels, and the way back."""
    xp = array_api_compat.array_namespace(h)
    seen, pull = _mixed(windows(window, places), h)
    count = math.prod(window.output(places))
    shape = (*seen.shape[:2], count, math.prod(window.filter) * h.shape[-1])

    def pull_patches(cotangent):
        return pull(xp.reshape(cotangent, (*cotangent.shape[:2], -1, h.shape[-1])), None)

    return xp.reshape(seen, shape), pull_patches


def _mixed(matrix: np.ndarray, h) -> tuple:
    """A matrix over positions, and its transpose on the way back."""
    xp = array_api_compat.array_namespace(h)
    matrix = like(matrix, h)
    return matrix @ h, lambda c, _: xp.matrix_transpose(matrix) @ c


def _normalised(h) -> tuple:
    """Mean 0 and variance 1 over channels; a vector of equal entries is 0."""
    xp = array_api_compat.array_namespace(h)

    def mean(x):
        return xp.mean(x, axis=-1, keepdims=True)

    centred = h - mean(h)
    deviation = xp.sqrt(mean(centred * centred))
    inverse = xp.where(deviation > 0, 1 / xp.where(deviation > 0, deviation, 1.0), 0.0)
    y = centred * inverse
    return y, lambda c, _: inverse * (c - mean(c) - y * mean(c * y))
