"""Independent replicas as arrays, and the standard error of their mean."""

import numpy as np

from theorycalc.core.arrays import real_array
from theorycalc.core.errors import DomainError, explain


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


def standard_error(samples: np.ndarray) -> float:
    """Sd/√R of the mean."""
    return float(samples.std(ddof=1) / np.sqrt(samples.size))
