"""Integrals over the line in doubles, for arrays of parameters."""

import numpy as np

from theorycalc.core.arithmetic.array_context import ArrayContext
from theorycalc.core.integration.gauss import on_panels, panel_ends
from theorycalc.inference.solving.arrays import on_arrays

# Where an integrand may have its mass: points whose distances grow away from 0.
_NEAREST, _FARTHEST = 1e-4, 1200.0
_PLACES = _NEAREST * np.sinh(np.linspace(-1, 1, 361) * np.arcsinh(_FARTHEST / _NEAREST))
# What is this much smaller than the largest value is left out.
_NEGLIGIBLE = 1e-22
_PANELS = 6
_NODES = (20, 28)
_HALVINGS = 9
_AGREE = 3e-15
# Function values, and rows, that are computed at once: those of a block share their panels.
_BLOCK, _ROWS = 1_000_000, 64
# What underflows is not nothing.
_EPS, _TINY = np.finfo(float).eps, np.finfo(float).tiny


def integral(body, bound, kinks: tuple, *parameters) -> tuple[np.ndarray, np.ndarray]:
    """(values, errors) of ∫ f(x, *parameters) dx, element by element."""
    arrays = np.broadcast_arrays(*(np.asarray(x, dtype=float) for x in parameters))
    shape = arrays[0].shape if arrays else ()
    rows = [x.reshape(-1, 1) for x in arrays]
    count = rows[0].shape[0] if rows else 1
    values, errors = np.empty(count), np.empty(count)
    step = max(_ROWS, count // _ROWS)
    for start in range(0, count, step):
        part = slice(start, min(start + step, count))
        found = _block(body, kinks, [x[part] for x in rows], part.stop - part.start)
        values[part], errors[part] = found
    return values.reshape(shape), errors.reshape(shape)


def _block(body, kinks: tuple, rows: list, count: int) -> tuple[np.ndarray, np.ndarray]:
    low, high = _window(body, rows)
    points = _points(kinks, rows, count)
    values, errors = np.zeros(count), np.zeros(count)
    left = np.arange(count)
    for halving in range(_HALVINGS):
        regular = np.linspace(low, high, (_PANELS << halving) + 1)
        part = [x[left] for x in rows]
        step = max(1, _BLOCK // (regular.size * sum(_NODES)))
        found = [
            _rules(body, [x[i : i + step] for x in part], regular, points[left[i : i + step]])
            for i in range(0, left.size, step)
        ]
        coarse, fine, size, inside = map(np.concatenate, zip(*found, strict=True))
        gap, rounding = abs(fine - coarse), _EPS * len(body.steps) * size
        values[left], errors[left] = fine, gap + rounding + inside + _TINY
        left = left[~(gap <= np.maximum(_AGREE * size, inside))]
        if not left.size or (halving and np.isnan(fine).all()):
            break
    return values, errors


def _window(body, rows: list) -> tuple[float, float]:
    """Ends between which all of the integrands are not negligible."""
    sizes = abs(_values(body, rows, _PLACES[None, :])[0])
    sizes = np.where(np.isfinite(sizes), sizes, 0.0)
    largest = sizes.max(axis=1, keepdims=True)
    seen = np.flatnonzero((sizes > _NEGLIGIBLE * largest).any(axis=0))
    if not seen.size:
        return -1.0, 1.0
    return _PLACES[max(seen[0] - 1, 0)], _PLACES[min(seen[-1] + 1, _PLACES.size - 1)]


def _points(kinks: tuple, rows: list, count: int) -> np.ndarray:
    """The kinks of every row."""
    firsts = [x[:, 0] for x in rows]
    columns = [np.broadcast_to(on_arrays(kink, *firsts), count) for kink in kinks]
    return np.stack(columns, axis=-1) if columns else np.empty((count, 0))


def _rules(body, rows: list, regular: np.ndarray, points: np.ndarray) -> tuple:
    """Two rules on the same panels, the sum of the sizes of the terms, and that of their errors."""
    ends = panel_ends(regular, points) if points.shape[-1] else regular[None, :]
    sums = []
    for size in _NODES:
        x, weights = on_panels(ends, size)
        values, doubts = _values(body, rows, x)
        sums.append((values * weights).sum(axis=-1))
    sums += [(abs(values) * weights).sum(axis=-1), (doubts * weights).sum(axis=-1)]
    count = rows[0].shape[0] if rows else 1
    return tuple(np.broadcast_to(total, count) for total in sums)


class _Doubts(ArrayContext):
    """Doubles that keep the errors of the functions in a program, for a second run that has them.

    Of functions of functions it sees the errors of each.
    """

    def __init__(self):
        super().__init__()
        self.pairs: list = []
        self.again = False

    def special(self, call, *args):
        if call.function.double is None:
            return super().special(call, *args)
        if self.again:
            values, errors = self.pairs.pop(0)
            return values + errors
        self.pairs.append(call.in_double(*args))
        return self.pairs[-1][0]


def _values(body, rows: list, x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Of the integrand, and what they move by the errors of other integrals in it."""
    shape = np.broadcast_shapes(x.shape, *(row.shape for row in rows))
    values, doubts = with_doubts(body, [x, *rows])
    return np.broadcast_to(values, shape), np.broadcast_to(doubts, shape)


def with_doubts(body, inputs: list) -> tuple[np.ndarray, np.ndarray]:
    """(values, what they move by the errors of the functions in it) of a program of arrays."""
    doubles = _Doubts()
    with np.errstate(all="ignore"):
        values = np.asarray(body.run(doubles, inputs))
        if not doubles.pairs:
            return values, np.zeros_like(values)
        doubles.again = True
        return values, abs(np.asarray(body.run(doubles, inputs)) - values)
