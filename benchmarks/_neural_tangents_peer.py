"""Both kernels by neural-tangents, for kernels.py; run by the interpreter that has it.

usage: _neural_tangents_peer.py ACTIVATION DEPTH N D OUT.npz
"""

import importlib.metadata
import json
import resource
import sys
import time

import jax
import numpy as np
from neural_tangents import stax

ROUNDS, CORNER = 3, 40


def kernel_function(activation, depth):
    """The networks of kernels.py: normalised ReLU without biases, or (1.5, 0.1)."""
    make = {"relu": stax.Relu, "erf": stax.Erf, "gelu": stax.Gelu}[activation]
    plain = activation == "relu"
    layers = []
    for index in range(depth + 1):
        deviation = (1.0 if index == 0 else 2.0**0.5) if plain else 1.5
        bias = 0.0 if plain else 0.1
        layers += [stax.Dense(1, W_std=deviation, b_std=bias, parameterization="ntk"), make()]
    return stax.serial(*layers[:-1])[2]


def main(activation, depth, n, d, out):
    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_enable_x64", True)
    x = np.random.default_rng(0).standard_normal((int(n), int(d)))
    kernel = kernel_function(activation, int(depth))
    compute = jax.jit(lambda x: kernel(x, None, ("nngp", "ntk")))
    times = []
    for _ in range(ROUNDS + 1):
        start = time.process_time()
        kernels = jax.block_until_ready(compute(x))
        times.append(time.process_time() - start)
    nngp, ntk = (np.asarray(k[:CORNER, :CORNER]) for k in (kernels.nngp, kernels.ntk))
    np.savez(out, nngp=nngp, ntk=ntk)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    report = {"first": times[0], "best": min(times[1:]), "megabytes": megabytes}
    print(json.dumps({**report, "version": importlib.metadata.version("neural-tangents")}))


if __name__ == "__main__":
    main(*sys.argv[1:])
