"""Arrays of any shape for the loops of `binary_loops`."""

import numpy as np

from theorycalc.information import binary_loops


def divergence(q, p) -> tuple[np.ndarray, np.ndarray]:
    """(values, errors) of kl(q‖p)."""
    return _on_rows(binary_loops.divergences, q, p)


def inverse(q, c, *, upper: bool) -> tuple[np.ndarray, np.ndarray]:
    """(values, errors) of the p above q, or below, with kl(q‖p) = c."""
    return _on_rows(binary_loops.inverses, q, c, upper)


def _on_rows(loop, x, y, *options) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.broadcast_arrays(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
    values, errors = loop(x.ravel(), y.ravel(), *options)
    return values.reshape(x.shape), errors.reshape(x.shape)
