"""What is best, certified: minimax polynomials and their errors."""

from theorycalc.core.calls import tell_calls
from theorycalc.optimal.polynomials import BestPolynomial, minimal_degree, polynomial

__all__ = ["BestPolynomial", "minimal_degree", "polynomial"]


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
