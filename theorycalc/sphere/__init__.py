"""Harmonic analysis on the unit sphere of R^d, under the uniform probability measure."""

from theorycalc.sphere.basis import basis
from theorycalc.sphere.decay import asymptotics, decay_exponent
from theorycalc.sphere.extension import harmonic_extension
from theorycalc.sphere.fischer import decompose, fischer_inner, inner, project
from theorycalc.sphere.harmonics import all_harmonics, harmonics, zonal_sum
from theorycalc.sphere.legendre import gegenbauer, legendre
from theorycalc.sphere.measure import coordinate_density, moment, num_harmonics, surface_area
from theorycalc.sphere.spectrum import funk_hecke, spectrum

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
