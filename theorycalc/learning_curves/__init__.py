"""Learning curves: test errors against sample size, ridge and training time."""

from theorycalc.core.calls import tell_calls
from theorycalc.learning_curves.feature_regression import RandomFeatures, random_features
from theorycalc.learning_curves.from_residuals import cross_validation
from theorycalc.learning_curves.kernel_regression import KernelRegression, kernel
from theorycalc.learning_curves.kernel_spectrum import Spectrum
from theorycalc.learning_curves.linear_networks import GradientFlow, gradient_flow
from theorycalc.learning_curves.peaks import Peak, peak
from theorycalc.learning_curves.power_laws import PowerLawCurve, power_law
from theorycalc.learning_curves.ridge_regression import Ridge, optimal_ridge_claim, ridge

__all__ = [
    "GradientFlow",
    "KernelRegression",
    "Peak",
    "PowerLawCurve",
    "RandomFeatures",
    "Ridge",
    "Spectrum",
    "cross_validation",
    "gradient_flow",
    "kernel",
    "optimal_ridge_claim",
    "peak",
    "power_law",
    "random_features",
    "ridge",
]


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
