"""Random quantisers on a sphere: mean distortion, optimal radius, largest cosine."""

from theorycalc.core.calls import tell_calls
from theorycalc.quantization import bounds, kde
from theorycalc.quantization.extremes.approximations import (
    compare_approximations,
    extreme_value_radius,
    limit_distortion,
    limit_radius,
)
from theorycalc.quantization.extremes.normal_maximum import expected_maximum
from theorycalc.quantization.extremes.norming_constants import norming_constants
from theorycalc.quantization.sphere.distortion import distortion, optimal_distortion, optimal_radius
from theorycalc.quantization.sphere.largest_cosine import (
    mean_max_cosine,
    mean_max_cosine_complement,
)

__all__ = [
    "bounds",
    "compare_approximations",
    "distortion",
    "expected_maximum",
    "extreme_value_radius",
    "kde",
    "limit_distortion",
    "limit_radius",
    "mean_max_cosine",
    "mean_max_cosine_complement",
    "norming_constants",
    "optimal_distortion",
    "optimal_radius",
]


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
