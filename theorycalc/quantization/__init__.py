"""Random quantisers on a sphere: mean distortion, optimal radius, largest cosine."""

from theorycalc.quantization import bounds, kde
from theorycalc.quantization.cosine import mean_max_cosine, mean_max_cosine_complement
from theorycalc.quantization.distortion import distortion, optimal_distortion, optimal_radius

__all__ = [
    "bounds",
    "distortion",
    "kde",
    "mean_max_cosine",
    "mean_max_cosine_complement",
    "optimal_distortion",
    "optimal_radius",
]
