"""Bounds over whole ranges: claims proved on boxes, half-lines and integers, or refuted.

A claim is split into goals (small < big), a goal in its variables is a problem, and a problem is
solved by itself or reduced to others: in other forms, in pieces, from a point on. Branch and bound
closes cells by rules that bound the margin from below; each step of a proof can be checked again.
"""

from theorycalc.bounds.face import prove
from theorycalc.bounds.proof import Proof, load
from theorycalc.bounds.searching import Found, search
from theorycalc.bounds.tight import Tightness, tightness
from theorycalc.core.calls import tell_calls

__all__ = ["Found", "Proof", "Tightness", "load", "prove", "search", "tightness"]


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
