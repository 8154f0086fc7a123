"""The curve α(q̂) of all fixed points in doubles: its extrema, and where it meets a level."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from theorycalc.inference.solving.arrays import on_arrays

_POINTS = 241
_RANGE = (1e-6, 1e8)
# Values of an information that is costly, and the part of ρ from which they begin.
_VALUES, _LEAST = 24, 1e-3
# Powers of ten by which it goes on where a level is not met inside.
_DECADES = 30
# How close to each other the points around an extremum are, and steps of secants at a level.
_NARROW = 1e-4
_SECANTS = 40
# What is left of a level, and of a place, in logarithms.
_LEVEL, _PLACE = 1e-13, 1e-14
_GOLDEN = (np.sqrt(5) - 1) / 2


class Turn(NamedTuple):
    """A local extremum: 1 for a maximum, −1 for a minimum; points around it, and its level."""

    sign: int
    left: float
    right: float
    level: float

    @property
    def place(self) -> float:
        """Where it is, to about as many digits as half of those of its level."""
        return math.sqrt(self.left * self.right)


@dataclass(frozen=True)
class Curve:
    """α(q̂) on a grid that holds its extrema, and the mean-square error there."""

    snr: np.ndarray
    mmse: np.ndarray
    alpha: np.ndarray
    turns: tuple[Turn, ...]
    at: Callable

    def brackets(self, alpha: float) -> list[tuple[float, float, bool]]:
        """Intervals of q̂ on which the curve meets a level, and whether it rises there."""
        cells = self._cells(self.snr, self.alpha, alpha)
        if any(rising for *_, rising in cells):
            return cells
        # few samples or many: the rising part is before or beyond what was traced
        outwards = np.logspace(0, _DECADES, _DECADES + 1)
        below, beyond = self.snr[0] / outwards[::-1], self.snr[-1] * outwards
        first = self._cells(below, self.at(below), alpha) if alpha < self.alpha[0] else []
        last = self._cells(beyond, self.at(beyond), alpha) if alpha > self.alpha[-1] else []
        return [*first, *cells, *last]

    @staticmethod
    def _cells(snr: np.ndarray, levels: np.ndarray, alpha: float) -> list:
        above, known = levels > alpha, np.isfinite(levels)
        cells = np.flatnonzero((above[1:] != above[:-1]) & known[1:] & known[:-1])
        return [(snr[i], snr[i + 1], bool(above[i + 1])) for i in cells]


class Interpolated:
    """F, where every value is an integral over many variables, from a few of them.

    log F is a polynomial of log V, and a straight line below the smallest V; where y is symmetric
    F falls like q, and log F/q is.
    """

    def __init__(self, channel: Callable, rho: float, symmetric: bool):
        self._rho, self._symmetric = rho, symmetric
        self._low, self._high = np.log(rho * _LEAST), np.log(rho)
        # Chebyshev's points without the ends
        places = np.cos(np.pi * (np.arange(_VALUES) + 0.5) / _VALUES)
        t = self._low + (self._high - self._low) * (1 + places) / 2
        values = np.log(channel(np.exp(t)) / self._fall(np.exp(t)))
        self._polynomial = np.polynomial.Chebyshev.fit(
            t, values, _VALUES - 1, domain=(self._low, self._high)
        )
        self._slope = self._polynomial.deriv()(self._low)

    def run(self, context, inputs: list) -> np.ndarray:
        """Like a program of V."""
        t = np.log(inputs[0])
        inside = np.clip(t, self._low, self._high)
        below = self._slope * np.minimum(t - self._low, 0.0)
        return np.exp(self._polynomial(inside) + below) * self._fall(inputs[0])

    def _fall(self, v: np.ndarray):
        return self._rho - v if self._symmetric else 1.0


def trace(mmse, channel) -> Curve:
    """The curve of a program of mmse(q̂) and one of F(V)."""
    snr = np.geomspace(*_RANGE, _POINTS)
    errors, alpha = levels(mmse, channel, snr)
    seen = np.isfinite(alpha) & (errors > 0) & (alpha > 0)
    last = np.flatnonzero(seen)[-1] + 1
    snr, errors, alpha = (x[:last][seen[:last]] for x in (snr, errors, alpha))

    def at(x: np.ndarray) -> np.ndarray:
        return levels(mmse, channel, x)[1]

    turns = tuple(_turns(at, snr, alpha))
    places = np.array([turn.place for turn in turns])
    if places.size:
        more = levels(mmse, channel, places)
        snr, errors, alpha = (
            np.concatenate(pair) for pair in zip((snr, errors, alpha), (places, *more), strict=True)
        )
        order = np.argsort(snr)
        snr, errors, alpha = snr[order], errors[order], alpha[order]
    return Curve(snr, errors, alpha, turns, at)


def levels(mmse, channel, snr: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """mmse(q̂) and α(q̂) = q̂/F."""
    with np.errstate(all="ignore"):
        errors = on_arrays(mmse, snr)
        return errors, snr / on_arrays(channel, errors)


def _turns(at: Callable, snr: np.ndarray, alpha: np.ndarray):
    """The extrema inside, each between two points that are much closer than those of the grid."""
    rising = np.diff(alpha) > 0
    for i in np.flatnonzero(rising[1:] != rising[:-1]) + 1:
        sign = 1 if rising[i - 1] else -1
        # of noise on a level stretch an extremum is no more than that
        if abs(np.diff(alpha[i - 1 : i + 2])).max() <= 1e-9 * alpha[i]:
            continue
        left, right = _closer(at, sign, snr[i - 1], snr[i + 1])
        middle = np.sqrt(left * right)
        yield Turn(sign, float(left), float(right), float(at(np.array([middle]))[0]))


def _closer(at: Callable, sign: int, left: float, right: float) -> tuple[float, float]:
    """Golden sections until the interval is narrow: the level is off by the square."""
    a, b = np.log(left), np.log(right)
    while b - a > _NARROW:
        x, y = b - _GOLDEN * (b - a), a + _GOLDEN * (b - a)
        values = sign * at(np.exp([x, y]))
        a, b = (a, y) if values[0] > values[1] else (x, b)
    return np.exp(a), np.exp(b)


def roots(mmse, channel, curve: Curve, alpha: np.ndarray) -> np.ndarray:
    """q̂ of every rising crossing of the levels: an array (levels, branches), padded with nan."""
    found = [[b[:2] for b in curve.brackets(level) if b[2]] for level in alpha]
    width = max(1, *map(len, found))
    ends = np.full((len(found), width, 2), np.nan)
    for row, pairs in zip(ends, found, strict=True):
        row[: len(pairs)] = np.array(pairs).reshape(-1, 2)
    low, high = np.log(ends[..., 0]), np.log(ends[..., 1])
    there = np.isfinite(low)
    low, high = low[there], high[there]
    level = np.broadcast_to(alpha[:, None], there.shape)[there]
    if low.size:

        def gap(t: np.ndarray, which: np.ndarray) -> np.ndarray:
            return np.log(levels(mmse, channel, np.exp(t))[1] / level[which])

        ends[..., 0][there] = np.exp(_illinois(gap, low, high))
    return ends[..., 0]


def _illinois(f: Callable, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Roots by regula falsi with halved weights, for many brackets; f is told which of them."""
    which = np.arange(a.size)
    found, fa, fb = b.copy(), f(a, which), f(b, which)
    for _ in range(_SECANTS):
        with np.errstate(all="ignore"):
            x = (a * fb - b * fa) / (fb - fa)
        # both ends of a level stretch are as good
        x = np.where(np.isfinite(x), x, b)
        fx = f(x, which)
        found[which] = x
        same = fx * fb > 0
        a, fa = np.where(same, a, b), np.where(same, fa / 2, fb)
        left = (abs(fx) > _LEVEL) & (abs(x - b) > _PLACE)
        which, a, fa, b, fb = (part[left] for part in (which, a, fa, x, fx))
        if not which.size:
            break
    return found
