"""Laws of random matrices: free sums and products, edges, moments, outliers."""

from theorycalc.core.calls import tell_calls
from theorycalc.spectra._law import Law
from theorycalc.spectra.families import (
    discrete,
    empirical,
    features,
    information_plus_noise,
    kernel_matrix,
    marchenko_pastur,
    projection,
    sample_covariance,
    semicircle,
)

__all__ = [
    "Law",
    "discrete",
    "empirical",
    "features",
    "information_plus_noise",
    "kernel_matrix",
    "marchenko_pastur",
    "projection",
    "sample_covariance",
    "semicircle",
]


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
