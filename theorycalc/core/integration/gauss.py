"""Gauss–Legendre rules in doubles: on panels that end at kinks and are halved until two agree."""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np


@lru_cache(maxsize=64)
def gauss_legendre(size: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights on [−1, 1]."""
    rule = np.polynomial.legendre.leggauss(size)
    for part in rule:
        part.setflags(write=False)  # it is shared
    return rule


def on_panels(ends: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights on the panels between neighbouring ends along the last axis, in order."""
    x, w = gauss_legendre(size)
    half = np.diff(ends)[..., None] / 2
    nodes, weights = ends[..., :-1, None] + half * (1 + x), half * w
    return tuple(part.reshape(*ends.shape[:-1], -1) for part in (nodes, weights))


def normal_on_panels(ends: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """The same with the density of a standard normal variable."""
    z, weights = on_panels(ends, size)
    return z, weights * np.exp(-z * z / 2) / np.sqrt(2 * np.pi)


def panel_ends(regular: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Ends of panels in order: regular ones, and in every row its points between the outermost."""
    rows = np.broadcast_to(regular, (*points.shape[:-1], regular.shape[-1]))
    inside = np.clip(points, rows[..., :1], rows[..., -1:])
    return np.sort(np.concatenate([rows, inside], axis=-1), axis=-1)


class Mesh(NamedTuple):
    """How far out panels go, how long they are, and how many nodes each has."""

    radius: float
    length: float
    nodes: int

    def bends(self, kinks, scale: float, width: float = 1.0) -> np.ndarray:
        """The t around which f(scale·t) bends: kinks of f and 0, and at growing distances.

        Functions change on a scale of ``width``, which may be nothing beside a panel; shorter
        panels grow less.
        """
        if scale == 0:
            return np.array([])
        first, growth = width * self.length, 4.0**self.length
        count = np.log(self.radius * scale / first) / np.log(growth)
        steps = first * growth ** np.arange(max(0, np.ceil(count)))
        around = np.concatenate([-steps[::-1], [0.0], steps])
        return np.add.outer([0.0, *kinks], around).ravel() / scale

    def ends(self, points: np.ndarray) -> np.ndarray:
        """Ends of panels: regular ones on [−radius, radius], and the points."""
        count = int(np.ceil(2 * self.radius / self.length))
        return panel_ends(np.linspace(-self.radius, self.radius, count + 1), points)


def refined(rule: Callable, radius: float, nodes: tuple, halvings: int, agree: Callable) -> tuple:
    """``rule(mesh)`` for both numbers of nodes, on panels that are halved until these agree."""
    length = 1.0
    for _ in range(halvings):
        coarse, fine = (rule(Mesh(radius, length, count)) for count in nodes)
        if agree(coarse, fine):
            break
        length /= 2
    return coarse, fine
