"""Spherically symmetric laws on R^d: moments in closed form, one coordinate, samples."""

from theorycalc.core.calls import tell_calls
from theorycalc.distributions.families import Gaussian, StudentT
from theorycalc.distributions.moments import Moments
from theorycalc.distributions.radial import Radial
from theorycalc.distributions.uniform import UniformBall, UniformSphere

__all__ = ["Gaussian", "Moments", "Radial", "StudentT", "UniformBall", "UniformSphere"]


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
