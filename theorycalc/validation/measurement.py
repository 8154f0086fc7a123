"""What independent replicas say of a quantity: its mean, or its variance, with a standard error."""

from dataclasses import dataclass

import numpy as np

from theorycalc.core.arrays import real_array, within_doubles
from theorycalc.core.errors import DomainError, explain
from theorycalc.core.looks import Shown
from theorycalc.core.records import LARGEST, check_fields, check_range


@dataclass(frozen=True)
class Measurement(Shown):
    """A sample mean and its standard error.

    One replica is one independent observation: one trained network, one data set. Averages over
    test points or steps inside a replica come before. ``replicas`` is None where the standard error
    is known rather than estimated from them.
    """

    mean: float
    standard_error: float
    replicas: int | None

    def __post_init__(self):
        check_fields(self)
        check_range(self, -LARGEST, LARGEST, "mean")
        check_range(self, 0, LARGEST, "standard_error")
        if self.replicas is not None:
            check_range(self, 2, np.inf, "replicas")

    @classmethod
    @within_doubles("samples")
    def of(cls, samples) -> "Measurement":
        """The mean of independent replicas, with standard error sd/√R.

        Examples
        --------
        >>> Measurement.of([1.0, 2.0, 3.0])
        Measurement(mean=2.0, standard_error=0.577..., replicas=3)
        """
        samples = read_samples(samples, dimensions=1)
        error = samples.std(ddof=1) / np.sqrt(samples.size)
        return cls(float(samples.mean()), float(error), samples.size)

    @classmethod
    @within_doubles("samples")
    def of_variance(cls, samples) -> "Measurement":
        """The variance of independent replicas; its error uses their fourth moment."""
        samples = read_samples(samples, dimensions=1)
        n, centred = samples.size, samples - samples.mean()
        variance = centred.var(ddof=1)
        # Var(s²) = (μ₄ − s⁴ (n−3)/(n−1))/n
        error = np.sqrt(max(np.mean(centred**4) - variance**2 * (n - 3) / (n - 1), 0.0) / n)
        return cls(float(variance), float(error), n)


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
