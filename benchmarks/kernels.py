"""Kernel matrices, against the textbook recursion in NumPy and against neural-tangents.

usage: kernels.py [INPUTS …]    (numbers of inputs, 1000 and 4000 if absent)

neural-tangents runs in its own process, by the interpreter that THEORYCALC_NT_PYTHON names. All
times are those of the processor.
"""

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import sympy
from _timing import best, compare, costs, keep, seconds_text
from rich.console import Console
from rich.table import Table

import theorycalc as tc

N, D, DEPTH = 1500, 64, 3
NETWORK = tc.kernels.mlp(DEPTH, "relu", sigma_w=sympy.sqrt(2), sigma_b="0.1")
X = np.random.default_rng(0).standard_normal((N, D))
# neighbours: what a data set with duplicates or augmentations has
X[1::2] = X[::2] + 1e-9 * np.random.default_rng(1).standard_normal((N // 2, D))
PAIRS = [(0, 1), (2, 3), (10, 11), (0, 2), (5, 700)]


def naive():
    """Jacot, Gabriel and Hongler's recursion, layer by layer on whole matrices."""
    q = 2 * X @ X.T / D + 0.01
    theta = q
    for _ in range(DEPTH):
        norms = np.sqrt(np.diag(q))
        scale = np.outer(norms, norms)
        cosine = np.clip(q / scale, -1, 1)
        angle = np.arccos(cosine)
        q = scale * (np.sqrt(1 - cosine**2) + cosine * (np.pi - angle)) / np.pi + 0.01
        theta = q + theta * (np.pi - angle) / np.pi
    return theta


def exact_entries():
    rows = [[sympy.Rational(float(v)) for v in row] for row in X]
    for i, j in PAIRS:
        q11, q12, q22 = (
            sum(a * b for a, b in zip(rows[a], rows[b], strict=True)) / D
            for a, b in ((i, i), (i, j), (j, j))
        )
        yield float(NETWORK.ntk_general.at(q11=q11, q12=q12, q22=q22, using=tc.Ball(20)))


EXACT = list(exact_entries())


def worst(matrix):
    errors = [abs(matrix[p] - e) / abs(e) for p, e in zip(PAIRS, EXACT, strict=True)]
    return f"largest relative error {max(errors):.1e}"


PEER = os.environ.get("THEORYCALC_NT_PYTHON")
PEER_SCRIPT = Path(__file__).with_name("_neural_tangents_peer.py")
CASES = [("relu", 3), ("relu", 10), ("erf", 3), ("gelu", 3)]
SIZES, LARGE, DIMENSION = (1000, 4000), 16000, 100


def network(activation, depth):
    """The networks of _neural_tangents_peer.py."""
    if activation == "relu":
        return tc.kernels.mlp(depth, "relu")
    return tc.kernels.mlp(depth, activation, sigma_w="1.5", sigma_b="0.1")


def dual_on_matrices(activation, q, a, b):
    """(K, K') as the textbook has them."""
    if activation == "relu":
        scale = np.sqrt(a * b)
        cosine = np.clip(q / scale, -1, 1)
        turn = np.pi - np.arccos(cosine)
        return scale * (np.sqrt(1 - cosine**2) + cosine * turn) / (2 * np.pi), turn / (2 * np.pi)
    if activation == "erf":
        d = (1 + 2 * a) * (1 + 2 * b)
        return 2 / np.pi * np.arcsin(2 * q / np.sqrt(d)), 4 / np.pi / np.sqrt(d - 4 * q * q)
    d = (1 + a) * (1 + b)
    e, arc = d - q * q, np.arcsin(q / np.sqrt(d))
    bent = (q * q + a * b * e) / (d * np.sqrt(e)) + q * arc
    slope = arc + q / np.sqrt(e) * (1 + (1 - a * b) / d + 1 / e)
    return q / 4 + bent / (2 * np.pi), 0.25 + slope / (2 * np.pi)


def textbook(activation, depth, x):
    """Both kernels, layer by layer on whole matrices."""
    first, weight, bias = (1, 2, 0) if activation == "relu" else (2.25, 2.25, 0.01)
    q = first * x @ x.T / x.shape[1] + bias
    theta = q
    for _ in range(depth):
        own = np.diag(q)
        covariance, slope = dual_on_matrices(activation, q, own[:, None], own)
        q = weight * covariance + bias
        theta = q + weight * slope * theta
    return q, theta


def exact_corner(activation, depth, x):
    """Both kernels of a few pairs, exactly: {(i, j): (Σ, Θ)}."""
    net, rows = network(activation, depth), [[sympy.Rational(float(v)) for v in r] for r in x[:3]]
    gram = [[sum(p * q for p, q in zip(a, b, strict=True)) / len(a) for b in rows] for a in rows]
    values = {}
    for i, j in ((0, 0), (0, 1), (1, 2)):
        q = {"q11": gram[i][i], "q12": gram[i][j], "q22": gram[j][j], "using": tc.MP(30)}
        values[i, j] = float(net.nngp_general.at(**q)), float(net.ntk_general.at(**q))
    return values


def digits(kernels, exact):
    """How many digits of these entries are right, at least."""
    errors = [
        abs(kernel[pair] / value - 1)
        for pair, values in exact.items()
        for kernel, value in zip(kernels, values, strict=True)
    ]
    return f"{-np.log10(max(*errors, 1e-16)):.1f}"


def peer(activation, depth, n):
    """(what it reports, kernels of the first inputs) of neural-tangents."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "corner.npz"
        arguments = [PEER, PEER_SCRIPT, activation, depth, n, DIMENSION, out]
        found = subprocess.run(
            list(map(str, arguments)), capture_output=True, check=True, text=True
        )
        report = json.loads(found.stdout.splitlines()[-1])
        with np.load(out) as corner:
            return report, (corner["nngp"], corner["ntk"])


def megabytes():
    """The most memory this process has used."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def inputs(n):
    return np.random.default_rng(0).standard_normal((n, DIMENSION))


def race(activation, depth, n):
    """Ours, the textbook and neural-tangents; ours first, while the memory of others is unused."""
    x = inputs(n)
    net, exact = network(activation, depth), exact_corner(activation, depth, x)
    note, peak = digits(net.matrices(x), exact), megabytes()
    rows = [("theorycalc", timed(lambda: net.matrices(x)), f"{note} digits, {peak:.0f} MB")]
    if n < LARGE:
        note = digits(textbook(activation, depth, x), exact)
        rows.append(("NumPy", timed(lambda: textbook(activation, depth, x)), f"{note} digits"))
    if PEER:
        report, kernels = peer(activation, depth, n)
        note = f"{digits(kernels, exact)} digits, {report['megabytes']:.0f} MB"
        note += f", first call {report['first']:.1f} s"
        rows.append((f"neural-tangents {report['version']}", report["best"], note))
    title = f"NNGP and NTK: {activation}, {depth} layers, {n} inputs, d = {DIMENSION}"
    table = Table("", "time", "× ours", "", title=title, box=None)
    for way, seconds, note in rows:
        table.add_row(way, seconds_text(seconds), f"{seconds / rows[0][1]:.1f}", note)
    Console(width=120).print(table, "")
    names = ("way", "seconds", "note")
    keep({"title": title, "rows": [dict(zip(names, row, strict=True)) for row in rows]})


def timed(function):
    return best(function, rounds=3, timer=time.process_time)


def growth():
    """Matrices of more and more inputs: the pairs grow as the square."""

    def ours(n):
        x, net = inputs(n), network("relu", DEPTH)
        return lambda: net.matrices(x)

    def with_numpy(n):
        x = inputs(n)
        return lambda: textbook("relu", DEPTH, x)

    costs(
        f"NNGP and NTK: relu, {DEPTH} layers, d = {DIMENSION}",
        "inputs",
        (30, 100, 300, 1000, 3000),
        {"matrices": ours, "NumPy, textbook recursion": with_numpy},
    )


if __name__ == "__main__":
    NETWORK.ntk_matrix(X[:4])  # compiled once, kept on disk
    compare(
        f"tangent kernel of {N} inputs, d = {D}, {DEPTH} hidden ReLU layers",
        {"ntk_matrix": lambda: NETWORK.ntk_matrix(X), "NumPy, textbook recursion": naive},
        worst,
    )
    sizes = [int(word) for word in sys.argv[1:] if word.isdigit()] or SIZES
    for n in sizes:
        for activation, depth in CASES:
            race(activation, depth, n)
    growth()
