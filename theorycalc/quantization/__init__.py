"""Random quantisers on a sphere: mean distortion, optimal radius, largest cosine."""

from theorycalc.quantization import bounds, kde
from theorycalc.quantization.cosine import mean_max_cosine, mean_max_cosine_complement
from theorycalc.quantization.distortion import distortion, optimal_distortion, optimal_radius
from theorycalc.quantization.extreme_values import norming_constants
from theorycalc.quantization.extremes import (
    compare_approximations,
    extreme_value_radius,
    limit_distortion,
    limit_radius,
)
from theorycalc.quantization.normal_maximum import expected_maximum

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
