"""Divergences and what they bound: coins, tails, laws, channels, Gaussian networks."""

from theorycalc.core.calls import tell_calls
from theorycalc.information.binary import kl, kl_lower, kl_upper
from theorycalc.information.binomial import binomial_lower, binomial_tail, binomial_upper, xi
from theorycalc.information.channels import (
    contraction,
    dropout_contraction,
    gaussian_contraction,
    privacy_contraction,
)
from theorycalc.information.divergences import (
    chi_squared,
    divergence,
    hellinger_squared,
    total_variation,
    wasserstein,
)
from theorycalc.information.gaussian_networks import layer_information, mutual_information
from theorycalc.information.laws import Categorical, Exponential, Normal, Poisson

__all__ = [
    "Categorical",
    "Exponential",
    "Normal",
    "Poisson",
    "binomial_lower",
    "binomial_tail",
    "binomial_upper",
    "chi_squared",
    "contraction",
    "divergence",
    "dropout_contraction",
    "gaussian_contraction",
    "hellinger_squared",
    "kl",
    "kl_lower",
    "kl_upper",
    "layer_information",
    "mutual_information",
    "privacy_contraction",
    "total_variation",
    "wasserstein",
    "xi",
]


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
