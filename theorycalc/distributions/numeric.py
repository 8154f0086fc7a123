"""Doubles: tails of one coordinate, and radii drawn from a density."""

import math
from collections.abc import Callable

import numpy as np
from scipy import special

from theorycalc.core.errors import PrecisionError, explain

EPS = np.finfo(float).eps
# Steps of the backward recurrence: enough for 15 digits from one standard deviation on.
_STEPS = 180
# Panels of a density that is inverted: their error, and how often they may be halved.
_PANEL_ERROR, _HALVINGS = 1e-11, 60
_FIRST_PANELS = 64
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(10)
# What the panels may lack of mass 1.
_MASS_ERROR = 1e-7
_NEWTON_STEPS = 25


def normal_tail_moment(k: int, s) -> np.ndarray:
    """E max(Z − s, 0)^k for a standard normal Z."""
    y = np.abs(np.asarray(s, dtype=float))
    # the square is split, so that its rounding does not count
    high = np.minimum(np.round(y * 16) / 16, 100)
    bell = np.exp(-high * high / 2) * np.exp(-(y - high) * (y + high) / 2)
    boundary, pearson = bell / np.sqrt(2 * np.pi), (np.ones_like(y), 0.0, 1.0)
    near = _forwards(k, y, special.ndtr(-y), boundary, pearson)
    far = _backwards(k, y, boundary, pearson)
    return _reflected(k, s, np.where(y < 1, near, far), pearson)


def sphere_tail_moment(k: int, d, s, constant) -> np.ndarray:
    """E max(T − s, 0)^k for a coordinate of the sphere in R^d, ``constant`` its density at 0."""
    d, s = np.asarray(d, dtype=float), np.asarray(s, dtype=float)
    a, y = (d - 1) / 2, np.abs(s)
    weight = (1 - y) * (1 + y)
    pearson = weight, -1.0, 2 * a
    with np.errstate(all="ignore"):
        power = np.where(y * y < 0.5, np.exp(a * np.log1p(-y * y)), np.maximum(weight, 0.0) ** a)
        tail = special.betainc(a, a, np.maximum(1 - y, 0.0) / 2)
        near = _forwards(k, y, tail, constant * power, pearson)
        far = _backwards(k, y, constant * power, pearson)
        upper = np.where(weight > 0, np.where(d * y * y < 1, near, far), 0.0)
        general = _reflected(k, s, upper, pearson)
    return np.where(d == 1, sum(np.maximum(end - s, 0.0) ** k for end in (-1, 1)) / 2, general)


def student_tail_moment(k: int, nu, s, constant) -> np.ndarray:
    """E max(T − s, 0)^k for Student's law, NaN where SciPy fails; ``constant`` as above."""
    nu, s = np.asarray(nu, dtype=float), np.asarray(s, dtype=float)
    y = np.abs(s)
    weight = nu + y * y
    pearson = weight, 1.0, nu - 1
    with np.errstate(all="ignore"):
        decay = np.log1p(y * y / nu)
        boundary = constant * nu * np.exp((1 - nu) / 2 * decay)
        near = _forwards(k, y, special.stdtr(nu, -y), boundary, pearson)
        factor = (
            math.factorial(k) * nu ** ((k + 1) / 2) / np.prod([nu - j for j in range(k + 1)], 0)
        )
        series = special.hyp2f1((nu - k) / 2, (k + 1) / 2, nu / 2 + 1, nu / weight)
        far = constant * factor * np.exp((k - nu) / 2 * decay) * series
        values = _reflected(k, s, np.where(y < 1, near, far), pearson)
    return np.where(nu > k, values, np.inf)


def _reflected(k: int, s, upper, pearson) -> np.ndarray:
    """M_k(s) from M_k(|s|): together they are E (T − s)^k, up to a sign."""
    whole = _forwards(k, s, 1.0, 0.0, pearson)
    return np.where(np.asarray(s) < 0, whole - (-1) ** k * upper, upper)


def _forwards(k: int, s, mass, boundary, pearson):
    """From M_0 up; it loses digits for large s."""
    weight, curve, kappa = pearson
    before, now = None, mass
    for j in range(k):
        inflow = boundary if j == 0 else j * weight * before
        before, now = now, (inflow - s * (kappa - 2 * curve * j) * now) / (kappa - curve * j)
    return now


def _backwards(k: int, s, boundary, pearson):
    """From the ratio of two high moments down: the M_k are the minimal solution."""
    weight, curve, kappa = pearson
    top = _STEPS + k
    a, b, c = kappa - curve * top, s * (kappa - 2 * curve * top), top * weight
    ratio, product = 2 * c / (b + np.sqrt(b * b + 4 * a * c)), 1.0
    for j in range(top - 1, 0, -1):
        ratio = j * weight / (s * (kappa - 2 * curve * j) + (kappa - curve * j) * ratio)
        if j <= k:
            product = product * ratio
    return boundary / (kappa * (s + ratio)) * product


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
    half = (right - left)[..., None] / 2
    return density(left[..., None] + half * (1 + _NODES)) @ _WEIGHTS * half[..., 0]


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
