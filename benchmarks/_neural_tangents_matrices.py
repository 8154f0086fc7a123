"""Writes tests/data/neural_tangents.json; run by an interpreter that has neural-tangents.

usage: _neural_tangents_matrices.py > neural_tangents.json
"""

import json
import sys

import jax
import neural_tangents
import numpy as np
from neural_tangents import stax

jax.config.update("jax_platforms", "cpu")
jax.config.update("jax_enable_x64", True)

DENSE, READOUT = ["dense", 1.3, 0.2], ["dense", 1.5, 0.1]
FLAT = [["flatten"], READOUT]
POOLED = [["global_average_pool"], READOUT]


def conv(size, padding, stride=1):
    return ["conv", size, padding, stride, 1.4, 0.3]


def block(activation, *, norm=False):
    return [*([["layer_norm"]] if norm else []), ["activation", activation], conv(3, "same")]


# Every layer is a list of its name and its numbers; affine layers end with σ_w, σ_b.
VECTORS = {
    "relu": [DENSE, ["activation", "relu"], DENSE, ["activation", "relu"], READOUT],
    "erf": [DENSE, ["activation", "erf"], DENSE, ["activation", "erf"], READOUT],
    "gelu": [DENSE, ["activation", "gelu"], DENSE, ["activation", "gelu"], READOUT],
    "sin": [DENSE, ["activation", "sin"], DENSE, ["activation", "sin"], READOUT],
    "residual": [DENSE, ["sum", [], [["activation", "relu"], DENSE]], READOUT],
    "parallel": [
        DENSE,
        ["sum", [["activation", "relu"], DENSE], [["activation", "erf"], DENSE]],
        READOUT,
    ],
    "layer_norm": [DENSE, ["layer_norm"], ["activation", "relu"], READOUT],
}
IMAGES = {
    "circular, flat": [conv(3, "circular"), ["activation", "relu"], *FLAT],
    "same, pooled": [conv(3, "same"), ["activation", "erf"], conv(3, "same"), *POOLED],
    "valid": [conv(3, "valid"), ["activation", "relu"], conv(2, "valid"), *FLAT],
    "same, stride 2": [conv(3, "same", 2), ["activation", "relu"], *FLAT],
    "circular, stride 2": [conv(4, "circular", 3), ["activation", "relu"], *FLAT],
    "average pooling": [
        conv(3, "same"),
        ["activation", "relu"],
        ["average_pool", 3, "same", 2],
        *FLAT,
    ],
    "wide residual": [
        conv(3, "same"),
        ["sum", [], [*block("relu"), *block("relu")]],
        ["sum", [conv(1, "same", 2)], [["activation", "relu"], conv(3, "same", 2), *block("relu")]],
        ["activation", "relu"],
        *POOLED,
    ],
}
ACTIVATIONS = {"relu": stax.Relu, "erf": stax.Erf, "gelu": stax.Gelu, "sin": stax.Sin}


def layer(name, *numbers):
    match name:
        case "dense":
            w, b = numbers
            return stax.Dense(1, W_std=w, b_std=b, parameterization="ntk")
        case "conv":
            size, padding, stride, w, b = numbers
            shape, strides = (size, size), (stride, stride)
            padding = padding.upper()
            return stax.Conv(1, shape, strides, padding, W_std=w, b_std=b, parameterization="ntk")
        case "average_pool":
            size, padding, stride = numbers
            return stax.AvgPool((size, size), (stride, stride), padding.upper())
        case "activation":
            return ACTIVATIONS[numbers[0]]()
        case "sum":
            branches = [network(b) if b else stax.Identity() for b in numbers]
            return stax.serial(
                stax.FanOut(len(branches)), stax.parallel(*branches), stax.FanInSum()
            )
        case "layer_norm":
            return stax.LayerNorm()
        case "flatten":
            return stax.Flatten()
        case "global_average_pool":
            return stax.GlobalAvgPool()


def network(layers):
    return stax.serial(*(layer(*x) for x in layers))


def main():
    rng = np.random.default_rng(0)
    inputs = {
        "vectors": np.round(rng.standard_normal((4, 5)), 3),
        "images": np.round(rng.standard_normal((3, 6, 6, 2)), 3),
    }
    cases = []
    for kind, networks in (("vectors", VECTORS), ("images", IMAGES)):
        for name, layers in networks.items():
            kernels = network(layers)[2](inputs[kind], None, ("nngp", "ntk"))
            matrices = {key: np.asarray(getattr(kernels, key)).tolist() for key in ("nngp", "ntk")}
            cases.append({"name": name, "inputs": kind, "layers": layers, **matrices})
    source = (
        f"neural-tangents {neural_tangents.__version__}, JAX {jax.__version__}, NumPy"
        f" {np.__version__}, float64 on CPU; written by benchmarks/_neural_tangents_matrices.py"
    )
    data = {"source": source, "inputs": {k: v.tolist() for k, v in inputs.items()}, "cases": cases}
    json.dump(data, sys.stdout, indent=1)


if __name__ == "__main__":
    main()
