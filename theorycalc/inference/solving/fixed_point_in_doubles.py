"""Fixed points of several equations in doubles."""

import numpy as np

from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.errors import PrecisionError, explain

_ROUNDS = 2000
# The iteration hands over to Newton's method when a round changes the unknowns by this.
_CLOSE = 1e-6
_NEWTON = 30
_APART = 1e-5
_EPS = np.finfo(float).eps


def solve(body, start: list[float]) -> tuple[np.ndarray, np.ndarray]:
    """The fixed point, and the inverse of the Jacobian of x − G(x)."""
    x, change, left = np.array(start), np.zeros(len(start)), np.zeros(len(start))
    for _ in range(_ROUNDS):
        step = _next(body, x) - x
        # one that goes to and fro, as ridgeless least squares does, is met by a secant on the way
        length, bend = change @ change, change @ (step - left)
        change, left = step if bend >= -length else -length / bend * step, step
        before, x = x, x + change
        if not np.isfinite(x).all():
            raise PrecisionError(explain("an iteration leaves the numbers", got=before))
        if (abs(x - before) <= _CLOSE * abs(x)).all():
            break
    else:
        raise PrecisionError(explain("an iteration does not come to rest", got=x))
    last = np.inf
    for _ in range(_NEWTON):
        if not np.isfinite(jacobian := _jacobian(body, x)).all():
            raise PrecisionError(explain("an iteration leaves the numbers", got=x))
        inverse = np.linalg.inv(np.eye(x.size) - jacobian)
        step = inverse @ (_next(body, x) - x)
        x, size = x + step, float((abs(step) / abs(x)).max())
        if size < 8 * _EPS or (size < 1e-10 and size >= last / 4):
            break
        last = size
    else:
        raise PrecisionError(explain("Newton's method does not converge", got=x))
    return x, inverse


def errors(body, x: np.ndarray, inverse: np.ndarray, doubts: list) -> np.ndarray:
    """What the unknowns may be off: the errors of the equations and what is left of them."""
    left = abs(_next(body, x) - x) + np.array(doubts) + 2 * _EPS * abs(x)
    return abs(inverse) @ left + 2 * _EPS * abs(x)


def _next(body, x: np.ndarray) -> np.ndarray:
    context = ArrayContext()
    with np.errstate(all="ignore"):
        return np.array(body.run(context, [float(xi) for xi in x]), dtype=float)


def _jacobian(body, x: np.ndarray) -> np.ndarray:
    columns = []
    for i, size in enumerate(abs(x)):
        h = np.zeros_like(x)
        h[i] = _APART * size
        columns.append((_next(body, x + h) - _next(body, x - h)) / (2 * h[i]))
    return np.stack(columns, axis=-1)
