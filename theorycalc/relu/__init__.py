"""Polynomials as two-layer networks: integral representations, their constants and norms."""

from theorycalc.core.calls import tell_calls
from theorycalc.relu._represent import represent
from theorycalc.relu.constants import funk_hecke, gaussian_bias_constant, power_eigenvalue
from theorycalc.relu.norms import (
    f2_norm_squared,
    fischer_norm_squared,
    r_norm,
    spectral_barron,
    wick,
)
from theorycalc.relu.representation import Representation

__all__ = [
    "Representation",
    "f2_norm_squared",
    "fischer_norm_squared",
    "funk_hecke",
    "gaussian_bias_constant",
    "power_eigenvalue",
    "r_norm",
    "represent",
    "spectral_barron",
    "wick",
]


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
