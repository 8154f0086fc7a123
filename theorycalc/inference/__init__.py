"""What learning from n = αd samples achieves: channels, overlaps, thresholds, capacities."""

from theorycalc.core.calls import tell_calls
from theorycalc.inference.channels import output, prior
from theorycalc.inference.densities import Density, Laplace
from theorycalc.inference.learning import Bayes, FixedPoint, Spinodal, bayes
from theorycalc.inference.outputs import Output
from theorycalc.inference.priors import Mixture, Prior

__all__ = [
    "Bayes",
    "Density",
    "FixedPoint",
    "Laplace",
    "Mixture",
    "Output",
    "Prior",
    "Spinodal",
    "bayes",
    "output",
    "prior",
]


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
