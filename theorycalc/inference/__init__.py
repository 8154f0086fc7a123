"""What learning from n = αd samples achieves: channels, overlaps, thresholds, capacities."""

from theorycalc.core.calls import tell_calls
from theorycalc.inference.capacities import capacity, storage_entropy
from theorycalc.inference.channels import output, prior
from theorycalc.inference.densities import Density, Laplace
from theorycalc.inference.glasses import (
    SK,
    rem_critical_beta,
    sk_ground_energy,
    sk_instability_field,
)
from theorycalc.inference.learning import Bayes, FixedPoint, Spinodal, bayes
from theorycalc.inference.likelihoods import Likelihood
from theorycalc.inference.losses import Loss, loss
from theorycalc.inference.memories import Hopfield
from theorycalc.inference.messages import Messages, message_passing
from theorycalc.inference.minimisers import separability
from theorycalc.inference.mixtures import Mixture
from theorycalc.inference.outputs import Output
from theorycalc.inference.phases import PhaseDiagram
from theorycalc.inference.potential import franz_parisi
from theorycalc.inference.priors import Prior
from theorycalc.inference.quadratic import QuadraticNetwork
from theorycalc.inference.risk import Erm, erm
from theorycalc.inference.sparse import Lasso, lasso, sparse_recovery

__all__ = [
    "SK",
    "Bayes",
    "Density",
    "Erm",
    "FixedPoint",
    "Hopfield",
    "Laplace",
    "Lasso",
    "Likelihood",
    "Loss",
    "Messages",
    "Mixture",
    "Output",
    "PhaseDiagram",
    "Prior",
    "QuadraticNetwork",
    "Spinodal",
    "bayes",
    "capacity",
    "erm",
    "franz_parisi",
    "lasso",
    "loss",
    "message_passing",
    "output",
    "prior",
    "rem_critical_beta",
    "separability",
    "sk_ground_energy",
    "sk_instability_field",
    "sparse_recovery",
    "storage_entropy",
]


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
