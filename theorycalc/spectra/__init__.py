"""Laws of random matrices: free sums and products, edges, moments, outliers."""

from theorycalc.core.calls import tell_calls
from theorycalc.spectra._law import Law
from theorycalc.spectra.coulomb import ginibre_cumulant
from theorycalc.spectra.families import (
    Outlier,
    discrete,
    empirical,
    features,
    information_plus_noise,
    kernel_matrix,
    marchenko_pastur,
    outliers,
    projection,
    sample_covariance,
    semicircle,
)
from theorycalc.spectra.hessians import BatchHessian, batch_hessian
from theorycalc.spectra.spikes import (
    RectangularSpike,
    Spike,
    covariance_spike,
    rectangular_spike,
)

__all__ = [
    "BatchHessian",
    "Law",
    "Outlier",
    "RectangularSpike",
    "Spike",
    "batch_hessian",
    "covariance_spike",
    "discrete",
    "empirical",
    "features",
    "ginibre_cumulant",
    "information_plus_noise",
    "kernel_matrix",
    "marchenko_pastur",
    "outliers",
    "projection",
    "rectangular_spike",
    "sample_covariance",
    "semicircle",
]


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
