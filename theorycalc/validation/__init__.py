"""Predictions held against experiments: data, ensembles of trained networks, statistics."""

from theorycalc.core.calls import tell_calls
from theorycalc.validation import plots
from theorycalc.validation.compared import compare, compare_exponent, compare_means
from theorycalc.validation.comparison import Comparison
from theorycalc.validation.data import Dataset, digits, sphere_points
from theorycalc.validation.ensembles import Ensemble, sample_kernels, train_ensemble
from theorycalc.validation.experiment import (
    Agreement,
    Experiment,
    Figure,
    Report,
    Validation,
    judge,
    validate,
)
from theorycalc.validation.heavy_tails import Tails, tails
from theorycalc.validation.measurement import Measurement
from theorycalc.validation.scaling_laws import FiniteSizeLaw, PowerLaw, fit_exponent
from theorycalc.validation.statistics import mean_test, threshold

__all__ = [
    "Agreement",
    "Comparison",
    "Dataset",
    "Ensemble",
    "Experiment",
    "Figure",
    "FiniteSizeLaw",
    "Measurement",
    "PowerLaw",
    "Report",
    "Tails",
    "Validation",
    "compare",
    "compare_exponent",
    "compare_means",
    "digits",
    "fit_exponent",
    "judge",
    "mean_test",
    "plots",
    "sample_kernels",
    "sphere_points",
    "tails",
    "threshold",
    "train_ensemble",
    "validate",
]


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
