"""Doubles: radii drawn from a density."""

from collections.abc import Callable

import numpy as np

from theorycalc.core.errors import PrecisionError, explain
from theorycalc.core.integration.gauss import gauss_legendre

# Panels of a density that is inverted: their error, and how often they may be halved.
_PANEL_ERROR, _HALVINGS = 1e-11, 60
_FIRST_PANELS = 64
_NODES = 10
# What the panels may lack of mass 1.
_MASS_ERROR = 1e-7
_NEWTON_STEPS = 25


def invert(density: Callable, points, u: np.ndarray) -> np.ndarray:
    """The x with ∫ density up to x = u, for a density on the interval that the points divide.

    Raises
    ------
    PrecisionError
        If the quadrature does not find the mass 1.
    """
    left, right, mass = _panels(density, np.asarray(points, dtype=float))
    total = mass.sum()
    if not abs(total - 1) < _MASS_ERROR:
        raise PrecisionError(
            explain("the density could not be inverted", got=f"mass {total}", hint="quantile=")
        )
    below = np.concatenate([[0.0], np.cumsum(mass)])
    target = u * total
    i = np.clip(np.searchsorted(below, target, side="right") - 1, 0, len(mass) - 1)
    return _within(density, left[i], right[i], target - below[i], mass[i])


def _panels(density: Callable, points: np.ndarray):
    """(left ends, right ends, masses) of panels that are halved until their rule agrees."""
    pieces = max(1, _FIRST_PANELS // (len(points) - 1))
    edges = np.unique(np.linspace(points[:-1], points[1:], pieces + 1))
    left, right = edges[:-1], edges[1:]
    done = []
    for halving in range(_HALVINGS + 1):
        middle = (left + right) / 2
        lower, upper = _mass(density, left, middle), _mass(density, middle, right)
        rough = np.abs(_mass(density, left, right) - lower - upper) > _PANEL_ERROR
        if halving == _HALVINGS:
            rough[:] = False
        done.append(np.array([left, right, lower + upper])[:, ~rough])
        left = np.concatenate([left[rough], middle[rough]])
        right = np.concatenate([middle[rough], right[rough]])
        if not len(left):
            break
    panels = np.concatenate(done, axis=1)
    return panels[:, np.argsort(panels[0])]


def _mass(density: Callable, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """∫ density from left to right, by Gauss–Legendre."""
    (x, weights), half = gauss_legendre(_NODES), (right - left) / 2
    return density(left[..., None] + half[..., None] * (1 + x)) @ weights * half


def _within(density: Callable, left, right, target, mass) -> np.ndarray:
    """x in each panel with the mass ``target`` to the left of it: Newton's method in a bracket."""
    low, high = left.copy(), right.copy()
    x = left + (right - left) * np.divide(target, mass, out=np.zeros_like(mass), where=mass > 0)
    for _ in range(_NEWTON_STEPS):
        excess = _mass(density, left, x) - target
        low, high = np.where(excess < 0, x, low), np.where(excess < 0, high, x)
        with np.errstate(all="ignore"):
            step = x - excess / density(x)
        x = np.where((step > low) & (step < high), step, (low + high) / 2)
    return x
