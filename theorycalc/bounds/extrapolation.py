"""Limits of sequences y(t) = L + c/t^a + …, and exponents, from a few of their members."""

from collections.abc import Sequence

import numpy as np

# Members, about evenly spread on a logarithmic scale, that are used.
_MEMBERS = 8
# Exponents a that are found.
_EXPONENTS = (1e-3, 60.0)
_UNIT = np.finfo(float).eps


def limit(ts: Sequence[float], ys, errors) -> tuple[float, float] | None:
    """(limit, error) for t to infinity of a sequence whose members have these errors.

    It is that of the power law through the last three members in geometric progression, more or
    less. The error is all that is added to the last member, with what the errors of the members
    make of it; a logarithm of t is taken for a small power. None where they follow no such law.
    """
    kept = _spread(np.asarray(ts, dtype=float))[-3:]
    if len(kept) < 3:
        return None
    t, y, noise = (np.asarray(x, dtype=float)[kept] for x in (ts, ys, errors))
    noise = noise + 4 * _UNIT * np.abs(y)
    if np.all(np.abs(np.diff(y)) <= noise[1:] + noise[:-1]):
        return float(y[-1]), float(noise.sum())
    found = _limit_of_three(t, y)
    moved = [_limit_of_three(t, y + shift) for shift in np.diag(noise)]
    if found is None or None in moved:
        return None
    return found, float(abs(found - y[-1]) + sum(abs(x - found) for x in moved))


def exponent(ts: Sequence[float], ys, errors) -> tuple[float, float] | None:
    """(e, error) of y ~ t^e for t to infinity: the limit of slopes, from a change of sign on."""
    t, y, noise = (np.asarray(x, dtype=float) for x in (ts, ys, errors))
    others = np.flatnonzero(y * y[-1] <= 0)
    first = others[-1] + 1 if len(others) else 0
    kept = first + _spread(t[first:])
    t, y, noise = t[kept], y[kept], noise[kept]
    if len(t) < 4:
        return None
    steps = np.diff(np.log(t))
    share = noise / np.abs(y) + 4 * _UNIT * (1 + np.abs(np.log(np.abs(y))))
    slopes = np.diff(np.log(np.abs(y))) / steps
    return limit(np.sqrt(t[1:] * t[:-1]), slopes, (share[1:] + share[:-1]) / steps)


def _spread(t: np.ndarray) -> np.ndarray:
    """Where members are that lie about evenly on a logarithmic scale."""
    if len(t) < 2 or not (t[0] > 0 and np.all(np.diff(t) > 0)):
        return np.arange(0)
    targets = np.geomspace(t[0], t[-1], min(len(t), _MEMBERS))
    return np.unique([np.argmin(np.abs(np.log(t / target))) for target in targets])


def _limit_of_three(t: np.ndarray, y: np.ndarray) -> float | None:
    """L of the power law L + c/t^a through three members."""
    from scipy.optimize import brentq

    logs = np.log(t / t[0])
    first, second = -np.diff(y)

    def excess(a: float) -> float:
        powers = np.exp(-a * logs)
        return first * (powers[1] - powers[2]) - second * (powers[0] - powers[1])

    if first * second <= 0 or excess(_EXPONENTS[0]) * excess(_EXPONENTS[1]) >= 0:
        return None
    a = brentq(excess, *_EXPONENTS, xtol=1e-14)
    powers = np.exp(-a * logs)
    return float(y[2] - first * powers[2] / (powers[0] - powers[1]))
