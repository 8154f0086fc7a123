"""Generalised approximate message passing in doubles, for many data sets at once.

Rangan's iteration with scalar variances. Values and slopes of both denoisers are taken from two
points that are h = 1/1000 of V/√ρ from ω, and of 1/√(1 + sρ) from y: over these the denoisers bend,
so that what is left out is h²/2 = 5·10⁻⁷ of them. What chance makes is 1/√d.
"""

from typing import NamedTuple

import numpy as np

from theorycalc.core.program import Program
from theorycalc.inference.solving.arrays import on_arrays

_APART = 1e-3
# What is left of ρ where everything is known, and how large an estimate is before it diverges.
_KNOWN, _FARTHEST = 1e-11, 1e3
# What messages that begin at the truth believe to be left, over ρ.
_INFORMED = 1e-3


class Learning(NamedTuple):
    """Programs of E[x | y] in (s, y), of ∂ log Z/∂ω in (V, y, ω), of draws; E x, E x²."""

    estimate: Program
    score: Program
    unknown: Program
    observed: Program
    mean: float
    square: float


class Problem(NamedTuple):
    """A data set: features (n, d), outputs (n,) and the truth (d,)."""

    features: np.ndarray
    outputs: np.ndarray
    truth: np.ndarray


class Passed(NamedTuple):
    """For every data set: estimates, variances, what became of it, and overlaps of all steps."""

    estimates: np.ndarray
    variances: np.ndarray
    settled: np.ndarray
    diverged: np.ndarray
    overlaps: np.ndarray


def drawn(learning: Learning, n: int, d: int, generator) -> Problem:
    """A data set."""
    truth = _draw(learning.unknown, np.zeros(d), generator)
    features = generator.standard_normal((n, d)) / np.sqrt(d)
    outputs = _draw(learning.observed, features @ truth, generator)
    return Problem(features, outputs, truth)


def _draw(program, z: np.ndarray, generator) -> np.ndarray:
    uniform, normal = generator.random(z.shape), generator.standard_normal(z.shape)
    return on_arrays(program, z, uniform, normal).copy()


def passed(
    learning: Learning, problems: list, snr: float, generators: list, damping: float, rule: tuple
) -> Passed:
    """Messages from a first look at the truth; the rule is (steps, least change)."""
    steps, least = rule
    rho, truth = learning.square, np.stack([p.truth for p in problems])
    x, v = _looked(learning, truth, snr, generators)
    g = np.zeros((len(problems), problems[0].outputs.size))
    settled, diverged = np.zeros((2, len(problems)), dtype=bool)
    overlaps = [np.mean(x * truth, axis=1)]
    for _ in range(steps):
        live = np.flatnonzero(~settled & ~diverged)
        if not live.size:
            break
        old = x[live], g[live], v[live]
        new, moves, spread = _step(learning, [problems[i] for i in live], *old, damping)
        good = np.isfinite(new).all(axis=1) & (spread >= 0)
        good &= np.mean(new**2, axis=1) <= _FARTHEST * rho
        diverged[live[~good]] = True
        stay, change = live[good], np.mean((new - old[0])[good] ** 2, axis=1)
        x[stay], g[stay], v[stay] = new[good], moves[good], np.maximum(spread[good], _KNOWN * rho)
        settled[stay] = (change <= least * rho) | (v[stay] <= _KNOWN * rho)
        overlaps.append(np.mean(x * truth, axis=1))
    return Passed(x, v, settled, diverged, np.array(overlaps))


def _step(learning: Learning, problems: list, x, g, v, damping: float) -> tuple:
    """The next estimates, moves and variances."""
    features, outputs = [p.features for p in problems], np.stack([p.outputs for p in problems])
    seen = v[:, None]
    # what was learnt of each output is taken out of the mean that it is compared with
    omega = _each(features, x) - seen * g
    moves, slopes = _with_slope(
        lambda at: on_arrays(learning.score, seen, outputs, at),
        omega,
        _APART * seen / np.sqrt(learning.square),
    )
    moves = (1 - damping) * moves + damping * g
    n, d = features[0].shape
    snr = -n / d * slopes.mean(axis=1, keepdims=True)
    with np.errstate(all="ignore"):  # of what diverges
        fields = np.sqrt(snr) * (x + _each([a.T for a in features], moves) / snr)
        new, spread = _estimated(learning, snr, fields)
    return (1 - damping) * new + damping * x, moves, spread


def _looked(learning: Learning, truth: np.ndarray, snr: float, generators: list) -> tuple:
    """E[x | √s x + z] and its variance."""
    if snr == np.inf:
        return truth.copy(), np.full(len(truth), _INFORMED * learning.square)
    if snr == 0:
        spread = learning.square - learning.mean**2
        return np.full(truth.shape, learning.mean), np.full(len(truth), spread)
    noise = np.stack([g.standard_normal(truth.shape[1]) for g in generators])
    return _estimated(learning, np.full((len(truth), 1), snr), np.sqrt(snr) * truth + noise)


def _estimated(learning: Learning, snr: np.ndarray, y: np.ndarray) -> tuple:
    """E[x | y], and the mean of Var(x | y), the slope of it over √s."""
    step = _APART / np.sqrt(1 + snr * learning.square)
    values, slopes = _with_slope(lambda at: on_arrays(learning.estimate, snr, at), y, step)
    return values, (slopes / np.sqrt(snr)).mean(axis=1)


def _with_slope(function, at: np.ndarray, step: np.ndarray) -> tuple:
    up, down = (function(at + sign * step) for sign in (1, -1))
    return (up + down) / 2, (up - down) / (2 * step)


def _each(matrices: list, vectors: np.ndarray) -> np.ndarray:
    return np.stack([m @ v for m, v in zip(matrices, vectors, strict=True)])


def compared(found: Passed, truths: list, symmetric: bool) -> tuple:
    """Overlaps and errors, and overlaps of all steps; up to a sign where it cannot be known."""
    truth = np.stack(truths)
    overlap, history = np.mean(found.estimates * truth, axis=1), found.overlaps
    squares = np.mean(found.estimates**2 + truth**2, axis=1)
    if symmetric:
        overlap, history = abs(overlap), abs(history)
    return overlap, squares - 2 * overlap, history
