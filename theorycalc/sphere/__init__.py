"""Harmonic analysis on the unit sphere of R^d, under the uniform probability measure."""

from theorycalc.core.calls import tell_calls
from theorycalc.sphere.decay import asymptotics, decay_exponent
from theorycalc.sphere.eigenvalues import funk_hecke, spectrum
from theorycalc.sphere.extension import harmonic_extension
from theorycalc.sphere.fischer import decompose, fischer_inner, inner, project
from theorycalc.sphere.harmonics_on_points import all_harmonics, harmonics, zonal_sum
from theorycalc.sphere.legendre_polynomials import gegenbauer, legendre
from theorycalc.sphere.measure import coordinate_density, moment, num_harmonics, surface_area
from theorycalc.sphere.orthonormal_basis import basis

__all__ = [
    "all_harmonics",
    "asymptotics",
    "basis",
    "coordinate_density",
    "decay_exponent",
    "decompose",
    "fischer_inner",
    "funk_hecke",
    "gegenbauer",
    "harmonic_extension",
    "harmonics",
    "inner",
    "legendre",
    "moment",
    "num_harmonics",
    "project",
    "spectrum",
    "surface_area",
    "zonal_sum",
]


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
