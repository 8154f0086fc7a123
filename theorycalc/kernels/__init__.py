"""Kernels of infinitely wide networks: dual activations, NNGP and NTK of any architecture.

Normalisation: NTK parameterisation, z = σ_w W φ/√n + σ_b b with standard normal entries; kernels in
``rho`` are for inputs with x·x/d = 1, general ones for (q11, q12, q22) = entries of x·x'/d.
"""

from theorycalc.core.calls import tell_calls
from theorycalc.kernels import predict
from theorycalc.kernels.duals.formulas import (
    arc_cosine,
    dual,
    dual_derivative,
    dual_derivative_general,
    dual_general,
)
from theorycalc.kernels.layers.builders import activation, dense, layer_norm, parallel, residual
from theorycalc.kernels.layers.image_builders import (
    average_pool,
    conv1d,
    conv2d,
    flatten,
    global_average_pool,
)
from theorycalc.kernels.networks.architecture import Architecture
from theorycalc.kernels.networks.mlp import MLP, mlp
from theorycalc.kernels.networks.serial import Serial, serial
from theorycalc.kernels.networks.standard import cnn, hierarchical_cnn, resnet

__all__ = [
    "MLP",
    "Architecture",
    "Serial",
    "activation",
    "arc_cosine",
    "average_pool",
    "cnn",
    "conv1d",
    "conv2d",
    "dense",
    "dual",
    "dual_derivative",
    "dual_derivative_general",
    "dual_general",
    "flatten",
    "global_average_pool",
    "hierarchical_cnn",
    "layer_norm",
    "mlp",
    "parallel",
    "predict",
    "residual",
    "resnet",
    "serial",
]


def __dir__():
    return sorted(__all__)


tell_calls(__name__, __all__)
