"""Independent replicas as arrays, and the standard error of their mean."""

import numpy as np

from theorycalc.core.arrays import real_array
from theorycalc.core.errors import DomainError, explain

# An error of a standard error takes a second degree of freedom.
_FEWEST = 3
# A spread of a few units in the last place is rounding.
_ROUNDING = 4 * np.finfo(float).eps


def read_samples(samples, dimensions: int) -> np.ndarray:
    """Finite samples of at least two replicas, one along the first axis."""
    array = real_array(samples, "samples")
    if array.ndim != dimensions or len(array) < 2 or not array.size:
        raise DomainError(
            explain(
                "not a sample",
                got=f"shape {array.shape}",
                allowed=f"finite, {dimensions}-dimensional, at least two replicas",
            )
        )
    return array


def read_replicas(samples) -> np.ndarray:
    """Numbers of at least three replicas that differ, up to rounding: they have a standard error.

    Raises
    ------
    DomainError
        For no sample, one that is too small, or one without spread.
    """
    array = read_samples(samples, dimensions=1)
    if len(array) < _FEWEST:
        what, allowed = "too few replicas for an interval", f"at least {_FEWEST}"
        raise DomainError(explain(what, got=len(array), allowed=allowed, hint="more seeds"))
    refuse_equal(array)
    return array


def refuse_equal(array: np.ndarray, size: float | None = None) -> None:
    """Refuse replicas whose spread is rounding: that of numbers of this size, or of their own."""
    size = np.abs(array).max() if size is None else size
    if np.ptp(array, axis=0).max() <= _ROUNDING * size:
        raise DomainError(
            explain(
                "replicas without spread have no standard error",
                got=f"{len(array)} of them, all equal",
                allowed="independent replicas, each with a seed of its own",
                hint="if it is the same for all seeds, abs(value - prediction) <= tolerance",
            )
        )


def standard_error(samples: np.ndarray) -> float:
    """Sd/√R of the mean, for samples that are not all equal."""
    centred = samples - samples.mean()
    # no square leaves the range of doubles
    size = np.abs(centred).max()
    return float(size * ((centred / size).std(ddof=1) / np.sqrt(samples.size)))
