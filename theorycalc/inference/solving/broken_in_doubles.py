"""One step of replica symmetry breaking of the SK model in doubles.

f(q₀, q₁, x) is a lower bound of the free energy for every trial value (Guerra): its maximum is
flat, and what the parameters are off counts by the square.
"""

import numpy as np

from theorycalc.core.errors import PrecisionError, explain

_EPS = np.finfo(float).eps
_REACH, _FIRST_STEP, _LEAST_STEP = 9.0, 1 / 8, 1 / 200
_APART = 1e-4


def free_energy(heat, h) -> tuple[np.ndarray, np.ndarray]:
    """(values, errors) element by element."""
    heat, h = np.broadcast_arrays(np.asarray(heat, float), np.asarray(h, float))
    pairs = [_maximum(t, field) for t, field in zip(heat.ravel(), h.ravel(), strict=True)]
    values, errors = np.array(pairs).reshape(-1, 2).T
    return values.reshape(heat.shape), errors.reshape(heat.shape)


def place(heat: float, h: float) -> np.ndarray:
    """q₀, q₁ and x at the maximum."""
    from scipy.optimize import minimize

    def loss(u: np.ndarray) -> float:
        return -trial(heat, h, *_inside(u), _FIRST_STEP)

    starts = [np.array([a, b, c]) for a in (-2.0, 0.0) for b in (-1.0, 0.5) for c in (-1.5, 0.0)]
    start = min(starts, key=loss)
    options = {"xatol": 1e-6, "fatol": 1e-15, "maxiter": 400}
    found = minimize(loss, start, method="Nelder-Mead", options=options)
    found = minimize(loss, found.x, method="Nelder-Mead", options=options)
    return np.array(_inside(found.x))


def _inside(u: np.ndarray) -> tuple[float, float, float]:
    """0 < q₀ < q₁ < 1 and 0 < x < 1 from any three numbers."""
    first, share, x = 1 / (1 + np.exp(-u))
    return first, first + (1 - first) * share, x


def trial(heat: float, h: float, first: float, second: float, x: float, step: float) -> float:
    """f by the trapezoidal rule, at analytic integrands."""
    beta = 1 / heat
    nodes = np.arange(-_REACH, _REACH + step / 2, step)
    weights = np.exp(-(nodes**2) / 2) * step / np.sqrt(2 * np.pi)
    field = beta * (h + np.sqrt(first) * nodes[:, None] + np.sqrt(second - first) * nodes)
    size = abs(field)
    logs = size + np.log1p(np.exp(-2 * size))
    top = logs.max(axis=1)
    inner = top + np.log(np.exp(x * (logs - top[:, None])) @ weights) / x
    energy = 1 - 2 * second + (1 - x) * second**2 + x * first**2
    return -beta / 4 * energy - heat * float(weights @ inner)


def _maximum(heat: float, h: float) -> tuple[float, float]:
    where = place(heat, h)
    return _refined(lambda u, step: trial(heat, h, *u, step), where, (where[1] - where[0]) / 4)


def ground_energy() -> tuple[float, float]:
    """The same for T → 0 with x = μT and q₁ → 1, over μ and q₀."""
    from scipy.optimize import minimize

    options = {"xatol": 1e-7, "fatol": 1e-15}
    found = minimize(
        lambda u: -_ground(u, _FIRST_STEP), [1.3, 0.5], method="Nelder-Mead", options=options
    )
    return _refined(_ground, found.x, _APART)


def _ground(where: np.ndarray, step: float) -> float:
    from scipy.special import log_ndtr

    mu, first = where
    nodes = np.arange(-_REACH, _REACH + step / 2, step)
    weights = np.exp(-(nodes**2) / 2) * step / np.sqrt(2 * np.pi)
    a, left = np.sqrt(first) * nodes, 1 - first
    sides = [s * mu * a + log_ndtr((s * a + mu * left) / np.sqrt(left)) for s in (1, -1)]
    return -mu / 4 * (1 - first) ** 2 - float(weights @ np.logaddexp(*sides)) / mu


def _refined(f, where: np.ndarray, widest: float) -> tuple[float, float]:
    """The value at a place by a rule that is refined, and what the place may be off."""
    step, before = _FIRST_STEP, f(where, 2 * _FIRST_STEP)
    while abs((value := f(where, step)) - before) > 16 * _EPS * abs(value) and step > _LEAST_STEP:
        before, step = value, step / 2
    missed = 0.0
    for i, size in enumerate(where):
        shift = np.zeros_like(where)
        shift[i] = min(_APART * size, widest)
        up, down = (f(where + side * shift, step) for side in (1, -1))
        bend = up - 2 * value + down
        # what a step to the top of the parabola would add
        missed += (up - down) ** 2 / abs(8 * bend) if bend else 0.0
    if not np.isfinite(value + missed):
        raise PrecisionError(explain("no maximum of a trial free energy", got=where))
    return value, abs(value - before) + missed + 64 * _EPS * abs(value)
