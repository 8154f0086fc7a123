"""Quantities over grids: cells on many cores, stores that survive a kill, labelled datasets."""

from theorycalc.sweeps.runs import sweep

__all__ = ["sweep"]


def __dir__():
    return sorted(__all__)
