"""Quantities over grids: cells on many cores, stores that survive a kill, labelled datasets."""

from theorycalc.core.calls import tell_calls
from theorycalc.sweeps.pictures import SweepPictures
from theorycalc.sweeps.runs import sweep

__all__ = ["SweepPictures", "sweep"]


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
