"""Kernels of infinitely wide networks: dual activations, NNGP and NTK.

Normalisation: NTK parameterisation, z = σ_w W φ/√n + σ_b b with standard normal entries; kernels in
``rho`` are for inputs with x·x/d = 1, general ones for (q11, q12, q22) = entries of x·x'/d.
"""

from theorycalc.kernels import predict
from theorycalc.kernels.duals import (
    arc_cosine,
    dual,
    dual_derivative,
    dual_derivative_general,
    dual_general,
)
from theorycalc.kernels.mlp import MLP, mlp

__all__ = [
    "MLP",
    "arc_cosine",
    "dual",
    "dual_derivative",
    "dual_derivative_general",
    "dual_general",
    "mlp",
    "predict",
]
