"""The error of denoising a Wishart matrix in doubles, from the cubic of its spectrum.

Of S + √D GOE, with S of the law of Marchenko and Pastur of ratio y, the Stieltjes transform solves
x = 1/g + 1/(1 − y g) + D g; where x has a derivative of 0 is an edge of the spectrum.
"""

import numpy as np

from theorycalc.core.errors import PrecisionError, explain

_NODES, _MOST_NODES = 64, 1 << 15
_EPS = np.finfo(float).eps
# Two rules that agree up to here are of the same accuracy.
_AGREE = 4e-15


def error(kappa, noise) -> tuple[np.ndarray, np.ndarray]:
    """(values, errors) of the mean-square error, element by element."""
    kappa, noise = np.broadcast_arrays(np.asarray(kappa, float), np.asarray(noise, float))
    pairs = [_error(1 / k, d) for k, d in zip(kappa.ravel(), noise.ravel(), strict=True)]
    values, errors = np.array(pairs).reshape(-1, 2).T
    return values.reshape(kappa.shape), errors.reshape(kappa.shape)


def _error(y: float, noise: float) -> tuple[float, float]:
    before, nodes = np.inf, _NODES
    while nodes <= _MOST_NODES:
        cube = noise * sum(_of_cube(y, noise, *pair, nodes) for pair in intervals(y, noise))
        gap = abs(cube - before)
        if gap <= _AGREE:
            # the cube of a density has three times its rounding
            return noise * (1 - cube), noise * (gap + 16 * _EPS)
        before, nodes = cube, 2 * nodes
    raise PrecisionError(explain("the density next to a gap that closes", got=f"{nodes} nodes"))


def intervals(y: float, noise: float) -> list[tuple[float, float]]:
    """Where the spectrum is."""
    found = np.roots([y * y * noise, -2 * y * noise, noise + y - y * y, 2 * y, -1])
    g = np.sort(found[abs(found.imag) <= 1e-9 * abs(found)].real)
    edges = np.sort(1 / g + 1 / (1 - y * g) + noise * g)
    return list(zip(edges[::2], edges[1::2], strict=True))


def cubic(y, noise, x) -> tuple:
    """The coefficients of the cubic for g, from that of g³ down."""
    return y * noise, -(noise + y * x), x + y - 1, -1


def roots(y: float, noise: float, x: np.ndarray) -> np.ndarray:
    """g in the upper half-plane at points inside."""
    lead, *rest = cubic(y, noise, x)
    companion = np.zeros((x.size, 3, 3), dtype=complex)
    companion[:, 1, 0] = companion[:, 2, 1] = 1
    for k, coefficient in enumerate(rest):
        companion[:, 2 - k, 2] = -coefficient / lead
    found = np.linalg.eigvals(companion)
    g = found[np.arange(x.size), found.imag.argmax(axis=1)]
    a, b, c, d = cubic(y, noise, x)
    for _ in range(2):
        g = g - (((a * g + b) * g + c) * g + d) / ((3 * a * g + 2 * b) * g + c)
    return g


def _of_cube(y: float, noise: float, low: float, high: float, nodes: int) -> float:
    """(4π²/3) ∫ ρ³ over an interval: in the angle of x all derivatives at the ends match."""
    angle = np.pi * (np.arange(nodes) + 0.5) / nodes
    half = (high - low) / 2
    density = roots(y, noise, (low + high) / 2 + half * np.cos(angle)).imag / np.pi
    return 4 * np.pi**3 / 3 * half * float(np.mean(density**3 * np.sin(angle)))
