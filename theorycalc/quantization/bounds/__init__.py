"""What any quantiser of n points can reach: lower bounds, and what the best one tends to."""

from theorycalc.core.calls import tell_calls
from theorycalc.quantization.bounds.lower import (
    ball,
    claims,
    rate_distortion,
    shannon,
    zador_lower,
    zador_upper,
)

__all__ = ["ball", "claims", "rate_distortion", "shannon", "zador_lower", "zador_upper"]


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
