"""Formulas, claims and theories looked at with sliders, in a notebook.

A subject is what is looked at: it has curves, a certified value at a point, its LaTeX and its code.
The panel moves a point through the spans of its arguments, and shows them.
"""

from theorycalc.core.calls import tell_calls
from theorycalc.explorer.face import explore
from theorycalc.explorer.panel import Explorer

__all__ = ["Explorer", "explore"]


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
