"""theorycalc: a symbolic-numeric calculator for the theory of neural networks."""

import importlib

__version__ = "0.2.0"

# Public name → module that defines it. Nothing is imported before it is used.
_HOMES = {
    "theorycalc.core.arithmetic": ("Float", "MP", "Ball"),
    "theorycalc.core.value": ("Value", "Rigor"),
    "theorycalc.core.apply": ("apply",),
    "theorycalc.core.reference": ("Reference",),
    "theorycalc.core.formula": ("Formula",),
    "theorycalc.core.verbs": ("certify", "integrate"),
    "theorycalc.activations": ("Activation",),
    "theorycalc.core.special": ("SpecialFunction",),
    "theorycalc.core.error_functions": ("erfcx", "log_erfc", "log_ndtr", "mills"),
    "theorycalc.core.functions": ("MeanValue", "bivariate_normal", "hyperu"),
    "theorycalc.core.scaled_functions": (
        "besseli_scaled",
        "besselk_scaled",
        "lowergamma_regularized",
        "uppergamma_regularized",
    ),
    "theorycalc.core.claims": ("Claim",),
    "theorycalc.core.checks": ("Check", "check", "Verdict"),
    "theorycalc.core.regions": ("integers",),
    "theorycalc.bounds": ("prove", "search", "tightness"),
    "theorycalc.core.roots": ("find_root", "minimize"),
    "theorycalc.core.integration.integral": ("Integral", "Tail"),
    "theorycalc.theories": ("Paper",),
    "theorycalc.sweeps": ("sweep",),
    "theorycalc.explorer": ("explore",),
    "theorycalc.core.errors": (
        "TheoryCalcError",
        "DomainError",
        "NotSupportedError",
        "PrecisionError",
        "CertificationError",
        "DerivationError",
        "MissingExtraError",
    ),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
_ROOMS = (
    "activations",
    "bounds",
    "distributions",
    "hermite",
    "information",
    "inference",
    "kernels",
    "learning_curves",
    "networks",
    "optimal",
    "quantization",
    "relu",
    "spectra",
    "sphere",
    "theories",
    "validation",
)

__all__ = ["__version__", *_HOME_OF, *_ROOMS]


def __getattr__(name: str):
    if name in _HOME_OF:
        home = importlib.import_module(_HOME_OF[name])
        importlib.import_module("theorycalc.core.calls").tell_calls(home.__name__, [name])
        value = getattr(home, name)
    elif name in _ROOMS:
        value = importlib.import_module(f"theorycalc.{name}")
    else:
        raise AttributeError(f"module 'theorycalc' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__():
    return sorted(__all__)
