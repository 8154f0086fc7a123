"""Families of activations with duals in closed form: a file here and a place in `FAMILIES`."""

from functools import lru_cache

from theorycalc.activations import Activation
from theorycalc.kernels.duals import piecewise
from theorycalc.kernels.duals.families._family import Family, no_tangent_kernel
from theorycalc.kernels.duals.families.error_functions import Erf, Gelu
from theorycalc.kernels.duals.families.homogeneous import Homogeneous

__all__ = [
    "Erf",
    "Family",
    "Gelu",
    "Homogeneous",
    "family",
    "has_gap",
    "needs_angle",
    "no_tangent_kernel",
]

# The first one that an activation belongs to gives its duals.
FAMILIES: tuple[type[Family], ...] = (Erf, Gelu, Homogeneous)


@lru_cache(maxsize=256)
def family(activation: Activation) -> Family | None:
    """The family of an activation, or None."""
    found = (kind.of(activation) for kind in FAMILIES)
    return next((one for one in found if one is not None), None)


def needs_angle(activation: Activation) -> bool:
    """Whether the dual is a function of the angle, which magnifies what is lost near 0 and π."""
    return has_gap(activation) or (family(activation) is None and piecewise.uses_angle(activation))


def has_gap(activation: Activation) -> bool:
    """Whether variance ± K are known without cancellation."""
    found = family(activation)
    return found is not None and found.has_gap
