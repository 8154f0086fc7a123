"""Where a quantity is least, in doubles: samples of a box, evolution of the best, and descent."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice, product

import numpy as np

# How far from an open end samples stay, as a share of the range.
_APART = 2.0**-40
# Beyond this ratio of its ends an interval is sampled on a logarithmic scale.
_GEOMETRIC = 4
# Samples from which evolution starts, for each variable, and the shares of the budget.
_POPULATION = 15
_SAMPLED, _DESCENT = 4, 8
# How often evolution begins at most, each time with other members; once for so much work.
_TIMES, _ONCE = 4, 5000
# The best samples that are kept, and the corners that are looked at.
_KEPT, _CORNERS = 3, 64


@dataclass(frozen=True)
class Axis:
    """The ends of a variable in doubles, which may be infinite."""

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False
    whole: bool = False

    @property
    def shares(self) -> tuple[float, float]:
        """The part of [0, 1] that is sampled."""
        low_open = self.low_open or not np.isfinite(self.low)
        high_open = self.high_open or not np.isfinite(self.high)
        return (_APART if low_open else 0.0), (1 - _APART if high_open else 1.0)

    @property
    def count(self) -> float:
        """How many numbers there are."""
        return self.high - self.low + 1 if self.whole or self.low == self.high else np.inf

    def places(self, shares: np.ndarray) -> np.ndarray:
        """Numbers of the range for numbers of [0, 1], in the same order."""
        found = self._spread(np.clip(shares, *self.shares))
        return np.clip(np.rint(found) if self.whole else found, self.low, self.high)

    def line(self, pieces: int, shown: float) -> np.ndarray:
        """Numbers in order, for a picture; of an infinite range a part is shown."""
        low = 0 if np.isfinite(self.low) else 1 - shown
        high = 1 if np.isfinite(self.high) else shown
        return np.unique(self.places(np.linspace(low, high, pieces + 1)))

    def _spread(self, t: np.ndarray) -> np.ndarray:
        if np.isfinite(self.low) and np.isfinite(self.high):
            return self._between(t)
        if np.isfinite(self.low):
            return self.low + t / (1 - t)
        if np.isfinite(self.high):
            return self.high - (1 - t) / t
        return (2 * t - 1) / (1 - np.abs(2 * t - 1))

    def _between(self, t: np.ndarray) -> np.ndarray:
        small, large = sorted((abs(self.low), abs(self.high)))
        if self.low * self.high > 0 and large > _GEOMETRIC * small:
            return self.low * (self.high / self.low) ** t
        return self.low * (1 - t) + self.high * t


def least(
    function: Callable, axes: Sequence[Axis], budget: int, allowed: Callable
) -> list[list[float]]:
    """Points at which a function is small, the least first; none where it is nowhere a number.

    Parameters
    ----------
    function : callable
        From an array for each axis to an array; where it is not a number it counts as infinite.
    axes : sequence of Axis
    budget : int
        How often the function is computed, at most about.
    allowed : callable
        Whether a point counts, in the same way.

    Returns
    -------
    list of points
    """

    def value(shares: np.ndarray) -> np.ndarray:
        places = [axis.places(t) for axis, t in zip(axes, shares, strict=True)]
        with np.errstate(all="ignore"):
            found = np.asarray(function(*places), dtype=float)
            counts = allowed(*places) & ~np.isnan(found)
        return np.where(counts, found, np.inf)

    shares = _samples(axes, max(budget // _SAMPLED, _POPULATION))
    values = value(shares)
    order = np.argsort(values, kind="stable")
    shares, values = shares[:, order], values[order]
    if not values[0] < np.inf:
        return []
    starts = list(shares.T[:_KEPT])
    if np.prod([axis.count for axis in axes]) > len(values):
        times = min(_TIMES, 1 + budget // _ONCE)
        each = budget // (2 * times)
        evolved = [_evolved(value, axes, shares[:, k::times], each, k) for k in range(times)]
        best = min(evolved, key=lambda t: float(value(t[:, None])[0]))
        starts = [_descended(value, axes, best, budget // _DESCENT), best, *starts]
    found = sorted(starts, key=lambda t: float(value(t[:, None])[0]))
    return [[float(axis.places(x)) for axis, x in zip(axes, t, strict=True)] for t in found]


def _samples(axes: Sequence[Axis], count: int) -> np.ndarray:
    """Columns of numbers in [0, 1]: all integers where they are few, else evenly spread points."""
    from scipy.stats import qmc

    if len(axes) == 1 and axes[0].count <= count:
        return np.linspace(0, 1, int(axes[0].count))[None]
    spread = qmc.Sobol(len(axes), scramble=False).random_base2((count - 1).bit_length()).T
    corners = np.array([*islice(product((0.0, 1.0), repeat=len(axes)), _CORNERS)]).T
    return np.concatenate((spread, corners), axis=1)


def _evolved(value: Callable, axes: Sequence[Axis], shares: np.ndarray, budget: int, seed: int):
    """The best after evolution of the best samples together with some that are spread evenly."""
    from scipy.optimize import differential_evolution

    size = min(_POPULATION * len(axes), shares.shape[1])
    stride = max(1, shares.shape[1] // size)
    members = np.concatenate((shares[:, : size // 2], shares[:, ::stride]), axis=1)[:, :size]
    with np.errstate(all="ignore"):
        found = differential_evolution(
            value,
            [axis.shares for axis in axes],
            init=members.T,
            maxiter=max(1, budget // size - 1),
            vectorized=True,
            updating="deferred",
            polish=False,
            tol=0,
            seed=seed,
        )
    return found.x


def _descended(value: Callable, axes: Sequence[Axis], start: np.ndarray, budget: int):
    from scipy.optimize import minimize

    with np.errstate(all="ignore"):
        found = minimize(
            lambda t: float(value(t[:, None])[0]),
            start,
            method="Nelder-Mead",
            bounds=[axis.shares for axis in axes],
            options={"maxfev": budget, "xatol": 0, "fatol": 0},
        )
    return found.x
