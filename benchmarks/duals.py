"""Duals without a closed form: whole matrices in doubles, and thirty digits.

Matrices are compared with Gauss–Hermite products in NumPy, ten correlations with one.
"""

import itertools
import time
from fractions import Fraction

import numpy as np
import sympy
from _timing import compare

import theorycalc as tc
from theorycalc.activations import z
from theorycalc.kernels.duals.plane_rule import Function, expectation
from theorycalc.kernels.duals.series import SeriesDual

N, D, DEPTH = 1000, 64, 3
LARGE = 4000
RNG = np.random.default_rng(0)


def covariances(count):
    """2.25⟨x, x'⟩/d + 0.01 of inputs whose norms are all different."""
    x = RNG.standard_normal((count, D)) * RNG.uniform(0.7, 1.3, (count, 1))
    return 2.25 * x @ x.T / D + 0.01


Q12 = covariances(N)
Q = np.diag(Q12).copy()
SAMPLE = RNG.integers(N, size=(20, 2))
NAIVE_ROWS, NAIVE_NODES = 10, 25


def naive(phi, slope):
    """The first rows by a product rule, as tools with 'numerical' activations do it."""
    x, w = np.polynomial.hermite_e.hermegauss(NAIVE_NODES)
    w = np.outer(w, w) / (2 * np.pi)
    rho = Q12[:NAIVE_ROWS] / np.sqrt(np.outer(Q[:NAIVE_ROWS], Q))
    u = np.sqrt(Q[:NAIVE_ROWS, None, None, None]) * x[:, None]
    spread = np.sqrt(np.maximum(1 - rho**2, 0))
    v = rho[..., None, None] * x[:, None] + spread[..., None, None] * x
    v *= np.sqrt(Q)[:, None, None]
    return tuple(np.einsum("xy,ijxy->ij", w, f(u) * f(v)) for f in (phi, slope))


def worst(dual):
    """The largest error of both kernels at some pairs, by the adaptive quadrature in the plane.

    Relative to √(K(q1, q1) K(q2, q2)).
    """
    phi = dual.activation
    functions = ((phi, dual.second_moment(Q)), (phi.derivative, dual.slope_second_moment(Q)))

    def text(kernels):
        errors = []
        for kernel, (f, moment) in zip(kernels, functions, strict=True):
            function = Function(f, [float(kink) for kink in f.kinks])
            rows = SAMPLE % [len(kernel), N]
            for i, j in rows:
                exact, _ = expectation(function, function, Q[i], Q12[i, j], Q[j])
                errors.append(abs(kernel[i, j] - exact) / np.sqrt(moment[i] * moment[j]))
        return f"largest relative error {max(errors):.1e}"

    return text


def network(name, count):
    """Seconds for all layers."""
    dual, q12 = SeriesDual(name), covariances(count)
    start = time.perf_counter()
    for _ in range(DEPTH):
        q = np.diag(q12).copy()
        k, _ = dual.duals(q, q, q12)
        q12 = 2.25 * k + 0.01
    return time.perf_counter() - start


THIRTY_DIGITS = ("tanh", "sigmoid", "silu", "softplus", "mish", z * sympy.erf(z) + sympy.Max(0, z))
VARIANCES = ("1/1000", "1", "1000")
CORRELATIONS = ("0.3", "0.99", "0.9999999", "-0.999999999999", "1")


FRESH = itertools.count(1)


def seconds(name, q, correlations, using):
    """For duals at these correlations, at a variance of which nothing is remembered."""
    q = Fraction(q) * (1 + Fraction(next(FRESH), 10**6))
    formula = tc.kernels.dual_general(name)
    start = time.process_time()
    for rho in correlations:
        formula.at(q11=q, q12=q * Fraction(rho), q22=q, using=using)
    return time.process_time() - start


TEN = [f"0.{i}" for i in range(10)]
PARALLEL = [f"{sign}0.{9 * '9'}{i}" for sign in ("", "-") for i in (0, 3, 5, 7, 9)]


def thirty_digits():
    """Times of single duals, and of ten correlations over one of them, far from ±1 and near."""
    for name in THIRTY_DIGITS:
        for q, using in itertools.product(VARIANCES, (tc.Ball(30), tc.MP(30))):
            worst = max(seconds(name, q, [rho], using) for rho in CORRELATIONS)
            far, near = (
                seconds(name, q, ten, using) / seconds(name, q, [one], using)
                for ten, one in ((TEN, TEN[5]), (PARALLEL, PARALLEL[2]))
            )
            print(
                f"{name}, variance {q}, {using}: {worst:.2f} s at most; ten correlations take "
                f"{far:.1f} times as long as one, {near:.1f} times within 1e-9 of ±1"
            )


if __name__ == "__main__":
    thirty_digits()
    for name in ("tanh", "mish", "elu"):
        dual = SeriesDual(name)
        phi = dual.activation
        dual.duals(Q[:2], Q[:2], Q12[:2, :2])  # compiled once, kept on disk
        compare(
            f"K and K' of {name}, {N} inputs",
            {
                f"SeriesDual, {N} rows": lambda dual=dual: dual.duals(Q, Q, Q12),
                f"Gauss–Hermite {NAIVE_NODES}², {NAIVE_ROWS} rows": (
                    lambda phi=phi: naive(phi, phi.derivative)
                ),
            },
            worst(dual),
        )
        print(f"{DEPTH} layers, {LARGE} inputs: {network(name, LARGE):.1f} s\n")
