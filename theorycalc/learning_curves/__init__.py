"""Learning curves: test errors against sample size, ridge and training time."""

from theorycalc.core.calls import tell_calls
from theorycalc.learning_curves.ridge_regression import Ridge, optimal_ridge_claim, ridge

__all__ = ["Ridge", "optimal_ridge_claim", "ridge"]


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
